"""The next number: in order, within the kiosk's range, never twice in a service day."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from kiosk.numbering import NoneLeft, next_number, service_day

MONDAY = dt.date(2026, 11, 23)
RANGE = st.tuples(st.integers(1, 999), st.integers(1, 999)).map(lambda pair: (min(pair), max(pair)))


def test_the_first_number_of_a_day_is_the_first_of_the_range() -> None:
    assert next_number("A", (1, 999), None) == "A001"
    assert next_number("B", (500, 999), None) == "B500"


def test_the_next_number_follows_the_last() -> None:
    assert next_number("A", (1, 999), "A014") == "A015"


def test_after_the_last_of_the_range_none_is_left() -> None:
    assert next_number("A", (1, 20), "A020") == NoneLeft("A")


def test_a_range_moved_down_during_the_day_gives_nothing_twice() -> None:
    assert next_number("A", (1, 499), "A730") == NoneLeft("A")


@given(RANGE)
def test_a_day_gives_every_number_of_the_range_once_and_in_order(numbers: tuple[int, int]) -> None:
    given_out: list[str] = []
    while isinstance(number := next_number("A", numbers, given_out[-1] if given_out else None), str):
        given_out.append(number)
    assert given_out == [f"A{n:03}" for n in range(numbers[0], numbers[1] + 1)]


def test_a_new_day_is_the_service_day() -> None:
    assert service_day(MONDAY, MONDAY - dt.timedelta(days=3)) == MONDAY
    assert service_day(MONDAY, None) == MONDAY


def test_a_clock_that_jumps_back_keeps_the_last_day() -> None:
    assert service_day(dt.date(1970, 1, 1), MONDAY) == MONDAY
