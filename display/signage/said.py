"""What a screen must not forget: the calls it began to announce, on disk before the first sound, so that one that
starts again says nothing twice; and what the office edited."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import apsw

from broker import store
from broker.messages import Office
from broker.office_copy import OFFICE_MIGRATIONS, OfficeShelf

log = logging.getLogger(__name__)

_MIGRATIONS = (
    *OFFICE_MIGRATIONS,
    """-- said
    CREATE TABLE said (call TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """,
)
_KEPT = 2000  # calls, some days' worth: counted, for a clock may show any time when one is written down
_FORGET = "DELETE FROM said WHERE at < (SELECT at FROM said ORDER BY at DESC LIMIT 1 OFFSET ?)"


class Store:
    """A set of call ids that survives a power cut.  A damaged file is set aside: then what was said is not known.

    A card that fails later stops nobody's call: what it does not take is remembered until the process ends, and
    `faulty` says so.
    """

    def __init__(self, path: Path, vfs: str | None = None) -> None:
        self._connection, self.warned = store.open_healed(path, _MIGRATIONS, vfs)
        self.office = OfficeShelf(self._connection)
        self._unwritten: set[str] = set()
        self.faulty = False  # the last call could not be written

    def __contains__(self, call: str) -> bool:
        if call in self._unwritten:
            return True
        try:
            return self._connection.execute("SELECT 1 FROM said WHERE call = ?", (call,)).fetchone() is not None
        except apsw.Error as error:
            log.warning("%s cannot be looked up: %s", call, error)
            return False  # said twice is better than not at all

    def add(self, call: str, now: dt.datetime) -> None:
        """Durable when it returns, unless the card fails; forgets the oldest past some thousand."""
        try:
            with self._connection:
                self._connection.execute(_FORGET, (_KEPT,))
                self._connection.execute("INSERT OR IGNORE INTO said VALUES (?, ?)", (call, now.isoformat()))
            self.faulty = False
        except apsw.Error as error:
            log.warning("%s could not be written: %s", call, error)
            self._unwritten.add(call)
            self.faulty = True

    def keep(self, said: Office) -> None:
        """Remember a part of the office; one that the card does not take is heard again at the next connection."""
        try:
            self.office.keep(said)
            self.faulty = False
        except apsw.Error as error:
            log.warning("%s could not be kept: %s", said.part, error)
            self.faulty = True

    def alive(self) -> bool:
        """Whether the store still answers."""
        return store.alive(self._connection)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()
