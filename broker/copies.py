"""Copies of a node's store on a second medium: taken while it works, looked at, and only then given their name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw

from broker import durable, store

EVERY, DAILY = (
    dt.timedelta(days=2),
    dt.timedelta(days=60),
)  # so long all copies are kept, then one a day, then one a month


class NoBackup(LookupError):
    """There is no copy that proves itself."""


@dataclass(frozen=True)
class Copies:
    """The copies of one store, in a folder where those of others may lie, too."""

    folder: Path
    stem: str  # what their names begin with
    monthly: bool = True  # one a month is kept for ever; else none is older than `DAILY`

    def take(self, file: Path, migrations: Sequence[store.Migration], now: dt.datetime) -> Path:
        """Copy the store ``file`` and thin out the older copies; the new one.

        Raises `StoreError` for one that cannot be read or is damaged, `OSError` for a folder that cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        made, draft = self.folder / now.strftime(self._stamp), self.folder / f".{self.stem}-draft"
        draft.unlink(missing_ok=True)
        try:
            with closing(store.reader(file, migrations)) as source, closing(apsw.Connection(str(draft))) as copy:
                with copy.backup("main", source, "main") as pages:
                    pages.step()
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, whole by itself
                store.check(copy)
        except (apsw.CorruptError, apsw.NotADBError) as damage:
            raise store.Damaged(f"{file}: damaged: {damage}") from damage
        except apsw.Error as fault:  # the medium is full or gone
            raise OSError(f"{self.folder}: {fault}") from fault
        draft.chmod(0o640)
        durable.put(draft, made)
        for old in self.superfluous(self.files(), now):
            old.unlink()
        return made

    def files(self) -> list[Path]:
        """Those that are there, oldest first."""
        return sorted(file for file in self.folder.glob(f"{self.stem}-*Z.sqlite") if self._taken(file))

    def superfluous(self, files: Iterable[Path], now: dt.datetime) -> list[Path]:
        """Of copies, oldest first, those that the rule does not keep.  Pure; never the youngest."""
        last_of: dict[str, Path] = {}
        files = list(files)
        for file in files:
            taken = self._taken(file) or now
            age = now - taken
            if age <= DAILY or self.monthly:
                span = "%Y%m%dT%H%M%S" if age <= EVERY else "%Y%m%d" if age <= DAILY else "%Y%m"
                last_of[taken.strftime(span)] = file
        kept = {*last_of.values(), *files[-1:]}
        return [file for file in files if file not in kept]

    def youngest(self) -> dt.datetime | None:
        """When the last copy was taken; None where there is none."""
        return next((self._taken(file) for file in reversed(self.files())), None)

    @property
    def _stamp(self) -> str:
        return f"{self.stem}-%Y%m%dT%H%M%SZ.sqlite"

    def _taken(self, file: Path) -> dt.datetime | None:
        try:
            return dt.datetime.strptime(file.name, self._stamp).replace(tzinfo=dt.UTC)
        except ValueError:
            return None
