"""A ticket's lines → the bytes that print it, of this printer's own making as far as it can, else drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from broker.printers import Abilities
from kiosk.bands import CENTRED, bands
from kiosk.own import TIGHT, own
from kiosk.raster import blank, picture, rows
from kiosk.slip import Line, Number, Space

_INITIALIZE = b"\x1b@\x1da\x00"  # ESC @, and GS a 0: no status that nobody asked for
_CUT = b"\x1dVB\x00"  # GS V 66 0: feed to the cutter, cut


def render(lines: Sequence[Line], able: Abilities, font: str) -> bytes:
    """The bytes that print these lines and cut.  Raises `RaqmMissing`, `FontMissing`."""
    job = _INITIALIZE + (CENTRED if able.centres else b"") + (TIGHT if able.columns else b"")
    drawn: list[bytes] = []
    for line in _needed(lines, able):
        parts = own(line, able)
        if not parts:
            drawn += rows(picture([line], able, font))
        for part in parts:
            if isinstance(part, int):
                drawn += blank(part, able)
            else:
                job += bands(drawn, able.centres) + part
                drawn = []
    return job + bands(drawn, able.centres) + _CUT


def _needed(lines: Sequence[Line], able: Abilities) -> Iterator[Line]:
    """All but the space around a number that the printer sets: its letters bring as much white with them."""
    for before, line, after in zip((None, *lines), lines, (*lines[1:], None), strict=False):
        beside = isinstance(before, Number) or isinstance(after, Number)
        if not (able.columns and isinstance(line, Space) and beside):
            yield line
