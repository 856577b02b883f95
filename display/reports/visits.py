"""The visits of many days as arrays, from the days' bodies (`display.ledger.columns`).

A visit is a ticket's stay at one service: a transferred ticket is two.  All arrays of `Visits` are of one length, in
the order of days and times of issue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from display.ledger.columns import FIELDS, NONE, OUTCOMES, Head, unpack

Ints = NDArray[np.signedinteger[Any]]
Flags = NDArray[np.bool_]
UNKNOWN = -1  # in arrays of spans and of groups
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Day:
    """A service day of the span, whether anybody came or not."""

    date: dt.date
    numbers: int  # given, those voided included
    voided: int
    peak: int  # the most that waited at one moment
    offset: int  # milliseconds that local time is ahead of UTC at noon


@dataclass(frozen=True)
class Visits:
    """``columns`` has an array for each of `FIELDS`; ``service``, ``officer`` and ``code`` are places in the names here
    (the last two from 1).
    """

    days: tuple[Day, ...]
    services: tuple[str, ...]
    officers: tuple[str, ...]
    codes: tuple[str, ...]
    day: Ints  # place in ``days``
    columns: dict[str, Ints]
    practice: frozenset[dt.date] = frozenset()  # days that are made up (`display.practice`)

    def __len__(self) -> int:
        return len(self.day)

    def __getitem__(self, field: str) -> Ints:
        return self.columns[field]

    @property
    def practice_days(self) -> int:
        """How many of the days of these visits are made up."""
        return len(self.practice.intersection(self.days[place].date for place in set(self.day.tolist())))

    def where(self, chosen: Flags) -> Visits:
        """These visits alone; the days stay."""
        return replace(self, day=self.day[chosen], columns={name: of[chosen] for name, of in self.columns.items()})

    def ended(self, outcome: str) -> Flags:
        return np.equal(self["outcome"], OUTCOMES.index(outcome))

    def known(self, moment: str) -> Flags:
        return np.not_equal(self[moment], NONE)

    def span(self, begin: str, end: str) -> Ints:
        """Milliseconds between two moments; `UNKNOWN` where one is; none at all where a clock was set back between."""
        took = np.maximum(self[end] - self[begin], 0)
        return np.where(self.known(begin) & self.known(end), took, UNKNOWN)

    @property
    def waiting(self) -> Ints:
        """From issue, or transfer, to the first call; `UNKNOWN` too where the time of issue was guessed."""
        return np.where(self["guessed"] == 0, self.span("issued", "first_called"), UNKNOWN)

    @property
    def local(self) -> Ints:
        """Milliseconds since local midnight of the service day at which each was issued."""
        return self["issued"] + np.array([day.offset for day in self.days], np.int32)[self.day]

    def numbers(self) -> list[tuple[dt.date, str]]:
        """Day and number of each visit: the tickets behind a figure.  Meant for some of them (`where`), not all."""
        return [
            (self.days[day].date, f"{chr(letter)}{digits:03}")
            for day, letter, digits in zip(self.day, self["prefix"], self["number"], strict=True)
        ]


def visits(bodies: Iterable[tuple[dt.date, bytes]], zone: ZoneInfo) -> Visits:
    """The visits of these days.  Raises `display.ledger.columns.NotColumns`."""
    dates: list[dt.date] = []
    heads: list[Head] = []
    packed: list[list[memoryview]] = []
    for date, body in bodies:
        head, of_day = unpack(body)
        dates.append(date)
        heads.append(head)
        packed.append(of_day)
    columns = {
        name: np.frombuffer(b"".join(of_day[place] for of_day in packed), f"<{code}")
        for place, (name, code) in enumerate(FIELDS)
    }
    day = np.repeat(np.arange(len(heads), dtype=np.int32), [len(of_day[0]) for of_day in packed])  # a byte a visit
    names = {}
    for field, each, begin in (
        ("service", [head.services for head in heads], 0),
        ("officer", [head.officers for head in heads], 1),
        ("code", [head.codes for head in heads], 1),
    ):
        names[field] = tuple(sorted({name for some in each for name in some}))
        columns[field] = _renamed(columns[field], day, each, names[field], begin)
    days = tuple(
        Day(date, head.numbers, head.voided, head.peak, _offset(date, zone))
        for date, head in zip(dates, heads, strict=True)
    )
    return Visits(days, names["service"], names["officer"], names["code"], day, columns)


def _renamed(places: Ints, day: Ints, each: list[tuple[str, ...]], names: tuple[str, ...], begin: int) -> Ints:
    """Places in the names of a day → places in those of all days; 0 stays 0 where they count from 1."""
    if all(of_day == names for of_day in each):
        return places.astype(np.int16)
    place = {name: number for number, name in enumerate(names, begin)}
    table = np.zeros((len(each), max((len(of_day) for of_day in each), default=0) + begin), np.int16)
    known: dict[tuple[str, ...], list[int]] = {}
    for row, of_day in enumerate(each):
        if of_day not in known:
            known[of_day] = [place[name] for name in of_day]
        table[row, begin : begin + len(of_day)] = known[of_day]
    return table[day, places]


def _offset(date: dt.date, zone: ZoneInfo) -> int:
    ahead = dt.datetime.combine(date, dt.time(12), zone).utcoffset() or dt.timedelta()
    return int(ahead.total_seconds() * 1000)
