"""The votes of a point's smileys, each made durable before the lamp thanks for it (R2.4)."""

from __future__ import annotations

import datetime as dt

import apsw

from broker.messages import Rated
from broker.outbox import OUTBOX_MIGRATIONS, Outbox

VOTE_MIGRATIONS = (
    *OUTBOX_MIGRATIONS,
    """-- votes
    CREATE TABLE vote (visit TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX vote_at ON vote (at);
    """,
)
_KEPT = dt.timedelta(days=2)  # far longer than any survey stays open


class Votes:
    """Which visits were rated here, in a store opened with `VOTE_MIGRATIONS`."""

    def __init__(self, connection: apsw.Connection, outbox: Outbox) -> None:
        self._connection = connection
        self._outbox = outbox

    def cast(self, rated: Rated) -> bool:
        """Keep the vote for the hall; False: this visit was rated before, and nothing changed.

        When it returns, the vote is on the disk.
        """
        at = rated.rated_at
        with self._connection:
            self._connection.execute("DELETE FROM vote WHERE at < ?", (int((at - _KEPT).timestamp()),))
            self._connection.execute("INSERT OR IGNORE INTO vote VALUES (?, ?)", (rated.visit, int(at.timestamp())))
            first = self._connection.changes() == 1
            if first:
                self._outbox.add(rated)
        return first
