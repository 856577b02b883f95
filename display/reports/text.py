"""A report as tables for a terminal, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from broker.centre import Centre
from broker.language.catalogue import words
from broker.language.dates import long_date
from display.ledger.table import columns as set_out
from display.ledger.table import minutes
from display.reports import case_figures
from display.reports.bands import band
from display.reports.figures import TOO_FEW
from display.reports.report import Report
from display.reports.rules import made_up, rules, span_name
from display.reports.spans import Span
from display.reports.table import HEADS, SECTIONS, Cell, columns, in_no_line, line_name, shown


def text(report: Report, centre: Centre, language: str) -> str:
    """The whole report; lines end with "\\n" between them, none at the end."""
    _ = words(language)
    span = span_name(Span(report.first, report.last), language)
    parts = [
        f"{centre.centre.name.get(language, '')}\n{_('Report')}: {span}",
        f"{_('Numbers given')} {report.numbers:,}   {_('Voided')} {report.voided:,}   {_('Days')} {report.days:,}",
    ]
    if report.practice:
        parts.append(made_up(report.practice, language))
    its = columns(centre, language)
    names = [line_name(report.by, line.key, centre, language) for line in (*report.lines, report.all)]
    sections = groupby(its, lambda column: (column.section, column.group))
    for (section, group), own in sections if report.all.figures.tickets else ():
        of_group = list(own)
        rows = [
            [name, *(said(column.cell(line)) for column in of_group)]
            for name, line in zip(names, (*report.lines, report.all), strict=True)
        ]
        heads = [_(HEADS[report.by]), *(column.head for column in of_group)]
        parts.append(f"{group or _(SECTIONS[section])}\n{set_out([heads, *rows])}")
        if section == "counts" and (rest := in_no_line(report, language)):
            parts.append(rest)
    if cases := list(case_figures.told(report.cases, language)):
        parts.append(f"{_('Cases')}\n{set_out([list(row) for row in cases])}")
    if report.peak.day:
        parts.append(peak(report, language))
    parts.append("\n".join(rules(centre, language)))
    return "\n\n".join(parts)


class Headline(NamedTuple):
    """A figure, its name, and what belongs to it."""

    value: str
    name: str
    under: str
    figure: str  # of `behind.FIGURES`: the visits that it is of
    service: str = ""  # … of this service alone


def headline(report: Report, centre: Centre, language: str) -> Iterator[Headline]:
    """The figures that a director asks for first.  Of few, as in the tables."""
    _, figures = words(language), report.all.figures
    yield Headline(f"{figures.tickets:,}", _("Tickets"), f"{_('Served')} {figures.served:,}", "tickets")
    waiting = figures.waiting
    under = _("Nine in ten: up to {time}").format(time=said(shown(waiting.p90, "minutes", waiting.n)))
    median = said(shown(waiting.median, "minutes", waiting.n))
    yield Headline(median, _("Waiting, median (min:s)"), under, "waiting")
    for id, within in report.all.within.items():
        share = f"{said(shown(within.percent, 'percent', within.n))} %"
        of = f"{within.within:,} / {within.n:,}"
        yield Headline(share, f"{_('Within the standard')} {id}", of, "measured", id)
    ratings = figures.ratings
    told = ratings.n >= TOO_FEW and centre.survey.levels == 5
    level = band(ratings.mean, language) if told else None
    mean = said(shown(ratings.mean, "decimal", ratings.n))
    yield Headline(mean, _("Satisfaction, mean"), f"{level or ''} (n = {ratings.n:,})", "rated" if ratings.n else "")


def peak(report: Report, language: str) -> str:
    """Most waiting at once, against seats where they are known."""
    _, most = words(language), report.peak
    if most.day is None:
        return ""
    said = _("Most waiting at once: {most}, on {day}.").format(most=most.most, day=long_date(most.day, language))
    if most.seats is None:
        return said
    over = _("Seats: {seats}; days with more waiting than seats: {days}.")
    return f"{said} {over.format(seats=most.seats, days=most.days_over)}"


def said(cell: Cell) -> str:
    """A cell as people read it: minutes as a clock, "–" for what is not known, "*" behind what is of few."""
    value = cell.value
    if value is None:
        return "–"
    mark = "*" if cell.few else ""
    if isinstance(value, str):
        return value + mark
    match cell.kind:
        case "minutes":
            return ("-" if value < 0 else "") + minutes(abs(value)) + mark
        case "percent":
            return f"{value:.1f}{mark}"
        case "tenths":
            return f"{value:,.1f}{mark}"
        case "decimal":
            return f"{value:,.2f}{mark}"
        case _:
            return f"{value:,}{mark}"
