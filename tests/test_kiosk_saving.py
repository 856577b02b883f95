"""Writes outlive a card that fails for a while; the card is a real file that is full."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.store import open_store
from kiosk.saving import Saving

LONG = "x" * 20_000  # more than a page


class Card:
    def __init__(self, path: Path) -> None:
        self.store = open_store(path, ("-- words\nCREATE TABLE word (word TEXT) STRICT;",))
        self.told: list[bool] = []
        self.saving = Saving(self.told.append)

    def full(self, full: bool) -> None:
        self.store.execute(f"PRAGMA max_page_count = {1 if full else 1000}")

    def save(self, word: str) -> None:
        def write() -> None:
            with self.store:
                self.store.execute("INSERT INTO word VALUES (?)", (word + LONG,))

        self.saving.do(write)

    @property
    def words(self) -> str:
        return "".join(str(word)[0] for (word,) in self.store.execute("SELECT word FROM word ORDER BY rowid"))


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Card]:
    card = Card(tmp_path / "store")
    yield card
    card.store.close()


def test_what_a_full_card_cannot_take_is_written_in_order_when_it_can(card: Card) -> None:
    card.save("a")
    card.full(True)
    card.save("b")
    card.save("c")
    assert card.words == "a"
    card.full(False)
    card.saving.retry()
    assert card.words == "abc"


def test_it_is_told_once_that_the_card_fails_and_once_that_it_works_again(card: Card) -> None:
    card.full(True)
    card.save("a")
    card.saving.retry()
    card.save("b")
    assert card.told == [False]
    card.full(False)
    card.saving.retry()
    card.saving.retry()
    assert card.told == [False, True]


def test_a_write_that_comes_when_the_card_works_again_goes_after_those_that_wait(card: Card) -> None:
    card.full(True)
    card.save("a")
    card.full(False)
    card.save("b")
    assert card.words == "ab"
    assert card.saving.works


def test_what_is_no_fault_of_the_card_is_not_swallowed(card: Card) -> None:
    with pytest.raises(ZeroDivisionError):
        card.saving.do(lambda: 1 // 0)
    assert card.told == []
