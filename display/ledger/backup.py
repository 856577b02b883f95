"""Copies of the ledger on a second medium, and the way back.

The way back sets the present ledger aside, never deletes it, and gives the restored one a name of its own, by which
kiosks and counters know that they must say again what it lacks (`broker.outbox`).
"""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from broker import durable, store
from broker.copies import Copies, NoBackup
from broker.store import StoreError
from display.ledger.audit import Audit, audit
from display.ledger.ledger import FILE
from display.ledger.schema import MIGRATIONS


def copies(folder: Path) -> Copies:
    """Those of the ledger in this folder."""
    return Copies(folder, "ledger")


def restore(state: Path, copy: Path) -> tuple[Audit, Path | None]:
    """Put this copy in the ledger's place; what it proves, and where the ledger of before lies now.

    Nobody may use the ledger meanwhile.  Raises `NoBackup` for a copy that does not prove itself.
    """
    if not store.is_store(copy):
        raise NoBackup(f"{copy}: no ledger can be read in it")
    ledger, draft = state / FILE, state / ".restored"
    shutil.copyfile(copy, draft)
    try:
        found = _renewed(draft)
    except StoreError as fault:
        draft.unlink()
        raise NoBackup(f"{copy}: {fault}") from fault
    if found.faults:
        draft.unlink()
        raise NoBackup("\n".join((f"{copy}: is not what was written:", *found.faults)))
    durable.sync(draft)  # before the present one leaves its place
    aside = store.set_aside(ledger, "replaced") if ledger.exists() else None
    durable.put(draft, ledger)
    return found, aside


def _renewed(draft: Path) -> Audit:
    """What a ledger proves that, taken by an older version, is brought up to this one's; it has another name then."""
    with closing(store.open_store(draft, MIGRATIONS)) as ledger:
        found = audit(draft)
        ledger.execute("UPDATE identity SET name = lower(hex(randomblob(8)))")
        ledger.execute("PRAGMA journal_mode = DELETE")
    return found


def heal(state: Path, folder: Path | None) -> tuple[Path, Path | None]:
    """The damaged ledger is set aside, and the youngest copy that proves itself takes its place.

    Where the damaged one lies now, and the copy; None: there is none, and a new ledger will begin.
    """
    aside = store.set_aside(state / FILE, "damaged")
    for copy in reversed(copies(folder).files() if folder else []):
        try:
            restore(state, copy)
        except NoBackup:
            continue
        return aside, copy
    return aside, None
