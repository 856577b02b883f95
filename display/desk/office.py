"""The pages on which an office edits its own things: a form for each part, its versions, and what the hall said of it.

An edit is made on the version that its form showed.  Where another stands by now nothing is lost: both are shown, and
who saves again knows what it replaces.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import apsw
import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker import messages as m
from broker import office_rules
from broker.language import dates
from broker.language.catalogue import N_
from broker.office import AnyPart, Holidays, key
from broker.store import StoreError, reader
from broker.words import Id
from display.desk import sheets
from display.desk.accounts import Role
from display.desk.inputs import Reader
from display.desk.office_sheets import sheet_of
from display.desk.page import ADMINISTRATORS, SUPERVISORS, Form, Page, Visit
from display.ledger import office as ledger_office
from display.ledger.schema import MIGRATIONS
from display.queue.events import FactRejected

KINDS: Mapping[str, tuple[Role, ...]] = {
    "roster": SUPERVISORS,
    "facility": SUPERVISORS,
    "hours": ADMINISTRATORS,
    "holidays": ADMINISTRATORS,
    "notices": ADMINISTRATORS,
    "wording": ADMINISTRATORS,
    "catalogue": ADMINISTRATORS,
}
LARGEST = 262_144  # bytes: forty rows of Thai, each letter sent as nine
SPARE = 2  # empty rows below those that there are
MORE = 5
VERSIONS = 20  # listed
YEARS = range(2020, 3000)  # of `broker.office.Year`
AWAY = N_("The hall does not answer, so nothing was changed. What you wrote stands here; please save it again later.")
WAITS = N_("An edit of this page still waits for the hall. Please wait until it was taken, then save again.")
UNKNOWN = N_("The hall did not take this: {why}")
TOO_LATE = N_("This time is over already today. Please give a later one, or edit it tomorrow.")


@dataclass(frozen=True)
class Sent:
    """What became of an edit: taken (no ``why``), under way, or not taken."""

    taken: bool = False
    waits: bool = False
    stale: bool = False
    why: str = ""


async def index(visit: Visit) -> Response:
    names = office_rules.keys(visit.desk.centre, visit.now.astimezone(visit.desk.centre.zone).year)
    mine = [name for name in names if visit.account and visit.account.role in KINDS[name.partition("-")[0]]]
    return visit.page("office.html", parts=[(name, _title(visit, name), _stands(visit, name)) for name in mine])


async def show(visit: Visit) -> Response:
    name, part = _part(visit)
    stands, sheet, reads = _stands(visit, name), sheet_of(name), _reader(visit)
    values, rows = sheets.values(sheet, part, reads)
    rows = min(rows + SPARE, sheets.MOST_ROWS)
    form = Form(sheets.labels(sheet, rows, reads), values)
    return _page(visit, name, form, rows, based_on=stands.version)


async def act(visit: Visit) -> Response:
    name, before = _part(visit)
    sheet, reads, do = sheet_of(name), _reader(visit), str(visit.form.get("do", "save"))
    rows, based_on = _count(visit, sheets.ROWS, sheets.MOST_ROWS), _count(visit, "version", 2**53)
    form = Form(sheets.labels(sheet, rows, reads), visit.form)
    if do == "more":
        rows = min(rows + MORE, sheets.MOST_ROWS)
        return _page(visit, name, Form(sheets.labels(sheet, rows, reads), form.values), rows, based_on)
    if do.startswith("up:"):
        form.values = sheets.moved_up(form.values, do.removeprefix("up:"))
        return _page(visit, name, form, rows, based_on)
    part, form.faults = sheets.part_of(name, before, form.values, rows, reads, _documents_elsewhere(visit, name))
    if part is None or form.faults:
        return _page(visit, name, form, rows, based_on, status=422)
    if do == "preview":
        return _page(visit, name, form, rows, based_on, preview=sheets.in_words(sheet, part, reads))
    sent = await _send(visit, name, part, based_on)
    if sent.taken or sent.waits:
        return visit.go(f"/office/{name}", "taken" if sent.taken else "waits")
    if sent.stale:
        return _both(visit, name, form, rows)
    form.fault("day_ends" if sent.why.startswith("hours.day_ends") else "part", _why(visit, sent.why))
    return _page(visit, name, form, rows, based_on, status=422 if sent.why else 503)


async def version(visit: Visit) -> Response:
    name, _ = _part(visit)
    old = _version(visit, name)
    told = sheets.in_words(sheet_of(name), old.edit, _reader(visit)) if old.edit else []
    return visit.page(
        "office_version.html",
        name=name,
        title=_title(visit, name),
        old=old,
        told=told,
        stands=_stands(visit, name),
        edit=secrets.token_hex(8),
    )


async def put_back(visit: Visit) -> Response:
    """An older version stands again, as a new one."""
    name, _ = _part(visit)
    old = _version(visit, name)
    assert old.edit is not None  # of every version that was found
    if office_rules.faults(visit.desk.centre, old.edit):
        return visit.page("error.html", 409, text=visit.say(N_("This version does not fit the centre any more.")))
    sent = await _send(visit, name, old.edit, _count(visit, "version", 2**53))
    if sent.taken or sent.waits:
        return visit.go(f"/office/{name}", "taken" if sent.taken else "waits")
    changed = N_("Somebody else changed this meanwhile. Please look at it, then choose again.")
    return visit.page("error.html", 409, text=visit.say(changed) if sent.stale else _why(visit, sent.why))


async def _send(visit: Visit, name: str, part: AnyPart, based_on: int) -> Sent:
    """To the hall, and what it says of it."""
    desk, stands, pending = visit.desk, _stands(visit, name), _pending(visit, name)
    try:
        id = msgspec.convert(visit.form.get("edit"), Id)
    except msgspec.ValidationError as error:
        raise HTTPException(400) from error
    if id in (stands.id, pending and pending.id):  # sent twice
        return Sent(taken=pending is None, waits=pending is not None)
    if not desk.mirror.hall_is_there or not desk.facts.numbered:
        return Sent()
    if pending:
        return Sent(why=WAITS)
    if based_on != stands.version:
        return Sent(stale=True)
    assert visit.account is not None  # the gate lets nobody else in
    edit = m.OfficeEdited(by=visit.account.shown, at=visit.now, id=id, based_on=based_on, edit=part)
    seq = await desk.say(edit)
    if seq is None:
        return Sent(waits=True)
    if _stands(visit, name).id == id:
        visit.note("office_edited", f"{name} {_stands(visit, name).version}")
        return Sent(taken=True)
    with closing(reader(desk.ledger, MIGRATIONS)) as ledger:
        became = ledger_office.outcome(ledger, desk.rules.name, seq)
    if isinstance(became, FactRejected) and became.fact == edit:
        return Sent(stale=became.cause == "stale", why="; ".join(became.why) or became.cause)
    return Sent(waits=True)  # it bears another number by now


def _page(
    visit: Visit, name: str, form: Form, rows: int, based_on: int, *, status: int = 200, **context: Any
) -> Response:
    sheet = sheet_of(name)
    head, below = sheets.lines(sheet, rows, _reader(visit))
    return visit.page(
        "office_part.html",
        status,
        **({"preview": None, "theirs": None} | context),
        name=name,
        title=_title(visit, name),
        sheet=sheet,
        head=head,
        below=below,
        prefix=sheets.prefix,
        rows=rows,
        most_rows=sheets.MOST_ROWS,
        form=form,
        based_on=based_on,
        edit=secrets.token_hex(8),
        stands=_stands(visit, name),
        waits=_pending(visit, name),
        history=_history(visit, name)[:VERSIONS],
    )


def _both(visit: Visit, name: str, form: Form, rows: int) -> Response:
    """What another wrote meanwhile, over the form with one's own; saved again, it takes the other's place."""
    _, theirs = _part(visit)
    told = sheets.in_words(sheet_of(name), theirs, _reader(visit))
    return _page(visit, name, form, rows, _stands(visit, name).version, status=409, theirs=told)


def _part(visit: Visit) -> tuple[str, AnyPart]:
    """The part of the path, as it stands.  Raises `HTTPException` 404."""
    name = visit.request.url.path.split("/")[2]
    try:
        part = office_rules.current(visit.desk.centre, name)
    except (KeyError, ValueError):  # the latter of a year that is no number
        raise HTTPException(404) from None
    if key(part) != name or (isinstance(part, Holidays) and part.year not in YEARS):
        raise HTTPException(404)
    return name, part


def _stands(visit: Visit, name: str) -> m.Office:
    return visit.desk.mirror.parts.get(name, m.Office(name))


def _pending(visit: Visit, name: str) -> m.OfficeEdited | None:
    """The edit of this part that the ledger does not have yet."""
    facts = [sent.fact for sent in visit.desk.facts.pending()]
    return next((fact for fact in facts if isinstance(fact, m.OfficeEdited) and key(fact.edit) == name), None)


def _history(visit: Visit, name: str) -> list[m.Office]:
    """Every version that is remembered, newest first; the last is centre.toml's, which nobody edited."""
    first = m.Office(name, 0, office_rules.current(visit.desk.base, name))
    try:
        with closing(reader(visit.desk.ledger, MIGRATIONS)) as ledger:
            return [*ledger_office.history(ledger, name), first]
    except (StoreError, apsw.Error):
        return [first]


def _version(visit: Visit, name: str) -> m.Office:
    """Raises `HTTPException` 404."""
    for old in _history(visit, name):
        if str(old.version) == visit.request.path_params["version"]:
            return old
    raise HTTPException(404)


def _documents_elsewhere(visit: Visit, name: str) -> list[str]:
    services = [service for service in visit.desk.centre.services if name != f"catalogue-{service.id}"]
    return [document.id for service in services for document in service.documents]


def _reader(visit: Visit) -> Reader:
    return Reader(visit.desk.centre, visit.language)


def _title(visit: Visit, name: str) -> str:
    title, (kind, _, which) = visit.say(sheet_of(name).title), name.partition("-")
    if kind == "holidays":
        return f"{title} {dates.year(visit.now.date().replace(year=int(which), day=1), visit.language)}"
    return f"{title}: {which} {visit.named(visit.desk.centre.service(which).name)}" if which else title


def _why(visit: Visit, why: str) -> str:
    if not why:
        return visit.say(AWAY)
    if why == WAITS:
        return visit.say(WAITS)
    return visit.say(TOO_LATE) if why.startswith("hours.day_ends") else visit.say(UNKNOWN).format(why=why)


def _count(visit: Visit, name: str, most: int) -> int:
    """Raises `HTTPException` 400 for what no form of ours holds."""
    text = str(visit.form.get(name, ""))
    if not (text.isascii() and text.isdigit() and len(text) < 17 and int(text) <= most):
        raise HTTPException(400)
    return int(text)


def _pages() -> list[Page]:
    paths = {"holidays": "holidays-{year}", "wording": "wording-{service}", "catalogue": "catalogue-{service}"}
    made = [Page("/office", SUPERVISORS, index, menu=N_("Office"))]
    for kind, roles in KINDS.items():
        path = f"/office/{paths.get(kind, kind)}"
        made += [
            Page(path, roles, show, act, largest=LARGEST),
            Page(path + "/versions/{version}", roles, version, put_back),
        ]
    return made


PAGES = tuple(_pages())
