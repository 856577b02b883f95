"""Times of kiosks and counters that nobody told the time: made true by the hall, or known as guesses."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from queue_script import MONDAY, NINE

from broker import messages as m
from display.queue.times import NONE, Repair, repaired

BANGKOK = ZoneInfo("Asia/Bangkok")
SUNDAY = MONDAY - dt.timedelta(days=1)
UNSET = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
HOUR = 3600.0


def given(day: dt.date, at: dt.datetime, age: float | None = None, *, unsure: bool = True) -> m.Fact:
    return m.Fact(1, m.TicketIssued("A051", day, "1.1", at, unsure=unsure), age=age)


def put_right(fact: m.Fact, now: dt.datetime = NINE) -> tuple[dt.date, dt.datetime, Repair]:
    body, repair = repaired(fact, BANGKOK, MONDAY, now)
    assert isinstance(body, m.TicketIssued)
    return body.day, body.given_at, repair


def test_a_sure_time_is_left_alone_whatever_it_is() -> None:
    assert put_right(given(SUNDAY, UNSET, unsure=False)) == (SUNDAY, UNSET, NONE)


@pytest.mark.parametrize("clock", [UNSET, NINE - dt.timedelta(days=1), NINE + dt.timedelta(days=400)])
def test_a_ticket_is_as_old_as_its_kiosks_steady_clock_says_whatever_the_other_one_shows(clock: dt.datetime) -> None:
    day, at, repair = put_right(given(SUNDAY, clock, age=HOUR))
    assert (day, at) == (MONDAY, NINE - dt.timedelta(hours=1))
    assert repair == Repair("repaired", told_day=SUNDAY)


def test_a_ticket_that_is_as_old_as_that_belongs_to_the_day_before() -> None:
    assert put_right(given(SUNDAY, UNSET, age=20 * HOUR))[::2] == (SUNDAY, Repair("repaired"))


def test_after_a_restart_the_day_that_a_kiosk_could_believe_in_stands() -> None:
    saturday = SUNDAY - dt.timedelta(days=1)
    shown = NINE - dt.timedelta(days=2)
    assert put_right(given(saturday, shown)) == (saturday, shown, Repair("guessed"))


@pytest.mark.parametrize("clock", [UNSET, NINE + dt.timedelta(days=3)])
def test_after_a_restart_a_ticket_of_no_believable_day_is_todays(clock: dt.datetime) -> None:
    day, at, repair = put_right(given(SUNDAY, clock))
    assert (day, at, repair.certainty) == (MONDAY, NINE, "guessed")


def test_a_hall_whose_own_clock_was_never_set_repairs_nothing_and_knows_it() -> None:
    assert put_right(given(SUNDAY, UNSET, age=HOUR), now=UNSET) == (SUNDAY, UNSET, Repair("guessed"))


def test_a_clock_behind_a_day_that_its_kiosk_knew_is_not_believed_after_a_restart() -> None:
    day, at, repair = put_right(given(MONDAY, NINE - dt.timedelta(days=3)))
    assert (day, at, repair.certainty) == (MONDAY, NINE, "guessed")


def test_a_clock_of_long_ago_is_not_believed_either() -> None:
    old = NINE - dt.timedelta(days=40)
    assert put_right(given(old.date(), old))[:2] == (MONDAY, NINE)


def test_a_smiley_is_put_right_too() -> None:
    rated = m.Fact(1, m.Rated("visit", 2, 5, UNSET, unsure=True), age=60.0)
    body, repair = repaired(rated, BANGKOK, MONDAY, NINE)
    assert isinstance(body, m.Rated)
    assert (body.rated_at, repair) == (NINE - dt.timedelta(minutes=1), Repair("repaired"))
