"""What the printer prints by its own commands: its own type and QR codes.  Pure.

Only whole lines: its letters and ours never stand side by side.  Only letters that are the same in every code page and
every national set; an en dash is written as the hyphen that stands for it in typewriter type.

Type is font A (12 × 24 dots) enlarged by GS !, which unlike ESC ! leaves the face alone.  The line spacing is 0, which
means as high as the letters: what else stands between lines is blank rows, exact in dots, as in all of the ticket.
"""

from __future__ import annotations

import re

from broker.language.lines import wrap_evenly
from broker.printers import Abilities
from kiosk.sizes import Size, module_dots
from kiosk.slip import QR, Line, Number, Text

TIGHT = b"\x1b3\x00"  # ESC 3 0
_WHITE = 5  # rows over and under a line of font A, times its height
_LARGEST = 8  # times, by GS !
_WIDE = 42  # columns; with fewer, words twice as wide would leave two or three to a line
_EVERYWHERE = re.compile(r"[A-Za-z0-9 !\"%&'()*+,./:;<=>?_-]+")
_TYPEWRITTEN = str.maketrans("–’", "-'")

Part = bytes | int
"""Commands, or so many blank rows."""


def own(line: Line, able: Abilities) -> list[Part]:
    """How the printer itself prints this line; nothing if it has to be drawn."""
    match line:
        case Text(text, size, bold) if able.columns and _EVERYWHERE.fullmatch(text.translate(_TYPEWRITTEN)):
            return _text(text.translate(_TYPEWRITTEN), _times(size, able), bold, able)
        case Number(text) if able.columns and _EVERYWHERE.fullmatch(text):
            times = min(_LARGEST, able.columns // len(text))
            return [_set(text, (times, times), bold=False)]  # a dot more would join its letters
        case QR(payload) if able.qr:
            module = module_dots(able.dpi)
            return [2 * module, _code(payload, module), 2 * module]
    return []


def _times(size: Size, able: Abilities) -> tuple[int, int]:
    """How many times as wide and as high as font A; that is 24 dots from ascender to descender, as 9-point Loma is."""
    match size:
        case "small":
            return 1, 1
        case "body":
            return (2, 2) if able.columns >= _WIDE else (1, 2)
        case "large":
            return 2, 2


def _text(text: str, times: tuple[int, int], bold: bool, able: Abilities) -> list[Part]:
    white = _WHITE * times[1]
    lines = wrap_evenly(text, able.columns // times[0], len)
    return [part for line in lines for part in (white, _set(line, times, bold), white)]


def _set(line: str, times: tuple[int, int], bold: bool) -> bytes:
    """GS ! and ESC E for this line alone, and the line."""
    enlarged = (times[0] - 1) << 4 | times[1] - 1
    return b"\x1d!%c\x1bE%c%s\n" % (enlarged, bold, line.encode("ascii"))


def _code(payload: str, module: int) -> bytes:
    """GS ( k: model 2, dots a module, error correction M, the text, print it."""
    parts = (b"1A2\x00", b"1C%c" % module, b"1E1", b"1P0" + payload.encode("ascii"), b"1Q0")
    return b"".join(b"\x1d(k" + len(part).to_bytes(2, "little") + part for part in parts)
