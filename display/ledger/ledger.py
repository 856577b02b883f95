"""The hall's ledger: append, and grow today again from what was appended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import msgspec

from broker import store
from broker.centre import Centre
from broker.messages import Accepted, Office
from display.cases.events import CaseEvent
from display.cases.intake import Case
from display.ledger import case_rows
from display.ledger.chain import START, Row, link
from display.ledger.office import restated, standing
from display.ledger.projection import project
from display.ledger.retention import forget, natural_break
from display.ledger.schema import MIGRATIONS
from display.queue import events as e
from display.queue.apply import apply
from display.queue.rules import answer
from display.queue.state import Today

FILE = "ledger.sqlite"
LOCK = "hall.lock"  # who has it may write; see `broker.store.alone`


@dataclass(frozen=True)
class Source:
    """Whose word brought the events about: a node's fact by its number, or a command by its id."""

    node: str | None = None
    fact: int | None = None
    command: str | None = None
    life: str | None = None  # of a fact


CLOCK = Source()


@dataclass
class Ledger:
    """The one writer of ``ledger.sqlite``.  Use from one thread."""

    path: Path
    vfs: str | None = None  # as of `open_store`
    name: str = field(init=False)  # another after it was restored, or begun anew
    acked: dict[str, int] = field(init=False)  # node → its last fact in the ledger
    lives: dict[str, str | None] = field(init=False)  # node → the life of that fact (`broker.outbox`)

    def __post_init__(self) -> None:
        self._connection = store.open_store(self.path, MIGRATIONS, self.vfs)
        self.name = str(self._connection.execute("SELECT name FROM identity").get)
        self.acked = dict(self._connection.execute("SELECT name, acked FROM node"))
        self.lives = dict(self._connection.execute("SELECT name, life FROM node"))
        last = self._connection.execute("SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        self._last: tuple[int, bytes] = last or (0, START)

    def close(self) -> None:
        self._connection.close()

    def record(self, day: dt.date, events: tuple[e.Event, ...], source: Source = CLOCK) -> None:
        """Append these events of one service day and bring the tables up to them: one transaction, durable on return.

        A source that is a fact becomes its node's last acknowledged one.  Raises `apsw.ConstraintError` for a fact that
        the ledger already holds, and then nothing is written.
        """
        last = self._last
        with self._connection:
            for place, event in enumerate(events):
                last = self._append(last, day, event, source, first=place == 0)
                project(self._connection, day, event)
            if source.fact:
                self._connection.execute(
                    "INSERT INTO node VALUES (?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET acked = excluded.acked, life = excluded.life",
                    (source.node, source.fact, source.life),
                )
        self._last = last
        if source.node and source.fact:
            self.acked[source.node], self.lives[source.node] = source.fact, source.life

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is recorded within is one transaction, durable when it ends.

        For days that are played, where nobody waits for an answer; a hall at work commits each event on its own.  After
        an error within, nothing of it is in the file, and this object is of no more use.
        """
        with self._connection:
            yield

    def forget(self, before: dt.date, day: dt.date, now: dt.datetime) -> e.Forgotten | None:
        """Let days before this one go, some at a time (`display.ledger.retention`); what was appended to ``day``."""
        at = natural_break(self._connection, before)
        if at is None:
            return None
        numbered = case_rows.numbers(self._connection)
        gone = e.Forgotten(at=now, before=at.before, through=at.through, link=at.link.hex(), case_numbers=numbered)
        last = self._last
        with self._connection:
            for event in (*restated(self._connection, at.before), gone):
                last = self._append(last, day, event, CLOCK, first=True)
                project(self._connection, day, event)
            forget(self._connection, at)
        self._last = last
        return gone

    def office(self) -> list[Office]:
        """The parts of the office that were ever edited, as they stand."""
        return standing(self._connection)

    def latest_day(self, centre: Centre, before: dt.date = dt.date.max) -> Today:
        """The last service day of the ledger (before this one) as it stood; before all days when there is none."""
        latest = self._connection.execute("SELECT max(day) FROM event WHERE day < ?", (before.isoformat(),)).get
        return self.day(centre, dt.date.fromisoformat(str(latest))) if latest else Today(centre)

    def day(self, centre: Centre, day: dt.date) -> Today:
        """That service day, grown again from its own events; with `Today.strangers` where centre.toml has changed."""
        today = Today(centre, day)
        today.ended = True  # until its first event says that it began
        for event in self._events(day):
            if isinstance(event, CaseEvent):  # a case is no part of any day's queue
                continue
            today.admit(getattr(event, "service", None), getattr(event, "point", None))
            apply(today, event)
        return today

    def answers(self, day: dt.date) -> dict[tuple[str, str], Accepted]:
        """What that day's accepted commands were answered, by node and id, in order."""
        rows = self._connection.execute(
            "SELECT node, command, body FROM event WHERE day = ? AND command IS NOT NULL ORDER BY seq",
            (day.isoformat(),),
        )
        return {
            (str(node), str(command)): answer(tuple(e.read(str(body)) for _, _, body in of_one))
            for (node, command), of_one in groupby(rows, key=lambda row: row[:2])
        }

    def day_of_visit(self, visit: str) -> dt.date | None:
        """The service day of a visit; None for one that the ledger does not know."""
        rows = self._connection.execute("SELECT day FROM visit WHERE id = ?", (visit,)).fetchall()
        return dt.date.fromisoformat(str(rows[0][0])) if rows else None

    def case(self, id: str) -> Case | None:
        """A case as it stands; None for one that the ledger does not know."""
        return case_rows.read(self._connection, id)

    def open_cases(self) -> list[Case]:
        """The cases that have not ended."""
        return case_rows.open_cases(self._connection)

    def last_case(self, year: int) -> int:
        """The highest case number given in this year (A.D.); 0 before the first."""
        return case_rows.last_number(self._connection, year)

    def alive(self) -> bool:
        """Whether the store still answers."""
        return store.alive(self._connection)

    def _append(
        self, last: tuple[int, bytes], day: dt.date, event: e.Event, source: Source, first: bool
    ) -> tuple[int, bytes]:
        body, fact = msgspec.json.encode(event).decode(), source.fact if first else None
        at, kind = event.at.isoformat(), e.kind(event)
        row = Row(last[0] + 1, day.isoformat(), at, kind, body, source.node, fact, source.command)
        chain = link(last[1], row)
        self._connection.execute(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*msgspec.structs.astuple(row), chain),
        )
        return row.seq, chain

    def _events(self, day: dt.date) -> Iterator[e.Event]:
        rows = self._connection.execute("SELECT body FROM event WHERE day = ? ORDER BY seq", (day.isoformat(),))
        return (e.read(str(body)) for (body,) in rows)
