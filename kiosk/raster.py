"""Lines → dots → the printer's bytes.

Everything is raster, the digits too: printers place Thai marks each in their own way, and their own Latin faces differ.
What makes that quick: only rows with ink are sent, each as wide as its ink; the gaps between go as rows one byte wide,
which are exact in dots on every printer (the unit of feed commands is not).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageFont, features

from broker.language.fonts import font_file
from broker.language.lines import wrap_evenly
from kiosk.slip import QR, Line, Mark, Number, Rule, Space, Text

WIDTH = {58: 384, 80: 576}  # dots across, by paper in mm, at 203 dots an inch
DOTS_PER_MM = 8
_BAND_ROWS = 255  # a band at most: small printers hold little

_INITIALIZE = b"\x1b@\x1da\x00"  # ESC @, and GS a 0: no status that nobody asked for
_RASTER = b"\x1dv0"  # GS v 0: mode, bytes across, rows
_CUT = b"\x1dVB\x00"  # GS V 66 0: feed to the cutter, cut

_TEXT_DOTS = {"small": 26, "body": 30, "large": 40}
_LEADING, _ABOVE = 1.55, 1.1  # line to line, and line to baseline, in sizes of the type
_MARGIN = 12


class RaqmMissing(RuntimeError):
    """This Pillow cannot shape Thai."""


def render(lines: Iterable[Line], paper_mm: int, font: str) -> bytes:
    """The bytes that print these lines and cut.  Raises `RaqmMissing`, `FontMissing`, `KeyError` (other paper)."""
    return encode(picture(lines, paper_mm, font))


def picture(lines: Iterable[Line], paper_mm: int, font: str) -> Image.Image:
    """The ticket as dots: mode "1", 0 is ink, as wide as the paper prints."""
    if not features.check("raqm"):
        raise RaqmMissing("Pillow without raqm cannot set Thai: install the Pillow wheel from PyPI")
    width = WIDTH[paper_mm]
    strips = [_strip(line, width, font) for line in lines]
    paper = Image.new("1", (width, sum(strip.height for strip in strips)), 1)
    top = 0
    for strip in strips:
        paper.paste(strip, ((width - strip.width) // 4 * 2, top))  # even, see `_band`
        top += strip.height
    return paper


def encode(paper: Image.Image) -> bytes:
    """ESC/POS for a picture of mode "1", then a cut."""
    ink = ImageChops.invert(paper.convert("L")).convert("1")
    row_bytes = (ink.width + 7) // 8
    data = ink.tobytes()
    rows = [data[start : start + row_bytes].rstrip(b"\0") for start in range(0, len(data), row_bytes)]
    return _INITIALIZE + b"".join(_bands(rows)) + _CUT


def _bands(rows: list[bytes]) -> Iterator[bytes]:
    """Rows in bands, gaps apart; a band is as wide as its widest row."""
    start = 0
    while start < len(rows):
        end = start + 1
        while end < len(rows) and end - start < _BAND_ROWS and bool(rows[end]) == bool(rows[start]):
            end += 1
        yield _band(rows[start:end])
        start = end


def _band(rows: list[bytes]) -> bytes:
    """One GS v 0; where all dots come in squares of four, as in a QR code, the printer is asked to make them so."""
    mode = 0
    if halved := _halved(rows):
        mode, rows = 3, halved
    width = max(1, *(len(row) for row in rows))
    dots = b"".join(row.ljust(width, b"\0") for row in rows)
    # DLE EOT, DLE ENQ and DLE DC4 are obeyed even inside a picture: one dot more, and they are none.
    harmless = re.sub(rb"\x10(?=[\x04\x05\x14])", b"\x18", dots)
    return _RASTER + bytes((mode,)) + width.to_bytes(2, "little") + len(rows).to_bytes(2, "little") + harmless


def _halved(rows: list[bytes]) -> list[bytes] | None:
    if len(rows) % 2 or rows[::2] != rows[1::2]:
        return None
    if any(byte not in _HALF for row in rows for byte in row):
        return None
    return [
        bytes(_HALF[a] << 4 | _HALF[b] for a, b in itertools.zip_longest(row[::2], row[1::2], fillvalue=0))
        for row in rows[::2]
    ]


# bytes whose dots come in pairs → the four dots they are made of
_HALF = {sum(3 << 2 * bit for bit in range(4) if four >> bit & 1): four for four in range(16)}


# ------------------------------------------------------------------ one line → one strip of dots
def _strip(line: Line, width: int, font: str) -> Image.Image:
    match line:
        case Text():
            return _text(line.text, width, _face(font, line.bold, _TEXT_DOTS[line.size]))
        case Mark():
            return _mark(line.text, width, _face(font, True, _TEXT_DOTS["body"]))
        case Number():
            return _number(line.text, width, font)
        case Rule():
            strip = Image.new("1", (width, 2), 1)
            ImageDraw.Draw(strip).rectangle((_MARGIN, 0, width - _MARGIN - 1, 1), fill=0)
            return strip
        case Space():
            return Image.new("1", (width, round(line.mm * DOTS_PER_MM)), 1)
        case QR():
            return _qr(line.payload)


def _text(text: str, width: int, face: ImageFont.FreeTypeFont) -> Image.Image:
    """Centred lines.  Each has room for what Thai stacks on a letter (1.1 of the type's size) and hangs under it."""
    room, measure = width - 2 * _MARGIN, _measure(face)
    if measure(text) > room:
        text = text.replace(" / ", "\n")  # two languages part before either is broken
    lines = [line for part in text.split("\n") for line in wrap_evenly(part, room, measure)]
    step = round(face.size * _LEADING)
    grey = Image.new("L", (width, step * len(lines)), 255)
    draw = ImageDraw.Draw(grey)
    for row, line in enumerate(lines):
        baseline = step * row + face.size * _ABOVE
        draw.text((width / 2, baseline), line, fill=0, font=face, anchor="ms", language="th")
    return _dots(grey)


def _mark(text: str, width: int, face: ImageFont.FreeTypeFont) -> Image.Image:
    set_text = ImageChops.invert(_text(text, width, face).convert("L"))
    left, _, right, _ = set_text.getbbox() or (0, 0, 0, 0)
    return set_text.crop((left - _MARGIN, 0, right + _MARGIN, set_text.height)).convert("1")


def _number(text: str, width: int, font: str) -> Image.Image:
    """Of one size on every ticket, the largest in which any prefix fits; as high as its ink."""
    size = round(width * 0.36)
    advance = _measure(_face(font, True, size))(text)
    face = _face(font, True, min(size, int(size * (width - 2 * _MARGIN) / advance)))
    grey = Image.new("L", (width, 2 * size), 255)
    ImageDraw.Draw(grey).text((width / 2, 1.5 * size), text, fill=0, font=face, anchor="ms")
    dots = _dots(grey)
    _, top, _, bottom = ImageChops.invert(dots.convert("L")).getbbox() or (0, 0, 0, 0)
    return dots.crop((0, top, width, bottom))


def _qr(payload: str) -> Image.Image:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=6, border=2)
    code.add_data(payload, optimize=0)
    code.make(fit=True)
    picture: Image.Image = code.make_image().get_image().convert("1")
    return picture


def _dots(grey: Image.Image) -> Image.Image:
    return grey.point(lambda level: 255 if level > _INK else 0).convert("1", dither=Image.Dither.NONE)


_INK = 140  # greys darker than this are printed: a little bolder than half, for thermal heads print thin


def _measure(face: ImageFont.FreeTypeFont) -> Callable[[str], float]:
    return lambda text: float(face.getlength(text, language="th"))


@cache
def _face(font: str, bold: bool, dots: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_file(font, bold), dots, layout_engine=ImageFont.Layout.RAQM)
