"""What each page says, in the citizen's language with the other one beneath.  Pure: state → words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from babel import Locale

from broker.centre import Centre
from broker.hours import Shut
from broker.language import dates
from broker.language.catalogue import N_, plurals, words
from broker.language.lists import ranges
from broker.messages import ServiceView
from broker.office import Words
from broker.store import CARD_FAULT
from broker.waits import told_minutes
from kiosk.catalogue import Catalogue
from kiosk.flow import PRINTS
from kiosk.pages import MODES, Closed, Fault, Giving, Home, Mode, Printing, State, Steps, Stopped, Taken
from kiosk.slip import ENQUIRY_POINT

Pair = tuple[str, str]  # chosen language, other language or ""
UNKNOWN = "—"
BACKWARDS = N_("The clock shows an earlier day than the ledger: please set it")
OTHER_DAY = N_("The day is not the hall's, so no tickets are given: please set the clock")


@dataclass(frozen=True)
class Tile:
    """One service on the home page."""

    service: str
    accent: int
    prefix: str
    name: Pair
    points: str
    waiting: str
    expected: str
    gives: bool
    why_not: str  # "" where it gives


@dataclass(frozen=True)
class Row:
    """One document on the page of documents."""

    document: str
    title: Pair


@dataclass(frozen=True)
class Choice:
    """A button of the bar below every page."""

    name: Mode | Literal["language"]
    words: str
    on: bool = False


@dataclass(frozen=True)
class View:
    """One page; what a page has no use for is empty."""

    page: str
    title: Pair
    hint: Pair = ("", "")
    tiles: tuple[Tile, ...] = ()
    number: str = ""
    service: str = ""
    accent: int = 0
    name: Pair = ("", "")
    points: str = ""
    priority: bool = False
    paper: bool = False
    gives: bool = False
    steps: tuple[Pair, ...] = ()
    notice: str = ""
    documents: bool = False  # the page has a way to the catalogue
    rows: tuple[Row, ...] = ()  # from the ``first`` on
    first: int = 0
    link: str = ""
    choices: tuple[Choice, ...] = ()
    following: str = ""  # the language that its button chooses
    listening: str = ""  # how a spoken page is used


class Wording:
    """The centre's words in the language that the citizen chose; ``alone``: without the other one beneath."""

    def __init__(self, centre: Centre, language: str, alone: bool = False) -> None:
        languages = centre.centre.languages
        self.centre, self.language = centre, language
        self.other = None if alone else next((other for other in languages if other != language), None)

    def __call__(self, text: str, **fields: object) -> str:
        return words(self.language)(text).format(**fields)

    def counted(self, one: str, many: str, count: int) -> str:
        """So many of something; ``{count}`` in the texts is the number."""
        return plurals(self.language)(one, many, count).format(count=count)

    def pair(self, text: str, **fields: object) -> Pair:
        """A text of the catalogue in both languages."""
        return self(text, **fields), words(self.other)(text).format(**fields) if self.other else ""

    def named(self, names: Words) -> Pair:
        """A text of centre.toml in both languages."""
        chosen = names.get(self.language) or next(iter(names.values()))
        other = names.get(self.other or "", "")
        return chosen, other if other != chosen else ""

    def points(self, service: str) -> str:
        """จุดที่ 2–3 / Points 2–3."""
        points = self.centre.service(service).points
        text = self("Points {points}", points=ranges(points, self.language)) if len(points) > 1 else ""
        return text or self("Point {points}", points=ranges(points, self.language))


def language_name(language: str) -> str:
    """ไทย, English: each in itself."""
    return str(Locale.parse(language).get_display_name(language)).capitalize()


def wording(state: State, centre: Centre) -> Wording:
    """Large text has room for one language."""
    return Wording(centre, state.language, alone="large" in state.modes)


def view(state: State, centre: Centre, always: frozenset[Mode] = frozenset()) -> View:
    """The page to show; ``always`` is what of the glass is so for everybody and not to be chosen."""
    say = wording(state, centre)
    listening = say(N_("Touch to listen, touch again to choose")) if state.spoken else ""
    other = _following(state, centre.centre.languages)
    choices = tuple(_choices(state, say, other, always))
    return replace(_page(state, say), choices=choices, following=other, listening=listening)


def _following(state: State, languages: tuple[str, ...]) -> str:
    """The next of the centre's languages; while the page is read aloud, of those that have a voice."""
    place = languages.index(state.language)
    others = (*languages[place + 1 :], *languages[:place])
    return next((other for other in others if not state.spoken or other in state.voices), state.language)


def _choices(state: State, say: Wording, other: str, always: frozenset[Mode]) -> Iterator[Choice]:
    if other != state.language:
        yield Choice("language", language_name(other))
    names: dict[Mode, str] = {
        "large": N_("Large text"),
        "contrast": N_("High contrast"),
        "low": N_("Low buttons"),
        "spoken": N_("Listen"),
    }
    for mode in MODES:
        if mode not in always and (mode != "spoken" or state.language in state.voices):
            yield Choice(mode, say(names[mode]), mode in state.modes)


def _page(state: State, say: Wording) -> View:
    centre = say.centre
    match state.page:
        case Home():
            return _home(state, say)
        case Steps(service):
            steps = tuple(say.named(step) for step in centre.service(service).steps)
            return _of(
                service, say, "steps", say.pair(N_("Steps of the service")), steps=steps, gives=state.gives(service),
                documents=bool(centre.service(service).documents) and not state.spoken,
            )  # fmt: skip
        case Catalogue() as page:
            return _catalogue(page, say)
        case Giving(service):
            return _of(service, say, "printing", *_printing(say))
        case Printing(ticket):
            return _of(ticket.service, say, "printing", *_printing(say), number=ticket.number, priority=ticket.priority)
        case Taken(ticket, paper):
            title = N_("Please take your ticket") if paper else N_("Your number is in the queue")
            return _of(
                ticket.service, say, "ticket", say.pair(title),
                say.pair(N_("Please wait until your number is called on the screen")),
                number=ticket.number, priority=ticket.priority, paper=paper,
            )  # fmt: skip
        case Fault(ticket, printer):
            trouble = (
                N_("The printer has run out of paper") if printer == "paper_out" else N_("The printer cannot print now")
            )
            return _of(
                ticket.service, say, "fault", say.pair(N_("Please remember or photograph this number")),
                say.pair(trouble), number=ticket.number, priority=ticket.priority,
            )  # fmt: skip
        case Closed():
            return _closed(state, say)
        case Stopped():
            return View(
                "stopped",
                say.pair(N_("No tickets here at the moment")),
                say.pair(N_("Please ask at point {point}"), point=ENQUIRY_POINT),
            )


def _catalogue(page: Catalogue, say: Wording) -> View:
    """The documents, or one; what the office takes out of the catalogue meanwhile leaves the others."""
    documents = say.centre.service(page.service).documents
    for document in documents:
        if document.id == page.document:
            paper = N_("On paper too: please ask the officer") if document.link else N_("Please ask the officer for it")
            hint = say.pair(N_("Scan the code with your telephone")) if document.link else ("", "")
            return _of(
                page.service, say, "document", say.named(document.title), hint, first=page.first,
                notice=say(paper) if document.paper or not document.link else "", link=document.link or "",
            )  # fmt: skip
    first = page.first if page.first < len(documents) else 0
    rows = tuple(Row(each.id, say.named(each.title)) for each in documents[first:])
    return _of(page.service, say, "catalogue", say.pair(N_("Documents of the service")), rows=rows, first=first)


def warnings(state: State, *, backwards: bool) -> tuple[str, ...]:
    """What staff should see to; the hall translates it.  ``backwards``: the clock shows a day that is over."""
    said = {BACKWARDS: backwards, OTHER_DAY: state.linked and state.other_day, CARD_FAULT: not state.disk_works}
    return tuple(warning for warning, holds in said.items() if holds)


def _printing(say: Wording) -> tuple[Pair, Pair]:
    return say.pair(N_("Printing your ticket")), say.pair(N_("One moment, please"))


def _of(service: str, say: Wording, page: str, title: Pair, hint: Pair = ("", ""), **more: Any) -> View:
    ids = [each.id for each in say.centre.services]
    name = say.named(say.centre.service(service).name)
    return View(
        page, title, hint, service=service, accent=ids.index(service), name=name, points=say.points(service), **more
    )


def _home(state: State, say: Wording) -> View:
    return View(
        "home",
        say.pair(N_("Please touch the service you need")),
        tiles=tuple(_tile(place, state, say) for place in range(len(say.centre.services))),
        priority=state.priority,
        notice=""
        if state.printer in (*PRINTS, None)
        else say(N_("The printer cannot print now. Your number will be shown on this screen.")),
    )


def _tile(place: int, state: State, say: Wording) -> Tile:
    service = say.centre.services[place]
    known = state.waiting(service.id)
    gives = state.gives(service.id)
    used_up = service.id in state.none_left
    plain = "large" in state.modes  # what is less needed makes room
    why_not = N_("No tickets left today") if used_up else N_("No more tickets today")
    return Tile(
        service.id,
        place,
        service.prefix,
        say.named(service.name),
        "" if plain else say.points(service.id),
        say.counted("{count} ticket", "{count} tickets", known.waiting) if known else UNKNOWN,
        "" if plain else _expected(known, say),
        gives,
        "" if gives else say(why_not),
    )


def _expected(known: ServiceView | None, say: Wording) -> str:
    if known is None or known.estimate is None:
        return UNKNOWN
    if not known.estimate:
        return say(N_("no wait"))
    return say.counted("{count} min", "{count} min", told_minutes(known.estimate))


def _closed(state: State, say: Wording) -> View:
    rules = say.centre.hours
    daily = say(
        N_("Tickets are given {days}, {open} to {close}"),
        days=dates.day_range(rules.days, say.language),
        open=f"{rules.open:%H:%M}",
        close=dates.clock(rules.close, say.language),
    )
    again = ""
    if isinstance(state.hours, Shut):
        opens: dt.datetime = state.hours.until
        day, time = dates.full_date(opens.date(), say.language), dates.clock(opens.time(), say.language)
        again = say(N_("Open again")) + "\n" + say(N_("{day} at {time}"), day=day, time=time)
    return View("closed", say.pair(N_("We are closed now")), (again, daily))
