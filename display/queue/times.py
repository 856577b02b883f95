"""The times of facts whose sender could not know what time it was (`messages.Fact.age`), put right on arrival.  Pure.

A kiosk that starts without a clock, and without the hall to ask, goes on giving numbers.  Its steady clock tells how
long ago each was given, so where it has not started anew since, the hall knows when, and on which day.  Where it has,
the ticket stays in the day that its clock showed, unless that cannot be: the clock was never set, or showed a day
before one that the kiosk knew.  Then it was given when the machine last started, at the latest: to call somebody in
vain costs less than never to call somebody who waits.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from broker import messages as m
from broker.clock import was_set
from display.queue.events import Certainty


@dataclass(frozen=True)
class Repair:
    """What was done to a fact's time: how well it is known, and the day that the kiosk told, if it was another."""

    certainty: Certainty = "known"
    told_day: dt.date | None = None


NONE = Repair()
OLDEST = dt.timedelta(days=31)  # a kiosk that was away longer than this has a wrong clock


def repaired(message: m.Fact, zone: ZoneInfo, today: dt.date, now: dt.datetime) -> tuple[m.AnyFact, Repair]:
    """The fact with its true time and day, and what that took.

    ``now`` is the hall's clock and ``today`` its service day; while that clock was never set nobody knows the time.
    """
    fact = message.fact
    if isinstance(fact, m.DeskFact) or not fact.unsure:
        return fact, NONE
    if not was_set(now):
        return fact, Repair("guessed")
    if isinstance(fact, m.Rated):
        at, certainty = _when(fact.rated_at, message, now)
        return replace(fact, rated_at=at), Repair(certainty)
    told = fact.given_at if fact.given_at.astimezone(zone).date() >= fact.day else now  # it knew of a later day
    at, certainty = _when(told, message, now)
    day = min(at.astimezone(zone).date(), today)
    return replace(fact, given_at=at, day=day), Repair(certainty, fact.day if day != fact.day else None)


def _when(told: dt.datetime, message: m.Fact, now: dt.datetime) -> tuple[dt.datetime, Certainty]:
    if message.age is not None:
        return now - dt.timedelta(seconds=message.age), "repaired"
    latest = now - dt.timedelta(seconds=message.over or 0.0)
    return (told if was_set(told) and now - OLDEST <= told <= latest else latest), "guessed"
