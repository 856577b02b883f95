"""A text in two languages, one beneath the other."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ColorProperty, ListProperty, NumericProperty, OptionProperty
from kivy.uix.widget import Widget

from broker.window.text import ThaiLabel, fit, lines_height, slack
from broker.window.theme import INK, MUTED

THAI_LEADING, LATIN_LEADING = 0.82, 0.68  # of a font's own line: Thai marks of two lines just stay apart
CALM = 0.91  # of BODY: what is then drawn is still above the floor of a first language
_APART = 0.14  # of the second's size: clear between the two languages


class Bilingual(Widget):
    """A text in the centre's first language, and smaller beneath it in the second; the two stand together.

    They are placed by what their scripts ink, not by the lines of their font, whose room for marks above marks would
    drive them apart.
    """

    pair = ListProperty(["", ""])
    size_of_first = NumericProperty(20)
    size_of_second = NumericProperty(14)
    first_share = NumericProperty(0.62)  # of the height, at most, for the first language
    first_colour = ColorProperty(INK)
    second_colour = ColorProperty(MUTED)
    strong = BooleanProperty(True)
    halign = OptionProperty("left", options=("left", "center", "right"))
    valign = OptionProperty("middle", options=("top", "middle", "bottom"))

    def __init__(self, **properties: Any) -> None:
        super().__init__(**properties)
        self.first, self.second = ThaiLabel(), ThaiLabel()
        self.add_widget(self.first)
        self.add_widget(self.second)
        self._lay = Clock.create_trigger(self._lay_out, -1)
        for name in self.properties():
            if name not in ("children", "parent", "opacity", "disabled"):
                self.fbind(name, self._lay)
        self._lay()

    def _lay_out(self, *_event: Any) -> None:
        first, second = self.pair
        room = self.height * (self.first_share if second else 1)
        upper = Block(first, self.width, room, self.size_of_first, self.strong, CALM)
        gap = _APART * self.size_of_second if second else 0.0
        rank = min(1, 1.25 * upper.size / self.size_of_first)  # a first that was fitted stays the larger one
        lower = Block(second, self.width, self.height - upper.ink - gap, self.size_of_second * rank, False)
        spare = self.height - upper.ink - gap - lower.ink
        bottom = self.y + spare * {"bottom": 0.0, "middle": 0.5, "top": 1.0}[self.valign]
        for label, block, colour, y in (
            (self.second, lower, self.second_colour, bottom),
            (self.first, upper, self.first_colour, bottom + lower.ink + gap),
        ):
            label.color, label.halign, label.valign = colour, self.halign, "bottom"
            block.put(label, self.x, y)


class Block:
    """A text fitted into a box that need only hold its ink: its size and the height of that ink, in px.

    A line more must be worth it: for one less, the type may be so much smaller as ``calm`` says.
    """

    def __init__(self, text: str, width: float, height: float, size: float, bold: bool, calm: float = 0.97) -> None:
        self.text, self.width, self.bold = text, width, bold
        self.leading = LATIN_LEADING if text.isascii() else THAI_LEADING
        above, below = slack(text, bold)
        fitted = partial(fit, text, width, height, bold=bold, leading=self.leading, slack=above + below)
        self.size, lines = fitted(size=size)
        if len(lines) > 1:
            calmer, fewer = fitted(size=math.ceil(calm * size))
            if len(fewer) < len(lines):
                self.size, lines = calmer, fewer
        self._height = lines_height(len(lines), bold, self.size, self.leading) if lines else 0.0
        self.below = below * self.size
        self.ink = self._height - (above + below) * self.size if lines else 0.0

    def put(self, label: ThaiLabel, x: float, y: float) -> None:
        """Let a label show it, its ink from ``y`` upwards."""
        label.text, label.font_size, label.bold, label.leading = self.text, self.size, self.bold, self.leading
        label.pos, label.size = (x, y - self.below), (self.width, self._height + 1)
