"""What if other points had been open?  The visits of real days, come again, before other officers.

Everybody arrives when they did and takes as long as they did; who is called when, and where, is decided by the hall's
own rules (`display.queue`).  Only time is simulated, by simpy.  How much that leaves out is seen where the
points are as they were: the answer for them stands beside what the ledger holds.

- A visit arrives when its ticket was taken, a transferred one when it was transferred, for the second officer has no
  say in when the first one ends.
- Whoever was a no-show is one again: the officer waits ``calling.answer_seconds`` and calls the next.
- An officer calls the next ticket as soon as the one before has left; real ones also write, and pause.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

import simpy
from msgspec.structs import replace

from broker import messages as m
from broker.centre import Buttons, Centre
from broker.office import Hours
from display.queue import day as days
from display.queue import events as e
from display.queue import rules
from display.queue.apply import apply
from display.queue.press import Events
from display.queue.state import Today

OFFICERS = "officers"  # the node whose buttons are all points'
Process = Generator[simpy.Event, object, None]


@dataclass(frozen=True)
class Coming:
    """One visit as it was: times aware, spans in seconds."""

    at: dt.datetime
    service: str
    priority: bool
    walking: float  # call → start
    took: float | None  # start → finish; None: nobody came


@dataclass(frozen=True)
class Staffing:
    """Which points are open all day, and whom else they help (``point.helps`` of centre.toml)."""

    open: frozenset[int]
    helps: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # point → services, in place of centre.toml's


@dataclass(frozen=True)
class Waits:
    """What became of the visits of these days; seconds, by service."""

    waiting: Mapping[str, Sequence[float]]  # of those who were called
    unserved: Mapping[str, int]  # waiting still when the day ended
    busy: Mapping[int, float]  # point → share of the opening hours in which it had somebody

    def joined(self, others: Iterable[Waits]) -> Waits:
        """Of several days together; the points' loads are means of the days."""
        all_days = (self, *others)
        waiting: dict[str, list[float]] = defaultdict(list)
        unserved: dict[str, int] = defaultdict(int)
        for one in all_days:
            for service, waits in one.waiting.items():
                waiting[service] += waits
            for service, left in one.unserved.items():
                unserved[service] += left
        busy = {point: sum(one.busy[point] for one in all_days) / len(all_days) for point in self.busy}
        return Waits(waiting, unserved, busy)


def what_if(centre: Centre, day: dt.date, visits: Sequence[Coming], staffing: Staffing) -> Waits:
    """One service day with these visits and these officers.  Raises `ValueError` for a point that is none."""
    if unknown := staffing.open - {point.number for point in centre.points}:
        raise ValueError(f"no such point: {', '.join(map(str, sorted(unknown)))}")
    points = tuple(replace(p, helps=staffing.helps.get(p.number, p.helps)) for p in centre.points)
    return _Day(replace(centre, points=points), day, visits, staffing.open).lived()


class _Day:
    def __init__(self, centre: Centre, day: dt.date, visits: Sequence[Coming], opened: frozenset[int]) -> None:
        officers = Buttons(OFFICERS, tuple(point.number for point in centre.points))
        self._centre, self._day, self._opened = replace(centre, buttons=(officers,)), day, sorted(opened)
        self._midnight = dt.datetime.combine(day, dt.time(), centre.zone)
        self._visits = sorted(visits, key=lambda visit: visit.at)
        self._of: dict[str, Coming] = {}  # number → its visit
        self._ids = count(1)
        self._busy = dict.fromkeys(self._opened, 0.0)
        self._waiting: dict[str, list[float]] = defaultdict(list)
        self._today = Today(self._centre)
        self._world = simpy.Environment()
        self._arrival = self._world.event()

    def lived(self) -> Waits:
        opens, closes, ends = (_seconds(t) for t in (self._hours.open, self._hours.close, self._hours.day_ends))
        self._happen(days.due(self._today, self._now()))
        self._world.process(self._citizens())
        for point in self._opened:
            self._world.process(self._officer(point, opens))
        self._world.run(until=ends)
        closing = days.due(self._today, self._now())
        unserved = Counter(self._of[event.number].service for event in closing if isinstance(event, e.Unserved))
        busy = {point: min(1.0, seconds / (closes - opens)) for point, seconds in self._busy.items()}
        return Waits(dict(self._waiting), dict(unserved), busy)

    @property
    def _hours(self) -> Hours:
        return self._centre.hours

    def _now(self) -> dt.datetime:
        return self._midnight + dt.timedelta(seconds=self._world.now)

    def _happen(self, happened: Events) -> None:
        for event in happened:
            apply(self._today, event)

    def _citizens(self) -> Process:
        for visit in self._visits:
            yield self._world.timeout(max(0.0, (visit.at - self._now()).total_seconds()))
            number = f"{self._centre.service(visit.service).prefix}{len(self._of):04}"
            self._of[number] = visit
            arrives = e.TicketQueued(
                at=self._now(), number=number, day=self._day, visit=number, service=visit.service,
                given_at=visit.at, priority=visit.priority,
            )  # fmt: skip
            self._happen((arrives,))
            arrival, self._arrival = self._arrival, self._world.event()
            arrival.succeed()

    def _officer(self, point: int, opens: float) -> Process:
        yield self._world.timeout(opens)
        while True:
            self._press(point, m.Next())
            if ticket := self._today.points[point].ticket:
                began = self._world.now
                yield from self._serves(point, self._of[ticket.number])
                self._busy[point] += self._world.now - began
            else:
                yield self._arrival

    def _serves(self, point: int, visit: Coming) -> Process:
        self._waiting[visit.service].append((self._now() - visit.at).total_seconds())
        if visit.took is None:
            yield self._world.timeout(self._centre.calling.answer_seconds)
            self._press(point, m.NoShow())
            return
        yield self._world.timeout(visit.walking)
        self._press(point, m.Start())
        yield self._world.timeout(visit.took)
        self._press(point, m.Finish())

    def _press(self, point: int, action: m.Action) -> None:
        """As an officer does; a press that finds nothing to do is refused, and that is no fault."""
        now = self._now()
        command = m.Command(str(next(self._ids)), point, now, action)
        outcome = rules.decide(self._today, OFFICERS, command, now, lambda: str(next(self._ids)))
        if not isinstance(outcome, m.Refused):
            self._happen(outcome)


def _seconds(time: dt.time) -> float:
    return dt.timedelta(hours=time.hour, minutes=time.minute, seconds=time.second).total_seconds()
