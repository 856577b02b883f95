"""Practice days: who comes when, how long each takes, who does not answer, what is rated.  All of it is made up.

A day is drawn from the centre and a source of chance alone, so the same chance gives the same day.  Spans and moments
are seconds, moments since local midnight.  The distributions are guesses at a small office, and prove nothing of one.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

from msgspec.structs import replace

from broker.centre import Centre, Service
from broker.hours import DAYS
from display.queue.estimate import USUAL

Chance = Callable[[], float]  # from 0 up to, not including, 1
T = TypeVar("T")

A_DAY = 80  # tickets, about
BUSY = (1.2, 1.0, 0.95, 1.0, 0.9, 0.6, 0.6)  # Monday first
SHARES = (5, 2, 3)  # of the services in their order, and again from the first
RUSHES = (
    (0.2, 0.08, 1.2),
    (0.64, 0.1, 0.8),
)  # of morning and afternoon: where in the opening hours most come, how broadly, how many
SLOTS = 64  # of the opening hours
LEVELS = {5: (1, 2, 8, 34, 55), 3: (4, 21, 75)}  # least satisfied first
LATE = 0.12  # how often one officer of a service that has several comes after lunch only
LUNCH = 30 * 60.0
LAST_CALL = -900.0, 300.0  # from and to, after the doors are closed: then an officer has called for the last time


@dataclass(frozen=True)
class Citizen:
    at: float
    service: str
    priority: bool
    takes_ticket: bool  # False: it is left in the printer, and voided
    answers: int | None  # the call that she comes to; None: to none
    walks: float
    asks: float  # from start until provided
    chooses: float  # from then until finished
    moves_to: str | None  # the service that she is transferred to, instead of being provided
    level: int | None  # her smiley
    outcome: str | None


@dataclass(frozen=True)
class Shift:
    """An officer's day at a point."""

    point: int
    begins: float
    lunch: float  # math.inf: none
    ends: float  # nobody is called after it


@dataclass(frozen=True)
class Drawn:
    date: dt.date
    citizens: tuple[Citizen, ...]  # in the order in which they come
    shifts: tuple[Shift, ...]


def working_days(centre: Centre, before: dt.date, count: int) -> list[dt.date]:
    """The last days of opening before this one, in order; as many as there are within a year, at most ``count``."""
    earlier = (before - dt.timedelta(days=ago) for ago in range(1, 366))
    opened = [day for day in earlier if DAYS[day.weekday()] in centre.hours.days and day not in centre.days_off]
    return opened[:count][::-1]


def with_stand_ins(centre: Centre) -> Centre:
    """This centre with kiosks and buttons of other names.

    The ledger then knows no number of a real one's facts, and is told the week that a new one lacks (`broker.outbox`).
    """
    return replace(
        centre,
        kiosks=tuple(replace(kiosk, name=f"practice-kiosk-{n}") for n, kiosk in enumerate(centre.kiosks)),
        buttons=tuple(replace(buttons, name=f"practice-buttons-{n}") for n, buttons in enumerate(centre.buttons)),
    )


def draw(centre: Centre, date: dt.date, chance: Chance) -> Drawn:
    """One day of this centre."""
    count = round(A_DAY * BUSY[date.weekday()] * _between(chance, 0.85, 1.15))
    citizens = sorted((_citizen(centre, chance) for _ in range(count)), key=lambda citizen: citizen.at)
    return Drawn(date, tuple(citizens), tuple(_shifts(centre, chance)))


def _citizen(centre: Centre, chance: Chance) -> Citizen:
    service = _one_of(chance, centre.services, [SHARES[n % len(SHARES)] for n in range(len(centre.services))])
    others = [other.id for other in centre.services if other is not service]
    moves = others and chance() < 0.06
    levels = range(1, centre.survey.levels + 1)
    return Citizen(
        at=_comes(centre, chance),
        service=service.id,
        priority=chance() < 0.1,
        takes_ticket=chance() > 0.015,
        answers=_one_of(chance, (1, 2, None), (90, 5, 5)),
        walks=_between(chance, 8, 50),
        asks=_about(chance, _usual(service)),
        chooses=_about(chance, 90),
        moves_to=_one_of(chance, others) if moves else None,
        level=_one_of(chance, levels, LEVELS[centre.survey.levels]) if chance() < 0.6 else None,
        outcome=_one_of(chance, tuple(centre.outcomes)) if centre.outcomes and chance() < 0.7 else None,
    )


def _shifts(centre: Centre, chance: Chance) -> list[Shift]:
    """Of several officers of a service one may be late; half of them go to lunch when the others are back."""
    opens, closes = _seconds(centre.hours.open), _seconds(centre.hours.close)
    noon = opens + 0.41 * (closes - opens)
    shifts: dict[int, Shift] = {}
    for service in centre.services:
        late = int(chance() * len(service.points)) if len(service.points) > 1 and chance() < LATE else None
        for place, point in enumerate(service.points):
            begins, lunch = opens + _between(chance, -300, 600), noon + place % 2 * (LUNCH + 300)
            if place == late:
                begins, lunch = noon, math.inf
            ends = closes + _between(chance, *LAST_CALL)
            shifts.setdefault(point, Shift(point, begins, lunch, ends))
    return list(shifts.values())


def _comes(centre: Centre, chance: Chance) -> float:
    opens, closes = _seconds(centre.hours.open), _seconds(centre.hours.close)
    slot = _one_of(chance, range(SLOTS), [_rush((n + 0.5) / SLOTS) for n in range(SLOTS)])
    return opens + (slot + chance()) / SLOTS * (closes - opens)


def _rush(of_day: float) -> float:
    """How many come at this part of the opening hours, against other parts."""
    return 0.15 + sum(many * math.exp(-(((of_day - where) / broad) ** 2)) for where, broad, many in RUSHES)


def _usual(service: Service) -> float:
    return 0.5 * service.standard.seconds if service.standard else 1.2 * USUAL


def _about(chance: Chance, mean: float) -> float:
    """Erlang's distribution of three phases: most take a little less than the mean, few much longer."""
    return -mean / 3 * sum(math.log(1 - chance()) for _ in range(3))


def _between(chance: Chance, least: float, most: float) -> float:
    return least + (most - least) * chance()


def _one_of(chance: Chance, choices: Sequence[T], weights: Sequence[float] | None = None) -> T:
    sums = list(accumulate(weights or [1] * len(choices)))
    return choices[bisect(sums, chance() * sums[-1])]


def _seconds(time: dt.time) -> float:
    return dt.timedelta(hours=time.hour, minutes=time.minute, seconds=time.second).total_seconds()
