"""A report's tables as a page shows them: every figure with the address of the tickets behind it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from broker.hours import DAYS
from display.desk.page import Visit
from display.reports import table
from display.reports.report import Line, Report
from display.reports.spans import Span
from display.reports.table import SECTIONS, Column, line_name
from display.reports.text import said

SHADES = 9  # of the heat map, as desk.css has them


class Told:
    """Parts of the page: the report's tables, every figure with the address of the tickets behind it."""

    def __init__(self, visit: Visit, span: Span, by: str, whose: str = "") -> None:
        """``whose``: the officer whose visits alone it tells of; "" for all."""
        self._visit, self._span, self._by = visit, span, by
        self._whose = {"whose": whose} if whose else {}
        self._columns = table.columns(visit.desk.centre, visit.language)

    def link(self, path: str, **more: object) -> str:
        asked = {"first": self._span.first, "last": self._span.last, **self._whose, **more}
        return f"{path}?{urlencode(asked)}"

    def tickets(self, figure: str, **more: object) -> str:
        """The address of the tickets that this figure counts, or is of."""
        return self.link("/reports/tickets", by=self._by, figure=figure, **more)

    def sections(self, made: Report) -> Iterator[tuple[str, list[tuple[str, int]], list[Column], list[Any]]]:
        """Title, groups of heads (text, columns; "" for none), columns, and rows of name, its address and cells."""
        for section, its in groupby(self._columns, lambda column: column.section):
            own = list(its)
            rows = [self._row(own, line) for line in (*made.lines, made.all)]
            heads = [(group, len(list(under))) for group, under in groupby(own, lambda column: column.group)]
            yield self._visit.say(SECTIONS[section]), heads, own, rows

    def heat(self, made: Report) -> tuple[list[int], list[tuple[str, list[Any]]]]:
        """Hours, and for each weekday its name and cells: tickets, shade, median wait in minutes, link."""
        hours = [hour for hour in range(24) if any(row[hour] for row in made.heat)]
        most = max((max(row) for row in made.heat), default=0) or 1
        rows = []
        for place, day in enumerate(DAYS):
            if any(made.heat[place]):
                name = line_name("weekday", day, self._visit.desk.centre, self._visit.language)
                rows.append((name, [self._square(made, place, hour, most) for hour in hours]))
        return hours, rows

    def _square(self, made: Report, day: int, hour: int, most: int) -> tuple[int, int, str, str]:
        count, wait = made.heat[day][hour], made.heat_waiting[day][hour]
        link = self.tickets("tickets", weekday=DAYS[day], hour=f"{hour:02}") if count else ""
        return count, round(SHADES * count / most), "–" if wait is None else f"{wait / 60:.0f}", link

    def _row(self, own: list[Column], line: Line) -> tuple[str, str, list[tuple[str, str]]]:
        name = line_name(self._by, line.key, self._visit.desk.centre, self._visit.language)  # type: ignore[arg-type]
        line_alone = {} if line.key == "all" else {self._by: line.key}
        links: dict[tuple[str, str], str] = {}  # many columns of a line are of the same tickets
        cells = []
        for column in own:
            text, link = said(column.cell(line)), ""
            if text != "–" and (column.n or column.of)(line):
                of = column.figure, column.service
                if of not in links:
                    its = {"service": column.service} if column.service else {}
                    links[of] = self.tickets(column.figure, **(line_alone | its))
                link = links[of]
            cells.append((text, link))
        officer = self._by == "officer" and line.key != "all"
        return name, self.link("/reports", whose=line.key) if officer else "", cells
