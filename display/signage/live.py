"""The screen at work: window, voice and link around `display.signage.caller`."""

from __future__ import annotations

from collections import deque
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import NumericProperty

from broker import clock, node
from broker.link import Event, Link
from broker.messages import Board, Call, Health
from broker.store import CARD_FAULT
from broker.window import theme
from broker.window.text import use_font
from display.signage import board as model
from display.signage.caller import Caller, SoundOver, subscriptions
from display.signage.said import Store
from display.signage.screens import BoardScreen
from display.voice.speaker import Speaker


class LiveScreen(App):
    """One screen of the hall.  Link and speaker have threads of their own, which only fill the inbox and wake us."""

    u = NumericProperty(10.8)  # the window's unit, for screen.kv

    def __init__(self, setting: node.Setting, **properties: Any) -> None:
        super().__init__(**properties)
        self.setting, self.centre = setting, setting.centre
        self._inbox: deque[Event | SoundOver] = deque()
        self._wake = Clock.create_trigger(self._read_inbox, -1)
        self._health = Clock.create_trigger(self._tell_health, -1)
        self._said = Store(setting.state / "said.sqlite")

    def build(self) -> BoardScreen:
        use_font(self.centre.centre.font)
        Window.clearcolor = theme.GROUND
        Window.bind(size=self._measure)
        self._measure()
        both = model.both
        self._screen = BoardScreen(
            both(self.centre, "Point"), both(self.centre, "Waiting now"), both(self.centre, "Recent calls")
        )
        self._screen.header.name = list(model.pair(self.centre, self.centre.centre.name))
        self._screen.show(model.view(None, self.centre))
        self._tick()
        return self._screen

    def on_start(self) -> None:
        """Connect once there is a window to show what comes."""
        has_voice = next(s.voice for s in self.centre.screens if s.name == self.setting.node)
        self._speaker = None
        if has_voice:
            self._speaker = Speaker(node.voice_directory(), self.centre, self._hear_end, self._health)
        self._link = Link(self.setting, "screen", subscriptions(self.centre), self._deliver, self._said.warned)
        self._caller = Caller(self.centre, self._said, self._link, self, has_voice, clock.monotonic())
        self.show(None)  # as the office edited it, if it did
        self._link.start()
        self._let_pass()
        node.notify("READY=1")
        if seconds := node.watchdog_seconds():
            Clock.schedule_interval(self._ping, seconds / 3)

    def on_stop(self) -> None:
        """Silence, and a proper goodbye to the broker."""
        if self._speaker:
            self._speaker.stop()
        self._link.stop()
        self._said.close()

    # ------------------------------------------------------------ other threads
    def _deliver(self, event: Event) -> None:
        self._inbox.append(event)
        self._wake()

    def _hear_end(self, call: str, spoken: bool) -> None:
        self._inbox.append(SoundOver(call, spoken))
        self._wake()

    # ------------------------------------------------------------ the window's own thread
    def _read_inbox(self, *_elapsed: float) -> None:
        while self._inbox:
            self._caller.take(self._inbox.popleft(), clock.moment())
        self._let_pass()

    def _let_pass(self, *_elapsed: float) -> None:
        """The caller's deadlines; a callback of its own, for to unschedule one would take back a wake as well."""
        self._caller.tick(clock.moment())
        Clock.unschedule(self._let_pass)
        if (due := self._caller.deadline(now := clock.monotonic())) is not None:
            Clock.schedule_once(self._let_pass, due - now)

    # ------------------------------------------------------------ what is seen and heard, for `Caller`
    def begin(self, call: Call) -> None:
        if self._speaker:
            self._speaker.say(call)  # before the number is drawn: the player takes longer to start
        self._screen.call(model.calling(call, self._caller.board, self._caller.centre))

    def flash(self) -> None:
        self._screen.flash()

    def ended(self, *, another: bool) -> None:
        self._health()
        if not another:
            self._screen.rest()

    def show(self, board: Board | None) -> None:
        self._screen.show(model.view(board, self._caller.centre))

    def lost(self, lost: bool) -> None:
        text = "The connection to the queue is lost; numbers may be out of date. Please listen to the officers"
        self._screen.header.lost = list(model.both(self.centre, text)) if lost else ["", ""]

    def _tell_health(self, _elapsed: float) -> None:
        warnings = self._speaker.warnings if self._speaker else ()
        self._link.health(Health(warnings=(*warnings, CARD_FAULT) if self._said.faulty else warnings))

    # ------------------------------------------------------------ time
    def _ping(self, _elapsed: float) -> None:
        if self._link.alive and self._said.alive():  # a broker that is away is no fault of ours
            node.notify("WATCHDOG=1")

    def _tick(self, *_event: Any) -> None:
        now = clock.now()
        self._screen.header.clock, date = model.moment(now, self.centre)
        self._screen.header.date = list(date)
        Clock.schedule_once(self._tick, 60 - now.second - now.microsecond / 1e6 + 0.05)

    def _measure(self, *_event: Any) -> None:
        self.u = theme.unit(*Window.size)
