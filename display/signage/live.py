"""The screen at work: what the link delivers → what is shown, said and confirmed."""

from __future__ import annotations

from collections import deque
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import NumericProperty

from broker import clock, node
from broker.link import Connected, Disconnected, Event, Link, Received
from broker.messages import RECENT_CALLS, Announced, Board, Call, Health, Status
from broker.store import CARD_FAULT
from broker.topics import address
from broker.window import theme
from broker.window.text import use_font
from display.signage import board as model
from display.signage.announcing import Announcing
from display.signage.said import Store
from display.signage.screens import BoardScreen
from display.voice.speaker import Speaker

HOPELESS_SECONDS = 60.0  # an announcement that did not end by then never will
PATIENCE_SECONDS = 5.0  # so long after its start a screen may be without the hall before it says so


class LiveScreen(App):
    """One screen of the hall.  Link and speaker have threads of their own, which only fill the inbox and wake us."""

    u = NumericProperty(10.8)  # the window's unit, for screen.kv

    def __init__(self, setting: node.Setting, **properties: Any) -> None:
        super().__init__(**properties)
        self.setting, self.centre = setting, setting.centre
        self._inbox: deque[Event | tuple[str, bool]] = deque()
        self._wake = Clock.create_trigger(self._read_inbox, -1)
        self._health = Clock.create_trigger(self._tell_health, -1)
        self._board: Board | None = None
        self._absent = True  # since the last board: what was called meanwhile may still be to be said
        self._connected = self._hall_online = self._patient = True
        self._said = Store(setting.state / "said.sqlite")
        self._announcing = Announcing(self._said, self.centre.calling)
        self._shown_long_enough = self._sound_over = self._spoken = False

    def build(self) -> BoardScreen:
        use_font(self.centre.centre.font)
        Window.clearcolor = theme.GROUND
        Window.bind(size=self._measure)
        self._measure()
        both = model.both
        self._screen = BoardScreen(
            both(self.centre, "Point")[0],
            both(self.centre, "waiting"),
            both(self.centre, "Waiting now"),
            both(self.centre, "Recent calls"),
        )
        self._screen.header.name = list(model.pair(self.centre, self.centre.centre.name))
        self._show_board()
        self._tick()
        return self._screen

    def on_start(self) -> None:
        """Connect once there is a window to show what comes."""
        site = self.centre.centre.site
        has_voice = next(s.voice for s in self.centre.screens if s.name == self.setting.node)
        self._speaker = None
        if has_voice:
            self._speaker = Speaker(node.voice_directory(), self.centre, self._hear_end, self._health)
        topics = [address(site, Board), address(site, Call), address(site, Status, node="hall")]
        self._link = Link(self.setting, "screen", topics, self._deliver)
        self._link.start()
        Clock.schedule_once(self._lose_patience, PATIENCE_SECONDS)
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
        self._inbox.append((call, spoken))
        self._wake()

    # ------------------------------------------------------------ the window's own thread
    def _read_inbox(self, _elapsed: float) -> None:
        while self._inbox:
            match self._inbox.popleft():
                case Received(Board() as board):
                    self._take_board(board)
                case Received(Call() as call):
                    self._announcing.hear(call, clock.now())
                case Received(Status(online=online)):
                    self._hall_online = online
                case Connected():
                    self._connected = True
                case Disconnected():
                    # the hall may be gone as well: its retained word will tell when we are back
                    self._connected, self._hall_online, self._absent = False, False, True
                case (str(call), bool(spoken)) if self._announcing.current and call == self._announcing.current.call:
                    self._sound_over, self._spoken = True, spoken
                    if not spoken:
                        self._screen.flash()
                    self._go_on()
        self._show_connection()
        self._start_next()

    def _take_board(self, board: Board) -> None:
        if self._absent:
            self._absent = False
            self._announcing.come_back(board, clock.now())
        self._patient = False
        self._board = board
        self._show_board()

    def _show_board(self) -> None:
        self._screen.show(model.view(self._board, self.centre), RECENT_CALLS)

    def _show_connection(self) -> None:
        lost = not (self._connected and self._hall_online and (self._board or self._patient))
        text = "The connection to the queue is lost; numbers may be out of date. Please listen to the officers"
        self._screen.banner.pair = list(model.both(self.centre, text)) if lost else ["", ""]

    def _lose_patience(self, _elapsed: float) -> None:
        self._patient = False
        self._show_connection()

    # ------------------------------------------------------------ announcing
    def _start_next(self) -> None:
        call = self._announcing.start()
        if call is None:
            return
        self._said.add(call.call, clock.now())  # before the first sound: a restart must not say it again
        self._shown_long_enough = self._spoken = False
        self._sound_over = self._speaker is None
        if self._speaker:
            self._speaker.say(call)  # before the number is drawn: the player takes longer to start
        self._screen.call(model.calling(call, self._board, self.centre))
        Clock.schedule_once(self._seen, self.centre.calling.shown_seconds)  # spoken or not
        Clock.schedule_once(self._give_up, HOPELESS_SECONDS)

    def _seen(self, _elapsed: float) -> None:
        self._shown_long_enough = True
        self._go_on()

    def _give_up(self, _elapsed: float) -> None:
        self._sound_over = True
        self._go_on()

    def _go_on(self) -> None:
        call = self._announcing.current
        if call is None or not (self._shown_long_enough and self._sound_over):
            return
        Clock.unschedule(self._give_up)
        self._link.publish(Announced(call.call, self._spoken, clock.now()))
        self._announcing.finish()
        self._health()
        self._start_next()
        if self._announcing.current is None:
            self._screen.rest()

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
