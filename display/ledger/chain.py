"""The hash chain through the ledger: each event's link is made of the link before it and of all that the event says.

A call that was changed, removed or slipped in breaks the chain from there on (`display.ledger.audit`).  Who can write
the file can also make the whole chain anew; so the last link, the *head*, is worth what is kept of it elsewhere: it
stands under every summary, and each backup holds one.  Pure.
"""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import Struct

START = bytes(32)  # what the first event's link is made with


class Row(Struct, frozen=True, array_like=True):
    """A row of the table ``event`` but for its link; what is hashed is this as a JSON array, in this order."""

    seq: int
    day: str
    at: str
    kind: str
    body: str
    node: str | None
    fact: int | None
    command: str | None


def link(before: bytes, row: Row) -> bytes:
    """SHA-256 of the link before and the row: 32 bytes."""
    return hashlib.sha256(before + msgspec.json.encode(row)).digest()
