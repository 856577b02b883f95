"""The kiosk's widgets; `kiosk.kv` lays them out.

`KioskScreen.show` is given a `View` and hands each page its words; touches leave through `act` as events of the flow.
A property that is given the value it has stays silent, so only what changed is drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from broker.window import theme
from broker.window.targets import page, target
from kiosk.pages import Event, LanguageChosen, NumberTaken, PriorityToggled, StepsOpened, Touched, WentHome
from kiosk.view import Tile, View, Wording, language_name

DOUBLE_TOUCH = 0.25  # seconds: the second touch of a trembling hand must not fall on the page that the first one opened


class Both(BoxLayout):
    """A text in the citizen's language, the other language beneath."""

    pair = ListProperty(["", ""])
    first = NumericProperty(3)  # units
    second = NumericProperty(2.2)
    ink = ColorProperty(theme.INK)
    pale = ColorProperty(theme.MUTED)
    strong = BooleanProperty(True)
    halign = OptionProperty("left", options=("left", "center", "right"))


class Touchable(ButtonBehavior, BoxLayout):
    """A rounded area that answers when it is touched, not when it is left."""

    fill = ColorProperty(theme.WHITE)
    edge = ColorProperty(theme.RULE)


class BigButton(Touchable):
    """Words to touch."""

    pair = ListProperty(["", ""])
    first = NumericProperty(3.4)
    second = NumericProperty(2.3)
    ink = ColorProperty(theme.NIGHT)
    pale = ColorProperty(theme.MUTED)


class Tick(Widget):
    """A circle, ticked when on."""

    on = BooleanProperty(False)


class Arrow(Widget):
    """Points down to where the paper comes out."""

    colour = ColorProperty(theme.INK)


class ServiceTile(Touchable):
    """One service: a touch on it gives a number; the button within shows its steps."""

    __events__ = ("on_steps",)
    name = ListProperty(["", ""])
    points = StringProperty("")
    waiting = StringProperty("")
    expected = StringProperty("")
    why_not = StringProperty("")
    captions = ListProperty(["", "", ""])
    colour = ColorProperty(theme.NIGHT)

    def on_steps(self) -> None:
        """The steps button was touched."""

    def show(self, tile: Tile, captions: list[str]) -> None:
        """Bring it up to date."""
        self.name, self.points = list(tile.name), tile.points
        self.waiting, self.expected, self.why_not = tile.waiting, tile.expected, tile.why_not
        self.captions = captions
        self.colour = theme.accent(tile.accent) if tile.gives else theme.MUTED


class HomePage(BoxLayout):
    """The services in big targets."""

    __events__ = ("on_toggle",)
    title = ListProperty(["", ""])
    notice = StringProperty("")
    priority = BooleanProperty(False)
    priority_name = StringProperty("")
    priority_words = StringProperty("")

    def on_toggle(self) -> None:
        """The priority button was touched."""


class StepsPage(BoxLayout):
    """The steps of one service as a diagram (R1, R14)."""

    __events__ = ("on_leave", "on_wish")
    title = ListProperty(["", ""])
    name = ListProperty(["", ""])
    points = StringProperty("")
    steps = ListProperty([])
    gives = BooleanProperty(False)
    back_words = ListProperty(["", ""])
    give_words = ListProperty(["", ""])
    colour = ColorProperty(theme.NIGHT)

    def on_leave(self) -> None:
        """Back was touched."""

    def on_wish(self) -> None:
        """Take a ticket was touched."""


class NumberPage(BoxLayout):
    """A number in large type: being printed, in the tray, or to be taken from the screen."""

    __events__ = ("on_confirm",)
    trouble = StringProperty("")
    title = ListProperty(["", ""])
    name = ListProperty(["", ""])
    points = StringProperty("")
    caption = StringProperty("")
    number = StringProperty("")
    priority_words = StringProperty("")
    hint = ListProperty(["", ""])
    warning = ListProperty(["", ""])
    button = ListProperty(["", ""])
    arrow = BooleanProperty(False)
    colour = ColorProperty(theme.NIGHT)

    def on_confirm(self) -> None:
        """The citizen has taken the number."""


class ClosedPage(BoxLayout):
    """No numbers now: out of hours, or stopped."""

    title = ListProperty(["", ""])
    again = StringProperty("")
    daily = StringProperty("")


class KioskScreen(BoxLayout):
    """The whole window.  ``act`` hears every touch that means something."""

    __events__ = ("on_language",)
    name = ListProperty(["", ""])
    language_name = StringProperty("")

    def __init__(self, services: int, act: Callable[[Event], object], **properties: Any) -> None:
        super().__init__(**properties)
        self._act = act
        self._view: View | None = None
        self._say: Wording | None = None
        self._touched_at, self._touched_page = float("-inf"), ""
        self._home, self._steps, self._number, self._closed = HomePage(), StepsPage(), NumberPage(), ClosedPage()
        self._tiles = [ServiceTile() for _ in range(services)]
        for place, tile in enumerate(self._tiles):
            self._home.tiles.add_widget(tile)
            tile.bind(on_press=lambda _tile, place=place: self._touch(Touched, place))
            tile.bind(on_steps=lambda _tile, place=place: self._touch(StepsOpened, place))
        self._home.bind(on_toggle=lambda _page: act(PriorityToggled()))
        self._steps.bind(on_leave=lambda _page: act(WentHome()), on_wish=lambda _page: self._give())
        self._number.bind(on_confirm=lambda _page: act(NumberTaken()))
        target(self.language_button, "language")
        target(self._home.priority_button, "priority")
        target(self._steps.back, "home")
        target(self._steps.give, "give")
        target(self._number.taken, "taken")

    def name_targets(self, services: list[str]) -> None:
        """Let hands from outside find the services' tiles."""
        for tile, service in zip(self._tiles, services, strict=True):
            target(tile, f"service-{service}")
            target(tile.steps_button, f"steps-{service}")
        target(self._number.number_label, "fault-number")

    def on_language(self) -> None:
        """The language button was touched."""
        if self._say:
            self._act(LanguageChosen(self._say.following))

    def on_touch_down(self, touch: Any) -> bool:
        """Swallow the second of two quick touches when a page turned between them."""
        shown = self._view.page if self._view else ""
        now = Clock.get_time()
        stray = now - self._touched_at < DOUBLE_TOUCH and shown != self._touched_page
        self._touched_at, self._touched_page = now, shown
        return True if stray else bool(super().on_touch_down(touch))

    def show(self, view: View, say: Wording) -> None:
        """Bring the window up to date."""
        turned = self._view is None or view.page != self._view.page
        self._view, self._say = view, say
        self.name = list(say.named(say.centre.centre.name))
        self.language_name = language_name(say.following)
        shown = {
            "home": self._show_home,
            "steps": self._show_steps,
            "closed": self._show_closed,
            "stopped": self._show_closed,
        }.get(view.page, self._show_number)(view, say)
        if self.body.children != [shown]:
            self.body.clear_widgets()
            self.body.add_widget(shown)
        if turned:
            page(view.page)

    def _show_home(self, view: View, say: Wording) -> Widget:
        home = self._home
        home.title, home.notice, home.priority = list(view.title), view.notice, view.priority
        home.priority_name = say("Priority ticket")
        home.priority_words = say(
            "Your ticket will be a priority ticket. Now touch a service."
            if view.priority
            else "For older people, people with disabilities and expectant mothers, if you wish"
        )
        captions = [say("Waiting now"), say("Expected wait"), say("Steps")]
        for tile, words in zip(self._tiles, view.tiles, strict=True):
            tile.show(words, captions)
        return home

    def _show_steps(self, view: View, say: Wording) -> Widget:
        steps = self._steps
        steps.title, steps.name, steps.points = list(view.title), list(view.name), view.points
        steps.colour, steps.gives = theme.accent(view.accent), view.gives
        steps.steps = list(view.steps)
        steps.back_words = list(say.pair("Back"))
        steps.give_words = list(say.pair("Take a ticket for this service"))
        return steps

    def _show_number(self, view: View, say: Wording) -> Widget:
        number, fault = self._number, view.page == "fault"
        number.colour = theme.accent(view.accent)
        number.title, number.name, number.points = list(view.title), list(view.name), view.points
        number.caption, number.number = say("Your number") if view.number else "", view.number
        number.priority_words = say("Priority ticket") if view.priority else ""
        number.trouble = " · ".join(filter(None, view.hint)) if fault else ""
        number.hint = ["", ""] if fault else list(view.hint)
        number.warning = list(say.pair("Please touch this, or the number will be cancelled")) if fault else ["", ""]
        number.button = list(say.pair("I have taken my number")) if fault else ["", ""]
        number.arrow = view.page == "ticket" and view.paper
        return number

    def _show_closed(self, view: View, _say: Wording) -> Widget:
        closed = self._closed
        closed.title, (closed.again, closed.daily) = list(view.title), view.hint
        return closed

    def _touch(self, kind: Callable[[str], Event], place: int) -> None:
        if self._view and place < len(self._view.tiles):
            self._act(kind(self._view.tiles[place].service))

    def _give(self) -> None:
        if self._view:
            self._act(Touched(self._view.service))


Builder.load_file(str(Path(__file__).with_name("kiosk.kv")))
