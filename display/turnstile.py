"""The hall's door for messages: each node at the pace of its busiest day, whatever the others do.

A node gone mad, or taken over, that sends a thousand messages a second must not keep the hall from the presses of the
others.  What comes faster changes nothing.  To an honest node nothing is lost by that: facts come again until they are
acknowledged, and no officers press so fast.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from broker import clock
from broker.link import STATUS_SECONDS, Event, Received
from broker.messages import Status

A_SECOND = 50.0  # messages of one node, for as long as it likes
AT_ONCE = 200.0  # and so many before that counts: a kiosk that comes back brings a morning's facts
A_STATUS = 25.0  # messages that a status stands for: each may change what every screen shows; a link sends one a second


@dataclass(frozen=True)
class TurnedAway:
    """So many messages of this node came too fast."""

    node: str
    count: int


class Turnstile:
    """Give this to the link in place of ``deliver``, which hears what may pass and, at most once a second for each
    node, how many were turned away.  Called on the link's thread alone.
    """

    def __init__(
        self, deliver: Callable[[Event | TurnedAway], object], now: Callable[[], float] = clock.monotonic
    ) -> None:
        self._deliver, self._now = deliver, now
        self._left: dict[str, tuple[float, float]] = {}  # node → what it may still send, as of when
        self._turned_away: Counter[str] = Counter()  # node → messages not told of yet
        self._told: dict[str, float] = {}

    def __call__(self, event: Event) -> None:
        """One event of the link."""
        weight = A_STATUS if isinstance(event, Received) and isinstance(event.message, Status) else 1.0
        if isinstance(event, Received) and not self._may_pass(event.key, weight):
            self._turn_away(event.key)
        else:
            self._deliver(event)

    def _may_pass(self, node: str, weight: float) -> bool:
        now = self._now()
        left, at = self._left.get(node, (AT_ONCE, now))
        left = min(AT_ONCE, left + (now - at) * A_SECOND)
        passes = left >= weight
        self._left[node] = left - weight * passes, now
        return passes

    def _turn_away(self, node: str) -> None:
        self._turned_away[node] += 1
        if self._now() - self._told.get(node, float("-inf")) >= STATUS_SECONDS:
            self._told[node] = self._now()
            self._deliver(TurnedAway(node, self._turned_away.pop(node)))
