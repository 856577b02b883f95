"""Whether numbers are given now, and until when that holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from broker import office

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Open:
    until: dt.datetime  # local, aware


@dataclass(frozen=True)
class Shut:
    until: dt.datetime  # local, aware: the next opening


Hours = Open | Shut


def hours(now: dt.datetime, rules: office.Hours, off: Collection[dt.date] = ()) -> Hours:
    """Open or shut at ``now`` (aware, in the centre's zone), shut on the days ``off`` (`Centre.days_off`).

    Opening belongs to the hours, closing does not.
    """
    for opens, closes in _spans(now, rules, off):
        if now < opens:
            return Shut(opens)
        if now < closes:
            return Open(closes)
    raise ValueError("hours.days names no day")  # centre.load refuses such a file


def _spans(
    now: dt.datetime, rules: office.Hours, off: Collection[dt.date]
) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    for ahead in range(7 * (len(off) + 1) + 1):  # were each day off the next one that is open
        day = now.date() + dt.timedelta(days=ahead)
        if DAYS[day.weekday()] in rules.days and day not in off:
            yield (
                dt.datetime.combine(day, rules.open, now.tzinfo),
                dt.datetime.combine(day, rules.close, now.tzinfo),
            )
