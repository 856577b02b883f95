"""Whatever the transport does, and whenever a node dies, the hall gets each fact once and in order."""

from __future__ import annotations

import datetime as dt
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from broker.clock import Moment, Since
from broker.messages import Ack, Fact, Rated
from broker.outbox import OUTBOX_MIGRATIONS, Courier, Outbox
from broker.store import open_store

NOON = dt.datetime(2026, 11, 23, 5, tzinfo=dt.UTC)
START = Moment(0.0, NOON)
UNSET = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MEMORY = Path("/dev/shm")  # an fsync there costs nothing, which buys five times the examples
PICK = st.integers(0, 1000)


class Hall:
    """The hall's rule, and nothing more (broker.outbox)."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.life: str | None = None
        self.applied: list[str] = []

    def take(self, fact: Fact) -> None:
        replaced = fact.oldest is not None and fact.oldest > self.last + 1 and fact.seq == fact.oldest
        follows = None in (fact.follows, self.life) or fact.follows == self.life
        if (fact.seq == self.last + 1 and follows) or replaced:
            self.last, self.life = fact.seq, fact.life
            self.applied.append(fact.fact.visit)  # type: ignore[union-attr]

    def ack(self) -> Ack:
        return Ack(self.last, life=self.life)


class World(RuleBasedStateMachine):
    """A node, a hall, and between them a transport that loses, repeats and reorders."""

    @initialize(last=st.sampled_from((0, 7)))
    def switched_on(self, last: int) -> None:
        """``last``: what the hall knows of this node's former card."""
        self.directory = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.hall = Hall(last)
        self.names = count()
        self.facts: list[str] = []  # of this card
        self.copy: tuple[bytes, list[str]] | None = None
        self.put_back = False
        self.under_way: list[Fact] = []
        self.acks: list[Ack] = []
        self.now = 0.0
        self.open()

    def open(self) -> None:
        self.store = open_store(Path(self.directory.name, "store"), OUTBOX_MIGRATIONS)
        self.outbox = Outbox(self.store)
        self.courier = Courier(self.outbox, self.under_way.append)
        self.reconnects()

    @property
    def moment(self) -> Moment:
        return Moment(self.now, NOON)

    def fact(self) -> Rated:
        return Rated(visit=str(next(self.names)), point=2, level=5, rated_at=NOON)

    @rule()
    def happens(self) -> None:
        with self.store:
            self.outbox.add(fact := self.fact())
        self.facts.append(fact.visit)
        self.courier.send(self.moment)

    @rule()
    def is_taken_back(self) -> None:
        with suppress(ZeroDivisionError), self.store:
            self.outbox.add(self.fact())
            raise ZeroDivisionError

    @rule()
    def dies_and_starts_again(self) -> None:
        self.store.close()
        self.open()

    @rule()
    def card_is_copied(self) -> None:
        self.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.copy = Path(self.directory.name, "store").read_bytes(), [*self.facts]

    @precondition(lambda self: self.copy)
    @rule()
    def copy_is_put_back(self) -> None:
        """What happened since the copy is on no card any more."""
        self.store.close()
        body, facts = self.copy  # type: ignore[misc]
        Path(self.directory.name, "store").write_bytes(body)
        self.facts, self.put_back = [*facts], True
        self.open()

    @rule()
    def reconnects(self) -> None:
        self.acks.append(self.hall.ack())  # retained
        self.courier.connected(self.moment)

    @rule()
    def time_passes(self) -> None:
        self.now += 1.5
        self.courier.tick(self.moment)

    @precondition(lambda self: self.under_way)
    @rule(which=PICK, again=st.booleans())
    def fact_arrives(self, which: int, again: bool) -> None:
        at = which % len(self.under_way)
        self.hall.take(self.under_way[at] if again else self.under_way.pop(at))
        self.acks.append(self.hall.ack())

    @precondition(lambda self: self.acks)
    @rule(which=PICK, again=st.booleans())
    def ack_arrives(self, which: int, again: bool) -> None:
        at = which % len(self.acks)
        self.courier.acked(self.acks[at] if again else self.acks.pop(at), self.moment)

    @rule(which=PICK)
    def is_lost(self, which: int) -> None:
        line: list[Any] = self.under_way if which % 2 else self.acks
        if line:
            line.pop(which % len(line))

    @invariant()
    def each_once_and_in_order(self) -> None:
        if hasattr(self, "hall") and not self.put_back:
            assert self.hall.applied == self.facts[: len(self.hall.applied)]

    def teardown(self) -> None:
        if not hasattr(self, "hall"):
            return
        for _ in range(10 + 2 * next(self.names)):  # once the transport works, all of it arrives
            self.time_passes()
            while self.under_way:
                self.hall.take(self.under_way.pop(0))
            self.acks = []
            self.courier.acked(self.hall.ack(), self.moment)
        taken = dict.fromkeys(self.hall.applied) if self.put_back else self.hall.applied  # told twice, perhaps
        assert [fact for fact in taken if fact in self.facts] == self.facts
        assert self.put_back or self.hall.applied == self.facts
        assert self.outbox.pending() == []
        self.store.close()
        self.directory.cleanup()


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@pytest.fixture
def store(tmp_path: Path) -> apsw.Connection:
    return open_store(tmp_path / "store", OUTBOX_MIGRATIONS)


def add(store: apsw.Connection, count: int = 1) -> Outbox:
    outbox = Outbox(store)
    with store:
        for _ in range(count):
            outbox.add(Rated(visit="v", point=2, level=5, rated_at=NOON))
    return outbox


def test_a_store_never_acknowledged_sends_nothing(store: apsw.Connection) -> None:
    sent: list[Fact] = []
    courier = Courier(add(store, 3), sent.append)
    courier.connected(START)
    courier.tick(Moment(0, NOON))
    courier.tick(Moment(10, NOON))
    assert sent == []


def test_a_replaced_card_numbers_its_facts_after_what_the_hall_has(store: apsw.Connection) -> None:
    outbox = add(store, 3)
    outbox.acknowledged(41)
    assert [fact.seq for fact in outbox.pending()] == [42, 43, 44]
    assert [fact.seq for fact in add(store).pending()] == [42, 43, 44, 45]


def test_a_restored_card_loses_no_fact_to_an_ack_past_all_it_ever_numbered(store: apsw.Connection) -> None:
    outbox = add(store, 3)
    outbox.acknowledged(0)
    outbox.acknowledged(2)
    outbox.acknowledged(57)
    assert [fact.seq for fact in outbox.pending()] == [58]
    assert [fact.seq for fact in add(store).pending()] == [58, 59]


def test_a_repeated_ack_writes_nothing(store: apsw.Connection) -> None:
    outbox = add(store, 3)
    outbox.acknowledged(0)
    outbox.acknowledged(2)
    before = store.total_changes()
    for seq in (2, 1, 0):
        outbox.acknowledged(seq)
    assert store.total_changes() == before
    assert [fact.seq for fact in outbox.pending()] == [3]


def test_a_number_is_never_used_twice_after_the_outbox_ran_empty(store: apsw.Connection) -> None:
    outbox = add(store)
    outbox.acknowledged(0)
    outbox.acknowledged(1)
    assert [fact.seq for fact in add(store).pending()] == [2]


def test_a_hall_whose_ledger_was_replaced_is_told_the_week(store: apsw.Connection) -> None:
    hall = Hall(0)
    outbox = add(store, 2)
    outbox.acknowledged(0, "first")
    outbox.acknowledged(2, "first")
    outbox.acknowledged(0, "new")
    for fact in add(store, 2).pending():
        hall.take(fact)
    assert hall.last == 4


def test_what_was_acknowledged_is_sent_again_to_a_ledger_of_another_name_that_lacks_it(store: apsw.Connection) -> None:
    sent: list[int] = []
    courier = Courier(add(store, 4), lambda fact: sent.append(fact.seq))
    courier.acked(Ack(0, ledger="first"), START)
    courier.acked(Ack(4, ledger="first"), START)
    courier.acked(Ack(1, ledger="first"), START)  # said before, and late
    assert sent == [1, 2, 3, 4]
    courier.acked(Ack(2, ledger="restored"), START)
    assert sent[4:] == [3, 4]


def test_facts_outlive_their_acknowledgement_by_a_week_and_no_more(store: apsw.Connection) -> None:
    outbox = Outbox(store)
    with store:
        for days in (0, 1, 8, 8):
            outbox.add(Rated(visit="v", point=2, level=5, rated_at=NOON + dt.timedelta(days=days)))
    outbox.acknowledged(0, "first")
    outbox.acknowledged(3, "first")
    outbox.acknowledged(0, "new")
    assert [(fact.seq, fact.oldest) for fact in outbox.pending()] == [(2, 2), (3, 2), (4, 2)]


def test_a_fact_that_was_never_acknowledged_is_kept_however_old_it_is(store: apsw.Connection) -> None:
    outbox = Outbox(store)
    with store:
        for days in (0, 30, 60):
            outbox.add(Rated(visit="v", point=2, level=5, rated_at=NOON + dt.timedelta(days=days)))
    outbox.acknowledged(0)
    outbox.acknowledged(1)
    assert [fact.seq for fact in outbox.pending()] == [2, 3]


def test_a_store_of_before_the_week_is_taken_up(tmp_path: Path) -> None:
    old = open_store(tmp_path / "old", OUTBOX_MIGRATIONS[:1])
    body = msgspec.json.encode(Rated(visit="v", point=2, level=5, rated_at=NOON)).decode()
    old.execute("INSERT INTO outbox VALUES (7, ?); UPDATE outbox_state SET last = 7, acknowledged = 6", (body,))
    old.close()
    outbox = Outbox(open_store(tmp_path / "old", OUTBOX_MIGRATIONS))
    assert [fact.seq for fact in outbox.pending()] == [7]
    outbox.acknowledged(7, "first")
    assert outbox.pending() == []


def test_what_the_link_could_not_send_goes_at_the_next_occasion(store: apsw.Connection) -> None:
    answers = [False, True]
    tried: list[int] = []
    outbox = add(store)
    courier = Courier(outbox, lambda fact: (tried.append(fact.seq), answers.pop(0))[1])
    courier.acked(Ack(0), START)
    courier.send(START)
    assert tried == [1, 1]


def test_only_so_many_facts_are_under_way_at_once(store: apsw.Connection) -> None:
    sent: list[Fact] = []
    courier = Courier(add(store, 120), sent.append)
    courier.acked(Ack(0), START)
    assert len(sent) == 50


def test_it_resends_after_two_seconds_without_acknowledgement_and_not_before(store: apsw.Connection) -> None:
    sent: list[Fact] = []
    courier = Courier(add(store), sent.append)
    courier.acked(Ack(0), START)
    courier.tick(Moment(100.0, NOON))
    courier.tick(Moment(101.9, NOON))
    assert len(sent) == 1
    courier.tick(Moment(102.0, NOON))
    assert len(sent) == 2


def test_an_unsure_fact_tells_its_age_until_the_machine_starts_anew(store: apsw.Connection) -> None:
    sent: list[Fact] = []
    outbox = Outbox(store)
    courier = Courier(outbox, sent.append)
    with store:
        outbox.add(Rated(visit="v", point=2, level=5, rated_at=UNSET, unsure=True), Since("this", 40.0))
        outbox.add(Rated(visit="w", point=2, level=5, rated_at=NOON))
    courier.acked(Ack(0), Moment(100.0, NOON, "this"))
    courier.connected(Moment(30.0, NOON, "the next"))
    assert [fact.age for fact in sent] == [60.0, None, None, None]
