"""The steps of a service as a diagram (แผนผัง, R1 and R14): numbered boxes and arrows, in one row or one column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Ellipse, RoundedRectangle, Triangle
from kivy.properties import ColorProperty, ListProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from broker.window import theme
from broker.window.bilingual import CALM, Block
from broker.window.text import ThaiLabel

Box = tuple[float, float, float, float]  # x, y, width, height
_LEAST = 20.0  # units: no diagram is narrower or lower
_SMALLER = 0.97, 0.3  # each try at fitting is so much smaller, and the last one so much of the first
_ARROW = 3.4  # units between two boxes, where the arrow stands


class StepDiagram(Widget):
    """Draws `steps`, each (first language, second language or ""), as a row in a wide box, a column in a tall one.

    `unit` is the window's (`theme.unit`); all boxes share one size of text, the largest that fits the fullest of them.
    """

    steps = ListProperty([])
    accent = ColorProperty(theme.CALM.accent(0))
    palette = ObjectProperty(theme.CALM)
    unit = NumericProperty(10.8)
    badge = NumericProperty(6.0)  # units: the number of a step
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
        if not self.steps or min(self.width, self.height) < _LEAST * self.unit:
            return  # not yet laid out itself
        if self.width > 1.6 * self.height:
            self._lay_row()
        else:
            self._lay_column()

    def _lay_row(self) -> None:
        """Boxes of one size side by side, the number above the text; the languages of all stand on common lines."""
        count, badge, pad, between = len(self.steps), self.badge * self.unit, 0.7 * self.unit, _ARROW * self.unit
        width = (self.width - between * (count - 1)) / count
        inner, room = width - 2 * pad, self.height - badge - 3 * pad
        texts = self._fitted(inner, lambda texts: _tallest(texts)[0] + self._gap + _tallest(texts)[1] <= room)
        upper, lower = _tallest(texts)
        top = self.y + pad + (room + upper + self._gap + lower) / 2
        for place, (first, second) in enumerate(texts):
            x = self.x + place * (width + between)
            self._draw_box((x, self.y, width, self.height), place, (x + width / 2, self.top - pad - badge / 2), badge)
            self._put(first, x + pad, top - first.ink, self.palette.ink, "center")
            self._put(second, x + pad, top - upper - self._gap - second.ink, self.palette.muted, "center")
            if place:
                self._draw_arrow(x - between / 2, self.center_y, down=False)

    def _lay_column(self) -> None:
        """Boxes one beneath another, the number before the text; a box is as high as its text needs."""
        count, badge, pad, between = len(self.steps), self.badge * self.unit, 1.4 * self.unit, 0.75 * _ARROW * self.unit
        inner, room = self.width - badge - 3 * pad, self.height - between * (count - 1)

        def heights(texts: list[tuple[Block, Block]]) -> list[float]:
            return [max(badge, first.ink + self._gap + second.ink) for first, second in texts]

        texts = self._fitted(inner, lambda texts: sum(heights(texts)) + count * pad <= room)
        spare = (room - sum(heights(texts))) / count
        top = self.top
        for place, ((first, second), height) in enumerate(zip(texts, heights(texts), strict=True)):
            box, middle = (self.x, top - height - spare, self.width, height + spare), top - (height + spare) / 2
            self._draw_box(box, place, (self.x + pad + badge / 2, middle), badge)
            high = middle + (first.ink + self._gap + second.ink) / 2
            self._put(first, self.x + badge + 2 * pad, high - first.ink, self.palette.ink, "left")
            self._put(
                second, self.x + badge + 2 * pad, high - first.ink - self._gap - second.ink, self.palette.muted, "left"
            )
            if place:
                self._draw_arrow(self.center_x, top + between / 2, down=True)
            top -= height + spare + between

    @property
    def _gap(self) -> float:
        return 0.45 * self.unit if any(second for _first, second in self.steps) else 0.0

    def _fitted(self, width: float, fits: Callable[[list[tuple[Block, Block]]], bool]) -> list[tuple[Block, Block]]:
        """Both languages of all steps, each at one size, as large as fits: first within the width, then altogether."""
        size, endless = self.largest * self.unit, 1e6
        step, least = _SMALLER
        while True:
            firsts = [Block(first, width, endless, size, True, CALM) for first, _second in self.steps]
            seconds = [Block(second, width, endless, size / theme.STEP, False) for _first, second in self.steps]
            texts = list(zip(firsts, seconds, strict=True))
            if fits(texts) or size < least * self.largest * self.unit:
                return texts
            size *= step

    def _draw_box(self, box: Box, place: int, middle: tuple[float, float], badge: float) -> None:
        x, y, width, height = box
        radius, edge = theme.RADIUS * self.unit, max(1.0, theme.LINE * self.unit)
        corner = middle[0] - badge / 2, middle[1] - badge / 2
        with self.canvas:
            Color(*self.palette.frame(self.accent))
            RoundedRectangle(pos=(x, y), size=(width, height), radius=[radius])
            Color(*self.palette.surface)
            inner = (width - 2 * edge, height - 2 * edge)
            RoundedRectangle(pos=(x + edge, y + edge), size=inner, radius=[radius - edge])
            Color(*self.accent)
            Ellipse(pos=corner, size=(badge, badge))
        looks = {
            "bold": True,
            "capitals": True,
            "color": self.palette.on_accent,
            "halign": "center",
            "size_hint": (None, None),
        }
        number = ThaiLabel(text=str(place + 1), font_size=0.7 * badge, **looks)
        number.pos, number.size = corner, (badge, badge)
        self.add_widget(number)

    def _draw_arrow(self, x: float, y: float, down: bool) -> None:
        reach = 0.75 * self.unit
        along, across = reach, 1.4 * reach
        if down:
            points = (x - across, y + along, x + across, y + along, x, y - along)
        else:
            points = (x - along, y - across, x - along, y + across, x + along, y)
        with self.canvas:
            Color(*self.accent)
            Triangle(points=points)

    def _put(self, block: Block, x: float, y: float, colour: theme.Colour, halign: str) -> None:
        label = ThaiLabel(color=colour, halign=halign, valign="bottom", size_hint=(None, None))
        block.put(label, x, y)
        self.add_widget(label)


def _tallest(texts: list[tuple[Block, Block]]) -> tuple[float, float]:
    """The greatest height of the first language and of the second."""
    return max(first.ink for first, _ in texts), max(second.ink for _, second in texts)
