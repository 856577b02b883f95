"""centre.toml: services, points, kiosks, screens, pins, voice, hours.

`load` gives a `Centre` in which every name resolves and every number is in range, or raises
`CentreError` with one line a fault: file, key, what is allowed.  A wrong file starts nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from broker import centre_rules, choices, printers, syntax, tables
from broker.centre_cases import CaseRules
from broker.centre_desk import Desk, is_loopback
from broker.centre_printers import PointPrinter, Printer
from broker.language.catalogue import N_, languages
from broker.office import Announcement, DayOff, FacilityItem, Hours, Publication, RosterOfficer, Table, Words
from broker.said import Said, fault
from broker.words import END, Node, Officer, Point, ServiceId

T = TypeVar("T")
DEFAULT = Path(__file__).with_name("centre.toml")
Seconds = Annotated[int, Meta(ge=1, le=86400)]
Pin = Annotated[int, Meta(ge=0, le=27)]
Gesture = Annotated[str, Meta(pattern=rf"^[a-z]+\.(short|long){END}", description="<button>.short or <button>.long")]
Binding = Annotated[
    str,
    Meta(
        pattern=r"^(next|recall|start|provided|finish|no_show|hold|resume|call_back|open|close"
        r"|advance|step|set_aside|insist|(transfer|transfer_or_pause|open_service|close_service):[0-9]\.[0-9])" + END,
        description="next, recall, start, provided, finish, no_show, hold, resume, call_back, open, close, "
        "advance, step, set_aside, insist, transfer:<service>, transfer_or_pause:<service>, open_service:<service>, "
        "close_service:<service>",
    ),
]


class CentreError(ValueError):
    """The file does not describe a centre; ``str()`` has one line a fault, in English."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self._faults = faults

    def told(self, say: Callable[[str], str]) -> str:
        """The same lines by ``say``, as `broker.language.catalogue.words` gives it."""
        return "\n".join(fault.told(say) if isinstance(fault, Said) else fault for fault in self._faults)


class About(Table, frozen=True):
    site: Annotated[str, Meta(pattern=rf"^[a-z][a-z0-9-]{{0,15}}{END}", description="up to 16 of a-z, 0-9 and -")]
    name: Words
    languages: Annotated[tuple[str, ...], Meta(min_length=1)]
    timezone: str
    font: str


class BrokerAt(Table, frozen=True):
    host: str
    port: Annotated[int, Meta(ge=1, le=65535)]
    ca: str | None = None  # path of the authority's certificate: the link goes by TLS

    @property
    def loopback(self) -> bool:
        """Whether only the broker's own machine can reach it."""
        return is_loopback(self.host)


class Calling(Table, frozen=True):
    others_per_priority: Annotated[int, Meta(ge=1, le=20)]
    max_calls: Annotated[int, Meta(ge=1, le=9)]
    latecomer_within: Annotated[int, Meta(ge=0, le=99)]
    start_at_call: bool
    command_seconds: Seconds
    announce_seconds: Seconds
    shown_seconds: Seconds = 8
    answer_seconds: Seconds = 10  # after a call, in which "next" does not give the called ticket up


class SurveyRules(Table, frozen=True):
    levels: Literal[3, 5]
    open_seconds: Seconds


class KioskScreen(Table, frozen=True):
    ticket_seconds: Seconds
    idle_seconds: Seconds
    untaken_seconds: Seconds


class ScreenTexts(Table, frozen=True):
    notices: tuple[Words, ...]
    announcements: tuple[Announcement, ...] = ()


class Volume(Table, frozen=True):
    """From this time of day on, so loud; see `broker.voice.volume`."""

    begin: dt.time = msgspec.field(name="from")
    percent: Annotated[int, Meta(ge=10, le=100)]


class Quiet(Table, frozen=True):
    """Between these times of day nothing is heard."""

    begin: dt.time = msgspec.field(name="from")
    end: dt.time = msgspec.field(name="to")


class Voice(Table, frozen=True):
    speakers: tuple[Literal["th", "en"], ...]  # those that the voice has sentences for
    polite: Literal["kha", "khrap"]
    pack: str
    volume: tuple[Volume, ...] = ()  # none: 100 % all day
    quiet: tuple[Quiet, ...] = ()


class Standard(Table, frozen=True):
    """Service time within ``seconds``, counted from start until the visit is provided or finished (R2.2, R6)."""

    seconds: Seconds
    until: Literal["provided", "finished"]


class Service(Table, frozen=True):
    id: ServiceId
    prefix: Annotated[str, Meta(pattern=rf"^[A-Z]{END}", description="one letter, A to Z")]
    name: Words
    points: Annotated[tuple[Point, ...], Meta(min_length=1)]
    steps: tuple[Words, ...] = ()
    standard: Standard | None = None
    documents: tuple[Publication, ...] = ()


class Backup(Table, frozen=True):
    """Where `khiu-hall backup` puts copies of the ledger: best on another medium than /var/lib/khiu."""

    folder: Annotated[str, Meta(pattern=rf"^/.+{END}", description="an absolute path")]


class Retention(Table, frozen=True):
    """How many days the ledger keeps; a kiosk's numbers may come as much as a month late, so no fewer than two."""

    days: Annotated[int, Meta(ge=62, le=36525)]


class ButtonsDefault(Table, frozen=True):
    long_press_ms: Annotated[int, Meta(ge=200, le=5000)]
    debounce_ms: Annotated[int, Meta(ge=1, le=200)]
    bindings: dict[Gesture, Binding]


class Pins(Table, frozen=True):
    """BCM numbers of one point's wires on one gpiochip."""

    buttons: dict[str, Pin]
    green: Pin
    red: Pin
    smileys: tuple[Pin, ...]  # lowest level first
    chip: Annotated[int, Meta(ge=0, le=15)] = 0


class ServicePoint(Table, frozen=True):
    number: Point
    pins: Pins | None = None
    officer: dict[str, Officer] | None = None  # language → name
    bindings: dict[Gesture, Binding] = msgspec.field(default_factory=dict)
    helps: tuple[ServiceId, ...] = ()  # further services it calls when its own line is empty


class Kiosk(Table, frozen=True):
    name: Node
    numbers: tuple[Annotated[int, Meta(ge=1, le=999)], Annotated[int, Meta(ge=1, le=999)]]
    printer: Printer
    inches: Annotated[float, Meta(ge=5, le=100)] | None = None  # the glass's diagonal; else the display is asked
    bottom_mm: Annotated[int, Meta(ge=0, le=900)] = 800  # the glass's lower edge above the floor
    low: bool = False  # for everybody, all that can be touched is within 1.2 m of the floor
    voice: bool = False  # it has a headphone jack, and reads itself aloud on request


class Screen(Table, frozen=True):
    name: Node
    voice: bool


class Buttons(Table, frozen=True):
    name: Node
    points: Annotated[tuple[Point, ...], Meta(min_length=1)]


class Centre(Table, frozen=True):
    """The whole file, proved consistent."""

    schema: Literal[1]
    centre: About
    broker: BrokerAt
    hours: Hours
    calling: Calling
    survey: SurveyRules
    kiosk_screen: KioskScreen
    screen_texts: ScreenTexts
    voice: Voice
    buttons_default: ButtonsDefault
    services: Annotated[tuple[Service, ...], Meta(min_length=1)] = msgspec.field(name="service")
    points: tuple[ServicePoint, ...] = msgspec.field(name="point")
    kiosks: tuple[Kiosk, ...] = msgspec.field(name="kiosk")
    screens: tuple[Screen, ...] = msgspec.field(name="screen")
    buttons: tuple[Buttons, ...]
    printers: tuple[PointPrinter, ...] = msgspec.field(default=(), name="printer")
    backup: Backup | None = None
    retention: Retention | None = None  # None: the ledger forgets nothing
    desk: Desk | None = None  # None: no web pages
    holidays: tuple[DayOff, ...] = msgspec.field(default=(), name="holiday")
    cases: CaseRules = CaseRules()
    officers: tuple[RosterOfficer, ...] = msgspec.field(default=(), name="officer")  # whom the board knows by name
    facility: tuple[FacilityItem, ...] = ()

    @property
    def days_off(self) -> frozenset[dt.date]:
        """The days on which the centre is shut whatever the day of the week."""
        return frozenset(day.date for day in (*self.holidays, *self.hours.closed))

    @property
    def backup_folder(self) -> Path | None:
        return Path(self.backup.folder) if self.backup else None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.centre.timezone)

    def service(self, id: str) -> Service:
        """Raises `KeyError` for a service that the centre does not have."""
        return _found("service", id, (s for s in self.services if s.id == id))

    def point(self, number: int) -> ServicePoint:
        """Raises `KeyError` for a point that the centre does not have."""
        return _found("point", number, (p for p in self.points if p.number == number))

    def services_of(self, point: int) -> tuple[str, ...]:
        """The services a point calls, its own first, then those it helps."""
        own = tuple(s.id for s in self.services if point in s.points)
        return own + tuple(s for s in self.point(point).helps if s not in own)

    @property
    def outcomes(self) -> dict[str, Words]:
        """How a visit may come out: code → its words by language, in the order in which they are offered."""
        return (self.desk and self.desk.outcomes) or choices.worded(choices.OUTCOMES, self.centre.languages)

    @property
    def pauses(self) -> dict[str, Words]:
        """Why a point may pause: code → its words by language, in the order in which they are offered."""
        return (self.desk and self.desk.pauses) or choices.worded(choices.PAUSES, self.centre.languages)

    def nodes(self) -> dict[str, str]:
        """Every node's name → its role: hall, kiosk, screen, buttons, printer or desk."""
        desks = (self.desk,) if self.desk else ()
        groups = (
            ("kiosk", self.kiosks), ("screen", self.screens), ("buttons", self.buttons), ("printer", self.printers),
            ("desk", desks),
        )  # fmt: skip
        return {"hall": "hall"} | {n.name: role for role, nodes in groups for n in nodes}

    def texts(self) -> Iterator[tuple[str, Words]]:
        """Every text of the file that people read: its key, and the text by language."""
        yield "centre.name", self.centre.name
        yield from ((f"screen_texts.notices[{i}]", words) for i, words in enumerate(self.screen_texts.notices))
        told = enumerate(self.screen_texts.announcements)
        yield from ((f"screen_texts.announcements[{i}].text", each.text) for i, each in told)
        for service in self.services:
            yield f"service[{service.id}].name", service.name
            yield from ((f"service[{service.id}].steps[{i}]", words) for i, words in enumerate(service.steps))
            yield from ((f"service[{service.id}].documents[{d.id}].title", d.title) for d in service.documents)
        yield from ((f"holiday[{day.date}].name", day.name) for day in self.holidays)
        yield from ((f"point[{p.number}].officer", p.officer) for p in self.points if p.officer is not None)
        if self.desk:
            yield from ((f"desk.outcomes.{code}", words) for code, words in self.desk.outcomes.items())
            yield from ((f"desk.pauses.{code}", words) for code, words in self.desk.pauses.items())
        yield from ((f"officer[{i}].name", officer.name) for i, officer in enumerate(self.officers))
        positions = ((f"officer[{i}].position", officer.position) for i, officer in enumerate(self.officers))
        yield from ((key, words) for key, words in positions if words is not None)
        yield from ((f"hours.closed[{day.date}].name", day.name) for day in self.hours.closed)
        yield from ((f"facility[{item.id}].name", item.name) for item in self.facility)


def _found(what: str, key: object, matches: Iterator[T]) -> T:
    for match in matches:
        return match
    raise KeyError(f"no {what} {key}")


def _without_catalogue(centre: Centre) -> Iterator[Said]:
    for language in centre.centre.languages:
        if language not in languages():
            absent = N_("{value} has no catalogue; catalogues are {known}")
            yield fault("centre.languages", absent, value=language, known=", ".join(languages()))


def load(path: Path) -> Centre:
    """The centre this file describes.

    Raises `CentreError` with every fault that can be told, one a line: ``file: key: what is wrong; what is allowed``.
    """
    try:
        data = syntax.parse(path.read_bytes())
    except FileNotFoundError as error:
        raise CentreError(fault(str(path), N_("there is no such file; the name of one that is there"))) from error
    except OSError as error:
        unread = N_("cannot be read ({why}); a file that you may read")
        raise CentreError(fault(str(path), unread, why=error.strerror)) from error
    except syntax.NotToml as error:
        raise CentreError(fault(str(path), "{said}", said=error.said)) from error
    centre, faults = tables.read(data, Centre)
    if centre is not None:
        faults = [*centre_rules.faults(centre), *printers.faults(centre), *_without_catalogue(centre)]
    if centre is None or faults:
        raise CentreError(*(fault(str(path), "{said}", said=each) for each in faults))
    return centre
