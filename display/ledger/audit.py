"""Is this ledger what it says?  The file whole, the chain unbroken, every table what its events make of it.

Reads one moment of the ledger, also while the hall runs, and writes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct

from broker.store import open_store, reader
from display.ledger.chain import START, Row, link
from display.ledger.projection import project
from display.ledger.schema import MIGRATIONS
from display.queue import events as e

DERIVED = {  # table → its order
    "ticket": "day, number",
    "visit": "id",
    "call": "id",
    "rating": "visit",
    "pause": "day, point, began, ended, reason, officer",
    "cases": "id",
    "case_step": '"case", revision',
    "case_year": "year",
    "office": "part, version",
    "handed_out": "day, document, point",
    "day_columns": "day",
    "practice": "day",
}
_SHOWN = 5  # differences of one table that are named
_STEP = 10_000  # events between two words of progress


class Audit(Struct, frozen=True):
    """What was found; a ledger without ``faults`` proves itself."""

    events: int
    days: int
    first_day: str
    last_day: str
    head: str  # the last event's link, in hexadecimal
    faults: tuple[str, ...]


def audit(path: Path, head: str = "", progress: Callable[[int, int], object] = lambda _done, _all: None) -> Audit:
    """Prove the ledger at ``path``.

    ``head``: a link noted earlier (in hexadecimal, at least its first 8 digits): it must still be in the chain.
    ``progress`` hears (events read, all events).  Raises `broker.store.StoreError` for what is no ledger or one of
    another version.
    """
    with closing(reader(path, MIGRATIONS)) as ledger, closing(open_store(":memory:", MIGRATIONS)) as anew:
        ledger.execute("BEGIN")  # one moment, whatever the hall writes meanwhile
        faults = [f"the file is damaged: {line}" for line in _damage(ledger)]
        span: Any = ledger.execute(
            "SELECT count(*), count(DISTINCT day), coalesce(min(day), ''), coalesce(max(day), '') FROM event"
        ).fetchone()
        count, days, first, last = span
        seen, chain_faults, last_link = _walk(ledger, anew, head.lower(), count, progress)
        faults += chain_faults
        if head and not seen:
            faults.append(f"no event here has the link {head}: it is another ledger's, or of days forgotten since")
        for table, key in DERIVED.items():
            faults += _differences(ledger, anew, table, key)
        faults += _acknowledged(ledger)
        return Audit(count, days, first, last, last_link.hex(), tuple(faults))


def _damage(ledger: apsw.Connection) -> list[str]:
    rows = ledger.execute("PRAGMA integrity_check(20)").fetchall()
    return [] if rows == [("ok",)] else [str(line) for (line,) in rows]


def _walk(
    ledger: apsw.Connection, anew: apsw.Connection, head: str, count: int, progress: Callable[[int, int], object]
) -> tuple[bool, list[str], bytes]:
    """Follow the chain and fold the events into new tables: whether ``head`` was met, the faults, the last link."""
    begins: Any = ledger.execute("SELECT through, link FROM forgotten").fetchone()
    before, following, met, faults = bytes(begins[1]), begins[0] + 1, False, []
    told = (0, START.hex())
    rows: Iterator[Any] = ledger.execute(
        "SELECT seq, day, at, kind, body, node, fact, command, chain FROM event ORDER BY seq"
    )
    with anew:
        for done, (*values, chain) in enumerate(rows):
            if done % _STEP == 0:
                progress(done, count)
            row = Row(*values)
            if row.seq != following:
                faults.append(f"events {following} to {row.seq - 1} are missing")
            elif link(before, row) != chain:
                faults.append(f"event {row.seq} ({row.day}, {row.kind}) is not the one that was written: {row.body}")
            before, following = bytes(chain), row.seq + 1
            met = met or (bool(head) and before.hex().startswith(head))
            try:
                event = e.read(row.body)
                project(anew, dt.date.fromisoformat(row.day), event)
                if isinstance(event, e.Forgotten):
                    told = event.through, event.link
            except (ValueError, apsw.Error) as fault:
                faults.append(f"event {row.seq} cannot follow from those before it: {fault}")
    progress(count, count)
    if told != (begins[0], bytes(begins[1]).hex()):
        faults.append(f"the events up to {begins[0]} are gone, and no event says so")
    return met, faults, before


def _differences(ledger: apsw.Connection, anew: apsw.Connection, table: str, key: str) -> Iterator[str]:
    query = f"SELECT * FROM {table} ORDER BY {key}"  # noqa: S608 -- names of our own
    off = [(a, b) for a, b in zip_longest(ledger.execute(query), anew.execute(query)) if a != b]
    for there, made in off[:_SHOWN]:
        yield f"table {table}: {_row(there)} stands where its events make {_row(made)}"
    if len(off) > _SHOWN:
        yield f"table {table}: {len(off) - _SHOWN} more such rows"


def _row(values: tuple[Any, ...] | None) -> object:
    """A row as a fault names it; what is long and no text, by its digest."""
    if values is None:
        return "nothing"
    return tuple(f"SHA-256 {hashlib.sha256(v).hexdigest()}" if isinstance(v, bytes) else v for v in values)


def _acknowledged(ledger: apsw.Connection) -> Iterator[str]:
    """A node was told that its facts up to a number are here: the last of them must be."""
    forgotten = ledger.execute("SELECT through FROM forgotten").get
    rows = ledger.execute(
        "SELECT name, acked, max(fact) FROM node LEFT JOIN event ON event.node = node.name GROUP BY name"
    )
    for name, acked, last in rows:
        if acked != last and (last is not None or not forgotten):
            yield f"{name}: facts up to {acked} were acknowledged, the last one here is {last}"
