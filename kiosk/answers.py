"""What an ESC/POS printer says, told apart byte by byte (Epson's reference, "identification of status").  Pure.

    DLE EOT n              0xx1xx10   real-time: answered at once
    GS r n                 0xx0xxxx   in order: answered when all that was sent before has been printed
    automatic, 1st byte    0xx1xx00   said unasked, once GS a asked for it
    automatic, 2nd to 4th  0xx0xxxx   the same pattern as GS r
    XON, XOFF              00010001, 00010011

The second to fourth byte of an automatic status can be told from an answer in order by their place alone.  So they are
counted wherever noise or a real-time answer may have torn them apart: a torn status may swallow an answer, which costs
a copy of a ticket, and none passes for one, which would cost a ticket.
"""

from __future__ import annotations

from collections.abc import Iterable

DLE_EOT = tuple(bytes((0x10, 0x04, n)) for n in (1, 2, 3, 4))
GS_R = b"\x1dr\x01"
GS_A = b"\x1da\x0e"  # automatic status of line, error and paper, from now on

_FOLLOWING = 3  # bytes of an automatic status after its first


class Answers:
    """What was heard since it was made."""

    def __init__(self) -> None:
        self.in_order = 0  # answers to GS r
        self.automatic = 0  # whole automatic statuses
        self._awaited = 0

    def hear(self, data: Iterable[int]) -> list[int]:
        """Take these bytes; the real-time answers among them."""
        real_time = []
        for byte in data:
            if byte & 0x93 == 0x12:
                real_time.append(byte)
            elif byte & 0x93 == 0x10:
                self._awaited = _FOLLOWING
            elif byte & 0x90:
                continue  # flow control, or noise
            elif self._awaited:
                self._awaited -= 1
                self.automatic += not self._awaited
            else:
                self.in_order += 1
        return real_time
