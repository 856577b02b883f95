"""The ledger: append-only, its tables a fold of its events, today grown from today alone."""

from __future__ import annotations

import datetime as dt

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from queue_script import CENTRE, MONDAY, NINE, Script

from broker import messages as m
from broker.store import open_store
from display.ledger.ledger import FILE, Ledger, Source
from display.ledger.projection import project
from display.ledger.schema import MIGRATIONS
from display.queue import events as e

TABLES = ("ticket", "visit", "call", "rating", "pause")
AT_DESK = [m.Close("lunch"), m.Open("มะลิ"), m.Finish("advised")]
BY_BUTTON = [m.Next(), m.Recall(), m.Start(), m.Provided(), m.Finish(), m.NoShow(), m.Hold(), m.Resume(), m.CallBack()]
ACTIONS = [*AT_DESK, *BY_BUTTON]
steps = st.lists(
    st.tuples(st.sampled_from([2, 3, 4]), st.sampled_from([*ACTIONS, m.Transfer("1.1"), m.Transfer("1.2")])),
    max_size=60,
)


@pytest.fixture
def ledger(tmp_path):
    with_file = Ledger(tmp_path / FILE)
    yield with_file
    with_file.close()


def rows(connection, *tables):
    return {table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in tables}


def morning(played) -> Script:
    room = Script()
    room.arrive("A001", "A002", "A003", "B001", "B002")
    room.arrive("A004", priority=True)
    for point, action in played:
        room.after(20)
        room.press(point, action)
        visit = room.today.points[point].survey
        if visit:
            room.fact("buttons-1", m.Rated(visit.visit, point, 4, room.now))
    return room


def test_an_event_can_be_neither_changed_nor_deleted(ledger):
    ledger.record(MONDAY, (e.DayBegan(at=NINE, day=MONDAY),))
    for crime in ("UPDATE event SET kind = 'other'", "DELETE FROM event"):
        with pytest.raises(apsw.ConstraintError, match="append-only"):
            ledger._connection.execute(crime)


def test_a_fact_is_recorded_once(ledger):
    queued = Script()
    queued.arrive("A001")
    source = Source("kiosk-1", fact=1)
    ledger.record(MONDAY, tuple(queued.events), source)
    before = rows(ledger._connection, "event", *TABLES)
    with pytest.raises(apsw.ConstraintError):
        ledger.record(MONDAY, (e.ServiceClosed(at=NINE, service="1.1"),), source)
    assert rows(ledger._connection, "event", *TABLES) == before


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_today_and_all_tables_grow_again_from_the_events(tmp_path_factory, played):
    room = morning(played)
    ledger = Ledger(tmp_path_factory.mktemp("ledger") / FILE)
    for event in room.events:
        ledger.record(MONDAY, (event,))
    assert ledger.latest_day(CENTRE) == room.today
    again = open_store(":memory:", MIGRATIONS)
    for (body,) in ledger._connection.execute("SELECT body FROM event ORDER BY seq"):
        project(again, MONDAY, e.read(body))
    assert rows(again, *TABLES) == rows(ledger._connection, *TABLES)
    states = dict(ledger._connection.execute("SELECT number, state FROM ticket"))
    assert states == {number: ticket.state for number, ticket in room.today.tickets.items()}
    visits = ledger._connection.execute("SELECT count(*), count(DISTINCT number) FROM visit WHERE outcome IS NULL").get
    assert visits[0] == visits[1]  # no ticket has two open visits
    ledger.close()


def test_only_the_last_days_events_are_read_at_a_start(ledger):
    sunday = MONDAY - dt.timedelta(1)
    ledger.record(sunday, (e.DayBegan(at=NINE, day=sunday), e.ServiceClosed(at=NINE, service="1.1")))
    ledger.record(MONDAY, (e.DayBegan(at=NINE, day=MONDAY),))
    today = ledger.latest_day(CENTRE)
    assert (today.day, today.services["1.1"].open) == (MONDAY, True)
    plan = ledger._connection.execute(
        "EXPLAIN QUERY PLAN SELECT body FROM event WHERE day = ? ORDER BY seq", ("2026-11-23",)
    ).fetchall()
    assert "SEARCH event USING INDEX event_of_day" in plan[0][-1]


def test_a_commands_answer_is_known_after_a_restart(ledger):
    room = Script()
    room.arrive("A001")
    ledger.record(MONDAY, tuple(room.events))
    room.events.clear()
    room.press(2, m.Next())
    ledger.record(MONDAY, tuple(room.events), Source("buttons-1", command="press-1"))
    assert ledger.answers(MONDAY) == {("buttons-1", "press-1"): m.Accepted("A001")}


def test_what_was_acknowledged_is_known_after_a_restart(ledger, tmp_path):
    ledger.record(MONDAY, (e.DayBegan(at=NINE, day=MONDAY),), Source("kiosk-1", fact=7))
    again = Ledger(tmp_path / FILE)
    assert again.acked == {"kiosk-1": 7}
    again.close()
