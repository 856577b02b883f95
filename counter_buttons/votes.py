"""The votes of a point's smileys, each made durable before the lamp thanks for it (R2.4)."""

from __future__ import annotations

import apsw

from broker.clock import Since
from broker.messages import Rated
from broker.outbox import OUTBOX_MIGRATIONS, Outbox

VOTE_MIGRATIONS = (
    *OUTBOX_MIGRATIONS,
    """-- votes
    CREATE TABLE vote (visit TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX vote_at ON vote (at);
    """,
)
_KEPT = 5000  # votes, some days' worth: counted, for a clock may show any time when one is cast
_FORGET = "DELETE FROM vote WHERE at < (SELECT at FROM vote ORDER BY at DESC LIMIT 1 OFFSET ?)"


class Votes:
    """Which visits were rated here, in a store opened with `VOTE_MIGRATIONS`."""

    def __init__(self, connection: apsw.Connection, outbox: Outbox) -> None:
        self._connection = connection
        self._outbox = outbox

    def cast(self, rated: Rated, since: Since | None = None) -> bool:
        """Keep the vote for the hall; False: this visit was rated before, and nothing changed.

        When it returns, the vote is on the disk.  ``since`` is when an unsure one was cast.
        """
        at = rated.rated_at
        with self._connection:
            self._connection.execute(_FORGET, (_KEPT,))
            self._connection.execute("INSERT OR IGNORE INTO vote VALUES (?, ?)", (rated.visit, int(at.timestamp())))
            first = self._connection.changes() == 1
            if first:
                self._outbox.add(rated, since)
        return first
