"""Event → rows of the derived tables.  Called by the ledger inside the transaction that appends the event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import apsw
import msgspec

from broker.office import key
from display.cases.events import CaseEvent
from display.ledger import case_rows, columns
from display.queue import events as e

_OUTCOMES: Mapping[type[e.TicketEvent], str] = {
    e.Finished: "served",
    e.Transferred: "transferred",
    e.NoShow: "no_show",
    e.Unserved: "unserved",
}
_STATES: Mapping[type[e.TicketEvent], str] = {
    e.Called: "called",
    e.Started: "serving",
    e.Provided: "provided",
    e.Finished: "served",
    e.NoShow: "no_show",
    e.Held: "held",
    e.Transferred: "waiting",
    e.Unserved: "unserved",
    e.TicketVoided: "voided",
}


def project(ledger: apsw.Connection, day: dt.date, event: e.Event) -> None:
    """Bring the derived tables up to this event, which belongs to ``day``."""
    match event:
        case e.TicketQueued():
            _queued(ledger, event)
        case e.TicketVoided():
            _voided(ledger, event)
        case e.TicketEvent():
            _moved(ledger, day, event)
        case e.PointOpened() | e.PointClosed():
            _paused(ledger, day.isoformat(), event)
        case e.Announced():
            ledger.execute(
                "UPDATE call SET announced = ? WHERE id = ? AND announced IS NULL", (event.at.timestamp(), event.call)
            )
        case e.Rated():
            ledger.execute(
                "INSERT INTO rating VALUES (?, ?, ?)", (event.visit, event.level, event.rated_at.timestamp())
            )
        case CaseEvent():
            case_rows.project(ledger, day, event)
        case e.Forgotten(before=before):
            _forgotten(ledger, before.isoformat())
            case_rows.forget(ledger, event)
        case e.OfficeChanged() | e.HandedOut():
            _office(ledger, day, event)
    _of_day(ledger, day, event)


def _of_day(ledger: apsw.Connection, day: dt.date, event: e.Event) -> None:
    """What the day is in one row follows from its tables, so it comes last."""
    match event:
        case e.PracticeDay(day=made_up):
            ledger.execute("INSERT INTO practice VALUES (?)", (made_up.isoformat(),))
        case e.DayEnded(day=ended):
            columns.keep(ledger, ended)
        case e.DayBegan(day=goes_on):
            columns.drop(ledger, goes_on)
        case e.TicketEvent() | e.Rated():
            columns.renew(ledger, day)


def _queued(ledger: apsw.Connection, event: e.TicketQueued) -> None:
    given, priority, guessed = event.given_at.timestamp(), int(event.priority), int(event.certainty == "guessed")
    ledger.execute(
        "INSERT INTO ticket VALUES (?, ?, ?, ?, ?, ?, 'waiting')",
        (event.day.isoformat(), event.number, event.service, given, priority, event.proof),
    )
    ledger.execute(
        """INSERT INTO visit (id, day, number, service, priority, issued, guessed, estimate)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (event.visit, event.day.isoformat(), event.number, event.service, priority, given, guessed, event.estimate),
    )


def _voided(ledger: apsw.Connection, event: e.TicketVoided) -> None:
    day = event.day.isoformat()
    ledger.execute(
        "INSERT INTO ticket VALUES (?, ?, ?, ?, 0, NULL, 'voided') ON CONFLICT DO UPDATE SET state = 'voided'",
        (day, event.number, event.service, event.given_at.timestamp()),
    )
    ledger.execute(
        "UPDATE visit SET outcome = 'voided' WHERE id = (SELECT id FROM visit WHERE day = ? AND number = ?)",
        (day, event.number),
    )


def _moved(ledger: apsw.Connection, day: dt.date, event: e.TicketEvent) -> None:
    ledger.execute(
        "UPDATE ticket SET state = ? WHERE day = ? AND number = ?",
        (_STATES[type(event)], day.isoformat(), event.number),
    )
    at = event.at.timestamp()
    match event:
        case e.Called():
            _called(ledger, day, event, at)
        case e.Started():
            ledger.execute("UPDATE visit SET started = coalesce(started, ?) WHERE id = ?", (at, event.visit))
        case e.Provided():
            ledger.execute("UPDATE visit SET provided = coalesce(provided, ?) WHERE id = ?", (at, event.visit))
        case e.NoShow():
            ledger.execute(
                "UPDATE visit SET outcome = 'no_show', started = CASE WHEN ? THEN NULL ELSE started END WHERE id = ?",
                (event.unstarted, event.visit),
            )
        case e.Finished() | e.Transferred() | e.Unserved():
            known = not isinstance(event, e.Unserved) and getattr(event, "by", "officer") == "officer"
            ledger.execute(
                "UPDATE visit SET outcome = ?, finished = ? WHERE id = ?",
                (_OUTCOMES[type(event)], at if known else None, event.visit),
            )
    match event:
        case e.Held() | e.NoShow():
            ledger.execute("UPDATE visit SET aside = ? WHERE id = ?", (at, event.visit))
        case e.Finished(outcome=str(code)):
            ledger.execute("UPDATE visit SET outcome_code = ? WHERE id = ?", (code, event.visit))
        case e.Transferred():
            ledger.execute(
                """INSERT INTO visit (id, day, number, service, priority, issued, note)
                   SELECT ?, day, number, ?, priority, ?, ? FROM visit WHERE id = ?""",
                (event.next_visit, event.service, at, event.note, event.visit),
            )


def _called(ledger: apsw.Connection, day: dt.date, event: e.Called, at: float) -> None:
    ledger.execute(
        "INSERT INTO call VALUES (?, ?, ?, ?, ?, ?, NULL)",
        (event.call, day.isoformat(), event.visit, event.point, at, event.times),
    )
    ledger.execute(
        """UPDATE visit SET outcome = NULL, point = :point, officer = :officer, calls = calls + 1,
               first_called = coalesce(first_called, :at),
               called = CASE WHEN started IS NULL THEN :at ELSE called END
           WHERE id = :visit""",
        {"point": event.point, "officer": event.officer, "at": at, "visit": event.visit},
    )


def _paused(ledger: apsw.Connection, day: str, event: e.PointOpened | e.PointClosed) -> None:
    at = event.at.timestamp()
    ledger.execute("UPDATE pause SET ended = ? WHERE day = ? AND point = ? AND ended IS NULL", (at, day, event.point))
    if isinstance(event, e.PointClosed) and event.stays:
        ledger.execute(
            "INSERT INTO pause VALUES (?, ?, ?, ?, ?, NULL)", (day, event.point, event.officer, event.reason, at)
        )


def _forgotten(ledger: apsw.Connection, before: str) -> None:
    ledger.execute("DELETE FROM rating WHERE visit IN (SELECT id FROM visit WHERE day < ?)", (before,))
    ledger.execute("DELETE FROM call WHERE visit IN (SELECT id FROM visit WHERE day < ?)", (before,))
    ledger.execute("DELETE FROM visit WHERE day < ?", (before,))
    for table in ("ticket", "pause", "handed_out", "office", "day_columns", "practice"):
        ledger.execute(f"DELETE FROM {table} WHERE day < ?", (before,))  # noqa: S608 -- names of our own


def _office(ledger: apsw.Connection, day: dt.date, event: e.OfficeChanged | e.HandedOut) -> None:
    if isinstance(event, e.HandedOut):
        ledger.execute(
            "INSERT INTO handed_out VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
            (event.day.isoformat(), event.document, event.point or 0, event.count),
        )
        return
    body = msgspec.json.encode(event.edit).decode()
    ledger.execute(  # what is said anew lest it be forgotten is the same version of a later day
        "INSERT INTO office VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET day = excluded.day",
        (key(event.edit), event.version, day.isoformat(), event.at.isoformat(), event.by, event.id, body),
    )
