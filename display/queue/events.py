"""What happened in the hall, said once and never changed: frozen events, the ledger's own words.

Each carries all that its reader needs to draw the right conclusion without looking elsewhere.  ``at`` is when the hall
decided it (aware, UTC); where a node knows better when it truly happened, that time has a name of its own.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from broker.messages import AnyFact
from broker.office import AnyPart
from broker.words import Code, Count, DocumentId, Id, Levels, Node, Note, Number, Officer, Point, ServiceId, Time
from display.cases.events import CaseFiled, CaseMoved, CaseRedated
from display.queue import event

# When a number was given, or a smiley tapped: as its node knew; by that node's steady clock (`queue.times`); or not at
# all, so that no waiting time can be made of it.
Certainty = Literal["known", "repaired", "guessed"]
Event = event.Event


# ---------------------------------------------------------------- the day
class DayBegan(Event, frozen=True):
    """A service day begins, or goes on after a clock that was ahead ended it; nothing of an earlier day is in it."""

    day: dt.date


class DayEnded(Event, frozen=True):
    """The service day is over; all that waited has been closed."""

    day: dt.date


class PracticeDay(Event, frozen=True):
    """All of this service day is made up (`display.practice`): nobody came, nobody served."""

    day: dt.date


class ServiceOpened(Event, frozen=True):
    service: ServiceId


class ServiceClosed(Event, frozen=True):
    """No more tickets of this service are given today; those waiting are still called."""

    service: ServiceId


class PointOpened(Event, frozen=True):
    """The point serves; the officer's name stands on the board (R13)."""

    point: Point
    officer: str | None


class PointClosed(Event, frozen=True):
    """The point serves no more; if ``stays``, ``officer`` only pauses there, else nobody is signed in any longer."""

    point: Point
    officer: str | None = None
    reason: Code | None = None
    stays: bool = False


# ---------------------------------------------------------------- a ticket's life
class TicketEvent(Event, frozen=True):
    """An event in the life of one ticket: the only kind that `tickets.TRANSITIONS` speaks of."""

    number: Number


class TicketQueued(TicketEvent, frozen=True):
    """A citizen holds this number and waits; ``visit`` is what a later rating will name."""

    day: dt.date
    visit: Id
    service: ServiceId
    given_at: Time
    priority: bool = False
    proof: Literal["paper", "screen"] = "paper"
    certainty: Certainty = "known"  # of ``given_at``
    told_day: dt.date | None = None  # the day on its paper, where the kiosk took another for today
    estimate: Count | None = None  # seconds that its citizen was told to wait


class TicketVoided(TicketEvent, frozen=True):
    """The number was given and nobody took it."""

    day: dt.date
    service: ServiceId
    given_at: Time
    why: Literal["not_taken", "power_cut"]
    told_day: dt.date | None = None  # as of `TicketQueued`


class Called(TicketEvent, frozen=True):
    """The ``times``-th call of this visit; a ``recall`` if the ticket already stands called at the point."""

    call: Id
    visit: Id
    point: Point
    officer: str | None
    times: int
    recall: bool = False


class Started(TicketEvent, frozen=True):
    """Service began; the second start of a ticket that was held changes no clock."""

    visit: Id
    point: Point


class Provided(TicketEvent, frozen=True):
    """The information was provided: the clock of a standard ``until = "provided"`` stops (R2.3a)."""

    visit: Id
    point: Point


class Finished(TicketEvent, frozen=True):
    """The visit is over; by the end of the day if no officer said so, and then nobody knows how long it took."""

    visit: Id
    point: Point
    by: Literal["officer", "day_end"] = "officer"
    outcome: Code | None = None  # of the centre's list (R4.3)


class NoShow(TicketEvent, frozen=True):
    """Nobody came to the call; ``unstarted`` takes back the start that came with it (``calling.start_at_call``)."""

    visit: Id
    point: Point
    unstarted: bool = False


class Held(TicketEvent, frozen=True):
    visit: Id
    point: Point


class Transferred(TicketEvent, frozen=True):
    """The visit ends here; ``next_visit`` waits at ``service`` by the ticket's first arrival (R4.3)."""

    visit: Id
    point: Point
    service: ServiceId
    next_visit: Id
    note: Note | None = None  # for the officer who calls it there


class Unserved(TicketEvent, frozen=True):
    """The day ended before the ticket was served."""

    visit: Id


# ---------------------------------------------------------------- what follows a call or a visit
class Announced(Event, frozen=True):
    """A screen has spoken the call to the end (or shown it, in a centre without a voice)."""

    call: Id
    spoken: bool


class Rated(Event, frozen=True):
    """The one smiley of a visit (R2.4)."""

    visit: Id
    point: Point
    level: Levels
    rated_at: Time
    certainty: Certainty = "known"  # of ``rated_at``


class FactRejected(Event, frozen=True):
    """A fact that could not be true, kept as it came: its sender may go on, the queue does not change."""

    node: Node
    cause: str
    fact: AnyFact
    why: tuple[str, ...] = ()


# ---------------------------------------------------------------- the office
class OfficeChanged(Event, frozen=True):
    """A part of the office reads so from now on, by the edit of this id."""

    id: Id
    version: int
    by: Officer
    edit: AnyPart


class HandedOut(Event, frozen=True):
    """So many copies of a document were given to the public on that day (R7)."""

    day: dt.date
    document: DocumentId
    count: int
    point: Point | None
    by: Officer


class Forgotten(Event, frozen=True):
    """By the centre's own rule the ledger holds nothing of the days before this one any more.

    ``through`` is the last event that went, ``link`` its link (in hexadecimal), after which the chain now begins.
    ``case_numbers`` is each year's (A.D.) highest case number by then, so that none is given twice.
    """

    before: dt.date
    through: int
    link: str
    case_numbers: dict[int, int] = msgspec.field(default_factory=dict)


AnyEvent = (
    DayBegan | DayEnded | PracticeDay | ServiceOpened | ServiceClosed | PointOpened | PointClosed | TicketQueued
    | TicketVoided | Called | Started | Provided | Finished | NoShow | Held | Transferred | Unserved | Announced | Rated
    | FactRejected | Forgotten | CaseFiled | CaseMoved | CaseRedated | OfficeChanged | HandedOut
)  # fmt: skip

_decoder = msgspec.json.Decoder(AnyEvent)


def kind(of: Event) -> str:
    """The event's name in the ledger."""
    return event.snake(type(of).__name__)


def read(body: bytes | str) -> Event:
    """The event in a ledger row's JSON.  Raises `msgspec.ValidationError` for what is none."""
    found: Event = _decoder.decode(body)
    return found
