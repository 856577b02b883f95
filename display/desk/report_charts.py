"""A report's charts as a page shows them: under each drawing a table of the very figures that it draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from broker.centre import Centre
from broker.language.catalogue import N_, words
from display.reports import charts
from display.reports.report import BANDS, Distribution, Report
from display.reports.rules import rule_of
from display.reports.spans import Span
from display.reports.table import moment_name, trend_columns
from display.reports.text import said

ORIENTATION_ONLY = N_("The standard sets no limit for waiting; 15 minutes are marked for orientation.")


class Drawn(NamedTuple):
    """A chart, what is said under it, and its figures as people read them."""

    chart: charts.Chart
    under: str
    heads: Sequence[str]  # of all columns; "" where the names speak for themselves
    rows: Sequence[tuple[str, Sequence[str]]]  # name, cells; none: a table of the page has these figures already


def drawn(made: Report, centre: Centre, language: str) -> Iterator[Drawn]:
    """Nothing of a report without a ticket."""
    _ = words(language)
    if not made.all.figures.tickets:
        return
    for id, shape in made.standards.items():
        within = made.all.within.get(id)
        under = rule_of(within, language) if within else ""
        yield _distribution(shape, charts.standard_title(id, centre, language), under, centre, language)
    yield _distribution(made.waiting, _("Waiting until the first call"), _(ORIENTATION_ONLY), centre, language)
    if len(made.trend) > 1:
        heads, cells = trend_columns(centre, language)
        daily = Span(made.first, made.last).short
        rows = [(moment_name(at.day, daily, language), [said(cell) for cell in cells(at)]) for at in made.trend]
        yield Drawn(charts.trend(made, centre, language), "", ["", *heads], rows)
    if made.by == "point":
        yield Drawn(charts.points_compared(made.lines, centre, language), "", (), ())


def _distribution(shape: Distribution, title: str, under: str, centre: Centre, language: str) -> Drawn:
    names = [f"{begin}–{end}" for begin, end in pairwise(BANDS)] + [f"> {BANDS[-1]}"]
    rows = [(name, [f"{count:,}"]) for name, count in zip(names, shape.counts, strict=True)]
    _ = words(language)
    return Drawn(charts.distribution(shape, title, centre, language), under, [_("min"), _("Tickets")], rows)
