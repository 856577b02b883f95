"""Documents handed to the public: officers count them here, by document and at which point (R7)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from contextlib import closing
from dataclasses import dataclass

import apsw
from starlette.responses import Response

from broker import messages as m
from broker.language.catalogue import N_
from broker.store import StoreError, reader
from display.desk.desk import Desk
from display.desk.page import OFFICERS, Form, Page, Visit
from display.ledger.office import HandOuts, handed_out
from display.ledger.schema import MIGRATIONS
from display.queue.events import FactRejected
from display.reports.spans import fiscal_year, fiscal_year_of

CHANGED = N_("The catalogue has changed. Please choose again.")
FIELDS = {"document": N_("Document"), "count": N_("Copies")}


@dataclass(frozen=True)
class Counts:
    """Copies by document."""

    today: Counter[str]
    year: Counter[str]  # the fiscal year so far


def counts(desk: Desk, now: dt.datetime) -> Counts:
    """Of this day and its fiscal year; of none that was handed out nothing stands."""
    today = now.astimezone(desk.centre.zone).date()
    try:
        with closing(reader(desk.ledger, MIGRATIONS)) as ledger:
            rows = handed_out(ledger, fiscal_year(fiscal_year_of(today)).first, today)
    except (StoreError, apsw.Error):
        rows = []
    return Counts(_by_document([row for row in rows if row.day == today]), _by_document(rows))


async def show(visit: Visit) -> Response:
    return _page(visit, _form(visit))


async def count(visit: Visit) -> Response:
    desk, form = visit.desk, _form(visit)
    known = [document.id for service in desk.centre.services for document in service.documents]
    if form["document"] not in known:
        form.fault("document", visit.say(CHANGED))
    if not (form["count"].isascii() and form["count"].isdigit() and 1 <= int(form["count"][:4]) <= 999):
        form.fault("count", visit.say(N_("A whole number from 1 to 999, please.")))
    if form.faults:
        return _page(visit, form)
    if not desk.mirror.hall_is_there:
        return visit.go("/documents", "unanswered")
    assert visit.account is not None  # the gate lets nobody else in
    fact = m.HandedOut(visit.account.shown, visit.now, form["document"], int(form["count"]), visit.point)
    seq = await desk.say(fact, visit.who)
    if seq and isinstance(desk.became(seq), FactRejected):
        form.fault("document", visit.say(CHANGED))
        return _page(visit, form)
    return visit.go("/documents", "waits" if seq is None else "counted")


def _page(visit: Visit, form: Form) -> Response:
    services = [service for service in visit.desk.centre.services if service.documents]
    return visit.form_page("handouts.html", form, services=services, counts=counts(visit.desk, visit.now))


def _form(visit: Visit) -> Form:
    return Form({name: visit.say(label) for name, label in FIELDS.items()}, visit.form)


def _by_document(rows: list[HandOuts]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row.document] += row.count
    return counted


PAGES = (Page("/documents", OFFICERS, show, count, menu=N_("Documents handed out")),)
