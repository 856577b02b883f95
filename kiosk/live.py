"""The kiosk at work: touches, hall, printer and clock → flow → numbers, paper, facts and what is shown."""

from __future__ import annotations

import datetime as dt
from collections import deque
from contextlib import suppress
from functools import partial
from typing import Any

import apsw
from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import ObjectProperty

from broker import clock, link, node
from broker.hours import hours
from broker.link import Link
from broker.messages import Ack, Board, Health, Status, TicketIssued
from broker.outbox import Courier
from broker.printers import abilities
from broker.topics import address
from broker.window.configure import lively
from broker.window.text import use_font
from kiosk import flow, pages
from kiosk.earphone import Earphone
from kiosk.glass import claimed
from kiosk.looks import dots_per_mm, look
from kiosk.numbering import NoneLeft
from kiosk.paper import render
from kiosk.press import Press, Word
from kiosk.printer import open_printer
from kiosk.saving import Saving
from kiosk.screens import KioskScreen
from kiosk.slip import slip
from kiosk.spoken import statement
from kiosk.store import Given, KioskStore
from kiosk.view import view, warnings, wording

LOOK_AT_CLOCK = 30.0  # seconds: a clock may be set while the kiosk waits for its next opening


class LiveKiosk(App):
    """One kiosk.  Link and press have threads of their own, which only fill the inbox and wake us."""

    look = ObjectProperty(rebind=True)  # what kiosk.kv draws by
    nothing = 1e-6  # the share of what is hidden; a layout takes 0 for "keep your size"

    def __init__(self, setting: node.Setting, **properties: Any) -> None:
        super().__init__(**properties)
        self.setting, self.centre = setting, setting.centre
        self.kiosk = next(kiosk for kiosk in self.centre.kiosks if kiosk.name == setting.node)
        directory = node.voice_directory()
        self._earphone = Earphone(directory, self.centre, self._hear_voices) if self.kiosk.voice else None
        self._voice_warning = ""
        self._always: frozenset[pages.Mode] = frozenset({"low"} if self.kiosk.low else ())
        self._claimed = claimed()
        screen = self.centre.kiosk_screen
        first = self.centre.centre.languages[0]
        self._rules = pages.Rules(first, screen.ticket_seconds, screen.idle_seconds, screen.untaken_seconds)
        self._store = KioskStore.open(setting.state / "kiosk.sqlite", self.kiosk.numbers)
        self._young = self._store.settle(clock.now())
        self._saving = Saving(lambda works: self.act(pages.DiskChanged(works)))
        self._inbox: deque[link.Event | Word | pages.VoicesKnown] = deque()
        self._wake = Clock.create_trigger(self._read_inbox, -1)
        self._connected = self._hall_online = False
        self._today = self._local().date()
        self._board: Board | None = None
        self._day = self._store.day(self._today)
        self._state = flow.start(self._rules, hours(self._local(), self.centre.hours))

    def build(self) -> KioskScreen:
        use_font(self.centre.centre.font)
        Window.bind(size=lambda *_event: self._show())
        self._set_look()
        self._screen = KioskScreen([service.id for service in self.centre.services], self.act)
        self._show()
        return self._screen

    def on_start(self) -> None:
        """Connect once there is a window to show what comes."""
        site, own = self.centre.centre.site, self.setting.node
        topics = [address(site, Board), address(site, Ack, node=own), address(site, Status, node="hall")]
        self._link = Link(self.setting, "kiosk", topics, self._deliver, self._store.warned)
        self._courier = Courier(self._store.outbox, self._link.publish)
        self._press = Press(open_printer(self.kiosk.printer), self._draw, self._deliver)
        self._link.start()
        if self._earphone:
            self._earphone.start()
        self._look_at_clock()
        self._tell_health()
        if self._young:
            self.act(pages.Restored(_ticket(self._young)))
        self._press.start()  # its first look prints what is on the screen
        Clock.schedule_interval(lambda _elapsed: self._tend_store(), 1.0)
        Clock.schedule_interval(lambda _elapsed: self._look_at_clock(), LOOK_AT_CLOCK)
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
        self._saving.retry()
        self._link.stop()
        self._store.close()

    # ------------------------------------------------------------ other threads
    def _deliver(self, event: link.Event | Word | pages.VoicesKnown) -> None:
        self._inbox.append(event)
        self._wake()

    def _hear_voices(self, languages: frozenset[str], warning: str) -> None:
        self._voice_warning = warning
        self._deliver(pages.VoicesKnown(languages))

    def _draw(self, wish: pages.Print) -> bytes:
        ticket = wish.ticket
        issued = TicketIssued(
            number=ticket.number,
            day=ticket.day,
            service=ticket.service,
            given_at=ticket.given_at,
            priority=ticket.priority,
        )
        lines = slip(issued, self.centre, wish.language, ahead=ticket.ahead, estimate=ticket.estimate, copy=wish.copy)
        return render(lines, abilities(self.kiosk.printer), self.centre.centre.font)

    # ------------------------------------------------------------ the window's own thread
    def act(self, event: pages.Event) -> None:
        """Let the flow take one event, and do what it asks for."""
        before, stopped = self._state.printer, self._state.stopped
        self._state, effects = flow.step(self._rules, self._state, event)
        for effect in effects:
            self._do(effect)
        if self._state.printer in flow.PRINTS and before not in flow.PRINTS:
            self._saving.do(self._store.forgive)
        new_voice = isinstance(event, pages.VoicesKnown)
        if effects or new_voice or (self._state.printer, self._state.stopped) != (before, stopped):
            self._tell_health()
        self._show()

    def _do(self, effect: pages.Effect) -> None:
        match effect:
            case pages.Give():
                self._give(effect)
            case pages.Print():
                lively()
                self._press.print(effect)
            case pages.EnterQueue(ticket, paper):
                self._saving.do(partial(self._store.enter, ticket.key, paper=paper))
                self._saving.do(self._courier.send)
            case pages.PaperFollowed(ticket):
                self._saving.do(partial(self._store.paper_followed, ticket.key))
            case pages.Void(ticket):
                self._saving.do(partial(self._store.void, ticket.key))
                self._saving.do(self._courier.send)
            case pages.Wake(turn, seconds):
                Clock.schedule_once(lambda _elapsed: self.act(pages.TimeUp(turn)), seconds)
            case pages.Say(target) if self._earphone:
                self._earphone.say(partial(statement, self._state, self.centre, target))
            case pages.Hush() if self._earphone:
                self._earphone.hush()

    def _give(self, wish: pages.Give) -> None:
        self._look_at_clock()
        if self._state.stopped:  # the clock was set while nobody looked
            self.act(pages.NotGiven())
            return
        try:
            given = self._store.give(self.centre.service(wish.service), wish.priority, clock.now(), self._day)
        except apsw.Error:
            self._saving.do(self._store.write)  # numbers are given again when this can be written
            self.act(pages.NotGiven())
            return
        if isinstance(given, NoneLeft):
            self.act(pages.NoNumberLeft(wish.service))
        else:
            self.act(pages.NumberGiven(_ticket(given, wish.ahead, wish.estimate)))

    def _read_inbox(self, _elapsed: float) -> None:
        while self._inbox:
            match self._inbox.popleft():
                case Exception() as fault:
                    raise fault
                case link.Received(message):
                    self._hear(message)
                case link.Connected():
                    self._connected = True
                    self._saving.do(self._courier.connected)
                    self._know_link()
                case link.Disconnected():  # the hall may be gone as well: its retained word tells when we are back
                    self._connected = self._hall_online = False
                    self._know_link()
                case link.Rejected():
                    pass  # the link counts it
                case word:
                    self.act(word)

    def _hear(self, message: object) -> None:
        match message:
            case Ack(day=day, numbers=numbers):
                if day:
                    self._store.numbers_used(day, numbers)
                self._saving.do(partial(self._courier.acked, message))
            case Status(online=online):
                self._hall_online = online
                self._know_link()
            case Board():
                self._board = message
                self._look_at_clock()
                self._know_board()

    def _know_link(self) -> None:
        self.act(pages.LinkChanged(self._connected and self._hall_online))

    def _know_board(self) -> None:
        if self._board:  # another day's closed services and counts mean nothing today
            self.act(pages.BoardChanged(self._board.services if self._board.day == self._day else None))

    def _tend_store(self) -> None:
        if self._saving.works:
            self._saving.do(partial(self._courier.tick, clock.monotonic()))
        else:
            self._saving.retry()

    def _look_at_clock(self) -> None:
        now = self._local()
        held = hours(now, self.centre.hours)
        day = self._store.day(now.date(), self._board.day if self._board else None)
        if (day, now.date()) != (self._day, self._today):
            self._day, self._today = day, now.date()
            self.act(pages.DayChanged())
            self._know_board()
            self._tell_health()
        if held != self._state.hours:
            self.act(pages.HoursChanged(held))
        Clock.unschedule(self._deadline)
        if (left := (held.until - now).total_seconds()) < LOOK_AT_CLOCK:
            Clock.schedule_once(self._deadline, left)

    def _deadline(self, _elapsed: float) -> None:
        self._look_at_clock()

    def _local(self) -> dt.datetime:
        return clock.now().astimezone(self.centre.zone)

    def _tell_health(self) -> None:
        state = self._state
        unprinted = 0
        with suppress(apsw.Error):
            if state.printer not in flow.PRINTS:  # paper that a working printer is just printing is not owed
                unprinted = self._store.unprinted()
        warned = (*warnings(state, backwards=self._day > self._today), *filter(None, (self._voice_warning,)))
        self._link.health(Health(printer=state.printer, unprinted=unprinted, warnings=warned))

    # ------------------------------------------------------------ what is shown
    def _show(self) -> None:
        self._set_look()
        state = self._state
        heard = state.felt.target if state.felt else ""
        self._screen.show(view(state, self.centre, self._always), wording(state, self.centre), self.look, heard)

    def _set_look(self) -> None:
        size = tuple(Window.size)
        dots = dots_per_mm(size, self.kiosk.inches, self._claimed)
        self.look = look(size, dots, self.kiosk.bottom_mm, self._state.modes | self._always)
        Window.clearcolor = self.look.palette.ground


def _ticket(given: Given, ahead: int | None = None, estimate: int | None = None) -> pages.Ticket:
    return pages.Ticket(
        given.key, given.number, given.service, given.day, given.given_at, given.priority, ahead, estimate
    )
