"""The pages on which an office edits its own things: a form for each part, its versions, and what the hall said of it.

An edit is made on the version that its form showed.  Where another stands by now nothing is lost: both are shown, and
who saves again knows what it replaces.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker import messages as m
from broker import office_rules
from broker.language import dates
from broker.language.catalogue import N_
from broker.language.fonts import FontMissing
from broker.language.letters import lacking
from broker.office import Announcements, AnyPart, Facility, Holidays, Roster, key
from display.desk import beside, editing, sheets
from display.desk.accounts import Role
from display.desk.facility import suggested
from display.desk.inputs import Reader
from display.desk.office_sheets import Sheet, sheet_of
from display.desk.page import ADMINISTRATORS, SUPERVISORS, Form, Page, Visit

KINDS: Mapping[str, tuple[Role, ...]] = {
    "roster": SUPERVISORS,
    "announcements": SUPERVISORS,
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
CHANGED = N_("Somebody else changed this meanwhile. Please look at it, then choose again.")
YEARS = range(2020, 3000)  # of `broker.office.Year`


async def index(visit: Visit) -> Response:
    names = office_rules.keys(visit.desk.centre, visit.now.astimezone(visit.desk.centre.zone).year)
    mine = [name for name in names if visit.account and visit.account.role in KINDS[name.partition("-")[0]]]
    return visit.page(
        "office.html", parts=[(name, title(visit, name), editing.stands(visit.desk, name)) for name in mine]
    )


async def show(visit: Visit) -> Response:
    return _fresh(visit)


def _fresh(visit: Visit, refused: str = "") -> Response:
    """The form as the part stands, and why what was asked of it was not done if it was not."""
    name, part = _part(visit)
    stands, sheet, reads = editing.stands(visit.desk, name), sheet_of(name), _reader(visit)
    suggests = part == Facility(()) and stands.version == 0
    values, filled = sheets.values(
        sheet, suggested(visit.desk.centre) if suggests else beside.of_now(visit, part), reads
    )
    rows = min(filled + SPARE, sheets.MOST_ROWS)
    form = Form(sheets.labels(sheet, rows, reads), values | sheets.empty(sheet, filled, rows, reads))
    if refused:
        form.fault("part", refused)
    return _page(visit, name, form, rows, stands.version, status=409 if refused else 200, suggests=suggests)


async def act(visit: Visit) -> Response:
    name, before = _part(visit)
    sheet, reads, do = sheet_of(name), _reader(visit), str(visit.form.get("do", "save"))
    rows, based_on = _count(visit, sheets.ROWS, sheets.MOST_ROWS), _count(visit, "version", 2**53)
    form = Form(sheets.labels(sheet, rows, reads), visit.form)
    if do == "more":
        more = min(rows + MORE, sheets.MOST_ROWS)
        values = form.values | sheets.empty(sheet, rows, more, reads)
        return _page(visit, name, Form(sheets.labels(sheet, more, reads), values), more, based_on)
    if do.startswith("drop:"):
        return await _take_down(visit, name, before, do.removeprefix("drop:"), based_on)
    if do.startswith("up:"):
        form.values = sheets.moved_up(form.values, do.removeprefix("up:"))
        return _page(visit, name, form, rows, based_on)
    part, form.faults = sheets.part_of(name, before, form.values, rows, reads, _documents_elsewhere(visit, name))
    _letters_are_there(visit, form, sheet, rows)
    if part is None or form.faults:
        return _page(visit, name, form, rows, based_on, status=422)
    if do == "preview":
        told = sheets.in_words(sheet, part, reads)
        return _page(visit, name, form, rows, based_on, preview=told, slides=beside.slides(visit, part))
    sent = await editing.send(visit, name, part, based_on)
    if sent.taken or sent.waits:
        return visit.go(f"/office/{name}", "taken" if sent.taken else "waits")
    if sent.stale:
        return _both(visit, name, form, rows)
    form.fault("day_ends" if sent.why.startswith("hours.day_ends") else "part", editing.why(visit, sent))
    return _page(visit, name, form, rows, based_on, status=503 if sent.why == editing.AWAY else 422)


async def version(visit: Visit) -> Response:
    name, _ = _part(visit)
    return _old(visit, name, _version(visit, name))


def _old(visit: Visit, name: str, old: m.Office, refused: str = "") -> Response:
    """A version, and why it was not put back if it was not."""
    told = sheets.in_words(sheet_of(name), old.edit, _reader(visit)) if old.edit else []
    return visit.page(
        "office_version.html",
        409 if refused else 200,
        refused=refused,
        name=name,
        title=title(visit, name),
        old=old,
        told=told,
        stands=editing.stands(visit.desk, name),
        edit=secrets.token_hex(8),
    )


async def put_back(visit: Visit) -> Response:
    """An older version stands again, as a new one."""
    name, _ = _part(visit)
    old = _version(visit, name)
    assert old.edit is not None  # of every version that was found
    if office_rules.faults(visit.desk.centre, old.edit):
        return _old(visit, name, old, visit.say(N_("This version does not fit the centre any more.")))
    sent = await editing.send(visit, name, old.edit, _count(visit, "version", 2**53))
    if sent.taken or sent.waits:
        return visit.go(f"/office/{name}", "taken" if sent.taken else "waits")
    return _old(visit, name, old, visit.say(CHANGED) if sent.stale else editing.why(visit, sent))


def _page(
    visit: Visit, name: str, form: Form, rows: int, based_on: int, *, status: int = 200, **context: Any
) -> Response:
    sheet = sheet_of(name)
    _, part = _part(visit)
    head, below = sheets.lines(sheet, rows, _reader(visit))
    return visit.page(
        "office_part.html",
        status,
        **({"preview": None, "theirs": None, "suggests": False, "slides": []} | context),
        name=name,
        title=title(visit, name),
        sheet=sheet,
        head=head,
        below=below,
        prefix=sheets.prefix,
        rows=rows,
        most_rows=sheets.MOST_ROWS,
        form=form,
        based_on=based_on,
        edit=secrets.token_hex(8),
        stands=editing.stands(visit.desk, name),
        waits=editing.pending(visit.desk, name),
        notes=beside.notes(visit, part, _reader(visit)),
        signs=[visit.named(officer.name) for officer in part.officers] if isinstance(part, Roster) else [],
        announced=beside.announced(visit, part),
        history=editing.history(visit.desk, name)[:VERSIONS],
    )


async def _take_down(visit: Visit, name: str, before: AnyPart, place: str, based_on: int) -> Response:
    """One announcement ends now; nothing else of the form is looked at."""
    if not isinstance(before, Announcements) or not place.isdecimal() or int(place) >= len(before.announcements):
        raise HTTPException(400)
    rest = (each for n, each in enumerate(before.announcements) if n != int(place))
    sent = await editing.send(visit, name, Announcements(tuple(rest)), based_on)
    if sent.taken or sent.waits:
        return visit.go(f"/office/{name}", "taken" if sent.taken else "waits")
    return _fresh(visit, visit.say(CHANGED) if sent.stale else editing.why(visit, sent))


def _letters_are_there(visit: Visit, form: Form, sheet: Sheet, rows: int) -> None:
    """Screen, kiosk and paper would draw a box for a letter that the centre's face lacks: its field is named."""
    head, below = sheets.lines(sheet, rows, _reader(visit))
    for control in (*head, *(each for _, row in below for each in row)):
        try:
            missing = lacking(visit.desk.centre.centre.font, False, form[control.name]) if control.language else []
        except FontMissing:  # this machine draws nothing itself
            return
        if missing:
            text = visit.say(N_("The centre's type has no letter for: {letters}"))
            form.fault(control.name, text.format(letters=" ".join(dict.fromkeys(missing))))


def _both(visit: Visit, name: str, form: Form, rows: int) -> Response:
    """What another wrote meanwhile, over the form with one's own; saved again, it takes the other's place."""
    _, theirs = _part(visit)
    told = sheets.in_words(sheet_of(name), theirs, _reader(visit))
    return _page(visit, name, form, rows, editing.stands(visit.desk, name).version, status=409, theirs=told)


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


def _version(visit: Visit, name: str) -> m.Office:
    """Raises `HTTPException` 404."""
    for old in editing.history(visit.desk, name):
        if str(old.version) == visit.request.path_params["version"]:
            return old
    raise HTTPException(404)


def _documents_elsewhere(visit: Visit, name: str) -> list[str]:
    services = [service for service in visit.desk.centre.services if name != f"catalogue-{service.id}"]
    return [document.id for service in services for document in service.documents]


def _reader(visit: Visit) -> Reader:
    return Reader(visit.desk.centre, visit.language, visit.account.shown if visit.account else "", visit.now)


def title(visit: Visit, name: str) -> str:
    """What a part is called.  Raises `KeyError` for one that this centre has not."""
    its, (kind, _, which) = visit.say(sheet_of(name).title), name.partition("-")
    if kind == "holidays":
        return f"{its} {dates.year(visit.now.date().replace(year=int(which), day=1), visit.language)}"
    return f"{its}: {which} {visit.named(visit.desk.centre.service(which).name)}" if which else its


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
