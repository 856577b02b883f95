"""The life of a case: what may follow what, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest
from queue_script import CENTRE, MONDAY, NINE

from broker import messages as m
from broker.topics import encode
from broker.words import CaseState, CaseStep
from display.cases import numbers
from display.cases.due import Due
from display.cases.intake import Case, take
from display.cases.states import ENDS, TRANSITIONS, filing, pending
from display.queue.intake import Rejected

STATES: tuple[CaseState, ...] = get_args(CaseState)
STEPS: tuple[CaseStep, ...] = get_args(CaseStep)
MISSING, HELD = (m.Document("deed", False),), (m.Document("deed", True),)


def case(state: CaseState, due: dt.date | None = None) -> Case:
    return Case("case", "request", state, 3, MISSING, NINE, NINE, NINE, NINE, Due(due, due))


def step(state: CaseState, step: CaseStep, due: dt.date | None = None, at: dt.datetime = NINE):
    documents = {"missing": MISSING, "completed": HELD}.get(step, ())
    fact = m.CaseMoved(by="officer", at=at, case="case", step=step, expects=3, documents=documents)
    return take(CENTRE, fact, case(state, due), lambda _: 0, NINE)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("taken", STEPS)
def test_a_step_without_an_arrow_is_refused_and_one_with_an_arrow_leads_where_it_points(state, taken):
    outcome = step(state, taken, due=MONDAY - dt.timedelta(days=1))
    becomes = TRANSITIONS[state].get(taken)
    assert outcome == Rejected("step_impossible") if becomes is None else outcome.state == becomes


def test_every_state_can_be_reached_and_only_ends_have_no_way_out():
    reached, todo = set(), ["new"]
    while todo:
        for becomes in TRANSITIONS[todo.pop()].values():
            if becomes not in reached:
                reached.add(becomes)
                todo.append(becomes)
    assert reached == set(STATES)
    assert {state for state in STATES if not TRANSITIONS[state]} == set(ENDS)


def test_no_way_leads_to_closed_but_through_forwarding_answer_and_both_marks():
    ways = [((), "new")]
    closed = []
    while ways:
        way, state = ways.pop()
        if state == "closed":
            closed.append(set(way))
        for taken, becomes in TRANSITIONS[state].items():
            if taken not in way:
                ways.append(((*way, taken), becomes))
    assert len(closed) > 1
    assert all({"completed", "forwarded", "answered", "citizen_informed", "centre_informed"} <= way for way in closed)


def test_a_case_with_all_its_documents_begins_complete_and_one_without_begins_missing():
    assert [filing(()), filing(HELD), filing(HELD + MISSING)] == ["completed", "completed", "missing"]


@pytest.mark.parametrize(("taken", "documents"), [("completed", MISSING), ("completed", ()), ("missing", HELD)])
def test_a_checklist_that_says_otherwise_than_its_step_is_refused(taken, documents):
    fact = m.CaseMoved(by="officer", at=NINE, case="case", step=taken, expects=3, documents=documents)
    assert take(CENTRE, fact, case("missing"), lambda _: 0, NINE) == Rejected("wrong_documents")


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_a_notice_of_delay_is_for_late_cases_alone(days):
    outcome = step("forwarded", "delay_noticed", due=MONDAY - dt.timedelta(days=days))
    assert (outcome == Rejected("not_late")) == (days <= 0)


@pytest.mark.parametrize("ago", [dt.timedelta(minutes=-6), dt.timedelta(seconds=1)])
def test_no_step_is_taken_in_the_future_or_before_the_one_it_follows(ago):
    assert step("complete", "forwarded", at=NINE - ago) == Rejected("wrong_time")


def test_what_is_due_next_is_the_forwarding_then_the_answer_then_nothing():
    first, second = MONDAY, MONDAY + dt.timedelta(days=40)
    assert pending("complete", first, second) == first
    assert pending("forwarded", first, second) == second
    assert pending("citizen_informed", first, second) == second
    assert pending("closed", first, second) is None
    assert pending("missing", None, None) is None


def test_a_number_is_written_as_an_office_writes_it_and_read_as_people_type_it():
    assert numbers.written(2026, 12) == "12/2569"
    assert numbers.read(" 12 / 2569 ") == (2026, 12)
    assert [numbers.read(text) for text in ("", "12", "12/2026", "0/2569", "1/2569/3", "๑/2569")] == [None] * 6


def test_the_longest_checklist_fits_a_message():
    documents = tuple(m.Document("\U0001f469" * 80, held=False) for _ in range(20))
    filed = m.CaseFiled(
        "\U0001f469" * 60, NINE, "c" * 40, "1.2", "information", "v" * 40, documents, "\U0001f469" * 120
    )
    assert encode(m.Fact(2**53 - 1, filed, 2**53 - 1))
