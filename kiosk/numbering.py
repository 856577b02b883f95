"""The next number: never twice in a service day, never backwards.

A number is a service's prefix and three digits.  Each kiosk gives from a range of its own (centre.toml,
``kiosk.numbers``), so kiosks need not ask each other, nor the hall.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class NoneLeft:
    """This kiosk's range is used up for this prefix today."""

    prefix: str


def next_number(prefix: str, numbers: tuple[int, int], last: str | None) -> str | NoneLeft:
    """The number after ``last`` (the highest of this prefix given today, None before the first) within ``numbers``.

    A range moved down in the middle of a day gives nothing rather than a number a second time.
    """
    first, highest = numbers
    following = max(first, int(last[1:]) + 1) if last else first
    return f"{prefix}{following:03}" if following <= highest else NoneLeft(prefix)


def service_day(today: dt.date, known: dt.date | None, hall: dt.date | None = None) -> dt.date:
    """The service day to number in: today, but never before the last day known, unless the ``hall`` says today too.

    A clock that jumps back (no battery, a wrong time server) goes on in the last day; the caller warns when the two
    differ.  Numbering anew there would give A001 a second time.  But where the hall's clock agrees with ours, it was
    the last day known that a wrong clock made, and no ticket of it counts.
    """
    return today if known is None or hall == today else max(today, known)
