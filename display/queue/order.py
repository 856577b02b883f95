"""Who is next within one service: two lines by first arrival, mixed by the office's ratio.

While both lines have somebody, one priority ticket is called, then at most ``others_per_priority`` others, then a
priority ticket again.  So a priority ticket at the head of its line sees at most that many others go before it, and the
first of the others sees at most one priority ticket go before it: neither line ever starves.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, insort
from dataclasses import dataclass, field

from display.queue.tickets import Ticket

Place = tuple[dt.datetime, str]  # first arrival, and the number where two came at once


def place(ticket: Ticket) -> Place:
    return ticket.given_at, ticket.number


@dataclass
class Order:
    """The waiting tickets of one service; a transferred one is put where its first arrival belongs."""

    others_per_priority: int
    priority: list[Place] = field(default_factory=list)
    others: list[Place] = field(default_factory=list)
    others_called: int | None = None  # since the last priority ticket; None: none was called yet

    def __len__(self) -> int:
        return len(self.priority) + len(self.others)

    def join(self, ticket: Ticket) -> None:
        insort(self._line(ticket), place(ticket))

    def leave(self, ticket: Ticket) -> None:
        """Take a waiting ticket out, from wherever it stands."""
        line = self._line(ticket)
        del line[bisect_left(line, place(ticket))]

    def called(self, ticket: Ticket) -> None:
        """A waiting ticket is called, in turn or by its number: it leaves, and the ratio counts it."""
        self.leave(ticket)
        if ticket.priority:
            self.others_called = 0
        elif self.others_called is not None:
            self.others_called = min(self.others_called + 1, self.others_per_priority)

    def first(self) -> Place | None:
        """The ticket whose turn it is."""
        if self.priority and (not self.others or self._priority_is_due()):
            return self.priority[0]
        return self.others[0] if self.others else None

    def _priority_is_due(self) -> bool:
        return self.others_called is None or self.others_called >= self.others_per_priority

    def _line(self, ticket: Ticket) -> list[Place]:
        return self.priority if ticket.priority else self.others
