"""The life of a case, as one dict; `display.queue.tickets` has the like for a ticket.

A state is where the case stands, a step is what an officer says happened.  A step without an arrow from there cannot be
written: nothing is forwarded while documents are missing, nobody is informed before there is an answer, and only both
marks of R3.3, in either order, close a case.  ``delay_noticed`` moves nothing: the citizen was told that it is late.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

from broker.messages import Document
from broker.words import CaseState, CaseStep

TRANSITIONS: Mapping[CaseState | Literal["new"], Mapping[CaseStep, CaseState]] = {
    "new": {"missing": "missing", "completed": "complete"},
    "missing": {
        "missing": "missing",  # some have come, not all
        "completed": "complete",
        "withdrawn": "withdrawn",
        "delay_noticed": "missing",
    },
    "complete": {
        "missing": "missing",
        "forwarded": "forwarded",
        "withdrawn": "withdrawn",
        "delay_noticed": "complete",
    },
    "forwarded": {"answered": "answered", "withdrawn": "withdrawn", "delay_noticed": "forwarded"},
    "answered": {
        "citizen_informed": "citizen_informed",
        "centre_informed": "centre_informed",
        "delay_noticed": "answered",
    },
    "citizen_informed": {"centre_informed": "closed", "delay_noticed": "citizen_informed"},
    "centre_informed": {"citizen_informed": "closed", "delay_noticed": "centre_informed"},
    "closed": {},
    "withdrawn": {},
}
ENDS: tuple[CaseState, ...] = ("closed", "withdrawn")
_BEFORE_FORWARDING: tuple[CaseState, ...] = ("missing", "complete")


def filing(documents: Sequence[Document]) -> CaseStep:
    """The step by which a case with this checklist begins."""
    return "completed" if all(document.held for document in documents) else "missing"


def steps(state: CaseState) -> tuple[CaseStep, ...]:
    """What may happen to a case in this state."""
    return tuple(TRANSITIONS[state])


def pending(state: CaseState, forward: dt.date | None, answer: dt.date | None) -> dt.date | None:
    """The due date that the case must meet next; None: none is set, or it has ended."""
    if state in ENDS:
        return None
    open = (forward, answer) if state in _BEFORE_FORWARDING else (answer,)
    return min((day for day in open if day), default=None)
