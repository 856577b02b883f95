"""Board, centre, time of day → what stands on the screen.  Pure.

A service is known by its colour and its prefix, as a railway's line is: both stand wherever the service is meant.
Every text is a pair: the centre's first language, drawn large, and its second, drawn beneath ("" where there is none).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from broker.centre import Centre, Service
from broker.language import dates
from broker.language.catalogue import plurals, words
from broker.messages import Board, Call, PointView, ServiceView
from broker.office import Words
from broker.waits import told_minutes
from broker.words import PointState

Pair = tuple[str, str]

NO_NUMBER = "–"


@dataclass(frozen=True)
class PointRow:
    """One point: its current number, who serves there (R13), and what."""

    point: int
    accent: int  # the place of its service in the centre's list
    prefix: str
    number: str  # NO_NUMBER when nobody is there
    state: PointState
    name: Pair  # the officer, or that the point is closed


@dataclass(frozen=True)
class ServiceCard:
    """One service's line."""

    accent: int
    prefix: str
    name: Pair
    waiting: str
    wait: Pair  # expected wait in words


@dataclass(frozen=True)
class Recent:
    """A call of the last minutes."""

    number: str
    accent: int
    where: Pair


@dataclass(frozen=True)
class Steps:
    """A slide: the steps of one service (R1, R14)."""

    accent: int
    prefix: str
    title: Pair
    steps: tuple[Pair, ...]


@dataclass(frozen=True)
class Notice:
    """A slide: one notice."""

    title: Pair
    text: Pair


Slide = Steps | Notice | Literal["waiting", "recent"]  # the two that follow the hall's board have their words there


@dataclass(frozen=True)
class Calling:
    """The number being called, and where to go."""

    number: str
    accent: int
    title: Pair
    point: int
    officer: Pair


@dataclass(frozen=True)
class View:
    """All that follows from the hall's board."""

    points: tuple[PointRow, ...]
    services: tuple[ServiceCard, ...]
    recent: tuple[Recent, ...]
    slides: tuple[Slide, ...]  # in turn, and again from the first
    alert: str


def view(board: Board | None, centre: Centre) -> View:
    """What the screen shows of this board; of none (the hall was never heard) the centre's own points and services."""
    points = {row.point: row for row in board.points} if board else {}
    services = {row.service: row for row in board.services} if board else {}
    calls = board.recent if board else ()
    return View(
        tuple(
            _point(points.get(point, PointView(point, "closed")), centre)
            for point in (p.number for p in centre.points)
            if centre.services_of(point)
        ),
        tuple(_service(place, services.get(s.id), centre) for place, s in enumerate(centre.services)),
        tuple(Recent(c.ticket, _accent(c.ticket, c.point, centre), _where(c.point, centre)) for c in calls),
        tuple(_slides(centre)),
        both(centre, "For staff: {alerts}", alerts=" / ".join(board.alerts))[0] if board and board.alerts else "",
    )


def calling(call: Call, board: Board | None, centre: Centre) -> Calling:
    """What the screen shows while this call is announced."""
    officer = next((row.officer for row in board.points if row.point == call.point), None) if board else None
    return Calling(
        call.ticket,
        _accent(call.ticket, call.point, centre),
        both(centre, "Calling again, call {times}" if call.times > 1 else "Now calling", times=call.times),
        call.point,
        _officer(officer, centre) if officer else ("", ""),
    )


def moment(now: dt.datetime, centre: Centre) -> tuple[str, Pair]:
    """Time of day (to the minute) and date, where the centre is."""
    local = now.astimezone(centre.zone)
    first, *second = centre.centre.languages
    date = (dates.full_date(local.date(), first), dates.full_date(local.date(), second[0]) if second else "")
    return f"{local:%H:%M}", date


def both(centre: Centre, text: str, **fields: object) -> Pair:
    """A fixed text of the catalogue in the centre's two languages."""
    first, *second = (words(language)(text).format(**fields) for language in centre.centre.languages[:2])
    return first, second[0] if second else ""


def pair(centre: Centre, names: Words) -> Pair:
    """A text of centre.toml in the centre's two languages."""
    first, *second = (names.get(language, "") for language in centre.centre.languages[:2])
    return first or next(iter(names.values()), ""), second[0] if second else ""


def _point(row: PointView, centre: Centre) -> PointRow:
    service = centre.service(centre.services_of(row.point)[0])
    if row.state == "closed":
        name = both(centre, "Not serving at present")
    else:
        name = _officer(row.officer, centre) if row.officer else both(centre, "Serving")
    place = _accent(row.ticket, row.point, centre) if row.ticket else centre.services.index(service)
    return PointRow(row.point, place, service.prefix, row.ticket or NO_NUMBER, row.state, name)


def _service(place: int, row: ServiceView | None, centre: Centre) -> ServiceCard:
    service = centre.services[place]
    if row is None:
        waiting, wait = NO_NUMBER, ("", "")
    elif not row.open and not row.waiting:
        waiting, wait = str(row.waiting), both(centre, "No more tickets today")
    elif row.estimate is None:
        waiting, wait = str(row.waiting), both(centre, "Please wait for an officer")
    elif row.estimate:
        waiting, wait = str(row.waiting), _wait(centre, told_minutes(row.estimate))
    else:
        waiting, wait = str(row.waiting), both(centre, "No waiting")
    return ServiceCard(place, service.prefix, pair(centre, service.name), waiting, wait)


def _wait(centre: Centre, minutes: int) -> Pair:
    first, *second = (
        plurals(language)("Wait about {count} min", "Wait about {count} min", minutes).format(count=minutes)
        for language in centre.centre.languages[:2]
    )
    return first, second[0] if second else ""


def _accent(ticket: str, point: int, centre: Centre) -> int:
    """A number's colour is that of the service whose prefix it bears; a transferred ticket keeps its own."""
    for place, service in enumerate(centre.services):
        if service.prefix == ticket[0]:
            return place
    return next((place for place, service in enumerate(centre.services) if point in service.points), 0)


def _where(point: int, centre: Centre) -> Pair:
    return both(centre, "Point {points}", points=point)


def _officer(name: str, centre: Centre) -> Pair:
    """The hall sends one name; centre.toml or the roster may hold it in both languages."""
    for names in (*(point.officer for point in centre.points), *(officer.name for officer in centre.officers)):
        if names and name in names.values():
            return pair(centre, names)
    return name, ""


def _steps_of(service: Service, centre: Centre) -> Pair:
    first, second = pair(centre, service.name)
    titles = [words(language)("Steps: {service}") for language in centre.centre.languages[:2]]
    return titles[0].format(service=first), titles[1].format(service=second) if second else ""


def _slides(centre: Centre) -> Iterator[Slide]:
    """Steps, notices and the last calls in turn; between any two of them who waits, which most want to know.

    What is announced now comes first, and again after each of them: it is news, and soon over.
    """
    told: list[Slide] = [
        Notice(both(centre, "Notice"), pair(centre, each.text)) for each in centre.screen_texts.announcements
    ]
    steps: list[Slide] = [
        Steps(place, s.prefix, _steps_of(s, centre), tuple(pair(centre, step) for step in s.steps))
        for place, s in enumerate(centre.services)
        if s.steps
    ]
    notices: list[Slide] = [
        Notice(both(centre, "Notice"), pair(centre, notice)) for notice in centre.screen_texts.notices
    ]
    yield from told
    for round_ in zip_longest(steps, notices):
        for slide in filter(None, round_):
            yield "waiting"
            yield slide
            yield from told
    yield "waiting"
    yield "recent"
