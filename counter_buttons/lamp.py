"""What the lamp of a point says: a green and a red light and time (pure).

A lamp has one lasting meaning (`Meaning`) and, for a moment, the answer to what was just done (`Answer`), which
covers it.
No pattern flashes more than three times in a second (WCAG 2.2, 2.3.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from broker.messages import PointStatus

Meaning = Literal["idle", "waiting", "called", "serving", "provided", "lost"]
Answer = Literal["accepted", "refused", "thanks"]


class Light(NamedTuple):
    green: bool
    red: bool


class _Step(NamedTuple):
    light: Light
    seconds: float


_DARK, _GREEN, _RED = Light(False, False), Light(True, False), Light(False, True)

# A pattern of one step is steady.  Blinks run on the clock itself, so that all lamps of a node blink in step.
_LASTING: dict[Meaning, Sequence[_Step]] = {
    "idle": [_Step(_DARK, 0)],
    "waiting": [_Step(_GREEN, 0.3), _Step(_DARK, 1.7)],
    "called": [_Step(_GREEN, 0.25), _Step(_DARK, 0.25)],
    "serving": [_Step(_GREEN, 0)],
    "provided": [_Step(_GREEN, 2.7), _Step(_DARK, 0.3)],
    "lost": [_Step(_RED, 0.5), _Step(_DARK, 0.5)],
}
# Each begins dark, so that it stands out from a light that was on, and ends dark.
_MOMENT: dict[Answer, Sequence[_Step]] = {
    "accepted": [_Step(_DARK, 0.1), _Step(_GREEN, 0.1), _Step(_DARK, 0.15), _Step(_GREEN, 0.1), _Step(_DARK, 0.25)],
    "refused": [_Step(_DARK, 0.1)] + [_Step(_RED, 0.2), _Step(_DARK, 0.15)] * 3,
    "thanks": [_Step(_DARK, 0.1)] + [_Step(_GREEN, 0.25), _Step(_RED, 0.25)] * 3 + [_Step(_DARK, 0.2)],
}


def meaning(status: PointStatus | None, linked: bool) -> Meaning:
    """What a lamp should say for good at a point in this state; nothing is known before the hall's first word."""
    if not linked or status is None:
        return "lost"
    match status.state:
        case "called" | "serving" | "provided":
            return status.state
        case "idle" if status.waiting:
            return "waiting"
    return "idle"


class Lamp:
    """What one lamp says for good (`meaning`), and for a moment in answer.

    An answer moves on by one step each time it is shown, so a machine that stalls shows it late and never short: two
    flashes mean another thing than one.
    """

    def __init__(self) -> None:
        self.meaning: Meaning = "lost"
        self._answer: Sequence[_Step] = ()  # what is left of it, the step that shines first
        self._until: float | None = None  # when that step is over; None: it was not shown yet

    def answer(self, answer: Answer) -> None:
        """For a moment the lamp says this instead; a new answer takes the place of one still shown."""
        self._answer, self._until = _MOMENT[answer], None

    def show(self, now: float) -> Light:
        """The light from ``now`` on, a moment of the monotonic clock; whoever asks shows it."""
        if self._until is not None and now >= self._until:
            self._answer, self._until = self._answer[1:], None
        if not self._answer:
            return _within(_LASTING[self.meaning], now)[0]
        if self._until is None:
            self._until = now + self._answer[0].seconds
        return self._answer[0].light

    def due(self, now: float) -> float | None:
        """When `show` is wanted next (None: not before something happens); it may be past."""
        return (self._until or now) if self._answer else _within(_LASTING[self.meaning], now)[1]


def _within(steps: Sequence[_Step], now: float) -> tuple[Light, float | None]:
    """The light of a pattern that repeats on the clock itself, and when it changes."""
    if len(steps) == 1:
        return steps[0].light, None
    period = sum(step.seconds for step in steps)
    end = now // period * period
    for step in steps:
        end += step.seconds
        if now < end:
            break
    return step.light, max(end, now + 0.001)  # rounding must not make a deadline that is already past
