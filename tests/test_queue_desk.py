"""What an officer at the desk can do that a button cannot: say who, why and how it came out, and miss no change."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from queue_script import CENTRE, Script

from broker import messages as m
from broker.centre import Desk
from display.queue import events as e
from display.queue import views

USUAL = "สมหญิง ใจดี"  # point 2's in centre.toml
MALI = "มะลิ สดใส"


class Desks(Script):
    """A service day with a desk; `order` is a press there."""

    def __init__(self) -> None:
        super().__init__(replace(CENTRE, desk=Desk()))

    def order(self, action: m.Action, point: int = 2, expect: str | None = None) -> str | None:
        return self.press(point, action, node="desk", by="mali", expect=expect)

    def shown(self, point: int = 2) -> m.PointStatus:
        return views.point_status(self.today, point, self.now, 1)

    def on_the_board(self, point: int = 2) -> str | None:
        board = views.board(self.today, self.now, 1, ())
        return next(p.officer for p in board.points if p.point == point)


@pytest.fixture
def room() -> Desks:
    return Desks()


# ------------------------------------------------------------------ several officers at once
def test_of_two_officers_who_press_next_on_the_same_page_the_second_is_told_that_it_changed(room):
    room.arrive("A001", "A002")
    room.press(2, m.Next())
    room.press(2, m.Start())
    page = room.shown().stand
    assert [room.order(m.Next(), expect=page), room.order(m.Next(), expect=page)] == ["A002", "changed"]
    assert room.state("A002") == "called"


def test_a_button_pressed_meanwhile_makes_the_page_an_old_one(room):
    room.arrive("A001")
    page = room.shown().stand
    room.press(2, m.Next())
    assert room.order(m.NoShow(), expect=page) == "changed"
    assert room.order(m.NoShow(), expect=room.shown().stand) is None


def test_a_page_is_old_too_where_the_point_looks_the_same_again(room):
    room.press(2, m.Open())
    page = room.shown().stand
    room.arrive("A001", "A002")
    room.serve(2)
    assert room.shown().state == "idle"
    assert room.order(m.Next(), expect=page) == "changed"


MOVES = {
    "start": [m.Start()],
    "no-show": [m.NoShow()],
    "hold": [m.Hold()],
    "transfer": [m.Transfer("1.2")],
    "provided": [m.Start(), m.Provided()],
    "finish": [m.Start(), m.Finish()],
}


@pytest.mark.parametrize("moves", MOVES.values(), ids=MOVES)
def test_whatever_is_done_to_its_ticket_by_another_makes_the_page_an_old_one(room, moves):
    room.arrive("A001", "A002")
    room.press(2, m.Next())
    for move in moves[:-1]:
        room.press(2, move)
    page = room.shown().stand
    room.press(2, moves[-1])
    assert room.order(m.Next(), expect=page) == "changed"


def test_a_recall_by_another_makes_the_page_an_old_one(room):
    room.arrive("A001")
    room.press(2, m.Next())
    page = room.shown().stand
    room.press(2, m.Recall())
    assert room.order(m.Recall(), expect=page) == "changed"


def test_a_held_ticket_taken_by_another_point_makes_its_holders_page_an_old_one(room):
    room.arrive("A001")
    room.press(2, m.Next())
    room.press(2, m.Hold())
    page = room.shown().stand
    assert room.press(3, m.CallTicket("A001")) == "A001"
    assert room.order(m.Resume(), expect=page) == "changed"


def test_who_comes_waits_and_is_served_elsewhere_makes_no_page_old(room):
    room.arrive("A001", "A002")
    page = room.shown().stand
    room.press(3, m.Next())
    room.after(10)
    room.arrive("A003")
    assert room.order(m.Next(), expect=page) == "A002"


def test_a_page_of_yesterday_is_old(room):
    page = room.shown().stand
    room.after(24 * 3600)
    assert room.order(m.Next(), expect=page) == "changed"


def test_a_refused_press_makes_no_page_old(room):
    room.press(2, m.Open())
    page = room.shown().stand
    assert [room.order(m.Start(), expect=page), room.shown().stand] == ["nothing_called", page]


# ------------------------------------------------------------------ who is signed in
def test_who_signs_in_stands_on_the_board_and_in_her_calls(room):
    room.arrive("A001")
    room.order(m.Open(MALI))
    room.press(2, m.Next())
    assert room.on_the_board() == MALI
    assert [event.officer for event in room.events if isinstance(event, e.Called)] == [MALI]


@pytest.mark.parametrize(("node", "reason"), [("desk", "lunch"), ("buttons-1", None)])
def test_who_pauses_is_back_with_the_next_press_and_not_on_the_board_meanwhile(room, node, reason):
    room.arrive("A001")
    room.order(m.Open(MALI))
    room.press(2, m.Close(reason), node=node)
    assert (room.shown().state, room.shown().pause, room.on_the_board()) == ("closed", reason, None)
    room.press(2, m.Next())
    assert (room.shown().pause, room.on_the_board()) == (None, MALI)


def test_who_signs_out_is_followed_by_the_officer_of_the_centre_file(room):
    room.order(m.Open(MALI))
    room.order(m.Close())
    room.press(2, m.Next())
    assert room.on_the_board() == USUAL


def test_who_signs_out_from_a_pause_does_not_come_back(room):
    room.order(m.Open(MALI))
    room.order(m.Close("lunch"))
    room.order(m.Close())
    room.press(2, m.Open())
    assert room.on_the_board() == USUAL


def test_another_officer_who_signs_in_during_a_pause_takes_the_point(room):
    room.order(m.Open(MALI))
    room.order(m.Close("lunch"))
    room.order(m.Open("ดวงใจ งามดี"))
    assert room.on_the_board() == "ดวงใจ งามดี"


def test_why_a_point_pauses_can_be_said_after_the_button_and_is_said_once(room):
    room.press(2, m.Open())
    room.press(2, m.Close())
    before = len(room.events)
    for _ in range(2):
        room.order(m.Close("meeting"))
    assert (room.shown().pause, len(room.events)) == ("meeting", before + 1)


def test_a_second_press_of_the_pause_button_takes_no_reason_away(room):
    room.press(2, m.Open())
    room.order(m.Close("meeting"))
    room.press(2, m.Close())
    assert room.shown().pause == "meeting"


# ------------------------------------------------------------------ what is said with it
def test_a_note_goes_with_the_ticket_to_the_point_that_calls_it_and_no_further(room):
    room.arrive("A001", "B001")
    room.order(m.Next())
    room.order(m.Transfer("1.2", note="ขอแบบฟอร์ม 3"))
    assert room.order(m.Next(), point=4) == "A001"
    assert (room.shown(4).note, room.shown(2).note) == ("ขอแบบฟอร์ม 3", None)
    room.order(m.Transfer("1.3"), point=4)
    assert room.order(m.Next(), point=6) == "A001"
    assert room.shown(6).note is None


def test_a_visit_is_finished_with_its_outcome_by_finish_and_by_next(room):
    room.arrive("A001", "A002")
    for action in (m.Next(), m.Start(), m.Next("advised"), m.Start(), m.Finish("not_held")):
        room.order(action)
    said = [(event.number, event.outcome) for event in room.events if isinstance(event, e.Finished)]
    assert said == [("A001", "advised"), ("A002", "not_held")]


@pytest.mark.parametrize("action", [m.Next("no_such"), m.Finish("no_such"), m.Close("no_such"), m.Close("advised")])
def test_what_the_centre_does_not_offer_is_refused(room, action):
    room.press(2, m.Open())
    assert room.order(action) == "code_unknown"


def test_all_that_a_press_at_the_desk_does_bears_the_name_of_who_gave_it(room):
    room.arrive("A001", "A002")
    room.order(m.Next())
    room.order(m.Start())
    before = len(room.events)
    room.order(m.Next())
    assert [(e.kind(event), event.who) for event in room.events[before:]] == [("finished", "mali"), ("called", "mali")]
    assert {event.who for event in room.events if isinstance(event, e.TicketQueued)} == {None}
