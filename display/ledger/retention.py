"""Days older than the centre's rule go, whole and in order, and the chain says so.

An event `Forgotten` bears the link of the last event that goes: who deletes anything by hand has no such event, and who
writes one breaks the chain.  Called by the ledger inside the transaction that appends the event.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import apsw

from display.ledger import case_rows

AT_ONCE = 31  # days a morning at most: a rule that was made shorter takes a while, and no morning waits for it


class Break(NamedTuple):
    """Where the ledger may begin: all events up to ``through`` are of days before ``before``, and no others are."""

    before: dt.date
    through: int
    link: bytes


def natural_break(ledger: apsw.Connection, cutoff: dt.date) -> Break | None:
    """The latest one among the oldest `AT_ONCE` days that keeps all days from ``cutoff`` on; None: nothing is to go.

    A case that is open keeps the day on which it was taken up, and all after it: nobody may forget what is owed to a
    citizen.  What came late for a day stands among the events of the next, and then both days go together or not at
    all.
    """
    query = "SELECT DISTINCT day FROM event WHERE day < ? ORDER BY day LIMIT ?"
    kept = case_rows.oldest_open(ledger)
    before = min(cutoff.isoformat(), kept or cutoff.isoformat())
    for (day,) in reversed(ledger.execute(query, (before, AT_ONCE)).fetchall()):
        last: Any = ledger.execute(
            "SELECT seq, chain FROM event WHERE day <= ? ORDER BY seq DESC LIMIT 1", (day,)
        ).fetchone()
        younger = "SELECT EXISTS (SELECT 1 FROM event WHERE seq < ? AND day > ?)"
        if not ledger.execute(younger, (last[0], day)).get:
            return Break(dt.date.fromisoformat(str(day)) + dt.timedelta(days=1), int(last[0]), bytes(last[1]))
    return None


def forget(ledger: apsw.Connection, at: Break) -> None:
    """Delete the events; their tables' rows go by `display.ledger.projection`."""
    ledger.execute("UPDATE forgotten SET through = ?, link = ?", (at.through, at.link))
    ledger.execute("DELETE FROM event WHERE seq <= ?", (at.through,))
