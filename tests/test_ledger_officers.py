"""What officers say at the desk is in the ledger: pauses, outcomes, notes; a ledger of before is brought up to it."""

from __future__ import annotations

import json
from contextlib import closing

import apsw
import msgspec
import pytest
from msgspec.structs import replace
from queue_script import CENTRE, MONDAY, Script

from broker import messages as m
from broker.centre import Desk
from broker.store import open_store
from display.ledger import schema
from display.ledger.audit import audit
from display.ledger.chain import START, Row, link
from display.ledger.ledger import FILE, Ledger
from display.ledger.summary import Pauses, Spread, summary
from display.ledger.table import table
from display.queue import events as e

NEW = {  # kind → what its events did not say before
    "point_closed": {"who", "officer", "reason", "stays"},
    "finished": {"who", "outcome"},
    "transferred": {"who", "note"},
}
WITH_DESK = replace(CENTRE, desk=Desk())


@pytest.fixture
def file(tmp_path):
    """Mali serves A001 (advice given), moves A002 to 1.2 with a note, has lunch for 30 minutes, then a meeting.

    After 10 minutes a button calls her back; she pauses by it for 2, and then for good.  A003 is held, A004 missed.
    """
    room = Script(WITH_DESK)
    room.arrive("A001", "A002", "A003", "A004")

    def press(action, after=60, node="desk"):
        room.after(after)
        return room.press(2, action, node=node, by="mali" if node == "desk" else None)

    for action in (m.Open("มะลิ สดใส"), m.Next(), m.Start(), m.Finish("advised"), m.Next(), m.Start()):
        press(action)
    press(m.Transfer("1.2", note="ขอแบบฟอร์ม 3"))
    press(m.Close("lunch"))
    press(m.Close("meeting"), 1800)
    press(m.Next(), 600, "buttons-1")
    for action in (m.Hold(), m.Next(), m.NoShow()):
        press(action)
    press(m.Close(), node="buttons-1")
    press(m.Open(), 120, "buttons-1")
    press(m.Close(), node="buttons-1")
    room.after(9 * 3600)
    path = tmp_path / FILE
    with closing(Ledger(path)) as ledger:
        for event in room.events:
            ledger.record(MONDAY, (event,))
        assert ledger.latest_day(WITH_DESK) == room.today
    return path


def read(file, sql):
    with closing(apsw.Connection(str(file))) as ledger:
        return ledger.execute(sql).fetchall()


def test_every_pause_has_its_officer_its_reason_and_its_end(file):
    assert read(file, "SELECT officer, reason, ended - began FROM pause ORDER BY began") == [
        ("มะลิ สดใส", "lunch", 1800.0),
        ("มะลิ สดใส", "meeting", 600.0),
        ("มะลิ สดใส", None, 120.0),
        ("มะลิ สดใส", None, None),
    ]


def test_a_visit_has_its_outcome_its_note_and_the_officer_who_was_signed_in(file):
    rows = read(file, "SELECT number, service, officer, outcome_code, note FROM visit ORDER BY number, service")
    assert rows == [
        ("A001", "1.1", "มะลิ สดใส", "advised", None),
        ("A002", "1.1", "มะลิ สดใส", None, None),
        ("A002", "1.2", None, None, "ขอแบบฟอร์ม 3"),
        ("A003", "1.1", "มะลิ สดใส", None, None),
        ("A004", "1.1", "มะลิ สดใส", None, None),
    ]


def test_who_gave_a_command_is_in_the_event_and_nobody_pressed_a_button(file):
    said = dict(read(file, "SELECT coalesce(body ->> 'who', ''), count(*) FROM event WHERE kind = 'called' GROUP BY 1"))
    assert said == {"": 1, "mali": 3}


def test_the_ledger_proves_what_officers_said(file):
    assert audit(file).faults == ()


@pytest.mark.parametrize(
    "crime",
    [
        "UPDATE pause SET reason = 'meeting' WHERE reason = 'lunch'",
        "DELETE FROM pause WHERE ended IS NULL",
        "UPDATE visit SET outcome_code = 'other' WHERE outcome_code = 'advised'",
        "UPDATE visit SET note = NULL",
        "UPDATE visit SET aside = aside + 1",
    ],
)
def test_what_was_changed_afterwards_in_it_is_named(file, crime):
    read(file, crime)
    assert any("table pause" in fault or "table visit" in fault for fault in audit(file).faults)


def as_before(file, old):
    """What the version before would have left of this day: no word of a desk in any event, and none of its tables."""
    with closing(open_store(old, schema.MIGRATIONS[: schema.MIGRATIONS.index(schema.what_officers_say)])) as ledger:
        ledger.execute("ATTACH ? AS new", (str(file),))
        ledger.execute("DELETE FROM identity; DELETE FROM forgotten; DROP TRIGGER event_stays")
        for table in ("identity", "forgotten", "event", "node", "ticket", "visit", "call"):
            columns = ", ".join(str(row[1]) for row in ledger.execute(f"PRAGMA main.table_info({table})"))
            ledger.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        before = START
        query = "SELECT seq, day, at, kind, body, node, fact, command FROM main.event ORDER BY seq"
        for now in [Row(*values) for values in ledger.execute(query)]:
            unsaid = NEW.get(now.kind, {"who"})
            body = json.dumps({key: value for key, value in json.loads(now.body).items() if key not in unsaid})
            before = link(before, replace(now, body=body))
            ledger.execute("UPDATE main.event SET body = ?, chain = ? WHERE seq = ?", (body, before, now.seq))
        ledger.execute(schema._UNCHANGING)


def test_a_ledger_of_before_is_brought_up_to_it_and_proves_itself(tmp_path):
    room = Script()
    room.arrive("A001", "A002", "A003")
    for action in (m.Next(), m.Hold(), m.Next(), m.NoShow(), m.Next(), m.Start(), m.Finish(), m.Close()):
        room.after(60)
        room.press(2, action)
    file = tmp_path / FILE
    with closing(Ledger(file)) as ledger:
        for event in room.events:
            ledger.record(MONDAY, (replace(event, stays=False) if isinstance(event, e.PointClosed) else event,))
    tables = "SELECT * FROM visit ORDER BY id", "SELECT * FROM pause"
    wanted = [read(file, query) for query in tables]
    old = tmp_path / "old.sqlite"
    as_before(file, old)
    Ledger(old).close()
    assert [read(old, query) for query in tables] == wanted
    assert len(read(old, "SELECT 1 FROM visit WHERE aside IS NOT NULL")) == 2
    assert audit(old).faults == ()


def test_the_summary_counts_pauses_by_point_and_outcomes_by_service(file):
    day = summary(file, WITH_DESK)
    two = next(line for line in day.points if line.point == 2)
    assert two.pauses == Pauses(Spread(3, 840.0, 600.0, 1800.0, 1800.0), {"lunch": 1, "meeting": 1, "": 1}, unended=1)
    assert next(line for line in day.points if line.point == 3).pauses == Pauses(Spread(0), {}, unended=0)
    assert [line.figures.outcomes for line in day.services] == [{"advised": 1}, {}, {}]
    assert msgspec.json.decode(msgspec.json.encode(day))["all"]["outcomes"] == {"advised": 1}


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("th", ("ให้คำแนะนำ", "พักรับประทานอาหารกลางวัน 1, ประชุม 1, ไม่ระบุ 1", "14:00")),
        ("en", ("Advice given", "Lunch break 1, Meeting 1, not stated 1", "14:00")),
    ],
)
def test_the_table_says_them_in_the_readers_words(file, language, shown):
    text = table(summary(file, WITH_DESK), WITH_DESK, language)
    assert [words for words in shown if words not in text] == []


def test_an_outcome_that_the_office_gave_up_is_shown_by_its_code(file):
    other = replace(WITH_DESK, desk=Desk(outcomes={"sent": {"th": "ส่งแล้ว", "en": "Sent"}}))
    assert "advised" in table(summary(file, other), other, "en")


def test_pauses_go_with_the_days_that_the_ledger_forgets(file):
    with closing(Ledger(file)) as ledger:
        late = MONDAY.replace(year=2030)
        room = Script(WITH_DESK)
        ledger.forget(late, late, room.now)
    assert read(file, "SELECT count(*) FROM pause") == [(0,)]
    assert audit(file).faults == ()
