"""What the bar's buttons do, in drawings of few strokes, for who reads neither of the words."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any

from kivy.graphics import Color, Ellipse, Line, Rectangle
from kivy.properties import BooleanProperty, ColorProperty, StringProperty
from kivy.uix.widget import Widget

Point = tuple[float, float]
Stroke = list[Point]  # on a field of 100 × 100, origin at the lower left


def _arc(x: float, y: float, across: float, along: float, begin: float = 0, end: float = 360) -> Stroke:
    """Of an ellipse with these radii, between two angles in degrees."""
    angles = [(begin + (end - begin) * step / 24) / 180 * pi for step in range(25)]
    return [(x + across * cos(angle), y + along * sin(angle)) for angle in angles]


STROKES: dict[str, list[Stroke]] = {
    # a globe with its meridians
    "language": [
        _arc(50, 50, 42, 42), _arc(50, 50, 18, 42), [(8, 50), (92, 50)], [(16, 72), (84, 72)], [(16, 28), (84, 28)],
    ],
    # a letter, and the same larger
    "large": [
        [(4, 14), (17, 50), (30, 14)], [(9, 27), (25, 27)], [(36, 14), (66, 90), (96, 14)], [(47, 40), (85, 40)],
    ],
    # a disc, half of it filled
    "contrast": [_arc(50, 50, 40, 40)],
    # a wheelchair: head, back, seat and leg; the wheel
    "low": [
        _arc(38, 88, 7, 7), [(38, 74), (38, 40), (66, 40), (78, 14), (90, 14)], [(38, 58), (60, 58)],
        _arc(42, 28, 26, 26, 118, 372),
    ],
    # headphones
    "spoken": [
        _arc(50, 46, 40, 42, 0, 180), [(10, 46), (10, 22)], [(90, 46), (90, 22)],
        [(14, 14), (14, 42), (26, 42), (26, 14), (14, 14)], [(74, 14), (74, 42), (86, 42), (86, 14), (74, 14)],
    ],
    "tick": [[(14, 50), (40, 20), (88, 82)]],
}  # fmt: skip


class Pictogram(Widget):
    """One drawing, as large as its box allows; `on` sets a tick beside it."""

    name = StringProperty("")
    ink = ColorProperty("black")
    ground = ColorProperty("white")
    on = BooleanProperty(False)

    def __init__(self, **properties: Any) -> None:
        super().__init__(**properties)
        for name in ("name", "ink", "ground", "on", "pos", "size"):
            self.fbind(name, self._draw)

    def _draw(self, *_event: Any) -> None:
        side = min(self.width, self.height)
        left, bottom = self.x + (self.width - side) / 2, self.y + (self.height - side) / 2
        self.canvas.clear()
        if side < 8:
            return
        with self.canvas:
            Color(*self.ink)
            self._strokes(self.name, left, bottom, side, 0.035)
            if self.name == "contrast":
                Ellipse(
                    pos=(left + 0.1 * side, bottom + 0.1 * side), size=(0.8 * side, 0.8 * side),
                    angle_start=0, angle_end=180,
                )  # fmt: skip
            if self.on:
                badge = 0.46 * side
                Color(*self.ground)
                Rectangle(pos=(left + side - badge, bottom), size=(badge, badge))
                Color(*self.ink)
                self._strokes("tick", left + side - badge, bottom, badge, 0.09)

    def _strokes(self, name: str, left: float, bottom: float, side: float, width: float) -> None:
        for stroke in STROKES.get(name, []):
            points = [(left + x / 100 * side, bottom + y / 100 * side) for x, y in stroke]
            Line(points=[part for point in points for part in point], width=max(1.1, width * side))
