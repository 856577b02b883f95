"""The rows of cases: written from their events, inside the ledger's transactions, and read for the next decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import apsw
import msgspec

from broker.messages import Document
from display.cases.due import Due
from display.cases.events import CaseEvent, CaseFiled, CaseMoved
from display.cases.intake import Case
from display.cases.states import ENDS, pending
from display.queue.events import Forgotten

_CHECKLIST = msgspec.json.Decoder(tuple[Document, ...])
_STAMPED = ("forwarded", "answered", "citizen_informed", "centre_informed", "delay_noticed")  # columns of their own


def project(ledger: apsw.Connection, day: dt.date, event: CaseEvent) -> None:
    """Bring the case's rows up to this event of the service day ``day``."""
    if isinstance(event, CaseFiled):
        _filed(ledger, day, event)
    elif isinstance(event, CaseMoved):
        _moved(ledger, event)
    else:
        ledger.execute(
            "UPDATE cases SET forward_due = :forward_due, answer_due = :answer_due, due = :due WHERE id = :id",
            {"id": event.case, **_standing(event)},
        )


def forget(ledger: apsw.Connection, event: Forgotten) -> None:
    """The cases whose filing is among the events that go; how far each year's numbers went stays."""
    before = (event.before.isoformat(),)
    ledger.execute('DELETE FROM case_step WHERE "case" IN (SELECT id FROM cases WHERE day < ?)', before)
    ledger.execute("DELETE FROM cases WHERE day < ?", before)
    for year, number in event.case_numbers.items():
        _numbered(ledger, year, number)


def read(ledger: apsw.Connection, id: str) -> Case | None:
    """The case as it stands; None where there is none of this id."""
    return next(_cases(ledger, "WHERE id = ?", id), None)


def open_cases(ledger: apsw.Connection) -> list[Case]:
    """All that have not ended."""
    return list(_cases(ledger, "WHERE ended IS NULL"))


def _cases(ledger: apsw.Connection, where: str, *values: str) -> Iterator[Case]:
    rows: Any = ledger.execute(
        f"""SELECT id, matter, state, revision, documents, moved, filed, completed, forwarded, forward_due, answer_due
            FROM cases {where}""",  # noqa: S608 -- words of our own
        values,
    )
    for id, matter, state, revision, documents, *times, forward_due, answer_due in rows:
        moved, filed, completed, forwarded = (moment(at) if at is not None else None for at in times)
        dates = (dt.date.fromisoformat(day) if day else None for day in (forward_due, answer_due))
        standing = (id, matter, state, revision, checklist(documents))
        yield Case(*standing, moved, filed, completed, forwarded, Due(*dates))  # type: ignore[arg-type]


def last_number(ledger: apsw.Connection, year: int) -> int:
    """The highest number given in this year (A.D.); 0 before the first."""
    return numbers(ledger).get(year, 0)


def numbers(ledger: apsw.Connection) -> dict[int, int]:
    """Each year's highest number."""
    return dict(ledger.execute("SELECT year, last FROM case_year ORDER BY year"))


def oldest_open(ledger: apsw.Connection) -> str | None:
    """The service day among whose events the oldest open case begins; None: every case has ended."""
    day = ledger.execute("SELECT min(day) FROM cases WHERE ended IS NULL").get
    return str(day) if day else None


def checklist(documents: str) -> tuple[Document, ...]:
    """A checklist as a row holds it."""
    return _CHECKLIST.decode(documents)


def moment(at: float) -> dt.datetime:
    """A time as a row holds it."""
    return dt.datetime.fromtimestamp(at, dt.UTC)


def _filed(ledger: apsw.Connection, day: dt.date, event: CaseFiled) -> None:
    filed, documents = event.filed_at.timestamp(), msgspec.json.encode(event.documents).decode()
    ledger.execute(
        """INSERT INTO cases (id, day, year, number, service, matter, visit, state, revision, documents,
                              filed, moved, completed, forward_due, answer_due, due)
           VALUES (:id, :day, :year, :number, :service, :matter, :visit, :state, 1, :documents,
                   :filed, :filed, :completed, :forward_due, :answer_due, :due)""",
        {
            "id": event.case,
            "day": day.isoformat(),
            "year": event.year,
            "number": event.number,
            "service": event.service,
            "matter": event.matter,
            "visit": event.visit,
            "documents": documents,
            "filed": filed,
            "completed": filed if event.state == "complete" else None,
            **_standing(event),
        },
    )
    ledger.execute(
        "INSERT INTO case_step VALUES (?, 1, 'filed', ?, ?, ?, ?, ?, ?)",
        (event.case, event.state, filed, event.at.timestamp(), event.who, documents, event.note),
    )
    _numbered(ledger, event.year, event.number)


def _moved(ledger: apsw.Connection, event: CaseMoved) -> None:
    """Writes nothing for a case whose filing was forgotten."""
    at, documents = event.moved_at.timestamp(), msgspec.json.encode(event.documents).decode()
    stamped = "".join(f", {column} = :at" for column in _STAMPED if column == event.step)
    if event.step in ("missing", "completed"):
        stamped = ", completed = " + ("NULL" if event.step == "missing" else ":at")
    ledger.execute(
        f"""UPDATE cases SET state = :state, revision = :revision, documents = :documents, moved = :at{stamped},
               ended = CASE WHEN :ended THEN :at END, forward_due = :forward_due, answer_due = :answer_due, due = :due
            WHERE id = :id""",  # noqa: S608 -- columns of our own
        {
            "id": event.case,
            "revision": event.revision,
            "documents": documents,
            "at": at,
            "ended": event.state in ENDS,
            **_standing(event),
        },
    )
    ledger.execute(
        "INSERT INTO case_step SELECT id, ?, ?, ?, ?, ?, ?, ?, ? FROM cases WHERE id = ?",
        (
            event.revision,
            event.step,
            event.state,
            at,
            event.at.timestamp(),
            event.who,
            documents,
            event.note,
            event.case,
        ),
    )


def _standing(event: CaseEvent) -> dict[str, str | None]:
    dates = {
        "forward_due": event.forward_due,
        "answer_due": event.answer_due,
        "due": pending(event.state, event.forward_due, event.answer_due),
    }
    return {"state": event.state} | {name: date.isoformat() if date else None for name, date in dates.items()}


def _numbered(ledger: apsw.Connection, year: int, number: int) -> None:
    ledger.execute(
        "INSERT INTO case_year VALUES (?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)", (year, number)
    )
