"""Wait for something to be true in the world outside."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class NotSeen(AssertionError):
    """What should have happened was not seen in time."""


def until(what: str, look: Callable[[], T | None], within: float = 10.0) -> T:
    """The first truthy answer of ``look``.  Raises `NotSeen` after ``within`` seconds."""
    end = time.monotonic() + within
    while True:
        if seen := look():
            return seen
        if time.monotonic() > end:
            raise NotSeen(f"not seen within {within:.0f} s: {what}")
        time.sleep(0.03)
