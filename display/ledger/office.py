"""What the ledger knows of the office: the parts as they stand, who edited them when, what became of an edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from broker.messages import Office
from broker.office import AnyPart
from display.queue import events as e

_STANDING = """SELECT part, version, body, id, by, at FROM office AS it
    WHERE version = (SELECT max(version) FROM office WHERE part = it.part) ORDER BY part"""
_HISTORY = "SELECT part, version, body, id, by, at FROM office WHERE part = ? ORDER BY version DESC"


class HandOuts(Struct, frozen=True):
    """Copies of a document given out on one day at one point (None: elsewhere)."""

    day: dt.date
    document: str
    point: int | None
    count: int


def standing(ledger: apsw.Connection) -> list[Office]:
    """Each part that was ever edited, as it stands."""
    return [_office(row) for row in ledger.execute(_STANDING)]


def history(ledger: apsw.Connection, part: str) -> list[Office]:
    """Every version of a part that the ledger still remembers, newest first."""
    return [_office(row) for row in ledger.execute(_HISTORY, (part,))]


def outcome(ledger: apsw.Connection, node: str, seq: int) -> e.Event | None:
    """What became of a node's fact of this number: `OfficeChanged`, or `FactRejected` and why.  None: not there yet."""
    rows = ledger.execute("SELECT body FROM event WHERE node = ? AND fact = ?", (node, seq)).fetchall()
    return e.read(str(rows[0][0])) if rows else None


def handed_out(ledger: apsw.Connection, first: dt.date, last: dt.date) -> list[HandOuts]:
    """The hand-outs of these days, both counted."""
    rows = ledger.execute(
        "SELECT day, document, point, count FROM handed_out WHERE day BETWEEN ? AND ? ORDER BY day, document, point",
        (first.isoformat(), last.isoformat()),
    )
    return [HandOuts(dt.date.fromisoformat(str(d)), str(doc), int(p) or None, int(n)) for d, doc, p, n in rows]


def restated(ledger: apsw.Connection, before: dt.date) -> Iterator[e.OfficeChanged]:
    """The parts that stand since a day before this one, as they were edited then: to be said anew before it is
    forgotten."""
    for stands in standing(ledger):
        day = ledger.execute("SELECT day FROM office WHERE part = ? AND version = ?", (stands.part, stands.version)).get
        if str(day) < before.isoformat() and stands.edit and stands.id and stands.by and stands.at:
            yield e.OfficeChanged(at=stands.at, id=stands.id, version=stands.version, by=stands.by, edit=stands.edit)


def _office(row: Any) -> Office:
    part, version, body, id, by, at = row
    edit = msgspec.json.decode(body, type=AnyPart)
    return Office(part, version, edit, id, by, dt.datetime.fromisoformat(at))
