"""The window of ``khiu-printer --show``: the papers as they came out, the latest in front."""

# mypy: disallow-subclassing-any=False

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.image import Image as Picture
from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from broker.window.theme import NIGHT, colour

_BEHIND = colour("#000000", 0.25)
_KEPT = 3
_MARGIN = 16  # px
_STEP = 0.09  # how much of its height an older paper looks out above the one before it


class Tray(Widget):
    """A few papers, each whole."""

    def __init__(self, **properties: Any) -> None:
        super().__init__(**properties)
        self._papers: list[Any] = []
        self.bind(size=self._draw, pos=self._draw)

    def add(self, file: Path) -> None:
        """Lay this picture on top."""
        self._papers = [*self._papers, Picture(str(file), mipmap=True).texture][-_KEPT:]
        self._draw()

    def _draw(self, *_event: Any) -> None:
        self.canvas.clear()
        with self.canvas:
            Color(*NIGHT)
            Rectangle(pos=self.pos, size=self.size)
            for behind, paper in reversed(list(enumerate(reversed(self._papers)))):
                self._lay(paper, behind)

    def _lay(self, paper: Any, behind: int) -> None:
        room = (self.width - 2 * _MARGIN, (self.height - 2 * _MARGIN) * (1 - _STEP * (_KEPT - 1)))
        scale = min(1.0, room[0] / paper.width, room[1] / paper.height) * (1 - 0.04 * behind)
        width, height = round(paper.width * scale), round(paper.height * scale)
        left = self.x + (self.width - width) // 2
        bottom = self.y + _MARGIN + round(behind * _STEP * self.height)
        Color(*_BEHIND)
        Rectangle(pos=(left + 3, bottom - 3), size=(width, height))
        shade = 1 - 0.16 * behind
        Color(shade, shade, shade, 1)
        Rectangle(texture=paper, pos=(left, bottom), size=(width, height))


class TrayApp(App):
    """The window; `show` may be called on any thread."""

    def build(self) -> Tray:
        self.tray = Tray()
        return self.tray

    def show(self, file: Path) -> None:
        """Show this paper next."""
        Clock.schedule_once(lambda _elapsed: self.tray.add(file))
