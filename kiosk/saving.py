"""Writes that outlive a card which fails for a while: kept in memory, in order, and tried again.

A card that is full or worn out must not take the kiosk with it: the citizen who holds a number on paper keeps it, and
nobody gets another number before all is written.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

import apsw

Write = Callable[[], object]

log = logging.getLogger(__name__)


class Saving:
    """``changed`` is told when the card stops working, and when it works again."""

    def __init__(self, changed: Callable[[bool], object]) -> None:
        self.works = True
        self._changed = changed
        self._waiting: deque[Write] = deque()

    def do(self, write: Write) -> None:
        """Do this write, after those that wait; now, or when the card works again.  It may raise `apsw.Error`."""
        self._waiting.append(write)
        self.retry()

    def retry(self) -> None:
        """Try again what waits.  Call about once a second."""
        fault = None
        try:
            while self._waiting:
                self._waiting[0]()
                self._waiting.popleft()
        except apsw.Error as error:
            fault = error
        if (fault is None) != self.works:
            self.works = fault is None
            log.warning("the card %s", f"cannot be written: {fault}" if fault else "can be written again")
            self._changed(self.works)
