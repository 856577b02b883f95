"""Edges of one contact and time → short and long presses (pure).

A contact is down or up only after it has rested there for the debounce time, so bounce and interference, whose
edges come closer together than that, never count.  A press is dated by the edge that began the rest.

Time is an argument: seconds of one monotonic clock, the one that stamps the edges.  The machine names its next
`deadline`; whoever drives it hands over every edge that came before, then calls `tick`.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["short", "long"]
STUCK_SECONDS = 30.0  # nobody holds a call button so long: a jammed cap or a shorted wire


class Contact:
    """One push button or touch dome.

    ``debounce`` and ``long`` are seconds.  A long press is given at the moment it becomes one, and its release then
    gives nothing; a short press is given at its release.  With ``long`` None there is nothing to wait for, and the
    short press is given as soon as the contact rests.  ``down`` is how the contact was found at ``at``: a press that
    began before anybody looked is none.  ``made``: when the finger made the last gesture, however late it is given.
    """

    def __init__(self, debounce: float, long: float | None, down: bool = False, at: float = 0.0) -> None:
        self._debounce = debounce
        self._long = long
        self._raw = self._rested = down
        self._since = at  # when the raw level last changed
        self._pressed = at  # when the rested press began
        self._given = down  # this press has had its gesture
        self.made = at
        self.stuck = False

    def edge(self, down: bool, at: float) -> Kind | None:
        """The line changed (or is said to have) at ``at``; a level that was there already changes nothing."""
        gesture = self._advance(at)
        if down != self._raw:
            self._raw, self._since = down, max(at, self._since)
        return gesture

    def tick(self, now: float, down: bool | None = None) -> Kind | None:
        """Time has passed.  ``down`` is the line as read just now: it heals an edge that was lost on the way."""
        if down is not None and down != self._raw:
            self._raw, self._since = down, max(now, self._since)
        return self._advance(now)

    def deadline(self) -> float | None:
        """When `tick` is wanted next; None: only an edge can change anything."""
        if self._raw != self._rested:
            return self._since + self._debounce
        if not self._rested or self.stuck:
            return None
        if self._long is not None and not self._given:
            return self._pressed + self._long
        return self._pressed + STUCK_SECONDS

    def _advance(self, now: float) -> Kind | None:
        if self._raw != self._rested and now >= self._since + self._debounce:
            return self._rest(now)
        if self._rested and self._raw:  # while the line is up, it is about to be a release, dated before this
            self.stuck = self.stuck or now >= self._pressed + STUCK_SECONDS
            if self._long is not None and not self._given and now >= self._pressed + self._long:
                self._given, self.made = True, self._pressed + self._long
                return "long"
        return None

    def _rest(self, now: float) -> Kind | None:
        self._rested, self.stuck, self.made = self._raw, False, self._since
        if not self._rested:
            given, self._given = self._given, True
            return None if given else "short"
        self._pressed, self._given = self._since, self._long is None
        return "short" if self._given else self._advance(now)
