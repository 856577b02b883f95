"""The report pages, over the real application and a ledger that a hall's events filled."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
from desk_pages import CENTRE, CHEAP, PASSWORD, Browser, Office, dated, filled, office_after, text
from queue_script import Script

from broker import messages as m
from display.desk import drawings, reports
from display.reports import charts

FRIDAY = dt.date(2026, 11, 20)
ASK = "/reports?first=2026-11-16&last=2026-11-22"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Last Friday eight came at once; one officer served them at point 2, five minutes each, and the last had left."""
    room = Script(now=dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC))
    room.press(2, m.Open("สมหญิง ใจดี"))
    for n in range(8):
        room.fact("kiosk-1", m.TicketIssued(f"A00{n + 1}", FRIDAY, "1.1", room.now))
    for n in range(7):
        for action in (m.Next(), m.Start(), m.Finish(None if n else next(iter(CENTRE.outcomes)))):
            room.press(2, action)
            room.after(300 if isinstance(action, m.Start) else 0)
    room.press(2, m.Next())
    room.press(2, m.NoShow())
    room.after(10 * 3600)
    return office_after(tmp_path, room, FRIDAY)


@pytest.fixture
def supervisor(office: Office) -> Browser:
    return office.signed_in("wipa", "supervisor")


def test_a_report_has_its_figures_its_charts_and_its_rules(supervisor: Browser) -> None:
    page = supervisor.see(ASK)
    said = text(page)
    assert "8 จำนวนคิว ให้บริการแล้ว 7" in said
    drawings = re.findall(r'src="(/reports/charts/\w+\.svg)"', page.text)
    drawn = [supervisor.see(address) for address in drawings]
    assert [(each.status_code, each.headers["content-type"]) for each in drawn] == [(200, "image/svg+xml")] * 2
    assert supervisor.see("/reports/charts/0.svg").status_code == 404
    assert "ไม่มาตามเรียก: " in said


def test_the_drawings_of_the_last_pages_are_kept_and_no_more() -> None:
    kept = drawings.Drawings()
    names = [kept.keep(f"<svg>{n}</svg>") for n in range(drawings.MOST + 1)]
    assert kept.keep("<svg>1</svg>") == names[1]  # drawn again: kept once, and new
    kept.keep("<svg/>")
    assert [kept.get(name) for name in names[:3]] == [None, "<svg>1</svg>", None]
    assert kept.get(names[-1])
    assert drawings.Drawings().keep("<svg>1</svg>") != names[1]  # a name tells nothing of what is drawn


@pytest.mark.parametrize("by", ["service", "officer"])
def test_every_figure_opens_exactly_the_tickets_that_it_counts(supervisor: Browser, by: str) -> None:
    """Calls are counted among tickets, and days and hours of the load are of tickets; all else counts tickets."""
    counted: dict[str, int] = {}
    for table in re.findall(r"<h[23].*?</table>", supervisor.see(f"{ASK}&by={by}").text, re.DOTALL):
        bare = re.findall(r"<td[^>]*>([^<]+)", table)
        assert [figure for figure in bare if figure not in ("0", "0.0", "–")] == [], table
        for link, figure in re.findall(r'<td[^>]*><a href="([^"]*)">([^<]*)</a>', table):
            if link not in counted:
                counted[link] = supervisor.see(unescape(link)).text.count('<th scope="row">')
            of_tickets = figure.isdigit() and 'id="s-6"' not in table and "figure=called" not in link
            assert counted[link] == int(figure) if of_tickets else counted[link] > 0, link
    assert len(counted) > 20


def test_what_stands_above_the_tables_opens_its_tickets_too(supervisor: Browser) -> None:
    above = supervisor.see(ASK).text.partition('<h2 id="s-1"')[0]
    links = [unescape(link) for link in re.findall(r'href="(/reports/tickets[^"]*)"', above)]
    listed = [supervisor.see(link).text.count('<th scope="row">') for link in links]
    assert listed == [8, 8, 7, 7]  # tickets, their wait, those measured, and those that waited when the most did
    assert "รอพร้อมกันมากที่สุด 7" in text(supervisor.see(ASK)), text(supervisor.see(ASK))


def test_what_a_chart_draws_can_be_read_as_a_table(supervisor: Browser) -> None:
    said = text(supervisor.see(ASK))
    assert "จำนวนคิว 0–5 2 5–10 1 10–15 1" in said  # waits of 0, 5, 10 … 35 minutes; a band's end belongs to it
    assert said.count("ตัวเลขของแผนภูมินี้") == 2


def test_beneath_the_first_table_stands_how_many_tickets_are_in_no_line_of_it(tmp_path: Path) -> None:
    room = Script(now=dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC))
    for n in (1, 2):
        room.fact("kiosk-1", m.TicketIssued(f"A00{n}", FRIDAY, "1.1", room.now))
    room.press(2, m.Next())
    room.after(10 * 3600)  # the second was never called
    boss = office_after(tmp_path, room, FRIDAY).signed_in("wipa", "supervisor")
    told = "นับเฉพาะในยอดรวม เพราะไม่ได้ถูกเรียกเข้าจุดบริการ: 1 คิว"
    assert [told in text(boss.see(f"{ASK}&by={by}")) for by in ("point", "service")] == [True, False]


def test_outcomes_are_counted_by_the_names_of_the_centre(supervisor: Browser) -> None:
    name = next(iter(CENTRE.outcomes.values()))["th"]
    assert f"{name} 1" in text(supervisor.see(ASK))


def test_a_file_in_the_making_keeps_the_next_file_waiting_but_no_page(
    supervisor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most, begun, enough = 0, 0, threading.Event(), threading.Event()

    def slowly(file: Path, *_its: object) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        begun.set()
        enough.wait(5)
        file.write_bytes(b"made")
        running -= 1

    monkeypatch.setitem(reports.WRITERS, "csv", ("text/csv", slowly))
    query = ASK.partition("?")[2]
    with supervisor.client, ThreadPoolExecutor(2) as pool:  # one event loop for all of them, as the process has
        files = [pool.submit(supervisor.see, f"/reports/report.csv?{query}") for _ in range(2)]
        assert begun.wait(5)
        pages = supervisor.see(ASK), supervisor.see(f"/reports/tickets?{query}")
        assert not enough.is_set()
        enough.set()
        assert [file.result().content for file in files] == [b"made", b"made"]
    assert ([page.status_code for page in pages], most) == ([200, 200], 1)


def test_a_report_of_another_breakdown_has_its_lines(supervisor: Browser) -> None:
    assert "สมหญิง ใจดี" in text(supervisor.see(f"{ASK}&by=officer"))
    assert "วันศุกร์" in text(supervisor.see(f"{ASK}&by=weekday"))
    assert "09:00–09:59" in text(supervisor.see(f"{ASK}&by=hour"))


def test_figures_of_single_officers_are_for_supervisors_alone(office: Office) -> None:
    officer = office.signed_in("somsri")
    assert officer.see(ASK).status_code == 200
    assert officer.see(f"{ASK}&by=officer").status_code == 422
    assert officer.see(f"/reports/tickets?{ASK[9:]}&officer=x").status_code == 403
    assert officer.see(f"/reports/report.csv?{ASK[9:]}").status_code == 403
    assert "สมหญิง" not in officer.see(f"/reports/tickets?{ASK[9:]}").text


def test_an_officer_sees_what_came_of_the_tickets_called_under_her_own_name_and_of_no_others(office: Office) -> None:
    office.desk.accounts.add("somying", "สมหญิง ใจดี", "officer")
    office.desk.accounts.set_secret("somying", CHEAP.hash(PASSWORD))
    hers, other = office.signed_in("somying"), office.signed_in("somsri")
    own = f"{ASK}&{urlencode({'whose': 'สมหญิง ใจดี'})}"
    page = hers.see(own)
    assert "8 จำนวนคิว ให้บริการแล้ว 7" in text(page)  # the fixture's officer called all of them
    assert "นับเฉพาะบัตรคิวที่เรียกครั้งล่าสุดในชื่อ สมหญิง ใจดี" in text(page)
    links = [unescape(link) for link in re.findall(r'href="(/reports/tickets[^"]*)"', page.text)]
    assert links
    assert all("whose=" in link for link in links)
    assert hers.see(links[0]).status_code == 200
    assert (other.see(own).status_code, other.see(links[0]).status_code) == (403, 403)
    assert "ไม่มีบัตรคิวที่เรียกในชื่อ Somsri" in text(other.see(f"{ASK}&whose=Somsri"))
    boss = office.signed_in("wipa", "supervisor")
    (line, *_) = re.findall(r'<th scope="row"><a href="([^"]*)"', boss.see(f"{ASK}&by=officer").text)
    assert "เฉพาะบัตรคิวที่เรียกครั้งล่าสุดในชื่อ สมหญิง ใจดี" in text(boss.see(unescape(line)))


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2026-11-20", "2026-11-16", "วันเริ่มต้นอยู่หลังวันสิ้นสุด"),
        ("soon", "2026-11-16", "วันที่ต้องเป็นตัวเลข 1 ถึง 31"),
        ("2026-02-31", "2026-11-16", "ไม่มีวันที่ 31 กุมภาพันธ์ 2026"),
    ],
)
def test_a_span_that_cannot_be_comes_back_with_its_field_named(
    supervisor: Browser, first: str, last: str, told: str
) -> None:
    answer = supervisor.see(f"/reports?first={first}&last={last}")
    assert (answer.status_code, told in text(answer), 'href="#first"' in answer.text) == (422, True, True)
    assert filled(answer.text).items() >= dated("last", last).items()


def test_days_typed_by_their_controls_stand_in_the_address_as_iso_dates_and_wrong_ones_as_typed(
    supervisor: Browser,
) -> None:
    asked = dated("first", "2026-11-16") | dated("last", "2026-11-22") | {"by": "hour"}
    assert supervisor.see(f"/reports?{urlencode(asked)}").headers["location"] == f"{ASK}&by=hour"
    wrong = asked | dated("last", "2026-11-31")
    answer = supervisor.see(f"/reports?{urlencode(wrong)}")
    assert (answer.status_code, filled(answer.text).items() >= wrong.items()) == (422, True)


def test_a_span_without_visits_says_so(supervisor: Browser) -> None:
    assert "ไม่มีผู้รับบริการในวันที่เลือก" in text(supervisor.see("/reports?first=2025-01-01&last=2025-01-31"))


def test_the_files_hold_the_same_figures(supervisor: Browser) -> None:
    query = ASK.partition("?")[2]
    table = supervisor.see(f"/reports/report.csv?{query}")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert rows[-1][1] == "8"
    book = openpyxl.load_workbook(io.BytesIO(supervisor.see(f"/reports/report.xlsx?{query}").content))
    assert len(book.sheetnames) > 5
    paper = supervisor.see(f"/reports/report.pdf?{query}")
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert supervisor.see(f"/reports/report.exe?{query}").status_code == 404


def test_a_ledger_that_cannot_be_read_is_said(supervisor: Browser, office: Office, tmp_path: Path) -> None:
    office.desk.ledger = tmp_path / "nothing"
    assert supervisor.see(ASK).status_code == 503


def test_what_is_no_figure_or_no_line_is_not_found(supervisor: Browser) -> None:
    query = ASK.partition("?")[2]
    for wrong in ("figure=everything", "point=99", "page=-1", "hour=30"):
        assert supervisor.see(f"/reports/tickets?{query}&{wrong}").status_code == 404


def test_every_colour_of_a_chart_has_its_key(supervisor: Browser) -> None:
    css = supervisor.see("/static/desk.css").text
    colours = {charts.CALM, charts.LATE, charts.SECOND}
    keys = set(re.findall(r"key key-(\w+)", supervisor.see(f"{ASK}&by=point").text))
    assert {f"#{key}" for key in keys} == colours
    assert all(f".key-{key}::before {{ background: #{key} }}" in css for key in keys)
