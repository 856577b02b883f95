"""Rows of dots → GS v 0, in few bytes.  Pure.

A band of rows is sent only as wide as its ink.  Where the printer centres (`CENTRED` comes first; by Epson's reference
it holds for pictures, but many printers of others centre type alone), that is as far left of the middle as right of it,
else from the left edge to the last dot.  Bands end where that makes the bytes fewest: the few dots of a tone mark are
not sent as wide as the words under it.  What is made of squares of four dots (gaps, rules, QR codes, the number) is
sent as one dot a square.  Gaps are rows of one byte, which are exact in dots on every printer; the unit of feed
commands is not.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CENTRED = b"\x1ba\x01"  # ESC a 1
_RASTER = b"\x1dv0"  # GS v 0: mode, bytes across, rows
_DOTS, _SQUARES = 0, 3  # its modes: a bit is a dot, a bit is four dots
_HEAD = 8  # bytes before those of the dots
_MOST_ROWS = 255  # in a band: small printers hold little
_SHORT_GAP = 4  # rows; a shorter one goes with the rows around it

# bytes whose dots come in pairs → the four dots they are made of
_HALF = {sum(3 << 2 * bit for bit in range(4) if four >> bit & 1): four for four in range(16)}


def bands(rows: Sequence[bytes], centred: bool) -> bytes:
    """The commands that print these rows, all of one length; a bit set is ink, the first one leftmost.

    ``centred``: the printer puts them in the middle, else at the left edge.
    """
    return b"".join(_Bands(centred).stretches(rows))


@dataclass(frozen=True)
class _Bands:
    centred: bool

    def stretches(self, rows: Sequence[bytes]) -> Iterator[bytes]:
        """Squares apart from single dots, where that saves."""
        start = at = 0
        while at < len(rows):
            squares = _squares(rows, at)
            saved = sum(self._across(row, 8 * len(row)) for row in rows[at : at + 2 * len(squares)]) * 3 // 4
            if saved > 2 * _HEAD or (not any(rows[at]) and 2 * len(squares) >= _SHORT_GAP):
                yield from self._plain(rows[start:at])
                for first in range(0, len(squares), _MOST_ROWS):
                    yield self._band(_SQUARES, squares[first : first + _MOST_ROWS], 4 * len(rows[at]))
                start = at = at + 2 * len(squares)
            else:
                at += 1
        yield from self._plain(rows[start:])

    def _plain(self, rows: Sequence[bytes]) -> Iterator[bytes]:
        """These rows in the bands that take the fewest bytes: the best way to each row is the best way to an earlier
        one and one band from there."""
        widths = [self._across(row, 8 * len(row)) for row in rows]
        fewest, begin = [0], [0]
        for end in range(1, len(rows) + 1):
            ways, width = [], 1
            for start in range(end - 1, max(-1, end - 1 - _MOST_ROWS), -1):
                width = max(width, widths[start])
                ways.append((fewest[start] + _HEAD + width * (end - start), start))
            best, start = min(ways)
            fewest.append(best)
            begin.append(start)
        cuts = [len(rows)]
        while cuts[-1]:
            cuts.append(begin[cuts[-1]])
        cuts.reverse()
        return (self._band(_DOTS, rows[a:b], 8 * len(rows[a])) for a, b in itertools.pairwise(cuts))

    def _band(self, mode: int, rows: Sequence[bytes], bits: int) -> bytes:
        """One GS v 0 of rows that are ``bits`` wide (the last byte may hold more)."""
        width = max(1, *(self._across(row, bits) for row in rows))
        dots = b"".join(self._cut(row, bits, width) for row in rows)
        # DLE EOT, DLE ENQ and DLE DC4 are obeyed even inside a picture: one dot more, and they are none.
        harmless = re.sub(rb"\x10(?=[\x04\x05\x14])", b"\x18", dots)
        return _RASTER + bytes((mode,)) + width.to_bytes(2, "little") + len(rows).to_bytes(2, "little") + harmless

    def _across(self, row: bytes, bits: int) -> int:
        """The bytes that hold a row's ink, and are centred or begin at the left edge; 0 without ink."""
        if not self.centred:
            return len(row.rstrip(b"\0"))
        ink = int.from_bytes(row) >> 8 * len(row) - bits
        if not ink:
            return 0
        margin = min(bits - ink.bit_length(), (ink & -ink).bit_length() - 1)
        return -(-(bits - 2 * margin) // 8)

    def _cut(self, row: bytes, bits: int, width: int) -> bytes:
        """The ``width`` bytes at a row's left edge, or in its middle (of a row that is no whole number of bytes, with
        blanks at both ends)."""
        if not self.centred:
            return row[:width]
        ink, beside = int.from_bytes(row) >> 8 * len(row) - bits, (bits - 8 * width) // 2
        ink = ink >> beside if beside >= 0 else ink << -beside
        return (ink & (1 << 8 * width) - 1).to_bytes(width)


def _squares(rows: Sequence[bytes], at: int) -> list[bytes]:
    """The rows from here on, all inked or all blank, that are made of squares: one row, half as long, for two."""
    halves: list[bytes] = []
    for upper, lower in zip(rows[at::2], rows[at + 1 :: 2], strict=False):
        if upper != lower or any(upper) != any(rows[at]) or any(byte not in _HALF for byte in upper):
            break
        pairs = upper + b"\0" * (len(upper) % 2)
        halves.append(bytes(_HALF[a] << 4 | _HALF[b] for a, b in zip(pairs[::2], pairs[1::2], strict=True)))
    return halves
