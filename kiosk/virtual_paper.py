"""What an ESC/POS printer makes of bytes: it decodes them by itself and knows nothing of who made them.

The commands are those of Epson's ESC/POS reference that ticket programs use; others are skipped by the length that the
reference gives them.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from PIL import Image, ImageDraw, ImageFont
from qrcode import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q, QRCode

PRINTABLE = {58: 384, 80: 576}  # dots across
SIDE = {58: 40, 80: 32}  # paper left and right of them
HEAD_TO_CUTTER = 104  # rows of the next paper that have passed the head when the last one is cut
_SLICE = 24  # rows printed at a time
_CELL, _BASELINE = (12, 24), 19  # font A
_CORRECTION = dict(zip(b"0123", (ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q, ERROR_CORRECT_H), strict=True))
_GREY = 0x28  # of thermal ink

ESC, GS, DLE = 0x1B, 0x1D, 0x10


class Works(Protocol):
    """The printer around the paper.  Each call may block, and may raise to end what is being obeyed."""

    def take(self, count: int) -> bytes: ...
    def moved(self, rows: int) -> None: ...
    def answer(self, n: int) -> None: ...  # GS r n
    def report(self, on: bool) -> None: ...  # GS a n
    def cut(self, paper: Image.Image) -> None: ...


class Paper:
    """The paper under the head, and the commands that mark it.  Pictures are mode "L": white paper, dark grey ink."""

    def __init__(self, works: Works, paper_mm: int) -> None:
        self._works = works
        self._width, self._side = PRINTABLE[paper_mm], SIDE[paper_mm]
        self._strips: list[Image.Image] = []
        self._font = _face("RobotoMono-Regular", 20)  # dots, with which its letters are 12 wide
        self._zero = _face("Roboto-Regular", 21)  # as high, and without a stroke through it
        self._line: list[tuple[str, int, int, bool]] = []
        self.tear()

    def tear(self) -> Image.Image | None:
        """The paper as it came out, if anything was printed on it; the printer is as after ESC @."""
        marked = any(strip.getextrema() != (255, 255) for strip in self._strips)
        torn = self._joined() if marked else None
        self._strips = [self._blank(HEAD_TO_CUTTER)]
        self._initialize()
        return torn

    def obey(self) -> None:
        """One command, or one character."""
        byte = self._byte()
        if byte == ESC:
            self._escape(self._byte())
        elif byte == GS:
            self._group(self._byte())
        elif byte == DLE:
            self._real_time(self._byte())
        elif byte == 0x0A:
            self._print_line()
        elif byte >= 0x20:
            self._line.append((bytes((byte,)).decode("cp437"), self._across, self._down, self._bold))

    # ---------------------------------------------------------------- commands
    def _escape(self, command: int) -> None:
        if command == ord("@"):
            self._initialize()
        elif command == ord("2"):
            self._spacing = 30
        elif command in b"$\\":  # positions
            self._works.take(2)
        else:
            self._escape_with(command, self._byte())

    def _escape_with(self, command: int, n: int) -> None:
        if command == ord("a"):
            if not self._line:  # it holds for whole lines
                self._align = n & 3
        elif command == ord("!"):
            self._bold, self._down, self._across = bool(n & 8), 2 if n & 16 else 1, 2 if n & 32 else 1
        elif command == ord("E"):
            self._bold = bool(n & 1)
        elif command == ord("3"):
            self._spacing = n
        elif command == ord("d"):
            self._print_line()
            self._feed((n - 1) * self._spacing)
        elif command == ord("J"):
            self._print_line(feed=False)
            self._feed(n)

    def _group(self, command: int) -> None:
        if command == ord("v"):
            self._raster()
        elif command == ord("V"):
            self._cut(self._byte())
        elif command == ord("r"):
            self._works.answer(self._byte())
        elif command == ord("a"):
            self._works.report(bool(self._byte() & 0x0F))
        elif command == ord("!"):
            size = self._byte()
            self._across, self._down = (size >> 4 & 7) + 1, (size & 7) + 1
        elif command == ord("("):
            kind, length = self._byte(), self._word()
            self._group_of(kind, self._works.take(length))
        elif command in b"LWP":
            self._works.take(2)
        else:
            self._byte()

    def _real_time(self, command: int) -> None:
        """Already answered when it came in (see `virtual_printer`); here it is only passed over."""
        if command in (0x04, 0x05):
            self._byte()

    def _cut(self, how: int) -> None:
        extra = self._byte() if how in b"AB" else 0
        self._print_line(feed=False)
        if how in b"AB":
            self._feed(HEAD_TO_CUTTER + extra)
        self._works.cut(self._joined())
        self._strips = [self._blank(HEAD_TO_CUTTER)]

    def _group_of(self, kind: int, data: bytes) -> None:
        """GS ( k for QR codes (49) of model 2: dots a module, error correction, keep the text, print it."""
        match kind, *data:
            case 0x6B, 49, 67, dots:
                self._module = dots
            case 0x6B, 49, 69, level:
                self._correction = level
            case 0x6B, 49, 80, _, *text:
                self._kept = bytes(text)
            case 0x6B, 49, 81, _ if self._kept and not self._line:
                self._put(_code(self._kept, self._module, self._correction))

    def _raster(self) -> None:
        if self._line:
            return  # it holds for whole lines: what follows is taken for text
        self._works.take(1)  # the "0" of GS v 0
        mode, across, rows = self._byte() & 3, self._word(), self._word()
        wide, high = (2 if mode & 1 else 1), (2 if mode & 2 else 1)
        for start in range(0, rows, _SLICE):
            count = min(_SLICE, rows - start)
            ink = Image.frombytes("1", (across * 8, count), self._works.take(across * count))
            self._put(ink.resize((ink.width * wide, ink.height * high), Image.Resampling.NEAREST))

    # ---------------------------------------------------------------- marks
    def _put(self, ink: Image.Image) -> None:
        strip = self._blank(ink.height)
        left = (0, (self._width - ink.width) // 2, self._width - ink.width, 0)[self._align]
        head = ink.crop((0, 0, min(ink.width, self._width), ink.height))
        strip.paste(_GREY, (self._side + max(0, left), 0), head)
        self._strips.append(strip)
        self._works.moved(ink.height)

    def _print_line(self, feed: bool = True) -> None:
        line, self._line = self._line, []
        if line:
            high = _CELL[1] * max(down for _, _, down, _ in line)
            ink = Image.new("1", (_CELL[0] * sum(across for _, across, _, _ in line), high), 0)
            left = 0
            for character, across, down, bold in line:
                cell = Image.new("1", _CELL, 0)
                pen = ImageDraw.Draw(cell)
                for dot in range(1 + bold):  # emphasized: once more, a dot to the right
                    font = self._zero if character == "0" else self._font
                    pen.text((_CELL[0] / 2 + dot, _BASELINE), character, fill=1, font=font, anchor="ms")
                cell = cell.resize((_CELL[0] * across, _CELL[1] * down), Image.Resampling.NEAREST)
                ink.paste(cell, (left, high - cell.height))
                left += cell.width
            self._put(ink)
            self._feed(self._spacing - high if feed else 0)
        elif feed:
            self._feed(self._spacing)

    def _feed(self, rows: int) -> None:
        if rows > 0:
            self._strips.append(self._blank(rows))
            self._works.moved(rows)

    # ---------------------------------------------------------------- small parts
    def _initialize(self) -> None:
        self._line = []
        self._align, self._spacing, self._across, self._down, self._bold = 0, 30, 1, 1, False
        self._module, self._correction, self._kept = 3, ord("0"), b""

    def _blank(self, rows: int) -> Image.Image:
        return Image.new("L", (self._width + 2 * self._side, rows), 255)

    def _joined(self) -> Image.Image:
        paper = self._blank(sum(strip.height for strip in self._strips))
        top = 0
        for strip in self._strips:
            paper.paste(strip, (0, top))
            top += strip.height
        return paper

    def _byte(self) -> int:
        return self._works.take(1)[0]

    def _word(self) -> int:
        return int.from_bytes(self._works.take(2), "little")


def _code(payload: bytes, module: int, correction: int) -> Image.Image:
    """A QR code of model 2, without the white around it: printers leave that to who sends it."""
    code = QRCode(error_correction=_CORRECTION[correction], border=0)
    code.add_data(payload)
    code.make(fit=True)
    ink = Image.new("1", (len(code.modules), len(code.modules)), 0)
    ink.putdata([dark for row in code.modules for dark in row])
    return ink.resize((ink.width * module, ink.height * module), Image.Resampling.NEAREST)


def _face(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A face that comes with Kivy (found without importing it, which would open its log)."""
    kivy = find_spec("kivy")
    assert kivy is not None
    return ImageFont.truetype(Path(str(kivy.origin)).with_name("data") / "fonts" / f"{name}.ttf", size)
