"""Fingers at the door of a counter process (`faults_counter`), and what the counter there last heard of a point."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

import msgspec

from broker.messages import PointStatus


def press(door: Path, point: int, wire: str) -> bool:
    """A short press; False where no node runs behind the button."""
    return _ask(door, f"press {point} {wire}") is not None


def status(door: Path, point: int) -> PointStatus | None:
    """The hall's last word about this point; None where there was none yet, or nobody to ask."""
    answer = _ask(door, f"point {point}")
    return msgspec.json.decode(answer, type=PointStatus | None) if answer else None  # type: ignore[arg-type]


def _ask(door: Path, line: str) -> bytes | None:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as line_in:
        line_in.settimeout(5)
        line_in.connect(str(door))
        line_in.sendall(line.encode() + b"\n")
        return line_in.makefile("rb").read() or None
    return None
