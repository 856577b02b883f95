"""How fast a report is: every view of so many years, against a floor of the same run.

The floor is what any reader must do: fetch the same bytes from SQLite, and put each column together once.
Only the ratio means anything on a shared machine.  `python tests/bench_reports.py` takes ten years, 1,000,000 tickets.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from desk_pages import Office
from ten_years import FIRST, make

from broker.centre import DEFAULT, load
from broker.store import reader
from display.ledger.columns import unpack
from display.ledger.schema import MIGRATIONS
from display.reports.command import read
from display.reports.report import BY, lines, report
from display.reports.spans import Span

CENTRE = load(DEFAULT)
BOUND = 8  # × the floor, of figures
PAGE_BOUND = 12  # × the floor, of a whole page, drawings and tables too
LIMIT, LIVE_LIMIT = 0.5, 0.05  # seconds that a report's page and the live page may take, of ten years
LIVE = "the live page"


def fastest(of: Mapping[str, Callable[[], object]], times: int = 3) -> dict[str, float]:
    """Seconds of a processor in each one's fastest run, in turns: others take what they will."""
    best = dict.fromkeys(of, float("inf"))
    for _ in range(times):
        for name, run in of.items():
            begin = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - begin)
    return best


def measured(file: Path, years: float, whole_pages: bool = False) -> tuple[float, dict[str, float]]:
    """The floor, and each view from file to figures, in seconds.

    ``whole_pages``: the desk's too.  Their drawing costs the same for a day and for ten years, so only beside a long
    floor does their ratio say anything.
    """
    span = Span(FIRST, FIRST + dt.timedelta(days=round(years * 366) + 1))

    def floor() -> None:
        with closing(reader(file, MIGRATIONS)) as ledger:
            rows = ledger.execute("SELECT body FROM day_columns WHERE day BETWEEN ? AND ?", tuple(map(str, span)))
            for parts in zip(*(unpack(body)[1] for (body,) in rows), strict=True):
                b"".join(parts)

    views = {f"by {by}, all of its page": lambda by=by: report(read(file, span, CENTRE), span, by, CENTRE) for by in BY}
    views["one table"] = lambda: lines(read(file, span, CENTRE), "service", CENTRE)
    if whole_pages:
        views |= pages(file.parent, span)
    took = fastest({"floor": floor} | views)
    return took.pop("floor"), took


def pages(folder: Path, span: Span) -> dict[str, Callable[[], object]]:
    """The desk's pages of this ledger, from a browser's request to the last byte of the answer."""
    office = Office(folder)
    office.opens()
    browser, asked = office.signed_in("wipa", "supervisor"), f"first={span.first}&last={span.last}"

    def see(path: str) -> None:
        assert browser.see(path).status_code == 200, path

    views = {f"page by {by}": lambda by=by: see(f"/reports?{asked}&by={by}") for by in BY}
    return views | {
        "page of tickets": lambda: see(f"/reports/tickets?{asked}&figure=waiting&service=1.1"),
        LIVE: lambda: see("/"),
    }


def main(years: float = 10) -> int:
    """Prints each view and its ratio; 1 if one of them is over its bound."""
    with tempfile.TemporaryDirectory() as folder:
        floor, views = measured(make(Path(folder), years), years, whole_pages=True)
    said = f"reports of {years:g} years, {years * 100_000:,.0f} tickets"
    print(f"\n{said} (floor: fetch and put together, {floor * 1000:.0f} ms)")
    for name, seconds in views.items():
        limit = LIVE_LIMIT if name == LIVE else LIMIT
        over = f" over the {limit * 1000:g} ms that it may take" if seconds > limit else ""
        print(f"  {name:<30}{seconds * 1000:7.0f} ms   {seconds / floor:5.2f} × the floor{over}")
    return int(any(seconds > bound(name) * floor for name, seconds in views.items()))


def bound(view: str) -> int:
    """× the floor that this view may take."""
    return PAGE_BOUND if view.startswith("page") else BOUND


if __name__ == "__main__":
    sys.exit(main())
