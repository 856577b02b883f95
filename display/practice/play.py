"""A drawn day lived through by a hall: its own core decides, its own ledger keeps, as on a day that was.

Only time is simulated, by simpy, and nobody listens to what the hall says.  Each day bears the event `PracticeDay`, so
whoever reads the ledger, or a report of it, is told that nobody came.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Generator

import simpy

from broker import messages as m
from broker.link import Received
from display.hall import Hall
from display.practice.draw import LUNCH, Citizen, Drawn, Shift
from display.queue import estimate
from display.queue import events as e

BEFORE = 900.0  # seconds before the doors open at which the day begins
LOOKS_UP, WRITES_UP = 8.0, 20.0  # seconds until an officer sees that somebody waits; and after a visit
Process = Generator[simpy.Event, object, None]


class Nobody:
    """A wire that leads nowhere."""

    def publish(self, *_message: object, **_to: object) -> bool:
        return False

    def health(self, health: m.Health) -> None:
        """Said to nobody."""


def play(hall: Hall, drawn: Drawn, new_id: Callable[[], str]) -> None:
    """Live through this day, which comes after all in the hall's ledger, to its end; durable on return."""
    with hall.ledger.together():
        _Day(hall, drawn, new_id).live()


class _Day:
    def __init__(self, hall: Hall, drawn: Drawn, new_id: Callable[[], str]) -> None:
        self._hall, self._drawn, self._new_id, self._centre = hall, drawn, new_id, hall.centre
        self._kiosk = self._centre.kiosks[0]
        self._buttons = {point: buttons.name for buttons in self._centre.buttons for point in buttons.points}
        self._given: Counter[str] = Counter()  # service → numbers
        self._of: dict[str, Citizen] = {}  # number → its holder
        self._moved: set[str] = set()  # numbers that were transferred
        self._midnight = dt.datetime.combine(drawn.date, dt.time(), self._centre.zone).astimezone(dt.UTC)
        self._world = simpy.Environment(self._at(self._centre.hours.open) - BEFORE)
        self._arrival = self._world.event()

    def live(self) -> None:
        self._hall.tick(self._now())
        self._hall.ledger.record(self._drawn.date, (e.PracticeDay(at=self._now(), day=self._drawn.date),))
        self._world.process(self._citizens())
        for shift in self._drawn.shifts:
            if shift.point in self._buttons:
                self._world.process(self._officer(shift))
        self._world.run(until=self._at(self._centre.hours.day_ends))
        self._hall.tick(self._now())

    # ------------------------------------------------------------ who comes
    def _citizens(self) -> Process:
        for citizen in self._drawn.citizens:
            yield self._world.timeout(max(0.0, citizen.at - self._world.now))
            first, last = self._kiosk.numbers
            number = first + self._given[citizen.service]
            if number <= last:
                self._given[citizen.service] += 1
                self._comes(f"{self._centre.service(citizen.service).prefix}{number:03}", citizen)

    def _comes(self, number: str, citizen: Citizen) -> None:
        ticket = number, self._drawn.date, citizen.service, self._now()
        told = estimate.wait(self._hall.today, citizen.service)
        self._says(self._kiosk.name, m.TicketIssued(*ticket, citizen.priority, estimate=told))
        self._of[number] = citizen
        if citizen.takes_ticket:
            self._somebody_waits()
        else:
            self._says(self._kiosk.name, m.TicketVoided(*ticket))

    def _somebody_waits(self) -> None:
        arrival, self._arrival = self._arrival, self._world.event()
        arrival.succeed()

    # ------------------------------------------------------------ who serves
    def _officer(self, shift: Shift) -> Process:
        point, to_lunch = shift.point, shift.lunch
        yield self._world.timeout(max(0.0, shift.begins - self._world.now))
        self._presses(point, m.Open())
        while self._world.now < shift.ends:
            if self._world.now >= to_lunch:
                to_lunch = math.inf
                yield from self._lunch(point)
            elif ticket := self._hall.today.next_for(self._hall.today.points[point]):
                self._presses(point, m.Next())
                yield from self._serves(point, ticket.number)
            else:
                until = min(to_lunch, shift.ends)
                yield self._arrival | self._world.timeout(until - self._world.now)
                yield self._world.timeout(LOOKS_UP)

    def _lunch(self, point: int) -> Process:
        self._presses(point, m.Close("lunch" if "lunch" in self._centre.pauses else None))
        yield self._world.timeout(LUNCH)
        self._presses(point, m.Open())

    def _serves(self, point: int, number: str) -> Process:
        citizen, patience = self._of[number], self._centre.calling.answer_seconds + LOOKS_UP
        if citizen.answers != 1:
            yield self._world.timeout(patience)
            self._presses(point, m.Recall())
        if citizen.answers is None:
            yield self._world.timeout(patience)
            self._presses(point, m.NoShow())
            return
        yield self._world.timeout(citizen.walks)
        self._presses(point, m.Start())
        yield self._world.timeout(citizen.asks)
        if citizen.moves_to and number not in self._moved:
            self._moved.add(number)
            self._presses(point, m.Transfer(citizen.moves_to))
            self._somebody_waits()
        else:
            self._presses(point, m.Provided())
            yield self._world.timeout(citizen.chooses)
            self._presses(point, m.Finish(citizen.outcome))
            yield self._world.timeout(LOOKS_UP)
            self._rates(point, citizen)
        yield self._world.timeout(WRITES_UP)

    def _rates(self, point: int, citizen: Citizen) -> None:
        survey = self._hall.today.points[point].survey
        if citizen.level and survey:
            self._says(self._buttons[point], m.Rated(survey.visit, point, citizen.level, self._now()))

    # ------------------------------------------------------------ what the hall hears
    def _says(self, node: str, fact: m.QueueFact) -> None:
        self._hears(node, m.Fact(self._hall.ledger.acked.get(node, 0) + 1, fact))

    def _presses(self, point: int, action: m.Action) -> None:
        """As an officer does; a press that finds nothing to do is refused, and that is no fault."""
        deadline = self._now() + dt.timedelta(seconds=self._centre.calling.command_seconds)
        self._hears(self._buttons[point], m.Command(self._new_id(), point, deadline, action))

    def _hears(self, node: str, message: m.Fact | m.Command) -> None:
        self._hall.receive(Received(message, node, False), self._now())

    def _now(self) -> dt.datetime:
        return self._midnight + dt.timedelta(seconds=self._world.now)

    def _at(self, time: dt.time) -> float:
        moment = dt.datetime.combine(self._drawn.date, time, self._centre.zone)
        return (moment - self._midnight).total_seconds()
