"""Cases as a table for a terminal, and as CSV for a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from typing import TextIO

from broker.centre import Centre
from broker.language.catalogue import words
from broker.language.dates import short_date, year
from display.cases.words import MATTERS, STATES, UNCONFIRMED
from display.cases.workdays import Workdays
from display.ledger.cases import CaseCounts, CaseLine
from display.ledger.table import columns

_FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would take for a formula


def table(lines: Sequence[CaseLine], count: CaseCounts, centre: Centre, language: str, today: dt.date) -> str:
    """The cases under each other, how many there are, and which years' holidays are not confirmed."""
    _ = words(language)
    figures = (_("Open cases"), count.open), (_("Due today"), count.due_today), (_("Overdue"), count.overdue)
    head = [_("Case number"), _("Filed"), _("Service"), _("State"), _("Due"), ""]
    rows = [
        [
            line.written,
            short_date(line.filed.astimezone(centre.zone).date(), language),
            line.service,
            _(STATES[line.state]),
            short_date(line.due, language) if line.due else "–",
            _("Overdue") if line.late(today) else "",
        ]
        for line in lines
    ]
    parts = ["   ".join(f"{name} {n}" for name, n in figures), columns([head, *rows], left=len(head)) if rows else ""]
    return "\n\n".join([*(part for part in parts if part), *unconfirmed(lines, centre, language)])


def unconfirmed(lines: Sequence[CaseLine], centre: Centre, language: str) -> list[str]:
    """A sentence for each year of a due date whose holidays the office has not confirmed."""
    workdays = Workdays.of(centre)
    years = {line.due.replace(month=1, day=1) for line in lines if line.due and not workdays.sure(line.due)}
    return [words(language)(UNCONFIRMED).format(year=year(day, language)) for day in sorted(years)]


def write(file: TextIO, lines: Sequence[CaseLine], centre: Centre, language: str, today: dt.date) -> None:
    """The cases as CSV (RFC 4180), a head and a line each; dates as YYYY-MM-DD, which every program reads alike.

    ``file`` is opened with ``newline=""``.
    """
    _ = words(language)
    sheet = csv.writer(file)
    who = [_("Case number"), _("Filed"), _("Service"), _("Matter"), _("State")]
    when = [_("Forward by"), _("Forwarded on"), _("Answer by"), _("Ended on"), _("Due"), _("Overdue")]
    sheet.writerow([*who, *when, _("Missing documents")])

    def day(at: dt.datetime | None) -> str:
        return at.astimezone(centre.zone).date().isoformat() if at else ""

    for line in lines:
        dates = (line.forward_due, line.answer_due, line.due)
        forward, answer, due = (date.isoformat() if date else "" for date in dates)
        cells = [line.written, day(line.filed), line.service, _(MATTERS[line.matter]), _(STATES[line.state])]
        cells += [forward, day(line.forwarded), answer, day(line.ended), due, "1" if line.late(today) else "0"]
        sheet.writerow([*cells, _plain("; ".join(line.missing))])


def _plain(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text
