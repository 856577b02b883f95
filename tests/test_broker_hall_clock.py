"""The hall's time as a node knows it: whatever its own clock shows, and never ahead of the hall's."""

from __future__ import annotations

import datetime as dt

from broker.clock import EARLIEST, Moment, was_set
from broker.hall_clock import WORDS, HallClock

NINE = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
NEVER_SET = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def after(seconds: float) -> dt.timedelta:
    return dt.timedelta(seconds=seconds)


def test_before_the_hall_spoke_the_own_clock_counts() -> None:
    assert HallClock().shows(Moment(50.0, NEVER_SET)) == NEVER_SET


def test_the_halls_time_goes_on_whatever_the_own_clock_does() -> None:
    clock = HallClock()
    clock.hear(NINE, Moment(100.0, NEVER_SET))
    assert clock.shows(Moment(160.0, NINE + after(86400))) == NINE + after(60)


def test_of_several_words_the_quickest_counts_so_that_the_time_is_never_ahead() -> None:
    clock = HallClock()
    for slow in (3.0, 0.2, 5.0):
        clock.hear(NINE, Moment(100.0 + slow, NINE))
    assert clock.shows(Moment(110.0, NINE)) == NINE + after(9.8)


def test_a_hall_whose_clock_was_set_back_is_followed_after_some_words_or_at_once_where_it_refused() -> None:
    for words, tell in ((WORDS, HallClock.hear), (1, HallClock.set)):
        clock = HallClock()
        clock.hear(NINE, Moment(0.0, NINE))
        for _ in range(words):
            tell(clock, NINE - after(3600), Moment(10.0, NINE))
        assert clock.shows(Moment(10.0, NINE)) == NINE - after(3600)


def test_a_word_without_a_time_says_nothing() -> None:
    clock = HallClock()
    clock.hear(None, Moment(0.0, NINE))
    clock.set(None, Moment(0.0, NINE))
    assert not clock.known


def test_a_time_that_would_run_out_of_the_calendar_is_no_time() -> None:
    clock = HallClock()
    for rim in ("0002-01-01T00:00:00Z", "9998-12-31T23:59:59-14:00"):
        clock.hear(dt.datetime.fromisoformat(rim), Moment(40e6, NINE))
    clock.set(dt.datetime(9998, 12, 31, tzinfo=dt.UTC), Moment(40e6, NINE))
    assert clock.shows(Moment(80e6, NINE)) == NINE


def test_a_clock_that_was_never_set_shows_a_time_before_this_software() -> None:
    assert [was_set(time) for time in (NEVER_SET, EARLIEST, NINE)] == [False, True, True]
