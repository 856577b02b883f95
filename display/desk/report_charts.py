"""A report's charts as a page shows them: under each drawing a table of the very figures that it draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from broker.centre import Centre
from broker.language.catalogue import N_, words
from display.reports import charts
from display.reports.report import BANDS, Distribution, Report
from display.reports.rules import rule_of
from display.reports.spans import Span, month
from display.reports.table import band_name, moment_name, trend_columns, trend_figures
from display.reports.text import said

ORIENTATION_ONLY = N_("The standard sets no limit for waiting; 15 minutes are marked for orientation.")


class Drawn(NamedTuple):
    """A chart, what is said under it, and its figures as people read them."""

    chart: charts.Chart
    under: str
    heads: Sequence[str]  # of all columns; "" where the names speak for themselves
    rows: Sequence[tuple[str, Sequence[tuple[str, str]]]]  # name, and each cell with the address of its tickets;
    # none: a table of the page has these figures already


def drawn(made: Report, centre: Centre, language: str, tickets: Callable[..., str]) -> Iterator[Drawn]:
    """Nothing of a report without a ticket.  ``tickets``: the address of those behind a figure (`Told.tickets`)."""
    _ = words(language)
    if not made.all.figures.tickets:
        return
    for id, shape in made.standards.items():
        within = made.all.within.get(id)
        under = rule_of(within, language) if within else ""
        rows = _bands(shape, partial(tickets, "measured", service=id))
        chart = charts.distribution(shape, charts.standard_title(id, centre, language), centre, language)
        yield Drawn(chart, under, [_("min"), _("Tickets")], rows)
    chart = charts.distribution(made.waiting, _("Waiting until the first call"), centre, language)
    rows = _bands(made.waiting, partial(tickets, "waiting"))
    yield Drawn(chart, _(ORIENTATION_ONLY), [_("min"), _("Tickets")], rows)
    if len(made.trend) > 1:
        heads, cells = trend_columns(centre, language)
        daily = Span(made.first, made.last).short
        figures = trend_figures(centre)
        rows = []
        for at in made.trend:
            first, last = (at.day, at.day) if daily else month(at.day.year, at.day.month)
            its = partial(tickets, first=max(first, made.first), last=min(last, made.last))
            links = [its(figure, **({"service": service} if service else {})) for figure, service in figures]
            row = [_linked(said(cell), link) for cell, link in zip(cells(at), links, strict=True)]
            rows.append((moment_name(at.day, daily, language), row))
        yield Drawn(charts.trend(made, centre, language), "", ["", *heads], rows)
    if made.by == "point":
        yield Drawn(charts.points_compared(made.lines, centre, language), "", (), ())


def _bands(shape: Distribution, tickets: Callable[..., str]) -> list[tuple[str, list[tuple[str, str]]]]:
    names = [band_name(begin) for begin in BANDS]
    counted = zip(names, BANDS, shape.counts, strict=True)
    return [(name, [_linked(f"{count:,}", tickets(band=begin))]) for name, begin, count in counted]


def _linked(text: str, link: str) -> tuple[str, str]:
    return text, "" if text in ("0", "–") else link
