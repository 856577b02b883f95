"""Copies of the ledger on a second medium, and the way back.

A copy is taken while the hall works (SQLite's backup API), looked at, and only then given its name.  The way back sets
the present ledger aside, never deletes it, and gives the restored one a name of its own, by which kiosks and counters
know that they must say again what it lacks (`broker.outbox`).
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import shutil
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import apsw

from broker import durable, store
from broker.store import StoreError
from display.ledger.audit import Audit, audit
from display.ledger.ledger import FILE
from display.ledger.schema import MIGRATIONS

_STAMP = "ledger-%Y%m%dT%H%M%SZ.sqlite"
EVERY, DAILY = (
    dt.timedelta(days=2),
    dt.timedelta(days=60),
)  # so long all copies are kept, then one a day, then one a month


class AtWork(RuntimeError):
    """Another process works on this ledger."""


class NoBackup(LookupError):
    """There is no copy that proves itself."""


def alone(state: Path) -> None:
    """Be the one process that may write this ledger, until it ends.  Raises `AtWork` where there is one already."""
    handle = os.open(state / "hall.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        os.close(handle)
        raise AtWork(f"{state}: a hall works here") from taken


def backup(ledger: Path, folder: Path, now: dt.datetime) -> Path:
    """Copy the ledger into ``folder`` and thin out the older copies; the new one.

    Raises `StoreError` for a ledger that cannot be read or is damaged, `OSError` for a folder that cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made, draft = folder / now.strftime(_STAMP), folder / ".draft"
    draft.unlink(missing_ok=True)
    try:
        with closing(store.reader(ledger, MIGRATIONS)) as source, closing(apsw.Connection(str(draft))) as copy:
            with copy.backup("main", source, "main") as pages:
                pages.step()
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, whole by itself
            store.check(copy)
    except (apsw.CorruptError, apsw.NotADBError) as damage:
        raise store.Damaged(f"{ledger}: damaged: {damage}") from damage
    except apsw.Error as fault:  # the medium is full or gone
        raise OSError(f"{folder}: {fault}") from fault
    durable.put(draft, made)
    for old in superfluous(copies(folder), now):
        old.unlink()
    return made


def copies(folder: Path) -> list[Path]:
    """The copies in this folder, oldest first."""
    return sorted(file for file in folder.glob("ledger-*Z.sqlite") if _taken(file))


def superfluous(files: Iterable[Path], now: dt.datetime) -> list[Path]:
    """Of copies, oldest first, those that the rule does not keep.  Pure; never the youngest."""
    last_of: dict[str, Path] = {}
    files = list(files)
    for file in files:
        taken = _taken(file) or now
        span = "%Y%m%dT%H%M%S" if now - taken <= EVERY else "%Y%m%d" if now - taken <= DAILY else "%Y%m"
        last_of[taken.strftime(span)] = file
    kept = {*last_of.values(), *files[-1:]}
    return [file for file in files if file not in kept]


def youngest(folder: Path) -> dt.datetime | None:
    """When the last copy was taken; None where there is none."""
    return next((_taken(file) for file in reversed(copies(folder))), None)


def restore(state: Path, copy: Path) -> tuple[Audit, Path | None]:
    """Put this copy in the ledger's place; what it proves, and where the ledger of before lies now.

    Nobody may use the ledger meanwhile.  Raises `NoBackup` for a copy that does not prove itself.
    """
    try:
        found = audit(copy)
    except StoreError as fault:
        raise NoBackup(str(fault)) from fault
    if found.faults:
        raise NoBackup("\n".join((f"{copy}: is not what was written:", *found.faults)))
    ledger, draft = state / FILE, state / ".restored"
    shutil.copyfile(copy, draft)
    with closing(store.open_store(draft, MIGRATIONS)) as fresh:
        fresh.execute("UPDATE identity SET name = lower(hex(randomblob(8)))")
        fresh.execute("PRAGMA journal_mode = DELETE")
    durable.sync(draft)  # before the present one leaves its place
    aside = store.set_aside(ledger, "replaced") if ledger.exists() else None
    durable.put(draft, ledger)
    return found, aside


def heal(state: Path, folder: Path | None) -> tuple[Path, Path | None]:
    """The damaged ledger is set aside, and the youngest copy that proves itself takes its place.

    Where the damaged one lies now, and the copy; None: there is none, and a new ledger will begin.
    """
    aside = store.set_aside(state / FILE, "damaged")
    for copy in reversed(copies(folder) if folder else []):
        try:
            restore(state, copy)
        except NoBackup:
            continue
        return aside, copy
    return aside, None


def _taken(file: Path) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(file.name, _STAMP).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
