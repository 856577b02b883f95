"""The life of a ticket, as one dict.

Every rule of the hall that asks "may this happen now?" ends here, so that the question has one answer.  Think of a
ticket as a token on a board game: `TRANSITIONS` is the board, a `TicketEvent` is the only thing that moves it, and an
event that has no arrow from where the ticket stands raises `TransitionError` before anything has changed.

- ``new`` is a number the hall has not heard of.  Both arrows lead out of it, so a number is used once a day.
- A ticket is ``called`` once or several times.  While it is ``called`` it belongs to one point, and no arrow leads
  from ``called`` to ``called`` at another point: `rules` only ever calls what waits, what is held, what was missed,
  or what stands at the very point that calls.  That is why two counters are never given the same ticket.
- ``serving`` has arrows back to ``serving`` (called again) and to ``no_show``.  Only a centre whose service starts at
  the call (``calling.start_at_call``) takes them: there, nobody may have come although service "started".
- ``held`` and ``no_show`` are not ends: the ticket comes back by a call, to the same visit.  A transfer is an end of
  the visit and not of the ticket, which waits again.
- ``served``, ``voided`` and ``unserved`` have no arrow out.  After the day has ended every ticket is there, or
  ``no_show``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from display.queue import events as e

State = Literal["new", "waiting", "called", "serving", "provided", "held", "served", "no_show", "voided", "unserved"]

TRANSITIONS: Mapping[State, Mapping[type[e.TicketEvent], State]] = {
    "new": {e.TicketQueued: "waiting", e.TicketVoided: "voided"},
    "waiting": {e.Called: "called", e.TicketVoided: "voided", e.Unserved: "unserved"},
    "called": {
        e.Called: "called",
        e.Started: "serving",
        e.NoShow: "no_show",
        e.Held: "held",
        e.Transferred: "waiting",
        e.Unserved: "unserved",
    },
    "serving": {
        e.Called: "serving",
        e.NoShow: "no_show",
        e.Provided: "provided",
        e.Finished: "served",
        e.Held: "held",
        e.Transferred: "waiting",
    },
    "provided": {e.Finished: "served", e.Held: "held", e.Transferred: "waiting"},
    "held": {e.Called: "called", e.Unserved: "unserved"},
    "no_show": {e.Called: "called"},
    "served": {},
    "voided": {},
    "unserved": {},
}


class TransitionError(ValueError):
    """This event cannot happen to a ticket in this state: a fault in the hall's own rules."""


def after(state: State, event: e.TicketEvent) -> State:
    """The ticket's state once the event has happened.  Raises `TransitionError`."""
    try:
        return TRANSITIONS[state][type(event)]
    except KeyError:
        raise TransitionError(f"{event.number} is {state}: no {e.kind(event)} from there") from None


@dataclass
class Ticket:
    """A ticket of today, as far as the next decision needs to know it."""

    number: str
    service: str
    given_at: dt.datetime
    priority: bool
    visit: str
    state: State = "waiting"
    point: int | None = None  # where it stands, or which point holds it or missed it
    times: int = 0  # calls of this visit
    calls: int = 0  # the latest call and its recalls: what the recall limit counts
    called_at: dt.datetime | None = None  # that latest call, not its recalls
    last_called: dt.datetime | None = None  # the latest call or recall
    started: bool = False  # this visit has been served, if only in part
    sat: bool = False  # it was served before it was held: a later no-show does not undo that
    note: str | None = None  # from the officer who sent it to this visit's service
    missed_after: int = 0  # how many tickets its service had called when it was missed
