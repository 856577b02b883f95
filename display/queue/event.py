"""What every event of the ledger is, whatever it tells of."""

from __future__ import annotations

from msgspec import Struct

from broker.words import Time


def snake(name: str) -> str:
    """TicketQueued → ticket_queued."""
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


class Event(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag=snake, kw_only=True):
    """Base of all events; ``kind`` in the ledger is the name in snake_case.

    ``who`` asked for it, as signed in at the desk; None for a press, the clock, and facts of other nodes.
    """

    at: Time
    who: str | None = None
