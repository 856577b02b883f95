"""What is asked of the ledger about cases, by a reader beside the hall."""

from __future__ import annotations

import csv
import datetime as dt
import sys
import tomllib
from contextlib import closing

import apsw
import pytest
from case_script import BOTH, DAY, DESKED, ONE_MISSING, Office
from queue_script import MONDAY

from broker import clock, tables
from broker import messages as m
from broker.centre import DEFAULT, load
from broker.office import DayOff
from broker.store import reader
from display import __main__ as khiu_hall
from display.ledger import cases
from display.ledger.audit import audit
from display.ledger.case_table import table, unconfirmed
from display.ledger.office import outcome
from display.ledger.schema import MIGRATIONS


@pytest.fixture
def office(tmp_path):
    it = Office(tmp_path)
    yield it
    it.ledger.close()


@pytest.fixture
def ledger(office):
    """Four cases: one waits for documents, one was to be forwarded yesterday, one today, one is closed."""
    office.missing = office.filed(documents=ONE_MISSING, visit="visit-1")
    office.late = office.filed(visit="visit-1")
    office.closed = office.filed(visit="visit-2")
    office.move(office.closed, "forwarded", "answered", "centre_informed", "citizen_informed")
    office.days(1)
    office.due = office.filed()
    office.days(1)
    with closing(reader(office.file, MIGRATIONS)) as connection:
        yield connection


def ids(lines):
    return [line.id for line in lines]


def test_open_cases_come_by_due_date_and_those_without_one_last(office, ledger):
    assert ids(cases.open_cases(ledger)) == [office.late, office.due, office.missing]
    assert [ids(cases.open_cases(ledger, 1, skip)) for skip in range(4)] == [
        [office.late], [office.due], [office.missing], [],
    ]  # fmt: skip


def test_a_case_is_overdue_from_the_day_after_its_due_date(office, ledger):
    wednesday = MONDAY + 2 * DAY
    assert ids(cases.overdue(ledger, wednesday)) == [office.late]
    assert ids(cases.overdue(ledger, wednesday + DAY)) == [office.late, office.due]
    assert cases.counts(ledger, wednesday) == cases.CaseCounts(open=3, due_today=1, overdue=1)


def test_cases_that_are_due_soon_come_by_due_date_and_those_that_are_late_are_not_among_them(office, ledger):
    wednesday = MONDAY + 2 * DAY
    assert ids(cases.due_within(ledger, wednesday, wednesday + DAY)) == [office.due]
    assert ids(cases.due_within(ledger, wednesday - DAY, wednesday)) == [office.late, office.due]
    assert cases.due_within(ledger, wednesday + DAY, wednesday + 9 * DAY) == []


def test_all_cases_come_youngest_first_each_with_the_officer_who_received_it(office, ledger):
    assert ids(cases.latest(ledger)) == [office.due, office.closed, office.late, office.missing]
    assert ids(cases.latest(ledger, 1)) == [office.due]
    office.move(office.late, "forwarded", by="ปรีชา รุ่งเรือง")
    received, forwarded = cases.history(ledger, office.late)
    assert (cases.case(ledger, office.late).officer, forwarded.who) == (received.who, "ปรีชา รุ่งเรือง")


def test_cases_are_found_by_state_by_visit_and_by_number(office, ledger):
    assert ids(cases.in_state(ledger, "complete")) == [office.due, office.late]
    assert ids(cases.of_visit(ledger, "visit-1")) == [office.missing, office.late]
    assert cases.numbered(ledger, 2026, 3) == cases.case(ledger, office.closed)
    assert cases.case(ledger, office.closed).written == "3/2569"
    assert (cases.case(ledger, "nobody"), cases.numbered(ledger, 2027, 1)) == (None, None)


def test_a_cases_history_says_who_did_what_when_and_which_documents_there_were(office, ledger):
    came = office.now - dt.timedelta(hours=3)
    office.move(office.missing, "completed", documents=BOTH, at=came, by="ปรีชา รุ่งเรือง")
    filed, completed = cases.history(ledger, office.missing)
    assert (filed.step, filed.state, filed.documents) == ("filed", "missing", ONE_MISSING)
    assert (completed.step, completed.at, completed.taken) == ("completed", came, office.now)
    assert (completed.who, completed.documents) == ("ปรีชา รุ่งเรือง", BOTH)


def test_what_officers_noted_stands_in_the_history_and_is_proved_with_the_rest(office, ledger):
    noted = office.filed(note="ขอขยายเขตไฟฟ้า")
    office.move(noted, "forwarded", note="กองตรวจและประเมินผล")
    office.move(noted, "answered")
    assert [step.note for step in cases.history(ledger, noted)] == ["ขอขยายเขตไฟฟ้า", "กองตรวจและประเมินผล", None]
    assert audit(office.file).faults == ()


def test_the_desk_can_ask_what_became_of_its_fact(office, ledger):
    office.move(office.late, "answered")
    assert outcome(ledger, "desk", office.seq["desk"]).cause == "step_impossible"
    assert outcome(ledger, "desk", 1).case == office.missing


def test_the_lists_and_counts_are_read_by_an_index(ledger):
    for query in (
        "SELECT count(*) FROM cases WHERE ended IS NULL",
        "SELECT count(*) FROM cases WHERE ended IS NULL AND due < '2026-11-25'",
        "SELECT * FROM cases WHERE ended IS NULL AND due < '2026-11-25' ORDER BY due, year, number LIMIT 9",
        "SELECT * FROM cases WHERE ended IS NULL AND due IS NOT NULL ORDER BY due, year, number LIMIT 9",
        "SELECT * FROM cases WHERE ended IS NULL AND due BETWEEN 'a' AND 'b' ORDER BY due, year, number LIMIT 9",
        "SELECT * FROM cases ORDER BY year DESC, number DESC LIMIT 9",
        "SELECT * FROM cases WHERE state = 'complete' ORDER BY year DESC, number DESC LIMIT 9",
        "SELECT * FROM cases WHERE visit = 'visit-1' ORDER BY year, number",
    ):
        plan = " ".join(str(row[-1]) for row in ledger.execute("EXPLAIN QUERY PLAN " + query))
        assert "USING" in plan, query
        assert "INDEX" in plan, query
        assert "count" not in query or "COVERING" in plan, query
        assert query.startswith("SELECT * FROM cases WHERE visit") or "TEMP B-TREE" not in plan, query


def test_the_table_says_what_is_overdue_and_which_years_holidays_may_change(office, ledger):
    office.move(office.late, "forwarded")
    today = MONDAY + 3 * DAY
    shown = table(cases.open_cases(ledger), cases.counts(ledger, today), DESKED, "th", today)
    late = next(line for line in shown.splitlines() if "4/2569" in line)
    assert "25 พ.ย. 2569" in late
    assert "เกินกำหนด" in late
    assert "ยังไม่ได้ยืนยันวันหยุดราชการ พ.ศ. 2570" in shown  # the answer is due on 8 January 2027
    assert unconfirmed([today, None], DESKED, "th") == []


@pytest.fixture
def told(office, ledger, monkeypatch, tmp_path):
    """``told("cases", …)``: khiu-hall at the command line, at the time of the office; its exit code."""
    monkeypatch.setattr(clock, "now", lambda: office.now)

    def run(verb, *arguments):
        options = ["--centre", str(DEFAULT), "--state", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", ["khiu-hall", verb, *options, *arguments])
        return khiu_hall.main()

    return run


def test_the_command_lists_cases_while_the_hall_runs(told, capsys):
    assert told("cases") == 0
    everything = capsys.readouterr().out
    assert [number in everything for number in ("1/2569", "2/2569", "3/2569", "4/2569")] == [True, True, False, True]
    assert told("cases", "--overdue", "--language", "en") == 0
    late = capsys.readouterr().out
    assert [number in late for number in ("1/2569", "2/2569", "4/2569")] == [False, True, False]
    assert "Open cases 3   Due today 1   Overdue 1" in late


def test_the_command_writes_a_csv_that_a_spreadsheet_reads(office, told, tmp_path):
    office.filed(documents=(m.Document("=1+1", held=False),))
    assert told("cases", "--csv", str(tmp_path / "cases.csv"), "--language", "en") == 0
    with (tmp_path / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Case number"]: row for row in csv.DictReader(file)}
    assert (rows["2/2569"]["Forward by"], rows["2/2569"]["Overdue"]) == ("2026-11-24", "1")
    assert rows["1/2569"]["Missing documents"] == ONE_MISSING[1].name
    assert rows["5/2569"]["Missing documents"] == "'=1+1"  # no formula


def test_the_command_says_when_there_is_no_ledger_and_when_it_cannot_write(told, tmp_path, capsys):
    assert told("cases", "--state", str(tmp_path / "nowhere")) == 1
    assert told("cases", "--csv", str(tmp_path / "no" / "folder.csv")) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_printed_year_of_holidays_can_be_set_at_the_end_of_a_centres_file(told, tmp_path, capsys):
    assert told("holidays", "2028") == 0
    file = tmp_path / "centre.toml"
    file.write_text(DEFAULT.read_text("utf-8") + capsys.readouterr().out, "utf-8")
    assert dt.date(2028, 4, 17) in load(file).days_off  # Songkran fell on a Saturday
    added, faults = tables.read(tomllib.loads(file.read_text("utf-8"))["holiday"][-1], DayOff)
    assert (added.date, faults) == (dt.date(2028, 12, 11), [])
    with pytest.raises(SystemExit):
        told("holidays", "2571")


def test_a_reader_can_write_nothing(ledger):
    with pytest.raises(apsw.ReadOnlyError):
        ledger.execute("UPDATE cases SET state = 'closed'")
