"""What must hold between the tables of centre.toml, one function a rule.

Each yields its faults as ``key: what is wrong; what is allowed``.  All are run, so that a file is mended in one go.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from broker.clock import BUDDHIST, BUDDHIST_FROM
from broker.language.catalogue import N_
from broker.messages import MAX_BYTES, RECENT_CALLS, Board, CallView, PointView, ServiceView
from broker.roles import RESERVED
from broker.said import Said, fault
from broker.words import MOST_COUNTED

if TYPE_CHECKING:
    from broker.centre import Centre, ServicePoint

Faults = Iterator[Said]
NO_SERVICE = N_("{value} is not a service; services are {known}")
NOT_AFTER = N_("{value} is not after {key}; a time after {begin}")
BUDDHIST_YEAR = N_("{value}: a Buddhist year; {year}")


def faults(centre: Centre) -> list[Said]:
    """Every fault between tables; empty for a centre that may start."""
    return [fault for rule in RULES for fault in rule(centre)]


def no_name_twice(centre: Centre) -> Faults:
    yield from _twice("service", "id", (s.id for s in centre.services))
    yield from _twice("service", "prefix", (s.prefix for s in centre.services))
    yield from _twice("point", "number", (p.number for p in centre.points))
    yield from _twice("centre", "languages", centre.centre.languages)
    yield from _twice("hours", "days", centre.hours.days)
    yield from _twice("voice", "speakers", centre.voice.speakers)
    yield from _twice("holiday", "date", (day.date for day in centre.holidays))
    yield from _twice("hours.closed", "date", (day.date for day in centre.hours.closed))
    yield from _twice("facility", "id", (item.id for item in centre.facility))
    yield from _twice("service.documents", "id", (d.id for service in centre.services for d in service.documents))
    for service in centre.services:
        yield from _twice(f"service[{service.id}]", "points", service.points)


def years_are_of_the_common_era(centre: Centre) -> Faults:
    """TOML's dates are: one with a Buddhist year would be a holiday five centuries ahead, and nobody would notice."""
    for day in sorted(centre.days_off):
        if day.year >= BUDDHIST_FROM:
            yield fault("holiday, hours.closed", BUDDHIST_YEAR, value=day, year=day.year - BUDDHIST)
    confirmed = centre.cases.holidays_confirmed
    if confirmed and confirmed >= BUDDHIST_FROM:
        yield fault("cases.holidays_confirmed", BUDDHIST_YEAR, value=confirmed, year=confirmed - BUDDHIST)


def nodes_have_names_of_their_own(centre: Centre) -> Faults:
    names = [n.name for nodes in (centre.kiosks, centre.screens, centre.buttons, centre.printers) for n in nodes]
    names += [centre.desk.name] if centre.desk else []
    yield from _twice("kiosk, screen, buttons, printer, desk", "name", names)
    for name in names:
        if name in RESERVED:
            key, taken = "kiosk, screen, buttons, printer, desk.name", _listed(RESERVED)
            yield fault(key, N_("{value} is reserved; any name but {taken}"), value=name, taken=taken)


def points_exist(centre: Centre) -> Faults:
    known = [p.number for p in centre.points]
    for key, points in _points_named(centre):
        for point in points:
            if point not in known:
                yield fault(key, N_("{value} is not a point; points are {known}"), value=point, known=_listed(known))


def services_exist(centre: Centre) -> Faults:
    known = [s.id for s in centre.services]
    for point in centre.points:
        for id in point.helps:
            if id not in known:
                yield fault(f"point[{point.number}].helps", NO_SERVICE, value=id, known=_listed(known))
    for key, bindings in _bindings(centre):
        for gesture, command in bindings.items():
            id = command.partition(":")[2]
            if id and id not in known:
                yield fault(f"{key}.{gesture}", NO_SERVICE, value=id, known=_listed(known))


def every_point_serves(centre: Centre) -> Faults:
    for point in centre.points:
        if not point.helps and not any(point.number in s.points for s in centre.services):
            unserved = N_("no service names it; name it in a service's points, or let it help one")
            yield fault(f"point[{point.number}]", unserved)


def texts_are_in_every_language(centre: Centre) -> Faults:
    languages = centre.centre.languages
    for key, words in centre.texts():
        for language in languages:
            if not words.get(language, "").strip():
                missing = N_("missing; a text for each of {known}")
                yield fault(f"{key}.{language}", missing, known=_listed(languages))
        for language in words.keys() - set(languages):
            foreign = N_("not a language of this centre; languages are {known}")
            yield fault(f"{key}.{language}", foreign, known=_listed(languages))


def speakers_are_languages(centre: Centre) -> Faults:
    for speaker in centre.voice.speakers:
        if speaker not in centre.centre.languages:
            known = _listed(centre.centre.languages)
            yield fault(
                "voice.speakers", N_("{value} is not a language of this centre; {known}"), value=speaker, known=known
            )


def timezone_is_known(centre: Centre) -> Faults:
    try:
        ZoneInfo(centre.centre.timezone)
    except (OSError, ValueError, KeyError):  # whatever the name makes it look for
        unknown = N_('"{value}" is no time zone; a name like Asia/Bangkok')
        yield fault("centre.timezone", unknown, value=centre.centre.timezone)


def day_runs_forward(centre: Centre) -> Faults:
    hours = centre.hours
    if not hours.days:
        yield fault("hours.days", N_("empty; at least one of mon, tue, wed, thu, fri, sat, sun"))
    if not hours.open < hours.close:
        yield fault("hours.close", NOT_AFTER, value=hours.close, key="open", begin=hours.open)
    if not hours.close < hours.day_ends:
        yield fault("hours.day_ends", NOT_AFTER, value=hours.day_ends, key="close", begin=hours.close)


def announcements_end(centre: Centre) -> Faults:
    for place, told in enumerate(centre.screen_texts.announcements):
        key = f"screen_texts.announcements[{place}]"
        if not dt.MINYEAR < told.begin.year < dt.MAXYEAR or not dt.MINYEAR < told.until.year < dt.MAXYEAR:
            yield fault(key, N_("{begin} to {until}; times of this world"), begin=told.begin, until=told.until)
        elif not told.begin < told.until:
            yield fault(f"{key}.until", NOT_AFTER, value=told.until, key="from", begin=told.begin)


def voice_hours_run_forward(centre: Centre) -> Faults:
    voice = centre.voice
    for place, (one, other) in enumerate(pairwise(voice.volume), 1):
        if other.begin <= one.begin:
            order = N_("{value} is not after {begin}; hours in the order of the day")
            yield fault(f"voice.volume[{place}].from", order, value=other.begin, begin=one.begin)
    for place, quiet in enumerate(voice.quiet):
        if not quiet.begin < quiet.end:
            yield fault(f"voice.quiet[{place}].to", NOT_AFTER, value=quiet.end, key="from", begin=quiet.begin)
    for place, (before, after) in enumerate(pairwise(voice.quiet), 1):
        if after.begin < before.end:
            order = N_("{value} is before {end}; quiet hours one after another")
            yield fault(f"voice.quiet[{place}].from", order, value=after.begin, end=before.end)


def kiosks_share_no_number(centre: Centre) -> Faults:
    for kiosk in centre.kiosks:
        first, last = kiosk.numbers
        if first > last:
            order = N_("{first} is after {last}; the first number, then the last")
            yield fault(f"kiosk[{kiosk.name}].numbers", order, first=first, last=last)
    ordered = sorted(centre.kiosks, key=lambda kiosk: kiosk.numbers)
    for one, other in pairwise(ordered):
        if other.numbers[0] <= one.numbers[1]:
            shared = N_("shared with {name}; numbers after {last}")
            yield fault(f"kiosk[{other.name}].numbers", shared, name=one.name, last=one.numbers[1])


def points_have_one_printer(centre: Centre) -> Faults:
    """Else nobody could tell out of which of two a paper comes."""
    yield from _twice("printer", "points", (number for printer in centre.printers for number in printer.points))


def wired_points_have_one_node(centre: Centre) -> Faults:
    runs = Counter(number for node in centre.buttons for number in node.points)
    for point in centre.points:
        key = f"point[{point.number}].pins"
        if point.pins is None and runs[point.number]:
            yield fault(key, N_("missing; a point of a [[buttons]] node has pins"))
        if point.pins is not None and not runs[point.number]:
            alone = N_("no [[buttons]] node runs them; name the point in one node's points, or leave its pins out")
            yield fault(key, alone)
        if runs[point.number] > 1:
            twice = N_("{value} stands there {times} times; each point on one node")
            yield fault("buttons.points", twice, value=point.number, times=runs[point.number])


def pins_have_one_wire(centre: Centre) -> Faults:
    for node in centre.buttons:
        wires: dict[tuple[int, int], str] = {}
        for point in centre.points:
            for pin, wire in _wires(point) if point.number in node.points else ():
                key = f"point[{point.number}].pins.{wire}"
                if (taken := wires.setdefault(pin, key)) != key:
                    used = N_("pin {pin} of chip {chip} is {taken}; a pin no other wire of {name} uses")
                    yield fault(key, used, pin=pin[1], chip=pin[0], taken=taken, name=node.name)


def faces_are_levels(centre: Centre) -> Faults:
    levels = centre.survey.levels
    for point in centre.points:
        if point.pins and len(point.pins.smileys) != levels:
            unlike, there = N_("pins here: {there}; survey.levels asks for {levels}"), len(point.pins.smileys)
            yield fault(f"point[{point.number}].pins.smileys", unlike, there=there, levels=levels)


def bindings_fit_buttons(centre: Centre) -> Faults:
    default = centre.buttons_default.bindings
    everywhere = {button for point in centre.points if point.pins for button in point.pins.buttons}
    for gesture in default:
        if everywhere and _button(gesture) not in everywhere:
            nowhere, known = N_("no point has this button; buttons are {known}"), _listed(sorted(everywhere))
            yield fault(f"buttons_default.bindings.{gesture}", nowhere, known=known)
    for point in centre.points:
        buttons = point.pins.buttons if point.pins else {}
        for gesture in point.bindings:
            if _button(gesture) not in buttons:
                known = _listed(buttons) or Said(N_("none, for it has no pins"))
                absent = N_("no such button here; buttons are {known}")
                yield fault(f"point[{point.number}].bindings.{gesture}", absent, known=known)
        for button in buttons:
            if f"{button}.short" not in default | point.bindings:
                key = f"point[{point.number}].pins.buttons.{button}"
                dead = N_("a short press does nothing; bind {button}.short here or in buttons_default")
                yield fault(key, dead, button=button)


def far_brokers_are_reached_by_tls(centre: Centre) -> Faults:
    if not centre.broker.loopback and centre.broker.ca is None:
        far = N_("missing; {host} is another machine, which is reached by TLS only")
        yield fault("broker.ca", far, host=centre.broker.host)


def desks_have_a_name(centre: Centre) -> Faults:
    if centre.desk and not centre.desk.addresses:
        nameless = N_("missing; {host} is every address; those that browsers call, such as khiu.local")
        yield fault("desk.names", nameless, host=centre.desk.host)


def board_fits_its_message(centre: Centre) -> Faults:
    longest = len(msgspec.json.encode(_fullest_board(centre)))
    if longest > MAX_BYTES:
        long = N_("they can make a board of {length} bytes; fewer of them, so that it has at most {most}")
        yield fault("point, service", long, length=longest, most=MAX_BYTES)


RULES: tuple[Callable[[Centre], Faults], ...] = (
    no_name_twice,
    years_are_of_the_common_era,
    nodes_have_names_of_their_own,
    points_exist,
    services_exist,
    every_point_serves,
    texts_are_in_every_language,
    speakers_are_languages,
    timezone_is_known,
    day_runs_forward,
    announcements_end,
    voice_hours_run_forward,
    kiosks_share_no_number,
    points_have_one_printer,
    wired_points_have_one_node,
    pins_have_one_wire,
    faces_are_levels,
    bindings_fit_buttons,
    far_brokers_are_reached_by_tls,
    desks_have_a_name,
    board_fits_its_message,
)


def _twice(table: str, key: str, values: Iterable[object]) -> Faults:
    for value, times in Counter(values).items():
        if times > 1:
            twice = N_("{value} stands there {times} times; once is allowed")
            yield fault(f"{table}.{key}", twice, value=value, times=times)


def _points_named(centre: Centre) -> Iterator[tuple[str, tuple[int, ...]]]:
    for service in centre.services:
        yield f"service[{service.id}].points", service.points
    for node in centre.buttons:
        yield f"buttons[{node.name}].points", node.points
    for printer in centre.printers:
        yield f"printer[{printer.name}].points", printer.points
    for place, officer in enumerate(centre.officers):
        yield f"officer[{place}].points", officer.points


def _bindings(centre: Centre) -> Iterator[tuple[str, dict[str, str]]]:
    yield "buttons_default.bindings", centre.buttons_default.bindings
    for point in centre.points:
        yield f"point[{point.number}].bindings", point.bindings


def _wires(point: ServicePoint) -> Iterator[tuple[tuple[int, int], str]]:
    """Each pin of a point as (chip, pin), and the name of its wire."""
    if pins := point.pins:
        yield from (((pins.chip, pin), f"buttons.{button}") for button, pin in pins.buttons.items())
        yield (pins.chip, pins.green), "green"
        yield (pins.chip, pins.red), "red"
        yield from (((pins.chip, pin), f"smileys[{i}]") for i, pin in enumerate(pins.smileys))


def _fullest_board(centre: Centre) -> Board:
    """The longest that the hall's board can become, but for alerts, which take only the room that is left."""
    at = dt.datetime(2000, 12, 31, 23, 59, 59, 999999, dt.UTC)
    officer = "\U0001f469" * 60  # no character has more bytes
    return Board(
        revision=MOST_COUNTED,
        day=at.date(),
        at=at,
        services=tuple(ServiceView(s.id, False, MOST_COUNTED, MOST_COUNTED, at) for s in centre.services),
        points=tuple(PointView(p.number, "provided", "A999", officer) for p in centre.points),
        recent=(CallView("c" * 40, "A999", 99, at, MOST_COUNTED, False),) * RECENT_CALLS,
    )


def _button(gesture: str) -> str:
    return gesture.partition(".")[0]


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))
