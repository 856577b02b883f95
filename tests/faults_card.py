"""A memory card as a file system (FUSE) that keeps what was synced, and of the rest what chance lets it keep.

A write lives in this process's memory until its file is synced; some sectors reach the folder behind it earlier, in no
order, as cards do.  So kill -9 of this process, with those that use it, is a power cut.  As a program:
``faults_card.py MOUNT FOLDER SEED``.
"""

from __future__ import annotations

import errno
import os
import random
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mfusepy import FUSE, FuseOSError, Operations

SECTOR = 512  # bytes: what a card writes whole
EARLY = 0.3  # how likely a sector is to be on the card before anybody asks


@dataclass
class File:
    content: bytearray
    dirty: set[int] = field(default_factory=set)  # sectors that the folder does not have
    resized: bool = False


class Card(Operations):  # type: ignore[misc]
    use_ns = True

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._chance = random.Random(seed)
        self._files: dict[str, File] = {}

    def _behind(self, path: str) -> Path:
        return self._folder / path.lstrip("/")

    def _file(self, path: str) -> File:
        if path not in self._files:
            if not self._behind(path).is_file():
                raise FuseOSError(errno.ENOENT)
            self._files[path] = File(bytearray(self._behind(path).read_bytes()))
        return self._files[path]

    # ---------------------------------------------------------------- names: on the card at once
    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        if path == "/":
            return {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}
        return {"st_mode": stat.S_IFREG | 0o644, "st_nlink": 1, "st_size": len(self._file(path).content)}

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *(entry.name for entry in self._folder.iterdir())]

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        self._behind(path).touch()
        self._files.pop(path, None)
        return 0

    def unlink(self, path: str) -> None:
        self._files.pop(path, None)
        self._behind(path).unlink()

    def rename(self, old: str, new: str) -> None:
        self._sync(old)
        self._files.pop(new, None)
        self._behind(old).rename(self._behind(new))
        self._files[new] = self._files.pop(old)

    # ---------------------------------------------------------------- bytes: on the card when synced
    def open(self, path: str, flags: int) -> int:
        self._file(path)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return bytes(self._file(path).content[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        file, end = self._file(path), offset + len(data)
        if end > len(file.content):
            file.content.extend(bytes(end - len(file.content)))
        file.content[offset:end] = data
        touched = range(offset // SECTOR, (end - 1) // SECTOR + 1)
        file.dirty.update(touched)
        for sector in touched:
            if self._chance.random() < EARLY:
                self._put(path, file, sector)
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> None:
        file = self._file(path)
        file.content[length:] = bytes(max(0, length - len(file.content)))
        file.resized = True

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._sync(path)
        return 0

    def _sync(self, path: str) -> None:
        file = self._file(path)
        for sector in sorted(file.dirty):
            self._put(path, file, sector)
        file.dirty.clear()
        os.truncate(self._behind(path), len(file.content))

    def _put(self, path: str, file: File, sector: int) -> None:
        with self._behind(path).open("r+b") as card:
            card.seek(sector * SECTOR)
            card.write(file.content[sector * SECTOR : (sector + 1) * SECTOR])

    def statfs(self, path: str) -> dict[str, int]:
        return {"f_bsize": 4096, "f_blocks": 100_000, "f_bfree": 90_000, "f_bavail": 90_000}


if __name__ == "__main__":
    FUSE(Card(Path(sys.argv[2]), int(sys.argv[3])), sys.argv[1], foreground=True, nothreads=True)
