"""What stands on a ticket."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from broker.centre import DEFAULT, Centre, load
from broker.language.lists import ranges
from broker.messages import TicketIssued
from broker.waits import told_minutes
from kiosk.slip import QR, Line, Mark, Number, Text, slip

CENTRE = load(DEFAULT)
TICKET = TicketIssued(
    number="A015",
    day=dt.date(2026, 11, 23),
    service="1.1",
    given_at=dt.datetime(2026, 11, 23, 2, 7, 31, tzinfo=dt.UTC),
)


def said(language: str, ticket: TicketIssued = TICKET, centre: Centre = CENTRE, **more: Any) -> list[str]:
    return [line.text for line in slip(ticket, centre, language, **more) if isinstance(line, Text | Mark | Number)]


def of(kind: type[Line], **more: Any) -> list[Any]:
    return [line for line in slip(TICKET, CENTRE, "th", **more) if isinstance(line, kind)]


def test_a_thai_ticket_reads_as_it_should() -> None:
    assert said("th", ahead=4, estimate=700) == [
        "ศูนย์บริการร่วม กระทรวงพลังงาน",
        "บัตรคิว / Queue ticket",
        "หมายเลขของท่าน / Your number",
        "A015",
        "บริการข้อมูลข่าวสาร",
        "จุดที่ 2–3",
        "รอคิวก่อนหน้า 4 คิว / 4 waiting ahead",
        "ประมาณ 15 นาที",
        "วันที่ 23 พ.ย. 2569   เวลา 09:07 น.",
        "กรุณารอเรียกหมายเลขที่หน้าจอแสดงผล",
        "หากเลยคิว กรุณาติดต่อจุดที่ 1",
        "บัตรนี้ใช้ได้เฉพาะวันที่ออกบัตร",
    ]


def test_an_english_ticket_keeps_thai_beside_what_everyone_must_read() -> None:
    assert said("en", ahead=4, estimate=60) == [
        "Joint Service Centre, Ministry of Energy",
        "บัตรคิว / Queue ticket",
        "หมายเลขของท่าน / Your number",
        "A015",
        "Information",
        "Points 2–3",
        "รอคิวก่อนหน้า 4 คิว / 4 waiting ahead",
        "About 1 minute",
        "23 Nov 2026   09:07",
        "Please wait until your number is called on the screen",
        "If you miss your call, please go to point 1",
        "Valid only on the day of issue",
    ]


def test_the_first_in_line_is_told_that_no_one_waits() -> None:
    assert "ไม่มีคิวรอก่อนหน้า / No one is waiting ahead" in said("th", ahead=0, estimate=0)


def test_what_nobody_knows_is_not_printed() -> None:
    assert not [text for text in said("th") if "รอคิว" in text or "ประมาณ" in text]


def test_only_a_reprint_is_marked_as_a_copy() -> None:
    assert of(Mark) == []
    assert of(Mark, copy=True) == [Mark("สำเนา / Copy")]


def test_a_priority_ticket_says_only_that_it_is_one() -> None:
    plain, priority = said("th"), said("th", msgspec.structs.replace(TICKET, priority=True))
    assert [text for text in priority if text not in plain] == ["คิวพิเศษ / Priority"]


def test_the_code_names_site_day_and_number() -> None:
    assert of(QR) == [QR("khiu:moe:2026-11-23:A015")]


def test_a_centre_of_one_language_prints_one() -> None:
    about = msgspec.structs.replace(CENTRE.centre, languages=("th",))
    assert "บัตรคิว" in said("th", centre=msgspec.structs.replace(CENTRE, centre=about))


@pytest.mark.parametrize(
    ("points", "thai", "english"),
    [
        ((2, 3), "2–3", "2–3"),
        ((5,), "5", "5"),
        ((2, 5), "2 และ 5", "2 and 5"),
        ((7, 2, 4, 3), "2–4 และ 7", "2–4 and 7"),
        ((2, 5, 7), "2 5 และ 7", "2, 5, and 7"),
    ],
)
def test_points_are_written_as_people_do(points: tuple[int, ...], thai: str, english: str) -> None:
    assert (ranges(points, "th"), ranges(points, "en")) == (thai, english)


@pytest.mark.parametrize(("seconds", "told"), [(0, 1), (60, 1), (61, 2), (600, 10), (601, 15), (3000, 50)])
def test_an_estimate_claims_no_more_than_it_knows(seconds: int, told: int) -> None:
    assert told_minutes(seconds) == told
