"""The visits of past days as the what-if page needs them (`display.staffing`), and what became of them in truth.

How long a visit takes is known of those that were served; to one whose end nobody saw, or that was never called, the
median of its service in these days is given, for other officers would have served it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from broker.store import reader
from display.ledger.practice import practice_days
from display.ledger.schema import MIGRATIONS
from display.queue.estimate import USUAL
from display.staffing import Coming, Waits

_VISITS = """
    SELECT day, service, priority, issued, first_called, called, started, finished, outcome, point
    FROM visit WHERE day BETWEEN ? AND ? AND outcome IS NOT NULL AND outcome <> 'voided' AND NOT guessed
    ORDER BY day, issued, id
"""


@dataclass(frozen=True)
class PastDay:
    """A service day that is over."""

    visits: Sequence[Coming]
    open: frozenset[int]  # points that called anybody
    waits: Waits  # as they were; ``busy`` is not known
    practice: bool = False  # it is made up (`display.practice`)


def past_days(file: Path, first: dt.date, last: dt.date) -> dict[dt.date, PastDay]:
    """The days between these two, both included, on which anybody came.  Raises `broker.store.StoreError`."""
    rows: dict[str, list[Any]] = defaultdict(list)
    with closing(reader(file, MIGRATIONS)) as ledger:
        for day, *visit in ledger.execute(_VISITS, (first.isoformat(), last.isoformat())):
            rows[str(day)].append(visit)
        practice = practice_days(ledger, first, last)
    usual = _usual([visit for day in rows.values() for visit in day])
    days = {dt.date.fromisoformat(day): visits for day, visits in rows.items()}
    return {day: _past(visits, usual, day in practice) for day, visits in days.items()}


def _usual(visits: Sequence[Any]) -> Mapping[str, float]:
    took: dict[str, list[float]] = defaultdict(list)
    for service, _priority, _issued, _first, _called, started, finished, *_rest in visits:
        if started is not None and finished is not None:
            took[service].append(max(0.0, finished - started))
    return defaultdict(lambda: float(USUAL), {service: median(seconds) for service, seconds in took.items()})


def _past(visits: Sequence[Any], usual: Mapping[str, float], practice: bool) -> PastDay:
    waiting: dict[str, list[float]] = defaultdict(list)
    unserved: dict[str, int] = defaultdict(int)
    for service, _priority, issued, first_called, *_times, outcome, _point in visits:
        if first_called is not None:
            waiting[service].append(max(0.0, first_called - issued))
        elif outcome == "unserved":
            unserved[service] += 1
    points = frozenset(int(visit[-1]) for visit in visits if visit[-1] is not None)
    return PastDay([_coming(visit, usual) for visit in visits], points, Waits(waiting, unserved, {}), practice)


def _coming(visit: Any, usual: Mapping[str, float]) -> Coming:
    service, priority, issued, _first, called, started, finished, outcome, _point = visit
    took = max(0.0, finished - started) if started is not None and finished is not None else usual[service]
    return Coming(
        dt.datetime.fromtimestamp(issued, dt.UTC),
        service,
        bool(priority),
        walking=max(0.0, started - called) if called is not None and started is not None else 0.0,
        took=None if outcome == "no_show" else took,
    )
