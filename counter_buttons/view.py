"""The panel's window: a console for each point, and the real counter node that works under it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget

from broker import clock, node
from broker.centre import Centre
from broker.language.catalogue import N_, plurals, words
from broker.messages import PointStatus, Rated
from broker.window import targets, theme
from broker.window.text import ThaiLabel, use_font
from counter_buttons import faces
from counter_buttons.bindings import bindings
from counter_buttons.buttons import Bench
from counter_buttons.console import FACE, wires
from counter_buttons.lamp import Light
from counter_buttons.node import Node
from counter_buttons.plates import DESIGN, Display, Ground, Key, Plate, Smiley
from counter_buttons.smileys import open_survey

THANKS_SECONDS = 4.0
NARROW = 0.7  # of the design's width
CAPTIONS = 0.88 * theme.TITLE  # so that all five stand side by side within their frame
log = logging.getLogger(__name__)
CHATTER = 4  # how often a bad contact opens again before it rests
KEYS = {"call": theme.colour("#0b57a4"), "serve": theme.colour("#1b6e3c"), "more": theme.colour("#4f5d6e")}
STATES = {
    "closed": N_("Closed"), "idle": N_("Free"), "called": N_("Calling"),
    "serving": N_("Being served"), "provided": N_("Provided"),
}  # fmt: skip
MEANINGS = {
    "next": N_("Call next"), "recall": N_("Call again"), "start": N_("Start service"), "provided": N_("Provided"),
    "finish": N_("Finish"), "no_show": N_("Skip"), "hold": N_("Set aside"), "resume": N_("Resume"),
    "call_back": N_("Call back a skipped ticket"), "open": N_("Open the point"), "close": N_("Pause the point"),
    "advance": N_("Call, start, finish"), "step": N_("Start / Finish"), "set_aside": N_("Skip / Set aside"),
    "insist": N_("Call again, then skip"), "transfer": N_("Transfer to {service}"),
    "transfer_or_pause": N_("Transfer to {service} / Pause"),
    "open_service": N_("Open service {service}"), "close_service": N_("Close service {service}"),
}  # fmt: skip


class ConsoleView(Widget):  # type: ignore[misc]
    """One point: what its officer and its citizen have before them."""

    def __init__(self, centre: Centre, point: int, press: Callable[[int, str, bool], None]) -> None:
        super().__init__()
        self._centre, self._point, self._press = centre, point, press
        language = centre.centre.languages[0]
        self._words, self._plurals = words(language), plurals(language)
        services = centre.services_of(point)
        place = next((n for n, service in enumerate(centre.services) if service.id == services[0]), 0)
        name = centre.service(services[0]).name[language]
        self._ground = Ground(theme.CALM.accent(place), self._words("Point {point}").format(point=point), name)
        self._ground.thanks.text = "\n".join(words(spoken)("Thank you") for spoken in centre.centre.languages[:2])
        targets.target(self._ground.thanks, f"{point}-thanks")
        self._end_thanks = Clock.create_trigger(lambda _elapsed: self._thank(False), THANKS_SECONDS)
        self._display = Display((16, 104, 288, 130))
        self._parts: list[Plate] = [self._ground, self._display]
        self._smileys: list[Smiley] = []
        self._captions: list[ThaiLabel] = []
        self._add_keys(bindings(centre, point))
        self._add_faces()
        for part in self._parts:
            self.add_widget(part)
        self.bind(pos=self._place, size=self._place)
        self.show(None, open_=False)

    def _add_keys(self, bound: dict[str, str]) -> None:
        keys = [wire for wire in wires(self._centre, self._point) if not wire.startswith(FACE)]
        each = 350 / max(1, len(keys))
        for n, wire in enumerate(keys):
            short, long = (self._meaning(bound.get(f"{wire}.{kind}")) for kind in ("short", "long"))
            held = self._words("Hold: {meaning}").format(meaning=long) if long else ""
            colour = KEYS.get(wire, theme.CALM.accent(n))
            key = Key((16, 246 + n * each, 288, each - 12), colour, short, held, self._presser(wire))
            self._parts.append(targets.target(key, f"{self._point}-{wire}"))

    def _add_faces(self) -> None:
        levels = self._centre.survey.levels
        each = 280 / levels
        for level in range(1, levels + 1):
            left = 20 + (level - 1) * each
            face = Smiley((left + (each - 50) / 2, 694, 50, 50), level, levels, self._presser(f"{FACE}{level}"))
            self._smileys.append(face)
            self._parts.append(targets.target(face, f"{self._point}-{FACE}{level}"))
            text = self._words(faces.LEVELS[level - 1 if levels == 5 else (level - 1) * 2])
            place = (left, 748, each, 70)
            self._captions.append(self._ground.say(place, CAPTIONS, text=text, halign="center", valign="top"))

    def _presser(self, wire: str) -> Callable[[bool], None]:
        return lambda down: self._press(self._point, wire, down)

    def _meaning(self, binding: str | None) -> str:
        word, _, service = (binding or "").partition(":")
        return self._words(MEANINGS[word]).format(service=service) if word else ""

    def _place(self, *_event: object) -> None:
        across, down = self.width / DESIGN[0], self.height / DESIGN[1]
        narrow, last = across < NARROW, len(self._captions) - 1
        each = 280 / (last + 1)
        for n, caption in enumerate(self._captions):
            over = 3 if n in (0, last) and not narrow else 7  # beside others the scale's ends stay within its frame
            place = (20 + n * each - over, 748, each + 2 * over, 70)
            self._ground.fit(caption, place, theme.TITLE if narrow else CAPTIONS)
        for part in self._parts:
            left, top, width, height = part.place
            part.size = width * across, height * down
            part.pos = self.x + left * across, self.top - (top + height) * down
        for caption in self._captions[1:-1]:  # a narrow console names the ends of the scale alone
            caption.opacity = float(not narrow)

    def show(self, status: PointStatus | None, open_: bool) -> None:
        """The hall's word about the point; ``open_``: its faces may be tapped."""
        self._display.ticket.text = (status.ticket if status else None) or "–"
        self._display.state.text = self._state(status)
        self._ground.question.text = self._words(faces.QUESTION if open_ else N_("The rating opens after the service"))
        self._ground.question.color = theme.INK if open_ else theme.MUTED
        for caption in self._captions:
            caption.color = theme.INK if open_ else theme.MUTED
        for smiley in self._smileys:
            if smiley.open != open_:
                smiley.open = open_
                smiley.repaint()

    def thank(self) -> None:
        """A vote was kept: say so for a few seconds, whatever the hall says meanwhile."""
        self._end_thanks.cancel()
        self._end_thanks()
        self._thank(True)

    def _thank(self, shown: bool) -> None:
        self._ground.thanks.opacity, self._ground.question.opacity = float(shown), float(not shown)

    def _state(self, status: PointStatus | None) -> str:
        if status is None:
            return ""
        paused = status.state == "closed" and status.officer is not None
        state = self._words(N_("Paused") if paused else STATES[status.state])
        waiting = self._plurals("{count} waiting", "{count} waiting", status.waiting).format(count=status.waiting)
        return f"{state}  {waiting}" if status.waiting else state

    def shine(self, light: Light) -> None:
        """The lamp's pins changed."""
        self._display.light = light
        self._display.repaint()


class Panel(Widget):  # type: ignore[misc]
    """All consoles of a node, side by side."""

    def __init__(self, centre: Centre, points: tuple[int, ...], press: Callable[[int, str, bool], None]) -> None:
        super().__init__()
        self.consoles = {point: ConsoleView(centre, point, press) for point in points}
        for console in self.consoles.values():
            self.add_widget(console)
        self._open: set[int] = set()
        self._closing: dict[int, Any] = {}  # point → Kivy's event that closes its faces in time
        self.bind(pos=self._place, size=self._place)
        targets.page("points")

    def _place(self, *_event: object) -> None:
        each = self.width / len(self.consoles)
        for n, console in enumerate(self.consoles.values()):
            console.pos, console.size = (self.x + n * each, self.y), (each, self.height)

    def heard(self, status: PointStatus) -> None:
        """The hall's word about a point, from any thread."""
        Clock.schedule_once(lambda _elapsed: self._hear(status), 0)

    def lit(self, point: int, light: Light) -> None:
        """A lamp changed, from any thread."""
        Clock.schedule_once(lambda _elapsed: self.consoles[point].shine(light), 0)

    def thanked(self, rated: Rated) -> None:
        """A vote was kept at a point, from any thread."""
        Clock.schedule_once(lambda _elapsed: self.consoles[rated.point].thank(), 0)

    def _hear(self, status: PointStatus) -> None:
        if closing := self._closing.pop(status.point, None):
            closing.cancel()
        self._show(status)

    def _show(self, status: PointStatus) -> None:
        survey = open_survey(status, clock.now())
        (self._open.add if survey else self._open.discard)(status.point)
        self.consoles[status.point].show(status, open_=survey is not None)
        targets.page("survey" if self._open else "points")
        if survey:
            left = (survey.until - clock.now()).total_seconds()
            self._closing[status.point] = Clock.schedule_once(lambda _elapsed: self._show(status), left + 0.01)


class PanelApp(App):  # type: ignore[misc]
    """Shows the panel; ``chatter``: every contact bounces as cheap ones do."""

    def __init__(self, setting: node.Setting, chatter: bool) -> None:
        super().__init__()
        self._setting, self._chatter = setting, chatter
        use_font(setting.centre.centre.font)
        points = next(buttons.points for buttons in setting.centre.buttons if buttons.name == setting.node)
        self._panel = Panel(setting.centre, points, self._press)
        self._bench = Bench(setting.centre, points, self._panel.lit)
        self._node = Node(setting, self._bench.chips, self._panel.heard, self._panel.thanked)
        self._thread = threading.Thread(target=self._work, name="counter-node")
        self.failed = False

    def build(self) -> Widget:
        Window.clearcolor = theme.GROUND
        return self._panel

    def on_start(self) -> None:
        self._thread.start()

    def on_stop(self) -> None:
        self._node.stop()
        self._thread.join(10)

    def _work(self) -> None:
        try:
            self._node.run()
        except Exception:
            log.exception("the counter node ended")
            self.failed = True
            Clock.schedule_once(lambda _elapsed: self.stop(), 0)

    def _press(self, point: int, wire: str, down: bool) -> None:
        for _ in range(CHATTER if self._chatter else 0):
            self._bench.contact(point, wire, down)
            self._bench.contact(point, wire, not down)
        self._bench.contact(point, wire, down)
