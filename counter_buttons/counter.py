"""What a counter node does between events, without threads, pins, clocks or sockets: they are arguments.

`counter_buttons.node` drives it with real ones, the simulation with its own; both run this code.
"""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import apsw
from msgspec.structs import replace

from broker import link, topics
from broker.centre import Centre
from broker.clock import Moment
from broker.hall_clock import HallClock
from broker.language.catalogue import N_, words
from broker.messages import Accepted, Ack, Command, Health, Message, PointStatus, Rated, Refused, Reply, Status
from broker.outbox import Courier, Outbox
from broker.store import CARD_FAULT
from counter_buttons.console import FACE, Ask, Console, Wish, wires
from counter_buttons.lamp import Light
from counter_buttons.votes import Votes

log = logging.getLogger(__name__)
COURIER_SECONDS = 1.0  # how often unacknowledged facts are looked at, while there are any
STUCK_BUTTON, STUCK_FACE = N_("Point {point}: button “{button}” is stuck"), N_("Point {point}: face {button} is stuck")


@dataclass(frozen=True)
class Edge:
    """A line changed at ``at``, in seconds of the monotonic clock."""

    point: int
    wire: str
    down: bool
    at: float


class Points(Protocol):
    """What is at the points: lines that can be read, and what is to be seen."""

    def down(self, point: int, wire: str) -> bool:
        """The line as it stands now."""

    def shine(self, point: int, light: Light) -> None:
        """Set a point's lamp."""

    def heard(self, status: PointStatus) -> None:
        """The hall spoke of a point."""

    def thanked(self, rated: Rated) -> None:
        """A vote is safe, and its lamp thanks."""


def served(centre: Centre, name: str) -> tuple[int, ...]:
    """The points of the counter node of this name."""
    return next(buttons.points for buttons in centre.buttons if buttons.name == name)


def subscriptions(centre: Centre, name: str) -> list[str]:
    """The topics that this node must hear."""
    site = centre.centre.site
    filters = [topics.address(site, PointStatus, point=point) for point in served(centre, name)]
    filters += [topics.address(site, kind, node=name) for kind in (Reply, Ack)]
    return [*filters, topics.address(site, Status, node="hall")]


class Counter:
    """The points of the counter node ``name``, over a store opened with `VOTE_MIGRATIONS`.

    Hand over what happens (`take`), call `tick` at `deadline`, and `shine` after either.
    """

    def __init__(
        self,
        centre: Centre,
        name: str,
        store: apsw.Connection,
        wire: link.Wire,
        points: Points,
        new_id: Callable[[], str],
        at: float,
    ) -> None:
        self._centre, self._wire, self._points, self._new_id = centre, wire, points, new_id
        self._outbox = Outbox(store)
        self._votes = Votes(store, self._outbox)
        self._courier = Courier(self._outbox, wire.publish)
        self._courier_due: float | None = None
        self._consoles = {
            point: Console(centre, point, {wire: points.down(point, wire) for wire in wires(centre, point)}, at)
            for point in served(centre, name)
        }
        self._shining: dict[int, Light] = {}
        self._asked: dict[int, tuple[str, float]] = {}  # point → id of the unanswered command, its deadline
        self._broker = False
        self._hall = False  # until it says that it is there
        self._hall_clock = HallClock()
        self._card_fails = False
        self._told: tuple[str, ...] = ()  # the warnings of the last health

    # ---------------------------------------------------------------- what happens
    def take(self, event: Edge | link.Event, moment: Moment) -> None:
        """An edge, or a word of the link."""
        match event:
            case Edge(point, wire, down, when):
                then = self._hall_clock.shows(moment) - dt.timedelta(seconds=moment.at - when)
                self._grant(self._consoles[point].edge(wire, down, when, then), moment)
            case link.Connected():
                self._broker = True
                self._reach()
                self._carry(partial(self._courier.connected, moment), moment.at)
            case link.Disconnected():  # the hall may be gone as well: its retained word will tell when we are back
                self._broker = self._hall = False
                self._reach()
            case link.Received(message, _, retained):
                if not retained:
                    self._learn_time(message, moment)
                self._hear(message, moment)

    def tick(self, moment: Moment) -> None:
        """Time has passed."""
        at = moment.at
        for point, console in self._consoles.items():
            self._grant(console.tick(at, self._hall_clock.shows(moment), partial(self._points.down, point)), moment)
        for point, (id, deadline) in list(self._asked.items()):
            if at >= deadline:
                log.warning("point %d: no answer to %s in time", point, id)
                del self._asked[point]
                self._consoles[point].answered(False)
        if self._courier_due is not None and at >= self._courier_due:
            self._carry(partial(self._courier.tick, moment), at)
        self._tell_health()

    def deadline(self, at: float, lamps: bool = True) -> float | None:
        """When `tick` is wanted next; or `shine`, where somebody looks at the ``lamps``."""
        due = [console.deadline(at) if lamps else console.due() for console in self._consoles.values()]
        due += [deadline for _, deadline in self._asked.values()]
        due.append(self._courier_due)
        return min((d for d in due if d is not None), default=None)

    def shine(self, at: float) -> None:
        """Show each lamp that is not as it should be."""
        for point, console in self._consoles.items():
            light = console.show(at)
            if self._shining.get(point) != light:
                self._shining[point] = light
                self._points.shine(point, light)

    # ---------------------------------------------------------------- what the hall says
    def _learn_time(self, message: Message, moment: Moment) -> None:
        match message:
            case Reply(answer=Refused(reason="late" | "clock_ahead"), at=at):  # what we took for its time is not
                self._hall_clock.set(at, moment)
            case Reply(at=at) | Ack(at=at):
                self._hall_clock.hear(at, moment)

    def _hear(self, message: Message, moment: Moment) -> None:
        match message:
            case PointStatus(point=point) if point in self._consoles:
                self._consoles[point].heard(message)
                self._points.heard(message)
            case Reply(id=id, point=point, answer=answer) if self._asked.get(point, ("",))[0] == id:
                del self._asked[point]
                if isinstance(answer, Refused):
                    log.info("point %d: refused: %s", point, answer.reason)
                self._consoles[point].answered(isinstance(answer, Accepted))
            case Ack():
                self._carry(partial(self._courier.acked, message, moment), moment.at)
            case Status(online=online):  # the hall's: without it nobody answers, whatever the broker does
                self._hall = online
                self._reach()

    def _reach(self) -> None:
        for console in self._consoles.values():
            console.linked(self._broker and self._hall)

    # ---------------------------------------------------------------- what is wished
    def _grant(self, wishes: list[Wish], moment: Moment) -> None:
        for wish in wishes:
            if isinstance(wish, Ask):
                self._command(wish, moment)
            else:
                self._vote(wish, moment)

    def _command(self, ask: Ask, moment: Moment) -> None:
        left = self._centre.calling.command_seconds - (moment.at - ask.at)
        deadline = self._hall_clock.shows(moment) + dt.timedelta(seconds=left)
        command = Command(id=self._new_id(), point=ask.point, deadline=deadline, action=ask.action)
        if left > 0 and self._wire.publish(command, expires=math.ceil(left)):
            self._asked[ask.point] = command.id, moment.at + left
        else:  # this machine was too slow, or the link broke a moment ago: a press is never kept for later
            log.warning("point %d: a press was not sent, with %.1f s left", ask.point, left)
            self._consoles[ask.point].answered(False)

    def _vote(self, rated: Rated, moment: Moment) -> None:
        at, unsure = moment.at, not self._hall_clock.sure(moment)
        try:
            first = self._votes.cast(replace(rated, unsure=unsure), moment.since if unsure else None)
        except apsw.Error:  # a full or failing card must not take the call buttons with it
            log.exception("point %d: a vote could not be kept", rated.point)
            self._card_fails = True
            self._consoles[rated.point].voted(False)
            return
        self._card_fails = False
        if first:
            self._consoles[rated.point].voted(True)
            self._points.thanked(rated)
            self._carry(partial(self._courier.send, moment), at)

    def _carry(self, step: Callable[[], object], at: float) -> None:
        """A step of the courier.  A full or failing card must not take the call buttons with it."""
        try:
            step()
            waiting = bool(self._outbox.pending(1))
        except apsw.Error as error:
            log.warning("the card fails; what was voted waits: %s", error)
            waiting = self._card_fails = True
        self._courier_due = at + COURIER_SECONDS if waiting and self._broker else None

    def _tell_health(self) -> None:
        stuck = [self._warning(point, wire) for point, console in self._consoles.items() for wire in console.stuck()]
        warnings = (*stuck, CARD_FAULT) if self._card_fails else tuple(stuck)
        if warnings != self._told:
            self._told = warnings
            self._wire.health(Health(warnings=warnings))

    def _warning(self, point: int, wire: str) -> str:
        _ = words(self._centre.centre.languages[0])
        text = STUCK_FACE if wire.startswith(FACE) else STUCK_BUTTON
        return _(text).format(point=point, button=wire.removeprefix(FACE))
