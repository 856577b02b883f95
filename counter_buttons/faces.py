"""The five faces of the smileys, drawn: from sad (1) to happy (5)."""

from __future__ import annotations

from kivy.graphics import Color, SmoothEllipse, SmoothLine

from broker.language.catalogue import N_
from broker.window.theme import Colour, colour

# Okabe and Ito's palette: told apart by colour-blind eyes.  The mouth says it without any colour.
COLOURS = (colour("#e0662b"), colour("#efa63a"), colour("#f2dd5c"), colour("#7cc4ee"), colour("#3fb58b"))
CLOSED = colour("#e3e8ee")
LEVELS = (N_("Lowest"), N_("Low"), N_("Moderate"), N_("High"), N_("Highest"))
QUESTION = N_("How satisfied are you with the service this time?")
_CURVES = {5: (-1.0, -0.6, 0.0, 0.6, 1.0), 3: (-1.0, 0.0, 1.0)}  # of the mouth, by how many faces there are


def draw(level: int, of: int, left: float, bottom: float, size: float, ink: Colour, skin: Colour) -> None:
    """Face ``level`` of so many, into the canvas that is open (``with canvas:``); the box is square, in pixels."""
    curve = _CURVES[of][level - 1]

    def at(x: float, y: float) -> tuple[float, float]:  # the face is 100 by 100, its origin at the bottom left
        return left + x * size / 100, bottom + y * size / 100

    Color(*skin)
    SmoothEllipse(pos=(left, bottom), size=(size, size))
    Color(*ink)
    centre = at(50, 50)
    SmoothLine(circle=(*centre, size * 0.485), width=max(1.0, size * 0.018))
    for x in (33, 67):
        eye = size * 0.105
        ex, ey = at(x, 62)
        SmoothEllipse(pos=(ex - eye / 2, ey - eye * 0.65), size=(eye, eye * 1.3))
    ends, depth = 33 - 3 * curve, 20 * curve
    _mouth(
        at(50 - ends * 0.8, 33 + depth * 0.35), at(50, 33 - depth * 1.15), at(50 + ends * 0.8, 33 + depth * 0.35), size
    )


def _mouth(begin: tuple[float, float], middle: tuple[float, float], end: tuple[float, float], size: float) -> None:
    steps = [n / 16 for n in range(17)]
    points = [
        (1 - t) ** 2 * b + 2 * t * (1 - t) * m + t**2 * e
        for t in steps
        for b, m, e in zip(begin, middle, end, strict=True)
    ]
    SmoothLine(points=points, width=max(1.0, size * 0.032), cap="round", joint="round")
