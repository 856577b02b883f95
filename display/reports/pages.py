"""A report as A4 pages: what a director reads, in the reader's language, with every rule in words."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template

from broker.centre import Centre
from broker.hours import DAYS
from broker.language.catalogue import words
from broker.language.web import STYLE, mark
from display.reports import case_figures, charts
from display.reports.report import By, Line, Report, lines
from display.reports.rules import made_up, of_few, rule_of, rules, span_name
from display.reports.spans import Span
from display.reports.table import (
    HEADS,
    SECTIONS,
    Cell,
    Column,
    Section,
    columns,
    line_name,
    moment_name,
    outcomes_told,
    trend_columns,
)
from display.reports.text import headline, peak, said
from display.reports.visits import Visits

_PAGE = Path(__file__).with_name("report.html")


def write_pdf(file: Path, report: Report, visits: Visits, centre: Centre, language: str) -> None:
    """Set the report as a PDF.  Raises `OSError` where it cannot be written."""
    logging.getLogger("weasyprint").setLevel(logging.WARNING)  # it tells of every page
    from weasyprint import HTML  # noqa: PLC0415 -- half a second that only pages need

    HTML(string=html(report, visits, centre, language)).write_pdf(file)


def html(report: Report, visits: Visits, centre: Centre, language: str) -> str:
    """The report as one HTML page for print.  Raises `ThaiBreakerMissing`."""
    _ = words(language)
    told = _Told(report, centre, language)
    points = lines(visits, "point", centre)
    page = Template(_PAGE.read_text("utf-8")).substitute(
        language=language,
        lines=STYLE,
        font=escape(centre.centre.font),
        title=escape(_("Report on the service")),
        foot=escape(f"{_('Report on the service')} – {_('page')} "),
        of=escape(f" {_('of')} "),
        centre=escape(centre.centre.name.get(language, "")),
        span=escape(span_name(Span(report.first, report.last), language)),
        practice=escape(made_up(report.practice, language)),
        boxes="".join(_box(*figure[:3]) for figure in headline(report, centre, language)),
        main=told.sections(report.by, report.lines, ("counts", "waiting", "service", "standard")),
        standards="".join(told.standards()),
        waiting=_figure(
            charts.distribution(report.waiting, _("Waiting until the first call"), centre, language),
            _("The standard sets no limit for waiting; 15 minutes are marked for orientation."),
        ),
        trend=_figure(charts.trend(report, centre, language)) if len(report.trend) > 1 else "",
        heat=told.heat(),
        peak=f"<p>{escape(peak(report, language))}</p>",
        few=escape(of_few(language)),
        points=_figure(charts.points_compared(points, centre, language)) if points else "",
        by_point=told.sections("point", points, ("load",)),
        ratings=told.sections("service", lines(visits, "service", centre), ("ratings",)),
        told=told.sections("service", lines(visits, "service", centre), ("estimates",)),
        outcomes=told.outcomes(),
        cases=told.cases(),
        months=told.months(),
        rules_head=escape(_("Rules")),
        rules="".join(f"<li>{escape(rule)}" for rule in rules(centre, language)),
    )
    return mark(page)


class _Told:
    """Parts of the page, in its language."""

    def __init__(self, report: Report, centre: Centre, language: str) -> None:
        self._report, self._centre, self._language = report, centre, language
        self._words = words(language)
        self._columns = columns(centre, language)

    def sections(self, by: By, rows: Sequence[Line], shown: Sequence[Section]) -> str:
        """A table for each of these sections."""
        _ = self._words
        rows = (*rows, self._report.all)
        made = ""
        for section in shown:
            own = [column for column in self._columns if column.section == section]
            if own:
                heads = _heads(_(HEADS[by]), own)
                body = "".join(
                    _row(line_name(by, line.key, self._centre, self._language), [c.cell(line) for c in own])
                    for line in rows
                    if any(column.of(line) for column in own)
                )
                made += f"<section><h3>{escape(_(SECTIONS[section]))}</h3><table>{heads}{body}</table></section>"
        return made

    def standards(self) -> Iterable[str]:
        """For each service with a standard: its rule, its share, and how long it took."""
        for id, shape in self._report.standards.items():
            within = self._report.all.within.get(id)
            name = charts.standard_title(id, self._centre, self._language)
            if within:
                yield _figure(
                    charts.distribution(shape, name, self._centre, self._language), rule_of(within, self._language)
                )

    def heat(self) -> str:
        """Weekday by hour: tickets, the darker the more, and under them the median wait in minutes."""
        report = self._report
        hours = [hour for hour in range(24) if any(row[hour] for row in report.heat)]
        days = [day for day in range(7) if any(report.heat[day])]
        most = max((max(row) for row in report.heat), default=0) or 1
        head = "".join(f"<th>{hour:02}" for hour in hours)
        body = ""
        for day in days:
            body += f"<tr><td class=name>{escape(line_name('weekday', DAYS[day], self._centre, self._language))}"
            for hour in hours:
                count, wait = report.heat[day][hour], report.heat_waiting[day][hour]
                shade = count / most
                small = f"<small>{wait / 60:.0f}</small>" if wait is not None else "<small>–</small>"
                ink = "#fff" if shade > 0.6 else "#16222e"
                body += f'<td style="background: rgba(11, 61, 92, {shade:.2f}); color: {ink}">{count:,}<br>{small}'
        title, _ = escape(self._words("Tickets by hour")), self._words
        under = escape(_("Above: tickets, the darker the more. Below: median waiting in minutes."))
        table = f'<table class="heat"><tr><th>{head}</tr>{body}</table>'
        return f"<section><h3>{title}</h3>{table}<figcaption>{under}</figcaption></section>" if days else ""

    def outcomes(self) -> str:
        _, found = self._words, outcomes_told(self._report, self._centre, self._language)
        if not found:
            return ""
        rows = "".join(_row(name, [Cell(count, "count")]) for _code, name, count in found)
        head = f"<tr><th class=name>{escape(_('Outcome'))}<th>{escape(_('Visits'))}</tr>"
        return f'<section><h3>{escape(_("Outcome"))}</h3><table class="plain">{head}{rows}</table></section>'

    def cases(self) -> str:
        """Cases against their due dates."""
        told = list(case_figures.told(self._report.cases, self._language))
        rows = "".join(f"<tr><td class=name>{escape(name)}<td>{escape(figure)}</tr>" for name, figure in told)
        return (
            f'<section><h3>{escape(self._words("Cases"))}</h3><table class="plain">{rows}</table></section>'
            if told
            else ""
        )

    def months(self) -> str:
        """The trend as a table."""
        _, report = self._words, self._report
        if len(report.trend) < 2:
            return ""
        heads, cells = trend_columns(self._centre, self._language)
        daily = Span(report.first, report.last).short
        rows = "".join(_row(moment_name(moment.day, daily, self._language), cells(moment)) for moment in report.trend)
        head = "".join(f"<th>{escape(head)}" for head in heads)
        return f'<h3>{escape(_("Trend"))}</h3><table class="plain"><tr><th>{head}</tr>{rows}</table>'


def _figure(chart: charts.Chart, under: str = "") -> str:
    legend = "".join(f'<i style="background: {colour}"></i>{escape(name)} ' for colour, name in chart.legend)
    captions = "".join(
        f"<figcaption>{said}</figcaption>" for said in (f"{escape(chart.along)}: {legend}", escape(under)) if said
    )
    return f'<figure><h3>{escape(chart.title)}</h3><img src="{chart.source}" alt="">{captions}</figure>'


def _box(figure: str, name: str, under: str) -> str:
    return f"<div><b>{escape(figure)}</b><em>{escape(name)}</em><small>{escape(under)}</small></div>"


def _heads(first: str, own: Sequence[Column]) -> str:
    """One row, or two where columns have a head in common."""
    below = "".join(f"<th>{escape(column.head)}" for column in own)
    if not any(column.group for column in own):
        return f'<tr><th class="name">{escape(first)}{below}</tr>'
    above = "".join(
        f'<th class="group" colspan="{len(list(columns))}">{escape(group)}'
        for group, columns in groupby(own, lambda column: column.group)
    )
    return f'<tr><th class="name" rowspan="2">{escape(first)}{above}</tr><tr>{below}</tr>'


def _row(name: str, cells: Iterable[Cell]) -> str:
    return f'<tr><td class="name">{escape(name)}' + "".join(f"<td>{escape(said(cell))}" for cell in cells) + "</tr>"
