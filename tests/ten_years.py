"""A ledger of many years, made fast: 400 tickets a day, 250 days a year, ten years are 1,000,000.

The rows of ``day_columns`` are drawn by numpy and written straight into the file.  No event and no row of ``visit``
stands behind them, so this ledger proves nothing: it is there to be measured.  That columns follow from events is
proved elsewhere, on ledgers that a hall wrote.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np

from broker.store import open_store
from display.ledger.columns import FIELDS, MARK, NONE, Head
from display.ledger.ledger import FILE
from display.ledger.schema import MIGRATIONS

FIRST = dt.date(2026, 10, 1)
A_DAY, A_YEAR = 400, 250
SERVICES, OFFICERS = ("1.1", "1.2", "1.3"), tuple(f"เจ้าหน้าที่ {place}" for place in range(1, 13))
POINTS = ((2, 3), (4, 5), (6, 7))
VISIT = np.dtype([(name, f"<{code}") for name, code in FIELDS])
MINUTE = 60_000
OPENS = 90 * MINUTE  # 8:30 in Bangkok, by UTC


def weekdays(count: int) -> Iterator[dt.date]:
    day = FIRST
    while count:
        if day.weekday() < 5:
            yield day
            count -= 1
        day += dt.timedelta(days=1)


def visits(chance: np.random.Generator) -> np.ndarray:
    """One day: three services, no-shows, walk-outs, ratings, estimates."""
    made = np.zeros(A_DAY, VISIT)
    made["prefix"], made["number"] = chance.choice([65, 66, 82], A_DAY), np.arange(A_DAY) % 999 + 1
    made["service"] = chance.choice(3, A_DAY, p=(0.5, 0.2, 0.3))
    made["point"] = np.array(POINTS)[made["service"], chance.integers(0, 2, A_DAY)]
    made["officer"] = chance.integers(1, len(OFFICERS) + 1, A_DAY)
    made["priority"] = chance.random(A_DAY) < 0.1
    made["outcome"] = chance.choice([1, 2, 3, 4], A_DAY, p=(0.88, 0.04, 0.05, 0.03))
    made["calls"] = chance.integers(1, 4, A_DAY)
    made["issued"] = np.sort(OPENS + chance.integers(0, 480 * MINUTE, A_DAY))
    made["first_called"] = made["issued"] + chance.gamma(2.0, 6 * MINUTE, A_DAY).astype(int)
    made["called"] = made["first_called"] + chance.integers(0, 2, A_DAY) * MINUTE
    made["started"] = made["called"] + chance.integers(5_000, 60_000, A_DAY)
    made["provided"] = made["started"] + chance.gamma(2.0, 3 * MINUTE, A_DAY).astype(int)
    made["finished"] = made["provided"] + chance.integers(0, 10 * MINUTE, A_DAY)
    made["estimate"] = np.where(chance.random(A_DAY) < 0.8, chance.gamma(2.0, 360, A_DAY).astype(int), NONE)
    made["provided"][made["service"] != 0] = NONE
    made["level"] = np.where(chance.random(A_DAY) < 0.6, chance.choice(6, A_DAY, p=(0, 0.02, 0.03, 0.1, 0.35, 0.5)), 0)
    missed, unserved = made["outcome"] == 3, made["outcome"] == 4
    for name in ("started", "provided", "finished"):
        made[name][missed | unserved] = NONE
    for name in ("first_called", "called"):
        made[name][unserved] = NONE
    for name in ("point", "officer", "calls"):
        made[name][unserved] = 0
    made["level"][missed | unserved] = 0
    return made


def make(folder: Path, years: float) -> Path:
    """The ledger's file, in this folder."""
    chance = np.random.default_rng(1)
    head = msgspec.json.encode(Head(SERVICES, OFFICERS, (), A_DAY + 4, 4, peak=31))
    with closing(open_store(folder / FILE, MIGRATIONS)) as ledger, ledger:
        for day in weekdays(round(years * A_YEAR)):
            made = visits(chance)
            body = MARK + len(head).to_bytes(4, "little") + head + b"".join(made[name].tobytes() for name, _ in FIELDS)
            ledger.execute("INSERT INTO day_columns VALUES (?, ?, ?)", (day.isoformat(), A_DAY, body))
    return folder / FILE
