"""The parts of a console on the panel: keys, faces, the ticket's display; repainted only when they changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, SmoothEllipse, SmoothRoundedRectangle
from kivy.uix.widget import Widget

from broker import clock
from broker.window import theme
from broker.window.text import ThaiLabel
from counter_buttons import faces
from counter_buttons.lamp import Light

Place = tuple[float, float, float, float]  # left, top, width, height in the design's measure
PRESS_SECONDS = 0.08  # a click is over sooner than any finger; the contact stays down at least so long
DESIGN = (320.0, 840.0)  # a console's own measure; everything below is in these units, origin at the top left


class Plate(Widget):  # type: ignore[misc]
    """A part of a console, at ``place``."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.labels: list[tuple[ThaiLabel, Place, float]] = []
        self.bind(pos=self.repaint, size=self.repaint)

    @property
    def scale(self) -> float:
        return float(min(self.width / self.place[2], self.height / self.place[3]))

    def say(self, place: Place, size: float, **looks: Any) -> ThaiLabel:
        """A label at this place within the plate; ``size`` in hundredths of a console's width."""
        label = ThaiLabel(**looks)
        self.labels.append((label, place, size))
        self.add_widget(label)
        return label

    def fit(self, label: ThaiLabel, place: Place, size: float) -> None:
        """Another place and size for one of its labels, from the next time that it is painted."""
        self.labels = [(label, place, size) if each[0] is label else each for each in self.labels]

    def box(self, place: Place) -> tuple[tuple[float, float], tuple[float, float]]:
        """Position and size in pixels of a place within the plate."""
        across, down = self.width / self.place[2], self.height / self.place[3]
        left, top, width, height = place
        return (self.x + left * across, self.top - (top + height) * down), (width * across, height * down)

    def repaint(self, *_event: object) -> None:
        for label, place, size in self.labels:
            label.pos, label.size = self.box(place)
            label.font_size = size * self.width / self.place[2] * DESIGN[0] / 100
        self.canvas.before.clear()
        with self.canvas.before:
            self.paint()

    def paint(self) -> None:
        """Draw what lies under the labels."""

    def slab(self, colour: theme.Colour, place: Place, radius: float) -> None:
        """A rounded rectangle at this place within the plate."""
        pos, size = self.box(place)
        Color(*colour)
        SmoothRoundedRectangle(pos=pos, size=size, radius=[radius * self.scale])


class Contact(Plate):
    """What a finger presses: ``press`` hears each change of the contact."""

    def __init__(self, place: Place, press: Callable[[bool], None]) -> None:
        super().__init__(place)
        self._press = press
        self._since = 0.0
        self.down = False

    def on_touch_down(self, touch: Any) -> bool:
        if self.down or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._since = clock.monotonic()
        self._move(True)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        left = self._since + PRESS_SECONDS - clock.monotonic()
        if left > 0:
            Clock.schedule_once(lambda _elapsed: self._move(False), left)
        else:
            self._move(False)
        return True

    def _move(self, down: bool) -> None:
        self.down = down
        self._press(down)
        self.repaint()


class Key(Contact):
    """A call button with what it means, pressed shortly and held."""

    def __init__(
        self, place: Place, colour: theme.Colour, short: str, long: str, press: Callable[[bool], None]
    ) -> None:
        super().__init__(place, press)
        self._colour = colour
        width, height = place[2], place[3]
        looks = {"color": theme.WHITE, "halign": "center"}
        self.say(
            (12, 8, width - 24, height * 0.52 if long else height - 16), theme.HEADING, text=short, bold=True, **looks
        )
        if long:
            self.say((12, height * 0.56, width - 24, height * 0.36), theme.TITLE, text=long, **looks)

    def paint(self) -> None:
        width, height = self.place[2:]
        self.slab(_darker(self._colour, 0.62), (0, 4, width, height - 4), 16)
        face = _darker(self._colour, 0.85) if self.down else self._colour
        self.slab(face, (0, 4 if self.down else 0, width, height - 6), 16)


def _darker(full: theme.Colour, share: float) -> theme.Colour:
    red, green, blue, opacity = full
    return red * share, green * share, blue * share, opacity


class Smiley(Contact):
    """One face; grey while the faces are closed."""

    def __init__(self, place: Place, level: int, of: int, press: Callable[[bool], None]) -> None:
        super().__init__(place, press)
        self._level, self._of = level, of
        self.open = False

    def paint(self) -> None:
        size = min(self.width, self.height) * (0.90 if self.down else 1.0)
        left, bottom = self.center_x - size / 2, self.center_y - size / 2
        skin, ink = (faces.COLOURS[self._shade()], theme.INK) if self.open else (faces.CLOSED, theme.colour("#a3adb9"))
        faces.draw(self._level, self._of, left, bottom, size, ink, skin)

    def _shade(self) -> int:
        return self._level - 1 if self._of == 5 else (self._level - 1) * 2


class Display(Plate):
    """The point's ticket, its state and its lamp."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.light = Light(False, False)
        self.ticket = self.say(
            (16, 14, 200, 68), theme.FIGURE, color=theme.WHITE, bold=True, wraps=False, capitals=True
        )
        self.state = self.say((16, 88, 260, 38), theme.TITLE, color=theme.PALE, wraps=False)

    def paint(self) -> None:
        self.slab(theme.NIGHT, (0, 0, *self.place[2:]), 16)
        for lit, on, off, top in (
            (self.light.green, theme.LAMP_GREEN, theme.LAMP_GREEN_OFF, 14),
            (self.light.red, theme.LAMP_RED, theme.LAMP_RED_OFF, 70),
        ):
            pos, size = self.box((226, top, 48, 48))
            side = min(size)
            x, y = pos[0] + size[0] / 2, pos[1] + size[1] / 2
            for share, opacity in ((1.0, 0.25), (0.84, 0.45)) if lit else ():
                Color(*on[:3], opacity)
                SmoothEllipse(pos=(x - side * share / 2, y - side * share / 2), size=(side * share, side * share))
            Color(*(on if lit else off))
            SmoothEllipse(pos=(x - side * 0.33, y - side * 0.33), size=(side * 0.66, side * 0.66))


class Ground(Plate):
    """The card on which a point's console lies, with its name and service."""

    def __init__(self, accent: theme.Colour, title: str, service: str) -> None:
        super().__init__((0, 0, *DESIGN))
        self._accent = accent
        self.say((22, 18, 276, 46), theme.DISPLAY, text=title, bold=True, wraps=False)
        self.say((22, 62, 276, 38), theme.TITLE, text=service, color=accent, wraps=False)
        self.question = self.say((20, 608, 280, 84), theme.TITLE, halign="center")
        self.thanks = self.say((20, 608, 280, 84), theme.TITLE, halign="center", bold=True, color=theme.GOOD, opacity=0)

    def paint(self) -> None:
        self.slab(self._accent, (8, 8, 304, 30), 14)
        self.slab(theme.SURFACE, (8, 15, 304, 817), 14)
        self.slab(theme.GROUND, (16, 606, 288, 216), 14)
