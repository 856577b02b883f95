"""What a lamp says: patterns as a watcher sees them."""

from __future__ import annotations

import pytest

from broker.messages import PointStatus
from broker.words import PointState
from counter_buttons.lamp import Answer, Lamp, Light, Meaning, meaning

GREEN, RED, DARK = Light(True, False), Light(False, True), Light(False, False)


def watch(lamp: Lamp, begin: float, end: float) -> list[tuple[Light, float]]:
    """The lights seen from begin to end, each with how long it shone; time is told at the lamp's deadlines only."""
    seen: list[tuple[Light, float]] = []
    now = begin
    while now < end:
        light = lamp.show(now)
        until = min(end, lamp.due(now) or end)
        assert until > now, "a deadline that is past would spin the loop"
        if seen and seen[-1][0] == light:
            seen[-1] = light, seen[-1][1] + until - now
        else:
            seen.append((light, until - now))
        now = until
    return [(light, round(seconds, 2)) for light, seconds in seen]


@pytest.mark.parametrize(
    ("means", "seen"),
    [
        ("idle", [(DARK, 4.0)]),
        ("serving", [(GREEN, 4.0)]),
        ("waiting", [(GREEN, 0.3), (DARK, 1.7)] * 2),
        ("called", [(GREEN, 0.25), (DARK, 0.25)] * 8),
        ("lost", [(RED, 0.5), (DARK, 0.5)] * 4),
    ],
)
def test_each_meaning_has_its_own_light(means: Meaning, seen: list) -> None:
    lamp = Lamp()
    lamp.meaning = means
    assert watch(lamp, 1000.0, 1004.0) == seen


@pytest.mark.parametrize(
    ("answer", "flashes"),
    [("accepted", [GREEN, GREEN]), ("refused", [RED, RED, RED]), ("thanks", [GREEN, RED] * 3)],
)
def test_an_answer_covers_the_meaning_for_a_moment(answer: Answer, flashes: list) -> None:
    lamp = Lamp()
    lamp.meaning = "serving"
    lamp.answer(answer)
    seen = watch(lamp, 50.0, 53.0)
    assert [light for light, _ in seen if light != DARK] == [*flashes, GREEN]
    assert seen[0] == (DARK, 0.1)
    assert seen[-1][1] > 1.0


def test_a_machine_that_stalls_shows_every_flash_of_an_answer() -> None:
    lamp = Lamp()
    lamp.meaning = "serving"
    lamp.answer("accepted")
    assert [lamp.show(at) for at in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)] == [DARK, GREEN, DARK, GREEN, DARK, GREEN]
    assert lamp.due(6.0) is None


@pytest.mark.parametrize("answer", ["accepted", "refused", "thanks"])
def test_no_light_flashes_more_than_three_times_a_second(answer: Answer) -> None:
    lamp = Lamp()
    lamp.meaning = "idle"
    lamp.answer(answer)
    lit, starts = DARK, []
    for ms in range(3000):
        light = lamp.show(ms / 1000)
        if light.green and not lit.green:
            starts.append(ms)
        lit = light
    assert all(sum(begin <= start < begin + 1000 for start in starts) <= 3 for begin in starts)


@pytest.mark.parametrize(
    ("state", "waiting", "means"),
    [
        ("closed", 3, "idle"),
        ("idle", 0, "idle"),
        ("idle", 1, "waiting"),
        ("called", 5, "called"),
        ("serving", 5, "serving"),
        ("provided", 0, "provided"),
    ],
)
def test_the_lamp_follows_the_point(state: PointState, waiting: int, means: Meaning) -> None:
    status = PointStatus(revision=1, point=2, state=state, waiting=waiting)
    assert (meaning(status, linked=True), meaning(status, linked=False)) == (means, "lost")


def test_before_the_halls_first_word_the_link_counts_as_lost() -> None:
    assert meaning(None, linked=True) == "lost"
