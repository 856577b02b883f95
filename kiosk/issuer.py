"""What a kiosk does between events, without window, threads, clocks or devices: they are arguments.

`kiosk.live` drives it with real ones, the simulation with its own; both run this code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

import apsw

from broker import link
from broker.centre import Centre
from broker.clock import Moment
from broker.hall_clock import HallClock
from broker.hours import Hours, Open, hours
from broker.messages import Ack, Board, Health, Office, Print, Status
from broker.office_copy import OfficeCopy
from broker.outbox import Courier
from broker.topics import address
from kiosk import flow, pages
from kiosk.case_prints import CaseTried, PrintCase
from kiosk.numbering import NoneLeft
from kiosk.saving import Saving
from kiosk.store import Given, KioskStore
from kiosk.view import warnings

LOOK_AT_CLOCK = 30.0  # seconds: a clock may be set while the kiosk waits for its next opening
TEND_SECONDS = 1.0  # how often what waits for the card or for the hall is looked at, while anything does


class Front(Protocol):
    """What the citizen sees, and the printer."""

    def do(self, effect: pages.Effect | PrintCase) -> None:
        """An effect that touches nothing but the front: `pages.Print` and `PrintCase`, to be answered in
        their own time."""

    def show(self, state: pages.State) -> None:
        """The kiosk is in this state."""


def subscriptions(centre: Centre, name: str) -> list[str]:
    """The topics that this kiosk must hear."""
    site = centre.centre.site
    hall = [address(site, Board), address(site, Office), address(site, Status, node="hall")]
    return [*hall, address(site, Ack, node=name), address(site, Print, node=name)]


class Issuer:
    """One kiosk.  Hand over what happens (`act`, `take`), and call `tick` at `deadline`."""

    def __init__(self, centre: Centre, store: KioskStore, wire: link.Wire, front: Front, moment: Moment) -> None:
        screen, first = centre.kiosk_screen, centre.centre.languages[0]
        self._rules = pages.Rules(first, screen.ticket_seconds, screen.idle_seconds, screen.untaken_seconds)
        self._office = OfficeCopy(centre, store.office.parts())
        self._store, self._wire, self._front = store, wire, front
        self._more: tuple[str, ...] = ()
        self._young = store.settle(moment)
        self._cases = store.case_prints(wire.publish)
        self._courier = Courier(store.outbox, wire.publish)
        self._moment = moment
        self._saving = Saving(lambda works: self.act(pages.DiskChanged(works), self._moment))
        self._connected = self._hall_online = False
        self._hall_clock = HallClock()
        self._board: Board | None = None
        local = self._local(moment)
        self._today = local.date()
        self._day = store.day(self._today)
        self._wake: tuple[float, int] | None = None  # when the page's time is up, and its turn
        self._tend_due: float | None = moment.at
        self._clock_due = moment.at
        self.state = flow.start(self._rules, self._hours(moment))

    @property
    def centre(self) -> Centre:
        """The centre as centre.toml and what the office edited make it."""
        return self._office.centre

    def begin(self, moment: Moment) -> None:
        """The front is there: a number that was given just before the last stop goes back on the screen."""
        self._look_at_clock(moment)
        self._tell_health()
        self.act(pages.CardKnown(self._store.outbox.joined), moment)
        if self._young:
            self.act(pages.Restored(_ticket(self._young)), moment)

    # ------------------------------------------------------------ what happens
    def act(self, event: pages.Event, moment: Moment) -> None:
        """Let the flow take one event, and do what it asks for."""
        self._moment = moment
        before, stopped = self.state.printer, self.state.stopped
        self.state, effects = flow.step(self._rules, self.state, event)
        for effect in effects:
            self._do(effect, moment)
        if self.state.printer in flow.PRINTS and before not in flow.PRINTS:
            self._save(self._store.forgive, moment)
        if effects or (self.state.printer, self.state.stopped) != (before, stopped):
            self._tell_health()
        self._front.show(self.state)
        self._print_for_cases(moment)

    def tried(self, what: CaseTried, moment: Moment) -> None:
        """What became of a case's paper."""
        self._cases.tried(what)
        self._print_for_cases(moment)

    def take(self, event: link.Event, moment: Moment) -> None:
        """A word of the link."""
        match event:
            case link.Received(Office() as said, part):
                if self._office.hear(said, part):
                    self._save(partial(self._store.office.keep, said), moment)
                    self._look_at_clock(moment)  # its hours may be others
                    self._front.show(self.state)
            case link.Received(Print() as wish, _, retained):
                if not retained:  # else nobody knows when it was said
                    self._cases.hear(wish, moment._replace(now=self._hall_clock.tells(moment)), self.centre)
                    self._print_for_cases(moment)
            case link.Received(message, _, retained):
                if isinstance(message, Ack | Board) and not retained:
                    self._hall_clock.hear(message.at, moment)
                self._hear(message, moment)
            case link.Connected():
                self._connected = True
                self._save(partial(self._courier.connected, moment), moment)
                self._know_link(moment)
            case link.Disconnected():  # the hall may be gone as well: its retained word tells when we are back
                self._connected = self._hall_online = False
                self._know_link(moment)

    def tick(self, moment: Moment) -> None:
        """Time has passed."""
        if self._wake and moment.at >= self._wake[0]:
            (_, turn), self._wake = self._wake, None
            self.act(pages.TimeUp(turn), moment)
        if self._tend_due is not None and moment.at >= self._tend_due:
            if self._saving.works:
                self._save(partial(self._courier.tick, moment), moment)
            else:
                self.write_what_waits(moment)
        if moment.at >= self._clock_due:
            self._look_at_clock(moment)
        self._cases.expire(moment.at)

    def deadline(self) -> float:
        """When `tick` is wanted next, by the monotonic clock."""
        due = [self._clock_due, self._tend_due, self._wake[0] if self._wake else None, self._cases.due]
        return min(d for d in due if d is not None)

    def warn(self, more: tuple[str, ...]) -> None:
        """What else staff should know of this kiosk, from now on."""
        self._more = more
        self._tell_health()

    def write_what_waits(self, moment: Moment) -> None:
        """Try again what the card did not take."""
        self._moment = moment
        self._saving.retry()
        self._plan(moment)

    # ------------------------------------------------------------ inside
    def _do(self, effect: pages.Effect, moment: Moment) -> None:
        match effect:
            case pages.Give():
                self._give(effect, moment)
            case pages.EnterQueue(ticket, paper):
                self._save(partial(self._store.enter, ticket.key, paper=paper), moment)
                self._save(partial(self._courier.send, moment), moment)
            case pages.PaperFollowed(ticket):
                self._save(partial(self._store.paper_followed, ticket.key), moment)
            case pages.Void(ticket):
                self._save(partial(self._store.void, ticket.key), moment)
                self._save(partial(self._courier.send, moment), moment)
            case pages.Wake(turn, seconds):
                self._wake = moment.at + seconds, turn
            case _:
                self._front.do(effect)

    def _print_for_cases(self, moment: Moment) -> None:
        """Whoever stands at the glass goes first: paper that comes out meanwhile would be taken for a ticket."""
        if isinstance(self.state.page, pages.Giving | pages.Printing | pages.Fault | pages.Taken):
            return
        if paper := self._cases.next(moment.at):
            self._front.do(paper)

    def _give(self, wish: pages.Give, moment: Moment) -> None:
        self._look_at_clock(moment)
        if self.state.stopped:  # the clock was set while nobody looked
            self.act(pages.NotGiven(), moment)
            return
        try:
            service, sure = self.centre.service(wish.service), self._hall_clock.sure(moment)
            given = self._store.give(
                service,
                wish.priority,
                self._hall_clock.tells(moment),
                self._day,
                moment.since,
                sure=sure,
                estimate=wish.estimate,
            )
        except apsw.Error:
            self._save(self._store.write, moment)  # numbers are given again when this can be written
            self.act(pages.NotGiven(), moment)
            return
        if isinstance(given, NoneLeft):
            self.act(pages.NoNumberLeft(wish.service), moment)
        else:
            self.act(pages.NumberGiven(_ticket(given, wish.ahead, wish.estimate)), moment)

    def _hear(self, message: object, moment: Moment) -> None:
        match message:
            case Ack(day=day, numbers=numbers):
                if day:
                    self._save(partial(self._store.numbers_used, day, numbers), moment)
                self._save(partial(self._courier.acked, message, moment), moment)
                if not self.state.card_known and self._saving.works:
                    self.act(pages.CardKnown(True), moment)
            case Status(online=online):
                self._hall_online = online
                self._know_link(moment)
            case Board():
                self._board = message
                self._look_at_clock(moment)
                self._know_board(moment)

    def _know_link(self, moment: Moment) -> None:
        self.act(pages.LinkChanged(self._connected and self._hall_online), moment)

    def _know_board(self, moment: Moment) -> None:
        if self._board:  # another day's closed services and counts mean nothing today
            same = self._board.day == self._day
            services = self._board.services if same else None
            if not self._hall_clock.sure(moment) and not (
                same and any(service.open for service in self._board.services)
            ):
                services = ()  # nobody can say that the day which it tells of is today
            self.act(pages.BoardChanged(services), moment)

    def _save(self, write: Callable[[], object], moment: Moment) -> None:
        self._moment = moment
        self._saving.do(write)
        self._plan(moment)

    def _plan(self, moment: Moment) -> None:
        waits = True
        with suppress(apsw.Error):
            waits = not self._saving.works or bool(self._store.outbox.pending(1))
        self._tend_due = moment.at + TEND_SECONDS if waits else None

    def _look_at_clock(self, moment: Moment) -> None:
        now = self._local(moment)
        held = self._hours(moment)
        day = self._store.day(now.date(), self._board.day if self._board else None)
        if (day, now.date()) != (self._day, self._today):
            self._day, self._today = day, now.date()
            self.act(pages.DayChanged(), moment)
            self._know_board(moment)
            self._tell_health()
        if held != self.state.hours:
            self.act(pages.HoursChanged(held), moment)
        left = (held.until - now).total_seconds()
        self._clock_due = moment.at + min(LOOK_AT_CLOCK, max(left, 0.0) + 0.001)

    def _local(self, moment: Moment) -> dt.datetime:
        return self._hall_clock.tells(moment).astimezone(self.centre.zone)

    def _hours(self, moment: Moment) -> Hours:
        """Whoever stands here while nobody knows the time finds the office open."""
        local = self._local(moment)
        if not self._hall_clock.sure(moment):
            return Open(local + dt.timedelta(days=1))
        return hours(local, self.centre.hours, self.centre.days_off)

    def _tell_health(self) -> None:
        unprinted = 0
        with suppress(apsw.Error):
            if self.state.printer not in flow.PRINTS:  # paper that a working printer is just printing is not owed
                unprinted = self._store.unprinted()
        warned = (*warnings(self.state, backwards=self._day > self._today), *self._more)
        self._wire.health(Health(printer=self.state.printer, unprinted=unprinted, warnings=warned))


def _ticket(given: Given, ahead: int | None = None, estimate: int | None = None) -> pages.Ticket:
    return pages.Ticket(
        given.key, given.number, given.service, given.day, given.given_at, given.priority, ahead, estimate
    )
