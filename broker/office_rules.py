"""What a centre takes of an edited part, and how the centre then reads.  Pure.

`overlay` lays one part over a centre; `faults` tells what is wrong with it, by the same rules and keys as those of
centre.toml; `furnished` lays all that fit, so that a part which a newer centre.toml no longer bears (a service that is
gone) costs itself alone and stops nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from broker import centre_rules
from broker.centre import Centre, ServicePoint
from broker.language.catalogue import N_
from broker.messages import MAX_BYTES
from broker.office import (
    Announcement,
    Announcements,
    AnyPart,
    Catalogue,
    Facility,
    Holidays,
    Notices,
    Opening,
    Roster,
    RosterOfficer,
    Wording,
    key,
)
from broker.said import Said, fault

MOST_BYTES = MAX_BYTES - 640  # of a part: the rest is for the longest fact around it, and the longest mirror


def keys(centre: Centre, year: int) -> tuple[str, ...]:
    """The parts that this centre has, with the holidays of a year and of the next."""
    services = [service.id for service in centre.services]
    return (
        *("roster", "hours", "notices", "announcements", "facility", f"holidays-{year}", f"holidays-{year + 1}"),
        *(f"{kind}-{service}" for kind in ("wording", "catalogue") for service in services),
    )


def current(centre: Centre, name: str) -> AnyPart:
    """A part as the centre reads now, to be edited.  Raises `KeyError` for a part that the centre does not have."""
    kind, _, which = name.partition("-")
    match kind:
        case "roster":
            return Roster(_roster(centre))
        case "hours":
            return Opening(centre.hours)
        case "notices":
            return Notices(centre.screen_texts.notices)
        case "announcements":
            return Announcements(centre.screen_texts.announcements)
        case "facility":
            return Facility(centre.facility)
        case "holidays" if which.isdecimal():
            year = int(which)
            return Holidays(year, tuple(day for day in centre.holidays if day.date.year == year))
        case "wording":
            service = centre.service(which)
            return Wording(service.id, service.name, service.steps)
        case "catalogue":
            return Catalogue(which, centre.service(which).documents)
    raise KeyError(name)


def overlay(centre: Centre, part: AnyPart) -> Centre:
    """The centre with this part.  A service that it does not have is no fault here: nothing changes then."""
    match part:
        case Roster(officers):
            points = tuple(_with_officer(point, officers) for point in centre.points)
            return replace(centre, points=points, officers=officers)
        case Opening(hours):
            return replace(centre, hours=hours)
        case Holidays(year, days):
            others = [day for day in centre.holidays if day.date.year != year]
            cases = replace(centre.cases, holidays_confirmed=max(year, centre.cases.holidays_confirmed or year))
            return replace(centre, cases=cases, holidays=tuple(sorted([*others, *days], key=lambda day: day.date)))
        case Notices(notices):
            return replace(centre, screen_texts=replace(centre.screen_texts, notices=notices))
        case Announcements(announcements):
            return replace(centre, screen_texts=replace(centre.screen_texts, announcements=announcements))
        case Facility(items):
            return replace(centre, facility=items)
        case Wording(service, name, steps):
            changes: dict[str, object] = {"name": name, "steps": steps}
        case Catalogue(service, documents):
            changes = {"documents": documents}
    services = tuple(replace(each, **changes) if each.id == service else each for each in centre.services)
    return replace(centre, services=services)


def faults(centre: Centre, part: AnyPart) -> list[Said]:
    """What is wrong with this part for this centre, as ``key: what is wrong; what is allowed``; empty where it fits."""
    return [*_own_faults(centre, part), *centre_rules.faults(overlay(centre, part))]


def furnished(centre: Centre, parts: Iterable[AnyPart]) -> tuple[Centre, list[str]]:
    """centre.toml's centre with all parts that fit it, and the names of those that do not."""
    left = []
    for part in parts:
        if faults(centre, part):
            left.append(key(part))
        else:
            centre = overlay(centre, part)
    return centre, left


def announced(centre: Centre, now: dt.datetime) -> tuple[Announcement, ...]:
    """What the screen is to tell at this moment, before its notices."""
    return tuple(each for each in centre.screen_texts.announcements if each.begin <= now < each.until)


def announced_until(centre: Centre, now: dt.datetime) -> dt.datetime | None:
    """When `announced` is another; None: never again."""
    times = [time for each in centre.screen_texts.announcements for time in (each.begin, each.until)]
    return min((time for time in times if time > now), default=None)


def _own_faults(centre: Centre, part: AnyPart) -> Iterator[Said]:
    length = len(msgspec.json.encode(part))
    if length > MOST_BYTES:
        long = N_("{length} bytes long; at most {most}, so that it fits one message")
        yield fault(key(part), long, length=length, most=MOST_BYTES)
    known = [service.id for service in centre.services]
    match part:
        case Wording(service=service) | Catalogue(service=service) if service not in known:
            yield fault(key(part), centre_rules.NO_SERVICE, value=service, known=", ".join(known))
        case Holidays(year, days):
            for day in days:
                if day.date.year != year:
                    yield fault(f"holiday[{day.date}].date", N_("not in {year}; a day of that year"), year=year)


def _roster(centre: Centre) -> tuple[RosterOfficer, ...]:
    """Those the centre names, and whoever else stands at a point, each with all points that are usual."""
    roster = list(centre.officers)
    for point in centre.points:
        place = next((i for i, known in enumerate(roster) if known.name == point.officer), None)
        if point.officer is not None and place is None:
            roster.append(RosterOfficer(point.officer, (point.number,)))
        elif place is not None and point.number not in roster[place].points:
            roster[place] = replace(roster[place], points=(*roster[place].points, point.number))
    return tuple(roster)


def _with_officer(point: ServicePoint, officers: tuple[RosterOfficer, ...]) -> ServicePoint:
    return replace(point, officer=next((each.name for each in officers if point.number in each.points), None))
