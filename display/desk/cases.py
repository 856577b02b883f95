"""Cases (R3, R2.3b): filed from the ticket that is being served, and listed by due date; `case_page` has one case.

The desk says what an officer did as a numbered fact; the hall alone decides whether it can be true.  A form carries the
id of its case, so neither a reload nor the back button files anything twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager

import apsw
from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker import messages as m
from broker.language.catalogue import N_
from broker.store import StoreError, reader
from display.cases import numbers
from display.cases.channels import CHANNELS, NOTICE
from display.cases.words import MATTERS, STATES
from display.cases.workdays import Workdays
from display.desk import case_forms as forms
from display.desk.gate import UNREADABLE
from display.desk.page import OFFICERS, Form, Page, Visit
from display.ledger import cases as kept
from display.ledger import office
from display.ledger.case_table import unconfirmed
from display.ledger.schema import MIGRATIONS
from display.queue.events import FactRejected

LISTS = {
    "open": N_("Open"),
    "overdue": N_("Overdue"),
    "soon": N_("Due soon"),
    "closed": STATES["closed"],
    "withdrawn": STATES["withdrawn"],
    "all": N_("All"),
}
SOON = 3  # working days after today
NO_NUMBER = N_("A case number looks like 12/2569.")
NO_CASE = N_("There is no case of this number.")
NOT_TAKEN = N_("The hall did not take this: {why}")
NOBODY = N_("No contact: the citizen will ask")


@contextmanager
def ledger(visit: Visit) -> Iterator[apsw.Connection]:
    """The hall's ledger, for reading.  Raises `HTTPException` 503."""
    try:
        with closing(reader(visit.desk.ledger, MIGRATIONS)) as connection:
            yield connection
    except (StoreError, apsw.Error) as fault:
        raise HTTPException(503, UNREADABLE) from fault


def reading(visit: Visit) -> forms.Reading:
    """Of this visit's forms."""
    who = visit.account.shown if visit.account else ""
    return forms.Reading(visit.desk.centre, who, visit.now, visit.say, visit.language)


def pending(visit: Visit) -> list[m.CaseFiled | m.CaseMoved]:
    """Filings and steps that the hall does not have yet."""
    return [sent.fact for sent in visit.desk.facts.pending() if isinstance(sent.fact, m.CaseFiled | m.CaseMoved)]


def channels(visit: Visit) -> list[tuple[str, str]]:
    """How a citizen can be told, as choices."""
    return [(str(channel), visit.say(text)) for channel, text in CHANNELS.items()]


async def index(visit: Visit) -> Response:
    """The cases of one list, or the one whose number was asked for."""
    asked, which = visit.request.query_params.get("q", "").strip(), visit.request.query_params.get("show", "")
    which = which if which in LISTS else "open"
    form = Form({"q": visit.say(N_("Case number"))}, {"q": asked})
    today = reading(visit).today
    soon = Workdays.of(visit.desk.centre).after(today, SOON)
    with ledger(visit) as book:
        if asked:
            number = numbers.read(asked)
            if number and (found := kept.numbered(book, *number)):
                return visit.go(f"/cases/{found.id}")
            form.fault("q", visit.say(NO_CASE if number else NO_NUMBER))
        due = kept.due_within(book, today, soon)
        match which:
            case "open":
                lines = kept.open_cases(book)
            case "overdue":
                lines = kept.overdue(book, today)
            case "soon":
                lines = due
            case "closed" | "withdrawn":
                lines = kept.in_state(book, which)
            case _:
                lines = kept.latest(book)
        count = kept.counts(book, today)
        going = [kept.case(book, id) for id in visit.desk.contacts.going(today + forms.GOING)]
    return visit.form_page(
        "cases.html",
        form,
        which=which,
        lists=LISTS,
        lines=lines,
        figures={"open": count.open, "overdue": count.overdue, "soon": len(due)},
        today=today,
        soon=soon,
        soon_days=SOON,
        states=STATES,
        most=kept.LIMIT,
        waiting=len(pending(visit)),
        going=[line for line in going if line and not line.ended] if which == "open" else [],
        going_days=forms.GOING.days,
        notes=unconfirmed((line.due for line in lines), visit.desk.centre, visit.language),
    )


async def new(visit: Visit) -> Response:
    """An empty form; with ``point`` for the ticket that is served there."""
    at, service = _visit_at(visit, visit.request.query_params.get("point", ""))
    values = {
        "case": secrets.token_hex(8),
        "visit": at or "",
        "service": service or "",
        "matter": "request",
        "channel": "phone",
        "erase_on": (reading(visit).today + forms.KEEP).isoformat(),
    }
    return _page(visit, Form(forms.labels(visit.say, forms.PAPERS), values))


async def file(visit: Visit) -> Response:
    desk, read = visit.desk, reading(visit)
    form = Form(forms.labels(visit.say, forms.PAPERS), visit.form)
    if not forms.identified(form["case"]) or (form["visit"] and not forms.identified(form["visit"])):
        raise HTTPException(400)
    with ledger(visit) as book:
        if kept.case(book, form["case"]):  # sent twice, or gone back to
            return visit.go(f"/cases/{form['case']}")
    if form["case"] in [fact.case for fact in pending(visit)]:
        return visit.go("/cases", "waits")
    fact = forms.filed(form, read, forms.PAPERS)
    contact = forms.contact(form, read, form["case"])
    if fact is None or form.faults:
        return _page(visit, form)
    if contact:
        desk.contacts.keep(contact, visit.who, visit.now)
    seq = await desk.say(fact, visit.who)
    with ledger(visit) as book:
        if kept.case(book, fact.case):
            return visit.go(f"/cases/{fact.case}", "filed")
        became = office.outcome(book, desk.rules.name, seq) if seq else None
    if isinstance(became, FactRejected) and became.fact == fact:
        form.fault("service", visit.say(NOT_TAKEN).format(why=became.cause))
        return _page(visit, form)
    return visit.go("/cases", "waits")


def _page(visit: Visit, form: Form) -> Response:
    with ledger(visit) as book:
        others = kept.of_visit(book, form["visit"]) if form["visit"] else []
        known = kept.papers_of(book, form["service"])
    return visit.form_page(
        "case_new.html",
        form,
        papers=range(forms.PAPERS),
        known=known,
        others=others,
        services=[(service.id, visit.named(service.name)) for service in visit.desk.centre.services],
        matters=[(matter, visit.say(text)) for matter, text in MATTERS.items()],
        channels=[*channels(visit), (forms.NOBODY, visit.say(NOBODY))],
        notice=NOTICE,
    )


def _visit_at(visit: Visit, point: str) -> tuple[str | None, str | None]:
    """The visit that is served at this point, and its service."""
    mirror = visit.desk.mirror
    status = mirror.points.get(int(point)) if point.isascii() and point.isdigit() and len(point) < 3 else None
    if status is None or status.ticket is None or mirror.board is None:
        return None, None
    with ledger(visit) as book:
        return kept.visit_at(book, mirror.board.day, status.point, status.ticket), status.service


PAGES = (
    Page("/cases", OFFICERS, index, menu=N_("Cases")),
    Page("/cases/new", OFFICERS, new, file),
)
