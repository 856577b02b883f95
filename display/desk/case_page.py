"""One case: what happened to it, what may happen next, its papers, and whom to tell how it came out.

Every step carries the revision that its page showed: of two officers the slower is told what the other did, and nobody
goes a step twice.  A contact is shown on demand alone, and who saw it is written down first (PDPA).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import secrets
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker.language.catalogue import N_
from display.cases.channels import NOTICE
from display.cases.states import steps
from display.cases.words import AFTER, DELAY_NOTICED, FROM, MATTERS, STATES
from display.desk import case_forms as forms
from display.desk import prints
from display.desk.cases import NOT_TAKEN, channels, ledger, pending, reading
from display.desk.contacts import Erased
from display.desk.page import OFFICERS, Form, Page, Visit
from display.ledger import cases as kept
from display.ledger import office
from display.ledger.case_table import unconfirmed
from display.ledger.cases import CaseLine
from display.paper import case as paper
from display.queue.events import FactRejected

PLAIN: Mapping[str, str] = {  # steps that need no checklist, as the officer says them
    "forwarded": N_("Forwarded to the agency"),
    "answered": N_("The agency has acted"),
    "citizen_informed": N_("The citizen was informed"),
    "centre_informed": N_("The centre was informed"),
    "delay_noticed": N_("The citizen was told of the delay"),
    "withdrawn": N_("The citizen withdraws the case"),
}
CHECKLIST = "missing"  # of ``step``: the checklist says which step it is
DEEDS = {
    "kept": N_("noted"),
    "changed": N_("changed"),
    "read": N_("looked at"),
    "postponed": N_("to be erased later"),
    "erased": N_("erased"),
}
MOVED_ON = N_("Meanwhile {who} noted: {state}. Please look at the case as it is now.")
WAITS = N_("A step of this case still waits for the hall. Please look again once the hall has taken it.")
GONE = N_("Name and contact were erased on their date.")
ONE_SHEET = asyncio.Semaphore(1)  # a page is half a second's work of a processor; the live pages have the other


async def show(visit: Visit) -> Response:
    return _page(visit, _case(visit))


async def act(visit: Visit) -> Response:
    """A paper to be printed, or a step."""
    return await (print_at if "at" in visit.form else move)(visit)


async def move(visit: Visit) -> Response:
    """Take the step that the form names."""
    line, step = _case(visit), str(visit.form.get("step", ""))
    form = Form(forms.labels(visit.say, _papers(line)), visit.form)
    if step not in (*PLAIN, CHECKLIST) or not re.fullmatch(r"[0-9]{1,9}", form["expects"]):
        raise HTTPException(400)
    if int(form["expects"]) != line.revision:
        return _page(visit, line, status=409, told=_moved_on(visit, line))
    if line.id in [fact.case for fact in pending(visit)]:
        return _page(visit, line, status=409, told=visit.say(WAITS))
    with ledger(visit) as book:
        last = kept.history(book, line.id)[-1].at
    fact = forms.moved(form, reading(visit), line.id, step, last, _papers(line))  # type: ignore[arg-type]
    if fact is None:
        return _page(visit, line, status=422, form=form, step=step)
    seq = await visit.desk.say(fact, visit.who)
    if seq is None:
        return visit.go(f"/cases/{line.id}", "waits")
    with ledger(visit) as book:
        became = office.outcome(book, visit.desk.rules.name, seq)
    if not isinstance(became, FactRejected):
        return visit.go(f"/cases/{line.id}", "done")
    line, stale = _case(visit), became.cause in ("case_moved_on", "step_impossible")
    told = _moved_on(visit, line) if stale else visit.say(NOT_TAKEN).format(why=became.cause)
    return _page(visit, line, status=409, told=told)


async def without_contact(visit: Visit) -> Response:
    """Whoever opens the address of a shown contact again, or asks for it in the other language, gets the case."""
    return visit.go(f"/cases/{_case(visit).id}")


async def contact(visit: Visit) -> Response:
    """Show the contact, put its erasing off, or keep one."""
    contacts, line = visit.desk.contacts, _case(visit)
    form = Form(forms.labels(visit.say, 0), visit.form)
    if visit.form.get("do") == "show":
        found = contacts.read(line.id, visit.who, visit.now)
        if found:
            form.values |= {"name": found.name, "channel": found.channel, "value": found.value}
            form.values |= {"erase_on": found.erase_on.isoformat()}
        return _page(visit, line, shown=found, contact_form=form)
    if visit.form.get("do") == "postpone":
        return _postpone(visit, line, form)
    given = forms.contact(form, reading(visit), line.id)
    if given is None:
        form.fault("channel", visit.say(forms.CHOOSE))
        return _page(visit, line, status=422, contact_form=form)
    try:
        contacts.keep(given, visit.who, visit.now)
    except Erased:
        return _page(visit, line, status=409, told=visit.say(GONE))
    return visit.go(f"/cases/{line.id}", "saved")


def _postpone(visit: Visit, line: CaseLine, form: Form) -> Response:
    contacts, day = visit.desk.contacts, forms.erasure(form, reading(visit))
    try:
        if day and not form.faults:
            contacts.postpone(line.id, day, visit.who, visit.now)
    except Erased:
        return _page(visit, line, status=409, told=visit.say(GONE))
    except ValueError:  # no later than it was
        if stands := contacts.erase_on(line.id):
            form.fault("erase_on", visit.say(forms.NOT_LATER).format(day=visit.date(stands)))
    if form.faults:
        return _page(visit, line, status=422, later=form)
    return visit.go(f"/cases/{line.id}", "saved")


async def receipt(visit: Visit) -> Response:
    return await _sheet(visit, paper.receipt, _case(visit))


async def missing(visit: Visit) -> Response:
    line = _case(visit)
    if not line.missing:
        raise HTTPException(404)
    return await _sheet(visit, paper.missing, line)


async def print_at(visit: Visit) -> Response:
    """Have the printer that the form names print a paper; sent twice, it is printed once."""
    line, paper_of = _case(visit), str(visit.form.get("paper", ""))
    at, _, language = str(visit.form.get("at", "")).partition(" ")
    id, centre = str(visit.form.get("id", "")), visit.desk.centre
    near, far = prints.places(centre, visit.point, visit.language)
    place = next((each for each in (*near, *far) if each.node == at), None)
    known = paper_of in papers_of(line) and language in centre.centre.languages
    if place is None or not known or not re.fullmatch(r"[0-9a-f]{16}", id):
        raise HTTPException(400)
    asked = prints.wish(line, paper_of, language, centre, f"{id}-{paper_of}-{language}", visit.now)  # type: ignore[arg-type]
    outcome, printer = await prints.ask(visit.desk, place.node, asked)
    if outcome == "printed":
        return visit.go(f"/cases/{line.id}", "printed_at_point" if place.at_points else "printed")
    return _page(visit, line, status=503, told=prints.told(place.name, outcome, printer, visit.language))


def papers_of(line: CaseLine) -> Mapping[str, str]:
    """The papers that there are of a case now, as the officer says them."""
    return {"receipt": N_("Receipt")} | ({"missing": N_("Slip of what is missing")} if line.missing else {})


async def _sheet(visit: Visit, make: Callable[..., str], line: CaseLine) -> Response:
    asked = visit.request.query_params.get("language", "")
    language = asked if asked in visit.desk.centre.centre.languages else visit.language
    html, made = make(line, line.officer, visit.desk.centre, language), BytesIO()
    async with ONE_SHEET:
        await asyncio.to_thread(paper.write, html, made)
    name = f"{visit.request.url.path.rpartition('/')[2].removesuffix('.pdf')}-{line.written.replace('/', '-')}.pdf"
    return Response(
        made.getvalue(), headers={"Content-Disposition": f'inline; filename="{name}"'}, media_type="application/pdf"
    )


def _page(
    visit: Visit,
    line: CaseLine,
    *,
    status: int = 200,
    form: Form | None = None,
    step: str = "",
    contact_form: Form | None = None,
    later: Form | None = None,
    **context: Any,
) -> Response:
    """The case as it stands, with what may happen to it next; ``form``: as it was sent for ``step``."""
    desk, read = visit.desk, reading(visit)
    possible, late = steps(line.state), line.late(read.today)
    labels = forms.labels(visit.say, _papers(line))
    blank = Form(labels, {"day": read.today.isoformat(), "expects": str(line.revision), **forms.filled(line.documents)})
    with ledger(visit) as book:
        history, known = kept.history(book, line.id), kept.papers_of(book, line.service)
    proposed = {"erase_on": (read.today + forms.KEEP).isoformat(), "channel": "phone"}
    erase_on = desk.contacts.erase_on(line.id)
    near, far = prints.places(desk.centre, visit.point, visit.language)
    needed = max(read.today + forms.GOING, line.answer_due or dt.date.min)
    return visit.page(
        "case.html",
        status,
        **({"told": None, "shown": None} | context),
        line=line,
        history=history,
        late=late,
        form=form or blank,
        step=step,
        papers=range(_papers(line)) if CHECKLIST in possible else (),
        known=known,
        offered=[
            (each, text) for each, text in PLAIN.items() if each in possible and (late or each != "delay_noticed")
        ],
        deadlines=desk.centre.cases.of(line.matter),
        counted=FROM if desk.centre.cases.first_day_counts else AFTER,
        states=STATES,
        matters=MATTERS,
        delay=DELAY_NOTICED,
        notes=() if line.ended else unconfirmed([line.forward_due, line.answer_due], desk.centre, visit.language),
        waiting=[fact for fact in pending(visit) if fact.case == line.id],
        contact_form=contact_form or Form(labels, proposed),
        later=later or Form(labels, proposed),
        going=erase_on is not None and not line.ended and erase_on <= needed,
        changing=contact_form is not None,
        erase_on=erase_on,
        log=desk.contacts.log(line.id),
        deeds=DEEDS,
        channels=channels(visit),
        sheets=papers_of(line),
        near=near,
        far=far,
        print_id=secrets.token_hex(8),
        notice=NOTICE,
    )


def _moved_on(visit: Visit, line: CaseLine) -> str:
    with ledger(visit) as book:
        last = kept.history(book, line.id)[-1]
    state = DELAY_NOTICED if last.step == "delay_noticed" else STATES[last.state]
    return visit.say(MOVED_ON).format(who=last.who, state=visit.say(state))


def _papers(line: CaseLine) -> int:
    """Lines of its checklist as a form: those that there are, and some to add."""
    return min(len(line.documents) + forms.MORE_PAPERS, forms.MOST_PAPERS)


def _case(visit: Visit) -> CaseLine:
    """The case of the path.  Raises `HTTPException` 404."""
    with ledger(visit) as book:
        line = kept.case(book, str(visit.request.path_params["case"]))
    if line is None:
        raise HTTPException(404)
    return line


PAGES = (
    Page("/cases/{case}", OFFICERS, show, act),
    Page("/cases/{case}/contact", OFFICERS, without_contact, contact),
    Page("/cases/{case}/receipt.pdf", OFFICERS, receipt),
    Page("/cases/{case}/missing.pdf", OFFICERS, missing),
)
