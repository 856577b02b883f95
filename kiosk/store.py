"""What the kiosk must not forget: the numbers it gave, and what became of each.

    given ──▶ printed   the printer says that it printed
          ├─▶ taken     the citizen took the number from the screen (paper may follow)
          └─▶ voided    nobody took it

`give` is durable before any paper.  Leaving ``given`` and the fact for the hall are one transaction, so each number
becomes one fact: issued or voided, never both, never none.

After a power cut between number and confirmation nobody knows whether paper came out.  `settle` leaves such a number
open when it is so young that its citizen is still near: it goes back on the screen, to be taken or printed after all.
Older ones are voided: a ticket in the queue that nobody holds would make officers call into an empty hall, and its
number given once more would make two people stand up.  A voided number is never given again that day.

The hall may know of later numbers than this file does, when the card is new or restored from an older copy: its word
counts too (`numbers_used`).
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import apsw

from broker import store
from broker.centre import Service
from broker.clock import Moment, Since
from broker.messages import Printed, TicketIssued, TicketVoided
from broker.office_copy import OFFICE_MIGRATIONS, OfficeShelf
from broker.outbox import OUTBOX_MIGRATIONS, Outbox
from kiosk.case_prints import CASE_PRINT_MIGRATIONS, CasePrints
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
    """-- numbers know how long ago
    ALTER TABLE number ADD COLUMN boot TEXT;   -- of an unsure time, see OUTBOX_MIGRATIONS
    ALTER TABLE number ADD COLUMN steady REAL;
    """,
    """-- numbers know what was promised
    ALTER TABLE number ADD COLUMN estimate INTEGER;  -- seconds that the citizen was told to wait
    """,
    *OFFICE_MIGRATIONS,
    *CASE_PRINT_MIGRATIONS,
    """-- numbers of cards before this one
    CREATE TABLE used (                    -- of one day: what this card lacks and the hall knows
        prefix  TEXT PRIMARY KEY,
        day     TEXT NOT NULL,
        highest INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
)

KEPT = 30_000  # numbers: more than one day can have (26 letters of 999), and counted, for a clock may show any time
_FORGET = "DELETE FROM number WHERE key <= ? - ? AND state <> 'given' AND NOT paper_owed"

_GIVEN = "key, number, day, service, priority, given_at, boot, steady, estimate"
_NEVER = None, None  # by the steady clock

STILL_NEAR = dt.timedelta(minutes=2)  # a citizen waits so long for a machine that starts again

Why = Literal["not_taken", "power_cut"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Given:
    """A number that is committed."""

    key: int
    number: str
    day: dt.date
    service: str
    priority: bool
    given_at: dt.datetime
    since: Since | None = None  # where ``given_at`` is unsure: when it was, by the steady clock
    estimate: int | None = None  # seconds that the citizen was told to wait


class KioskStore:
    """One kiosk's numbers in SQLite.  One thread at a time."""

    def __init__(self, connection: apsw.Connection, numbers: tuple[int, int], warned: tuple[str, ...] = ()) -> None:
        self.warned = warned  # what staff should know of how it was opened
        self._connection = connection
        self._numbers = numbers
        kept = connection.execute("SELECT day, prefix, highest FROM used").fetchall()
        self._used: tuple[dt.date, Mapping[str, int]] = dt.date.min, {}
        for day, prefix, highest in kept:
            self._used = dt.date.fromisoformat(str(day)), {**self._used[1], str(prefix): int(str(highest))}
        # kept in memory: to ask the time is not to depend on a card that may fail
        latest = connection.execute("SELECT max(day) FROM number WHERE boot IS NULL").get
        self._latest = dt.date.fromisoformat(str(latest)) if latest else None
        self.outbox = Outbox(connection)
        self.office = OfficeShelf(connection)

    @classmethod
    def open(cls, path: Path, numbers: tuple[int, int], vfs: str | None = None) -> Self:
        """The store at ``path`` for a kiosk that gives these ``numbers``; a damaged one is set aside.

        Raises `broker.store.StoreError`.
        """
        connection, warned = store.open_healed(path, MIGRATIONS, vfs)
        return cls(connection, numbers, warned)

    def case_prints(self, say: Callable[[Printed], object]) -> CasePrints:
        """The papers of cases that this card knows of; ``say`` takes the answers."""
        return CasePrints(self._connection, say)

    def alive(self) -> bool:
        """Whether the file still answers."""
        return store.alive(self._connection)

    def close(self) -> None:
        self._connection.close()

    def day(self, today: dt.date, hall: dt.date | None = None) -> dt.date:
        """The service day to give numbers in, by the clock's date and the hall's (`numbering.service_day`)."""
        return service_day(today, self._latest, hall)

    def numbers_used(self, day: dt.date, highest: Mapping[str, int]) -> None:
        """What the hall knows: the highest number of each prefix that this kiosk gave on that day.

        What this card has not is kept: a new one that has heard the hall may start again without it.  Raises
        `apsw.Error` when the card cannot be written; it holds until the next start even so.
        """
        before, self._used = self._used, (day, highest)
        lacks = {prefix: used for prefix, used in highest.items() if used > self._own(prefix, day)}
        if lacks and before != self._used:
            with self._connection:
                self._connection.execute("DELETE FROM used")
                rows = [(prefix, day.isoformat(), used) for prefix, used in lacks.items()]
                self._connection.executemany("INSERT INTO used VALUES (?, ?, ?)", rows)

    def _own(self, prefix: str, day: dt.date) -> int:
        """The last number of this prefix that this card gave on this day; 0: none."""
        query = "SELECT max(number) FROM number WHERE day = ? AND number BETWEEN ? || '000' AND ? || '999'"
        last = self._connection.execute(query, (day.isoformat(), prefix, prefix)).get
        return int(str(last)[1:]) if last else 0

    def give(
        self,
        service: Service,
        priority: bool,
        now: dt.datetime,
        day: dt.date,
        since: Since | None = None,
        *,
        sure: bool = True,
        estimate: int | None = None,
    ) -> Given | NoneLeft:
        """Commit the next number of this service in this service day; durable when this returns.

        ``now`` is aware UTC, ``since`` the same by the steady clock.  While the time is not ``sure``, nor is the day:
        then numbers go on from the last day known, and what was given so goes before those of a sure day too, for the
        hall may find it to be the same.  Raises `apsw.Error` when the card cannot be written; then no number was given.
        """
        known = max(self._latest or dt.date.min, self._used[0])
        days = {day} if sure or known == dt.date.min else {day, known}
        unsure = None if sure else since
        last = self._highest(service.prefix, days)
        number = next_number(service.prefix, self._numbers, last)
        if isinstance(number, NoneLeft):
            return number
        with self._connection:
            key = int(
                self._connection.execute(
                    "INSERT INTO number (day, number, service, priority, given_at, state, boot, steady, estimate)"
                    " VALUES (?, ?, ?, ?, ?, 'given', ?, ?, ?) RETURNING key",
                    (
                        day.isoformat(),
                        number,
                        service.id,
                        int(priority),
                        now.isoformat(),
                        *(unsure or _NEVER),
                        estimate,
                    ),
                ).get
            )
            self._connection.execute(_FORGET, (key, KEPT))
        if sure:
            self._latest = max(day, self._latest or day)
        return Given(key, number, day, service.id, priority, now, unsure, estimate)

    def _highest(self, prefix: str, days: set[dt.date]) -> str:
        """The last number of this prefix given on any of these days, or unsurely since the last sure one before them.

        An unsure number is of the day on which the hall finds that it was given, which may be any since then.
        The "+" keeps SQLite from the index by day, which would have it sort all earlier days for each ticket: it looks
        back from the last key to the first of an earlier day.
        """
        last = self._connection.execute(
            """SELECT max(number) FROM (
                   SELECT number FROM number WHERE day IN (:first, :last)
                   UNION ALL
                   SELECT number FROM number WHERE boot IS NOT NULL AND key > coalesce(
                       (SELECT key FROM number WHERE boot IS NULL AND +day < :first ORDER BY key DESC LIMIT 1), 0)
               ) WHERE number BETWEEN :prefix || '000' AND :prefix || '999'""",
            {"first": min(days).isoformat(), "last": max(days).isoformat(), "prefix": prefix},
        ).get
        used = self._used[1].get(prefix, 0) if self._used[0] in days else 0
        return max(str(last or ""), f"{prefix}{used:03}")

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
                    unsure=given.since is not None,
                    estimate=given.estimate,
                ),
                given.since,
            )

    def void(self, key: int, why: Why = "not_taken") -> None:
        """Nobody holds the number.  Raises `ValueError` when this was settled before."""
        with self._connection:
            given = self._leave_given(key, "voided")
            self._connection.execute("UPDATE number SET paper_owed = 0 WHERE key = ?", (key,))
            self.outbox.add(
                TicketVoided(
                    number=given.number,
                    day=given.day,
                    service=given.service,
                    given_at=given.given_at,
                    why=why,
                    unsure=given.since is not None,
                ),
                given.since,
            )

    def settle(self, moment: Moment) -> Given | None:
        """Void what was given but never confirmed; the last such number stays open when it is young (see above).

        Call once, at start.  Paper owed from before is owed no more: nobody stands there to take it.
        """
        rows = self._connection.execute(f"SELECT {_GIVEN} FROM number WHERE state = 'given' ORDER BY key")  # noqa: S608
        given = [_given(row) for row in rows]
        young = given.pop() if given and _near(given[-1], moment) else None
        for each in given:
            log.warning("%s was given but never confirmed before the last stop: voided", each.number)
            self.void(each.key, "power_cut")
        self.forgive()
        return young

    def write(self) -> None:
        """Write what changes nothing, durably.  Raises `apsw.Error` when the card cannot be written."""
        with self._connection:
            for step in (1, -1):  # SQLite does not write a row that is what it was
                self._connection.execute("UPDATE outbox_state SET last = last + ?", (step,))

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
            f"UPDATE number SET state = ? WHERE key = ? AND state = 'given' RETURNING {_GIVEN}",  # noqa: S608
            (state, key),
        ).fetchone()
        if row is None:
            raise ValueError(f"number {key} is not open")
        return _given(row)


def _given(row: Any) -> Given:
    key, number, day, service, priority, given_at, boot, steady, estimate = row
    since = None if boot is None else Since(boot, steady)
    at = dt.datetime.fromisoformat(given_at)
    return Given(key, number, dt.date.fromisoformat(day), service, bool(priority), at, since, estimate)


def _near(given: Given, moment: Moment) -> bool:
    """Whether its citizen may still stand there; after a restart with an unset clock by what the clock shows."""
    age = moment.after(given.since)
    return (moment.now - given.given_at if age is None else dt.timedelta(seconds=age)) < STILL_NEAR
