"""Which service days of the ledger are practice days: made up, see `display.practice`."""

from __future__ import annotations

import datetime as dt

import apsw


def practice_days(ledger: apsw.Connection, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """Those between these two, both included."""
    rows = ledger.execute("SELECT day FROM practice WHERE day BETWEEN ? AND ?", (first.isoformat(), last.isoformat()))
    return frozenset(dt.date.fromisoformat(str(day)) for (day,) in rows)
