"""The kiosk's widgets; `kiosk.kv` lays them out.

`KioskScreen.show` is given a `View` and hands each page its words; touches leave through `act` as events of the flow.
A property that is given the value it has stays silent, so only what changed is drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
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
from kiosk.catalogue import SHEET, Catalogue, CatalogueOpened
from kiosk.catalogue_pages import CataloguePage, DocumentPage
from kiosk.looks import Look, arrangement
from kiosk.pages import (
    MODES,
    Event,
    Explored,
    LanguageChosen,
    ModeToggled,
    NumberTaken,
    PriorityToggled,
    StepsOpened,
    Touched,
    WentHome,
)
from kiosk.view import Tile, View, Wording

DOUBLE_TOUCH = 0.25  # seconds: a trembling hand touches twice and means once


class Touchable(ButtonBehavior, BoxLayout):
    """A rounded area that answers when it is touched, not when it is left.

    `heard`: it was read aloud, and a second touch chooses it.
    """

    fill = ColorProperty(theme.CALM.surface)
    edge = ColorProperty(theme.CALM.rule)
    ink = ColorProperty(theme.CALM.rank)
    heard = BooleanProperty(False)


class BigButton(Touchable):
    """Words to touch."""

    pair = ListProperty(["", ""])
    units = NumericProperty(theme.BODY)  # of type, in the citizen's language
    units_below = NumericProperty(theme.CAPTION)
    share = NumericProperty(0.62)  # of the height, at most, for the citizen's language


class ChoiceButton(Touchable):
    """A drawing and a word of the bar below every page."""

    name = StringProperty("")
    words = StringProperty("")
    on = BooleanProperty(False)


class Tick(Widget):
    """A circle, ticked when on."""

    on = BooleanProperty(False)
    ink = ColorProperty(theme.CALM.rank)


class Arrow(Widget):
    """Points down to where the paper comes out."""

    colour = ColorProperty(theme.CALM.ink)


class ServiceTile(Touchable):
    """One service: a touch on it gives a number; the button within shows its steps."""

    form = OptionProperty("wide", options=("wide", "tall", "tight"))
    name = ListProperty(["", ""])
    points = StringProperty("")
    waiting = StringProperty("")
    expected = StringProperty("")
    why_not = StringProperty("")
    captions = ListProperty(["", "", ""])
    colour = ColorProperty(theme.CALM.rank)

    def show(self, tile: Tile, captions: list[str], palette: theme.Palette) -> None:
        """Bring it up to date."""
        self.name, self.points = list(tile.name), tile.points
        self.waiting, self.expected, self.why_not = tile.waiting, tile.expected, tile.why_not
        self.captions = captions
        self.colour = palette.accent(tile.accent) if tile.gives else palette.muted


class HomePage(BoxLayout):
    """The services in big targets."""

    title = ListProperty(["", ""])
    notice = StringProperty("")
    priority = BooleanProperty(False)
    priority_name = StringProperty("")
    priority_words = StringProperty("")

    def arrange(self, look: Look) -> None:
        """Lay the tiles out for the room they have."""
        tiles = self.tiles.children
        self.tiles.cols, form = arrangement(len(tiles), self.tiles.width, self.tiles.height, look)
        for tile in tiles:
            tile.form = form


class StepsPage(BoxLayout):
    """The steps of one service as a diagram (R1, R14)."""

    title = ListProperty(["", ""])
    name = ListProperty(["", ""])
    points = StringProperty("")
    steps = ListProperty([])
    gives = BooleanProperty(False)
    back_words = ListProperty(["", ""])
    give_words = ListProperty(["", ""])
    documents_words = ListProperty(["", ""])
    colour = ColorProperty(theme.CALM.rank)


class NumberPage(BoxLayout):
    """A number in large type: being printed, in the tray, or to be taken from the screen."""

    trouble = ListProperty(["", ""])
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
    colour = ColorProperty(theme.CALM.rank)


class ClosedPage(BoxLayout):
    """No numbers now: out of hours, or stopped."""

    title = ListProperty(["", ""])
    again = StringProperty("")
    daily = StringProperty("")


class KioskScreen(BoxLayout):
    """The whole window of a kiosk with these services.  ``act`` hears every touch that means something.

    Every target has a name (`broker.window.targets`) and a wish: the event that a touch on it stands for.
    """

    name = ListProperty(["", ""])
    listening = StringProperty("")

    def __init__(self, services: Sequence[str], act: Callable[[Event], object], **properties: Any) -> None:
        super().__init__(**properties)
        self._act = act
        self._view: View | None = None
        self._say: Wording | None = None
        self._look: Look | None = None
        self._wishes: dict[str, tuple[Touchable, Callable[[], Event]]] = {}
        self._touched_at = float("-inf")
        self._home, self._steps, self._number, self._closed = HomePage(), StepsPage(), NumberPage(), ClosedPage()
        self._catalogue = CataloguePage([BigButton() for _ in range(max(SHEET.values()))])
        self._document = DocumentPage()
        self._tiles = [ServiceTile() for _ in services]
        for service, tile in zip(services, self._tiles, strict=True):
            self._home.tiles.add_widget(tile)
            self._offer(tile, f"service-{service}", partial(Touched, service))
            self._offer(tile.steps_button, f"steps-{service}", partial(StepsOpened, service))
        self._choices: dict[str, ChoiceButton] = {}
        choices: dict[str, Callable[[], Event]] = {mode: partial(ModeToggled, mode) for mode in MODES}
        for choice, wish in ({"language": self._other_language} | choices).items():
            self._choices[choice] = ChoiceButton(name=choice)
            self._offer(self._choices[choice], choice, wish)
        self._offer(self._home.priority_button, "priority", PriorityToggled)
        self._offer(self._steps.back, "home", WentHome)
        self._offer(self._steps.give, "give", lambda: Touched(self._view.service if self._view else ""))
        self._offer_catalogue()
        self._offer(self._number.taken, "taken", NumberTaken)
        target(self._number.number_label, "fault-number")
        self._home.tiles.bind(size=self._arrange)

    def _offer(self, widget: Touchable, name: str, wish: Callable[[], Event]) -> None:
        self._wishes[name] = target(widget, name), wish
        widget.bind(on_press=lambda _widget: self._act(wish()))

    def _offer_catalogue(self) -> None:
        def seen() -> View:
            assert self._view  # what can be touched has been shown
            return self._view

        def turned(first: int | None = None, place: int | None = None) -> Event:
            here = seen()
            document = "" if place is None else here.rows[place].document
            return CatalogueOpened(Catalogue(here.service, here.first if first is None else first, document))

        self._offer(self._steps.documents, "documents", lambda: turned(0))
        for place, row in enumerate(self._catalogue.buttons):
            self._offer(row, f"document-{place}", partial(turned, place=place))
        self._offer(self._catalogue.back, "steps", lambda: StepsOpened(seen().service))
        self._offer(self._catalogue.more, "more", lambda: turned(self._catalogue.following))
        self._offer(self._document.back, "catalogue", turned)
        target(self._document.code, "code")

    def _arrange(self, *_event: Any) -> None:
        if self._look:
            self._home.arrange(self._look)

    def _other_language(self) -> Event:
        assert self._view  # what can be touched has been shown
        return LanguageChosen(self._view.following)

    def on_touch_down(self, touch: Any) -> bool:
        """Swallow the second of two quick touches; let a spoken page be explored."""
        now = Clock.get_time()
        stray, self._touched_at = now - self._touched_at < DOUBLE_TOUCH, now
        if stray:
            return True
        if self.listening:
            name = self._under(touch)
            self._act(Explored(name, self._wishes[name][1]() if name else None, now))
            return True
        return bool(super().on_touch_down(touch))

    def offered(self) -> Iterator[tuple[str, Touchable]]:
        """The targets of the page that is shown, by their names."""
        for name, (widget, _wish) in self._wishes.items():
            if widget.get_parent_window() and not widget.disabled:
                yield name, widget

    def _under(self, touch: Any) -> str:
        """The innermost target under a finger, or ""."""
        found = [(w.width * w.height, name) for name, w in self.offered() if w.collide_point(*touch.pos)]
        return min(found)[1] if found else ""

    def show(self, view: View, say: Wording, look: Look, heard: str = "") -> None:
        """Bring the window up to date; ``heard`` is the target that a second touch chooses."""
        turned = self._view is None or view.page != self._view.page
        self._view, self._say, self._look = view, say, look
        self.name, self.listening = list(say.named(say.centre.centre.name)), view.listening
        for name, (widget, _wish) in self._wishes.items():
            widget.heard = name == heard
        self._show_choices(view)
        shown = {
            "home": self._show_home,
            "steps": self._show_steps,
            "catalogue": self._show_catalogue,
            "document": self._show_document,
            "closed": self._show_closed,
            "stopped": self._show_closed,
        }.get(view.page, self._show_number)(view, say, look.palette)
        if self.body.children != [shown]:
            self.body.clear_widgets()
            self.body.add_widget(shown)
        self._arrange()
        if turned:
            page(view.page)

    def _show_choices(self, view: View) -> None:
        for choice in view.choices:
            self._choices[choice.name].words, self._choices[choice.name].on = choice.words, choice.on
        buttons = [self._choices[choice.name] for choice in view.choices]
        if self.bar.children[::-1] != buttons:
            self.bar.clear_widgets()
            for button in buttons:
                self.bar.add_widget(button)

    def _show_home(self, view: View, say: Wording, palette: theme.Palette) -> Widget:
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
            tile.show(words, captions, palette)
        return home

    def _show_steps(self, view: View, say: Wording, palette: theme.Palette) -> Widget:
        steps = self._steps
        steps.title, steps.name, steps.points = list(view.title), list(view.name), view.points
        steps.colour, steps.gives = palette.accent(view.accent), view.gives
        steps.steps = list(view.steps)
        steps.back_words = list(say.pair("Back"))
        steps.give_words = list(say.pair("Take a ticket for this service"))
        steps.documents_words = list(say.pair("Documents to read")) if view.documents else ["", ""]
        return steps

    def _show_catalogue(self, view: View, say: Wording, palette: theme.Palette) -> Widget:
        self._catalogue.show(view, say, palette, SHEET[bool(self._look and self._look.upright)])
        return self._catalogue

    def _show_document(self, view: View, say: Wording, palette: theme.Palette) -> Widget:
        self._document.show(view, say, palette)
        return self._document

    def _show_number(self, view: View, say: Wording, palette: theme.Palette) -> Widget:
        number, fault = self._number, view.page == "fault"
        number.colour = palette.accent(view.accent)
        number.title, number.name, number.points = list(view.title), list(view.name), view.points
        number.caption, number.number = say("Your number") if view.number else "", view.number
        number.priority_words = say("Priority ticket") if view.priority else ""
        number.trouble = list(view.hint) if fault else ["", ""]
        number.hint = ["", ""] if fault else list(view.hint)
        number.warning = list(say.pair("Please touch this, or the number will be cancelled")) if fault else ["", ""]
        number.button = list(say.pair("I have taken my number")) if fault else ["", ""]
        number.arrow = view.page == "ticket" and view.paper
        return number

    def _show_closed(self, view: View, _say: Wording, _palette: theme.Palette) -> Widget:
        closed = self._closed
        closed.title, (closed.again, closed.daily) = list(view.title), view.hint
        return closed


Builder.load_file(str(Path(__file__).with_name("kiosk.kv")))
