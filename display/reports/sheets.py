"""A report as CSV and as a workbook: real numbers and dates, heads in the reader's language; times in minutes."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from broker.centre import Centre
from broker.hours import DAYS
from broker.language.catalogue import words
from display.reports import case_figures
from display.reports.report import BY, By, Line, Report, lines
from display.reports.rules import made_up, rules, span_name
from display.reports.spans import Span
from display.reports.table import HEADS, Cell, Column, Kind, Value, columns, line_name, trend_columns
from display.reports.visits import Visits

_FORMATS: dict[Kind, str] = {
    "name": "@", "count": "#,##0", "minutes": "0.00", "percent": "0.0", "tenths": "#,##0.0", "decimal": "0.00",
}  # fmt: skip
_WIDEST, _NARROWEST = 44, 9


def write_csv(file: Path, report: Report, centre: Centre, language: str) -> None:
    """One wide table: a row for each line of the report, then all together, then what is made up.  Raises `OSError`."""
    shown = columns(centre, language)
    with file.open("w", encoding="utf-8-sig", newline="") as out:  # Excel takes it for UTF-8 by the mark
        sheet = csv.writer(out)
        sheet.writerow([words(language)(HEADS[report.by]), *_heads(shown, language)])
        for line in (*report.lines, report.all):
            name = line_name(report.by, line.key, centre, language)
            sheet.writerow([_harmless(name), *(_plain(column.cell(line)) for column in shown)])
        if report.practice:
            sheet.writerow([made_up(report.practice, language)])


def write_xlsx(file: Path, report: Report, visits: Visits, centre: Centre, language: str) -> None:
    """A sheet for each way to see the visits, the trend, weekday by hour, outcomes and rules.  Raises `OSError`."""
    book = xlsxwriter.Workbook(str(file), {"constant_memory": False, "strings_to_formulas": False})
    try:
        _Book(book, report, centre, language).write(visits)
    except BaseException:
        book.fileclosed = True
        raise
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as fault:
        raise OSError(f"{file}: {fault}") from fault


class _Book:
    def __init__(self, book: Any, report: Report, centre: Centre, language: str) -> None:
        self._book, self._report, self._centre, self._language = book, report, centre, language
        face = {
            "font_name": "TH Sarabun New" if language == "th" else "Calibri",
            "font_size": 14 if language == "th" else 11,
        }
        self._head = book.add_format(face | {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._date = book.add_format(face | {"num_format": "d mmm yyyy", "align": "left"})
        self._text = book.add_format(face | {"text_wrap": True, "valign": "top"})
        self._shown = {
            (kind, few): book.add_format(
                face | {"num_format": form} | ({"italic": True, "font_color": "#8a5a00"} if few else {})
            )
            for kind, form in _FORMATS.items()
            for few in (False, True)
        }

    def write(self, visits: Visits) -> None:
        _ = words(self._language)
        shown = columns(self._centre, self._language)
        heads = _heads(shown, self._language)
        for by in BY:
            own = self._report.lines if by == self._report.by else lines(visits, by, self._centre)
            self._table(by, shown, heads, (*own, self._report.all))
        self._trend()
        self._heat(_("Tickets by hour"), "count", self._report.heat)
        minutes = [[None if wait is None else wait / 60 for wait in row] for row in self._report.heat_waiting]
        self._heat(_("Waiting by hour"), "minutes", minutes)
        self._outcomes()
        self._cases()
        self._rules()

    def _sheet(self, name: str, heads: Sequence[str]) -> Any:
        sheet = self._book.add_worksheet(name[:31])
        for place, head in enumerate(heads):
            sheet.write_string(0, place, head, self._head)
            sheet.set_column(place, place, max(_NARROWEST, min(16, len(head))))
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        return sheet

    def _table(self, by: By, shown: Sequence[Column], heads: Sequence[str], rows: Sequence[Line]) -> None:
        title = words(self._language)(HEADS[by])
        sheet = self._sheet(title, [title, *heads])
        sheet.set_column(0, 0, _WIDEST)
        for row, line in enumerate(rows, 1):
            sheet.write_string(row, 0, line_name(by, line.key, self._centre, self._language), self._text)
            self._cells(sheet, row, [column.cell(line) for column in shown])

    def _cells(self, sheet: Any, row: int, cells: Iterable[Cell]) -> None:
        for place, cell in enumerate(cells, 1):
            value = _in_minutes(cell)
            form = self._shown[cell.kind, cell.few]
            if isinstance(value, str):
                sheet.write_string(row, place, value, form)
            elif value is not None:
                sheet.write_number(row, place, value, form)

    def _trend(self) -> None:
        _ = words(self._language)
        heads, cells = trend_columns(self._centre, self._language)
        sheet = self._sheet(_("Trend"), [_("From"), *heads])
        sheet.set_column(0, 0, 14)
        for row, moment in enumerate(self._report.trend, 1):
            sheet.write_datetime(row, 0, dt.datetime.combine(moment.day, dt.time()), self._date)
            self._cells(sheet, row, cells(moment))

    def _heat(self, name: str, kind: Kind, table: Sequence[Sequence[float | None]]) -> None:
        hours = [hour for hour in range(24) if any(row[hour] for row in table)]
        sheet = self._sheet(name, [words(self._language)(HEADS["weekday"]), *(f"{hour:02}:00" for hour in hours)])
        for row, (day, of_day) in enumerate(zip(DAYS, table, strict=True), 1):
            sheet.write_string(row, 0, line_name("weekday", day, self._centre, self._language), self._text)
            for place, hour in enumerate(hours, 1):
                if (value := of_day[hour]) is not None:
                    sheet.write_number(row, place, value, self._shown[kind, False])
        if hours:
            sheet.conditional_format(
                1, 1, 7, len(hours), {"type": "2_color_scale", "min_color": "#ffffff", "max_color": "#e07b39"}
            )

    def _outcomes(self) -> None:
        _ = words(self._language)
        sheet = self._sheet(_("Outcome"), [_("Outcome"), _("Visits")])
        sheet.set_column(0, 0, _WIDEST)
        for row, (code, count) in enumerate(self._report.all.figures.outcomes.items(), 1):
            said = self._centre.outcomes.get(code, {}).get(self._language, code)
            sheet.write_string(row, 0, said, self._text)
            sheet.write_number(row, 1, count, self._shown["count", False])

    def _cases(self) -> None:
        told, title = list(case_figures.told(self._report.cases, self._language)), words(self._language)("Cases")
        if told:
            sheet = self._sheet(title, [title, ""])
            sheet.set_column(0, 1, _WIDEST)
            for row, (name, figure) in enumerate(told, 1):
                sheet.write_string(row, 0, name, self._text)
                sheet.write_string(row, 1, figure, self._text)

    def _rules(self) -> None:
        _ = words(self._language)
        sheet = self._sheet(_("Rules"), [self._centre.centre.name.get(self._language, "")])
        sheet.set_column(0, 0, 110)
        name = span_name(Span(self._report.first, self._report.last), self._language)
        practice = made_up(self._report.practice, self._language)
        said = [line for line in (name, practice, *rules(self._centre, self._language)) if line]
        for row, rule in enumerate(said, 1):
            sheet.write_string(row, 0, rule, self._text)


def _heads(shown: Sequence[Column], language: str) -> list[str]:
    minutes = words(language)("min")
    return [f"{column.full_head} ({minutes})" if column.kind == "minutes" else column.full_head for column in shown]


def _in_minutes(cell: Cell) -> Value:
    if cell.kind == "minutes" and isinstance(cell.value, int | float):
        return round(cell.value / 60, 2)
    return cell.value


def _plain(cell: Cell) -> Value:
    value = _in_minutes(cell)
    return _harmless(value) if isinstance(value, str) else value


def _harmless(text: str) -> str:
    """Text that a spreadsheet would take for a formula is given an apostrophe before it (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
