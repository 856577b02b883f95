"""The two lines of a service and their ratio."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st
from queue_script import NINE

from display.queue.order import Order
from display.queue.tickets import Ticket

N = 2
arrivals = st.lists(st.tuples(st.integers(0, 3600), st.booleans()), max_size=60)


def tickets(arrived):
    return [
        Ticket(f"A{place:03}", "1.1", NINE + dt.timedelta(seconds=second), priority, f"v{place}")
        for place, (second, priority) in enumerate(arrived)
    ]


def call_all(order, waiting):
    by_number = {t.number: t for t in waiting}
    while first := order.first():
        order.called(by_number[first[1]])
        yield by_number[first[1]]


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
            first = order.first()
            if first is None:
                continue
            ticket = by_number[first[1]]
            someone = {True: bool(order.priority), False: bool(order.others)}
            order.called(ticket)
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
