"""The two lines of a service and their ratio."""

from __future__ import annotations

import datetime as dt
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from queue_script import CENTRE, NINE, Script

from display.queue.order import Order, first
from display.queue.tickets import Ticket

N = 2
arrivals = st.lists(st.tuples(st.integers(0, 3600), st.booleans()), max_size=60)


def tickets(arrived):
    return [
        Ticket(f"A{place:03}", "1.1", NINE + dt.timedelta(seconds=second), priority, f"v{place}")
        for place, (second, priority) in enumerate(arrived)
    ]


def call(order, ticket):
    order.leave(ticket)
    order.count(ticket.priority)


def call_all(order, waiting):
    by_number = {t.number: t for t in waiting}
    while place := first([order]):
        call(order, by_number[place[1]])
        yield by_number[place[1]]


@given(arrivals)
def test_each_line_is_called_by_first_arrival_and_nobody_is_forgotten(arrived):
    order, waiting = Order(N), tickets(arrived)
    for ticket in waiting:
        order.join(ticket)
    called = list(call_all(order, waiting))
    for priority in (True, False):
        expected = sorted((t for t in waiting if t.priority == priority), key=lambda t: (t.given_at, t.number))
        assert [t for t in called if t.priority == priority] == expected


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(["priority", "other", "call"]), st.integers(0, 999)), max_size=120))
def test_neither_line_waits_behind_more_of_the_other_than_the_ratio_allows(steps):
    """Whatever comes in between: while a priority ticket waits, at most N others go in a row; while another waits, no
    two priority tickets do."""
    order, by_number = Order(N), {}
    passed = {True: 0, False: 0}  # calls of the other line in a row, while this line had somebody
    for place, (step, second) in enumerate(steps):
        if step == "call":
            turn = first([order])
            if turn is None:
                continue
            ticket = by_number[turn[1]]
            someone = {True: bool(order.priority), False: bool(order.others)}
            call(order, ticket)
            passed[ticket.priority] = 0
            other = not ticket.priority
            passed[other] = passed[other] + 1 if someone[other] else 0
            assert passed[True] <= N
            assert passed[False] <= 1
        else:
            ticket = Ticket(f"A{place:03}", "1.1", NINE + dt.timedelta(seconds=second), step == "priority", f"v{place}")
            by_number[ticket.number] = ticket
            order.join(ticket)


def test_one_priority_ticket_goes_first_then_two_others():
    order = Order(N)
    waiting = tickets([(0, False), (1, False), (2, False), (3, True), (4, True), (5, False)])
    for ticket in waiting:
        order.join(ticket)
    assert "".join("P" if t.priority else "o" for t in call_all(order, waiting)) == "PooPoo"


def test_a_ticket_leaves_from_the_middle_of_its_line():
    order, waiting = Order(N), tickets([(0, False), (1, False), (2, False)])
    for ticket in waiting:
        order.join(ticket)
    order.leave(waiting[1])
    assert [t.number for t in call_all(order, waiting)] == ["A000", "A002"]


def two_services_at(*points):
    """The default centre, but both 1.1 and 1.2 are called at each of these points."""
    services = tuple(replace(s, points=points) if s.id in ("1.1", "1.2") else s for s in CENTRE.services)
    return replace(CENTRE, services=services)


def test_a_priority_ticket_does_not_wait_behind_the_other_service_of_its_point():
    room = Script(two_services_at(2))
    room.arrive("B001", "B002", "B003", "B004", "B005", ago=3600)
    room.arrive("A001", "A002", priority=True)
    assert [room.serve(2) for _ in range(6)] == ["A001", "B001", "B002", "A002", "B003", "B004"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("AB"), st.booleans(), st.integers(0, 3600)), min_size=1, max_size=30))
def test_at_a_point_with_two_services_neither_line_waits_behind_more_than_the_ratio(arrived):
    room, numbers = Script(two_services_at(2)), count(1)
    for letter, priority, ago in arrived:
        room.arrive(f"{letter}{next(numbers):03}", priority=priority, ago=ago)
    passed = {True: 0, False: 0}  # calls of the other line in a row, while this line had somebody
    for _ in arrived:
        waiting = {t.priority for t in room.today.tickets.values() if t.state == "waiting"}
        priority = room.today.tickets[room.serve(2)].priority
        passed[priority], other = 0, not priority
        passed[other] = passed[other] + 1 if other in waiting else 0
        assert passed[True] <= N
        assert passed[False] <= 1


def test_what_another_point_calls_of_another_service_does_not_count_here():
    services = tuple(replace(s, points=(2, 4)) if s.id == "1.2" else s for s in CENTRE.services)
    room = Script(replace(CENTRE, services=services))
    room.arrive("A001", "A003", priority=True)
    room.arrive("A002", "B001", "B002", "B003", "B004", ago=60)
    assert [room.serve(2), room.serve(4), room.serve(4), room.serve(3)] == ["A001", "B001", "B002", "A002"]
