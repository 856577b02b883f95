"""A report: the figures of a span of days, together and by service, point, officer, hour or weekday.

``lines`` gives one table, `report` all that the report's pages show.  Times are seconds unless a name says otherwise;
the hour and weekday of a visit are those at which it was issued, by the centre's clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from msgspec import Struct

from broker.centre import Centre
from broker.hours import DAYS
from display.ledger.columns import NONE
from display.reports.case_figures import CaseFigures
from display.reports.figures import Group, Ratings, Spread, Within, percent
from display.reports.measures import Grouping, Measures, groups, ratings, spreads, within
from display.reports.spans import Span
from display.reports.visits import DAY_MS, UNKNOWN, Ints, Visits

By = Literal["service", "point", "officer", "hour", "weekday"]
BY: tuple[By, ...] = ("service", "point", "officer", "hour", "weekday")
HOUR_MS = DAY_MS // 24
BAND = 5  # minutes
BANDS = tuple(range(0, 61, BAND))  # minutes at which a band of a distribution begins; the last one has no end
ORIENTATION = 900  # seconds: no limit of the standard, which has none for waiting


class Load(Struct, frozen=True):
    """How much there was to do; a visit that was never called, or that no officer ended, is no hour of service."""

    days: int  # on which there was any visit of this line
    per_day: float | None  # visits, on such a day
    service_hours: float  # start → finish, summed
    share_percent: float | None  # of all service hours


class Line(Struct, frozen=True):
    """``key``: a service's id, a point's number, an officer's name, an hour ("09"), a weekday ("mon") or "all"."""

    key: str
    figures: Group
    within: dict[str, Within]  # service → its share within the standard; none of it: no standard, or no such visit
    load: Load


class Peak(Struct, frozen=True):
    """The most visits that waited for their first call at one moment of a day (R12)."""

    most: int
    day: dt.date | None  # the first such day
    seats: int | None
    days_over: int | None  # days on which more waited than there are seats


class Distribution(Struct, frozen=True):
    """How many visits took how long: a count for each of `BANDS`."""

    counts: tuple[int, ...]
    limit: int  # seconds, marked in the chart
    within_percent: float | None


class Moment(Struct, frozen=True):
    """A place of the trend: a day, or a month by its first day."""

    day: dt.date
    tickets: int
    waiting: Spread
    ratings: Ratings
    within: dict[str, Within]


class Report(Struct, frozen=True):
    first: dt.date
    last: dt.date
    days: int  # with at least one visit
    numbers: int  # given, those voided included
    voided: int
    by: By
    all: Line
    lines: tuple[Line, ...]
    peak: Peak
    waiting: Distribution  # against 15 minutes for orientation: the standard limits no waiting
    standards: dict[str, Distribution]  # service → what its standard counts, against its limit
    heat: tuple[tuple[int, ...], ...]  # tickets by weekday (Monday first) and hour (0–23)
    heat_waiting: tuple[tuple[float | None, ...], ...]  # median waiting likewise
    trend: tuple[Moment, ...]
    cases: CaseFigures = CaseFigures()
    practice: int = 0  # of ``days``, those that are made up (`display.practice`)


def report(
    visits: Visits,
    span: Span,
    by: By,
    centre: Centre,
    seats: int | None = None,
    cases: CaseFigures = CaseFigures(),  # noqa: B008 -- frozen
) -> Report:
    """All of one report.  ``seats``: of the waiting area, where that is known."""
    measures = Measures(visits, centre)
    *its, everything = _lines(measures, grouping(visits, by))
    heat, heat_waiting = _heat(measures)
    return Report(
        first=span.first,
        last=span.last,
        days=everything.load.days,
        numbers=sum(day.numbers for day in visits.days),
        voided=sum(day.voided for day in visits.days),
        by=by,
        all=everything,
        lines=_with_visits(its),
        peak=_peak(visits, seats),
        waiting=_distribution(measures.waiting, UNKNOWN, ORIENTATION),
        standards={
            service.id: _distribution(measures.standards[service.id][1], NONE, service.standard.seconds)
            for service in centre.services
            if service.standard and service.id in measures.standards
        },
        heat=heat,
        heat_waiting=heat_waiting,
        trend=_trend(measures, span),
        cases=cases,
        practice=visits.practice_days,
    )


def lines(visits: Visits, by: By, centre: Centre) -> tuple[Line, ...]:
    """One line for each service, point, officer, hour or weekday that has a visit, in their order."""
    return _with_visits(_lines(Measures(visits, centre), grouping(visits, by))[:-1])


def grouping(visits: Visits, by: By) -> Grouping:
    """The visits by what ``by`` says; in no group, where it does not apply: never called to a point or an officer."""
    match by:
        case "service":
            return Grouping(visits["service"].astype(np.int16), visits.services)
        case "point":
            points = visits["point"].astype(np.int16)
            known = np.unique(points)
            numbers = known[known > 0]
            places = np.full(256, UNKNOWN, np.int16)
            places[numbers] = np.arange(len(numbers))
            return Grouping(places[points], tuple(map(str, numbers)))
        case "officer":
            return Grouping(visits["officer"].astype(np.int16) - 1, visits.officers)  # UNKNOWN is −1
        case "hour":
            return Grouping(_hours(visits), tuple(f"{hour:02}" for hour in range(24)))
        case "weekday":
            return Grouping(_weekdays(visits)[visits.day], DAYS)


def _with_visits(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.figures.tickets)


def _lines(measures: Measures, by: Grouping) -> list[Line]:
    """Of each group, and last of all visits."""
    return [
        Line(*line)
        for line in zip(
            (*by.keys, "all"), groups(measures, by), within(measures, by), _loads(measures, by), strict=True
        )
    ]


def _loads(measures: Measures, by: Grouping) -> list[Load]:
    served = np.maximum(measures.spans[-1], 0) / HOUR_MS
    hours, everything = by.summed(served), float(served.sum())
    visits_a_day = by.counted(measures.visits.day, max(1, len(measures.visits.days)))
    days = (visits_a_day > 0).sum(1).tolist()
    return [
        Load(met, round(n / met, 1) if met else None, round(spent, 1), percent(spent, everything))
        for met, n, spent in zip(days, by.sizes, hours, strict=True)
    ]


def _trend(measures: Measures, span: Span) -> tuple[Moment, ...]:
    """Day by day where there are few, else month by month; those without a visit are left out."""
    dates = [day.date if span.short else day.date.replace(day=1) for day in measures.visits.days]
    places = {date: place for place, date in enumerate(sorted(set(dates)))}
    of = np.array([places[date] for date in dates], np.int16)[measures.visits.day]
    by = Grouping(of, tuple(map(str, places)))
    rateable = list(map(int, by.summed(measures.spans[-1] >= 0)))
    columns = by.sizes, spreads(measures.waiting, by), ratings(measures, by, rateable), within(measures, by)
    moments = (Moment(*moment) for moment in zip(places, *columns, strict=False))  # without all together
    return tuple(moment for moment in moments if moment.tickets)


def _hours(visits: Visits) -> Ints:
    return (visits.local // HOUR_MS % 24).astype(np.int16)


def _weekdays(visits: Visits) -> Ints:
    return np.array([day.date.weekday() for day in visits.days], np.int16)


def _peak(visits: Visits, seats: int | None) -> Peak:
    most = max((day.peak for day in visits.days), default=0)
    first = next(day.date for day in visits.days if day.peak == most) if most else None
    return Peak(most, first, seats, sum(day.peak > seats for day in visits.days) if seats is not None else None)


def _distribution(spans: Ints, unknown: int, limit: int) -> Distribution:
    known = np.sort(spans[spans != unknown])
    ends = [begin * 60_000 for begin in BANDS[1:]]
    up_to = np.searchsorted(known, [*ends, limit * 1000], side="right").tolist()  # a band's end belongs to it
    counts = (after - before for before, after in pairwise((0, *up_to[:-1], len(known))))
    return Distribution(tuple(counts), limit, percent(up_to[-1], len(known)))


def _heat(measures: Measures) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[float | None, ...], ...]]:
    visits = measures.visits
    by = Grouping(_weekdays(visits)[visits.day] * 24 + _hours(visits), tuple(map(str, range(7 * 24))))
    tickets = [by.sizes[day * 24 : day * 24 + 24] for day in range(7)]
    waits = [spread.median for spread in spreads(measures.waiting, by)]
    return tuple(map(tuple, tickets)), tuple(tuple(waits[day * 24 : day * 24 + 24]) for day in range(7))
