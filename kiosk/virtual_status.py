"""What an ESC/POS printer in trouble says of itself, bit by bit (Epson's reference: DLE EOT, GS r, GS a).  Pure."""

from __future__ import annotations

from collections.abc import Set

FAULTS = ("near_end", "paper_out", "cover_open", "cutter", "stuck", "silent", "off", "offline")
STOPPING = frozenset({"paper_out", "cover_open", "cutter"})  # the head stops, and the printer says so


def status(faults: Set[str], n: int) -> int:
    """The answer to DLE EOT n: 1 printer, 2 why it is offline, 3 error, 4 paper."""
    stopped, cover, out, low = _bits(faults)
    cutter = "cutter" in faults
    why = 0x04 * cover | 0x20 * out | 0x40 * cutter
    return 0x12 | {1: 0x08 * stopped, 2: why, 3: 0x08 * cutter, 4: 0x0C * low | 0x60 * out}[n]


def in_order_status(faults: Set[str], n: int) -> int:
    """The answer to GS r n: 1 paper, 2 drawer."""
    _, _, out, low = _bits(faults)
    return 0x03 * low | 0x0C * out if n in b"\x01\x31" else 0


def automatic_status(faults: Set[str]) -> bytes:
    """The four bytes of automatic status back (GS a)."""
    stopped, cover, out, low = _bits(faults)
    return bytes((0x10 | 0x08 * stopped | 0x20 * cover, 0x08 * ("cutter" in faults), 0x03 * low | 0x0C * out, 0))


def _bits(faults: Set[str]) -> tuple[bool, bool, bool, bool]:
    out = "paper_out" in faults
    return bool(faults & STOPPING), "cover_open" in faults, out, out or "near_end" in faults
