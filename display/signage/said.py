"""The calls this screen began to announce, on disk before the first sound: a restarted screen says nothing twice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from broker.store import open_store

_MIGRATIONS = (
    """-- said
    CREATE TABLE said (call TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """,
)
_KEPT = dt.timedelta(days=2)  # far longer than a call is ever announced


class Store:
    """A set of call ids that survives a power cut.  Raises `broker.store.StoreError` for a damaged file."""

    def __init__(self, path: Path) -> None:
        self._connection = open_store(path, _MIGRATIONS)

    def __contains__(self, call: str) -> bool:
        return self._connection.execute("SELECT 1 FROM said WHERE call = ?", (call,)).fetchone() is not None

    def add(self, call: str, now: dt.datetime) -> None:
        """Durable when it returns; forgets what is older than two days."""
        with self._connection:
            self._connection.execute("DELETE FROM said WHERE at < ?", ((now - _KEPT).isoformat(),))
            self._connection.execute("INSERT OR IGNORE INTO said VALUES (?, ?)", (call, now.isoformat()))

    def close(self) -> None:
        """Release the file."""
        self._connection.close()
