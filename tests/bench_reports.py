"""How fast a report is: every view of so many years, against a floor of the same run.

The floor is what any reader must do: fetch the same bytes from SQLite, and copy each column out of the records once.
Only the ratio means anything on a shared machine.  `python tests/bench_reports.py` takes ten years, 1,000,000 tickets.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
from ten_years import FIRST, make

from broker.centre import DEFAULT, load
from broker.store import reader
from display.ledger.columns import FIELDS, unpack
from display.ledger.schema import MIGRATIONS
from display.reports.command import read
from display.reports.report import BY, lines, report
from display.reports.spans import Span
from display.reports.visits import RECORD

CENTRE = load(DEFAULT)
BOUND = 8  # × the floor; 4 – 5 were measured
LIMIT = 0.5  # seconds that a page of ten years may take (the issue's own number)


def fastest(of: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest run: what the machine can do when nobody disturbs it."""
    took = []
    for _ in range(times):
        begin = time.perf_counter()
        of()
        took.append(time.perf_counter() - begin)
    return min(took)


def measured(file: Path, years: float) -> tuple[float, dict[str, float]]:
    """The floor, and each view from file to figures, in seconds."""
    span = Span(FIRST, FIRST + dt.timedelta(days=round(years * 366) + 1))

    def floor() -> None:
        with closing(reader(file, MIGRATIONS)) as ledger:
            rows = ledger.execute("SELECT body FROM day_columns WHERE day BETWEEN ? AND ?", tuple(map(str, span)))
            records = np.frombuffer(b"".join(unpack(body)[1] for (body,) in rows), RECORD)
        for name, _ in FIELDS:
            np.ascontiguousarray(records[name])

    views = {f"by {by}, all of its page": lambda by=by: report(read(file, span, CENTRE), span, by, CENTRE) for by in BY}
    views["one table"] = lambda: lines(read(file, span, CENTRE), "service", CENTRE)
    return fastest(floor), {name: fastest(view) for name, view in views.items()}


def main(years: float = 10) -> int:
    """Prints each view and its ratio; 1 if one of them is over the bound."""
    with tempfile.TemporaryDirectory() as folder:
        floor, views = measured(make(Path(folder), years), years)
    said = f"reports of {years:g} years, {years * 100_000:,.0f} tickets"
    print(f"\n{said} (floor: fetch and copy out, {floor * 1000:.0f} ms)")
    for name, seconds in views.items():
        over = " over the issue's 500 ms" if seconds > LIMIT else ""
        print(f"  {name:<30}{seconds * 1000:7.0f} ms   {seconds / floor:5.2f} × the floor{over}")
    return int(max(views.values()) > BOUND * floor)


if __name__ == "__main__":
    sys.exit(main())
