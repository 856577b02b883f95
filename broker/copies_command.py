"""``backup`` and ``restore`` at the command line, the same for every store that has copies (`broker.copies`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from broker import clock, node
from broker.copies import Copies, NoBackup
from broker.store import AtWork, Migration, StoreError, alone
from broker.verbs import Verb, Verbs


@dataclass(frozen=True)
class Kept:
    """A store of which copies are kept."""

    program: str
    role: str
    unit: str  # of systemd, "{node}" in it: who must not work while it is restored
    what: str  # is copied
    file: str  # in the state directory
    lock: str  # likewise
    migrations: Sequence[Migration]
    copies: Callable[[Path], Copies]
    restore: Callable[[Path, Path], Iterable[str]]  # state directory, copy → what to tell; raises `NoBackup`

    @property
    def verbs(self) -> Verbs:
        return {
            "backup": Verb(self.back_up, f"copy {self.what} into a folder"),
            "restore": Verb(self.bring_back, "put a copy in its place again"),
        }

    def back_up(self, argv: Sequence[str]) -> int:
        """Copy the store while its program works.  1: it could not be done; 78: nobody said where to."""
        what = f"Copies {self.what}, also while it is used; older copies are thinned out."
        options = node.questions(f"{self.program} backup", what)
        options.add_argument("--to", type=Path, metavar="FOLDER", help="(default: backup.folder of centre.toml)")
        given = options.parse_args(argv)
        setting = node.from_options(self.role, given, reads=True)
        folder = given.to or setting.centre.backup_folder
        if folder is None:
            print("where to? Name it with --to FOLDER, or in centre.toml under [backup]", file=sys.stderr)
            return node.CONFIG_FAULT
        try:
            made = self.copies(folder).take(setting.state / self.file, self.migrations, clock.now())
        except (StoreError, OSError) as fault:
            print(fault, file=sys.stderr)
            return 1
        print(f"{made}: {made.stat().st_size} bytes; copies kept there: {len(self.copies(folder).files())}")
        return 0

    def bring_back(self, argv: Sequence[str]) -> int:
        """Put a copy in the store's place.  1: no copy proves itself; 75: its program runs."""
        what = "Puts a backup in its place and keeps what was there under another name."
        options = node.questions(f"{self.program} restore", what)
        options.add_argument("file", nargs="?", type=Path, help="the copy (default: the youngest that proves itself)")
        given = options.parse_args(argv)
        setting = node.from_options(self.role, given)
        folder = setting.centre.backup_folder
        wanted = [given.file] if given.file else list(reversed(self.copies(folder).files())) if folder else []
        try:
            alone(setting.state / self.lock)
        except AtWork as fault:
            unit = self.unit.format(node=setting.node)
            print(f"{fault}: stop it first (sudo systemctl stop {unit})", file=sys.stderr)
            return os.EX_TEMPFAIL
        for copy in wanted:
            try:
                told = self.restore(setting.state, copy)
            except NoBackup as fault:
                print(fault, file=sys.stderr)
                continue
            print(f"restored from {copy}", *told, sep="\n")
            return 0
        print("there is no backup that proves itself", file=sys.stderr)
        return 1
