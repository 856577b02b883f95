"""How an estimated wait is told: the same on tickets, kiosk, board and desk.  Pure."""

from __future__ import annotations

import math


def told_minutes(seconds: float) -> int:
    """An estimate as people are told it: whole minutes, at least 1; past 10, rounded up to fives."""
    whole = max(1, math.ceil(seconds / 60))
    return whole if whole <= 10 else math.ceil(whole / 5) * 5
