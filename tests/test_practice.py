"""Practice days: drawn alike from the same chance, lived through by the real hall, and named as made up ever after."""

from __future__ import annotations

import datetime as dt
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from desk_pages import Office
from desk_pages import text as page_text
from msgspec.structs import replace
from queue_script import CENTRE, ids

from broker import messages as m
from broker.centre import DEFAULT
from broker.link import Received
from display.hall import Hall
from display.ledger.audit import audit
from display.ledger.comings import past_days
from display.ledger.ledger import FILE, Ledger
from display.ledger.summary import summary
from display.ledger.table import table
from display.practice.command import practise
from display.practice.draw import draw, working_days
from display.practice.play import Nobody, play
from display.reports.command import read_report
from display.reports.pages import html
from display.reports.sheets import write_csv
from display.reports.spans import Span
from display.reports.text import text

WEDNESDAY = dt.date(2026, 11, 25)
DAYS = working_days(CENTRE, WEDNESDAY, 2)


def drawn(day: dt.date, seed: str = "khiu"):
    return draw(CENTRE, day, random.Random(f"{seed} {day}").random)


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """Two days behind a hall."""
    ledger, new_id = Ledger(tmp_path_factory.mktemp("hall") / FILE), ids()
    hall = Hall(CENTRE, ledger, Nobody(), new_id)
    for day in DAYS:
        play(hall, drawn(day), new_id)
    assert not hall.rejected
    ledger.close()
    return ledger.path


def test_the_same_chance_draws_the_same_day_and_another_one_another():
    assert drawn(DAYS[0]) == drawn(DAYS[0])
    assert drawn(DAYS[0]) != drawn(DAYS[0], "other")


def test_citizens_come_while_the_doors_are_open_and_in_order():
    came = [citizen.at for citizen in drawn(DAYS[0]).citizens]
    assert came == sorted(came)
    assert 8.5 * 3600 <= came[0] < came[-1] < 16.5 * 3600


def test_practice_days_are_working_days_alone():
    assert working_days(CENTRE, dt.date(2026, 10, 26), 3) == [
        dt.date(2026, 10, 20),
        dt.date(2026, 10, 21),
        dt.date(2026, 10, 22),
    ]  # fmt: skip -- the 23rd is Chulalongkorn Day, then a weekend
    shut = replace(CENTRE, hours=replace(CENTRE.hours, days=("sun",)))
    assert len(working_days(shut, WEDNESDAY, 99)) == 52


def test_what_a_hall_lived_through_is_whole_and_holds_something_of_everything(file):
    assert audit(file).faults == ()
    figures = read_report(file, Span(*DAYS), "service", CENTRE, WEDNESDAY)[0].all.figures
    assert 120 < figures.tickets < 260
    assert min(figures.served, figures.transferred, figures.missed, figures.priority, figures.ratings.n) > 0
    assert figures.open == 0


def test_whoever_reads_of_practice_days_is_told_that_nobody_came(file):
    made, came = read_report(file, Span(*DAYS), "service", CENTRE, WEDNESDAY)
    assert made.practice == 2
    assert "2 of these days are practice days" in text(made, CENTRE, "en")
    assert "วันสำหรับฝึกใช้งาน 2 วัน" in re.sub("<[^>]*>", "", html(made, came, CENTRE, "th"))
    assert "A practice day" in table(summary(file, CENTRE), CENTRE, "en")
    assert [past.practice for past in past_days(file, *DAYS).values()] == [True, True]


def test_files_and_lists_of_tickets_that_are_handed_on_say_it_too(file, tmp_path):
    write_csv(tmp_path / "r.csv", read_report(file, Span(*DAYS), "service", CENTRE, WEDNESDAY)[0], CENTRE, "en")
    assert "2 of these days are practice days" in (tmp_path / "r.csv").read_text("utf-8-sig").splitlines()[-1]
    page = Office(file.parent).signed_in("wipa", "supervisor").see(f"/reports/tickets?first={DAYS[0]}&last={DAYS[0]}")
    assert "วันสำหรับฝึกใช้งาน 1 วัน" in page_text(page)


def test_a_day_of_real_citizens_after_them_is_no_practice_day(file, tmp_path):
    copy = tmp_path / FILE
    copy.write_bytes(file.read_bytes())
    ledger = Ledger(copy)
    hall, nine = Hall(CENTRE, ledger, Nobody(), ids()), dt.datetime(2026, 11, 25, 2, tzinfo=dt.UTC)
    hall.tick(nine)
    fact = m.Fact(ledger.acked["kiosk-1"] + 1, m.TicketIssued("A001", WEDNESDAY, "1.1", nine))
    hall.receive(Received(fact, "kiosk-1", False), nine)
    ledger.close()
    real, _ = read_report(copy, Span(WEDNESDAY, WEDNESDAY), "service", CENTRE, WEDNESDAY)
    both, _ = read_report(copy, Span(DAYS[0], WEDNESDAY), "service", CENTRE, WEDNESDAY)
    assert [(made.days, made.practice) for made in (real, both)] == [(1, 0), (3, 2)]
    assert "practice" not in text(real, CENTRE, "en")


def test_a_day_that_breaks_off_leaves_nothing_in_the_ledger(tmp_path):
    ledger = Ledger(tmp_path / FILE)
    hall = Hall(CENTRE, ledger, Nobody(), ids())

    def no_more() -> str:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        play(hall, drawn(DAYS[0]), no_more)
    ledger.close()
    assert audit(ledger.path).events == 0


def test_the_program_makes_a_ledger_once_and_refuses_a_second_time(tmp_path, capsys):
    options = ["--days", "1", "--centre", str(DEFAULT), "--state", str(tmp_path)]
    command = [Path(sys.executable).with_name("khiu-hall"), "practice", *options]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (made.returncode, made.stdout[:17]) == (0, "practice days: 1,"), made.stderr
    before = (tmp_path / FILE).read_bytes()
    assert practise(options) == 1
    assert "there is a ledger already" in capsys.readouterr().err
    assert (tmp_path / FILE).read_bytes() == before
    ledger = Ledger(tmp_path / FILE)
    assert set(ledger.acked) == {"practice-kiosk-0", "practice-buttons-0"}  # a real kiosk's facts begin with 1
    ledger.close()
    assert audit(ledger.path).faults == ()
