"""The visits behind a figure: whoever doubts a number can look at its tickets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import numpy as np
from msgspec import Struct

from display.ledger.columns import OUTCOMES
from display.reports.measures import Measures
from display.reports.report import By, grouping
from display.reports.visits import UNKNOWN, Flags, Ints, Visits

FIGURES: Mapping[str, Callable[[Measures], Flags]] = {  # the fields of `figures.Group`, and shares by their parts
    "tickets": lambda m: np.ones(len(m.visits), np.bool_),
    "priority": lambda m: m.visits["priority"] == 1,
    **{outcome: lambda m, outcome=outcome: m.visits.ended(outcome) for outcome in OUTCOMES},  # type: ignore[misc]
    "missed": lambda m: _gone(m.visits) & m.visits.known("first_called") & ~m.visits.known("started"),
    "walk_outs": lambda m: _gone(m.visits) & ~m.visits.known("first_called"),
    "broken_off": lambda m: _gone(m.visits) & m.visits.known("started"),
    "waiting": lambda m: m.waiting >= 0,
    "walking": lambda m: m.visits.span("called", "started") >= 0,
    "service": lambda m: m.visits.span("started", "finished") >= 0,
    "measured": lambda m: m.kept % 3 > 0,
    "within": lambda m: m.kept % 3 == 2,
    "over": lambda m: m.kept % 3 == 1,
    "rated": lambda m: m.visits["level"] > 0,
    **{f"rated_{level}": lambda m, level=level: m.visits["level"] == level for level in range(1, 6)},  # type: ignore[misc]
    "told": lambda m: m.told[0] > 0,
}


class Behind(Struct, frozen=True):
    """One visit; spans in seconds, None where they are not known."""

    day: dt.date
    number: str
    service: str
    point: int | None
    officer: str | None
    outcome: str
    waiting: float | None
    walking: float | None
    service_time: float | None
    level: int | None


def behind(measures: Measures, figure: str, lines: Mapping[By, str]) -> Visits:
    """The visits that a figure (one of `FIGURES`) counts which are in all of these lines; without a line, of all.

    Raises `KeyError` for a figure or a line that there is none of.
    """
    chosen = FIGURES[figure](measures)
    for by, key in lines.items():
        of = grouping(measures.visits, by)
        if key not in of.keys:
            raise KeyError(key)
        chosen = chosen & (of.of == of.keys.index(key))
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
        *(_seconds(span) for span in (part.waiting, part.span("called", "started"), part.span("started", "finished"))),
        part["level"].tolist(),
        strict=True,
    )
    return [
        Behind(day, number, part.services[service], point or None, part.officers[officer - 1] if officer else None,
               OUTCOMES[outcome], waiting, walking, took, level or None)
        for (day, number), service, point, officer, outcome, waiting, walking, took, level in columns
    ]  # fmt: skip


def _gone(visits: Visits) -> Flags:
    return visits.ended("no_show") | visits.ended("unserved")


def _seconds(span: Ints) -> list[float | None]:
    return [None if value < 0 else round(value / 1000, 1) for value in span.tolist()]
