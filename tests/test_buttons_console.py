"""One point as a whole, without wires or network: presses, answers, faces."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from msgspec.structs import replace

from broker.centre import DEFAULT, load
from broker.messages import Next, PointStatus, Rated, Start, Survey
from broker.outbox import Outbox
from broker.store import open_store
from broker.words import PointState
from counter_buttons.console import Ask, Console, Wish, wires
from counter_buttons.lamp import Light
from counter_buttons.votes import VOTE_MIGRATIONS, Votes

CENTRE = load(DEFAULT)
NOW = dt.datetime(2026, 11, 23, 2, 7, tzinfo=dt.UTC)
VOTE = Rated(visit="v-1", point=2, level=4, rated_at=NOW)


def status(state: PointState = "idle", until: dt.datetime | None = None) -> PointStatus:
    survey = Survey(visit="v-1", ticket="A001", until=until) if until else None
    return PointStatus(revision=1, point=2, state=state, waiting=0, survey=survey)


def console(word: PointStatus | None = None, linked: bool = True) -> Console:
    it = Console(CENTRE, 2, dict.fromkeys(wires(CENTRE, 2), False), 0.0)
    it.linked(linked)
    if word:
        it.heard(word)
    return it


def press(it: Console, wire: str, at: float, now: dt.datetime = NOW, late: float = 0.05) -> list[Wish]:
    """A clean press of 100 ms at ``at`` (on the wall: ``now``); all that the point wishes of it.

    ``late``: so long after each edge the point comes to look at the time.
    """

    def wall(then: float) -> dt.datetime:
        return now + dt.timedelta(seconds=then - at)

    wishes = it.edge(wire, True, at, now)
    if late < 0.1:
        wishes += it.tick(at + late, wall(at + late), lambda _: True)
    wishes += it.edge(wire, False, at + 0.1, wall(at + 0.1))
    return wishes + it.tick(at + 0.1 + late, wall(at + 0.1 + late), lambda _: False)


def test_while_one_request_is_unanswered_a_point_asks_no_other() -> None:
    it = console(status())
    assert press(it, "call", 1.0) == [Ask(2, Next(), 1.1)]
    assert press(it, "call", 2.0) == []
    it.answered(True)
    assert press(it, "call", 4.0) == [Ask(2, Next(), 4.1)]


def test_a_press_that_is_looked_at_late_is_dated_by_the_finger() -> None:
    assert press(console(status()), "call", 1.0, late=7.0) == [Ask(2, Next(), 1.1)]


def test_a_long_press_is_dated_by_the_moment_it_became_one() -> None:
    it = console(replace(status("called"), ticket="A001", calls=1))
    it.edge("call", True, 1.0, NOW)
    (ask,) = it.tick(9.0, NOW, lambda _: True)
    assert isinstance(ask, Ask)
    assert ask.at == 1.0 + CENTRE.buttons_default.long_press_ms / 1000


def test_a_vote_that_is_looked_at_late_is_dated_by_the_finger_and_counts_if_the_faces_were_open_then() -> None:
    it = console(status(until=NOW + dt.timedelta(seconds=5)))
    assert press(it, "smiley-4", 1.0, late=7.0) == [VOTE]


def test_a_press_that_makes_no_sense_now_is_refused_on_the_lamp() -> None:
    it = console(status("idle"))
    assert press(it, "serve", 1.0) == []
    assert [it.show(at) for at in (1.2, 1.31)] == [Light(green=False, red=False), Light(green=False, red=True)]


@pytest.mark.parametrize("it", [console(status(), linked=False), console(None)], ids=["no link", "no word of the hall"])
def test_a_point_that_cannot_reach_the_hall_asks_nothing(it: Console) -> None:
    assert press(it, "call", 1.0) == []


def test_a_face_is_a_vote_as_soon_as_it_rests_and_only_while_the_survey_is_open() -> None:
    it = console(status(until=NOW + dt.timedelta(seconds=30)))
    assert press(it, "smiley-4", 1.0) == [VOTE]
    assert press(it, "smiley-4", 2.0, NOW + dt.timedelta(seconds=30)) == []


def test_of_two_faces_tapped_before_anybody_looked_the_first_comes_first() -> None:
    it = console(status(until=NOW + dt.timedelta(seconds=30)))
    it.edge("smiley-4", True, 1.00, NOW)
    it.edge("smiley-1", True, 1.01, NOW)
    assert [getattr(wish, "level", None) for wish in it.tick(1.5, NOW, lambda _: True)] == [4, 1]


def test_faces_stay_open_without_the_link() -> None:
    it = console(status(until=NOW + dt.timedelta(seconds=30)))
    it.linked(False)
    assert press(it, "smiley-4", 1.0) == [VOTE]


def test_with_three_levels_only_three_faces_are_wired() -> None:
    three = replace(CENTRE, survey=replace(CENTRE.survey, levels=3))
    assert [wire for wire in wires(three, 2) if wire.startswith("smiley")] == ["smiley-1", "smiley-2", "smiley-3"]


def test_an_idle_point_has_no_deadline() -> None:
    assert console(status()).deadline(1000.0) is None


def test_a_visit_is_rated_once_even_by_another_process(tmp_path: Path) -> None:
    for first in (True, False):
        store = open_store(tmp_path / "buttons.sqlite", VOTE_MIGRATIONS)
        outbox = Outbox(store)
        assert Votes(store, outbox).cast(VOTE) is first
        outbox.acknowledged(0)
        assert [fact.fact for fact in outbox.pending()] == [VOTE]
        store.close()


def test_the_oldest_visits_are_forgotten_but_none_because_a_clock_was_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counter_buttons.votes._KEPT", 1)
    store = open_store(tmp_path / "buttons.sqlite", VOTE_MIGRATIONS)
    votes = Votes(store, Outbox(store))
    for place, visit in enumerate(("v-1", "v-2", "v-3")):
        votes.cast(Rated(visit=visit, point=2, level=5, rated_at=NOW + dt.timedelta(days=3 * place)))
    assert not votes.cast(Rated(visit="v-3", point=2, level=5, rated_at=NOW + dt.timedelta(days=30)))
    assert store.execute("SELECT visit FROM vote").fetchall() == [("v-2",), ("v-3",)]
    store.close()


def test_a_button_tapped_twice_in_a_tremble_asks_once_and_a_second_button_is_heard_at_once() -> None:
    it = console(status())
    assert press(it, "call", 1.0) == [Ask(2, Next(), 1.1)]
    it.answered(True)
    it.heard(status("called"))
    assert press(it, "call", 1.2) == []
    assert [ask.action for ask in press(it, "serve", 1.31) if isinstance(ask, Ask)] == [Start()]
