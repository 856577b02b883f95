"""A disk that remembers what was synced: the real SQLite writes to it, and a power cut takes what was not.

One `apsw.VFS` holds the disks of all simulated machines in memory; a file's path begins with its machine:
``/kiosk-1/…``.
Between two syncs a disk may write in any order, half of a write, or nothing: the power cut's dice say which.
"""

# ruff: noqa: N802 -- the names are SQLite's

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512  # bytes that reach the medium whole


@dataclass
class File:
    data: bytearray = field(default_factory=bytearray)  # as its program sees it
    unsynced: list[tuple[int, bytes, bytes, int]] = field(default_factory=list)  # offset, before, after, length before
    durable: bool = False  # its name, in the directory

    def write(self, data: bytes, offset: int) -> None:
        length = len(self.data)
        if length < offset:
            self.data.extend(bytes(offset - length))
        self.unsynced.append((offset, bytes(self.data[offset : offset + len(data)]), data, length))
        self.data[offset : offset + len(data)] = data

    def truncate(self, length: int) -> None:
        self.unsynced.append((length, bytes(self.data[length:]), b"", len(self.data)))
        del self.data[length:]

    def sync(self) -> None:
        self.unsynced.clear()
        self.durable = True

    def lose(self, dice: random.Random) -> None:
        """What the medium holds after a power cut: all that was synced, and of the rest what the dice leave."""
        unsynced = self.unsynced[:]
        for offset, before, _, length in reversed(unsynced):
            self.data[offset : offset + len(before)] = before
            del self.data[length:]
        keep = dice.choice((0.0, 0.0, 0.5, 0.9, 1.0))
        for offset, _, after, _ in unsynced:
            if not after:
                if dice.random() < keep:
                    del self.data[offset:]
                continue
            whole = len(after) if dice.random() < keep else 0
            if whole and keep < 1.0 and dice.random() < 0.2:  # torn
                whole = dice.randrange(0, whole, SECTOR)
            if whole:
                self.data.extend(bytes(max(0, offset - len(self.data))))
                self.data[offset : offset + whole] = after[:whole]
        self.unsynced.clear()


class Disk:
    """One machine's.  ``boundary`` is told before and after each sync; a machine that died there writes no more."""

    def __init__(self, boundary: Callable[[str], bool]) -> None:
        self.files: dict[str, File] = {}
        self.boundary = boundary  # False: the machine is dead
        self.life = 0  # what was opened in an earlier one is nobody's any more
        self.full = self.dead = False

    def end_life(self, dice: random.Random | None) -> None:
        """The process is gone; with ``dice`` it was the power."""
        self.life += 1
        self.dead = False
        if dice is None:
            return
        for name in list(self.files):
            file = self.files[name]
            file.lose(dice)
            if not file.durable and dice.random() < 0.5:
                del self.files[name]

    def copy_to(self, folder: Path) -> None:
        """All files as a program would find them now."""
        for name, file in self.files.items():
            (folder / name).write_bytes(file.data)


class _Handle(apsw.VFSFile):
    def __init__(self, disk: Disk, name: str) -> None:
        self._disk, self._life = disk, disk.life
        self._file = disk.files.setdefault(name, File())

    @property
    def _stale(self) -> bool:
        """Of a dead machine.  It must fail, or SQLite would take away the log when the old connection is closed."""
        return self._disk.dead or self._life != self._disk.life

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._file.data[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._stale:
            raise apsw.IOError
        if self._disk.full and offset + len(data) > len(self._file.data):
            raise apsw.FullError
        self._file.write(bytes(data), offset)

    def xTruncate(self, length: int) -> None:
        if not self._stale:
            self._file.truncate(length)

    def xSync(self, _flags: int) -> None:
        if self._stale or not self._disk.boundary("before a sync"):
            raise apsw.IOError
        self._file.sync()
        if not self._disk.boundary("after a sync"):
            raise apsw.IOError

    def xFileSize(self) -> int:
        return len(self._file.data)

    def xClose(self) -> None:
        pass

    def xLock(self, _level: int) -> None:
        pass

    def xUnlock(self, _level: int) -> None:
        pass

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, _operation: int, _pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        return 0  # it promises nothing


class Disks(apsw.VFS):
    """The file system ``name``, for `broker.store.open_store`."""

    def __init__(self, name: str) -> None:
        super().__init__(name, base="", maxpathname=200)
        self.name = name
        self.of: dict[str, Disk] = {}  # machine → its disk

    def _at(self, path: str) -> tuple[Disk, str]:
        _, machine, name = path.split("/")
        return self.of[machine], name

    def xOpen(self, path: Any, _flags: list[int]) -> apsw.VFSFile:
        return _Handle(*self._at(path.filename() if isinstance(path, apsw.URIFilename) else path))

    def xDelete(self, path: str, _sync: bool) -> None:
        disk, name = self._at(path)
        disk.files.pop(name, None)

    def xAccess(self, path: str, _flags: int) -> bool:
        disk, name = self._at(path)
        return name in disk.files

    def xFullPathname(self, path: str) -> str:
        return path

    def xRandomness(self, amount: int) -> bytes:
        return bytes(amount)

    def xSleep(self, microseconds: int) -> int:
        return microseconds

    def xCurrentTime(self) -> float:
        return 2440587.5

    def xCurrentTimeInt64(self) -> int:
        return 210866760000000
