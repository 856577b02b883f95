"""What a desk shows of this moment is what the hall would do at this moment."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from queue_script import MONDAY, Script, with_calling

from broker import messages as m
from broker.store import open_store, reader
from display.ledger import live
from display.ledger.ledger import FILE, Ledger
from display.ledger.projection import project
from display.ledger.schema import MIGRATIONS
from display.queue import events as e

LATE = 2
CENTRE = with_calling(latecomer_within=LATE, answer_seconds=1)
ACTIONS = [m.Next(), m.Start(), m.Finish(), m.NoShow(), m.Hold(), m.Resume(), m.CallBack()]
steps = st.lists(
    st.tuples(st.sampled_from([2, 3, 4]), st.sampled_from([*ACTIONS, m.Transfer("1.1"), m.Transfer("1.2", "x")])),
    min_size=15,
    max_size=60,
)


def seen(room: Script, latecomer_within: int = LATE) -> live.AtHand:
    """What the ledger's tables show of this day."""
    with closing(open_store(":memory:", MIGRATIONS)) as ledger:
        for event in room.events:
            project(ledger, MONDAY, event)
        return live.at_hand(ledger, MONDAY, latecomer_within)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_who_waits_is_held_and_may_return_is_what_the_hall_has_in_mind(played):
    room = Script(CENTRE)
    room.arrive("A001", "A002", "A003", "A004", "B001", "B002", ago=600)
    room.arrive("A005", priority=True, ago=700)
    for point, action in played:
        room.after(20)
        room.press(point, action)
    tickets = sorted(room.today.tickets.values(), key=lambda ticket: (ticket.given_at, ticket.number))
    shown = seen(room)
    assert [(t.number, t.service, t.priority, t.arrived, t.note) for t in shown.waiting] == [
        (t.number, t.service, t.priority, t.given_at, t.note) for t in tickets if t.state == "waiting"
    ]
    assert [t.number for t in shown.held] == sorted(
        (t.number for t in tickets if t.state == "held"), key=lambda number: _last(room, e.Held, number)
    )
    assert {(t.number, t.point, t.since) for t in shown.missed} == {
        (t.number, t.point, _last(room, e.NoShow, t.number))
        for t in tickets
        if t.state == "no_show" and room.today.may_return(t)
    }


def _last(room: Script, kind: type[e.Held | e.NoShow], number: str) -> dt.datetime:
    return max(event.at for event in room.events if isinstance(event, kind) and event.number == number)


def test_a_point_may_ask_for_its_services_tickets_and_for_those_it_holds_or_missed():
    room = Script(CENTRE)
    room.arrive("A001", "A002", "B001", "B002")
    room.press(2, m.Next())
    room.press(2, m.Hold())
    room.press(4, m.Next())
    room.press(4, m.NoShow())
    shown = seen(room)
    two, four = shown.of(2, ("1.1",)), shown.of(4, ("1.2",))
    assert [[t.number for t in each] for each in (two.waiting, two.held, two.missed)] == [["A002"], ["A001"], []]
    assert [[t.number for t in each] for each in (four.waiting, four.held, four.missed)] == [["B002"], [], ["B001"]]


def missed(latecomer_within: int, *presses: m.Action) -> list[str]:
    """Who of three is shown as missed after these presses, a moment between two of them."""
    room = Script(with_calling(latecomer_within=latecomer_within, answer_seconds=1))
    room.arrive("A001", "A002", "A003", ago=60)
    for action in presses:
        room.press(2, action)
        room.after(1)
    shown = [ticket.number for ticket in seen(room, latecomer_within).missed]
    in_mind = [t.number for t in room.today.tickets.values() if t.state == "no_show" and room.today.may_return(t)]
    assert sorted(shown) == in_mind
    return shown


def test_the_press_that_gives_a_ticket_up_for_the_next_one_counts_as_a_call_after_it():
    assert missed(1, m.Next(), m.Next()) == []
    assert missed(2, m.Next(), m.Next()) == ["A001"]
    assert missed(2, m.Next(), m.Next(), m.Next()) == ["A002"]


def test_the_latest_of_the_missed_comes_first():
    assert missed(3, m.Next(), m.NoShow(), m.Next(), m.NoShow()) == ["A002", "A001"]


def test_a_ticket_is_no_call_after_itself_where_its_call_and_its_no_show_are_of_one_moment():
    room = Script(with_calling(latecomer_within=1))
    room.arrive("A001")
    room.press(2, m.Next())
    room.press(2, m.NoShow())
    assert [ticket.number for ticket in seen(room, 1).missed] == ["A001"]


def test_a_transferred_ticket_shows_when_it_came_to_the_centre_and_since_when_it_waits_here():
    room = Script(CENTRE)
    room.arrive("A001", ago=600)
    room.press(2, m.Next())
    room.press(2, m.Transfer("1.2", note="ขอแบบฟอร์ม 3"))
    (waiting,) = seen(room).waiting
    assert (room.now - waiting.arrived, room.now - waiting.since) == (dt.timedelta(seconds=600), dt.timedelta(0))
    assert (waiting.service, waiting.note) == ("1.2", "ขอแบบฟอร์ม 3")


def test_of_a_long_line_its_beginning_is_shown_and_another_service_is_not_pushed_out():
    room = Script(CENTRE)
    room.arrive(*(f"A{number:03}" for number in range(1, live.MOST + 11)), ago=3600)
    room.arrive("B001")
    numbers = [ticket.number for ticket in seen(room).waiting]
    assert numbers == [*(f"A{number:03}" for number in range(1, live.MOST + 1)), "B001"]


def test_yesterdays_tickets_are_not_at_hand():
    room = Script(CENTRE)
    room.arrive("A001")
    with closing(open_store(":memory:", MIGRATIONS)) as ledger:
        for event in room.events:
            project(ledger, MONDAY, event)
        assert live.at_hand(ledger, MONDAY + dt.timedelta(1), LATE) == live.AtHand((), (), ())


@pytest.mark.parametrize("query", [live._WAITING, live._HELD, live._MISSED])
def test_however_many_visits_are_over_none_of_them_is_read(tmp_path, query):
    Ledger(tmp_path / FILE).close()
    with closing(reader(tmp_path / FILE, MIGRATIONS)) as ledger:
        plan = [
            str(step)
            for *_, step in ledger.execute(f"EXPLAIN QUERY PLAN {query}", ("2026-11-23", 2, 50)[: query.count("?")])
        ]
    assert any("INDEX visit_of_day (day=? AND outcome=?)" in step for step in plan)
    assert not any(step.startswith(("SCAN visit", "SCAN ticket")) for step in plan)
