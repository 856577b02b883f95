"""Lines → dots: Thai is always drawn here, for printers place its marks each in their own way.

The ticket stands in the middle where the printer centres pictures, else at the left: the white on the left of what
stands in the middle would be half of the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageFont, features

from broker.language.fonts import font_file
from broker.language.lines import phrases, shown, wrap_evenly
from broker.printers import Abilities
from kiosk.sizes import dots, line_dots, module_dots, type_dots
from kiosk.slip import QR, Item, Line, Mark, Number, Rule, Space, Text

_MARGIN = 12  # dots left and right that stay white
_EDGE = 8  # dots, one byte, that stay white before what begins at the left
_BAR = 6  # dots: over and under what must not be overlooked, and white before it
_INK = 140  # greys darker than this are printed: a little bolder than half, for thermal heads print thin


class RaqmMissing(RuntimeError):
    """This Pillow cannot shape Thai."""


def picture(lines: Iterable[Line], able: Abilities, font: str) -> Image.Image:
    """The lines as dots: mode "1", 0 is ink, as wide as the paper prints.  Raises `RaqmMissing`, `FontMissing`."""
    if not features.check("raqm"):
        raise RaqmMissing("Pillow without raqm cannot set Thai: install the Pillow wheel from PyPI")
    strips = [_strip(line, able, font) for line in lines]
    paper = Image.new("1", (_width(able), sum(strip.height for strip in strips)), 1)
    top = 0
    for strip in strips:
        middle = (paper.width - strip.width) // 4 * 2  # even: squares of four dots stay such
        paper.paste(strip, (middle if able.centres else 0, top))
        top += strip.height
    return paper


def rows(paper: Image.Image) -> list[bytes]:
    """A picture of mode "1" row by row: a bit set is ink, the first one leftmost.  A whole number of bytes wide."""
    ink = ImageChops.invert(paper.convert("L")).convert("1").tobytes()
    return [ink[start : start + paper.width // 8] for start in range(0, len(ink), paper.width // 8)]


def blank(height: int, able: Abilities) -> list[bytes]:
    """So many rows without ink."""
    return [bytes(_width(able) // 8)] * height


def _width(able: Abilities) -> int:
    return able.dots // 8 * 8


def _begin(able: Abilities) -> int:
    """Where the widest lines begin."""
    return _MARGIN if able.centres else _EDGE


# ------------------------------------------------------------------ one line → one strip of dots
def _strip(line: Line, able: Abilities, font: str) -> Image.Image:
    width = _width(able)
    match line:
        case Text():
            return _text(line.text, able, _face(font, line.bold, type_dots(line.size, able.dpi)))
        case Mark():
            return _mark(line.text, able, _face(font, True, type_dots("small", able.dpi)))
        case Number():
            return _number(line.text, able, font)
        case Rule():
            strip = Image.new("1", (width, 2), 1)
            ImageDraw.Draw(strip).rectangle((_begin(able), 0, width - _MARGIN - 1, 1), fill=0)
            return strip
        case Space():
            return Image.new("1", (width, dots(line.mm, able.dpi)), 1)
        case Item():
            return _item(line, able, font)
        case QR():
            return _qr(line.payload, module_dots(able.dpi))


def _text(text: str, able: Abilities, face: ImageFont.FreeTypeFont) -> Image.Image:
    """Lines in the middle or at the left."""
    width = _width(able)
    room, measure = width - 2 * _MARGIN, _measure(face)
    if measure(text) > room:
        text = text.replace(" / ", "\n")  # two languages part before either is broken
    lines = [line for part in text.split("\n") for line in _phrases(part, room, measure)]
    step, baseline = line_dots(round(face.size))
    grey = Image.new("L", (width, step * len(lines)), 255)
    draw = ImageDraw.Draw(grey)
    left, anchor = (width / 2, "ms") if able.centres else (_begin(able), "ls")
    for row, line in enumerate(lines):
        draw.text((left, step * row + baseline), line, fill=0, font=face, anchor=anchor, language="th")
    return _dots(grey)


def _item(item: Item, able: Abilities, font: str) -> Image.Image:
    """A box, and beside it the text, each of its lines beginning at the same place."""
    width, size = _width(able), type_dots("body", able.dpi)
    face, (step, baseline) = _face(font, False, size), line_dots(size)
    side = round(0.7 * size)
    left, text_left = _begin(able), _begin(able) + side + _MARGIN
    lines = wrap_evenly(item.text, width - _MARGIN - text_left, _measure(face))
    grey = Image.new("L", (width, step * len(lines)), 255)
    draw = ImageDraw.Draw(grey)
    top = baseline - side
    draw.rectangle((left, top, left + side, top + side), outline=0, width=2)
    if item.ticked:
        tick = ((0.2, 0.5), (0.45, 0.75), (0.85, 0.2))
        draw.line([(left + x * side, top + y * side) for x, y in tick], fill=0, width=4)
    for row, line in enumerate(lines):
        draw.text((text_left, step * row + baseline), line, fill=0, font=face, anchor="ls", language="th")
    return _dots(grey)


def _phrases(text: str, room: float, measure: Callable[[str], float]) -> list[str]:
    """Even lines; where two are needed they part at a space, unless that leaves an orphan: Thai writes spaces between
    clauses, and none is torn."""
    pieces = phrases(text)
    spaces = [i for i, piece in enumerate(pieces, 1) if piece.endswith(" ")]
    halves = [[shown("".join(part)).strip() for part in (pieces[:i], pieces[i:])] for i in spaces]
    fitting = [two for two in halves if max(map(measure, two)) <= min(room, 3 * min(map(measure, two)))]
    lines = wrap_evenly(text, room, measure)
    return min(fitting, key=lambda two: max(map(measure, two))) if len(lines) == 2 and fitting else lines


def _mark(text: str, able: Abilities, face: ImageFont.FreeTypeFont) -> Image.Image:
    """Text between two bars as wide as it: as easily seen as a black box, and sent in half the bytes."""
    set_text = ImageChops.invert(_text(text, able, face).convert("L"))
    left, top, right, bottom = set_text.getbbox() or (0, 0, 0, 0)
    inked = set_text.crop((left - left % 2, top, right + right % 2, bottom))  # even: the bars are squares of four dots
    begin = 0 if able.centres else _EDGE  # in the middle the strip is as wide as its bars
    stamp = Image.new("L", (begin + inked.width + 2 * _MARGIN, inked.height + 4 * _BAR), 0)
    bars = ImageDraw.Draw(stamp)
    bars.rectangle((begin, 0, stamp.width, _BAR - 1), fill=255)
    bars.rectangle((begin, stamp.height - _BAR, stamp.width, stamp.height), fill=255)
    stamp.paste(inked, (begin + _MARGIN, 2 * _BAR))
    return ImageChops.invert(stamp).convert("1")


def _number(text: str, able: Abilities, font: str) -> Image.Image:
    """Of one size on every ticket, the largest in which any prefix fits; as high as its ink.

    Drawn half as large and doubled: at its size nobody sees the step of a quarter of a millimetre, and it is sent in a
    quarter of the bytes.
    """
    half, size = _width(able) // 2, round(_width(able) * 0.18)
    advance = _measure(_face(font, True, size))(text)
    face = _face(font, True, min(size, int(size * (half - _MARGIN) / advance)))
    grey = Image.new("L", (half, 2 * size), 255)
    left, anchor = (half / 2, "ms") if able.centres else (_begin(able) / 2, "ls")
    ImageDraw.Draw(grey).text((left, 1.5 * size), text, fill=0, font=face, anchor=anchor)
    set_text = _dots(grey)
    _, top, _, bottom = ImageChops.invert(set_text.convert("L")).getbbox() or (0, 0, 0, 0)
    return set_text.crop((0, top, half, bottom)).resize((2 * half, 2 * (bottom - top)), Image.Resampling.NEAREST)


def qr_modules(payload: str) -> list[list[bool]]:
    """The squares of a QR code (error correction M), row by row from the top, without white around; true is dark."""
    rows: list[list[bool]] = _code(payload, 1, border=0).get_matrix()
    return rows


def _qr(payload: str, module: int) -> Image.Image:
    drawn: Image.Image = _code(payload, module, border=2).make_image().get_image().convert("1")
    return drawn


def _code(payload: str, module: int, border: int) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=module, border=border)
    code.add_data(payload, optimize=0)
    code.make(fit=True)
    return code


def _dots(grey: Image.Image) -> Image.Image:
    return grey.point(lambda level: 255 if level > _INK else 0).convert("1", dither=Image.Dither.NONE)


def _measure(face: ImageFont.FreeTypeFont) -> Callable[[str], float]:
    return lambda text: float(face.getlength(text, language="th"))


@cache
def _face(font: str, bold: bool, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_file(font, bold), size, layout_engine=ImageFont.Layout.RAQM)
