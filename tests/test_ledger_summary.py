"""A small morning whose figures can be worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from queue_script import CENTRE, MONDAY, NINE, Script, with_calling

from broker import messages as m
from display.ledger.ledger import FILE, Ledger
from display.ledger.summary import LedgerMissing, summary
from display.ledger.table import table, width
from display.queue.events import DayBegan
from display.reports.figures import Spread


@pytest.fixture
def file(tmp_path):
    """A001 waits 100 s, walks 20 s, is told after 800 s and reads 300 s more.

    A002 waits 1220 s, walks 10 s, is served 1000 s.  A003 does not come.  A004 is moved to 1.2 after 60 s of service
    and waits there.  A005 is a priority ticket, unserved.  A006 nobody took.  Rated: A001 5, A002 3.
    """
    room = Script()
    room.arrive("A001", "A002", "A003", "A004")
    room.fact("kiosk-1", m.TicketVoided("A006", MONDAY, "1.1", room.now))

    def press(action, after):
        room.after(after)
        room.press(2, action)

    def rate(level):
        survey = room.today.points[2].survey
        room.fact("buttons-1", m.Rated(survey.visit, 2, level, room.now))

    press(m.Next(), 100)
    press(m.Start(), 20)
    press(m.Provided(), 800)
    press(m.Finish(), 300)
    rate(5)
    press(m.Next(), 1)
    press(m.Start(), 10)
    press(m.Finish(), 1000)
    rate(3)
    press(m.Next(), 0)
    press(m.Recall(), 30)
    press(m.Next(), 30)
    press(m.Start(), 0)
    press(m.Transfer("1.2"), 60)
    room.arrive("A005", priority=True)
    room.after(9 * 3600)
    ledger = Ledger(tmp_path / FILE)
    for event in room.events:
        ledger.record(MONDAY, (event,))
    ledger.close()
    return tmp_path / FILE


@pytest.fixture
def day(file):
    return summary(file, CENTRE)


def test_every_number_is_counted_once_under_its_outcome(day):
    one = day.services[0].figures
    assert (day.numbers, day.voided) == (6, 1)
    assert (one.tickets, one.served, one.transferred, one.no_show, one.unserved, one.open) == (5, 2, 1, 1, 1, 0)
    assert (one.priority, one.calls) == (1, 5)
    two = day.services[1].figures
    assert (two.tickets, two.unserved) == (1, 1)  # the transferred one


def test_waiting_walking_and_service_times_are_those_of_the_clock(day):
    one = day.services[0].figures
    # second by second the tickets came; waits: 100, 1220, 2229 (A003), 2288 (A004)
    assert one.waiting == Spread(4, 1459.2, 1724.5, 2288.0, 2288.0)
    assert one.walking == Spread(3, 10.0, 10.0, 20.0, 20.0)
    assert one.service == Spread(3, 720.0, 1000.0, 1100.0, 1100.0)


def test_the_standard_counts_from_start_to_provided_and_to_the_finish_where_nobody_pressed(day):
    standard = day.services[0].standard
    # 800 s within, 1000 s not, 60 s within
    assert (standard.seconds, standard.n, standard.within, standard.percent) == (900, 3, 2, 66.7)
    assert day.services[1].standard is None


def test_ratings_show_both_percentages_under_their_names(day):
    r = day.services[0].figures.ratings
    assert (r.n, r.rateable, r.response_percent) == (2, 3, 66.7)
    assert r.counts == {"5": 1, "4": 0, "3": 1, "2": 0, "1": 0}
    assert (r.mean, r.sd, r.mean_percent, r.satisfied_percent) == (4.0, 1.41, 80.0, 50.0)


def test_a_point_shows_who_served_there(day):
    point = day.points[0]
    assert (point.point, point.officers, point.figures.tickets) == (2, ("สมหญิง ใจดี",), 4)


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_columns_of_the_table_stand_under_each_other(day, language):
    text = table(day, CENTRE, language)
    block = text.split("\n\n")[2].splitlines()
    assert len({width(line) for line in block if not line.startswith("─")}) == 1
    assert {"th": "23 พฤศจิกายน 2569", "en": "23 November 2026"}[language] in text


def figures(room, directory):
    ledger = Ledger(directory / FILE)
    for event in room.events:
        ledger.record(MONDAY, (event,))
    ledger.close()
    return summary(directory / FILE, CENTRE).services[0]


def play(room, *acts):
    for seconds, action in acts:
        room.after(seconds)
        room.press(2, action)


def test_walking_is_counted_from_the_recall_that_brought_the_citizen(tmp_path):
    room = Script()
    room.arrive("A001")
    play(room, (0, m.Next()), (120, m.Recall()), (10, m.Start()), (60, m.Finish()))
    assert figures(room, tmp_path).figures.walking == Spread(1, 10.0, 10.0, 10.0, 10.0)


def test_who_was_served_held_and_missed_keeps_the_times_of_the_service_there_was(tmp_path):
    room = Script()
    room.arrive("A001")
    play(room, (0, m.Next()), (10, m.Start()), (300, m.Provided()), (10, m.Hold()), (600, m.Resume()))
    play(room, (60, m.NoShow()), (60, m.CallBack()), (10, m.Start()), (2000, m.Finish()))
    line = figures(room, tmp_path)
    assert (line.standard.n, line.standard.within, line.figures.service.longest) == (1, 1, 3040.0)


def test_who_did_not_come_was_not_served_though_service_starts_at_the_call(tmp_path):
    room = Script(with_calling(start_at_call=True))
    room.arrive("A001")
    play(room, (0, m.Next()), (100, m.NoShow()), (300, m.CallBack()), (60, m.Finish()))
    assert figures(room, tmp_path).figures.service == Spread(1, 60.0, 60.0, 60.0, 60.0)


def test_after_midnight_the_summary_is_still_that_of_the_last_day_with_a_ticket(file):
    hall = Ledger(file)
    hall.record(MONDAY + dt.timedelta(1), (DayBegan(at=NINE, day=MONDAY + dt.timedelta(1)),))
    hall.close()
    assert summary(file, CENTRE).day == MONDAY


def test_before_the_first_ticket_ever_the_summary_is_that_of_the_day(tmp_path):
    assert figures(Script(), tmp_path).figures.tickets == 0


def test_a_ledger_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(LedgerMissing):
        summary(tmp_path / FILE, CENTRE)


def test_the_summary_is_read_while_the_hall_writes(file):
    hall = Ledger(file)
    with hall._connection:
        hall._connection.execute("INSERT INTO node VALUES ('kiosk-9', 1, NULL)")
        assert summary(file, CENTRE).numbers == 6
    hall.close()
