"""What the kiosk must not forget: the numbers it gave, and what became of each.

    given ──▶ printed   the printer says that it printed
          ├─▶ taken     the citizen took the number from the screen (paper may follow)
          └─▶ voided    nobody took it, or the power was cut

`give` is durable before any paper.  Leaving ``given`` and the fact for the hall are one transaction, so each number
becomes one fact: issued or voided, never both, never none.

After a crash between number and confirmation nobody knows whether paper came out, and nobody stands before a page that
could prove it.  `settle` voids such numbers: whoever holds the paper touches again or asks at point 1, and loses a
place; a ticket in the queue that nobody holds would make officers call into an empty hall, and its number given once
more would make two people stand up.  A voided number is never given again that day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import apsw

from broker.centre import Service
from broker.messages import TicketIssued, TicketVoided
from broker.outbox import OUTBOX_MIGRATIONS, Outbox
from broker.store import open_store
from kiosk.numbering import NoneLeft, next_number, service_day

MIGRATIONS = (
    *OUTBOX_MIGRATIONS,
    """-- numbers
    CREATE TABLE number (
        key INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        number TEXT NOT NULL,
        service TEXT NOT NULL,
        priority INTEGER NOT NULL,
        given_at TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('given', 'printed', 'taken', 'voided')),
        paper_owed INTEGER NOT NULL DEFAULT 1,
        UNIQUE (day, number)
    ) STRICT;
    CREATE INDEX number_open ON number (key) WHERE state = 'given';
    CREATE INDEX number_owed ON number (key) WHERE paper_owed;
    """,
)

Why = Literal["not_taken", "power_cut"]


@dataclass(frozen=True)
class Given:
    """A number that is committed."""

    key: int
    number: str
    day: dt.date
    service: str
    priority: bool
    given_at: dt.datetime


class KioskStore:
    """One kiosk's numbers in SQLite.  One thread at a time."""

    def __init__(self, connection: apsw.Connection, numbers: tuple[int, int]) -> None:
        self._connection = connection
        self._numbers = numbers
        self.outbox = Outbox(connection)

    @classmethod
    def open(cls, path: Path, numbers: tuple[int, int]) -> Self:
        """The store at ``path`` for a kiosk that gives these ``numbers``.  Raises `broker.store.StoreError`."""
        return cls(open_store(path, MIGRATIONS), numbers)

    def close(self) -> None:
        self._connection.close()

    def day(self, today: dt.date) -> dt.date:
        """The service day that numbers are given in; later than ``today`` when the clock jumped back."""
        known = self._connection.execute("SELECT max(day) FROM number").get
        return service_day(today, dt.date.fromisoformat(known) if known else None)

    def give(self, service: Service, priority: bool, now: dt.datetime, today: dt.date) -> Given | NoneLeft:
        """Commit the next number of this service; durable when this returns.

        ``now`` is aware UTC, ``today`` the centre's local date then.
        """
        day = self.day(today)
        last = self._connection.execute(
            "SELECT max(number) FROM number WHERE day = ? AND number BETWEEN ? AND ?",
            (day.isoformat(), f"{service.prefix}000", f"{service.prefix}999"),
        ).get
        number = next_number(service.prefix, self._numbers, last)
        if isinstance(number, NoneLeft):
            return number
        with self._connection:
            key = self._connection.execute(
                "INSERT INTO number (day, number, service, priority, given_at, state) VALUES (?, ?, ?, ?, ?, 'given')"
                " RETURNING key",
                (day.isoformat(), number, service.id, int(priority), now.isoformat()),
            ).get
        return Given(int(key), number, day, service.id, priority, now)

    def enter(self, key: int, *, paper: bool) -> None:
        """The citizen holds the number: it printed, or it was taken from the screen.

        Raises `ValueError` when this was settled before.
        """
        with self._connection:
            given = self._leave_given(key, "printed" if paper else "taken")
            if paper:
                self._connection.execute("UPDATE number SET paper_owed = 0 WHERE key = ?", (key,))
            self.outbox.add(
                TicketIssued(
                    number=given.number,
                    day=given.day,
                    service=given.service,
                    given_at=given.given_at,
                    priority=given.priority,
                    proof="paper" if paper else "screen",
                )
            )

    def void(self, key: int, why: Why = "not_taken") -> None:
        """Nobody holds the number.  Raises `ValueError` when this was settled before."""
        with self._connection:
            given = self._leave_given(key, "voided")
            self._connection.execute("UPDATE number SET paper_owed = 0 WHERE key = ?", (key,))
            self.outbox.add(
                TicketVoided(
                    number=given.number, day=given.day, service=given.service, given_at=given.given_at, why=why
                )
            )

    def settle(self) -> list[str]:
        """Void what was given but never confirmed (see above); the numbers voided.  Call once, at start.

        Paper owed from before is owed no more: nobody stands there to take it.
        """
        rows: list[tuple[Any, ...]] = self._connection.execute(
            "SELECT key, number FROM number WHERE state = 'given' ORDER BY key"
        ).fetchall()
        for key, _number in rows:
            self.void(key, "power_cut")
        self.forgive()
        return [number for _key, number in rows]

    def paper_followed(self, key: int) -> None:
        """A number taken from the screen was printed after all."""
        with self._connection:
            self._connection.execute("UPDATE number SET paper_owed = 0 WHERE key = ?", (key,))

    def forgive(self) -> None:
        """The printer is well again: whoever left without paper gets none (`kiosk.flow`, "Paper owed")."""
        with self._connection:
            self._connection.execute("UPDATE number SET paper_owed = 0 WHERE paper_owed AND state <> 'given'")

    def unprinted(self) -> int:
        """Numbers given whose paper is still owed."""
        return int(self._connection.execute("SELECT count(*) FROM number WHERE paper_owed").get)

    def _leave_given(self, key: int, state: str) -> Given:
        row = self._connection.execute(
            "UPDATE number SET state = ? WHERE key = ? AND state = 'given'"
            " RETURNING number, day, service, priority, given_at",
            (state, key),
        ).fetchone()
        if row is None:
            raise ValueError(f"number {key} is not open")
        number, day, service, priority, given_at = row
        return Given(
            key, number, dt.date.fromisoformat(day), service, bool(priority), dt.datetime.fromisoformat(given_at)
        )
