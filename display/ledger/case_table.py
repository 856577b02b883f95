"""Cases as a table for a terminal, and as CSV for a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TextIO

from broker.centre import Centre
from broker.language.catalogue import words
from broker.language.dates import clock, long_date, short_date, year
from display.cases.words import DELAY_NOTICED, MATTERS, STATES, UNCONFIRMED
from display.cases.workdays import Workdays
from display.ledger.cases import CaseCounts, CaseLine, CaseStepLine
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
    return "\n\n".join(
        [*(part for part in parts if part), *unconfirmed((line.due for line in lines), centre, language)]
    )


def one(case: CaseLine, steps: Sequence[CaseStepLine], centre: Centre, language: str) -> str:
    """A case, what it must do by when, and all that happened to it."""
    _ = words(language)
    due = long_date(case.due, language) if case.due else "–"
    lines = [f"{_('Case number')} {case.written}", f"{_('Service')} {case.service} {_(MATTERS[case.matter])}"]
    lines += [f"{_('State')} {_(STATES[case.state])}   {_('Due')} {due}"]
    lines += [f"{'☑' if document.held else '☐'} {document.name}" for document in case.documents]
    rows = [[_("State"), _("Date"), _("Officer"), _("Remark")]]
    for step in steps:
        at = step.at.astimezone(centre.zone)
        said = _(DELAY_NOTICED) if step.step == "delay_noticed" else _(STATES[step.state])
        rows.append(
            [said, f"{short_date(at.date(), language)} {clock(at.time(), language)}", step.who, step.note or ""]
        )
    return "\n\n".join(["\n".join(lines), columns(rows, left=4), *unconfirmed([case.due], centre, language)])


def unconfirmed(days: Iterable[dt.date | None], centre: Centre, language: str) -> list[str]:
    """A sentence for each year of these due dates whose holidays the office has not confirmed."""
    workdays = Workdays.of(centre)
    years = {day.replace(month=1, day=1) for day in days if day and not workdays.sure(day)}
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
