"""A service day in figures, read from the ledger's tables without disturbing the hall.

The structs below, and those of `display.reports.figures`, are also the JSON of ``khiu-hall summary --json``: their
fields are its keys.  Times are seconds.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import numpy as np
from msgspec import Struct

from broker import centre as c
from broker.store import BUSY_MS
from display.ledger.columns import pack
from display.ledger.practice import practice_days
from display.reports.figures import Group, Spread, Within
from display.reports.measures import Grouping, Measures, groups, spread, within
from display.reports.visits import UNKNOWN, Ints, Visits, visits


class LedgerMissing(LookupError):
    """There is no ledger here, or nothing in it."""


class Pauses(Struct, frozen=True):
    """How often officers left a point and came back, and after how long."""

    time: Spread
    reasons: dict[str, int]  # code of the centre's list → how many of them, "" where none was said
    unended: int  # nobody has come back: a pause of this moment, or an officer who went home


class ServiceLine(Struct, frozen=True):
    service: str
    figures: Group
    standard: Within | None  # None: the standard gives this service no time


class PointLine(Struct, frozen=True):
    point: int
    officers: tuple[str, ...]
    figures: Group  # visits called here
    pauses: Pauses


class Summary(Struct, frozen=True):
    day: dt.date
    numbers: int  # given, those voided included
    voided: int
    all: Group
    services: tuple[ServiceLine, ...]
    points: tuple[PointLine, ...]
    practice: bool = False  # it is made up (`display.practice`)


def summary(file: Path, centre: c.Centre, day: dt.date | None = None) -> Summary:
    """The figures of a day (default: the last one with a ticket, not one that has just begun).

    Raises `LedgerMissing`.
    """
    if not file.exists():
        raise LedgerMissing(f"{file}: no such ledger")
    with closing(apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)) as ledger:
        ledger.set_busy_timeout(BUSY_MS)
        with ledger:  # one moment for all queries
            shown = _latest(ledger, file) if day is None else day
            came = visits([(shown, pack(ledger, shown)[1])], centre.zone)
            pauses: list[Any] = ledger.execute(
                "SELECT point, reason, began, ended FROM pause WHERE day = ? ORDER BY began", (shown.isoformat(),)
            ).fetchall()
            practice = practice_days(ledger, shown, shown)
    (of_day,) = came.days
    by_service = _grouped(came["service"], {s.id: _place(came, s.id) for s in centre.services})
    by_point = _grouped(came["point"], {str(point.number): point.number for point in centre.points})
    measures = Measures(came, centre)
    *of_services, everything = groups(measures, by_service)
    return Summary(
        day=shown,
        numbers=of_day.numbers,
        voided=of_day.voided,
        all=everything,
        services=tuple(
            ServiceLine(service.id, figures, kept.get(service.id, _unmeasured(service.standard)))
            for service, figures, kept in zip(
                centre.services, of_services, within(measures, by_service)[:-1], strict=True
            )
        ),
        points=tuple(
            PointLine(point.number, _officers(came, point.number), figures, _pauses(point.number, pauses))
            for point, figures in zip(centre.points, groups(measures, by_point)[:-1], strict=True)
        ),
        practice=shown in practice,
    )


def _latest(ledger: apsw.Connection, file: Path) -> dt.date:
    latest = ledger.execute("SELECT coalesce((SELECT max(day) FROM ticket), max(day)) FROM event").get
    if latest is None:
        raise LedgerMissing(f"{file}: the ledger is empty")
    return dt.date.fromisoformat(str(latest))


def _place(came: Visits, service: str) -> int:
    return came.services.index(service) if service in came.services else UNKNOWN


def _grouped(column: Ints, wanted: Mapping[str, int]) -> Grouping:
    """The visits by the wanted values of a column, also where there is none."""
    of = np.full(len(column), UNKNOWN, np.int16)
    for place, value in enumerate(wanted.values()):
        of[column == value] = place
    return Grouping(of, tuple(wanted))


def _unmeasured(standard: c.Standard | None) -> Within | None:
    return Within(standard.seconds, standard.until, 0, 0, None) if standard else None


def _officers(came: Visits, point: int) -> tuple[str, ...]:
    return tuple(came.officers[place - 1] for place in np.unique(came["officer"][came["point"] == point]) if place)


def _pauses(number: int, rows: Iterable[Any]) -> Pauses:
    here = [(reason or "", began, ended) for point, reason, began, ended in rows if point == number]
    over = [pause for pause in here if pause[2] is not None]
    time = spread((began, ended) for _, began, ended in over)
    return Pauses(time, dict(Counter(reason for reason, _, _ in over)), len(here) - len(over))
