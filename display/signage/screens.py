"""The widgets of the hall's screen; `screen.kv` lays them out.

A widget is given its texts by `BoardScreen.show` and friends; a property that is given the value it has stays silent,
so only what changed is drawn anew.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout

from broker.window import theme
from broker.window.targets import page, target
from display.signage.board import Calling, Notice, Pair, PointRow, Recent, ServiceCard, Steps, View

SLIDE_SECONDS = 15.0
_BEATS = 3  # redraws a second while a number is called
_BREATH = 2.0  # seconds from bright to bright
# A call that is not heard flashes: the whole stage changes its two colours, once light and once dark a second.
# WCAG 2.2, 2.3.1 allows three flashes in any one second; at one, no size of area and no red is too much.
FLASH_SECONDS = 0.5


class Header(BoxLayout):
    """Whose hall this is, and the time there."""

    name = ListProperty(["", ""])
    date = ListProperty(["", ""])
    clock = StringProperty("")


class Banner(BoxLayout):
    """What everybody must know about this screen: that it may be out of date.  No text, no banner."""

    pair = ListProperty(["", ""])


class StaffAlert(BoxLayout):
    """A quiet line for the staff."""

    text = StringProperty("")


class Card(BoxLayout):
    """White, rounded, with a thin edge."""

    ground = ColorProperty(theme.SURFACE)
    edge = ColorProperty(theme.RULE)
    edge_width = NumericProperty(1)


class PointCard(Card):
    """One service point."""

    number_label = ObjectProperty()
    caption = StringProperty("")
    point = StringProperty("")
    accent = ColorProperty(theme.accent(0))
    number = StringProperty("")
    state = StringProperty("closed")
    name = ListProperty(["", ""])
    service = StringProperty("")

    def show(self, row: PointRow, caption: str) -> None:
        """Show this row of the board."""
        self.caption, self.point, self.accent = caption, str(row.point), theme.accent(row.accent)
        self.number, self.state, self.name = row.number, row.state, list(row.name)
        self.service = _in_one_line(row.service)


class WaitingCard(Card):
    """One service's line."""

    waiting_label = ObjectProperty()
    accent = ColorProperty(theme.accent(0))
    name = ListProperty(["", ""])
    waiting = StringProperty("")
    unit = ListProperty(["", ""])
    wait = ListProperty(["", ""])

    def show(self, card: ServiceCard, unit: Pair) -> None:
        """Show this service."""
        self.accent, self.name, self.waiting = theme.accent(card.accent), list(card.name), card.waiting
        self.unit, self.wait = list(unit), list(card.wait)


class RecentCall(Card):
    """One call of the last minutes; empty, it only keeps its place."""

    accent = ColorProperty(theme.accent(0))
    number = StringProperty("")
    where = StringProperty("")

    def show(self, call: Recent | None) -> None:
        """Show this call, or nothing."""
        self.opacity = 1 if call else 0
        if call:
            self.accent, self.number, self.where = theme.accent(call.accent), call.number, _in_one_line(call.where)


class StepsSlide(BoxLayout):
    """The steps of one service."""

    accent = ColorProperty(theme.accent(0))
    title = ListProperty(["", ""])
    steps = ListProperty([])


class NoticeSlide(BoxLayout):
    """One notice."""

    title = ListProperty(["", ""])
    text = ListProperty(["", ""])


class IdleStage(BoxLayout):
    """Between calls: who waits how long, how a service goes, what was called."""

    slide = ObjectProperty()
    waiting_row = ObjectProperty()
    recent_row = ObjectProperty()
    waiting_title = ListProperty(["", ""])
    recent_title = ListProperty(["", ""])

    def turn(self, slide: Steps | Notice) -> None:
        """Show this slide."""
        self.slide.clear_widgets()
        if isinstance(slide, Steps):
            accent = theme.accent(slide.accent)
            self.slide.add_widget(StepsSlide(accent=accent, title=list(slide.title), steps=list(slide.steps)))
        else:
            self.slide.add_widget(NoticeSlide(title=list(slide.title), text=list(slide.text)))


class CallingStage(BoxLayout):
    """The number being called, to be read across a room."""

    number_label = ObjectProperty()
    accent = ColorProperty(theme.accent(0))
    title = ListProperty(["", ""])
    number = StringProperty("")
    where = ListProperty(["", ""])
    officer = ListProperty(["", ""])
    glow = NumericProperty(0.0)
    lit = BooleanProperty(False)  # the two colours have changed places

    def show(self, calling: Calling) -> None:
        """Show this call."""
        self.lit = False
        self.accent, self.number = theme.accent(calling.accent), calling.number
        self.title, self.where, self.officer = list(calling.title), list(calling.where), list(calling.officer)


class BoardScreen(BoxLayout):
    """The whole screen; `caption`, `unit` and the two titles are the fixed words on it."""

    header = ObjectProperty()
    banner = ObjectProperty()
    alert = ObjectProperty()
    stage = ObjectProperty()
    points = ObjectProperty()

    def __init__(self, caption: str, unit: Pair, waiting_title: Pair, recent_title: Pair, **properties: Any) -> None:
        super().__init__(**properties)
        self._caption, self._unit = caption, unit
        self._idle = IdleStage(waiting_title=list(waiting_title), recent_title=list(recent_title))
        self._calling = CallingStage()
        self._slides: tuple[Steps | Notice, ...] = ()
        self._turn = 0
        self._beat = Clock.create_trigger(self._glow, 1 / _BEATS, interval=True)
        self._slide_over = Clock.create_trigger(self._next_slide, SLIDE_SECONDS, interval=True)
        self._flash = Clock.create_trigger(self._turn_over, FLASH_SECONDS, interval=True)
        target(self._calling.number_label, "called-number")
        target(self.header.ids.clock, "clock")
        target(self.banner, "link-lost")
        target(self.alert, "staff-alert")
        self.rest()

    def show(self, view: View, recent_places: int) -> None:
        """Show what follows from the board."""
        _match(self.points, PointCard, len(view.points))
        for card, row in zip(reversed(self.points.children), view.points, strict=True):
            card.show(row, self._caption)
            target(card.number_label, f"point-{row.point}-number")
        _match(self._idle.waiting_row, WaitingCard, len(view.services))
        for card, service in zip(reversed(self._idle.waiting_row.children), view.services, strict=True):
            card.show(service, self._unit)
            target(card.waiting_label, f"waiting-{service.prefix}")
        _match(self._idle.recent_row, RecentCall, recent_places)
        calls = (*view.recent, *[None] * recent_places)
        for card, call in zip(reversed(self._idle.recent_row.children), calls, strict=False):
            card.show(call)
        self.alert.text = view.alert
        if view.slides != self._slides:
            self._slides, self._turn = view.slides, -1
            self._next_slide()

    def call(self, calling: Calling) -> None:
        """Take the stage for a number."""
        self._calling.show(calling)
        self._put(self._calling)
        self._slide_over.cancel()
        self._flash.cancel()
        self._beat()
        page("calling")

    def flash(self) -> None:
        """Make the call that stands on the stage seen from afar, as nobody hears it."""
        self._beat.cancel()
        self._calling.glow = 0
        self._turn_over()
        self._flash()

    def rest(self) -> None:
        """Give the stage back to waiting times, steps and notices."""
        self._put(self._idle)
        self._beat.cancel()
        self._flash.cancel()
        self._slide_over()
        page("idle")

    def _put(self, stage: BoxLayout) -> None:
        if stage not in self.stage.children:
            self.stage.clear_widgets()
            self.stage.add_widget(stage)

    def _turn_over(self, *_event: Any) -> None:
        self._calling.lit = not self._calling.lit

    def _next_slide(self, *_event: Any) -> None:
        if self._slides:
            self._turn = (self._turn + 1) % len(self._slides)
            self._idle.turn(self._slides[self._turn])

    def _glow(self, _elapsed: float) -> None:
        self._calling.glow = round(0.5 - 0.5 * math.cos(2 * math.pi * Clock.get_time() / _BREATH), 2)


def _match(row: Any, kind: type, count: int) -> None:
    """So many children of this kind."""
    while len(row.children) < count:
        row.add_widget(kind())
    while len(row.children) > count:
        row.remove_widget(row.children[0])


def _in_one_line(pair: Pair) -> str:
    return " / ".join(part for part in pair if part)


Builder.load_file(str(Path(__file__).with_name("screen.kv")))
