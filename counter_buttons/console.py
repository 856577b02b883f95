"""One point's buttons, faces and lamp as a whole (pure): edges, time and the hall's words in; wishes and light out.

Instants named ``at`` are seconds of the monotonic clock that stamps the edges; ``now`` is the aware wall time then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from broker.centre import Centre
from broker.messages import Action, PointStatus, Rated
from counter_buttons.bindings import bindings, decide
from counter_buttons.gestures import Contact, Kind
from counter_buttons.lamp import Lamp, Light, meaning
from counter_buttons.smileys import rating

FACE = "smiley-"


@dataclass(frozen=True)
class Ask:
    """The officer wants this of the hall, since the gesture ``at``: whoever asks late must not ask at all."""

    point: int
    action: Action
    at: float


Wish = Ask | Rated
DOUBLE_PRESS = 0.35  # seconds: a button tapped twice so quickly was meant once; `advance` would call and start


def wires(centre: Centre, point: int) -> dict[str, int]:
    """Name of each input of a point → its pin: its buttons, then "smiley-1" (lowest) and so on.

    With three levels the first three face pins are used.  A point without pins has no wires.
    """
    pins = centre.point(point).pins
    if pins is None:
        return {}
    return pins.buttons | {f"{FACE}{n}": pin for n, pin in enumerate(pins.smileys[: centre.survey.levels], 1)}


class Console:
    """``found`` tells of each wire whether it was down at the start; such a press is none until it is let go."""

    def __init__(self, centre: Centre, point: int, found: Mapping[str, bool], at: float) -> None:
        rules = centre.buttons_default
        bound = bindings(centre, point)
        self.point = point
        self._centre = centre
        self._contacts = {
            wire: Contact(
                rules.debounce_ms / 1000,
                rules.long_press_ms / 1000 if f"{wire}.long" in bound else None,
                down,
                at,
            )
            for wire, down in found.items()
        }
        self._lamp = Lamp()
        self._status: PointStatus | None = None
        self._linked = False
        self._asking = False
        self._pressed = "", float("-inf")  # the last button, and when

    # ---------------------------------------------------------------- what happens
    def edge(self, wire: str, down: bool, at: float, now: dt.datetime) -> list[Wish]:
        """A line changed."""
        return self._gesture(wire, self._contacts[wire].edge(down, at), at, now)

    def tick(self, at: float, now: dt.datetime, read: Callable[[str], bool]) -> list[Wish]:
        """Time has passed; ``read`` tells whether a wire is down, and is asked only where it decides something."""
        wishes: list[Wish] = []
        due = [(deadline, wire) for wire, c in self._contacts.items() if (deadline := c.deadline()) is not None]
        for deadline, wire in sorted(due):  # of two faces tapped in quick succession, the first is the vote
            if deadline <= at:
                wishes += self._gesture(wire, self._contacts[wire].tick(at, read(wire)), at, now)
        return wishes

    def heard(self, status: PointStatus) -> None:
        """The hall said how the point stands."""
        self._status = status
        self._lamp.meaning = meaning(status, self._linked)

    def linked(self, linked: bool) -> None:
        """The hall can (or cannot) be reached."""
        self._linked = linked
        self._lamp.meaning = meaning(self._status, linked)

    def answered(self, accepted: bool) -> None:
        """The hall answered what was asked, or (not accepted) its time to answer is over."""
        self._asking = False
        self._lamp.answer("accepted" if accepted else "refused")

    def voted(self, kept: bool) -> None:
        """The vote is safe, and gets its thanks; or it could not be kept."""
        self._lamp.answer("thanks" if kept else "refused")

    # ---------------------------------------------------------------- what shows
    def deadline(self, at: float) -> float | None:
        """When `tick` or `show` is wanted next."""
        return min((d for d in (self._lamp.due(at), self.due()) if d is not None), default=None)

    def due(self) -> float | None:
        """When `tick` is wanted next."""
        due = (contact.deadline() for contact in self._contacts.values())
        return min((d for d in due if d is not None), default=None)

    def show(self, at: float) -> Light:
        """The light of the lamp from now on; whoever asks shows it."""
        return self._lamp.show(at)

    def stuck(self) -> list[str]:
        """The wires that are held as nobody holds a button."""
        return [wire for wire, contact in self._contacts.items() if contact.stuck]

    # ---------------------------------------------------------------- inside
    def _gesture(self, wire: str, kind: Kind | None, at: float, now: dt.datetime) -> list[Wish]:
        if kind is None:
            return []
        made = self._contacts[wire].made
        if wire.startswith(FACE):
            tapped = now - dt.timedelta(seconds=at - made)
            rated = rating(self._status, int(wire.removeprefix(FACE)), tapped)
            return [rated] if rated else []
        return self._ask(f"{wire}.{kind}", made)

    def _ask(self, gesture: str, made: float) -> list[Wish]:
        if not self._linked or self._status is None:
            return []  # the lamp says already that nothing can be asked
        button = gesture.partition(".")[0]
        trembled = button == self._pressed[0] and made - self._pressed[1] < DOUBLE_PRESS
        self._pressed = button, made
        if trembled:
            return []
        action = None if self._asking else decide(gesture, self._status, self._centre)
        if action is None:  # one request at a time: the state it was read from is about to change
            self._lamp.answer("refused")
            return []
        self._asking = True
        return [Ask(self.point, action, made)]
