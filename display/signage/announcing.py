"""Which calls a screen announces: each once, one after another.  Pure.

Speech follows `Call`, never the retained board; only after an absence the board tells what was missed meanwhile.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from typing import Protocol

from broker.centre import Calling
from broker.messages import Board, Call


class Said(Protocol):
    """The calls whose announcement was begun, even before a restart (`said.Store`)."""

    def __contains__(self, call: str) -> bool: ...


def missed(board: Board, said: Said, now: dt.datetime, within: float, start_at_call: bool = False) -> list[Call]:
    """Calls younger than ``within`` seconds that nobody announced and that still hold, oldest first.

    A call holds while its ticket is awaited at its point; of several calls of it the newest is enough.  Where service
    starts at the call, a ticket being served may still be on its way.
    """
    states = ("called", "serving") if start_at_call else ("called",)
    awaited = {point.point: point.ticket for point in board.points if point.state in states}
    calls: list[Call] = []
    for row in board.recent:  # newest first
        if awaited.get(row.point) != row.ticket:
            continue
        del awaited[row.point]
        if not row.announced and row.call not in said and _young(row.at, now, within):
            calls.append(Call(row.call, row.ticket, row.point, row.at, row.times))
    return calls[::-1]


class Announcing:
    """The calls that wait to be announced, and the one that is."""

    def __init__(self, said: Said, rules: Calling) -> None:
        self.current: Call | None = None
        self._said = said
        self._rules = rules
        self._waiting: deque[Call] = deque()

    def hear(self, call: Call) -> bool:
        """Line up a call, unless it is known: the broker may deliver twice, and the hall says again what it must.

        Its age is the hall's matter, which sends none that is too old to be of use; a screen's clock may be wrong.
        """
        if call == self.current or call.call in self._said or any(c.call == call.call for c in self._waiting):
            return False
        self._waiting.append(call)
        return True

    def come_back(self, board: Board, now: dt.datetime) -> None:
        """The first board after an absence."""
        for call in missed(board, self._said, now, self._rules.announce_seconds, self._rules.start_at_call):
            self.hear(call)

    def start(self) -> Call | None:
        """The call to announce now; None while one is announced or none waits."""
        if self.current is not None or not self._waiting:
            return None
        self.current = self._waiting.popleft()
        return self.current

    def finish(self) -> None:
        """The current call was announced."""
        self.current = None


def _young(at: dt.datetime, now: dt.datetime, within: float) -> bool:
    return now - at <= dt.timedelta(seconds=within)
