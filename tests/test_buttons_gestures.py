"""Edges → gestures: bounce and interference never count, presses always do."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_buttons.gestures import STUCK_SECONDS, Contact

DEBOUNCE, LONG = 0.020, 0.8

# Lines as a logic analyser shows them: milliseconds at which the level toggles, from open.
CLEAN = [0, 120]
ARCADE = [0, 0.4, 0.7, 1.9, 2.2, 3.6, 4.1, 118, 118.3, 119.2, 119.4, 121.0]  # microswitch: a few ms, both ends
WORN_ARCADE = [0, 0.2, 1.1, 2.8, 5.0, 6.9, 9.8, 13.2, 16.4, 19.1, 20.0, 170, 171.5, 175, 181, 186, 188.9, 189.6]
DOME = [0, 0.1, 0.2, 0.9, 1.0, 2.6, 7.0, 7.4, 11.5, 150, 150.1, 153, 159.9, 162, 169.8, 170]  # slow, dirty touch dome
BOUNCE_OF_20 = [0, 1, 3, 4, 8, 9, 13, 15, 18, 19, 20, 240, 241, 246, 249, 255, 256, 260]
PRESS_OF_80 = [0, 0.5, 1.2, 2.0, 2.4, 80, 80.6, 81.5]
SPIKE = [0, 0.4]
SPIKES = [0, 0.9, 5, 5.3, 11, 11.8, 30, 30.2, 31, 31.9, 33, 33.1, 55, 55.7]  # a relay or a phone beside the cable
SPIKE_IN_A_PRESS = [0, 0.6, 1.0, 60, 60.5, 90, 90.9, 140, 141, 142.5]
SPIKE_IN_A_LONG_PRESS = [0, 799.8, 800.4, 1500]
LONG_PRESS = [0, 0.7, 1.5, 3, 3.3, 1200, 1201, 1202.2]


def play(toggles: list[float], until: float = 5.0, long: float | None = LONG) -> list[tuple[str, float]]:
    """The gestures of a line that toggles at these milliseconds, when time is told at each deadline and no other."""
    contact = Contact(DEBOUNCE, long)
    given: list[tuple[str, float]] = []

    def wait(begin: float, end: float) -> None:
        while (due := contact.deadline()) is not None and due <= end:
            now = max(begin, due)
            if gesture := contact.tick(now):
                given.append((gesture, round(now, 6)))

    down, last = False, 0.0
    for at in (t / 1000 for t in toggles):
        wait(last, at)
        last = at
        down = not down
        assert contact.edge(down, at) is None, "whoever meets its deadlines hears everything from tick"
    wait(last, until)
    return given


@pytest.mark.parametrize("trace", [CLEAN, ARCADE, WORN_ARCADE, DOME, BOUNCE_OF_20, PRESS_OF_80, SPIKE_IN_A_PRESS])
def test_a_press_is_one_short_given_once_its_release_rests(trace: list[float]) -> None:
    assert play(trace) == [("short", round(trace[-1] / 1000 + DEBOUNCE, 6))]


@pytest.mark.parametrize("trace", [SPIKE, SPIKES])
def test_interference_shorter_than_a_millisecond_is_no_press(trace: list[float]) -> None:
    assert play(trace) == []


def test_a_long_press_is_given_while_held_and_its_release_gives_nothing() -> None:
    assert play(LONG_PRESS) == [("long", round(0.0033 + LONG, 6))]


def test_a_spike_at_the_very_moment_does_not_spoil_a_long_press() -> None:
    assert play(SPIKE_IN_A_LONG_PRESS) == [("long", 0.8004)]


def test_a_release_just_before_the_moment_is_a_short_press() -> None:
    assert [kind for kind, _ in play([0, 795])] == ["short"]


def test_without_a_long_meaning_a_press_is_given_as_soon_as_it_rests() -> None:
    assert play(ARCADE, long=None) == [("short", round(0.0041 + DEBOUNCE, 6))]


def test_two_presses_are_two() -> None:
    assert [kind for kind, _ in play([0, 100, 200, 300])] == ["short", "short"]


def test_a_late_driver_hears_what_a_punctual_one_hears() -> None:
    contact = Contact(DEBOUNCE, LONG)
    assert contact.edge(True, 0.0) is None
    assert contact.edge(False, 1.0) == "long"  # nobody ticked in between
    assert contact.tick(9.0) is None


def test_a_lost_release_gives_one_long_press_and_then_rests() -> None:
    assert [kind for kind, _ in play([0], until=3600)] == ["long"]


def test_a_lost_release_found_by_reading_the_line_is_the_short_press_it_was() -> None:
    contact = Contact(DEBOUNCE, LONG)
    contact.edge(True, 0.0)
    assert contact.tick(DEBOUNCE, True) is None
    assert contact.tick(LONG, False) is None  # the line is up: somebody let go unheard
    assert contact.tick(LONG + DEBOUNCE, False) == "short"


def test_after_a_lost_release_the_next_press_is_heard_again() -> None:
    contact = Contact(DEBOUNCE, LONG)
    contact.edge(True, 0.0)
    assert contact.tick(LONG) == "long"
    contact.edge(True, 10.0)  # its release never came
    contact.edge(False, 10.1)
    assert contact.tick(10.2) is None  # swallowed rather than guessed at
    contact.edge(True, 11.0)
    contact.edge(False, 11.1)
    assert contact.tick(11.2) == "short"


def test_a_stuck_button_is_told_until_it_is_let_go() -> None:
    contact = Contact(DEBOUNCE, LONG)
    contact.edge(True, 0.0)
    contact.tick(1.0)
    assert contact.deadline() == STUCK_SECONDS
    assert (contact.tick(STUCK_SECONDS), contact.stuck, contact.deadline()) == (None, True, None)
    contact.edge(False, 40.0)
    assert (contact.tick(41.0), contact.stuck) == (None, False)


def test_a_button_found_down_at_the_start_is_no_press_but_may_be_stuck() -> None:
    contact = Contact(DEBOUNCE, LONG, down=True, at=100.0)
    assert (contact.tick(102.0), contact.stuck) == (None, False)
    assert (contact.tick(100.0 + STUCK_SECONDS), contact.stuck) == (None, True)
    contact.edge(False, 140.0)
    assert contact.tick(141.0) is None


gaps = st.lists(st.one_of(st.floats(0.05, 19), st.floats(19, 60), st.floats(60, 3000)), min_size=1, max_size=60)


def runs(toggles: list[float], least: float) -> int:
    """How many times the line, as the oracle sees it, rested down for at least so many milliseconds."""
    ends = [*toggles[1:], 1e9]
    rested, presses = False, 0
    for n, (begin, end) in enumerate(zip(toggles, ends, strict=True)):
        if end - begin >= least:
            down = n % 2 == 0
            presses += down and not rested
            rested = down
    return presses


@given(gaps)
def test_any_edges_give_at_most_one_gesture_a_rested_press_and_none_closer_than_debounce(gaps: list[float]) -> None:
    toggles = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    gestures = play(toggles, until=1e6)
    assert len(gestures) <= runs(toggles, least=DEBOUNCE * 1000 - 0.001)
    moments = [at for _, at in gestures]
    assert all(later - sooner >= DEBOUNCE - 1e-6 for sooner, later in itertools.pairwise(moments))


@given(gaps)
def test_every_press_that_rests_is_given_in_the_end(gaps: list[float]) -> None:
    toggles = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    assert len(play(toggles, until=1e6)) >= runs(toggles, least=DEBOUNCE * 1000 + 0.001)


@given(gaps, st.booleans())
def test_time_told_too_often_changes_nothing(gaps: list[float], reads: bool) -> None:
    toggles = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    contact, down, kinds, clock = Contact(DEBOUNCE, LONG), False, [], 0.0
    for at in [*(t / 1000 for t in toggles), toggles[-1] / 1000 + 5]:
        while clock < at:
            kinds.append(contact.tick(clock, down if reads else None))
            clock += 0.0173
        down = not down
        kinds.append(contact.edge(down, at) if at <= toggles[-1] / 1000 else contact.tick(at))
    assert [kind for kind in kinds if kind] == [kind for kind, _ in play(toggles, until=toggles[-1] / 1000 + 5)]
