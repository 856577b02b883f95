"""A ticket as it is set: line by line, in the citizen's language.  Pure.

Lines that anyone may have to read (what this is, the number, how many wait) are in two languages: the centre's
first one, and the citizen's or else the centre's second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from broker.centre import Centre
from broker.clock import was_set
from broker.language import dates
from broker.language.catalogue import N_, plurals, words
from broker.language.lists import ranges
from broker.messages import TicketIssued
from broker.waits import told_minutes
from kiosk.sizes import Size

ENQUIRY_POINT = 1  # where the kiosk stands (R5)


@dataclass(frozen=True)
class Text:
    """Text, wrapped to the paper's width."""

    text: str
    size: Size = "body"
    bold: bool = False


@dataclass(frozen=True)
class Mark:
    """Text that must not be overlooked."""

    text: str


@dataclass(frozen=True)
class Number:
    """The number of a ticket or a case, as large as the paper allows."""

    text: str


@dataclass(frozen=True)
class Rule:
    """A thin line across."""


@dataclass(frozen=True)
class Space:
    """Nothing, ``mm`` high."""

    mm: float


@dataclass(frozen=True)
class QR:
    """A QR code."""

    payload: str


@dataclass(frozen=True)
class Item:
    """A line of a checklist, with its box, ticked or empty."""

    text: str
    ticked: bool


Line = Text | Mark | Number | Rule | Space | QR | Item


def slip(
    ticket: TicketIssued,
    centre: Centre,
    language: str,
    *,
    ahead: int | None = None,
    estimate: int | None = None,
    copy: bool = False,
) -> tuple[Line, ...]:
    """The lines of a ticket.

    ``ahead`` counts those who wait before it and ``estimate`` is its wait in seconds; None where nobody knows.
    ``copy`` marks a reprint.  Of a priority ticket only that it is one is said, never why (PDPA).
    Raises `KeyError` for a service the centre does not have, `LanguageMissing` for a language without catalogue.
    """
    _, n_ = words(language), plurals(language)
    pair = two_languages(centre, language)
    service = centre.service(ticket.service)
    given = ticket.given_at.astimezone(centre.zone)
    points = _("Points {points}") if len(service.points) > 1 else _("Point {points}")

    def lines() -> Iterator[Line]:
        yield Text(said(centre.centre.name, language), bold=True)
        yield Space(0.5)
        yield Text(both(pair, N_("Queue ticket")), "small")
        yield Space(2)
        yield Mark(both(pair, N_("Copy"))) if copy else Rule()
        yield Space(2)
        yield Text(both(pair, N_("Your number")), "small")
        yield Space(2)
        yield Number(ticket.number)
        yield Space(2.5)
        if ticket.priority:
            yield Mark(both(pair, N_("Priority")))
            yield Space(1.5)
        yield Text(said(service.name, language), "large", bold=True)
        yield Text(points.format(points=ranges(service.points, language)), "large")
        yield Space(2)
        yield Rule()
        yield Space(2)
        if ahead is not None:
            yield Text(_waiting(pair, ahead))
        if ahead and estimate is not None:
            count = told_minutes(estimate)
            yield Text(n_("About {minutes} minute", "About {minutes} minutes", count).format(minutes=count))
        if ahead is not None:
            yield Space(1)
        if was_set(given):  # a date of 1970 would only be a riddle
            date, time = dates.short_date(ticket.day, language), dates.clock(given.time(), language)
            yield Text(_("{date}   {time}").format(date=date, time=time))
            yield Space(2)
        yield Rule()
        yield Space(2)
        yield Text(_("Please wait until your number is called on the screen"), "small")
        yield Space(1.5)
        yield Text(_("If you miss your call, please go to point {point}").format(point=ENQUIRY_POINT), "small")
        yield Space(1.5)
        yield Text(_("Valid only on the day of issue"), "small")
        yield Space(2.5)
        yield QR(f"khiu:{centre.centre.site}:{ticket.day.isoformat()}:{ticket.number}")

    return tuple(lines())


def two_languages(centre: Centre, language: str) -> tuple[str, ...]:
    """The centre's first language, and the citizen's or else the centre's second (if it has one)."""
    first = centre.centre.languages[0]
    others = (language, *centre.centre.languages) if language != first else centre.centre.languages
    return (first, *[other for other in others if other != first][:1])


def both(pair: tuple[str, ...], text: str) -> str:
    """This msgid in each of these languages."""
    return " / ".join(words(language)(text) for language in pair)


def _waiting(pair: tuple[str, ...], count: int) -> str:
    if not count:
        return both(pair, N_("No one is waiting ahead"))
    return " / ".join(
        plurals(language)("{count} waiting ahead", "{count} waiting ahead", count).format(count=count)
        for language in pair
    )


def said(names: dict[str, str], language: str) -> str:
    """The name in this language, else in the first language it has."""
    return names.get(language) or next(iter(names.values()))
