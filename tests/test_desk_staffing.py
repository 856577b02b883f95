"""The what-if page: past days again, with other points open."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from desk_pages import Browser, Office, dated, filled, office_after, text
from queue_script import Script

from broker import messages as m
from display.ledger.ledger import FILE

FRIDAY = dt.date(2026, 11, 20)
ASK = "/staffing?first=2026-11-16&last=2026-11-20&ask=1"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Last Friday six people wanted information at once, and one officer took five minutes for each."""
    room = Script(now=dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC))
    for n in range(6):
        room.fact("kiosk-1", m.TicketIssued(f"A00{n + 1}", FRIDAY, "1.1", room.now))
    for action in (m.Next(), m.Start(), m.Finish()) * 6:
        room.press(2, action)
        room.after(300 if isinstance(action, m.Start) else 0)
    room.after(10 * 3600)
    return office_after(tmp_path, room, FRIDAY)


@pytest.fixture
def supervisor(office: Office) -> Browser:
    return office.signed_in("wipa", "supervisor")


def test_a_second_point_halves_the_wait_and_the_page_says_what_it_was(supervisor: Browser) -> None:
    page = text(supervisor.see(ASK + "&open=2&open=3"))
    assert "ตามที่เกิดขึ้นจริง 6 12:30 25:00 25:00 0" in page
    assert "คำนวณ จุดบริการตามเดิม 6 12:30 25:00 25:00 0" in page
    assert "คำนวณ จุดบริการตามที่เลือก 6 5:00 10:00 10:00 0" in page
    assert "ผู้รับบริการจำนวนน้อย" in page


def test_without_an_officer_nobody_is_served(supervisor: Browser) -> None:
    page = text(supervisor.see(ASK))
    assert "คำนวณ จุดบริการตามที่เลือก 0 – – – 6" in page
    assert "ไม่มีจุดบริการที่เปิด" in page


def test_the_page_opens_with_the_last_two_weeks_and_the_points_of_the_centre(supervisor: Browser) -> None:
    page = supervisor.see("/staffing").text
    assert filled(page).items() >= (dated("first", "2026-11-09") | dated("last", "2026-11-22")).items()
    assert page.count("checked") == 6


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2026-11-16", "2026-11-23", "กรุณาเลือกวันที่ผ่านไปแล้ว"),
        ("2026-11-20", "2026-11-16", "วันเริ่มต้นอยู่หลังวันสิ้นสุด"),
        ("2026-10-01", "2026-11-16", "เลือกได้ไม่เกิน 31 วันต่อครั้ง"),
        ("soon", "2026-11-16", "วันที่ต้องเป็นตัวเลข 1 ถึง 31"),
    ],
)
def test_a_span_that_cannot_be_is_told_beside_its_field(supervisor: Browser, first: str, last: str, told: str) -> None:
    answer = supervisor.see(f"/staffing?first={first}&last={last}&ask=1")
    assert answer.status_code == 422
    assert told in text(answer)
    assert filled(answer.text).items() >= (dated("first", first) | dated("last", last)).items()


def test_days_without_anybody_and_a_ledger_that_is_not_there_yet_are_told(supervisor: Browser, tmp_path: Path) -> None:
    assert "ไม่มีผู้รับบริการในวันที่เลือก" in text(supervisor.see("/staffing?first=2026-11-02&last=2026-11-03&ask=1"))
    (tmp_path / FILE).unlink()
    assert "ไม่มีผู้รับบริการในวันที่เลือก" in text(supervisor.see(ASK))


def test_what_keeps_the_page_current_does_not_work_it_out_again(supervisor: Browser) -> None:
    assert "ตามที่เกิดขึ้นจริง" not in text(supervisor.see(ASK, X_Live="1"))


def test_an_officer_has_no_such_page(office: Office) -> None:
    assert office.signed_in().see("/staffing").status_code == 403
