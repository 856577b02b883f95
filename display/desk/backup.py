"""Copies of the desk's store, and the way back.

It holds what citizens left to be told by (PDPA): so no copy is kept longer than `broker.copies.DAILY`, and by then what
was erased is gone from all of them.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from broker import durable, store
from broker.copies import Copies, NoBackup
from display.desk.store import DESK_MIGRATIONS, FILE


def copies(folder: Path) -> Copies:
    """Those of the desk's store in this folder."""
    return Copies(folder, "desk", monthly=False)


def restore(state: Path, copy: Path) -> Path | None:
    """Put this copy in the store's place; where the one of before lies now.

    Nobody stays signed in: a session that ended since the copy would be open again.  No desk may work meanwhile.
    Raises `NoBackup` for a copy that is missing, damaged, or a newer version's.
    """
    if not store.is_store(copy):
        raise NoBackup(f"{copy}: no store can be read in it")
    file, draft = state / FILE, state / f".{FILE}.restored"
    shutil.copyfile(copy, draft)
    try:
        with closing(store.open_store(draft, DESK_MIGRATIONS)) as fresh:
            fresh.execute("DELETE FROM session")
            fresh.execute("PRAGMA journal_mode = DELETE")
    except store.StoreError as fault:
        draft.unlink()
        raise NoBackup(f"{copy}: {fault}") from fault
    draft.chmod(0o640)
    durable.sync(draft)  # before the present one leaves its place
    aside = store.set_aside(file, "replaced") if file.exists() else None
    durable.put(draft, file)
    return aside
