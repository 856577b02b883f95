"""The packs under one directory, as they are there now: a pack may be added, replaced or edited while a node speaks.

The kernel tells of changes (inotify, through watchdog); nothing is asked again and again.  Packs are read anew, on a
thread of their own, once nothing has changed for `QUIET` seconds, and change hands whole: who speaks meanwhile speaks
with the old ones.  So a folder that is being copied is not taken up half, as long as the copying never rests so long;
where it does, a word not yet there is a hole that the next pack fills, and is mended with the next change.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from watchdog import events
from watchdog.observers import Observer

from broker.voice.pack import Voice

log = logging.getLogger(__name__)

QUIET = 1.0  # s
# not that a file was opened or read: else reading the packs would itself be a change
CHANGES: list[type[events.FileSystemEvent]] = [
    events.FileClosedEvent,
    events.FileModifiedEvent,
    events.FileCreatedEvent,
    events.FileDeletedEvent,
    events.FileMovedEvent,
    events.DirCreatedEvent,
    events.DirDeletedEvent,
    events.DirMovedEvent,
]


class Shelf(events.FileSystemEventHandler):
    """`voice` is the current one.  `on_change` follows each reading but the first, on the shelf's own thread."""

    def __init__(self, directory: Path, first: str, on_change: Callable[[], None]) -> None:
        """Reads the packs; `first` is the folder of the one asked before all others."""
        self._directory = directory
        self._first = first
        self._on_change = on_change
        self._changed = threading.Event()
        self._closed = False
        self._observer = Observer()
        self.voice = Voice([])
        self._watch()
        self._read()
        self._thread = threading.Thread(target=self._follow, name="shelf", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Follow no more changes; `voice` stays."""
        self._closed = True
        self._changed.set()
        self._thread.join(2)
        self._observer.stop()

    def on_any_event(self, _event: events.FileSystemEvent) -> None:
        """Of watchdog, on its thread."""
        self._changed.set()

    def _follow(self) -> None:
        while self._changed.wait():
            self._changed.clear()
            if self._closed:
                return
            if self._changed.wait(QUIET):
                continue
            self._watch()  # first: what changes while the packs are read is told again
            if self._read():
                log.info("voice packs: %s", ", ".join(pack.manifest.name for pack in self.voice.packs) or "none")
                self._on_change()

    def _read(self) -> bool:
        """False where the packs could not be read: those that were good stay."""
        try:
            self.voice = Voice.load(self._directory, self._first)
        except Exception:  # a folder that nobody may enter, a card that fails
            log.exception("the voice packs could not be read")
            return False
        return True

    def _watch(self) -> None:
        """Watches the directory; until it exists, the nearest folder in which it, or a part of its path, may appear.

        Anew each time: a directory of the same name may be another one.
        """
        try:
            there = next(path for path in (self._directory, *self._directory.parents) if path.is_dir())
            self._observer.unschedule_all()
            self._observer.schedule(self, there, recursive=there == self._directory, event_filter=CHANGES)
            if not self._observer.is_alive():
                self._observer.start()
        except OSError as fault:  # the kernel's number of watches is used up, or nobody may look there
            log.warning("changed voice packs are heard only after a restart: %s", fault)
