"""The sizes of type on paper, and how its lines stand.  Pure.

Three sizes and the number.  Nothing is drawn smaller than 10 points (3.5 mm): a ticket is read at arm's length by
people of seventy.  The number is as large as the paper allows.
"""

from __future__ import annotations

from typing import Literal

Size = Literal["small", "body", "large"]

POINTS: dict[Size, int] = {"small": 10, "body": 11, "large": 15}
_LEADING, _ABOVE = 1.6, 1.1  # line to line, and line to baseline, in sizes of the type


def type_dots(size: Size, dpi: int) -> int:
    """A size of type in dots."""
    return round(POINTS[size] * dpi / 72)


def dots(mm: float, dpi: int) -> int:
    return round(mm * dpi / 25.4)


def line_dots(type_size: int) -> tuple[int, int]:
    """The height of a line and its baseline under its top: room for what Thai stacks on a letter and hangs under it."""
    return round(type_size * _LEADING), round(type_size * _ABOVE)


def module_dots(dpi: int) -> int:
    """The side of a QR code's squares, 0.75 mm; even, so that they can be sent as squares."""
    return 2 * round(0.75 * dpi / 25.4 / 2)
