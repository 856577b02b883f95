"""The steps of a service as a diagram (แผนผัง, R1 and R14): numbered boxes and arrows, in one row or one column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Ellipse, Line, RoundedRectangle, Triangle
from kivy.properties import ColorProperty, ListProperty, NumericProperty
from kivy.uix.widget import Widget

from broker.window import theme
from broker.window.text import ThaiLabel, fit

_ARROW = 3.4  # units between two boxes, where the arrow stands


class StepDiagram(Widget):
    """Draws `steps`, each (first language, second language or ""), as one row in a wide box and one column in a tall one.

    `unit` is the window's (`theme.unit`); all boxes share one size of text, the largest that fits the fullest of them.
    """

    steps = ListProperty([])
    accent = ColorProperty(theme.accent(0))
    unit = NumericProperty(10.8)
    largest = NumericProperty(theme.TITLE)  # units: size of the first language

    def __init__(self, **properties: Any) -> None:
        super().__init__(**properties)
        self._lay = Clock.create_trigger(self._lay_out, -1)
        for name in ("steps", "accent", "unit", "largest", "pos", "size"):
            self.fbind(name, self._lay)
        self._lay()

    def _lay_out(self, *_event: Any) -> None:
        self.clear_widgets()
        self.canvas.clear()
        if not self.steps or self.width < 2 or self.height < 2:
            return
        boxes = self._boxes(self.width > self.height)
        u = self.unit
        badge, pad = 5.2 * u, 1.8 * u
        upright = self.width > self.height  # a row: number above text; a column: number before it
        texts = [self._text_places(box, badge, pad, upright) for box in boxes]
        first = _common(self.largest * u, True, [(s[0], t[0]) for s, t in zip(self.steps, texts, strict=True)])
        second = _common(first * 0.72, False, [(s[1], t[1]) for s, t in zip(self.steps, texts, strict=True)])
        for number, (box, places, step) in enumerate(zip(boxes, texts, self.steps, strict=True), start=1):
            self._draw_box(box, number, badge, pad, upright)
            for words, place, size, bold, colour in (
                (step[0], places[0], first, True, theme.INK),
                (step[1], places[1], second, False, theme.MUTED),
            ):
                self._write(words, place, size, bold, colour, "center" if upright else "left")
        for box, following in zip(boxes, boxes[1:], strict=False):
            self._draw_arrow(box, following, upright)

    def _boxes(self, row: bool) -> list[tuple[float, float, float, float]]:
        count, between = len(self.steps), _ARROW * self.unit
        if row:
            width = (self.width - between * (count - 1)) / count
            return [(self.x + n * (width + between), self.y, width, self.height) for n in range(count)]
        height = (self.height - between * (count - 1)) / count
        return [(self.x, self.top - height - n * (height + between), self.width, height) for n in range(count)]

    def _text_places(
        self, box: tuple[float, float, float, float], badge: float, pad: float, upright: bool
    ) -> tuple[tuple[float, float, float, float], tuple[float, float, float, float]]:
        x, y, width, height = box
        if upright:
            left, inner, top = x + pad, width - 2 * pad, y + height - badge - 2 * pad
        else:
            left, inner, top = x + badge + 2 * pad, width - badge - 3 * pad, y + height - pad
        room = top - y - pad
        share = 0.58 if any(second for _, second in self.steps) else 1.0
        return (left, top - room * share, inner, room * share), (left, y + pad, inner, room * (1 - share))

    def _draw_box(
        self, box: tuple[float, float, float, float], number: int, badge: float, pad: float, upright: bool
    ) -> None:
        x, y, width, height = box
        radius = theme.RADIUS * self.unit
        left, bottom = (
            (x + (width - badge) / 2, y + height - pad - badge) if upright else (x + pad, y + (height - badge) / 2)
        )
        with self.canvas:
            Color(*theme.SURFACE)
            RoundedRectangle(pos=(x, y), size=(width, height), radius=[radius])
            Color(*theme.tint(self.accent, 0.35))
            Line(rounded_rectangle=(x, y, width, height, radius), width=max(1.0, 0.12 * self.unit))
            Color(*self.accent)
            Ellipse(pos=(left, bottom), size=(badge, badge))
        self._write(str(number), (left, bottom, badge, badge), badge * 0.58, True, theme.WHITE, "center")

    def _draw_arrow(
        self, box: tuple[float, float, float, float], following: tuple[float, float, float, float], row: bool
    ) -> None:
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

    def _write(
        self,
        words: str,
        place: tuple[float, float, float, float],
        size: float,
        bold: bool,
        colour: theme.Colour,
        halign: str,
    ) -> None:
        x, y, width, height = place
        label = ThaiLabel(text=words, font_size=size, bold=bold, color=colour, halign=halign, size_hint=(None, None))
        label.pos, label.size = (x, y), (width, height)
        self.add_widget(label)


def _common(size: float, bold: bool, texts: Sequence[tuple[str, tuple[float, float, float, float]]]) -> float:
    """The largest size at which each text fits its place."""
    for words, (_x, _y, width, height) in texts:
        size = min(size, fit(words, width, height, size, bold)[0])
    return size
