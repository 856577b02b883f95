"""How each page of the desk is reached: a page of `display.desk.app.PAGES` that is not told here makes the run fail.

``{name}`` in an address is something of the centre or of the day: see `office.told`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from office_eyes import ROUTES, Eyes, Person

from display.desk.app import PAGES

PDF = "application/pdf"
NOBODY, OFFICER, SUPERVISOR, ADMINISTRATOR = "nobody", "officer", "supervisor", "administrator"


@dataclass(frozen=True)
class Reach:
    """``addresses`` are opened by each of these, in every language; none: the day's work itself leads there."""

    roles: tuple[str, ...]
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Aside:
    """Not for eyes by itself: what pages ask for; it must have been asked for."""


@dataclass(frozen=True)
class Sheet:
    """Files that this one opens: address and kind; pages of PDF become pictures."""

    role: str
    files: tuple[tuple[str, str], ...]


def part(name: str, role: str) -> Mapping[str, Reach]:
    """A part that the office edits, and a version of it."""
    plain = name.format(year="{year}", service="{service}")
    return {
        f"/office/{name}": Reach((role,), (f"/office/{plain}",)),
        f"/office/{name}/versions/{{version}}": Reach((role,), (f"/office/{plain}/versions/0",)),
    }


REACH: Mapping[str, Reach | Aside | Sheet] = {
    "/": Reach((OFFICER, SUPERVISOR), ("/",)),
    "/changes": Aside(),
    "/points": Reach((OFFICER,), ("/points",)),
    "/points/{point}": Reach((OFFICER, SUPERVISOR), ("/points/4",)),
    "/cases": Reach((OFFICER,), ("/cases", "/cases?show=overdue")),
    "/cases/new": Reach((OFFICER,), ("/cases/new",)),
    "/cases/{case}": Reach((OFFICER,), ("/cases/{late}", "/cases/{incomplete}")),
    "/cases/{case}/contact": Reach((OFFICER,)),
    "/cases/{case}/receipt.pdf": Sheet(OFFICER, (("/cases/{late}/receipt.pdf", PDF),)),
    "/cases/{case}/missing.pdf": Sheet(OFFICER, (("/cases/{incomplete}/missing.pdf", PDF),)),
    "/documents": Reach((OFFICER,), ("/documents",)),
    "/reports": Reach(
        (OFFICER, SUPERVISOR),
        (
            "/reports?first={first}&last={last}&by=service",
            "/reports?whose={officer}&first={first}&last={last}&by=hour",
        ),
    ),
    "/reports/tickets": Reach(
        (SUPERVISOR,), ("/reports/tickets?first={first}&last={last}&by=service&figure=missed&service=1.1",)
    ),
    "/reports/charts/{name}.svg": Aside(),
    "/reports/report.{kind}": Sheet(
        SUPERVISOR,
        (
            ("/reports/report.pdf?first={first}&last={last}&by=service", PDF),
            ("/reports/report.csv?first={first}&last={last}&by=service", "text/csv"),
            (
                "/reports/report.xlsx?first={first}&last={last}&by=service",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
        ),
    ),
    "/staffing": Reach((SUPERVISOR,), ("/staffing", "/staffing?first={first}&last={last}&open=2&open=4&open=6&ask=1")),
    "/office": Reach((SUPERVISOR, ADMINISTRATOR), ("/office",)),
    **part("roster", SUPERVISOR),
    "/office/roster/signs.pdf": Sheet(SUPERVISOR, (("/office/roster/signs.pdf", PDF),)),
    **part("announcements", SUPERVISOR),
    **part("facility", SUPERVISOR),
    **part("hours", ADMINISTRATOR),
    **part("holidays-{year}", ADMINISTRATOR),
    **part("notices", ADMINISTRATOR),
    **part("wording-{service}", ADMINISTRATOR),
    **part("catalogue-{service}", ADMINISTRATOR),
    "/users": Reach((ADMINISTRATOR,), ("/users",)),
    "/users/new": Reach((ADMINISTRATOR,), ("/users/new",)),
    "/users/{name}": Reach((ADMINISTRATOR,), ("/users/somying",)),
    "/users/{name}/code": Reach((ADMINISTRATOR,)),
    "/audit": Reach((ADMINISTRATOR,), ("/audit",)),
    "/sign-in": Reach((NOBODY,), ("/sign-in",)),
    "/first": Reach((NOBODY,)),
    "/code": Reach((NOBODY,), ("/code",)),
    "/me": Reach((OFFICER,), ("/me",)),
}


def round_of_pages(people: Mapping[str, Person], told: Mapping[str, str]) -> None:
    """Every page, as the day has left it."""
    for reach in REACH.values():
        if isinstance(reach, Reach):
            for address in reach.addresses:
                for role in reach.roles:
                    name = f"{_slug(address)}-{role}"
                    people[role].look_over(address.format(**told), name)
        elif isinstance(reach, Sheet):
            for address, kind in reach.files:
                people[reach.role].fetch(address.format(**told), kind)


def unseen(eyes: Eyes, people: Mapping[str, Person]) -> Iterator[str]:
    """What the run owes: a page without an entry, an entry without a page, a page that nobody saw."""
    there = {page.path for page in PAGES if page.show}
    yield from (f"{path}: nobody told here how it is reached" for path in sorted(there - REACH.keys()))
    yield from (f"{path}: there is no such page" for path in sorted(REACH.keys() - there))
    for path in sorted(there & REACH.keys()):
        reach = REACH[path]
        if isinstance(reach, Aside):
            if not any(ROUTES[path].match(asked) for person in people.values() for asked in person.asked):
                yield f"{path}: no page asked for it"
        elif path not in eyes.rows:
            yield f"{path}: was not seen"


def _slug(address: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in ".-" else "-" for letter in address[:40])
    return kept.strip("-") or "hall"
