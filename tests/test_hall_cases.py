"""A case from the desk's word to the ledger: each step once, in order, and provable."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

import apsw
import pytest
from case_script import BOTH, DAY, DEED, DESKED, ID_CARD, OFFICER, ONE_MISSING, Office
from conftest import Inbox
from msgspec.structs import replace
from queue_script import MONDAY, NINE
from test_hall_press import RunningHall

from broker import messages as m
from broker.centre import Retention
from broker.clock import moment
from broker.link import Link, Received
from broker.mosquitto import Mosquitto
from broker.node import Setting
from broker.office import DayOff, Holidays
from broker.outbox import OUTBOX_MIGRATIONS, Courier, Outbox
from broker.store import open_store, reader
from broker.topics import address
from display.ledger import cases
from display.ledger.audit import audit
from display.ledger.ledger import FILE
from display.ledger.schema import MIGRATIONS

RULE = replace(DESKED, retention=Retention(62))
TO_THE_END = ("forwarded", "answered", "citizen_informed", "centre_informed")


@pytest.fixture
def office(tmp_path):
    it = Office(tmp_path)
    yield it
    it.ledger.close()


def test_a_request_goes_from_its_filing_to_both_marks_and_is_closed(office):
    case = office.filed()
    assert office.row(case, "state, forward_due, answer_due, due") == (
        "complete", "2026-11-24", "2027-01-08", "2026-11-24",
    )  # fmt: skip
    office.days(1)
    office.move(case, "forwarded")
    assert office.row(case, "state, due") == ("forwarded", "2027-01-08")
    office.days(20)
    office.move(case, "answered", "centre_informed", "citizen_informed")
    assert office.row(case, "state, due, ended") == ("closed", None, office.now.timestamp())
    assert (office.hall.rejected, audit(office.file).faults) == ({}, ())


def test_missing_documents_stop_the_clock_until_they_have_come(office):
    case = office.filed(documents=ONE_MISSING)
    assert office.row(case, "state, due") == ("missing", None)
    office.days(7)
    office.move(case, "completed", documents=BOTH)
    assert office.row(case, "state, forward_due") == ("complete", "2026-12-01")
    assert office.ledger.case(case).documents == BOTH


def test_numbers_run_within_the_buddhist_year(office):
    first, second = office.filed(), office.filed()
    office.days(45)
    third = office.filed()
    assert [office.row(case, "year, number") for case in (first, second, third)] == [(2026, 1), (2026, 2), (2027, 1)]


def test_what_was_filed_before_new_year_and_came_after_it_has_a_number_of_the_old_year(office):
    office.filed()
    office.days(38)
    assert office.hall.today.day == dt.date(2026, 12, 31)
    late = office.now
    office.days(1)
    assert office.row(office.filed(at=late), "year, number") == (2026, 2)


def test_a_second_filing_of_a_case_is_kept_as_rejected_and_changes_nothing(office):
    case = office.filed()
    office.filed(case=case, documents=ONE_MISSING)
    assert office.row(case, "state, revision, number") == ("complete", 1, 1)
    assert office.hall.rejected == {"case_used": 1}
    body = office.ledger._connection.execute("SELECT body FROM event WHERE kind = 'fact_rejected'").get
    assert case in body
    assert office.wire.last(m.Ack).seq == 2  # so the desk goes on


def test_of_two_officers_who_saw_the_same_case_the_second_is_told(office):
    case = office.filed()
    office.move(case, "forwarded", expects=1)
    office.move(case, "withdrawn", expects=1, by="ปรีชา รุ่งเรือง")
    assert office.row(case, "state, revision") == ("forwarded", 2)
    assert office.hall.rejected == {"case_moved_on": 1}


def test_a_page_gone_back_to_and_sent_again_loses_no_state(office):
    case = office.filed()
    office.move(case, "forwarded", "answered")
    office.move(case, "forwarded", expects=1)
    assert office.row(case, "state") == "answered"


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        ({"service": "9.9"}, "wrong_service"),
        ({"at": NINE + dt.timedelta(minutes=6)}, "wrong_time"),
        ({"at": NINE - 32 * DAY}, "wrong_time"),
    ],
)
def test_a_filing_that_cannot_be_true_is_rejected(office, told, cause):
    office.filed(**told)
    assert office.hall.rejected == {cause: 1}
    assert office.ledger._connection.execute("SELECT count(*) FROM cases").get == 0


def test_a_step_of_a_case_that_nobody_filed_is_rejected(office):
    office.move("nobody", "forwarded")
    assert office.hall.rejected == {"case_unknown": 1}


def test_only_a_desk_files_cases(office):
    office.fact("buttons-1", m.CaseFiled(OFFICER, NINE, "case", "1.2", "request"))
    assert office.hall.rejected == {"wrong_role": 1}


def test_a_case_is_no_part_of_the_days_queue(office):
    office.days(1)
    before = office.hall.today
    office.filed(service="1.1", matter="information")
    office.restart()
    assert office.hall.today == before


def test_a_case_goes_on_after_the_service_day_and_the_next(office):
    office.now += dt.timedelta(hours=10)
    office.hall.tick(office.now)
    assert office.hall.today.ended
    case = office.filed()
    office.days(1)
    office.move(case, "forwarded")
    assert office.row(case, "state") == "forwarded"
    assert office.wire.own.warnings == ()


def test_a_restart_changes_nothing(office):
    case = office.filed(documents=ONE_MISSING)
    before = office.ledger.case(case)
    office.restart()
    assert office.ledger.case(case) == before
    assert office.row(office.filed(), "number") == 2


@pytest.mark.parametrize(
    "crime",
    [
        "UPDATE cases SET state = 'closed'",
        "UPDATE cases SET answer_due = '2027-02-01'",
        "DELETE FROM case_step WHERE revision = 2",
        "UPDATE case_step SET who = 'somebody'",
        "UPDATE case_year SET last = 1",
    ],
)
def test_verify_names_a_case_that_was_changed_by_hand(office, crime):
    office.move(office.filed(), "forwarded")
    office.filed()
    assert audit(office.file).faults == ()
    with closing(apsw.Connection(str(office.file))) as ledger:
        ledger.execute(crime)
    assert any("table case" in fault for fault in audit(office.file).faults)


def test_forgotten_days_take_their_closed_cases_but_no_open_one_and_no_number_twice(office):
    office.restart(RULE)
    first = office.filed()
    office.move(first, *TO_THE_END)
    office.days(1)
    open_one = office.filed()
    office.days(100)
    assert office.ledger.case(first) is None
    assert office.ledger.case(open_one).state == "complete"
    assert office.ledger._connection.execute("SELECT min(day) FROM event").get == str(MONDAY + DAY)
    office.move(open_one, *TO_THE_END)
    office.days(3)
    assert office.ledger.case(open_one) is None
    assert office.ledger.last_case(2026) == 2
    assert audit(office.file).faults == ()


def test_a_case_says_what_is_held_and_what_is_missing(office):
    case = office.filed(documents=ONE_MISSING)
    held = {document.name: document.held for document in office.ledger.case(case).documents}
    assert held == {ID_CARD: True, DEED: False}


def test_a_holiday_that_the_cabinet_adds_moves_the_due_dates_of_open_cases_and_no_others(office):
    case, ended = office.filed(), office.filed()
    office.move(ended, "withdrawn")
    before = office.row(ended, "answer_due")
    added = DayOff(dt.date(2026, 11, 24), {"th": "วันหยุดพิเศษ", "en": "Special holiday"})
    office.restart(replace(DESKED, holidays=(*DESKED.holidays, added)))
    assert office.row(case, "forward_due, answer_due, due, revision") == ("2026-11-25", "2027-01-11", "2026-11-25", 1)
    assert office.row(ended, "answer_due") == before
    events = office.ledger._connection.execute("SELECT count(*) FROM event").get
    office.restart(replace(DESKED, holidays=(*DESKED.holidays, added)))
    assert office.ledger._connection.execute("SELECT count(*) FROM event").get == events
    assert audit(office.file).faults == ()


def test_a_holiday_that_the_office_edits_at_the_desk_moves_them_at_the_next_look(office):
    case = office.filed()
    days = (*(day for day in DESKED.holidays if day.date.year == 2026), DayOff(MONDAY + DAY, {"th": "ก", "en": "a"}))
    office.fact("desk", m.OfficeEdited(by=OFFICER, at=NINE, id="edit", based_on=0, edit=Holidays(2026, days)))
    assert office.hall.rejected == {}
    office.hall.tick(office.now)
    assert office.row(case, "forward_due") == "2026-11-25"
    assert office.row(office.filed(), "forward_due") == "2026-11-25"


def test_a_desk_files_a_case_over_a_real_broker_and_finds_its_number_in_the_ledger(tmp_path):
    with Mosquitto(tmp_path / "passwords", DESKED) as broker:
        centre = replace(DESKED, broker=replace(DESKED.broker, port=broker.port))
        (tmp_path / "hall").mkdir()
        hall = RunningHall(centre, broker.secret("hall"), tmp_path / "hall")
        inbox = Inbox()
        setting = Setting(centre, "desk", tmp_path, broker.secret("desk"))
        link = Link(setting, "desk", [address("moe", m.Ack, node="desk")], inbox.events.put)
        with closing(open_store(tmp_path / "desk.sqlite", OUTBOX_MIGRATIONS)) as store:
            courier = Courier(outbox := Outbox(store), link.publish)
            link.start()
            try:
                courier.acked(inbox.wait(Received).message, moment())
                with store:
                    outbox.add(m.CaseFiled(OFFICER, NINE, "case-1", "1.2", "request", None, ONE_MISSING))
                    outbox.add(m.CaseMoved(OFFICER, NINE, "case-1", "completed", 1, BOTH))
                courier.send(moment())
                inbox.wait(Received, lambda received: received.message.seq == 2)
            finally:
                link.stop()
                hall.stop()
        with closing(reader(tmp_path / "hall" / FILE, MIGRATIONS)) as ledger:
            filed = cases.case(ledger, "case-1")
        assert (filed.written, filed.state, filed.forward_due) == ("1/2569", "complete", MONDAY + DAY)
