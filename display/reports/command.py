"""``khiu-hall report``: the figures of any span, as a table, CSV, workbook, A4 pages or JSON."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec

from broker import clock, node
from broker.centre import Centre
from broker.language import dates
from broker.language.catalogue import languages
from broker.store import StoreError, reader
from display.ledger.columns import bodies
from display.ledger.ledger import FILE
from display.ledger.practice import practice_days
from display.ledger.schema import MIGRATIONS
from display.reports import case_figures, sheets
from display.reports.pages import write_pdf
from display.reports.report import BY, By, Report, report
from display.reports.spans import Span, fiscal_year, fiscal_year_of, month
from display.reports.text import text
from display.reports.visits import Visits, visits


def read(file: Path, span: Span, centre: Centre) -> Visits:
    """The visits of these days, at one moment, while the hall runs or not.  Raises `broker.store.StoreError`."""
    with closing(reader(file, MIGRATIONS)) as ledger:
        ledger.execute("BEGIN")  # one moment, whatever the hall writes meanwhile
        came = visits(bodies(ledger, *span), centre.zone)
        return replace(came, practice=practice_days(ledger, *span))


def read_report(file: Path, span: Span, by: By, centre: Centre, today: dt.date) -> tuple[Report, Visits]:
    """The report of these days and the visits that it is of.  Raises `broker.store.StoreError`."""
    came = read(file, span, centre)
    with closing(reader(file, MIGRATIONS)) as ledger:
        cases = case_figures.read(ledger, span, centre, today)
    return report(came, span, by, centre, centre.desk.seats if centre.desk else None, cases), came


def command(argv: Sequence[str]) -> int:
    """Print or write a report.  1: there is no ledger, or a file cannot be written."""
    options = _options()
    given = options.parse_args(argv)
    setting = node.from_options("hall", given, reads=True)
    centre, language = setting.centre, given.language or setting.centre.centre.languages[0]
    today = clock.now().astimezone(centre.zone).date()
    try:
        span = _span(given, today)
    except ValueError as fault:
        options.error(str(fault))
    try:
        made, came = read_report(setting.state / FILE, span, given.by, centre, today)
        if given.csv:
            sheets.write_csv(given.csv, made, centre, language)
        if given.xlsx:
            sheets.write_xlsx(given.xlsx, made, came, centre, language)
        if given.pdf:
            write_pdf(given.pdf, made, came, centre, language)
    except (StoreError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    for file in filter(None, (given.csv, given.xlsx, given.pdf)):
        print(f"written: {file.absolute()}", file=sys.stderr if given.json else sys.stdout)
    if given.json:
        print(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
    elif not (given.csv or given.xlsx or given.pdf):
        print(text(made, centre, language))
    return 0


def _options() -> argparse.ArgumentParser:
    what = "The figures of a span of days (default: this fiscal year), while the hall runs or not."
    options = node.questions("khiu-hall report", what)
    options.add_argument("--from", dest="first", type=dates.read, metavar="DAY", help="2569-11-23 or 2026-11-23")
    options.add_argument("--to", dest="last", type=dates.read, metavar="DAY", help="(default: as --from)")
    options.add_argument("--fiscal-year", type=int, metavar="YEAR", help="2570 or 2027: begins on 1 October before")
    options.add_argument("--month", metavar="YEAR-MM", help="2569-11 or 2026-11")
    options.add_argument("--by", choices=BY, default="service", help="(default: service)")
    for kind in ("csv", "xlsx", "pdf"):
        options.add_argument(f"--{kind}", type=Path, metavar="FILE")
    options.add_argument(
        "--json", action="store_true", help="for programs; the keys stand in display/reports/report.py"
    )
    options.add_argument("--language", choices=languages(), help="(default: the centre's first)")
    return options


def _span(given: argparse.Namespace, today: dt.date) -> Span:
    """The one span that was asked for.  Raises `ValueError`."""
    asked = [name for name in ("first", "fiscal_year", "month") if getattr(given, name) is not None]
    if len(asked) > 1 or (given.last and asked != ["first"]):
        raise ValueError("one span: --from and --to, --fiscal-year or --month")
    if given.month:
        year, _, number = given.month.partition("-")
        return month(int(year), int(number or 0))
    if given.fiscal_year:
        return fiscal_year(given.fiscal_year)
    if given.first is None:
        return fiscal_year(fiscal_year_of(today))
    last = given.last or given.first
    if last < given.first:
        raise ValueError("--to is before --from")
    return Span(given.first, last)
