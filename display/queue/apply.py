"""Events change today's state here, and nowhere else; nothing is decided."""

from __future__ import annotations

import datetime as dt

import msgspec

from broker.messages import CallView, Survey
from display.queue import events as e
from display.queue.state import Ended, PointToday, Today
from display.queue.tickets import State, Ticket, TransitionError, after


def apply(today: Today, event: e.Event) -> None:
    """Let the event have happened.  Raises `TransitionError`, and then nothing has."""
    match event:
        case e.TicketEvent():
            _ticket(today, event)
        case e.DayBegan(day=day):
            today.begin(day)
        case e.DayEnded():
            today.ended = True
        case e.ServiceOpened(service=service) | e.ServiceClosed(service=service):
            today.services[service].open = isinstance(event, e.ServiceOpened)
        case e.PointOpened() | e.PointClosed():
            _point(today.points[event.point], event)
        case e.Announced():
            _announced(today, event.call)
        case e.Rated():
            _rated(today, event)


def _point(point: PointToday, event: e.PointOpened | e.PointClosed) -> None:
    opens = isinstance(event, e.PointOpened)
    if point.open != opens:
        point.open, point.since = opens, event.at
    match event:
        case e.PointOpened():
            point.officer, point.paused, point.pause = event.officer, False, None
        case e.PointClosed():
            point.officer = point.officer if event.stays else None
            point.paused, point.pause = event.stays, event.reason
    point.turn += 1


def _announced(today: Today, call: str) -> None:
    today.unannounced.discard(call)
    for place, shown in enumerate(today.recent):
        if shown.call == call:
            today.recent[place] = msgspec.structs.replace(shown, announced=True)


def _rated(today: Today, event: e.Rated) -> None:
    today.visits[event.visit].rated = True
    point = today.points[event.point]
    if point.survey and point.survey.visit == event.visit:
        point.survey = None


def _ticket(today: Today, event: e.TicketEvent) -> None:
    ticket = today.tickets.get(event.number)
    was: State = ticket.state if ticket else "voided" if event.number in today.voided else "new"
    becomes = after(was, event)
    if ticket is None:
        _arrives(today, event)
        return
    _one_point_one_ticket(today, ticket, event)
    match event:
        case e.TicketVoided():
            _voided(today, ticket)
        case e.Called():
            _called(today, ticket, event)
        case e.Started():
            ticket.started = True
        case e.Unserved():
            _unserved(today, ticket)
    ticket.state = becomes
    if isinstance(event, e.Called | e.Started | e.Provided):
        _stand(today.points[event.point], ticket, event.at, moved=becomes != was)
    elif isinstance(event, e.Finished | e.NoShow | e.Held | e.Transferred):
        _leave(today, today.points[event.point], ticket, event)


def _arrives(today: Today, event: e.TicketEvent) -> None:
    if isinstance(event, e.TicketQueued):
        ticket = Ticket(event.number, event.service, event.given_at, event.priority, event.visit)
        today.tickets[event.number] = ticket
        today.services[ticket.service].order.join(ticket)
    else:  # the only other arrow out of "new"
        today.voided.add(event.number)


def _voided(today: Today, ticket: Ticket) -> None:
    today.services[ticket.service].order.leave(ticket)
    del today.tickets[ticket.number]
    today.voided.add(ticket.number)


def _one_point_one_ticket(today: Today, ticket: Ticket, event: e.TicketEvent) -> None:
    """A ticket at a point is moved by that point alone, and none is called to where another stands."""
    number = getattr(event, "point", None)
    if number is None:
        return
    if ticket.state in ("called", "serving", "provided") and number != ticket.point:
        raise TransitionError(f"{ticket.number} is at point {ticket.point}, not {number}")
    there = today.points[number].ticket
    if there and there is not ticket:
        raise TransitionError(f"{there.number} is at point {number}: {ticket.number} cannot be called there")


def _called(today: Today, ticket: Ticket, event: e.Called) -> None:
    if ticket.state == "waiting":
        line = today.services[ticket.service]
        line.order.leave(ticket)
        line.called += 1
        for service in today.points[event.point].called_with(ticket.service):
            today.services[service].order.count(ticket.priority)
    if ticket.state == "held" and ticket.point is not None:
        holder = today.points[ticket.point]
        holder.held.remove(ticket.number)
        holder.turn += 1
    ticket.point, ticket.times, ticket.last_called = event.point, event.times, event.at
    if event.recall:
        ticket.calls += 1
    else:
        ticket.calls, ticket.called_at = 1, event.at
    for earlier in [call for call in today.recent if call.ticket == ticket.number]:
        today.recent.remove(earlier)  # a ticket stands once among the recent calls, with its latest
    today.recent.appendleft(CallView(event.call, ticket.number, event.point, event.at, event.times))
    today.unannounced.add(event.call)


def _unserved(today: Today, ticket: Ticket) -> None:
    if ticket.state == "waiting":
        today.services[ticket.service].order.leave(ticket)
    elif ticket.point is not None:
        point = today.points[ticket.point]
        if ticket.state == "held":
            point.held.remove(ticket.number)
        else:
            point.ticket = None


def _stand(point: PointToday, ticket: Ticket, at: dt.datetime, moved: bool) -> None:
    point.ticket = ticket
    point.turn += 1
    if moved:
        point.since = at


def _leave(
    today: Today, point: PointToday, ticket: Ticket, event: e.Finished | e.NoShow | e.Held | e.Transferred
) -> None:
    point.ticket, point.since = None, event.at
    point.turn += 1
    match event:
        case e.Held():
            point.held.append(ticket.number)
            ticket.sat = ticket.started
        case e.NoShow():
            point.missed = ticket.number
            ticket.started = ticket.started and not event.unstarted
            ticket.missed_after = today.services[ticket.service].called
        case e.Finished(by="day_end"):
            pass
        case e.Finished() | e.Transferred():
            if ticket.started:
                _served(today, point, ticket, event.at)
    if isinstance(event, e.Transferred):
        ticket.service, ticket.visit = event.service, event.next_visit
        ticket.point, ticket.times, ticket.started, ticket.sat = None, 0, False, False
        ticket.note = event.note
        today.services[ticket.service].order.join(ticket)


def _served(today: Today, point: PointToday, ticket: Ticket, at: dt.datetime) -> None:
    """The visit has ended: the smileys open for it, and it tells how long visits take."""
    until = at + dt.timedelta(seconds=today.centre.survey.open_seconds)
    point.survey = Survey(ticket.visit, ticket.number, until)
    today.visits[ticket.visit] = Ended(point.number)
    if ticket.called_at:
        today.services[ticket.service].spans.append(max(0.0, (at - ticket.called_at).total_seconds()))
