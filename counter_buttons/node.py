"""A counter node: pin edges, the hall's words and deadlines in one queue, worked off by one thread that never polls."""

from __future__ import annotations

import queue
import uuid
from collections.abc import Callable

from broker import clock, link, node
from broker.messages import PointStatus, Rated
from broker.store import alive, open_healed
from counter_buttons.buttons import Chips, Wires
from counter_buttons.counter import Counter, Edge, served, subscriptions
from counter_buttons.lamp import Light
from counter_buttons.votes import VOTE_MIGRATIONS

LONGEST_SECONDS = 3600.0  # no wait is longer


class Node:
    """The points of one counter node, until `stop`.

    On the node's thread ``heard`` is told each word of the hall about a point, and ``thanked`` each vote that was kept.
    Raises what `open_healed` and gpiozero raise.
    """

    def __init__(
        self,
        setting: node.Setting,
        chips: Chips,
        heard: Callable[[PointStatus], object] = lambda _status: None,
        thanked: Callable[[Rated], object] = lambda _rated: None,
    ) -> None:
        centre, self._heard, self._thanked = setting.centre, heard, thanked
        self._events: queue.SimpleQueue[Edge | link.Event | None] = queue.SimpleQueue()
        self._store, warned = open_healed(setting.state / "buttons.sqlite", VOTE_MIGRATIONS)
        self._wires = Wires(centre, served(centre, setting.node), chips, lambda *edge: self._events.put(Edge(*edge)))
        self._link = link.Link(setting, "buttons", subscriptions(centre, setting.node), self._events.put, warned)
        at = self._ping_due = clock.monotonic()
        self._watchdog = node.watchdog_seconds()
        self._counter = Counter(centre, setting.node, self._store, self._link, self, _new_id, at)

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

    def _turn(self) -> bool:
        """Show the lamps, wait for the next event or deadline, work off what came; False at the end."""
        self._counter.shine(clock.monotonic())
        try:
            event = self._events.get(timeout=max(0.0, self._deadline() - clock.monotonic()))
            while True:  # all that came counts before any deadline does: a release may lie behind the edge at hand
                if event is None:
                    return False
                self._counter.take(event, clock.moment())
                event = self._events.get_nowait()
        except queue.Empty:
            self._counter.tick(clock.moment())
            self._ping(clock.monotonic())
        return True

    def _deadline(self) -> float:
        now = clock.monotonic()
        due = [now + LONGEST_SECONDS, self._counter.deadline(now), self._ping_due if self._watchdog else None]
        return min(d for d in due if d is not None)

    def _ping(self, at: float) -> None:
        if self._watchdog and at >= self._ping_due:
            if self._link.alive and alive(self._store):  # a broker that is away is no fault of ours
                node.notify("WATCHDOG=1")
            self._ping_due = at + self._watchdog / 2

    # ---------------------------------------------------------------- what is at the points, for `Counter`
    def down(self, point: int, wire: str) -> bool:
        return self._wires.down(point, wire)

    def shine(self, point: int, light: Light) -> None:
        self._wires.shine(point, light)

    def heard(self, status: PointStatus) -> None:
        self._heard(status)

    def thanked(self, rated: Rated) -> None:
        self._thanked(rated)


def _new_id() -> str:
    return uuid.uuid4().hex
