"""What if other points had been open: real rules, other officers, the same citizens."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from queue_script import CENTRE, MONDAY, NINE, with_calling

from display.staffing import Coming, Staffing, Waits, what_if

MINUTE = 60.0


def coming(minute: float, took: float | None = 5 * MINUTE, service: str = "1.1", priority: bool = False) -> Coming:
    return Coming(NINE + dt.timedelta(minutes=minute), service, priority, 0.0, took)


def with_points(visits: list[Coming], *points: int, helps: dict[int, tuple[str, ...]] | None = None) -> Waits:
    return what_if(CENTRE, MONDAY, visits, Staffing(frozenset(points), helps or {}))


def test_one_officer_serves_one_after_another() -> None:
    waits = with_points([coming(0), coming(1), coming(2)], 2)
    assert waits.waiting["1.1"] == [0, 4 * MINUTE, 8 * MINUTE]


def test_a_second_officer_takes_every_other_ticket() -> None:
    assert with_points([coming(0), coming(1), coming(2)], 2, 3).waiting["1.1"] == [0, 0, 3 * MINUTE]


def test_a_point_that_helps_calls_another_line_only_when_its_own_is_empty() -> None:
    visits = [coming(0), coming(1), coming(1, service="1.2")]
    assert with_points(visits, 2, 4).waiting["1.1"] == [0, 4 * MINUTE]
    helped = with_points([coming(0), coming(1), coming(3)], 2, 4, helps={4: ("1.1",)})
    assert helped.waiting["1.1"] == [0, 0, 2 * MINUTE]


def test_a_priority_ticket_goes_before_others_as_the_centre_has_set() -> None:
    visits = [coming(0), coming(1), coming(2), coming(3, priority=True)]
    assert with_points(visits, 2).waiting["1.1"] == [0, 2 * MINUTE, 9 * MINUTE, 13 * MINUTE]


def test_whoever_does_not_come_costs_the_officer_the_time_of_a_call() -> None:
    centre = with_calling(answer_seconds=20)
    waits = what_if(centre, MONDAY, [coming(0, took=None), coming(0.1)], Staffing(frozenset({2})))
    assert waits.waiting["1.1"] == [0, 14]


def test_without_an_officer_nobody_is_served() -> None:
    waits = with_points([coming(0), coming(1)], 4)
    assert (waits.waiting, waits.unserved) == ({}, {"1.1": 2})


def test_whoever_comes_before_the_office_opens_waits_until_it_does() -> None:
    assert with_points([coming(-40)], 2).waiting["1.1"] == [10 * MINUTE]  # 08:20; it opens at half past


def test_a_point_is_busy_for_the_share_of_the_day_in_which_it_has_somebody() -> None:
    assert with_points([coming(0, took=48 * MINUTE)], 2, 3).busy == {2: pytest.approx(0.1), 3: 0.0}  # of eight hours


def test_days_are_joined_visit_by_visit() -> None:
    one, other = with_points([coming(0), coming(1)], 2), with_points([coming(0)], 2)
    both = one.joined([other])
    assert both.waiting == {"1.1": [0, 4 * MINUTE, 0]}
    assert both.busy[2] == pytest.approx(fmean([one.busy[2], other.busy[2]]))


def test_a_point_that_the_centre_does_not_have_is_told() -> None:
    with pytest.raises(ValueError, match="no such point: 9"):
        with_points([], 9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 300), st.floats(30, 1200)), min_size=1, max_size=40))
def test_one_line_with_one_officer_is_what_lindley_found(drawn: list[tuple[float, float]]) -> None:
    """D. V. Lindley, 1952: each waits as long as the one before, and its service, less the time between them."""
    visits = [coming(minute, took) for minute, took in sorted(drawn)]
    expected = [0.0]
    for before, after in pairwise(visits):
        assert before.took is not None
        apart = (after.at - before.at).total_seconds()
        expected.append(max(0.0, expected[-1] + before.took - apart))
    waits = with_points(visits, 2)
    called = waits.waiting["1.1"]
    assert called == pytest.approx(expected[: len(called)], abs=0.01)
    assert len(called) + waits.unserved.get("1.1", 0) == len(visits)
