"""A day that is filled in by its parts: what is understood, what is named, and what comes back."""

from __future__ import annotations

import datetime as dt

import pytest

from display.desk import days

TODAY = dt.date(2026, 11, 23)


def sent(day: str, month: str, year: str, **time: str) -> str:
    typed = {"on_day": day, "on_month": month, "on_year": year} | {f"on_{part}": text for part, text in time.items()}
    return days.text_of("on", typed)


@pytest.mark.parametrize("typed", [("1", "12", "2569"), ("01", "12", " 2026 "), ("๑", "12", "๒๕๖๙")])
def test_a_year_of_either_count_is_the_same_day_and_never_543_years_off(typed: tuple[str, str, str]) -> None:
    assert sent(*typed) == "2026-12-01"


def test_a_leap_day_of_a_buddhist_year_is_judged_by_its_common_year() -> None:
    assert sent("29", "2", "2567") == "2024-02-29"


@pytest.mark.parametrize(
    ("typed", "part", "told"),
    [
        (("", "", ""), "day", "กรุณาระบุวันที่"),
        (("", "11", "2569"), "day", "วันที่ต้องเป็นตัวเลข 1 ถึง 31"),
        (("32", "11", "2569"), "day", "วันที่ต้องเป็นตัวเลข 1 ถึง 31"),
        (("²", "11", "2569"), "day", "วันที่ต้องเป็นตัวเลข 1 ถึง 31"),
        (("31", "2", "2569"), "day", "ไม่มีวันที่ 31 กุมภาพันธ์ 2569"),
        (("29", "2", "2566"), "day", "ไม่มีวันที่ 29 กุมภาพันธ์ 2566"),
        (("1", "", "2569"), "month", "กรุณาเลือกเดือน"),
        (("1", "13", "2569"), "month", "กรุณาเลือกเดือน"),
        (("1", "11", ""), "year", "กรุณาระบุปี พ.ศ. เป็นตัวเลข 4 หลัก เช่น 2569"),
        (("1", "11", "69"), "year", "กรุณาระบุปี พ.ศ. เป็นตัวเลข 4 หลัก เช่น 2569"),
        (("1", "11", "2483"), "year", "กรุณาระบุปี พ.ศ. เป็นตัวเลข 4 หลัก เช่น 2569"),
        (("1", "11", "1483"), "year", "กรุณาระบุปี พ.ศ. เป็นตัวเลข 4 หลัก เช่น 2569"),
        (("1", "11", "25-69"), "year", "กรุณาระบุปี พ.ศ. เป็นตัวเลข 4 หลัก เช่น 2569"),
    ],
)
def test_the_wrong_part_of_a_day_is_named_and_all_comes_back_as_typed(
    typed: tuple[str, str, str], part: str, told: str
) -> None:
    with pytest.raises(days.Wrong) as wrong:
        days.read(sent(*typed), "th")
    assert (wrong.value.part, str(wrong.value)) == (part, told)
    drawn = list(days.controls(sent(*typed), "th"))
    assert tuple(control.text for control in drawn) == typed
    assert [control.part for control in drawn if control.wrong] == [part]


@pytest.mark.parametrize(("language", "month", "year"), [("th", "พฤศจิกายน", "2569"), ("en", "November", "2026")])
def test_a_day_that_was_understood_stands_as_its_page_writes_days(language: str, month: str, year: str) -> None:
    day, months, years = days.controls("2026-11-01", language)
    assert (day.text, dict(months.choices)[months.text], years.text) == ("1", month, year)


def test_a_wrong_day_of_an_address_stands_in_its_controls() -> None:
    _day, month, _year = days.controls("2026-02-31", "th")
    assert dict(month.choices)[month.text] == "กุมภาพันธ์"


@pytest.mark.parametrize("text", ["soon", "2026-02-31", "a\nb", "\n\n\n\n\n", "2026-11-01T", "0-0-0"])
def test_an_address_that_nobody_typed_is_told_as_any_other(text: str) -> None:
    assert len(list(days.controls(text, "en", timed=True))) == 4
    with pytest.raises(days.Wrong):
        days.read_moment(text, TODAY, "en")


@pytest.mark.parametrize("typed", ["08:30", "08.30", "8.30 น.", "0830", "๐๘.๓๐"])
def test_a_time_may_have_a_full_stop_as_thai_writes_it(typed: str) -> None:
    assert days.read_time(typed, "th") == dt.time(8, 30)


@pytest.mark.parametrize("typed", ["", "8", "24:00", "08:60", "4 p.m.", "8:3"])
def test_a_time_that_is_none_is_told(typed: str) -> None:
    with pytest.raises(days.Wrong, match="08:30"):
        days.read_time(typed, "th")


def test_a_day_near_is_offered_as_its_controls_hold_it() -> None:
    assert list(days.near(TODAY, "th", -1, 1)) == [("เมื่อวานนี้", "22 11 2569"), ("พรุ่งนี้", "24 11 2569")]


def test_a_time_alone_is_todays() -> None:
    assert days.read_moment(sent("", "", "", time="16.00"), TODAY, "th") == dt.datetime.combine(TODAY, dt.time(16))
    assert sent("1", "12", "2569", time="16.00") == "2026-12-01T16:00"
