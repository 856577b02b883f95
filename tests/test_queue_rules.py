"""What a press does, rule by rule."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace
from queue_script import CENTRE, NINE, Script, ids, with_calling

from broker import messages as m
from broker.centre import Desk
from display.queue import events as e
from display.queue import rules
from display.queue.apply import apply
from display.queue.tickets import TRANSITIONS, TransitionError


@pytest.fixture
def room() -> Script:
    return Script()


def test_next_calls_the_ticket_that_arrived_first(room):
    room.arrive("A001", "A002")
    assert room.press(2, m.Next()) == "A001"


def test_a_ticket_that_reaches_the_hall_late_stands_where_it_arrived(room):
    room.arrive("A002")
    room.arrive("A001", ago=600)
    assert room.press(2, m.Next()) == "A001"


def test_two_points_of_a_service_never_get_the_same_ticket(room):
    room.arrive("A001", "A002")
    assert {room.press(2, m.Next()), room.press(3, m.Next())} == {"A001", "A002"}


def test_next_finishes_the_ticket_being_served_and_opens_its_survey(room):
    room.arrive("A001", "A002")
    room.press(2, m.Next())
    room.press(2, m.Start())
    assert room.press(2, m.Next()) == "A002"
    assert room.state("A001") == "served"
    assert room.today.points[2].survey.ticket == "A001"


def test_next_finishes_the_ticket_being_served_even_if_nobody_waits(room):
    room.arrive("A001")
    room.press(2, m.Next())
    room.press(2, m.Start())
    assert room.press(2, m.Next()) is None
    assert room.state("A001") == "served"


def test_next_makes_an_unanswered_ticket_a_no_show(room):
    room.arrive("A001", "A002")
    room.press(2, m.Next())
    room.after(CENTRE.calling.answer_seconds)
    assert room.press(2, m.Next()) == "A002"
    assert room.state("A001") == "no_show"


def test_a_double_tap_on_next_acts_once(room):
    room.arrive("A001", "A002")
    room.press(2, m.Next())
    room.after(0.4)
    assert room.press(2, m.Next()) == "point_busy"
    assert (room.state("A001"), room.state("A002")) == ("called", "waiting")


def test_a_recall_gives_the_citizen_the_time_to_come_once_more(room):
    room.arrive("A001", "A002")
    room.press(2, m.Next())
    room.after(60)
    room.press(2, m.Recall())
    room.after(CENTRE.calling.answer_seconds - 1)
    assert room.press(2, m.Next()) == "point_busy"


def test_next_is_not_barred_once_the_citizen_sat_down(room):
    room.arrive("A001", "A002")
    room.press(2, m.Next())
    room.press(2, m.Start())
    assert room.press(2, m.Next()) == "A002"


def test_next_is_not_barred_for_long_by_a_clock_set_back(room):
    room.arrive("A001", "A002", ago=7200)
    room.press(2, m.Next())
    room.after(-3600)
    assert room.press(2, m.Next()) == "A002"


def test_a_double_tap_acts_once_where_service_starts_at_the_call_too():
    room = Script(with_calling(start_at_call=True))
    room.arrive("A001", "A002")
    room.press(2, m.Next())
    assert room.press(2, m.Next()) == "point_busy"
    assert room.state("A001") == "serving"


def test_next_with_nobody_waiting_and_nobody_there_is_refused(room):
    room.press(2, m.Open())
    assert room.press(2, m.Next()) == "nobody_waiting"


def test_next_opens_a_closed_point_with_the_officer_of_the_centre_file(room):
    assert room.press(2, m.Next()) is None
    assert (room.today.points[2].open, room.today.points[2].officer) == (True, "สมหญิง ใจดี")


def test_recall_is_refused_at_the_recall_limit(room):
    room.arrive("A001")
    room.press(2, m.Next())
    answers = [room.press(2, m.Recall()) for _ in range(3)]
    assert answers == ["A001", "A001", "recall_limit"]


def test_recall_needs_a_called_ticket(room):
    room.press(2, m.Open())
    assert room.press(2, m.Recall()) == "nothing_called"


def test_a_ticket_is_started_once(room):
    room.arrive("A001")
    room.press(2, m.Next())
    assert [room.press(2, m.Start()) for _ in range(2)] == ["A001", "already_started"]


def test_provided_is_pressed_once_and_only_in_service(room):
    room.arrive("A001")
    room.press(2, m.Next())
    before = room.press(2, m.Provided())
    room.press(2, m.Start())
    assert [before, room.press(2, m.Provided()), room.press(2, m.Provided())] == [
        "not_serving",
        "A001",
        "already_provided",
    ]


def test_a_called_ticket_cannot_be_finished_before_it_was_served(room):
    room.arrive("A001")
    room.press(2, m.Next())
    assert room.press(2, m.Finish()) == "not_serving"


def test_resume_calls_the_ticket_that_the_point_held_longest(room):
    room.arrive("A001", "A002")
    for _ in range(2):
        room.press(2, m.Next())
        room.press(2, m.Hold())
    assert room.press(2, m.Resume()) == "A001"


def test_the_recall_limit_counts_anew_after_a_hold_though_the_call_says_how_often_it_was(room):
    room.arrive("A001")
    room.press(2, m.Next())
    room.press(2, m.Hold())
    room.press(2, m.Resume())
    ticket = room.today.tickets["A001"]
    assert (ticket.calls, ticket.times, room.today.recent[0].times) == (1, 2, 2)


def test_resume_does_not_make_the_called_ticket_a_no_show(room):
    room.arrive("A001", "A002")
    room.press(2, m.Next())
    room.press(2, m.Hold())
    room.press(2, m.Next())
    assert room.press(2, m.Resume()) == "point_busy"
    assert room.state("A002") == "called"


def test_a_latecomer_is_called_back_at_the_point_that_missed_him(room):
    room.arrive("A001")
    room.press(2, m.Next())
    room.press(2, m.NoShow())
    assert room.press(2, m.CallBack()) == "A001"


def test_a_latecomer_is_too_late_once_so_many_were_called_after_him():
    room = Script(with_calling(latecomer_within=2))
    room.arrive("A001", "A002", "A003")
    room.press(2, m.Next())
    room.press(2, m.NoShow())
    room.serve(2)
    assert room.today.may_return(room.today.tickets["A001"])
    room.serve(2)
    assert room.press(2, m.CallBack()) == "too_late_to_recall"


def test_a_no_show_that_another_service_missed_since_is_not_called_back_where_it_was_missed_first(room):
    room.arrive("A001")
    room.press(2, m.Next())
    room.press(2, m.NoShow())
    room.press(2, m.CallBack())
    room.press(2, m.Transfer("1.2"))
    assert room.press(4, m.Next()) == "A001"
    room.press(4, m.NoShow())
    assert room.press(2, m.CallBack()) == "service_not_here"
    assert room.press(4, m.CallBack()) == "A001"


def test_a_transferred_ticket_keeps_its_place_by_first_arrival(room):
    room.arrive("A001", "B001", "B002")
    room.press(2, m.Next())
    room.press(2, m.Start())
    room.press(2, m.Transfer("1.2"))
    assert room.press(4, m.Next()) == "A001"


def test_a_transfer_ends_a_visit_that_may_be_rated(room):
    room.arrive("A001")
    room.press(2, m.Next())
    room.press(2, m.Start())
    visit = room.today.tickets["A001"].visit
    room.press(2, m.Transfer("1.2"))
    assert room.today.points[2].survey.visit == visit != room.today.tickets["A001"].visit


def test_a_transfer_before_service_began_is_not_rated(room):
    room.arrive("A001")
    room.press(2, m.Next())
    room.press(2, m.Transfer("1.2"))
    assert room.today.points[2].survey is None


@pytest.mark.parametrize(("service", "reason"), [("9.9", "service_unknown"), ("1.1", "same_service")])
def test_a_transfer_goes_to_another_service_of_the_centre(room, service, reason):
    room.arrive("A001")
    room.press(2, m.Next())
    assert room.press(2, m.Transfer(service)) == reason


def test_a_given_ticket_can_be_called_out_of_turn(room):
    room.arrive("A001", "A002")
    assert [room.press(2, m.CallTicket("A002")), room.press(3, m.Next())] == ["A002", "A001"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [("A009", "ticket_unknown"), ("A001", "ticket_elsewhere"), ("B001", "service_not_here"), ("A002", "point_busy")],
)
def test_a_given_ticket_is_refused_with_its_reason(room, number, reason):
    room.arrive("A001", "A002", "B001")
    room.press(2, m.Next())
    room.press(3, m.Next())
    assert room.press(3, m.CallTicket(number)) == reason


def test_a_point_helps_another_service_only_when_its_own_line_is_empty():
    points = tuple(replace(p, helps=("1.2",)) if p.number == 2 else p for p in CENTRE.points)
    room = Script(replace(CENTRE, points=points))
    room.arrive("B001", "A001")
    assert [room.serve(2), room.serve(2)] == ["A001", "B001"]


def test_a_point_with_a_ticket_cannot_close(room):
    room.arrive("A001")
    room.press(2, m.Next())
    assert room.press(2, m.Close()) == "point_busy"


def test_a_closed_service_still_calls_those_who_wait(room):
    room.arrive("A001")
    room.press(2, m.CloseService("1.1"))
    assert not room.today.services["1.1"].open
    assert room.press(2, m.Next()) == "A001"


def test_where_service_starts_at_the_call_it_has_started():
    room = Script(with_calling(start_at_call=True))
    room.arrive("A001")
    room.press(2, m.Next())
    assert room.state("A001") == "serving"


def test_where_service_starts_at_the_call_a_no_show_is_still_one():
    room = Script(with_calling(start_at_call=True))
    room.arrive("A001")
    room.press(2, m.Next())
    assert [room.press(2, m.Recall()), room.press(2, m.NoShow())] == ["A001", None]
    assert room.state("A001") == "no_show"


def test_a_no_show_takes_back_the_start_that_came_with_the_call_but_no_service_before_a_hold():
    room = Script(with_calling(start_at_call=True))
    room.arrive("A001", "A002")
    for action in (m.Next(), m.NoShow(), m.Next(), m.Hold(), m.Resume(), m.NoShow()):
        room.press(2, action)
    assert [event.unstarted for event in room.events if isinstance(event, e.NoShow)] == [True, False]
    assert [room.today.tickets[number].started for number in ("A001", "A002")] == [False, True]


def test_a_press_after_its_deadline_is_refused(room):
    room.arrive("A001")
    command = m.Command("late-1", 2, room.now - dt.timedelta(milliseconds=1), m.Next())
    assert rules.decide(room.today, "buttons-1", command, room.now, ids()) == m.Refused("late")


@pytest.mark.parametrize(("beyond", "answer"), [(2, m.Accepted("A001")), (2.1, m.Refused("clock_ahead"))])
def test_a_press_from_a_clock_that_is_ahead_is_refused_for_its_age_is_unknown(room, beyond, answer):
    room.arrive("A001")
    deadline = room.now + dt.timedelta(seconds=CENTRE.calling.command_seconds + beyond)
    outcome = rules.decide(room.today, "buttons-1", m.Command("press", 2, deadline, m.Next()), room.now, ids())
    assert (outcome if isinstance(outcome, m.Refused) else rules.answer(outcome)) == answer


@pytest.mark.parametrize("node", ["kiosk-1", "screen-1", "nobody"])
def test_a_node_commands_only_points_that_are_wired_to_it(room, node):
    assert room.press(2, m.Next(), node=node) == "not_yours"


def test_the_desk_commands_every_point():
    room = Script(replace(CENTRE, desk=Desk()))
    room.arrive("A001", "B001")
    assert [room.press(point, m.Next(), node="desk") for point in (2, 4)] == ["A001", "B001"]


def test_without_a_desk_in_the_centre_file_nobody_commands_as_one():
    assert Script(replace(CENTRE, desk=None)).press(2, m.Next(), node="desk") == "not_yours"


def test_after_the_day_has_ended_every_command_is_refused(room):
    room.after(10 * 3600)
    assert room.press(2, m.Next()) == "day_ended"


@pytest.mark.parametrize("state", [s for s, arrows in TRANSITIONS.items() if e.Finished not in arrows and s != "new"])
def test_an_illegal_transition_raises_and_nothing_happens(room, state):
    room.arrive("A001")
    ticket = room.today.tickets["A001"]
    ticket.state = state
    finished = e.Finished(at=NINE, number="A001", visit=ticket.visit, point=2)
    before = repr(room.today)
    with pytest.raises(TransitionError):
        apply(room.today, finished)
    assert repr(room.today) == before


def test_no_second_point_is_given_a_ticket_that_is_called(room):
    room.arrive("A001")
    room.press(2, m.Next())
    again = e.Called(at=NINE, number="A001", call="x", visit="id-1", point=3, officer=None, times=1)
    with pytest.raises(TransitionError):
        apply(room.today, again)
