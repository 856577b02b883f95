"""``khiu-hall [run]``: the hall.  ``… summary``: what the ledger says of a day.  ``… verify``: is it what it says?"""

from __future__ import annotations

import datetime as dt
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue

import msgspec

from broker import clock, node, topics
from broker.language.catalogue import languages
from broker.link import Connected, Disconnected, Event, Link
from broker.messages import Announced, Command, Fact, Status
from broker.store import StoreError
from display.hall import CentreChanged, Hall
from display.ledger.audit import audit
from display.ledger.ledger import FILE, Ledger
from display.ledger.summary import LedgerMissing, summary
from display.ledger.table import table

CLOCK_SECONDS = 60.0  # no wait is longer, so that a clock set anew is noticed


def main() -> int:
    """The entry of ``khiu-hall``; the exit code."""
    match sys.argv[1:]:
        case ["summary", *rest]:
            return summarise(rest)
        case ["verify", *rest]:
            return verify(rest)
        case ["run", *rest] | rest:
            run(rest)
    return 0


def run(argv: Sequence[str]) -> None:
    """Be the hall until told to stop.

    Raises `SystemExit` 78 for a centre's file or a ledger that a person must see to; starting again would not help.
    """
    setting = node.setting("hall", argv)
    inbox: SimpleQueue[Event | None] = SimpleQueue()
    site = setting.centre.centre.site
    link = Link(setting, "hall", [topics.address(site, kind) for kind in (Status, Fact, Command, Announced)], inbox.put)
    try:
        ledger = Ledger(setting.state / FILE)
        hall = Hall(setting.centre, ledger, link, lambda: secrets.token_hex(8))
        hall.tick(clock.now())
    except (StoreError, CentreChanged) as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(node.CONFIG_FAULT) from fault
    node.on_stop(lambda: inbox.put(None))
    link.start()
    try:
        _work(hall, inbox)
    finally:
        link.stop()
        ledger.close()


def _work(hall: Hall, inbox: SimpleQueue[Event | None]) -> None:
    watchdog = node.watchdog_seconds()
    longest = min(CLOCK_SECONDS, watchdog / 2) if watchdog else CLOCK_SECONDS
    ready = False
    while True:
        now = clock.now()
        hall.tick(now)
        if watchdog and hall.ledger.alive():
            node.notify("WATCHDOG=1")
        wait = (hall.next_due(now) - now).total_seconds()
        try:
            event = inbox.get(timeout=min(max(wait, 0.0), longest))
        except Empty:
            continue
        if event is None:
            return
        hall.receive(event, clock.now())
        if not ready and isinstance(event, Connected | Disconnected):
            node.notify("READY=1")
            ready = True


def summarise(argv: Sequence[str]) -> int:
    """Print a day's summary, also while the hall runs."""
    options = node.options("What the ledger says of a service day; read while the hall runs, or when it does not.")
    options.prog = "khiu-hall summary"
    options.add_argument("--day", type=dt.date.fromisoformat, help="YYYY-MM-DD (default: the last day with a ticket)")
    options.add_argument(
        "--json", action="store_true", help="for programs; the keys stand in display/ledger/summary.py"
    )
    options.add_argument("--language", choices=languages(), help="of the table (default: the centre's first)")
    given = options.parse_args(argv)
    setting = node.from_options("hall", given)
    try:
        day = summary(Path(setting.state) / FILE, setting.centre, given.day)
    except LedgerMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    if given.json:
        print(msgspec.json.format(msgspec.json.encode(day), indent=2).decode())
    else:
        print(table(day, setting.centre, given.language or setting.centre.centre.languages[0]))
    return 0


def verify(argv: Sequence[str]) -> int:
    """Prove the ledger, also while the hall runs: 0 when it is what it says, 1 when not, 2 when there is none."""
    options = node.options("Proves that no event was changed, removed or added, and the tables with them.")
    options.prog = "khiu-hall verify"
    options.add_argument("--head", default="", help="a link noted earlier (8 digits or more): is it in the chain?")
    given = options.parse_args(argv)

    def progress(done: int, count: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} / {count}", end="" if done < count else "\n", file=sys.stderr, flush=True)

    try:
        found = audit(Path(given.state) / FILE, given.head, progress)
    except StoreError as fault:
        print(fault, file=sys.stderr)
        return 2
    span = f", {found.first_day} to {found.last_day}" if found.events else ""
    print(f"{found.events} events of {found.days} days{span}; head {found.head}")
    print(*found.faults, sep="\n", end="\n" if found.faults else "")
    print(f"{len(found.faults)} faults" if found.faults else "The chain is unbroken, and every table follows from it.")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
