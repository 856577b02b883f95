"""Thai text that breaks between words and always fits its box.

Kivy breaks Thai inside words, and shapes "น้ำ" and "ซ้ำ" wrongly unless told that the script is Thai.  So the lines are
made here, and a text too large for its box is drawn smaller: nothing is ever cut off.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache, partial
from typing import Any

from kivy.clock import Clock
from kivy.core.text import Label as Drawing
from kivy.graphics import Color, Rectangle
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.widget import Widget

from broker.language.fonts import font_file
from broker.language.lines import shown, uncut, wrap, wrap_evenly
from broker.window.theme import INK

_EYED_AT = 64  # px: at this size it is looked where a face has ink
_TALLEST = "ปี่ญู"  # a mark above a mark, and one below
_STEP = 0.97  # each try at fitting is so much smaller
_SMALLEST = 8  # px
_MARGIN = 0.14  # of the size: kerned pairs ("Ta") are drawn wider than they were measured

_face = {"name": "Loma"}


def use_font(name: str) -> None:
    """Draw everything in this face (the centre's); raises `FontMissing` when it is not installed."""
    for bold in (False, True):
        font_file(name, bold)
    _face["name"] = name


class ThaiLabel(Widget):
    """Text in its box: at `font_size` if it fits so, else smaller.

    `wraps` false keeps one line.  `capitals` is for numbers: the box need only hold capitals and digits, which are
    then centred by their ink, not by a line's height with its room for Thai marks.  `halign` and `valign` place the
    text in the box; centred lines are made even.  Texture and lines are made anew only when something changed.
    """

    text = StringProperty("")
    font_size = NumericProperty(20)
    bold = BooleanProperty(False)
    color = ColorProperty(INK)
    halign = OptionProperty("left", options=("left", "center", "right"))
    valign = OptionProperty("middle", options=("top", "middle", "bottom"))
    wraps = BooleanProperty(True)
    capitals = BooleanProperty(False)
    leading = NumericProperty(1.0)  # from line to line, as a share of the font's own

    def __init__(self, **properties: Any) -> None:
        self.drawn_size = 0.0  # px, what fitted
        self.lines: list[str] = []
        self.text_width = self.text_height = 0.0  # px, of what is drawn
        self._margin = 0  # px, clear on either side of what is drawn
        self._drawn: tuple[Any, ...] = ()
        super().__init__(**properties)
        with self.canvas:
            self._colour = Color(*self.color)
            self._picture = Rectangle(size=(0, 0))
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("text", "font_size", "bold", "halign", "size", "wraps", "capitals", "leading"):
            self.fbind(name, self._redraw)
        self.fbind("color", self._recolour)
        for name in ("pos", "valign"):
            self.fbind(name, self._place)
        self._redraw()

    def _recolour(self, *_event: Any) -> None:
        self._colour.rgba = self.color

    def _draw(self, *_event: Any) -> None:
        height = self.height / capital_share(self.bold)[0] if self.capitals else self.height
        size, self.lines = fit(self.text, self.width, height, self.font_size, self.bold, self.wraps, self.leading)
        wanted = (tuple(self.lines), size, self.bold, self.halign, self.leading)
        if wanted != self._drawn:  # a box that only grew costs nothing
            self._drawn = wanted
            self.drawn_size = size
            self._margin = math.ceil(size * _MARGIN)
            label = _drawing(size, self.bold, padding=(self._margin, 0), halign=self.halign, line_height=self.leading)
            label.text = "\n".join(self.lines)
            label.refresh()
            self._picture.texture, self._picture.size = label.texture, label.texture.size
            width, self.text_height = label.texture.size if self.lines else (0, 0)
            self.text_width = max(0, width - 2 * self._margin)
        self._place()

    def _place(self, *_event: Any) -> None:
        across = {"left": 0.0, "center": 0.5, "right": 1.0}[self.halign]
        up = {"bottom": 0.0, "middle": 0.5, "top": 1.0}[self.valign]
        left = self.x + (self.width - self.text_width) * across
        if self.capitals:
            share, middle = capital_share(self.bold)
            bottom = self.y + self.height * 0.5 - self.text_height * middle
            bottom += (up - 0.5) * (self.height - self.text_height * share)
        else:
            bottom = self.y + (self.height - self.text_height) * up
        self._picture.pos = (round(left) - self._margin, round(bottom))  # whole pixels: sharp


def fit(
    text: str,
    width: float,
    height: float,
    size: float,
    bold: bool,
    wraps: bool = True,
    leading: float = 1.0,
    slack: float = 0.0,
) -> tuple[int, list[str]]:
    """The largest font size (whole px, at most `size`) at which the text fits the box, and its lines there.

    ``slack``: the share of the size by which its lines may stand over, having nothing to show there.
    """
    if not text or width < 1 or height < 1:
        return int(size), []
    whole, lines = _fitted(text, int(width), int(height), size, bold, wraps, leading, slack)
    return whole, list(lines)


@lru_cache(maxsize=512)  # a slide that comes round again is not measured again
def _fitted(
    text: str, width: int, height: int, size: float, bold: bool, wraps: bool, leading: float, slack: float
) -> tuple[int, tuple[str, ...]]:
    lines = shown(text).split("\n")
    words = [word for line in text.split("\n") for word in uncut(line)] if wraps else lines
    while True:
        whole = max(_SMALLEST, int(size))  # Kivy measures a broken size in one way and draws it in another
        measure = partial(text_width, bold=bold, size=whole)
        widths = [measure(shown(word)) for word in words]
        count = (((height + slack * whole) / line_height(bold, whole)) - 1) / leading + 1  # lines that find room
        # smaller type rather than a word cut in two; and what has no room at all need not be wrapped to know it
        if whole == _SMALLEST or (max(widths) <= width and sum(widths) <= count * width):
            lines = wrap(text, width, measure) if wraps else lines
            if len(lines) <= count or whole == _SMALLEST:
                return whole, tuple(wrap_evenly(text, width, measure) if wraps and len(lines) > 1 else lines)
        size *= _STEP


def text_width(text: str, bold: bool, size: float) -> float:
    """Width of one line in px, at the whole size that is drawn: hinting makes small letters up to 7 % wider."""
    return _measured(text, bold, int(size))[0]


def line_height(bold: bool, size: float) -> float:
    """Height of one line in px, with room for marks above marks and below letters."""
    return _measured(_TALLEST, bold, int(size))[1]


def lines_height(count: int, bold: bool, size: float, leading: float = 1.0) -> float:
    """Height of so many lines in px; ``leading`` draws the second and all that follow nearer to the one before."""
    return line_height(bold, size) * (1 + (count - 1) * leading)


def slack(text: str, bold: bool) -> tuple[float, float]:
    """What a line leaves empty above and below its letters, as shares of the type's size.

    It depends on the script alone, so that the lines of one column stand alike; a Latin line leaves more.
    """
    return _slack(text.isascii(), bold)


@cache
def _slack(latin: bool, bold: bool) -> tuple[float, float]:
    height, top, bottom = _ink("lg" if latin else _TALLEST, bold)
    return top / _EYED_AT, (height - bottom) / _EYED_AT


@cache
def capital_share(bold: bool) -> tuple[float, float]:
    """Of a line's height: the share that capitals and digits fill, and how high (0 … 1) their middle stands."""
    height, top, bottom = _ink("H0", bold)
    return (bottom - top) / height, 1 - (top + bottom) / 2 / height


def _ink(text: str, bold: bool) -> tuple[int, int, int]:
    """A line's height, and the first row that is inked and the first below it that is not, from the top; px."""
    label = _drawing(_EYED_AT, bold)
    label.text = text
    label.refresh()
    width, height = label.texture.size
    opacity = label.texture.pixels[3::4]
    rows = [row for row in range(height) if any(opacity[row * width : (row + 1) * width])]
    return height, rows[0], rows[-1] + 1


@lru_cache(maxsize=8192)
def _measured(text: str, bold: bool, size: int) -> tuple[int, int]:
    width, height = _ruler(size, bold).get_extents(text)
    return width, height


@lru_cache(maxsize=256)
def _ruler(size: int, bold: bool) -> Any:
    return _drawing(size, bold)


def _drawing(size: float, bold: bool, **more: Any) -> Any:
    file = font_file(_face["name"], bold)
    return Drawing(font_name=str(file), font_size=size, font_script_name="Thai", **more)
