"""``khiu-desk backup | restore``: what is asked of the desk's store at the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from broker import clock, node
from broker.copies import NoBackup
from broker.store import AtWork, StoreError, alone
from display.desk.backup import copies, restore
from display.desk.store import DESK_MIGRATIONS, FILE, LOCK


def back_up(argv: Sequence[str]) -> int:
    """Copy the store while the desk works.  1: it could not be done; 78: nobody said where to."""
    options = _options("backup", "Copies accounts, audit and contacts, also while the desk runs; none is kept 60 days.")
    options.add_argument("--to", type=Path, metavar="FOLDER", help="(default: backup.folder of centre.toml)")
    given = options.parse_args(argv)
    setting = node.from_options("desk", given)
    folder = given.to or setting.centre.backup_folder
    if folder is None:
        print("where to? Name it with --to FOLDER, or in centre.toml under [backup]", file=sys.stderr)
        return node.CONFIG_FAULT
    try:
        made = copies(folder).take(setting.state / FILE, DESK_MIGRATIONS, clock.now())
    except (StoreError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"{made}: {made.stat().st_size} bytes, {len(copies(folder).files())} copies kept")
    return 0


def bring_back(argv: Sequence[str]) -> int:
    """Put a backup in the store's place.  1: no copy proves itself; 75: the desk runs."""
    options = _options("restore", "Puts a backup in the store's place and keeps the present one under another name.")
    options.add_argument("file", nargs="?", type=Path, help="the copy (default: the youngest that proves itself)")
    given = options.parse_args(argv)
    setting = node.from_options("desk", given)
    folder = setting.centre.backup_folder
    wanted = [given.file] if given.file else list(reversed(copies(folder).files())) if folder else []
    try:
        alone(setting.state / LOCK)
    except AtWork as fault:
        print(f"{fault}: stop it first (sudo systemctl stop khiu-desk@{setting.node})", file=sys.stderr)
        return os.EX_TEMPFAIL
    for copy in wanted:
        try:
            aside = restore(setting.state, copy)
        except NoBackup as fault:
            print(fault, file=sys.stderr)
            continue
        print(f"restored from {copy}")
        if aside:
            print(f"the store of before is kept as {aside}: delete it once nobody needs it, for it holds contacts")
        print("everybody signs in anew; accounts and passwords are those of then: look at Users")
        return 0
    print("there is no backup that proves itself", file=sys.stderr)
    return 1


VERBS: Mapping[str, Callable[[Sequence[str]], int]] = {"backup": back_up, "restore": bring_back}


def _options(verb: str, description: str) -> argparse.ArgumentParser:
    options = node.options(description)
    options.prog = f"khiu-desk {verb}"
    return options
