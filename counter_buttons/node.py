"""A counter node: pin edges, the hall's words and deadlines in one queue, worked off by one thread that never polls."""

from __future__ import annotations

import datetime as dt
import logging
import math
import queue
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import apsw

from broker import clock, link, node, topics
from broker.language.catalogue import N_, words
from broker.messages import Accepted, Ack, Command, Health, Message, PointStatus, Rated, Refused, Reply, Status
from broker.outbox import Courier, Outbox
from broker.store import CARD_FAULT, alive, open_store
from counter_buttons.buttons import Chips, Wires
from counter_buttons.console import FACE, Ask, Console, Wish
from counter_buttons.lamp import Light
from counter_buttons.votes import VOTE_MIGRATIONS, Votes

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


class Node:
    """The points of one counter node, until `stop`.

    On the node's thread ``heard`` is told each word of the hall about a point, and ``thanked`` each point where a vote
    was kept.  Raises what `open_store` and gpiozero raise.
    """

    def __init__(
        self,
        setting: node.Setting,
        chips: Chips,
        heard: Callable[[PointStatus], object] = lambda _status: None,
        thanked: Callable[[int], object] = lambda _point: None,
    ) -> None:
        centre, site = setting.centre, setting.centre.centre.site
        points = next(buttons.points for buttons in centre.buttons if buttons.name == setting.node)
        self._setting, self._heard, self._thanked = setting, heard, thanked
        self._events: queue.SimpleQueue[Edge | link.Event | None] = queue.SimpleQueue()
        self._store: apsw.Connection = open_store(setting.state / "buttons.sqlite", VOTE_MIGRATIONS)
        outbox = Outbox(self._store)
        self._outbox, self._votes = outbox, Votes(self._store, outbox)
        self._wires = Wires(centre, points, chips, lambda *edge: self._events.put(Edge(*edge)))
        at = clock.monotonic()
        self._consoles = {
            point: Console(centre, point, {wire: self._wires.down(point, wire) for wire in self._wires.of(point)}, at)
            for point in points
        }
        self._shining: dict[int, Light] = {}
        self._asked: dict[int, tuple[str, float]] = {}  # point → id of the unanswered command, its deadline
        self._broker = False
        self._hall = False  # until it says that it is there
        self._card_fails = False
        self._told: tuple[str, ...] = ()  # the warnings of the last health
        filters = [topics.address(site, PointStatus, point=point) for point in points]
        filters += [topics.address(site, kind, node=setting.node) for kind in (Reply, Ack)]
        filters.append(topics.address(site, Status, node="hall"))
        self._link = link.Link(setting, "buttons", filters, self._events.put)
        self._courier = Courier(outbox, self._link.publish)
        self._courier_due: float | None = None
        self._watchdog = node.watchdog_seconds()
        self._ping_due = at

    def stop(self) -> None:
        """End `run` soon; from any thread."""
        self._events.put(None)

    def run(self) -> None:
        """Work until `stop`; then lamps are dark, lines free and the store closed."""
        self._link.start()
        node.notify("READY=1")
        try:
            while self._turn():
                pass
        finally:
            node.notify("STOPPING=1")
            self._link.stop()
            self._wires.close()
            self._store.close()

    # ---------------------------------------------------------------- the loop
    def _turn(self) -> bool:
        """Show the lamps, wait for the next event or deadline, work off what came; False at the end."""
        self._shine(clock.monotonic())
        try:
            event = self._events.get(timeout=max(0.0, self._deadline() - clock.monotonic()))
            while True:  # all that came counts before any deadline does: a release may lie behind the edge at hand
                if event is None:
                    return False
                self._take(event)
                event = self._events.get_nowait()
        except queue.Empty:
            self._tick(clock.monotonic())
        return True

    def _deadline(self) -> float:
        now = clock.monotonic()
        due = [console.deadline(now) for console in self._consoles.values()]
        due += [deadline for _, deadline in self._asked.values()]
        due += [self._courier_due, self._ping_due if self._watchdog else None]
        return min((d for d in due if d is not None), default=now + 3600.0)

    def _shine(self, at: float) -> None:
        for point, console in self._consoles.items():
            light, _ = console.light(at)
            if self._shining.get(point) != light:
                self._shining[point] = light
                self._wires.shine(point, light)

    def _tick(self, at: float) -> None:
        for point, console in self._consoles.items():
            self._grant(console.tick(at, clock.now(), partial(self._wires.down, point)), at)
        for point, (id, deadline) in list(self._asked.items()):
            if at >= deadline:
                log.warning("point %d: no answer to %s in time", point, id)
                del self._asked[point]
                self._consoles[point].answered(False, at)
        if self._courier_due is not None and at >= self._courier_due:
            self._carry(partial(self._courier.tick, at), at)
        if self._watchdog and at >= self._ping_due:
            if self._link.alive and alive(self._store):  # a broker that is away is no fault of ours
                node.notify("WATCHDOG=1")
            self._ping_due = at + self._watchdog / 2
        self._tell_health()

    # ---------------------------------------------------------------- what happened
    def _take(self, event: Edge | link.Event) -> None:
        at = clock.monotonic()
        match event:
            case Edge(point, wire, down, when):
                then = clock.now() - dt.timedelta(seconds=at - when)
                self._grant(self._consoles[point].edge(wire, down, when, then), at)
            case link.Connected():
                self._broker = True
                self._reach()
                self._carry(self._courier.connected, at)
            case link.Disconnected():  # the hall may be gone as well: its retained word will tell when we are back
                self._broker = self._hall = False
                self._reach()
            case link.Received(message):
                self._hear(message, at)

    def _hear(self, message: Message, at: float) -> None:
        match message:
            case PointStatus(point=point) if point in self._consoles:
                self._consoles[point].heard(message)
                self._heard(message)
            case Reply(id=id, point=point, answer=answer) if self._asked.get(point, ("",))[0] == id:
                del self._asked[point]
                if isinstance(answer, Refused):
                    log.info("point %d: refused: %s", point, answer.reason)
                self._consoles[point].answered(isinstance(answer, Accepted), at)
            case Ack():
                self._carry(partial(self._courier.acked, message), at)
            case Status(online=online):  # the hall's: without it nobody answers, whatever the broker does
                self._hall = online
                self._reach()

    def _reach(self) -> None:
        for console in self._consoles.values():
            console.linked(self._broker and self._hall)

    # ---------------------------------------------------------------- what is wished
    def _grant(self, wishes: list[Wish], at: float) -> None:
        for wish in wishes:
            if isinstance(wish, Ask):
                self._command(wish, at)
            else:
                self._vote(wish, at)

    def _command(self, ask: Ask, at: float) -> None:
        left = self._setting.centre.calling.command_seconds - (clock.monotonic() - ask.at)
        deadline = clock.now() + dt.timedelta(seconds=left)
        command = Command(id=uuid.uuid4().hex, point=ask.point, deadline=deadline, action=ask.action)
        if left > 0 and self._link.publish(command, expires=math.ceil(left)):
            self._asked[ask.point] = command.id, at + left
        else:  # this machine was too slow, or the link broke a moment ago: a press is never kept for later
            log.warning("point %d: a press was not sent, with %.1f s left", ask.point, left)
            self._consoles[ask.point].answered(False, at)

    def _vote(self, rated: Rated, at: float) -> None:
        try:
            first = self._votes.cast(rated)
        except apsw.Error:  # a full or failing card must not take the call buttons with it
            log.exception("point %d: a vote could not be kept", rated.point)
            self._card_fails = True
            self._consoles[rated.point].voted(False, at)
            return
        self._card_fails = False
        if first:
            self._consoles[rated.point].voted(True, at)
            self._thanked(rated.point)
            self._carry(self._courier.send, at)

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
            self._link.health(Health(warnings=warnings))

    def _warning(self, point: int, wire: str) -> str:
        _ = words(self._setting.centre.centre.languages[0])
        text = STUCK_FACE if wire.startswith(FACE) else STUCK_BUTTON
        return _(text).format(point=point, button=wire.removeprefix(FACE))
