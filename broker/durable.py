"""Files that are whole, and there after a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """A file's bytes, or a folder's names, are on the disk when this returns.  Raises `OSError`."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put(made: Path, place: Path) -> None:
    """What was made under another name takes its place, whole or not at all: a file, or a folder of synced files.

    Both are in one folder's file system; a folder takes no place that another one has.  Raises `OSError`.
    """
    sync(made)
    made.replace(place)
    sync(place.parent)


def write(path: Path, content: bytes) -> None:
    """As `put`; where it fails, what was there stands.  Raises `OSError`."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    put(part, path)
