"""The kiosk at work: window, printer and link around `kiosk.issuer`."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import ObjectProperty

from broker import clock, link, node
from broker.centre import Centre
from broker.messages import TicketIssued
from broker.printers import abilities
from broker.window.configure import lively
from broker.window.text import use_font
from kiosk import pages
from kiosk.case_prints import CaseTried, PrintCase
from kiosk.case_slip import case_slip
from kiosk.earphone import Earphone
from kiosk.glass import claimed
from kiosk.issuer import Issuer, subscriptions
from kiosk.looks import ASSUMED, GLASS_UNKNOWN, dots_per_mm, look
from kiosk.paper import render
from kiosk.press import Press, Wish, Word
from kiosk.printer import open_printer
from kiosk.screens import KioskScreen
from kiosk.slip import Line, slip
from kiosk.spoken import statement
from kiosk.store import KioskStore
from kiosk.view import view, wording


class LiveKiosk(App):
    """One kiosk.  Link and press have threads of their own, which only fill the inbox and wake us."""

    look = ObjectProperty(rebind=True)  # what kiosk.kv draws by
    nothing = 1e-6  # the share of what is hidden; a layout takes 0 for "keep your size"

    def __init__(self, setting: node.Setting, **properties: Any) -> None:
        super().__init__(**properties)
        self.setting, centre = setting, setting.centre
        self.kiosk = next(kiosk for kiosk in centre.kiosks if kiosk.name == setting.node)
        directory = node.voice_directory()
        self._earphone = Earphone(directory, centre, self._hear_voices) if self.kiosk.voice else None
        self._voice_warning = ""
        self._always: frozenset[pages.Mode] = frozenset({"low"} if self.kiosk.low else ())
        self._claimed = claimed()
        self._store = KioskStore.open(setting.state / "kiosk.sqlite", self.kiosk.numbers)
        self._inbox: deque[link.Event | Word | pages.VoicesKnown] = deque()
        self._wake = Clock.create_trigger(self._read_inbox, -1)
        topics = subscriptions(centre, setting.node)
        known = dots_per_mm(tuple(Window.size), self.kiosk.inches, self._claimed)
        warned = self._store.warned if known else (*self._store.warned, GLASS_UNKNOWN)
        self._link = link.Link(setting, "kiosk", topics, self._deliver, warned)
        self._press = Press(open_printer(self.kiosk.printer), self._draw, self._deliver)
        self._issuer = Issuer(centre, self._store, self._link, self, clock.moment())

    @property
    def centre(self) -> Centre:
        """As it reads now."""
        return self._issuer.centre

    def build(self) -> KioskScreen:
        use_font(self.centre.centre.font)
        Window.bind(size=lambda *_event: self.show(self._issuer.state))
        self._set_look()
        self._screen = KioskScreen([service.id for service in self.centre.services], self.act)
        self.show(self._issuer.state)
        return self._screen

    def on_start(self) -> None:
        """Connect once there is a window to show what comes."""
        self._link.start()
        if self._earphone:
            self._earphone.start()
        self._issuer.begin(clock.moment())
        self._press.start()  # its first look prints what is on the screen
        self._let_pass()
        node.notify("READY=1")
        if seconds := node.watchdog_seconds():
            Clock.schedule_interval(lambda _elapsed: self._feed_watchdog(), seconds / 3)

    def _feed_watchdog(self) -> None:
        if self._link.alive and self._store.alive():
            node.notify("WATCHDOG=1")

    def on_stop(self) -> None:
        """Let a ticket under way end, take what became of it, say goodbye."""
        if self._earphone:
            self._earphone.stop()
        self._press.stop()
        self._read_inbox(0)
        self._issuer.write_what_waits(clock.moment())
        self._link.stop()
        self._store.close()

    # ------------------------------------------------------------ other threads
    def _deliver(self, event: link.Event | Word | pages.VoicesKnown) -> None:
        self._inbox.append(event)
        self._wake()

    def _hear_voices(self, languages: frozenset[str], warning: str) -> None:
        self._voice_warning = warning
        self._deliver(pages.VoicesKnown(languages))

    def _draw(self, wish: Wish) -> bytes:
        if isinstance(wish, PrintCase):
            return self._render(case_slip(wish.wish, self.centre))
        ticket = wish.ticket
        issued = TicketIssued(
            number=ticket.number,
            day=ticket.day,
            service=ticket.service,
            given_at=ticket.given_at,
            priority=ticket.priority,
        )
        lines = slip(issued, self.centre, wish.language, ahead=ticket.ahead, estimate=ticket.estimate, copy=wish.copy)
        return self._render(lines)

    def _render(self, lines: Sequence[Line]) -> bytes:
        return render(lines, abilities(self.kiosk.printer), self.centre.centre.font)

    # ------------------------------------------------------------ the window's own thread
    def act(self, event: pages.Event) -> None:
        """A touch."""
        self._issuer.act(event, clock.moment())
        self._let_pass()

    def _read_inbox(self, _elapsed: float) -> None:
        while self._inbox:
            match self._inbox.popleft():
                case Exception() as fault:
                    raise fault
                case link.Connected() | link.Disconnected() | link.Received() | link.Rejected() as event:
                    self._issuer.take(event, clock.moment())
                case CaseTried() as tried:
                    self._issuer.tried(tried, clock.moment())
                case word:
                    if isinstance(word, pages.VoicesKnown):
                        self._issuer.warn((self._voice_warning,) if self._voice_warning else ())
                    self._issuer.act(word, clock.moment())
        self._let_pass()

    def _let_pass(self, *_elapsed: float) -> None:
        """The issuer's deadlines; a callback of its own, for to unschedule one would take back a wake as well."""
        self._issuer.tick(clock.moment())
        Clock.unschedule(self._let_pass)
        Clock.schedule_once(self._let_pass, self._issuer.deadline() - clock.monotonic())

    # ------------------------------------------------------------ what the issuer asks for
    def do(self, effect: pages.Effect | PrintCase) -> None:
        """Print, or read aloud."""
        match effect:
            case pages.Print():
                lively()
                self._press.print(effect)
            case PrintCase():
                self._press.print(effect)
            case pages.Say(target) if self._earphone:
                self._earphone.say(partial(statement, self._issuer.state, self.centre, target))
            case pages.Hush() if self._earphone:
                self._earphone.hush()

    def show(self, state: pages.State) -> None:
        """The kiosk is in this state."""
        self._set_look()
        heard = state.felt.target if state.felt else ""
        self._screen.show(view(state, self.centre, self._always), wording(state, self.centre), self.look, heard)

    def _set_look(self) -> None:
        size = tuple(Window.size)
        dots = dots_per_mm(size, self.kiosk.inches, self._claimed) or ASSUMED
        self.look = look(size, dots, self.kiosk.bottom_mm, self._issuer.state.modes | self._always)
        Window.clearcolor = self.look.palette.ground
