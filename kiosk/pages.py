"""The words of `kiosk.flow`: the pages, what may happen on them (events), and what is then to be done (effects)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from broker.hours import Hours, Open
from broker.messages import ServiceView
from broker.words import PrinterState
from kiosk.catalogue import Catalogue, CatalogueOpened

# What a citizen may ask of the glass: larger text, black and bright, everything to touch low down, read aloud.
Mode = Literal["large", "contrast", "low", "spoken"]
MODES: tuple[Mode, ...] = ("large", "contrast", "low", "spoken")


@dataclass(frozen=True)
class Rules:
    first_language: str
    ticket_seconds: float
    idle_seconds: float
    untaken_seconds: float


@dataclass(frozen=True)
class Ticket:
    """A number that was committed; ``key`` is the store's name for it."""

    key: int
    number: str
    service: str
    day: dt.date
    given_at: dt.datetime
    priority: bool = False
    ahead: int | None = None  # waiting before it, as far as known at the touch
    estimate: int | None = None  # seconds it will wait, as far as known


# ---------------------------------------------------------------- pages
@dataclass(frozen=True)
class Home:
    pass


@dataclass(frozen=True)
class Steps:
    service: str


@dataclass(frozen=True)
class Giving:
    """Between the touch and the commit of its number: no longer than one write to disk."""

    service: str


@dataclass(frozen=True)
class Printing:
    ticket: Ticket
    job: int
    copies: int = 0  # printed or tried before


@dataclass(frozen=True)
class Fault:
    """No paper: the number stands here until it is taken from the screen, printed after all, or voided."""

    ticket: Ticket
    printer: PrinterState
    copies: int = 0


@dataclass(frozen=True)
class Taken:
    """The ticket is in the queue.  ``paper``: take it; else it was taken from the screen and paper is still owed."""

    ticket: Ticket
    paper: bool
    job: int = 0  # of a copy under way
    copies: int = 0


@dataclass(frozen=True)
class Closed:
    """Out of hours."""


@dataclass(frozen=True)
class Stopped:
    """In hours, but no number may be given: it would be lost, or belong to another day."""


Page = Home | Steps | Catalogue | Giving | Printing | Fault | Taken | Closed | Stopped


@dataclass(frozen=True)
class Felt:
    """Where a finger listens: this target was read aloud at this time (s, of a clock that only runs forward)."""

    target: str
    at: float


@dataclass(frozen=True)
class State:
    page: Page
    language: str
    hours: Hours
    priority: bool = False
    modes: frozenset[Mode] = frozenset()
    voices: frozenset[str] = frozenset()  # languages that can be read aloud here
    felt: Felt | None = None
    services: tuple[ServiceView, ...] | None = None  # None: the hall has not told
    linked: bool = False  # the hall answers
    other_day: bool = False  # the hall's board is of another day than ours
    disk_works: bool = True
    card_known: bool = True  # else it is new, and only the hall knows which numbers were given today
    none_left: frozenset[str] = frozenset()
    printer: PrinterState | None = None  # None: nobody has looked yet
    turn: int = 0  # of the page shown: a timer of an earlier turn is void
    jobs: int = 0  # handed to the printer so far

    @property
    def stopped(self) -> bool:
        """Whether no number may be given whatever the hours.  A hall that is away has no say about the day."""
        return not self.disk_works or not self.card_known or (self.linked and self.other_day)

    @property
    def spoken(self) -> bool:
        """Whether the page is read aloud: it is wished, and there is a voice for its language."""
        return "spoken" in self.modes and self.language in self.voices

    def waiting(self, service: str) -> ServiceView | None:
        """The hall's view of a service; None while it is not known."""
        return self._view(service) if self.linked else None

    def gives(self, service: str) -> bool:
        """Whether a touch on this service gives a number.  What the hall closed stays closed while it is away."""
        view = self._view(service)
        may = isinstance(self.hours, Open) and not self.stopped
        return may and service not in self.none_left and (view is None or view.open)

    def _view(self, service: str) -> ServiceView | None:
        return next((view for view in self.services or () if view.service == service), None)


# ---------------------------------------------------------------- events
@dataclass(frozen=True)
class Touched:
    service: str


@dataclass(frozen=True)
class LanguageChosen:
    language: str


@dataclass(frozen=True)
class PriorityToggled:
    pass


@dataclass(frozen=True)
class ModeToggled:
    mode: Mode


@dataclass(frozen=True)
class Explored:
    """A finger on a spoken page, at a time as of `Felt`: on a target, and what a touch on it would wish; or on none."""

    target: str
    wish: Event | None
    at: float


@dataclass(frozen=True)
class VoicesKnown:
    """What can be read aloud, as far as packs and sound go."""

    languages: frozenset[str]


@dataclass(frozen=True)
class StepsOpened:
    service: str


@dataclass(frozen=True)
class WentHome:
    pass


@dataclass(frozen=True)
class NumberGiven:
    ticket: Ticket


@dataclass(frozen=True)
class NoNumberLeft:
    service: str


@dataclass(frozen=True)
class NotGiven:
    """The number could not be committed, so there is none."""


@dataclass(frozen=True)
class Restored:
    """A number given just before the machine stopped, of which nobody knows whether its paper came out."""

    ticket: Ticket


@dataclass(frozen=True)
class Printed:
    job: int


@dataclass(frozen=True)
class PrintFailed:
    job: int
    printer: PrinterState


@dataclass(frozen=True)
class PrinterSeen:
    printer: PrinterState


@dataclass(frozen=True)
class NumberTaken:
    pass


@dataclass(frozen=True)
class TimeUp:
    turn: int


@dataclass(frozen=True)
class HoursChanged:
    hours: Hours


@dataclass(frozen=True)
class DayChanged:
    pass


@dataclass(frozen=True)
class BoardChanged:
    services: tuple[ServiceView, ...] | None  # None: the board is of another day


@dataclass(frozen=True)
class LinkChanged:
    linked: bool


@dataclass(frozen=True)
class CardKnown:
    """Whether the hall ever acknowledged this card; a new one may stand in for one that gave numbers today."""

    known: bool


@dataclass(frozen=True)
class DiskChanged:
    works: bool


Event = (
    Touched | LanguageChosen | PriorityToggled | ModeToggled | Explored | VoicesKnown | StepsOpened | CatalogueOpened
    | WentHome | NumberGiven | NoNumberLeft | NotGiven | Restored | Printed | PrintFailed | PrinterSeen | NumberTaken
    | TimeUp | HoursChanged | DayChanged | BoardChanged | LinkChanged | DiskChanged | CardKnown
)  # fmt: skip


# ---------------------------------------------------------------- effects
@dataclass(frozen=True)
class Give:
    """Commit the next number; answer with `NumberGiven`, `NoNumberLeft` or `NotGiven`."""

    service: str
    priority: bool
    ahead: int | None
    estimate: int | None


@dataclass(frozen=True)
class Print:
    """Print; answer with `Printed` or `PrintFailed` of this job."""

    job: int
    ticket: Ticket
    language: str
    copy: bool


@dataclass(frozen=True)
class EnterQueue:
    """The citizen holds the number: on paper, or (``paper`` false) taken from the screen."""

    ticket: Ticket
    paper: bool


@dataclass(frozen=True)
class PaperFollowed:
    """A number taken from the screen was printed after all."""

    ticket: Ticket


@dataclass(frozen=True)
class Void:
    ticket: Ticket


@dataclass(frozen=True)
class Wake:
    """Send `TimeUp` of this turn after so many seconds."""

    turn: int
    seconds: float


@dataclass(frozen=True)
class Say:
    """Read a target of the page aloud, or (without a name) the page itself; what was being said ends."""

    target: str = ""


@dataclass(frozen=True)
class Hush:
    """Say no more."""


Effect = Give | Print | EnterQueue | PaperFollowed | Void | Wake | Say | Hush
