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
from kivy.uix.widget import Widget

from broker.window import theme
from broker.window.bilingual import Bilingual
from broker.window.targets import page, target
from display.signage.board import NO_NUMBER, Calling, Notice, Pair, PointRow, Recent, ServiceCard, Slide, Steps, View

SLIDE_SECONDS = 15.0
ROOMY = 1.7  # width by height of a window whose points can have larger numbers
_BEATS = 3  # redraws a second while a number is called
_BREATH = 2.0  # seconds from bright to bright
# A call that is not heard flashes: the whole stage changes its two colours, once light and once dark a second.
# WCAG 2.2, 2.3.1 allows three flashes in any one second; at one, no size of area and no red is too much.
FLASH_SECONDS = 0.5


class Header(Widget):
    """Whose hall this is, and the time there; or, in ``lost``, that the screen may be out of date."""

    name = ListProperty(["", ""])
    date = ListProperty(["", ""])
    clock = StringProperty("")
    lost = ListProperty(["", ""])
    wide = BooleanProperty(True)


class Banner(Bilingual):
    """What everybody must know about this screen, in place of the centre's name."""


class Roundel(Widget):
    """A service's prefix in its colour, as the sign of a railway's line."""

    letter = StringProperty("")
    accent = ColorProperty(theme.CALM.accent(0))


class StaffAlert(BoxLayout):
    """A quiet line for the staff."""

    text = StringProperty("")


class Card(BoxLayout):
    """White, rounded, with a thin edge."""

    ground = ColorProperty(theme.SURFACE)
    edge = ColorProperty(theme.RULE)
    edge_width = NumericProperty(1)


class PointCard(Card):
    """One service point; ``compact`` while a call needs the room, ``roomy`` where there is more of it."""

    number_label = ObjectProperty()
    caption = StringProperty("")
    point = StringProperty("")
    accent = ColorProperty(theme.CALM.accent(0))
    prefix = StringProperty("")
    number = StringProperty("")
    taken = BooleanProperty(False)
    state = StringProperty("closed")
    called = BooleanProperty(False)
    name = ListProperty(["", ""])
    compact = BooleanProperty(False)
    roomy = BooleanProperty(False)

    def show(self, row: PointRow, caption: str) -> None:
        """Show this row of the board."""
        self.caption, self.point, self.accent = caption, str(row.point), theme.CALM.accent(row.accent)
        self.prefix, self.number, self.taken = row.prefix, row.number, row.number != NO_NUMBER
        self.state, self.name = row.state, list(row.name)


class WaitingCard(Card):
    """One service's line."""

    waiting_label = ObjectProperty()
    accent = ColorProperty(theme.CALM.accent(0))
    prefix = StringProperty("")
    name = ListProperty(["", ""])
    waiting = StringProperty("")
    wait = ListProperty(["", ""])

    def show(self, card: ServiceCard) -> None:
        """Show this service."""
        self.accent, self.prefix = theme.CALM.accent(card.accent), card.prefix
        self.name, self.waiting, self.wait = list(card.name), card.waiting, list(card.wait)


class RecentCall(Card):
    """A call of the last minutes."""

    accent = ColorProperty(theme.CALM.accent(0))
    number = StringProperty("")
    where = ListProperty(["", ""])

    def show(self, call: Recent) -> None:
        """Show this call."""
        self.accent, self.number, self.where = theme.CALM.accent(call.accent), call.number, list(call.where)


class WaitingSlide(BoxLayout):
    """How many wait for what, and how long they may."""

    cards = ObjectProperty()
    title = ListProperty(["", ""])


class RecentSlide(BoxLayout):
    """The calls of the last minutes, newest first."""

    cards = ObjectProperty()
    title = ListProperty(["", ""])


class StepsSlide(BoxLayout):
    """The steps of one service."""

    accent = ColorProperty(theme.CALM.accent(0))
    prefix = StringProperty("")
    title = ListProperty(["", ""])
    steps = ListProperty([])


class NoticeSlide(BoxLayout):
    """One notice."""

    title = ListProperty(["", ""])
    text = ListProperty(["", ""])


class CallingStage(BoxLayout):
    """The number being called, to be read across a room."""

    number_label = ObjectProperty()
    point_label = ObjectProperty()
    accent = ColorProperty(theme.CALM.accent(0))
    title = ListProperty(["", ""])
    number = StringProperty("")
    caption = ListProperty(["", ""])
    point = StringProperty("")
    officer = ListProperty(["", ""])
    ground = ColorProperty(theme.CALM.accent(0))
    ink = ColorProperty(theme.WHITE)
    glow = NumericProperty(0.0)
    lit = BooleanProperty(False)  # the two colours have changed places

    def show(self, calling: Calling) -> None:
        """Show this call."""
        self.lit = False
        self.accent, self.number, self.point = theme.CALM.accent(calling.accent), calling.number, str(calling.point)
        self.title, self.officer = list(calling.title), list(calling.officer)


class BoardScreen(BoxLayout):
    """The whole screen.  The points always stand there; beside them a slide, or the number that is called.

    ``caption`` and the two titles are the fixed words on it.
    """

    header = ObjectProperty()
    alert = ObjectProperty()
    stage = ObjectProperty()
    points = ObjectProperty()
    wide = BooleanProperty(True)
    calling = BooleanProperty(False)

    def __init__(self, caption: Pair, waiting_title: Pair, recent_title: Pair, **properties: Any) -> None:
        super().__init__(**properties)
        self._caption = caption
        self._waiting, self._recent = WaitingSlide(title=list(waiting_title)), RecentSlide(title=list(recent_title))
        self._called = CallingStage(caption=list(caption))
        self._slides: tuple[Slide, ...] = ()
        self._turn = 0
        self._slide: BoxLayout = self._waiting
        self._beat = Clock.create_trigger(self._glow, 1 / _BEATS, interval=True)
        self._slide_over = Clock.create_trigger(self._next_slide, SLIDE_SECONDS, interval=True)
        self._flash = Clock.create_trigger(self._turn_over, FLASH_SECONDS, interval=True)
        self.fbind("size", self._make_room)
        self.fbind("calling", self._make_room)
        target(self._called.number_label, "called-number")
        target(self._called.point_label, "called-point")
        target(self.header.ids.clock, "clock")
        target(self.header.ids.banner, "link-lost")
        target(self.alert, "staff-alert")
        self.rest()

    def show(self, view: View) -> None:
        """Show what follows from the board."""
        _match(self.points, PointCard, len(view.points))
        for card, row in zip(reversed(self.points.children), view.points, strict=True):
            card.show(row, self._caption[0])
            target(card.number_label, f"point-{row.point}-number")
            target(card.ids.point, f"point-{row.point}")
        _match(self._waiting.cards, WaitingCard, len(view.services))
        for card, service in zip(reversed(self._waiting.cards.children), view.services, strict=True):
            card.show(service)
            target(card.waiting_label, f"waiting-{service.prefix}")
        _match(self._recent.cards, RecentCall, len(view.recent))
        for card, call in zip(reversed(self._recent.cards.children), view.recent, strict=True):
            card.show(call)
        self.alert.text = view.alert
        self._make_room()
        if view.slides != self._slides:
            self._slides, self._turn = view.slides, -1
            self._next_slide()

    def call(self, calling: Calling) -> None:
        """Take the stage for a number."""
        self._called.show(calling)
        self.calling = True
        self._put(self._called)
        self._slide_over.cancel()
        self._flash.cancel()
        self._beat()
        page("calling")

    def flash(self) -> None:
        """Make the call that stands on the stage seen from afar, as nobody hears it."""
        self._beat.cancel()
        self._called.glow = 0
        self._turn_over()
        self._flash()

    def rest(self) -> None:
        """Give the stage back to the slides."""
        self.calling = False
        self._put(self._slide)
        self._beat.cancel()
        self._flash.cancel()
        self._slide_over()
        page("idle")

    def turn(self, slide: Slide) -> None:
        """Show this slide, now or when the number that is called leaves the stage."""
        if isinstance(slide, Steps):
            looks = {"accent": theme.CALM.accent(slide.accent), "prefix": slide.prefix}
            self._slide = StepsSlide(title=list(slide.title), steps=list(slide.steps), **looks)
        elif isinstance(slide, Notice):
            self._slide = NoticeSlide(title=list(slide.title), text=list(slide.text))
        else:
            self._slide = self._waiting if slide == "waiting" else self._recent
        if not self.calling:
            self._put(self._slide)

    def _put(self, stage: BoxLayout) -> None:
        if stage not in self.stage.children:
            self.stage.clear_widgets()
            self.stage.add_widget(stage)

    def _turn_over(self, *_event: Any) -> None:
        self._called.lit = not self._called.lit

    def _make_room(self, *_event: Any) -> None:
        for card in self.points.children:
            card.compact, card.roomy = self.calling, self.width > ROOMY * self.height

    def _next_slide(self, *_event: Any) -> None:
        for _ in self._slides:
            self._turn = (self._turn + 1) % len(self._slides)
            slide = self._slides[self._turn]
            if slide != "recent" or self._recent.cards.children:
                self.turn(slide)
                return

    def _glow(self, _elapsed: float) -> None:
        self._called.glow = round(0.5 - 0.5 * math.cos(2 * math.pi * Clock.get_time() / _BREATH), 2)


def _match(row: Any, kind: type, count: int) -> None:
    """So many children of this kind."""
    while len(row.children) < count:
        row.add_widget(kind())
    while len(row.children) > count:
        row.remove_widget(row.children[0])


Builder.load_file(str(Path(__file__).with_name("screen.kv")))
