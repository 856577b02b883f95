"""One row a day: the visits of a day that has ended, packed, so that ten years are read at once.

A day's body is, one after the other:

- 4 bytes ``KHD2``: this layout, in its second version (the first had a record for each visit);
- the length of the head in bytes, 32 bits;
- the head (`Head`) in JSON, UTF-8: names that columns refer to by their place, and what is counted of the whole day;
- for each of `FIELDS` the values of all visits but voided ones, by time of issue and id, one after the other.

All is little-endian; times are milliseconds since midnight **UTC** of the service day's date, so that a body says the
same wherever it is read.  One beyond 12 days, of a clock gone wrong, stands at that limit.  ``NONE`` is no time, ``0``
no point, officer, level or outcome code.

A row is written with `DayEnded`, in its transaction; written anew with every fact that comes late; taken away again if
the day goes on; and forgotten with its day.  It follows from the tables alone, so `display.ledger.audit` proves it.
A layout with more in it takes another mark, and a migration that writes all days anew (`every_ended_day`).
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

import apsw
import msgspec
from msgspec import Struct

MARK = b"KHD2"
FIELDS = (  # name, and its code in the module `struct`
    ("prefix", "B"),  # the number's letter in ASCII …
    ("number", "H"),  # … and its digits
    ("service", "B"),  # place in Head.services
    ("point", "B"),  # where it was last called
    ("officer", "H"),  # place in Head.officers, from 1
    ("priority", "B"),  # 1: yes
    ("guessed", "B"),  # 1: when it was issued nobody knows
    ("outcome", "B"),  # place in OUTCOMES
    ("code", "B"),  # what its officer said of it: place in Head.codes, from 1
    ("level", "B"),  # the smiley
    ("calls", "H"),
    ("issued", "i"),
    ("first_called", "i"),
    ("called", "i"),
    ("started", "i"),
    ("provided", "i"),
    ("finished", "i"),
    ("estimate", "i"),  # seconds, as its citizen was told; NONE: was not
)
OUTCOMES = ("open", "served", "transferred", "no_show", "unserved")
NONE, _LIMIT = -(2**31), 2**30 - 1  # so that the difference of two moments fits 32 bits
_SIZES = [struct.calcsize(f"<{code}") for _, code in FIELDS]
_LENGTH = struct.Struct("<I")
_VISITS = """
    SELECT number, service, point, officer, priority, guessed, outcome, outcome_code, level, calls,
           issued, first_called, called, started, provided, finished, estimate
    FROM visit LEFT JOIN rating ON visit = id
    WHERE day = ? AND outcome IS NOT 'voided' ORDER BY issued, id
"""


class Head(Struct, frozen=True):
    """What a day's columns refer to, and what is counted of the day as a whole."""

    services: tuple[str, ...]
    officers: tuple[str, ...]
    codes: tuple[str, ...]
    numbers: int  # given, those voided included
    voided: int
    peak: int  # the most visits that waited for their first call at one moment (R12)


class NotColumns(ValueError):
    """The body is of another layout, or torn."""


def pack(ledger: apsw.Connection, day: dt.date) -> tuple[int, bytes]:
    """A day as its tables have it, ended or not: how many visits, and the body."""
    rows: list[Any] = ledger.execute(_VISITS, (day.isoformat(),)).fetchall()
    services, officers, codes = (_names(rows, place) for place in (1, 3, 7))
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC).timestamp()
    visits = [
        (
            ord(number[0]), int(number[1:]), services.index(service), point or 0,
            officers.index(officer) + 1 if officer else 0, priority, guessed, OUTCOMES.index(outcome or "open"),
            codes.index(code) + 1 if code else 0, level or 0, min(calls, 0xFFFF),
            *(_moment(at, midnight) for at in times), NONE if estimate is None else min(estimate, _LIMIT),
        )
        for number, service, point, officer, priority, guessed, outcome, code, level, calls, *times, estimate in rows
    ]  # fmt: skip
    columns = {name: [visit[place] for visit in visits] for place, (name, _) in enumerate(FIELDS)}
    numbers: Any = ledger.execute(
        "SELECT count(*), coalesce(sum(state = 'voided'), 0) FROM ticket WHERE day = ?", (day.isoformat(),)
    ).fetchone()
    given, voided = numbers
    head = msgspec.json.encode(Head(services, officers, codes, given, voided, _most_waiting(columns)))
    packed = (struct.pack(f"<{len(visits)}{code}", *columns[name]) for name, code in FIELDS)
    return len(rows), b"".join((MARK, _LENGTH.pack(len(head)), head, *packed))


def unpack(body: bytes) -> tuple[Head, list[memoryview]]:
    """The head, and each of `FIELDS` as it lies.  Raises `NotColumns`."""
    try:
        (length,) = _LENGTH.unpack_from(body, len(MARK))
        at = len(MARK) + _LENGTH.size + length
        head = msgspec.json.decode(body[len(MARK) + _LENGTH.size : at], type=Head)
    except (struct.error, msgspec.MsgspecError) as error:
        raise NotColumns(str(error)) from error
    visits, torn = divmod(len(body) - at, sum(_SIZES))
    if body[: len(MARK)] != MARK or visits < 0 or torn:
        raise NotColumns("not of this layout")
    packed, columns = memoryview(body), []
    for size in _SIZES:
        columns.append(packed[at : at + visits * size])
        at += visits * size
    return head, columns


def keep(ledger: apsw.Connection, day: dt.date) -> None:
    """The day has ended: it has its row from now on."""
    ledger.execute("INSERT OR REPLACE INTO day_columns VALUES (?, ?, ?)", (day.isoformat(), *pack(ledger, day)))


def renew(ledger: apsw.Connection, day: dt.date) -> None:
    """Something came late for this day, if it has ended."""
    if ledger.execute("SELECT 1 FROM day_columns WHERE day = ?", (day.isoformat(),)).get:
        keep(ledger, day)


def drop(ledger: apsw.Connection, day: dt.date) -> None:
    """The day goes on."""
    ledger.execute("DELETE FROM day_columns WHERE day = ?", (day.isoformat(),))


def every_ended_day(ledger: apsw.Connection) -> None:
    """Days that ended before the ledger had columns get theirs now; one that began again later has not ended."""
    days = ledger.execute(
        """SELECT day FROM event WHERE kind IN ('day_began', 'day_ended')
           GROUP BY day HAVING max(CASE kind WHEN 'day_ended' THEN seq END) = max(seq)"""
    )
    for (day,) in days.fetchall():
        keep(ledger, dt.date.fromisoformat(str(day)))


def columns_one_by_one(ledger: apsw.Connection) -> None:
    """Rows of the first layout become rows of this one."""
    every_ended_day(ledger)


def bodies(ledger: apsw.Connection, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, bytes]]:
    """The days between these two, both included, in order: those that ended as kept, the one at hand packed now.

    Of an ended day nothing else is read.  A day that nobody took a ticket on is left out unless it ended.
    """
    span = first.isoformat(), last.isoformat()
    for day, body in ledger.execute("SELECT day, body FROM day_columns WHERE day BETWEEN ? AND ? ORDER BY day", span):
        yield dt.date.fromisoformat(str(day)), bytes(body)
    at_hand = """
        SELECT DISTINCT day FROM ticket
        WHERE day > coalesce((SELECT day FROM day_columns WHERE n > 0 ORDER BY day DESC LIMIT 1), '')
              AND day BETWEEN ? AND ? AND day NOT IN (SELECT day FROM day_columns)
    """
    for (day,) in ledger.execute(at_hand, span).fetchall():
        date = dt.date.fromisoformat(str(day))
        yield date, pack(ledger, date)[1]


def _most_waiting(columns: Mapping[str, Sequence[int]]) -> int:
    """One that was never called waits until the day ends; one whose time of issue was guessed is not counted.

    Who leaves at the moment at which another comes makes room.
    """
    turns: list[tuple[int, int]] = []
    for came, called, guessed in zip(columns["issued"], columns["first_called"], columns["guessed"], strict=True):
        if not guessed:
            turns.append((came, 1))
            if called != NONE:
                turns.append((max(called, came), -1))
    return max(accumulate(step for _, step in sorted(turns)), default=0)


def _names(rows: Sequence[Any], place: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row[place] for row in rows if row[place]))


def _moment(at: float | None, midnight: float) -> int:
    return NONE if at is None else max(-_LIMIT, min(_LIMIT, round((at - midnight) * 1000)))
