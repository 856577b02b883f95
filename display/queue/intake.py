"""What a node's fact does: a ticket joins the queue, a number is voided, a smiley is bound to its visit.

A fact may come late, never wrong.  One that cannot be true is `Rejected` with a cause and kept
as such by the ledger, so that its sender may forget it and go on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from msgspec import structs

from broker import messages as m
from broker.centre import Centre
from display.queue import events as e
from display.queue.press import Events, NewId
from display.queue.state import Today
from display.queue.times import NONE, OLDEST, Repair

Cause = Literal[
    "wrong_role",  # a kiosk does not rate, a counter gives no numbers
    "wrong_service",
    "wrong_number",  # outside the range or the prefix of this kiosk
    "wrong_day",
    "wrong_level",
    "number_used",
    "not_yours",  # a rating from a node that does not serve the point
    "visit_unknown",
    "rated_before",
    "wrong_time",  # a case's step is in the future, or before the one it follows
    "wrong_documents",  # a checklist that says otherwise than its step, or has none
    "case_used",  # filed before
    "case_unknown",
    "case_moved_on",  # since its officer looked
    "step_impossible",
    "not_late",  # a notice of delay for a case that is in time
    "stale",  # another edit came first
    "not_allowed",  # what an edit says does not fit the centre
    "document_unknown",
    "point_unknown",
]


@dataclass(frozen=True)
class Rejected:
    cause: Cause
    why: tuple[str, ...] = ()  # more of it, for who wrote it


def wrong_day(today: Today, fact: m.TicketIssued | m.TicketVoided) -> bool:
    """Whether this ticket's day is in the future, too long ago, or was over before the ticket was given.

    A ticket may have been given *before* its day: a kiosk whose clock jumped back goes on in the later day.
    """
    if not dt.timedelta(0) <= today.day - fact.day <= OLDEST:
        return True
    return fact.given_at >= _midnight(today.centre, fact.day + dt.timedelta(days=1))


def take(
    day: Today, node: str, fact: m.QueueFact, now: dt.datetime, new_id: NewId, repair: Repair = NONE
) -> Events | Rejected:
    """What this fact of this node means on the day it belongs to, which need not be today.

    A ticket that reaches the hall after its day has ended is queued and unserved at once, so that it is counted.
    """
    match fact:
        case m.Rated():
            return _rated(day, node, fact, now, repair)
        case m.TicketIssued() | m.TicketVoided():
            if cause := _wrong(day.centre, node, fact):
                return Rejected(cause)
            known = day.tickets.get(fact.number)
            if fact.number in day.voided or (known and (known.state != "waiting" or isinstance(fact, m.TicketIssued))):
                return Rejected("number_used")
            given_at, certainty = _given_at(day, node, fact, now, repair.certainty)
            fact = structs.replace(fact, given_at=given_at)
            if isinstance(fact, m.TicketVoided):
                return _voided(fact, now, repair)
            return _issued(day, fact, now, new_id(), replace(repair, certainty=certainty))


def _midnight(centre: Centre, date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(), centre.zone)


def _given_at(
    day: Today, node: str, fact: m.TicketIssued | m.TicketVoided, now: dt.datetime, certainty: e.Certainty
) -> tuple[dt.datetime, e.Certainty]:
    """When the number was given; guessed where neither kiosk nor hall can know.

    The time of a clock that jumped back, or was never set, would put the ticket before all who came that day: then it
    comes after them.  Unless it was sure, its time puts it before none that its kiosk gave earlier: one that was
    put right is late by its fact's way, and facts come in the order of their tickets.
    """
    if fact.given_at < _midnight(day.centre, fact.day):
        return max([now, *(ticket.given_at for ticket in day.tickets.values())]), "guessed"
    if certainty == "known":
        return fact.given_at, certainty
    first, last = next(kiosk.numbers for kiosk in day.centre.kiosks if kiosk.name == node)
    its = (ticket.given_at for ticket in day.tickets.values() if first <= int(ticket.number[1:]) <= last)
    return max([fact.given_at, *its]), certainty


def _issued(day: Today, fact: m.TicketIssued, now: dt.datetime, visit: str, repair: Repair) -> Events:
    queued = e.TicketQueued(
        at=now,
        number=fact.number,
        day=fact.day,
        visit=visit,
        service=fact.service,
        given_at=fact.given_at,
        priority=fact.priority,
        proof=fact.proof,
        certainty=repair.certainty,
        told_day=repair.told_day,
        estimate=fact.estimate,
    )
    return (queued, e.Unserved(at=now, number=fact.number, visit=visit)) if day.ended else (queued,)


def _voided(fact: m.TicketVoided, now: dt.datetime, repair: Repair) -> Events:
    voided = e.TicketVoided(
        at=now,
        number=fact.number,
        day=fact.day,
        service=fact.service,
        given_at=fact.given_at,
        why=fact.why,
        told_day=repair.told_day,
    )
    return (voided,)


def _wrong(centre: Centre, node: str, fact: m.TicketIssued | m.TicketVoided) -> Cause | None:
    kiosk = next((k for k in centre.kiosks if k.name == node), None)
    if kiosk is None:
        return "wrong_role"
    service = next((s for s in centre.services if s.id == fact.service), None)
    if service is None:
        return "wrong_service"
    first, last = kiosk.numbers
    if fact.number[0] != service.prefix or not first <= int(fact.number[1:]) <= last:
        return "wrong_number"
    return None


def _rated(day: Today, node: str, fact: m.Rated, now: dt.datetime, repair: Repair) -> Events | Rejected:
    buttons = next((b for b in day.centre.buttons if b.name == node), None)
    if buttons is None:
        return Rejected("wrong_role")
    visit = day.visits.get(fact.visit)  # a visit is here once it has ended, so no rating comes before its service
    if visit is None:
        return Rejected("visit_unknown")
    if fact.point not in buttons.points or fact.point != visit.point:
        return Rejected("not_yours")
    if fact.level > day.centre.survey.levels:
        return Rejected("wrong_level")
    if visit.rated:
        return Rejected("rated_before")
    rated = e.Rated(
        at=now, visit=fact.visit, point=fact.point, level=fact.level, rated_at=fact.rated_at, certainty=repair.certainty
    )
    return (rated,)
