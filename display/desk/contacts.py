"""Whom to tell how a case came out: a name and one channel, nowhere but in the desk's own store (PDPA).

They never go over MQTT nor into the ledger, which forgets nothing.  Who reads one is written down before it is shown;
each is erased on its date, once, and what remains is that there was one: no name, no channel's content.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import apsw
from msgspec import Struct

from display.cases import channels
from display.cases.channels import Channel

CONTACT_MIGRATIONS = (
    """-- contacts of cases
    CREATE TABLE contact (                   -- all that is known of a citizen; a row goes on its date
        "case"   TEXT PRIMARY KEY,
        name     TEXT NOT NULL,
        channel  TEXT NOT NULL CHECK (channel IN ('phone', 'email', 'line', 'post')),
        value    TEXT NOT NULL,
        noticed  REAL NOT NULL,              -- when the notice of use was shown
        erase_on TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX contact_due ON contact (erase_on);
    CREATE TABLE contact_log (               -- stays: who did what with it; never what it said
        seq      INTEGER PRIMARY KEY,
        "case"   TEXT NOT NULL,
        at       REAL NOT NULL,
        who      TEXT NOT NULL,              -- an account; '' for the clock
        deed     TEXT NOT NULL CHECK (deed IN ('kept', 'changed', 'read', 'postponed', 'erased')),
        channel  TEXT NOT NULL
    ) STRICT;
    CREATE INDEX contact_log_of_case ON contact_log ("case", seq);
    CREATE UNIQUE INDEX contact_erased_once ON contact_log ("case") WHERE deed = 'erased';
    CREATE TRIGGER contact_log_stays BEFORE UPDATE ON contact_log
        BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER contact_log_remains BEFORE DELETE ON contact_log
        BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
    """,
)
Deed = Literal["kept", "changed", "read", "postponed", "erased"]


class Erased(LookupError):
    """This case's contact was erased; it is not asked for a second time."""


class Contact(Struct, frozen=True):
    case: str
    name: str
    channel: Channel
    value: str
    noticed: dt.datetime  # when the citizen was shown `channels.NOTICE`
    erase_on: dt.date


class Logged(Struct, frozen=True):
    """Somebody did something with a contact."""

    at: dt.datetime
    who: str
    deed: Deed
    channel: Channel


class ContactFigures(Struct, frozen=True):
    """What may be known for ever."""

    held: int
    erased: int
    by_channel: dict[str, int]  # of all that ever were kept


class Contacts:
    """The contacts of a store that has `CONTACT_MIGRATIONS`.  Use from one thread."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten, not only unlinked

    def keep(self, contact: Contact, who: str, now: dt.datetime) -> Contact:
        """Keep it, or put it right, and return it as kept.

        Raises `channels.WrongContact`, and `Erased` for a case whose contact is gone.
        """
        name, value = channels.name(contact.name), channels.reached(contact.channel, contact.value)
        with self._connection:
            if self._did(contact.case, "erased"):
                raise Erased(contact.case)
            deed: Deed = "changed" if self._did(contact.case, "kept") else "kept"
            self._connection.execute(
                "INSERT OR REPLACE INTO contact VALUES (?, ?, ?, ?, ?, ?)",
                (contact.case, name, contact.channel, value, contact.noticed.timestamp(), contact.erase_on.isoformat()),
            )
            self._log(contact.case, who, deed, contact.channel, now)
        return Contact(contact.case, name, contact.channel, value, contact.noticed, contact.erase_on)

    def read(self, case: str, who: str, now: dt.datetime) -> Contact | None:
        """The contact of a case, once it is written down that this account reads it; None where there is none."""
        with self._connection:
            row: Any = self._connection.execute(
                'SELECT "case", name, channel, value, noticed, erase_on FROM contact WHERE "case" = ?', (case,)
            ).fetchone()
            if row is None:
                return None
            id, name, channel, value, noticed, erase_on = row
            self._log(case, who, "read", channel, now)
        at = dt.datetime.fromtimestamp(noticed, dt.UTC)
        return Contact(id, name, channel, value, at, dt.date.fromisoformat(erase_on))

    def postpone(self, case: str, until: dt.date, who: str, now: dt.datetime) -> None:
        """Erase it on this later day instead, for a case that is still open.

        Raises `Erased` where nothing is left, and `ValueError` for a day that is not later.
        """
        with self._connection:
            row: Any = self._connection.execute(
                'SELECT erase_on, channel FROM contact WHERE "case" = ?', (case,)
            ).fetchone()
            if row is None:
                raise Erased(case)
            if until.isoformat() <= row[0]:
                raise ValueError(f"{until} is not after {row[0]}")
            self._connection.execute('UPDATE contact SET erase_on = ? WHERE "case" = ?', (until.isoformat(), case))
            self._log(case, who, "postponed", row[1], now)

    def erase_due(self, today: dt.date, now: dt.datetime) -> int:
        """Erase all whose date is this day or has passed; how many.  To be called once a day and at each start."""
        with self._connection:
            due: list[Any] = self._connection.execute(
                'SELECT "case", channel FROM contact WHERE erase_on <= ?', (today.isoformat(),)
            ).fetchall()
            for case, channel in due:
                self._connection.execute('DELETE FROM contact WHERE "case" = ?', (case,))
                self._log(case, "", "erased", channel, now)
        if due:  # until then the write-ahead log would still hold the pages as they were
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return len(due)

    def erase_on(self, case: str) -> dt.date | None:
        """The day on which this case's contact is to be erased; None: none is held."""
        day = self._connection.execute('SELECT erase_on FROM contact WHERE "case" = ?', (case,)).get
        return dt.date.fromisoformat(str(day)) if day else None

    def going(self, until: dt.date, limit: int = 100) -> list[str]:
        """The cases whose contacts are to be erased by this day, the first to go first."""
        query = 'SELECT "case" FROM contact WHERE erase_on <= ? ORDER BY erase_on, "case" LIMIT ?'
        return [str(case) for (case,) in self._connection.execute(query, (until.isoformat(), limit))]

    def next_erasure(self) -> dt.date | None:
        """The day on which the next one is to be erased; None: none is held."""
        day = self._connection.execute("SELECT min(erase_on) FROM contact").get
        return dt.date.fromisoformat(str(day)) if day else None

    def log(self, case: str) -> list[Logged]:
        """Who did what with this case's contact, in order; it outlives the contact."""
        rows: Any = self._connection.execute(
            'SELECT at, who, deed, channel FROM contact_log WHERE "case" = ? ORDER BY seq', (case,)
        )
        return [Logged(dt.datetime.fromtimestamp(at, dt.UTC), who, deed, channel) for at, who, deed, channel in rows]

    def figures(self) -> ContactFigures:
        """How many are held and were erased, and by which channels citizens want to be told."""
        held: Any = self._connection.execute("SELECT count(*) FROM contact").get
        erased: Any = self._connection.execute("SELECT count(*) FROM contact_log WHERE deed = 'erased'").get
        rows = self._connection.execute(
            "SELECT channel, count(*) FROM contact_log WHERE deed = 'kept' GROUP BY channel ORDER BY channel"
        )
        return ContactFigures(held, erased, {str(channel): int(count) for channel, count in rows})

    def _did(self, case: str, deed: Deed) -> bool:
        query = 'SELECT EXISTS (SELECT 1 FROM contact_log WHERE "case" = ? AND deed = ?)'
        return bool(self._connection.execute(query, (case, deed)).get)

    def _log(self, case: str, who: str, deed: Deed, channel: Channel, now: dt.datetime) -> None:
        self._connection.execute(
            'INSERT INTO contact_log ("case", at, who, deed, channel) VALUES (?, ?, ?, ?, ?)',
            (case, now.timestamp(), who, deed, channel),
        )
