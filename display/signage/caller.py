"""What a screen does between events, without window, voice, threads or clocks: they are arguments.

`display.signage.live` drives it with real ones, the simulation with its own; both run this code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from msgspec.structs import replace

from broker import link
from broker.centre import Centre
from broker.clock import Moment
from broker.hall_clock import HallClock
from broker.messages import Announced, Board, Call, Office, Status
from broker.office import Announcement
from broker.office_copy import OfficeCopy
from broker.office_rules import announced, announced_until
from broker.topics import address
from display.signage.announcing import Announcing
from display.signage.said import Store

HOPELESS_SECONDS = 60.0  # an announcement that did not end by then never will
LONGEST_SECONDS = 3600.0  # of sleep while something is to be announced: the hall's clock may be set meanwhile
PATIENCE_SECONDS = 5.0  # so long after its start a screen may be without the hall before it says so


@dataclass(frozen=True)
class SoundOver:
    """The voice is done with a call; ``spoken`` is False where it could not say it."""

    call: str
    spoken: bool


class Wall(Protocol):
    """What the citizens who wait see and hear."""

    def begin(self, call: Call) -> None:
        """Say the call, if there is a voice, and show it; a voice answers with `SoundOver`."""

    def flash(self) -> None:
        """The call that is shown was not spoken: draw all eyes to it."""

    def ended(self, *, another: bool) -> None:
        """The announcement is over; ``another`` is shown already, else the screen rests."""

    def show(self, board: Board | None) -> None:
        """The hall's board; None: it was never heard."""

    def lost(self, lost: bool) -> None:
        """Whether what is shown may be out of date."""


def subscriptions(centre: Centre) -> list[str]:
    """The topics that a screen must hear."""
    site = centre.centre.site
    return [address(site, kind) for kind in (Board, Call, Office)] + [address(site, Status, node="hall")]


class Caller:
    """One screen.  Hand over what happens (`take`), and call `tick` at `deadline`."""

    def __init__(self, centre: Centre, said: Store, wire: link.Wire, wall: Wall, voice: bool, at: float) -> None:
        self.board: Board | None = None
        self._rules = centre.calling
        self._office = OfficeCopy(centre, said.office.parts())
        self._announced: tuple[Announcement, ...] = ()  # of now
        self._announced_until: float | None = None
        self._said, self._wire, self._wall, self._voice = said, wire, wall, voice
        self._announcing = Announcing(said, centre.calling)
        self._hall_clock = HallClock()
        self._absent = True  # since the last board: what was called meanwhile may still be to be said
        self._connected = self._hall_online = True
        self._patient_until = at + PATIENCE_SECONDS
        self._shown_until = self._hopeless_at = at  # of the call that is announced
        self._sound_over = self._spoken = False

    @property
    def centre(self) -> Centre:
        """The centre as centre.toml and what the office edited make it; of announcements, those of now."""
        centre = self._office.centre
        return replace(centre, screen_texts=replace(centre.screen_texts, announcements=self._announced))

    # ------------------------------------------------------------ what happens
    def take(self, event: link.Event | SoundOver, moment: Moment) -> None:
        """A word of the link or of the voice."""
        match event:
            case link.Received(Board() | Call() as said, _, False):
                self._hall_clock.hear(said.at, moment)
        match event:
            case link.Received(Board() as board):
                self._take_board(board, moment)
            case link.Received(Call() as call):
                self._announcing.hear(call)
            case link.Received(Office() | Status() as word, key):
                self._hear_hall(word, key, moment)
            case link.Connected():
                self._connected = True
            case link.Disconnected():
                # the hall may be gone as well: its retained word will tell when we are back
                self._connected, self._hall_online, self._absent = False, False, True
            case SoundOver(call, spoken) if self._announcing.current and call == self._announcing.current.call:
                self._sound_over, self._spoken = True, spoken
                if not spoken:
                    self._wall.flash()
        self.tick(moment)

    def tick(self, moment: Moment) -> None:
        """Time has passed."""
        call = self._announcing.current
        over = self._sound_over or moment.at >= self._hopeless_at
        if call and over and moment.at >= self._shown_until:
            self._wire.publish(Announced(call.call, self._spoken, self._hall_clock.shows(moment)))
            self._announcing.finish()
            self._begin_next(moment)
            self._wall.ended(another=self._announcing.current is not None)
        self._begin_next(moment)
        self._announce(moment)
        patient = self.board is None and moment.at < self._patient_until
        self._wall.lost(not (self._connected and self._hall_online and (self.board or patient)))

    def deadline(self, at: float) -> float | None:
        """When `tick` is wanted next."""
        due = [self._patient_until if self.board is None else at, self._announced_until or at]
        if self._announcing.current:
            due += [self._shown_until, self._hopeless_at]
        return min((d for d in due if d > at), default=None)

    # ------------------------------------------------------------ inside
    def _hear_hall(self, said: Office | Status, key: str, moment: Moment) -> None:
        if isinstance(said, Status):
            self._hall_online = said.online
        elif self._office.hear(said, key):
            self._said.keep(said)
            if not self._announce(moment):
                self._wall.show(self.board)

    def _announce(self, moment: Moment) -> bool:
        """Whether what is announced now is another than before, and shown."""
        now, centre, before = self._hall_clock.shows(moment), self._office.centre, self._announced
        self._announced, until = announced(centre, now), announced_until(centre, now)
        wait = (until - now).total_seconds() if until else None
        self._announced_until = None if wait is None else moment.at + min(wait, LONGEST_SECONDS)
        if self._announced != before:
            self._wall.show(self.board)
        return self._announced != before

    def _take_board(self, board: Board, moment: Moment) -> None:
        if self._absent:
            self._absent = False
            self._announcing.come_back(board, self._hall_clock.shows(moment))
        self.board = board
        self._wall.show(board)

    def _begin_next(self, moment: Moment) -> None:
        call = self._announcing.start()
        if call is None:
            return
        self._said.add(
            call.call, self._hall_clock.shows(moment)
        )  # before the first sound: a restart must not say it again
        self._spoken, self._sound_over = False, not self._voice
        self._shown_until = moment.at + self._rules.shown_seconds  # spoken or not
        self._hopeless_at = moment.at + HOPELESS_SECONDS
        self._wall.begin(call)
