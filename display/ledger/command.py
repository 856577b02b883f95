"""``khiu-hall summary | report | verify | backup | restore``: what is asked of the ledger at the command line."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from broker import node
from broker.copies_command import Kept
from broker.language import dates
from broker.language.catalogue import languages
from broker.store import StoreError
from broker.verbs import Verb, Verbs
from display.ledger.audit import Audit, audit
from display.ledger.backup import copies, restore
from display.ledger.ledger import FILE, LOCK
from display.ledger.schema import MIGRATIONS


def summarise(argv: Sequence[str]) -> int:
    """Print a day's summary, also while the hall runs.  1: there is no ledger."""
    from display.ledger.summary import LedgerMissing, summary  # noqa: PLC0415 -- numpy, which the hall itself needs not
    from display.ledger.table import table  # noqa: PLC0415

    options = node.questions("khiu-hall summary", "What the ledger says of a service day, while the hall runs or not.")
    options.add_argument(
        "--day", type=dates.read, help="2569-11-23 or 2026-11-23 (default: the last day with a ticket)"
    )
    options.add_argument(
        "--json", action="store_true", help="for programs; the keys stand in display/ledger/summary.py"
    )
    options.add_argument("--language", choices=languages(), help="of the table (default: the centre's first)")
    given = options.parse_args(argv)
    setting = node.from_options("hall", given, reads=True)
    try:
        day = summary(setting.state / FILE, setting.centre, given.day)
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
    what = "Proves that no event was changed, removed or added, and the tables with them."
    options = node.questions("khiu-hall verify", what)
    options.add_argument("--head", type=_head, help="one noted earlier: is it in the chain?")
    options.add_argument("file", nargs="?", type=Path, help="a ledger or a backup of one (default: the hall's own)")
    given = options.parse_args(argv)
    try:
        found = audit(given.file or Path(given.state) / FILE, given.head or "", _progress)
    except StoreError as fault:
        print(fault, file=sys.stderr)
        return 2
    print(_said(found))
    print(*found.faults, sep="\n", end="\n" if found.faults else "")
    print(f"faults: {len(found.faults)}" if found.faults else "The chain is unbroken, and every table follows from it.")
    return 1 if found.faults else 0


def _restored(state: Path, copy: Path) -> Iterator[str]:
    found, aside = restore(state, copy)
    yield _said(found)
    if aside:
        yield f"the ledger of before is kept as {aside}"
    yield "kiosks and counters will say again what this copy lacks, a week back; calls since then are lost"


def report(argv: Sequence[str]) -> int:
    """Print or write a report of any span: `display.reports.command`."""
    from display.reports.command import command  # noqa: PLC0415 -- numpy, workbooks, pages: the hall itself needs none

    return command(argv)


KEPT = Kept(
    "khiu-hall", "hall", "khiu-hall", "the ledger", FILE, LOCK, MIGRATIONS, copies,
    lambda state, copy: tuple(_restored(state, copy)),
)  # fmt: skip
VERBS: Verbs = {
    "summary": Verb(summarise, "a day's figures"),
    "report": Verb(report, "the figures of any span, also as CSV, workbook, PDF or JSON"),
    "verify": Verb(verify, "prove that nothing in the ledger was changed"),
    **KEPT.verbs,
}


def _head(text: str) -> str:
    """For argparse: a link of the chain, or so much of its beginning that no other has it."""
    if not re.fullmatch(r"[0-9a-fA-F]{8,64}", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no head: khiu-hall verify told one of 64 digits, 0 to 9 and a to f; at least its first 8"
        )
    return text


def _progress(done: int, count: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} / {count}", end="" if done < count else "\n", file=sys.stderr, flush=True)


def _said(found: Audit) -> str:
    span = f" ({found.first_day} to {found.last_day})" if found.events else ""
    return f"events: {found.events}; days: {found.days}{span}; head {found.head}"
