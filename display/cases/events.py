"""What happened to a case, as the ledger keeps it; ``at`` is when the hall took it up, ``who`` the officer."""

from __future__ import annotations

import datetime as dt

from broker.messages import Document
from broker.words import CaseState, CaseStep, Id, Matter, Note, Seq, ServiceId, Time
from display.queue.event import Event


class CaseEvent(Event, frozen=True):
    """An event in the life of one case.

    ``state`` and the due dates are those that hold from here on: what they follow from, the holidays of a centre.toml,
    may be another tomorrow.
    """

    case: Id
    state: CaseState
    documents: tuple[Document, ...]
    forward_due: dt.date | None
    answer_due: dt.date | None


class CaseFiled(CaseEvent, frozen=True):
    """A case begins.  It is number ``number`` of the year ``year`` (A.D.); see `display.cases.numbers`."""

    year: Seq
    number: Seq
    service: ServiceId
    matter: Matter
    filed_at: Time
    visit: Id | None = None
    note: Note | None = None


class CaseMoved(CaseEvent, frozen=True):
    """Step ``revision`` of the case, counting its filing."""

    step: CaseStep
    revision: Seq
    moved_at: Time
    note: Note | None = None


class CaseRedated(CaseEvent, frozen=True):
    """The office's holidays or rules changed, and the due dates with them; its revision stays: nobody took a step."""
