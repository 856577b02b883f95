"""The service day, the facts that come in, and how long a citizen will wait."""

from __future__ import annotations

import datetime as dt

import pytest
from queue_script import CENTRE, MONDAY, NINE, Script

from broker import messages as m
from display.queue import day, estimate, intake, views
from display.queue.intake import Rejected

HOUR = 3600


@pytest.fixture
def room() -> Script:
    return Script()


# ---------------------------------------------------------------- the day
def test_what_waits_at_the_days_end_is_unserved_and_what_is_served_is_finished(room):
    room.arrive("A001", "A002", "A003", "A004")
    room.press(2, m.Next())
    room.press(2, m.Start())
    room.press(3, m.Next())
    room.press(3, m.Hold())
    room.press(3, m.Next())
    room.after(9 * HOUR)
    assert [room.state(n) for n in ("A001", "A002", "A003", "A004")] == ["served", "unserved", "unserved", "unserved"]


def test_the_day_ends_at_its_hour_even_if_the_hall_woke_up_later(room):
    room.arrive("A001")
    room.after(40 * HOUR)
    ended = next(e for e in room.events if type(e).__name__ == "DayEnded")
    assert ended.at == dt.datetime(2026, 11, 23, 11, 0, tzinfo=dt.UTC)


def test_a_new_day_begins_with_empty_lines_and_closed_points(room):
    room.arrive("A001")
    room.press(2, m.Open())
    room.after(24 * HOUR)
    assert (room.today.day, room.today.tickets, room.today.points[2].open) == (MONDAY + dt.timedelta(1), {}, False)


def test_a_clock_that_jumps_back_keeps_the_day(room):
    room.arrive("A001")
    room.after(-48 * HOUR)
    assert (room.today.day, room.state("A001")) == (MONDAY, "waiting")
    assert day.runs_backwards(room.today, room.now)


def test_the_next_thing_to_happen_is_the_closing_of_the_survey(room):
    room.arrive("A001")
    room.serve(2)
    assert day.next_due(room.today, room.now) == room.now + dt.timedelta(seconds=CENTRE.survey.open_seconds)


def test_a_survey_past_its_time_is_not_shown(room):
    room.arrive("A001")
    room.serve(2)
    room.after(CENTRE.survey.open_seconds)
    assert views.point_status(room.today, 2, room.now, 1).survey is None


# ---------------------------------------------------------------- facts
def issued(number="A001", service="1.1", given=NINE, day=MONDAY):
    return m.TicketIssued(number, day, service, given)


def test_a_number_is_used_once_a_day(room):
    room.arrive("A001")
    assert room.fact("kiosk-1", issued()) == Rejected("number_used")


def test_a_voided_number_is_not_used_again(room):
    room.fact("kiosk-1", m.TicketVoided("A001", MONDAY, "1.1", NINE))
    assert room.fact("kiosk-1", issued()) == Rejected("number_used")


def test_a_voided_ticket_leaves_the_line(room):
    room.arrive("A001")
    room.fact("kiosk-1", m.TicketVoided("A001", MONDAY, "1.1", NINE))
    assert room.press(2, m.Next()) is None


@pytest.mark.parametrize(
    ("node", "fact", "cause"),
    [
        ("buttons-1", issued(), "wrong_role"),
        ("kiosk-1", issued("B001"), "wrong_number"),
        ("kiosk-1", issued("A000"), "wrong_number"),
        ("kiosk-1", issued(service="7.7"), "wrong_service"),
        ("kiosk-1", m.Rated("id-1", 2, 5, NINE), "wrong_role"),
        ("buttons-1", m.Rated("nothing", 2, 5, NINE), "visit_unknown"),
    ],
)
def test_a_fact_that_cannot_be_true_is_rejected(room, node, fact, cause):
    before = repr(room.today)
    assert room.fact(node, fact) == Rejected(cause)
    assert repr(room.today) == before


@pytest.mark.parametrize("days", [1, -32])
def test_a_ticket_of_tomorrow_or_of_long_ago_has_a_wrong_day(room, days):
    date, given = MONDAY + dt.timedelta(days), NINE + dt.timedelta(days)
    assert intake.wrong_day(room.today, issued(day=date, given=given))


def test_a_ticket_that_comes_after_the_days_end_is_unserved_at_once(room):
    room.after(10 * HOUR)
    room.fact("kiosk-1", issued())
    assert room.state("A001") == "unserved"


def rate(room, level=5, point=2):
    return room.fact("buttons-1", m.Rated("id-1", point, level, room.now))  # the first ticket's visit


def test_a_visit_cannot_be_rated_before_it_has_ended(room):
    room.arrive("A001")
    room.press(2, m.Next())
    room.press(2, m.Start())
    assert rate(room) == Rejected("visit_unknown")


def test_a_rating_counts_once_and_closes_the_survey(room):
    room.arrive("A001")
    room.serve(2)
    assert isinstance(rate(room), tuple)
    assert room.today.points[2].survey is None
    assert rate(room) == Rejected("rated_before")


def test_a_rating_from_another_point_does_not_count(room):
    room.arrive("A001")
    room.serve(2)
    assert rate(room, point=3) == Rejected("not_yours")


# ---------------------------------------------------------------- the estimate
def test_with_no_point_open_there_is_no_estimate(room):
    room.arrive("A001")
    assert estimate.wait(room.today, "1.1") is None


def test_with_a_free_point_and_nobody_waiting_there_is_no_wait(room):
    room.press(2, m.Open())
    assert estimate.wait(room.today, "1.1") == 0


def test_the_estimate_is_tickets_ahead_times_the_median_visit_by_open_points(room):
    room.arrive(*(f"A00{n}" for n in range(1, 8)))
    for seconds in (100, 200, 900):
        room.serve(2, seconds)
    room.press(2, m.Next())
    room.press(3, m.Next())  # two left waiting, both points taken: three visits ahead
    assert estimate.wait(room.today, "1.1") == 3 * 200 / 2


def test_before_the_first_visit_the_standard_time_is_expected(room):
    room.arrive("A001", "A002")
    room.press(2, m.Open())
    assert estimate.wait(room.today, "1.1") == 2 * 900
