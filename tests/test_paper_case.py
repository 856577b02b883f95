"""The papers of a case: what a citizen reads on them, and what must not stand there."""

from __future__ import annotations

import re
import subprocess
from contextlib import closing
from html import unescape

import pytest
from case_script import DEED, DESKED, ID_CARD, OFFICER, ONE_MISSING, Office
from msgspec.structs import replace

from broker import messages as m
from broker.centre import DEFAULT
from broker.centre_cases import CaseRules, Deadline, Deadlines
from broker.store import reader
from display.ledger import cases
from display.ledger.case_command import show_case
from display.ledger.schema import MIGRATIONS
from display.paper.case import missing, receipt

INSIDE = "จุดที่ 4 และ 5"


def text_of(page: str) -> str:
    """What a reader sees of HTML."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", page, flags=re.DOTALL))


@pytest.fixture
def office(tmp_path):
    it = Office(tmp_path)
    yield it
    it.ledger.close()


def line(office, case) -> cases.CaseLine:
    with closing(reader(office.file, MIGRATIONS)) as ledger:
        return cases.case(ledger, case)


def test_a_receipt_says_its_number_and_by_when_in_both_languages(office):
    case = line(office, office.filed())
    thai = text_of(receipt(case, OFFICER, DESKED, "th"))
    for words in ("ใบรับเรื่อง", "1/2569", "23 พฤศจิกายน 2569 09:00 น.", "24 พฤศจิกายน 2569 (1 วันทำการ)", OFFICER,
                  "8 มกราคม 2570 (30 วันทำการ)", "ยังไม่ได้ยืนยันวันหยุดราชการ พ.ศ. 2570", ID_CARD, DEED):  # fmt: skip
        assert words in thai
    english = text_of(receipt(case, OFFICER, DESKED, "en"))
    assert "8 January 2027 (30 working days)" in english
    assert "24 November 2026 (1 working day)" in english


def test_a_receipt_promises_no_day_that_is_not_set(office):
    page = text_of(receipt(line(office, office.filed(matter="information")), OFFICER, DESKED, "th"))
    assert "วันทำการ" not in page


def test_the_slip_asks_for_all_that_is_missing_and_says_where(office):
    page = text_of(missing(line(office, office.filed(documents=ONE_MISSING)), OFFICER, DESKED, "th"))
    asked, held = page.index("พร้อมกันในคราวเดียว"), page.index("เอกสารที่ได้รับไว้แล้ว")
    assert asked < page.index(DEED) < held < page.index(ID_CARD)
    assert INSIDE in page
    assert "เริ่มนับระยะเวลาส่งต่อเมื่อได้รับเอกสารครบถ้วน" in page


def test_the_slip_does_not_say_that_the_clock_waits_where_it_does_not(office):
    case = line(office, office.filed(documents=ONE_MISSING))
    at_once = replace(DESKED, cases=CaseRules(request=Deadlines(Deadline(1, "filed"), Deadline(30, "filed"))))
    assert "เริ่มนับระยะเวลา" not in text_of(missing(case, OFFICER, at_once, "th"))


def test_what_an_officer_typed_is_no_markup(office):
    case = line(office, office.filed(documents=(m.Document("<b>$number & co", held=False),)))
    page = missing(case, "<i>", DESKED, "th")
    assert "<b>" not in page
    assert "<i>" not in page
    assert "<b>$number & co" in text_of(page)


def test_the_longest_checklist_makes_whole_pages_and_the_command_writes_them(office, tmp_path, capsys):
    office.filed(documents=tuple(m.Document(f"{n} หนังสือรับรองการจดทะเบียนนิติบุคคลฉบับปัจจุบัน", n % 2 == 0) for n in range(20)))
    given = ["--centre", str(DEFAULT), "--state", str(tmp_path), "1/2569"]
    assert show_case([*given, "--receipt", str(tmp_path / "a.pdf"), "--missing", str(tmp_path / "b.pdf")]) == 0
    for file in ("a.pdf", "b.pdf"):
        run = subprocess.run(["pdftotext", "-layout", tmp_path / file, "-"], capture_output=True, text=True, check=True)
        pages = run.stdout.split("\f")[:-1]
        assert "1/2569" in pages[0]
        assert sum(len(re.findall(r"^ *\d+ ห", page, re.MULTILINE)) for page in pages) == 20
    assert capsys.readouterr().out == "".join(f"written: {tmp_path / file}\n" for file in ("a.pdf", "b.pdf"))


def test_the_command_tells_a_cases_history_and_what_it_cannot_do(office, tmp_path, capsys):
    case = office.filed()
    office.move(case, "forwarded")
    given = ["--centre", str(DEFAULT), "--state", str(tmp_path)]
    assert show_case([*given, "1/2569"]) == 0
    told = capsys.readouterr().out
    assert ["เอกสารครบถ้วน" in told, "ส่งต่อแล้ว" in told, told.count(OFFICER)] == [True, True, 2]
    assert show_case([*given, "2/2569"]) == 1
    assert show_case([*given, "1/2569", "--missing", str(tmp_path / "c.pdf")]) == 1
    assert show_case([*given, "1/2569", "--receipt", str(tmp_path / "no" / "d.pdf")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 3
    with pytest.raises(SystemExit):
        show_case([*given, "12"])
