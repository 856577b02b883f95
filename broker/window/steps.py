"""The steps of a service as a diagram (แผนผัง, R1 and R14): numbered boxes and arrows, in one row or one column."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Ellipse, RoundedRectangle, Triangle
from kivy.properties import ColorProperty, ListProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from broker.window import theme
from broker.window.text import Bilingual, ThaiLabel, fit, line_height

Box = tuple[float, float, float, float]  # x, y, width, height
_ARROW = 3.4  # units between two boxes, where the arrow stands


class StepDiagram(Widget):
    """Draws `steps`, each (first language, second language or ""), as a row in a wide box, a column in a tall one.

    `unit` is the window's (`theme.unit`); all boxes share one size of text, the largest that fits the fullest of them.
    """

    steps = ListProperty([])
    accent = ColorProperty(theme.accent(0))
    palette = ObjectProperty(theme.CALM)
    unit = NumericProperty(10.8)
    badge = NumericProperty(4.6)  # units: the number of a step in a row
    largest = NumericProperty(theme.BODY)  # units: size of the first language

    def __init__(self, **properties: Any) -> None:
        super().__init__(**properties)
        self._lay = Clock.create_trigger(self._lay_out, -1)
        for name in ("steps", "accent", "palette", "unit", "badge", "largest", "pos", "size"):
            self.fbind(name, self._lay)
        self._lay()

    def _lay_out(self, *_event: Any) -> None:
        self.clear_widgets()
        self.canvas.clear()
        if not self.steps or self.width < 2 or self.height < 2:
            return
        row = self.width > self.height  # a row: number above text; a column: number before it
        boxes = self._boxes(row)
        badge, pad = (self.badge if row else 7.0) * self.unit, (0.7 if row else 2.0) * self.unit
        for number, box in enumerate(boxes, start=1):
            self._draw_box(box, number, badge, pad, row)
        for box, following in pairwise(boxes):
            self._draw_arrow(box, following, row)
        rooms = [self._room(box, badge, pad, row) for box in boxes]
        (_x, _y, width, height) = rooms[0]
        bilingual = any(second for _first, second in self.steps)
        share = 0.66 if bilingual else 1.0
        first, tallest = _block([s[0] for s in self.steps], width, height * share, self.largest * self.unit, True)
        second, _ = _block([s[1] for s in self.steps], width, height - tallest, first * 0.74, False)
        for (x, y, width, height), pair in zip(rooms, self.steps, strict=True):
            both = Bilingual(pair=list(pair), size_of_first=first, size_of_second=second, first_share=share)
            both.first_colour, both.second_colour = self.palette.ink, self.palette.muted
            both.halign, both.size_hint = "center" if row else "left", (None, None)
            both.pos, both.size = (x, y), (width, height)
            self.add_widget(both)

    def _boxes(self, row: bool) -> list[Box]:
        count, between = len(self.steps), _ARROW * self.unit
        if row:
            width = (self.width - between * (count - 1)) / count
            return [(self.x + n * (width + between), self.y, width, self.height) for n in range(count)]
        height = (self.height - between * (count - 1)) / count
        return [(self.x, self.top - height - n * (height + between), self.width, height) for n in range(count)]

    def _room(self, box: Box, badge: float, pad: float, row: bool) -> Box:
        x, y, width, height = box
        if row:
            return x + pad, y + pad, width - 2 * pad, height - badge - 3 * pad
        return x + badge + 2 * pad, y + pad, width - badge - 3 * pad, height - 2 * pad

    def _draw_box(self, box: Box, number: int, badge: float, pad: float, row: bool) -> None:
        x, y, width, height = box
        radius, edge = theme.RADIUS * self.unit, max(1.0, theme.LINE * self.unit)
        left, bottom = (
            (x + (width - badge) / 2, y + height - pad - badge) if row else (x + pad, y + (height - badge) / 2)
        )
        with self.canvas:
            Color(*self.palette.frame(self.accent))
            RoundedRectangle(pos=(x, y), size=(width, height), radius=[radius])
            Color(*self.palette.surface)
            inner = (width - 2 * edge, height - 2 * edge)
            RoundedRectangle(pos=(x + edge, y + edge), size=inner, radius=[radius - edge])
            Color(*self.accent)
            Ellipse(pos=(left, bottom), size=(badge, badge))
        figure = ThaiLabel(text=str(number), font_size=badge * 0.61, bold=True, color=self.palette.on_accent)
        figure.halign, figure.size_hint, figure.pos, figure.size = (
            "center",
            (None, None),
            (left, bottom),
            (badge, badge),
        )
        self.add_widget(figure)

    def _draw_arrow(self, box: Box, following: Box, row: bool) -> None:
        reach = 0.75 * self.unit
        if row:
            x, y = (box[0] + box[2] + following[0]) / 2, box[1] + box[3] / 2
            points = (x - reach, y - 1.4 * reach, x - reach, y + 1.4 * reach, x + reach, y)
        else:
            x, y = box[0] + box[2] / 2, (box[1] + following[1] + following[3]) / 2
            points = (x - 1.4 * reach, y + reach, x + 1.4 * reach, y + reach, x, y - reach)
        with self.canvas:
            Color(*self.accent)
            Triangle(points=points)


def _block(texts: Sequence[str], width: float, height: float, size: float, bold: bool) -> tuple[float, float]:
    """The largest size at which each text fits, and the height of the tallest of them at that size."""
    for words in texts:
        size = min(size, fit(words, width, height, size, bold)[0])
    count = max((len(fit(words, width, height, size, bold)[1]) for words in texts), default=0)
    return size, count * line_height(bold, size) + 1
