"""Today in memory: what the next decision needs, found without looking through tickets or history."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from broker.centre import Centre
from broker.messages import RECENT_CALLS, CallView, Survey
from display.queue.order import Order, first
from display.queue.tickets import Ticket

RECENT = 20  # visits a service's usual duration is taken from
NO_DAY = dt.date.min


@dataclass
class ServiceToday:
    order: Order
    open: bool = True
    called: int = 0  # tickets that left the line by a call: the clock of latecomers
    spans: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))  # seconds, call to end


@dataclass
class PointToday:
    number: int
    own: tuple[str, ...]  # services
    helps: tuple[str, ...]  # services called when no own ticket waits
    open: bool = False
    officer: str | None = None  # who serves here, or pauses
    paused: bool = False  # closed, and the officer comes back
    pause: str | None = None  # why, if that was said
    turn: int = 0  # how often it was moved today
    ticket: Ticket | None = None
    since: dt.datetime | None = None  # when its present state began
    held: list[str] = field(default_factory=list)  # numbers set aside here, oldest first
    missed: str | None = None  # its last no-show
    survey: Survey | None = None

    @property
    def calls(self) -> tuple[str, ...]:
        """All services this point calls."""
        return self.own + self.helps

    def called_with(self, service: str) -> tuple[str, ...]:
        """The services whose lines count as one with this one's here (`order.first`)."""
        return next((line for line in (self.own, self.helps) if service in line), (service,))


@dataclass
class Ended:
    """A visit that may be rated, by the node that serves this point."""

    point: int
    rated: bool = False


@dataclass
class Today:
    """The service day as it stands; `apply.apply` is the only thing that changes it."""

    centre: Centre
    day: dt.date = NO_DAY
    ended: bool = True
    tickets: dict[str, Ticket] = field(default_factory=dict)
    voided: set[str] = field(default_factory=set)
    services: dict[str, ServiceToday] = field(init=False)
    points: dict[int, PointToday] = field(init=False)
    recent: deque[CallView] = field(default_factory=lambda: deque(maxlen=RECENT_CALLS))  # newest first
    unannounced: set[str] = field(default_factory=set)  # call ids
    visits: dict[str, Ended] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begin(self.day)

    def begin(self, day: dt.date) -> None:
        """A service day begins: every line empty, every point closed, every service open.

        One that begins again, ended too early, knows the numbers that it used.
        """
        centre = self.centre
        if day != self.day:
            for collection in (self.tickets, self.voided, self.recent, self.unannounced, self.visits):
                collection.clear()
        self.day = day
        self.ended = day == NO_DAY
        self.services = {s.id: ServiceToday(Order(centre.calling.others_per_priority)) for s in centre.services}
        self.points = {
            p.number: PointToday(
                p.number,
                own=tuple(s.id for s in centre.services if p.number in s.points),
                helps=tuple(s for s in p.helps if p.number not in centre.service(s).points),
            )
            for p in centre.points
        }

    @property
    def untouched(self) -> bool:
        """Whether nothing has happened in this day but its beginning."""
        closed = all(not p.open for p in self.points.values()) and all(s.open for s in self.services.values())
        return closed and not self.tickets and not self.voided

    def admit(self, service: str | None = None, point: int | None = None) -> None:
        """Make room for a service or a point of an earlier centre.toml, so that an old day grows again all the same."""
        if service is not None and service not in self.services:
            self.services[service] = ServiceToday(Order(self.centre.calling.others_per_priority))
        if point is not None and point not in self.points:
            self.points[point] = PointToday(point, own=(), helps=())

    def strangers(self) -> list[str]:
        """The services and points of this day that centre.toml no longer has."""
        services = self.services.keys() - {s.id for s in self.centre.services}
        points = self.points.keys() - {p.number for p in self.centre.points}
        return [*sorted(services), *(str(point) for point in sorted(points))]

    def stand(self, point: PointToday) -> str:
        """A name for how this point stands, never given again: another one after every move there."""
        return f"{self.day}-{point.turn}"

    def next_for(self, point: PointToday) -> Ticket | None:
        """Whose turn it is at this point: its own services first, then those it helps."""
        return self._first_of(point.own) or self._first_of(point.helps)

    def waiting_for(self, point: PointToday) -> int:
        """Tickets this point could call now."""
        return sum(len(self.services[s].order) for s in point.calls)

    def may_return(self, ticket: Ticket) -> bool:
        """Whether a no-show may still be called back: fewer than ``latecomer_within`` were called after it."""
        after = self.services[ticket.service].called - ticket.missed_after
        return after < self.centre.calling.latecomer_within

    def _first_of(self, services: Collection[str]) -> Ticket | None:
        place = first([self.services[s].order for s in services])
        return self.tickets[place[1]] if place else None
