"""Papers of cases that the desk asks this printer for: one at a time, between tickets, each at most once.

An id is on the card before its paper is begun.  After a power cut between the two nobody knows whether paper came out:
it is not printed again, and whoever asks is told so.  What waited then, or waits past its deadline, is never printed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import apsw

from broker import messages as m
from broker.centre import Centre
from broker.clock import Moment
from broker.words import PrinterState, PrintOutcome

CASE_PRINT_MIGRATIONS = (
    """-- papers of cases
    CREATE TABLE case_print (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        outcome TEXT,  -- NULL: begun, and nobody knows more
        printer TEXT
    ) STRICT;
    """,
)
KEPT = 1000  # ids
MOST_WAITING = 4
LONGEST_SECONDS = 60.0  # that a paper may wait, whatever its deadline says


@dataclass(frozen=True)
class PrintCase:
    """Print this, unless that time (of the monotonic clock) has passed; answer with `CaseTried`."""

    wish: m.Print
    until: float


@dataclass(frozen=True)
class CaseTried:
    """What became of the paper of this id.  No page of the kiosk changes by it."""

    id: str
    outcome: PrintOutcome
    printer: PrinterState | None = None


class CasePrints:
    """Those of a store of `CASE_PRINT_MIGRATIONS`; ``say`` takes the answers.  One thread at a time."""

    def __init__(self, connection: apsw.Connection, say: Callable[[m.Printed], object]) -> None:
        self._connection, self._say = connection, say
        self._waiting: deque[PrintCase] = deque()
        self._under_way: str | None = None

    def hear(self, wish: m.Print, now: Moment, centre: Centre) -> None:
        """The desk asks; ``now.now`` is the hall's time."""
        if wish.id == self._under_way or wish.id in [waits.wish.id for waits in self._waiting]:
            return  # said twice: its answer comes
        left = (wish.deadline - now.now).total_seconds()
        if known := self._remembered(wish.id):
            self._say(known)
        elif left > LONGEST_SECONDS:
            self._answer(wish.id, "clock_ahead")
        elif wish.service not in [service.id for service in centre.services]:
            self._answer(wish.id, "service_unknown")
        elif len(self._waiting) >= MOST_WAITING:
            self._answer(wish.id, "busy")
        else:
            self._waiting.append(PrintCase(wish, now.at + left))

    def next(self, at: float) -> PrintCase | None:
        """What is to be printed now, its id kept; None while one is under way."""
        self.expire(at)
        while self._waiting and self._under_way is None:
            first = self._waiting.popleft()
            try:
                self._keep(first.wish.id)
            except apsw.Error:  # what cannot be remembered might be printed twice
                self._answer(first.wish.id, "not_printed")
                continue
            self._under_way = first.wish.id
            return first
        return None

    def tried(self, what: CaseTried) -> None:
        """What became of the one under way."""
        self._under_way = None
        with suppress(apsw.Error), self._connection:  # not written: it stays unsure
            self._connection.execute(
                "UPDATE case_print SET outcome = ?, printer = ? WHERE id = ?", (what.outcome, what.printer, what.id)
            )
        self._answer(what.id, what.outcome, what.printer)

    def expire(self, at: float) -> None:
        """Refuse what waited too long."""
        for late in [waits for waits in self._waiting if waits.until <= at]:
            self._waiting.remove(late)
            self._answer(late.wish.id, "late")

    @property
    def due(self) -> float | None:
        """When the next of those that wait is too late, by the monotonic clock."""
        return min((waits.until for waits in self._waiting), default=None)

    def _answer(self, id: str, outcome: PrintOutcome, printer: PrinterState | None = None) -> None:
        self._say(m.Printed(id, outcome, printer))

    def _keep(self, id: str) -> None:
        with self._connection:
            key = self._connection.execute("INSERT INTO case_print (id) VALUES (?) RETURNING key", (id,)).get
            self._connection.execute("DELETE FROM case_print WHERE key <= ? - ?", (key, KEPT))

    def _remembered(self, id: str) -> m.Printed | None:
        try:
            row = self._connection.execute("SELECT outcome, printer FROM case_print WHERE id = ?", (id,)).fetchone()
        except apsw.Error:  # a card that cannot be read does not know whether it was printed
            return m.Printed(id, "unsure")
        return row and m.Printed(id, row[0] or "unsure", row[1])
