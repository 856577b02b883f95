"""Days and times as people write them."""

from __future__ import annotations

import datetime as dt

import pytest

from broker.language import dates
from broker.language.dates import clock, day_range, full_date, long_date, short_date

MONDAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("language", "long", "short", "full", "time"),
    [
        ("th", "23 พฤศจิกายน 2569", "23 พ.ย. 2569", "วันจันทร์ที่ 23 พฤศจิกายน 2569", "09:07 น."),
        ("en", "23 November 2026", "23 Nov 2026", "Monday 23 November 2026", "09:07"),
    ],
)
def test_a_day_reads_as_people_write_it(language: str, long: str, short: str, full: str, time: str) -> None:
    assert long_date(MONDAY, language) == long
    assert short_date(MONDAY, language) == short
    assert full_date(MONDAY, language) == full
    assert clock(dt.time(9, 7, 59), language) == time


def test_a_leap_day_stays_itself_though_its_buddhist_year_is_no_leap_year() -> None:
    assert long_date(dt.date(2024, 2, 29), "th") == "29 กุมภาพันธ์ 2567"


def test_every_thai_month_has_its_name() -> None:
    endings = {"ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."}
    assert {short_date(dt.date(2026, month, 1), "th").split()[1] for month in range(1, 13)} == endings


def test_days_in_a_row_are_a_range() -> None:
    assert day_range(("mon", "tue", "wed", "thu", "fri"), "th") == "วันจันทร์–วันศุกร์"
    assert day_range(("wed", "mon"), "en") == "Monday and Wednesday"
    assert day_range(("sat", "sun"), "th") == "วันเสาร์และวันอาทิตย์"
    assert day_range(("mon", "wed", "fri"), "th") == "วันจันทร์ วันพุธ และวันศุกร์"
    assert day_range(("tue",), "th") == "วันอังคาร"


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("dd.MM.yyyy", "23.11.2569"),
        ("yyyy-MM-dd", "2569-11-23"),
        ("d 'day' MMMM y", "23 day พฤศจิกายน 2569"),
        ("d MMM 'year' yyyy", "23 พ.ย. year 2569"),
        ("d/M/y 'o''clock y'", "23/11/2569 o'clock y"),
    ],
)
def test_a_catalogue_may_write_the_year_in_any_way(monkeypatch: pytest.MonkeyPatch, pattern: str, written: str) -> None:
    monkeypatch.setattr(dates, "words", lambda _language: lambda _text: pattern)
    assert short_date(MONDAY, "th") == written


@pytest.mark.parametrize("typed", ["2569-11-23", "2026-11-23", "2569-11-3"])
def test_a_day_may_be_typed_with_either_year(typed: str) -> None:
    assert dates.read(typed) == dt.date(2026, 11, int(typed.rpartition("-")[2]))


def test_a_leap_day_of_the_buddhist_year_is_one_of_the_common_era() -> None:
    assert dates.read("2571-02-29") == dt.date(2028, 2, 29)
    with pytest.raises(ValueError, match="day"):
        dates.read("2570-02-29")
