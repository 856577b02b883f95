"""A service day that a test writes down line by line: who came, who pressed what, how time went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import count

from msgspec.structs import replace

from broker import messages as m
from broker.centre import DEFAULT, Centre, load
from display.queue import day, events, intake, rules
from display.queue.apply import apply
from display.queue.state import Today

CENTRE = load(DEFAULT)
MONDAY = dt.date(2026, 11, 23)
NINE = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)  # 09:00 in Bangkok


def with_calling(**changes: object) -> Centre:
    """The default centre with other calling rules."""
    return replace(CENTRE, calling=replace(CENTRE.calling, **changes))


def ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"id-{next(numbers)}"


class Script:
    """Decides and applies, as the hall does, and keeps the events."""

    def __init__(self, centre: Centre = CENTRE, now: dt.datetime = NINE) -> None:
        self.today = Today(centre)
        self.now = now
        self.events: list[events.Event] = []
        self._new_id = ids()
        self.clock()

    def happen(self, happened: tuple[events.Event, ...]) -> None:
        for event in happened:
            apply(self.today, event)
            self.events.append(event)

    def clock(self) -> None:
        while due := day.due(self.today, self.now):
            self.happen(due)

    def after(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)
        self.clock()

    def fact(self, node: str, fact: m.AnyFact) -> rules.Events | intake.Rejected:
        taken = intake.take(self.today, node, fact, self.now, self._new_id)
        if isinstance(taken, tuple):
            self.happen(taken)
        return taken

    def arrive(self, *numbers: str, priority: bool = False, ago: float = 0) -> None:
        """Citizens take these numbers, a second apart, the first ``ago`` seconds before now."""
        service = {"A": "1.1", "B": "1.2", "R": "1.3"}
        for place, number in enumerate(numbers):
            given = self.now - dt.timedelta(seconds=ago - place)
            issued = m.TicketIssued(number, MONDAY, service[number[0]], given, priority)
            assert isinstance(self.fact("kiosk-1", issued), tuple)

    def press(
        self, point: int, action: m.Action, node: str = "buttons-1", by: str | None = None, expect: str | None = None
    ) -> str | None:
        """The number that the command was accepted with, or the reason of its refusal."""
        command = m.Command(self._new_id(), point, self.now + dt.timedelta(seconds=5), action, by, expect)
        outcome = rules.decide(self.today, node, command, self.now, self._new_id)
        if isinstance(outcome, m.Refused):
            return outcome.reason
        self.happen(outcome)
        return rules.answer(outcome).ticket

    def serve(self, point: int, seconds: float = 60) -> str | None:
        """Call, start, and finish after so long; the number served."""
        number = self.press(point, m.Next())
        self.press(point, m.Start())
        self.after(seconds)
        self.press(point, m.Finish())
        return number

    def stand(self, point: int) -> str:
        """How the point stands, as a page made now would have it."""
        return self.today.stand(self.today.points[point])

    def state(self, number: str) -> str:
        return self.today.tickets[number].state

    def at(self, point: int) -> str | None:
        ticket = self.today.points[point].ticket
        return ticket.number if ticket else None
