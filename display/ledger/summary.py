"""A service day in figures, read from the ledger's tables without disturbing the hall.

The structs below are also the JSON of ``khiu-hall summary --json``: their fields are its keys.  Times are seconds.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any, Literal

import apsw
import msgspec
from msgspec import Struct

from broker import centre as c
from broker.store import BUSY_MS


class LedgerMissing(LookupError):
    """There is no ledger here, or nothing in it."""


class Spread(Struct, frozen=True):
    """How long something took; all None where ``n`` is 0."""

    n: int
    mean: float | None = None
    median: float | None = None
    p90: float | None = None  # nine of ten took no longer (nearest rank)
    longest: float | None = None


class Within(Struct, frozen=True):
    """Share of visits within the service's standard.

    The clock runs from the start of service until the information was provided, or until the visit was finished if the
    standard says so or nobody pressed "provided" (R2.2; choosing documents afterwards has no limit, R2.3a).
    """

    seconds: int
    until: Literal["provided", "finished"]
    n: int
    within: int
    percent: float | None


class Ratings(Struct, frozen=True):
    """The smileys (R2.4).  Both percentages that are in use in Thailand, each under its own name."""

    n: int
    rateable: int  # visits that were served and could be rated
    response_percent: float | None
    counts: dict[str, int]  # level → how many, 5 first
    mean: float | None
    sd: float | None  # of a sample (n − 1)
    mean_percent: float | None  # mean ÷ highest level × 100
    satisfied_percent: float | None  # levels 4 and 5 ÷ all × 100; None with three levels


class Group(Struct, frozen=True):
    """Visits seen together.  ``tickets`` = served + transferred + no_show + unserved + open."""

    tickets: int
    priority: int
    served: int
    transferred: int
    no_show: int
    unserved: int
    open: int  # waiting, called, held or being served now
    calls: int
    waiting: Spread  # issued (or transferred here) → first call; not of those whose time of issue nobody knew
    waiting_priority: Spread
    waiting_others: Spread
    walking: Spread  # the last call before the start, recalls included → start
    service: Spread  # start → finish; unknown where only the day's end closed the visit
    ratings: Ratings
    outcomes: dict[str, int]  # code of the centre's list → visits that officers finished with it


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


class Visit(Struct, frozen=True):
    """A row of the table ``visit`` with its rating."""

    service: str
    priority: bool
    point: int | None
    officer: str | None
    calls: int
    issued: float
    guessed: bool  # when it was issued
    first_called: float | None
    called: float | None
    started: float | None
    provided: float | None
    finished: float | None
    outcome: str | None
    outcome_code: str | None
    level: int | None


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
            tickets = [s for (s,) in ledger.execute("SELECT state FROM ticket WHERE day = ?", (shown.isoformat(),))]
            rows = ledger.execute(
                f"""SELECT {", ".join(Visit.__struct_fields__)}
                    FROM visit LEFT JOIN rating ON visit = id
                    WHERE day = ? AND outcome IS NOT 'voided'""",  # noqa: S608 - the names of our own columns
                (shown.isoformat(),),
            )
            visits = [_visit(row) for row in rows]
            pauses: list[Any] = ledger.execute(
                "SELECT point, reason, began, ended FROM pause WHERE day = ? ORDER BY began", (shown.isoformat(),)
            ).fetchall()
    return Summary(
        day=shown,
        numbers=len(tickets),
        voided=tickets.count("voided"),
        all=_group(visits, centre),
        services=tuple(_service(s, [v for v in visits if v.service == s.id], centre) for s in centre.services),
        points=tuple(
            _point(p.number, [v for v in visits if v.point == p.number], _pauses(p.number, pauses), centre)
            for p in centre.points
        ),
    )


def _latest(ledger: apsw.Connection, file: Path) -> dt.date:
    latest = ledger.execute("SELECT coalesce((SELECT max(day) FROM ticket), max(day)) FROM event").get
    if latest is None:
        raise LedgerMissing(f"{file}: the ledger is empty")
    return dt.date.fromisoformat(str(latest))


def _visit(row: Sequence[Any]) -> Visit:
    return msgspec.convert(dict(zip(Visit.__struct_fields__, row, strict=True)), Visit, strict=False)


def _service(service: c.Service, visits: list[Visit], centre: c.Centre) -> ServiceLine:
    standard = _within(service.standard, visits) if service.standard else None
    return ServiceLine(service.id, _group(visits, centre), standard)


def _point(number: int, visits: list[Visit], pauses: Pauses, centre: c.Centre) -> PointLine:
    officers = dict.fromkeys(v.officer for v in visits if v.officer)
    return PointLine(number, tuple(officers), _group(visits, centre), pauses)


def _pauses(number: int, rows: Iterable[Any]) -> Pauses:
    here = [(reason or "", began, ended) for point, reason, began, ended in rows if point == number]
    over = [pause for pause in here if pause[2] is not None]
    time = _spread((began, ended) for _, began, ended in over)
    return Pauses(time, dict(Counter(reason for reason, _, _ in over)), len(here) - len(over))


def _group(visits: list[Visit], centre: c.Centre) -> Group:
    outcomes = [v.outcome for v in visits]
    return Group(
        tickets=len(visits),
        priority=sum(v.priority for v in visits),
        served=outcomes.count("served"),
        transferred=outcomes.count("transferred"),
        no_show=outcomes.count("no_show"),
        unserved=outcomes.count("unserved"),
        open=outcomes.count(None),
        calls=sum(v.calls for v in visits),
        waiting=_waiting(visits),
        waiting_priority=_waiting(v for v in visits if v.priority),
        waiting_others=_waiting(v for v in visits if not v.priority),
        walking=_spread((v.called, v.started) for v in visits),
        service=_spread((v.started, v.finished) for v in visits),
        ratings=_ratings(visits, centre.survey.levels),
        outcomes=dict(Counter(v.outcome_code for v in visits if v.outcome_code)),
    )


def _waiting(visits: Iterable[Visit]) -> Spread:
    return _spread((visit.issued, visit.first_called) for visit in visits if not visit.guessed)


def _spread(spans: Iterable[tuple[float | None, float | None]]) -> Spread:
    """Of the spans whose both ends are known; a clock set back between them counts as no time at all."""
    took = sorted(max(0.0, end - begin) for begin, end in spans if begin is not None and end is not None)
    if not took:
        return Spread(0)
    p90 = took[math.ceil(0.9 * len(took)) - 1]
    return Spread(len(took), *(round(x, 1) for x in (fmean(took), median(took), p90, took[-1])))


def _within(standard: c.Standard, visits: list[Visit]) -> Within:
    took = []
    for visit in visits:
        provided = visit.provided if standard.until == "provided" else None
        end = visit.finished if provided is None else provided
        if visit.started is not None and end is not None:
            took.append(end - visit.started)
    within = sum(seconds <= standard.seconds for seconds in took)
    return Within(standard.seconds, standard.until, len(took), within, _percent(within, len(took)))


def _ratings(visits: list[Visit], levels: int) -> Ratings:
    rateable = sum(v.started is not None and v.finished is not None for v in visits)
    given = [v.level for v in visits if v.level is not None]
    mean = fmean(given) if given else None
    return Ratings(
        n=len(given),
        rateable=rateable,
        response_percent=_percent(len(given), rateable),
        counts={str(level): given.count(level) for level in range(levels, 0, -1)},
        mean=round(mean, 2) if mean is not None else None,
        sd=round(stdev(given), 2) if len(given) > 1 else None,
        mean_percent=round(mean / levels * 100, 1) if mean is not None else None,
        satisfied_percent=_percent(sum(level >= 4 for level in given), len(given)) if levels == 5 else None,
    )


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
