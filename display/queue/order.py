"""Who is next: two lines a service, each by first arrival, mixed by the office's ratio.

While both lines have somebody, one priority ticket is called, then at most ``others_per_priority`` others, then a
priority ticket again.  So a priority ticket at the head of its line sees at most that many others go before it, and the
first of the others sees at most one priority ticket go before it: neither line ever starves.

Where a point calls several services their lines count as one: `first` looks at all of them, and each of them counts
what is called there (`Order.count`), or a priority ticket of one service would wait behind everybody of another.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, insort
from collections.abc import Collection
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

    @property
    def oldest(self) -> dt.datetime | None:
        """When the first of those who wait arrived."""
        return min((line[0][0] for line in (self.priority, self.others) if line), default=None)

    def join(self, ticket: Ticket) -> None:
        insort(self._line(ticket), place(ticket))

    def leave(self, ticket: Ticket) -> None:
        """Take a waiting ticket out, from wherever it stands."""
        line = self._line(ticket)
        del line[bisect_left(line, place(ticket))]

    def count(self, priority: bool) -> None:
        """A waiting ticket was called, in turn or by its number, where this service is called too."""
        if priority:
            self.others_called = 0
        elif self.others_called is not None:
            self.others_called = min(self.others_called + 1, self.others_per_priority)

    @property
    def priority_is_due(self) -> bool:
        return self.others_called is None or self.others_called >= self.others_per_priority

    def _line(self, ticket: Ticket) -> list[Place]:
        return self.priority if ticket.priority else self.others


def first(orders: Collection[Order]) -> Place | None:
    """The ticket whose turn it is among these services: of several, the one who arrived first."""
    due = [order.priority[0] for order in orders if order.priority and order.priority_is_due]
    others = [order.others[0] for order in orders if order.others]
    early = [order.priority[0] for order in orders if order.priority]
    return min(due or others or early, default=None)
