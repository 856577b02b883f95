"""A report as its readers get it: table, CSV, workbook, A4 pages."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import subprocess
from html import unescape
from pathlib import Path

import msgspec
import openpyxl
import pytest
from hall_script import Morning
from msgspec.structs import replace
from queue_script import CENTRE, MONDAY
from ten_years import make

from broker import messages as m
from broker.centre import DEFAULT
from display.ledger.command import report as command
from display.reports.charts import distribution
from display.reports.command import read
from display.reports.report import BANDS, BY, Distribution, report
from display.reports.rules import rules
from display.reports.sheets import write_csv, write_xlsx
from display.reports.spans import Span
from display.reports.table import columns
from display.reports.text import text

WEEK = Span(dt.date(2026, 10, 1), dt.date(2026, 10, 12))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Ten days of 400 tickets."""
    made = tmp_path_factory.mktemp("hall")
    make(made, 10 / 250)
    return made


@pytest.fixture(scope="module")
def came(folder):
    return read(folder / "ledger.sqlite", WEEK, CENTRE)


@pytest.fixture(scope="module")
def made(came):
    return report(came, WEEK, "service", CENTRE, seats=40)


@pytest.fixture
def run(folder, capsys):
    """``khiu-hall report …``: its exit code and what it printed."""

    def ask(*words: object) -> tuple[int, str]:
        code = command([*map(str, words), "--centre", str(DEFAULT), "--state", str(folder)])
        return code, capsys.readouterr().out

    return ask


def test_csv_opens_in_excel_with_thai_heads_and_plain_numbers(made, tmp_path):
    write_csv(tmp_path / "r.csv", made, CENTRE, "th")
    data = (tmp_path / "r.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    assert head[:2] == ["บริการ", "จำนวนคิว"]
    assert "เวลารอ: มัธยฐาน (นาที)" in head
    assert [row[0] for row in rows] == ["1.1 บริการข้อมูลข่าวสาร", "1.2 บริการรับเรื่อง-ส่งต่อ", "1.3 บริการเบ็ดเสร็จ", "รวมทั้งหมด"]
    assert int(rows[-1][1]) == len_of(made) == sum(int(row[1]) for row in rows[:-1])
    median = float(rows[-1][head.index("เวลารอ: มัธยฐาน (นาที)")])
    assert median == pytest.approx(made.all.figures.waiting.median / 60, abs=0.005)


def len_of(made) -> int:
    return made.all.figures.tickets


def test_a_name_is_never_a_formula(came, tmp_path):
    evil = replace(CENTRE.services[0], name={"th": "x", "en": "x"})
    line = replace(report(came, WEEK, "officer", CENTRE).lines[0], key="=cmd|' /C calc'!A0")
    one = replace(report(came, WEEK, "officer", CENTRE), lines=(line,))
    write_csv(tmp_path / "r.csv", one, replace(CENTRE, services=(evil, *CENTRE.services[1:])), "th")
    assert "\n'=cmd" in (tmp_path / "r.csv").read_text("utf-8-sig")
    write_xlsx(tmp_path / "r.xlsx", one, came, CENTRE, "th")
    cell = openpyxl.load_workbook(tmp_path / "r.xlsx")["เจ้าหน้าที่"]["A2"]
    assert (cell.value, cell.data_type) == (line.key, "s")


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_workbook_has_a_sheet_a_view_with_real_numbers_and_dates(made, came, tmp_path, language):
    write_xlsx(tmp_path / "r.xlsx", made, came, CENTRE, language)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert len(book.sheetnames) == len(BY) + 5
    for name in book.sheetnames[: len(BY)]:
        *_, last = book[name].iter_rows(values_only=True)
        assert (last[1], type(last[1])) == (len_of(made), int)
    trend = book[{"th": "แนวโน้ม", "en": "Trend"}[language]]
    assert trend["A2"].value.isoformat() == "2026-10-01T00:00:00"
    assert trend["B2"].value == made.trend[0].tickets
    heat = book[{"th": "จำนวนคิวตามช่วงเวลา", "en": "Tickets by hour"}[language]]
    assert sum(cell for row in heat.iter_rows(2, 8, 2, values_only=True) for cell in row if cell) == len_of(made)


def test_what_was_written_is_said_by_its_whole_path(run, tmp_path):
    files = tmp_path / "a.csv", tmp_path / "b.xlsx"
    told = run("--from", WEEK.first, "--csv", files[0], "--xlsx", files[1])
    assert told == (0, f"written: {files[0]}\nwritten: {files[1]}\n")


@pytest.mark.parametrize("by", BY)
def test_what_stands_in_no_line_is_told_so_that_the_lines_add_up(came, by):
    one = report(came, WEEK, by, CENTRE)
    rest = len_of(one) - sum(line.figures.tickets for line in one.lines)
    assert (rest > 0) == (by in ("point", "officer"))
    told = re.search(r"^In the total alone, .*: (\d+)$", text(one, CENTRE, "en"), re.MULTILINE)
    assert int(told[1] if told else 0) == rest


def test_the_json_has_the_report_of_the_span_that_was_asked_for(run, made):
    code, printed = run("--from", WEEK.first, "--to", WEEK.last, "--json")
    assert code == 0
    said = json.loads(printed)
    assert said["all"]["figures"]["waiting"] == msgspec.to_builtins(made.all.figures.waiting)
    assert (said["first"], said["peak"]["seats"]) == ("2026-10-01", CENTRE.desk.seats if CENTRE.desk else None)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (("--fiscal-year", 2570), "ปีงบประมาณ พ.ศ. 2570 (1 ตุลาคม 2569 – 30 กันยายน 2570)"),
        (("--month", "2569-10"), "เดือน ต.ค. 2569 (1 ตุลาคม 2569 – 31 ตุลาคม 2569)"),
        (("--month", "2026-10"), "เดือน ต.ค. 2569"),
        (("--from", "2026-10-02"), "รายงาน: 2 ตุลาคม 2569\n"),
        (("--from", "2026-10-02", "--to", "2026-10-05"), "2 ตุลาคม 2569 – 5 ตุลาคม 2569"),
    ],
)
def test_the_table_names_its_span_in_thai(run, asked, named):
    code, printed = run(*asked)
    assert code == 0
    assert named in printed


@pytest.mark.parametrize(
    "asked",
    [
        ("--month", "2569-13"),
        ("--month", "October"),
        ("--fiscal-year", 99999),
        ("--to", "2026-10-01"),
        ("--from", "2026-10-02", "--to", "2026-10-01"),
        ("--from", "2026-10-02", "--month", "2569-10"),
        ("--by", "mood"),
    ],
)
def test_a_span_that_cannot_be_is_refused(run, asked):
    with pytest.raises(SystemExit) as refused:
        run(*asked)
    assert refused.value.code == 2


def test_without_a_ledger_there_is_no_report(tmp_path, capsys):
    assert command(["--centre", str(DEFAULT), "--state", str(tmp_path)]) == 1
    assert "no such file" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_file_that_cannot_be_written_is_told(run, tmp_path, capsys, kind):
    assert run("--fiscal-year", 2570, f"--{kind}", tmp_path / "no" / "such" / "folder")[0] == 1


@pytest.mark.parametrize("by", BY)
def test_every_view_has_a_table_whose_columns_stand_under_each_other(came, by):
    made = report(came, WEEK, by, CENTRE)
    for language in ("th", "en"):
        block = text(made, CENTRE, language).split("\n\n")[2].splitlines()
        assert len(block) == len(made.lines) + 4  # title, heads, rule, all together


# ---------------------------------------------------------------- few
def few(folder: Path, count: int):
    """A morning on which so many are served and rated."""
    morning = Morning(folder)
    for place in range(count):
        morning.now += dt.timedelta(seconds=30)
        morning.arrive(f"A{place + 1:03}", given=morning.now)
        for action in (m.Next(), m.Start(), m.Provided(), m.Finish()):
            morning.now += dt.timedelta(seconds=30)
            morning.press(action)
        visit = list(morning.hall.today.visits)[-1]
        morning.fact("buttons-1", m.Rated(visit, 2, 4, morning.now))
    span = Span(MONDAY, MONDAY)
    return report(read(morning.file, span, CENTRE), span, "point", CENTRE)


@pytest.mark.parametrize(("count", "shown", "marked"), [(4, False, True), (5, True, True), (30, True, False)])
def test_figures_of_few_are_marked_and_those_of_very_few_not_shown(tmp_path, count, shown, marked):
    (line,) = few(tmp_path, count).lines
    for column in columns(CENTRE, "en"):
        cell = column.cell(line)
        if column.full_head in ("Waiting: Median", "Mean", "1.1 (15 min): %"):
            assert (cell.value is not None, cell.few) == (shown, marked), column.full_head
        if column.full_head in ("Tickets", "Ratings", "Waiting: n"):
            assert (cell.value, cell.few) == (count, False)


# ---------------------------------------------------------------- pages
@pytest.fixture(scope="module")
def paper(folder, tmp_path_factory) -> dict[str, str]:
    """What a reader finds in the pages, by language."""
    found = {}
    for language in ("th", "en"):
        file = tmp_path_factory.mktemp("paper") / f"{language}.pdf"
        span = ("--from", str(WEEK.first), "--to", str(WEEK.last), "--language", language, "--pdf", str(file))
        assert command([*span, "--centre", str(DEFAULT), "--state", str(folder)]) == 0
        found[language] = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True).stdout
    return found


def test_the_pages_hold_title_span_rules_and_page_numbers(paper):
    pages = paper["en"].split("\f")[:-1]
    assert 3 <= len(pages) <= 6
    assert f"page 1 of {len(pages)}" in pages[0]
    assert "1 October 2026 – 12 October 2026" in pages[0]
    whole = re.sub(r"\s+", " ", paper["en"])
    for rule in rules(CENTRE, "en"):
        assert rule[:40] in whole
    assert "They certify nothing" in whole


def test_thai_pages_are_in_thai(paper):
    first = paper["th"].split("\f")[0].replace("\u200b", "")
    assert "รายงานผลการให้บริการ" in first
    assert "1 ตุลาคม 2569" in first
    whole = re.sub(r"[\s\u200b]+", "", paper["th"])
    assert "มาตรฐานไม่ได้" in whole
    assert not re.search(r"Tickets|Waiting|Rules", paper["th"])


def test_a_chart_holds_no_word_and_fetches_nothing():
    drawn = distribution(Distribution(tuple(range(len(BANDS))), 900, 20.0), "หัวเรื่อง", CENTRE, "th").svg
    assert "<script" not in drawn
    assert not re.search(r'(href|src)="', drawn)
    labels = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert "10–15" in labels
    assert all(re.fullmatch(r"[\d.,–> ]*", label) for label in map(unescape, labels))
