"""The visits behind a figure: whoever doubts a number can look at its tickets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from msgspec import Struct

from display.ledger.columns import OUTCOMES
from display.reports.measures import Measures
from display.reports.report import BAND, BANDS, BY, By, grouping
from display.reports.visits import UNKNOWN, Flags, Ints, Visits

MINUTE_MS = 60_000
FIGURES: Mapping[str, Callable[[Measures], Flags]] = {  # the fields of `figures.Group`, and shares by their parts
    "tickets": lambda m: np.ones(len(m.visits), np.bool_),
    "priority": lambda m: m.visits["priority"] == 1,
    **{outcome: lambda m, outcome=outcome: m.visits.ended(outcome) for outcome in OUTCOMES},  # type: ignore[misc]
    "missed": lambda m: _gone(m.visits) & m.visits.known("first_called") & ~m.visits.known("started"),
    "walk_outs": lambda m: _gone(m.visits) & ~m.visits.known("first_called"),
    "broken_off": lambda m: _gone(m.visits) & m.visits.known("started"),
    "called": lambda m: m.visits["calls"] > 0,
    "waiting": lambda m: m.waiting >= 0,
    "waiting_priority": lambda m: m.spans[1] >= 0,
    "waiting_others": lambda m: m.spans[2] >= 0,
    "walking": lambda m: m.visits.span("called", "started") >= 0,
    "service": lambda m: m.visits.span("started", "finished") >= 0,
    "measured": lambda m: m.kept % 3 > 0,
    "within": lambda m: m.kept % 3 == 2,
    "over": lambda m: m.kept % 3 == 1,
    "rateable": lambda m: m.visits.span("started", "finished") >= 0,
    "rated": lambda m: m.visits["level"] > 0,
    **{f"rated_{level}": lambda m, level=level: m.visits["level"] == level for level in range(1, 6)},  # type: ignore[misc]
    "told": lambda m: m.told[0] > 0,
    "peak": lambda m: _at_the_peak(m.visits),
}
Line = By | Literal["code", "band"]  # … or an outcome's code, or the minute at which a band of a distribution begins
LINES: tuple[Line, ...] = (*BY, "code", "band")


class Behind(Struct, frozen=True):
    """One visit; spans in seconds, None where they are not known."""

    day: dt.date
    number: str
    service: str
    point: int | None
    officer: str | None
    outcome: str
    calls: int
    waiting: float | None
    walking: float | None
    service_time: float | None
    level: int | None


def behind(measures: Measures, figure: str, lines: Mapping[Line, str]) -> Visits:
    """The visits that a figure (one of `FIGURES`) counts which are in all of these lines; without a line, of all.

    Raises `KeyError` for a figure or a line that there is none of.
    """
    chosen = FIGURES[figure](measures)
    for by, key in lines.items():
        chosen = chosen & _in_line(measures, figure, by, key)
    return measures.visits.where(chosen)


def of_officer(visits: Visits, name: str) -> Visits:
    """The visits that were last called under this name; what is counted of a whole day stays the hall's."""
    place = visits.officers.index(name) + 1 if name in visits.officers else UNKNOWN
    return visits.where(np.equal(visits["officer"], place))


def listed(visits: Visits, first: int = 0, count: int = 100) -> list[Behind]:
    """So many of these visits, by day and time of issue, from this place on."""
    part = visits.where(np.isin(np.arange(len(visits)), np.arange(first, first + count)))
    columns = zip(
        part.numbers(),
        part["service"].tolist(),
        part["point"].tolist(),
        part["officer"].tolist(),
        part["outcome"].tolist(),
        part["calls"].tolist(),
        *(_seconds(span) for span in (part.waiting, part.span("called", "started"), part.span("started", "finished"))),
        part["level"].tolist(),
        strict=True,
    )
    return [
        Behind(day, number, part.services[service], point or None, part.officers[officer - 1] if officer else None,
               OUTCOMES[outcome], calls, waiting, walking, took, level or None)
        for (day, number), service, point, officer, outcome, calls, waiting, walking, took, level in columns
    ]  # fmt: skip


def _in_line(measures: Measures, figure: str, by: Line, key: str) -> Flags:
    visits = measures.visits
    if by == "code":
        if key not in visits.codes:
            raise KeyError(key)
        return np.equal(visits["code"], visits.codes.index(key) + 1)
    if by == "band":
        begin = dict(zip(map(str, BANDS), BANDS, strict=True))[key]
        took = _spans(measures, figure)
        after = took > begin * MINUTE_MS if begin else took >= 0
        return after & (took <= (begin + BAND) * MINUTE_MS) if begin != BANDS[-1] else after  # the last has no end
    of = grouping(visits, by)
    if key not in of.keys:
        raise KeyError(key)
    return np.equal(of.of, of.keys.index(key))


def _spans(measures: Measures, figure: str) -> Ints:
    """What a distribution of this figure is of: milliseconds, below 0 for unknown."""
    if figure == "waiting":
        return measures.waiting
    if figure != "measured":
        raise KeyError(figure)
    spans = np.full(len(measures.visits), UNKNOWN, np.int32)
    for its, took in measures.standards.values():
        spans[its] = took
    return spans


def _at_the_peak(visits: Visits) -> Flags:
    """Those that waited when the most of all days waited, at the first such moment (`display.ledger.columns`)."""
    most = max((day.peak for day in visits.days), default=0)
    if not most:
        return np.zeros(len(visits), np.bool_)
    place = next(place for place, day in enumerate(visits.days) if day.peak == most)
    its = (visits.day == place) & (visits["guessed"] == 0)
    came = visits["issued"]
    gone = np.where(visits.known("first_called"), np.maximum(visits["first_called"], came), np.iinfo(np.int32).max)
    moments = np.sort(came[its])
    waiting = np.searchsorted(moments, moments, "right") - np.searchsorted(np.sort(gone[its]), moments, "right")
    at = moments[np.argmax(waiting)]
    then: Flags = its & (came <= at) & (gone > at)
    return then


def _gone(visits: Visits) -> Flags:
    return visits.ended("no_show") | visits.ended("unserved")


def _seconds(span: Ints) -> list[float | None]:
    return [None if value < 0 else round(value / 1000, 1) for value in span.tolist()]
