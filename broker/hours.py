"""Whether numbers are given now, and until when that holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from broker import centre

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Open:
    until: dt.datetime  # local, aware


@dataclass(frozen=True)
class Shut:
    until: dt.datetime  # local, aware: the next opening


Hours = Open | Shut


def hours(now: dt.datetime, rules: centre.Hours) -> Hours:
    """Open or shut at ``now`` (aware, in the centre's zone).  Opening belongs to the hours, closing does not."""
    for opens, closes in _spans(now, rules):
        if now < opens:
            return Shut(opens)
        if now < closes:
            return Open(closes)
    raise ValueError("hours.days names no day")  # centre.load refuses such a file


def _spans(now: dt.datetime, rules: centre.Hours) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    for ahead in range(8):
        day = now.date() + dt.timedelta(days=ahead)
        if DAYS[day.weekday()] in rules.days:
            yield (
                dt.datetime.combine(day, rules.open, now.tzinfo),
                dt.datetime.combine(day, rules.close, now.tzinfo),
            )
