"""``khiu-desk backup | restore``: what is asked of the desk's store at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from broker.copies_command import Kept
from display.desk.backup import copies, restore
from display.desk.store import DESK_MIGRATIONS, FILE, LOCK


def _restored(state: Path, copy: Path) -> Iterator[str]:
    if aside := restore(state, copy):
        yield f"the store of before is kept as {aside}: delete it once nobody needs it, for it holds contacts"
    yield "everybody signs in anew; accounts and passwords are those of then: look at Users"


KEPT = Kept(
    "khiu-desk", "desk", "khiu-desk@{node}", "accounts, audit and contacts", FILE, LOCK, DESK_MIGRATIONS, copies,
    lambda state, copy: tuple(_restored(state, copy)),
)  # fmt: skip
VERBS = KEPT.verbs
