"""Working days and due dates: the office's table, against dates that people have counted on a calendar."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from queue_script import CENTRE

from broker.centre_cases import CaseRules, Deadline, Deadlines
from display.cases.due import Due, due
from display.cases.seed import seed
from display.cases.workdays import Workdays

WORKDAYS = Workdays.of(CENTRE)
DAY = dt.timedelta(days=1)
# Weekday closures of government offices; 2027 as foreseen
CLOSED = {
    2026: "1/1 2/1 3/3 6/4 13/4 14/4 15/4 4/5 13/5 1/6 3/6 28/7 29/7 30/7 12/8 13/10 23/10 7/12 10/12 31/12",
    2027: "1/1 22/2 6/4 13/4 14/4 15/4 4/5 20/5 3/6 19/7 20/7 28/7 12/8 13/10 25/10 6/12 10/12 31/12",
}
CLOSED_2025 = "1/1 12/2 7/4 14/4 15/4 16/4 5/5 9/5 12/5 2/6 3/6 10/7 11/7 28/7 11/8 12/8 13/10 23/10 5/12 10/12 31/12"


def days(year: int, written: str) -> list[dt.date]:
    return [dt.date(year, int(month), int(day)) for day, month in (pair.split("/") for pair in written.split())]


@pytest.mark.parametrize(
    ("received", "forwarded", "answered"),
    [  # received → + 1 → + 30 working days
        ("2026-04-10", "2026-04-16", "2026-05-29"),  # Songkran, Coronation and Ploughing days
        ("2026-07-27", "2026-07-31", "2026-09-11"),  # the King's birthday, Asalha, Lent
        ("2026-11-23", "2026-11-24", "2027-01-08"),  # over the year's end
        ("2026-12-04", "2026-12-08", "2027-01-21"),  # a substitution day
    ],
)
def test_the_due_dates_of_the_standard_are_those_that_a_person_counts(received, forwarded, answered):
    filed = dt.date.fromisoformat(received)
    of = due(CENTRE.cases, WORKDAYS, "request", filed, filed, None)
    assert of == Due(dt.date.fromisoformat(forwarded), dt.date.fromisoformat(answered))


@pytest.mark.parametrize("year", CLOSED)
def test_the_shipped_table_is_the_list_of_government_offices(year):
    assert sorted(day for day in WORKDAYS.holidays if day.year == year) == days(year, CLOSED[year])


@pytest.mark.parametrize(("year", "closed"), [(2025, CLOSED_2025), *CLOSED.items()])
def test_the_package_seeds_what_government_offices_kept_and_no_labour_day(year, closed):
    seeded = [holiday.date for holiday in seed(CENTRE, year)]
    assert seeded == days(year, closed)


def test_a_seeded_holiday_has_its_name_in_every_language_of_the_centre():
    for holiday in seed(CENTRE, 2028):
        assert holiday.name.keys() == set(CENTRE.centre.languages)
        assert "Labor" not in holiday.name["en"]
        assert "แรงงาน" not in holiday.name["th"]


@pytest.mark.parametrize("year", [0, 1999, 2569])  # who means a Buddhist year is told
def test_a_year_that_nobody_can_know_is_refused(year):
    with pytest.raises(ValueError, match=r"A\.D\."):
        list(seed(CENTRE, year))


@given(st.dates(dt.date(2025, 12, 1), dt.date(2027, 11, 1)), st.integers(1, 60))
def test_the_last_day_is_open_and_so_many_open_days_after_the_first(first, count):
    last = WORKDAYS.after(first, count)
    between = [first + DAY * n for n in range(1, (last - first).days + 1)]
    assert WORKDAYS.open(last)
    assert sum(WORKDAYS.open(day) for day in between) == count


@given(st.dates(dt.date(2025, 12, 1), dt.date(2027, 11, 1)))
def test_who_files_later_is_never_due_earlier(first):
    dates = [WORKDAYS.after(first + DAY * n, 30) for n in range(10)]
    assert all(one <= other for one, other in pairwise(dates))


def test_the_first_day_counts_where_the_office_says_so_and_is_open():
    monday, saturday = dt.date(2026, 11, 23), dt.date(2026, 11, 21)
    assert WORKDAYS.after(monday, 1) == monday + DAY
    assert WORKDAYS.after(monday, 1, first_counts=True) == monday
    assert WORKDAYS.after(saturday, 1, first_counts=True) == monday


def test_which_event_starts_each_clock_is_a_setting():
    filed, complete, forwarded = dt.date(2026, 11, 23), dt.date(2026, 11, 25), dt.date(2026, 11, 27)
    for start, first in (("filed", filed), ("complete", complete), ("forwarded", forwarded)):
        rules = CaseRules(request=Deadlines(answer=Deadline(5, start)))
        assert due(rules, WORKDAYS, "request", filed, complete, forwarded) == Due(None, WORKDAYS.after(first, 5))


def test_no_clock_runs_while_documents_are_missing():
    assert due(CENTRE.cases, WORKDAYS, "request", dt.date(2026, 11, 23), None, None) == Due()


def test_what_the_centre_does_not_hold_has_no_day_unless_the_office_sets_one():
    filed = dt.date(2026, 11, 23)
    assert due(CENTRE.cases, WORKDAYS, "information", filed, filed, filed) == Due()
    rules = CaseRules(information=Deadlines(answer=Deadline(15, "filed")))
    assert due(rules, WORKDAYS, "information", filed, filed, None).answer == dt.date(2026, 12, 16)


def test_a_day_past_the_confirmed_years_is_not_a_sure_one():
    assert WORKDAYS.sure(dt.date(2026, 12, 31))
    assert not WORKDAYS.sure(dt.date(2027, 1, 8))
    assert not Workdays.of(replace(CENTRE, cases=CaseRules())).sure(dt.date(2026, 1, 1))
