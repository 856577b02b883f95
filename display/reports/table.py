"""The columns of a report's tables, once for terminal, CSV, workbook and paper: head, value, and of how many.

A figure of fewer than `FEW` visits is marked, one of fewer than `TOO_FEW` is not shown unless it is a plain count: a
share or a median of four people is a story about them, not about the service.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from babel.dates import get_day_names

from broker.centre import Centre
from broker.hours import DAYS
from broker.language.catalogue import N_, words
from broker.language.dates import month_year, short_date
from display.reports.bands import band
from display.reports.figures import FEW, TOO_FEW, Spread
from display.reports.report import BAND, BANDS, By, Line, Moment, Report

Kind = Literal["name", "count", "minutes", "percent", "tenths", "decimal"]
Section = Literal["counts", "waiting", "service", "standard", "ratings", "load", "estimates"]
Value = str | int | float | None
SECTIONS: dict[Section, str] = {
    "counts": N_("Tickets"),
    "waiting": N_("Waiting"),
    "service": N_("Walking and service"),
    "standard": N_("Service standard"),
    "ratings": N_("Satisfaction"),
    "load": N_("Load"),
    "estimates": N_("Waits told on tickets"),
}
HEADS: dict[By, str] = {
    "service": N_("Service"),
    "point": N_("Point"),
    "officer": N_("Officer"),
    "hour": N_("Hour of issue"),
    "weekday": N_("Day of the week"),
}
_IN_NO_LINE: dict[By, str] = {
    "point": N_("In the total alone, for they were never called to a point: {tickets}"),
    "officer": N_("In the total alone, for they were never called, or where no officer was signed in: {tickets}"),
}


class Cell(NamedTuple):
    """``few``: of so few that it is marked."""

    value: Value
    kind: Kind
    few: bool = False


class Column(NamedTuple):
    section: Section
    head: str  # in the reader's language
    kind: Kind
    of: Callable[[Line], Value]
    n: Callable[[Line], int] | None = None  # of how many the value is; None: it is a count itself
    group: str = ""  # the head above its head, in the reader's language
    figure: str = ""  # of `behind.FIGURES`: the visits that it counts, or is of
    service: str = ""  # … of this service alone

    @property
    def full_head(self) -> str:
        """Its head where it stands alone."""
        return f"{self.group}: {self.head}" if self.group else self.head

    def cell(self, line: Line) -> Cell:
        if self.n is None:
            return Cell(self.of(line), self.kind)
        n = self.n(line)
        return Cell(self.of(line) if n >= TOO_FEW else None, self.kind, 0 < n < FEW)


def columns(centre: Centre, language: str) -> list[Column]:
    """Every column, section by section."""
    _ = words(language)
    return [
        *_counts(_),
        *_times(_),
        *_standards(_, centre),
        *_ratings(_, centre, language),
        *_loads(_),
        *_estimates(_),
    ]


def line_name(by: By, key: str, centre: Centre, language: str) -> str:
    """What a line is called; services and points that the centre no longer has, by what they were."""
    _ = words(language)
    match by:
        case _ if key == "all":
            return words(language)("All together")
        case "service":
            names = {s.id: s.name.get(language, "") for s in centre.services}
            return f"{key} {names.get(key, '')}".strip()
        case "point":
            return _("Point {points}").format(points=key)
        case "officer":
            return key
        case "hour":
            return f"{key}:00–{key}:59"
        case "weekday":
            return str(get_day_names("wide", locale=language)[DAYS.index(key)])


def moment_name(day: dt.date, daily: bool, language: str) -> str:
    """A place of the trend."""
    return short_date(day, language) if daily else month_year(day, language)


def band_name(begin: int) -> str:
    """A band of a distribution, in minutes: 5–10, > 60."""
    return f"> {begin}" if begin == BANDS[-1] else f"{begin}–{begin + BAND}"


def trend_columns(centre: Centre, language: str) -> tuple[list[str], Callable[[Moment], list[Cell]]]:
    """Heads and cells of the trend, but for the name of the day or month."""
    _ = words(language)
    measured = [s.id for s in centre.services if s.standard]
    heads = [_("Tickets"), _("Waiting, median"), _("Waiting, 90 %")]
    heads += [_("{service} within the standard, %").format(service=id) for id in measured]
    heads += [_("Ratings"), _("Mean")]

    def cells(moment: Moment) -> list[Cell]:
        waiting, ratings = moment.waiting, moment.ratings
        kept = [moment.within.get(id) for id in measured]
        return [
            Cell(moment.tickets, "count"),
            shown(waiting.median, "minutes", waiting.n),
            shown(waiting.p90, "minutes", waiting.n),
            *(shown(within.percent, "percent", within.n) if within else Cell(None, "percent") for within in kept),
            Cell(ratings.n, "count"),
            shown(ratings.mean, "decimal", ratings.n),
        ]

    return heads, cells


def trend_figures(centre: Centre) -> list[tuple[str, str]]:
    """For each of `trend_columns`: of `behind.FIGURES`, and of which service alone ("" for all)."""
    measured = [("measured", s.id) for s in centre.services if s.standard]
    return [("tickets", ""), ("waiting", ""), ("waiting", ""), *measured, ("rated", ""), ("rated", "")]


def outcome_name(code: str, centre: Centre, language: str) -> str:
    """As the centre calls it; one that it no longer has, by its code."""
    return centre.outcomes.get(code, {}).get(language, code)


def outcomes_told(report: Report, centre: Centre, language: str) -> list[tuple[str, str, int]]:
    """What officers said came out (R4.3): code, name and count, the most frequent first."""
    found = sorted(report.all.figures.outcomes.items(), key=lambda outcome: -outcome[1])
    return [(code, outcome_name(code, centre, language), count) for code, count in found]


def in_no_line(report: Report, language: str) -> str:
    """Why the lines do not add up to the total, and by how many tickets; "" where they do."""
    left = report.all.figures.tickets - sum(line.figures.tickets for line in report.lines)
    said = _IN_NO_LINE.get(report.by)
    return words(language)(said).format(tickets=f"{left:,}") if left and said else ""


def shown(value: Value, kind: Kind, n: int) -> Cell:
    """A figure of ``n`` visits, which is marked or not shown where they are few."""
    return Cell(value if n >= TOO_FEW else None, kind, 0 < n < FEW)


def _counts(_: Callable[[str], str]) -> Iterator[Column]:
    yield Column("counts", _("Tickets"), "count", lambda line: line.figures.tickets, figure="tickets")
    yield Column("counts", _("Priority"), "count", lambda line: line.figures.priority, figure="priority")
    yield Column("counts", _("Served"), "count", lambda line: line.figures.served, figure="served")
    yield Column("counts", _("Transferred"), "count", lambda line: line.figures.transferred, figure="transferred")
    yield Column("counts", _("No-show"), "count", lambda line: line.figures.missed, figure="missed")
    yield Column("counts", _("Walk-out"), "count", lambda line: line.figures.walk_outs, figure="walk_outs")
    yield Column("counts", _("Broken off"), "count", lambda line: line.figures.broken_off, figure="broken_off")
    yield Column("counts", _("Open"), "count", lambda line: line.figures.open, figure="open")
    yield Column("counts", _("Calls"), "count", lambda line: line.figures.calls, figure="called")


def _times(_: Callable[[str], str]) -> Iterator[Column]:
    yield from _spread(
        "waiting", _("Waiting"), _, lambda line: line.figures.waiting, ("median", "p90", "longest"), "waiting"
    )
    yield from _spread(
        "waiting",
        _("Waiting, priority"),
        _,
        lambda line: line.figures.waiting_priority,
        ("median", "p90"),
        "waiting_priority",
    )
    yield from _spread(
        "waiting",
        _("Waiting, others"),
        _,
        lambda line: line.figures.waiting_others,
        ("median", "p90"),
        "waiting_others",
    )
    yield from _spread("service", _("Walking"), _, lambda line: line.figures.walking, ("median", "p90"), "walking")
    yield from _spread(
        "service",
        _("Service time"),
        _,
        lambda line: line.figures.service,
        ("mean", "median", "p90", "longest"),
        "service",
    )


def _spread(
    section: Section,
    name: str,
    _: Callable[[str], str],
    of: Callable[[Line], Spread],
    shown: Sequence[str],
    figure: str,
) -> Iterator[Column]:
    heads = {"mean": _("Mean"), "median": _("Median"), "p90": _("90 %"), "longest": _("Longest")}
    yield Column(section, _("n"), "count", lambda line: of(line).n, None, name, figure)
    for value in shown:
        yield Column(
            section,
            heads[value],
            "minutes",
            lambda line, value=value: getattr(of(line), value),  # type: ignore[misc]
            lambda line: of(line).n,
            name,
            figure,
        )


def _standards(_: Callable[[str], str], centre: Centre) -> Iterator[Column]:
    for service in centre.services:
        if service.standard is None:
            continue
        id, name = service.id, f"{service.id} ({service.standard.seconds / 60:g} {_('min')})"

        def n(line: Line, id: str = id) -> int:
            return line.within[id].n if id in line.within else 0

        def kept(line: Line, id: str = id) -> Value:
            return line.within[id].within if id in line.within else 0

        def share(line: Line, id: str = id) -> Value:
            return line.within[id].percent if id in line.within else None

        yield Column("standard", _("measured"), "count", n, None, name, "measured", id)
        yield Column("standard", _("within"), "count", kept, None, name, "within", id)
        yield Column("standard", "%", "percent", share, n, name, "measured", id)


def _ratings(_: Callable[[str], str], centre: Centre, language: str) -> Iterator[Column]:
    def n(line: Line) -> int:
        return line.figures.ratings.n

    yield Column("ratings", _("Ratings"), "count", n, figure="rated")
    yield Column(
        "ratings",
        _("Response in %"),
        "percent",
        lambda line: line.figures.ratings.response_percent,
        lambda line: line.figures.ratings.rateable,
        figure="rateable",
    )
    for level in range(centre.survey.levels, 0, -1):
        yield Column(
            "ratings",
            str(level),
            "count",
            lambda line, level=str(level): line.figures.ratings.counts[level],  # type: ignore[misc]
            figure=f"rated_{level}",
        )
    yield Column("ratings", _("Mean"), "decimal", lambda line: line.figures.ratings.mean, n, "", "rated")
    yield Column("ratings", _("S.D."), "decimal", lambda line: line.figures.ratings.sd, n, "", "rated")
    yield Column(
        "ratings", _("Mean in %"), "percent", lambda line: line.figures.ratings.mean_percent, n, figure="rated"
    )
    if centre.survey.levels == 5:
        satisfied = _("Levels 4 and 5 in %")
        yield Column(
            "ratings", satisfied, "percent", lambda line: line.figures.ratings.satisfied_percent, n, figure="rated"
        )
        yield Column(
            "ratings", _("Band"), "name", lambda line: band(line.figures.ratings.mean, language), n, figure="rated"
        )


def _loads(_: Callable[[str], str]) -> Iterator[Column]:
    yield Column("load", _("Days"), "count", lambda line: line.load.days, figure="tickets")
    yield Column("load", _("Tickets a day"), "tenths", lambda line: line.load.per_day, figure="tickets")
    yield Column("load", _("Hours of service"), "tenths", lambda line: line.load.service_hours, figure="service")
    share = _("Share of all hours in %")
    yield Column("load", share, "percent", lambda line: line.load.share_percent, figure="service")


def _estimates(_: Callable[[str], str]) -> Iterator[Column]:
    def n(line: Line) -> int:
        return line.figures.estimates.n

    yield Column("estimates", _("Told and called"), "count", n, figure="told")
    yield Column(
        "estimates", _("Missed by, mean"), "minutes", lambda line: line.figures.estimates.absolute, n, figure="told"
    )
    yield Column(
        "estimates", _("Told too long by, mean"), "minutes", lambda line: line.figures.estimates.bias, n, figure="told"
    )
    near = _("Within 5 minutes, %")
    yield Column("estimates", near, "percent", lambda line: line.figures.estimates.near_percent, n, "", "told")
