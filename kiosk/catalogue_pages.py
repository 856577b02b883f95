"""The widgets of the catalogue; `catalogue.kv` lays them out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, ListProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from broker.window import theme
from kiosk.raster import qr_modules
from kiosk.view import View, Wording

QUIET = 4  # modules of white around a code (ISO/IEC 18004)


class QrCode(Widget):
    """A QR code as large as its place lets it be in whole dots; nothing of an empty text."""

    payload = StringProperty("")

    def __init__(self, **properties: Any) -> None:
        super().__init__(**properties)
        self.bind(payload=self._draw, pos=self._draw, size=self._draw)

    def _draw(self, *_event: Any) -> None:
        self.canvas.clear()
        if not self.payload:
            return
        rows = qr_modules(self.payload)
        across = len(rows) + 2 * QUIET
        dots = int(min(self.size) // across)
        left, top = int(self.center_x - dots * across / 2), int(self.center_y + dots * across / 2)
        with self.canvas:
            Color(*theme.WHITE)
            Rectangle(pos=(left, top - dots * across), size=(dots * across, dots * across))
            Color(0, 0, 0, 1)
            for down, row in enumerate(rows, QUIET):
                for right, dark in enumerate(row, QUIET):
                    if dark:
                        Rectangle(pos=(left + right * dots, top - (down + 1) * dots), size=(dots, dots))


class CataloguePage(BoxLayout):
    """The documents of one service, in big targets."""

    title = ListProperty(["", ""])
    name = ListProperty(["", ""])
    back_words = ListProperty(["", ""])
    more_words = ListProperty(["", ""])
    colour = ColorProperty(theme.CALM.rank)
    following = 0  # the document that the next sheet begins with

    def __init__(self, buttons: Sequence[Any], **properties: Any) -> None:
        super().__init__(**properties)
        self.buttons = buttons
        for button in buttons:
            button.share = 0.74  # a title of two lines, and beneath it one

    def show(self, view: View, say: Wording, palette: theme.Palette, most: int) -> None:
        """Show the first ``most`` documents, each on one of the ``buttons``."""
        rows, rest = view.rows[:most], view.rows[most:]
        self.following = view.first + most if rest else 0
        self.title, self.name, self.colour = list(view.title), list(view.name), palette.accent(view.accent)
        self.back_words = list(say.pair("One page back"))
        self.more_words = list(say.pair("More documents")) if rest or view.first else ["", ""]
        for row in self.buttons[most:]:
            self.rows.remove_widget(row)
        for row in self.buttons[len(self.rows.children) : most]:
            self.rows.add_widget(row)
        for place, row in enumerate(self.buttons[:most]):
            there = place < len(rows)
            row.pair = list(rows[place].title) if there else ["", ""]
            row.disabled, row.opacity = not there, float(there)
            row.fill, row.edge, row.ink = palette.surface, palette.frame(self.colour), palette.ink


class DocumentPage(BoxLayout):
    """One document: its title, where it is to be had, and the code that opens it on a telephone."""

    title = ListProperty(["", ""])
    hint = ListProperty(["", ""])
    note = StringProperty("")
    payload = StringProperty("")
    back_words = ListProperty(["", ""])
    colour = ColorProperty(theme.CALM.rank)
    coded = BooleanProperty(False)

    def show(self, view: View, say: Wording, palette: theme.Palette) -> None:
        """Show this document."""
        self.title, self.hint, self.note = list(view.title), list(view.hint), view.notice
        self.payload, self.coded, self.colour = view.link, bool(view.link), palette.accent(view.accent)
        self.back_words = list(say.pair("One page back"))


Builder.load_file(str(Path(__file__).with_name("catalogue.kv")))
