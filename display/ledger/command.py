"""``khiu-hall summary | report | verify | backup | restore``: what is asked of the ledger at the command line."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from broker import clock, node
from broker.copies import NoBackup
from broker.language.catalogue import languages
from broker.store import AtWork, StoreError, alone
from display.ledger.audit import Audit, audit
from display.ledger.backup import copies, restore
from display.ledger.ledger import FILE, LOCK
from display.ledger.schema import MIGRATIONS


def summarise(argv: Sequence[str]) -> int:
    """Print a day's summary, also while the hall runs.  1: there is no ledger."""
    from display.ledger.summary import LedgerMissing, summary  # noqa: PLC0415 -- numpy, which the hall itself needs not
    from display.ledger.table import table  # noqa: PLC0415

    options = _options("summary", "What the ledger says of a service day, while the hall runs or not.")
    options.add_argument("--day", type=dt.date.fromisoformat, help="YYYY-MM-DD (default: the last day with a ticket)")
    options.add_argument(
        "--json", action="store_true", help="for programs; the keys stand in display/ledger/summary.py"
    )
    options.add_argument("--language", choices=languages(), help="of the table (default: the centre's first)")
    given = options.parse_args(argv)
    setting = node.from_options("hall", given)
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
    options = _options("verify", "Proves that no event was changed, removed or added, and the tables with them.")
    options.add_argument("--head", default="", help="a link noted earlier (8 digits or more): is it in the chain?")
    options.add_argument("file", nargs="?", type=Path, help="a ledger or a backup of one (default: the hall's own)")
    given = options.parse_args(argv)
    try:
        found = audit(given.file or Path(given.state) / FILE, given.head, _progress)
    except StoreError as fault:
        print(fault, file=sys.stderr)
        return 2
    print(_said(found))
    print(*found.faults, sep="\n", end="\n" if found.faults else "")
    print(f"{len(found.faults)} faults" if found.faults else "The chain is unbroken, and every table follows from it.")
    return 1 if found.faults else 0


def back_up(argv: Sequence[str]) -> int:
    """Copy the ledger while the hall works.  1: it could not be done; 78: nobody said where to."""
    options = _options("backup", "Copies the ledger, also while the hall runs; older copies are thinned out.")
    options.add_argument("--to", type=Path, metavar="FOLDER", help="(default: backup.folder of centre.toml)")
    given = options.parse_args(argv)
    setting = node.from_options("hall", given)
    folder = given.to or setting.centre.backup_folder
    if folder is None:
        print("where to? Name it with --to FOLDER, or in centre.toml under [backup]", file=sys.stderr)
        return node.CONFIG_FAULT
    try:
        made = copies(folder).take(setting.state / FILE, MIGRATIONS, clock.now())
    except (StoreError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"{made}: {made.stat().st_size} bytes, {len(copies(folder).files())} copies kept")
    return 0


def bring_back(argv: Sequence[str]) -> int:
    """Put a backup in the ledger's place.  1: no copy proves itself; 75: the hall runs."""
    options = _options("restore", "Puts a backup in the ledger's place and keeps the present one under another name.")
    options.add_argument("file", nargs="?", type=Path, help="the copy (default: the youngest that proves itself)")
    given = options.parse_args(argv)
    setting = node.from_options("hall", given)
    folder = setting.centre.backup_folder
    wanted = [given.file] if given.file else list(reversed(copies(folder).files())) if folder else []
    try:
        alone(setting.state / LOCK)
    except AtWork as fault:
        print(f"{fault}: stop it first (sudo systemctl stop khiu-hall)", file=sys.stderr)
        return os.EX_TEMPFAIL
    for copy in wanted:
        try:
            found, aside = restore(setting.state, copy)
        except NoBackup as fault:
            print(fault, file=sys.stderr)
            continue
        print(f"restored from {copy}: {_said(found)}")
        if aside:
            print(f"the ledger of before is kept as {aside}")
        print("kiosks and counters will say again what this copy lacks, a week back; calls since then are lost")
        return 0
    print("there is no backup that proves itself", file=sys.stderr)
    return 1


def report(argv: Sequence[str]) -> int:
    """Print or write a report of any span: `display.reports.command`."""
    from display.reports.command import command  # noqa: PLC0415 -- numpy, workbooks, pages: the hall itself needs none

    return command(argv)


VERBS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "summary": summarise,
    "report": report,
    "verify": verify,
    "backup": back_up,
    "restore": bring_back,
}


def _options(verb: str, description: str) -> argparse.ArgumentParser:
    options = node.options(description)
    options.prog = f"khiu-hall {verb}"
    return options


def _progress(done: int, count: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} / {count}", end="" if done < count else "\n", file=sys.stderr, flush=True)


def _said(found: Audit) -> str:
    span = f", {found.first_day} to {found.last_day}" if found.events else ""
    return f"{found.events} events of {found.days} days{span}; head {found.head}"
