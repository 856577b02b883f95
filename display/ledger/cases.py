"""What the ledger knows of cases: lists, one case with its history, how many stand where.  Reads alone.

Every list is by an index and has a limit, so that the live page answers at once whatever has come together in years.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

import apsw
from msgspec import Struct

from broker.messages import Document
from broker.words import CaseState, Matter
from display.cases.numbers import written
from display.ledger.case_rows import checklist, moment

LIMIT = 200
MOST_KNOWN = 30  # documents that a form proposes
_COLUMNS = """id, year, number, service, matter, visit, state, revision, documents, filed, forwarded, answered, ended,
    delay_noticed, forward_due, answer_due, due,
    (SELECT who FROM case_step WHERE "case" = cases.id AND revision = 1)"""


class CaseLine(Struct, frozen=True):
    """A case as it stands."""

    id: str
    year: int  # A.D.
    number: int
    service: str
    matter: Matter
    visit: str | None
    state: CaseState
    revision: int  # what the next step expects
    documents: tuple[Document, ...]
    filed: dt.datetime  # times in UTC
    forwarded: dt.datetime | None
    answered: dt.datetime | None
    ended: dt.datetime | None
    delay_noticed: dt.datetime | None  # the latest notice
    forward_due: dt.date | None
    answer_due: dt.date | None
    due: dt.date | None  # the one it must meet next
    officer: str  # who filed it

    @property
    def written(self) -> str:
        """Its number as people say it: 12/2569."""
        return written(self.year, self.number)

    @property
    def missing(self) -> tuple[str, ...]:
        """The documents that it lacks."""
        return tuple(document.name for document in self.documents if not document.held)

    def late(self, today: dt.date) -> bool:
        """Whether the day has passed on which its next step was due."""
        return self.due is not None and self.due < today


class CaseStepLine(Struct, frozen=True):
    """A step of a case's history; the first is ``filed``."""

    revision: int
    step: str
    state: CaseState
    at: dt.datetime  # when it happened, by the officer's word
    taken: dt.datetime  # when the hall took it up
    who: str
    documents: tuple[Document, ...]
    note: str | None


class CaseCounts(Struct, frozen=True):
    """Cases that have not ended; those that are late are not due today."""

    open: int
    due_today: int
    overdue: int


def counts(ledger: apsw.Connection, today: dt.date) -> CaseCounts:
    """How many cases are open, due on this day of the centre's, and overdue."""
    day = today.isoformat()
    row: Any = ledger.execute(
        """SELECT (SELECT count(*) FROM cases WHERE ended IS NULL),
                  (SELECT count(*) FROM cases WHERE ended IS NULL AND due = ?1),
                  (SELECT count(*) FROM cases WHERE ended IS NULL AND due < ?1)""",
        (day,),
    ).fetchone()
    return CaseCounts(*row)


def open_cases(ledger: apsw.Connection, limit: int = LIMIT, skip: int = 0) -> list[CaseLine]:
    """Cases that have not ended, the most urgent first; those without a due date come last."""
    query = "SELECT {} FROM cases WHERE ended IS NULL AND due {} ORDER BY due, year, number LIMIT ? OFFSET ?"
    dated = _lines(ledger, query.format(_COLUMNS, "IS NOT NULL"), (limit, skip))
    if len(dated) == limit:
        return dated
    others = ledger.execute("SELECT count(*) FROM cases WHERE ended IS NULL AND due IS NOT NULL").get
    rest = (limit - len(dated), max(0, skip - int(others or 0)))
    return dated + _lines(ledger, query.format(_COLUMNS, "IS NULL"), rest)


def overdue(ledger: apsw.Connection, today: dt.date, limit: int = LIMIT) -> list[CaseLine]:
    """Cases that should have been forwarded, or answered, before this day; the latest of all first."""
    query = f"SELECT {_COLUMNS} FROM cases WHERE ended IS NULL AND due < ? ORDER BY due, year, number LIMIT ?"  # noqa: S608 -- columns of our own
    return _lines(ledger, query, (today.isoformat(), limit))


def due_within(ledger: apsw.Connection, first: dt.date, last: dt.date, limit: int = LIMIT) -> list[CaseLine]:
    """Cases that have not ended and are due on these days, both counted; the most urgent first."""
    query = f"""SELECT {_COLUMNS} FROM cases WHERE ended IS NULL AND due BETWEEN ? AND ?
                ORDER BY due, year, number LIMIT ?"""  # noqa: S608
    return _lines(ledger, query, (first.isoformat(), last.isoformat(), limit))


def latest(ledger: apsw.Connection, limit: int = LIMIT) -> list[CaseLine]:
    """Cases in whatever state, the youngest first."""
    return _lines(ledger, f"SELECT {_COLUMNS} FROM cases ORDER BY year DESC, number DESC LIMIT ?", (limit,))  # noqa: S608


def in_state(ledger: apsw.Connection, state: CaseState, limit: int = LIMIT) -> list[CaseLine]:
    """Cases in this state, the youngest first."""
    query = f"SELECT {_COLUMNS} FROM cases WHERE state = ? ORDER BY year DESC, number DESC LIMIT ?"  # noqa: S608
    return _lines(ledger, query, (state, limit))


def of_visit(ledger: apsw.Connection, visit: str) -> list[CaseLine]:
    """The cases that were filed at this visit."""
    query = f"SELECT {_COLUMNS} FROM cases WHERE visit = ? ORDER BY year, number"  # noqa: S608
    return _lines(ledger, query, (visit,))


def visit_at(ledger: apsw.Connection, day: dt.date, point: int, ticket: str) -> str | None:
    """The visit of this ticket that is served at this point; None where there is none any more."""
    query = """SELECT id FROM visit WHERE day = ? AND point = ? AND number = ? AND finished IS NULL
               ORDER BY called DESC LIMIT 1"""
    found = ledger.execute(query, (day.isoformat(), point, ticket)).get
    return str(found) if found else None


def papers_of(ledger: apsw.Connection, service: str, limit: int = 50) -> list[str]:
    """The documents on the checklists of this service's latest cases, the most frequent first."""
    query = "SELECT documents FROM cases WHERE service = ? ORDER BY year DESC, number DESC LIMIT ?"
    rows = ledger.execute(query, (service, limit))
    return [name for name, _ in Counter(d.name for (row,) in rows for d in checklist(str(row))).most_common(MOST_KNOWN)]


def case(ledger: apsw.Connection, id: str) -> CaseLine | None:
    """The case of this id; None where there is none."""
    return next(iter(_lines(ledger, f"SELECT {_COLUMNS} FROM cases WHERE id = ?", (id,))), None)  # noqa: S608


def numbered(ledger: apsw.Connection, year: int, number: int) -> CaseLine | None:
    """The case of this number, as `display.cases.numbers.read` reads it; None where there is none."""
    query = f"SELECT {_COLUMNS} FROM cases WHERE year = ? AND number = ?"  # noqa: S608
    return next(iter(_lines(ledger, query, (year, number))), None)


def history(ledger: apsw.Connection, id: str) -> list[CaseStepLine]:
    """All that happened to a case, from its filing on."""
    rows: Any = ledger.execute(
        """SELECT revision, step, state, at, taken, who, documents, note FROM case_step
           WHERE "case" = ? ORDER BY revision""",
        (id,),
    )
    return [
        CaseStepLine(revision, step, state, moment(at), moment(taken), who, checklist(documents), note)
        for revision, step, state, at, taken, who, documents, note in rows
    ]


def _lines(ledger: apsw.Connection, query: str, values: Sequence[str | int]) -> list[CaseLine]:
    return [_line(row) for row in ledger.execute(query, values)]


def _line(row: Any) -> CaseLine:
    *who, documents, filed, forwarded, answered, ended, noticed, forward_due, answer_due, due, officer = row
    times = (moment(at) if at is not None else None for at in (forwarded, answered, ended, noticed))
    dates = (dt.date.fromisoformat(day) if day else None for day in (forward_due, answer_due, due))
    values: list[Any] = [*who, checklist(documents), moment(filed), *times, *dates, officer]
    return CaseLine(*values)
