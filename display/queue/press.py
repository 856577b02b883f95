"""A command at its point: the moves that several rules are made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from broker import messages as m
from display.queue import events as e
from display.queue.state import PointToday, Today
from display.queue.tickets import Ticket

Events = tuple[e.Event, ...]
Outcome = Events | m.Refused
NewId = Callable[[], str]


@dataclass(frozen=True)
class Press:
    """Who presses where and when.  Each move is a tuple of events, empty where there is nothing to do."""

    today: Today
    point: PointToday
    now: dt.datetime
    new_id: NewId

    @property
    def starts_at_call(self) -> bool:
        return self.today.centre.calling.start_at_call

    def opened(self, officer: str | None = None) -> Events:
        """The point opens, or its officer changes; nothing if it stands so already.

        Who paused there is back; else, if nobody is named, the officer of centre.toml serves.
        """
        if self.point.open and officer in (None, self.point.officer):
            return ()
        return (e.PointOpened(at=self.now, point=self.point.number, officer=officer or self.officer),)

    @property
    def officer(self) -> str | None:
        """Who is signed in here; nobody is: the officer of centre.toml, in the centre's first language."""
        names = self.today.centre.point(self.point.number).officer or {}
        return self.point.officer or names.get(self.today.centre.centre.languages[0])

    def finished(self, outcome: str | None = None) -> Events:
        """The visit at this point ends, if one is being served."""
        ticket = self.point.ticket
        if ticket is None or ticket.state == "called":
            return ()
        return (
            e.Finished(at=self.now, number=ticket.number, visit=ticket.visit, point=self.point.number, outcome=outcome),
        )

    @property
    def just_called(self) -> bool:
        """Whether the ticket here was called a moment ago and has not had the time to come."""
        ticket = self.point.ticket
        if ticket is None or ticket.last_called is None:
            return False
        on_its_way = ticket.state == "called" or (ticket.state == "serving" and self.starts_at_call)
        answer = dt.timedelta(seconds=self.today.centre.calling.answer_seconds)
        return on_its_way and dt.timedelta(0) <= self.now - ticket.last_called < answer  # a clock set back bars nobody

    def missed(self) -> Events:
        """The called ticket, if one is called, is a no-show."""
        ticket = self.point.ticket
        if ticket is None or ticket.state != "called":
            return ()
        return (self.no_show(ticket),)

    def no_show(self, ticket: Ticket) -> e.NoShow:
        unstarted = ticket.started and not ticket.sat
        return e.NoShow(
            at=self.now, number=ticket.number, visit=ticket.visit, point=self.point.number, unstarted=unstarted
        )

    def call(self, ticket: Ticket, recall: bool = False) -> Events:
        """Call this ticket here, opening the point and starting the service where that is due."""
        called = e.Called(
            at=self.now,
            number=ticket.number,
            call=self.new_id(),
            visit=ticket.visit,
            point=self.point.number,
            officer=self.officer,
            times=ticket.times + 1,
            recall=recall,
        )
        started = (self.started(ticket),) if self.starts_at_call and not recall else ()
        return (*self.opened(), called, *started)

    def call_aside(self, ticket: Ticket) -> Outcome:
        """Call a ticket out of turn: after the one being served, but never in place of one on its way."""
        if self.point.ticket and self.point.ticket.state == "called":
            return m.Refused("point_busy")
        return self.finished() + self.call(ticket)

    def started(self, ticket: Ticket) -> e.Started:
        return e.Started(at=self.now, number=ticket.number, visit=ticket.visit, point=self.point.number)
