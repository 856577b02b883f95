"""What if other points had been open?  The days of a chosen span again, with the points as a supervisor asks for them.

Nothing is changed by it, so the whole question stands in the page's address: it can be kept, and sent to a colleague.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from starlette.responses import Response

from broker import centre as c
from broker.language.catalogue import N_
from broker.store import StoreError
from display.desk.page import SUPERVISORS, Form, Page, Visit
from display.ledger.comings import PastDay, past_days
from display.ledger.table import minutes
from display.reports.rules import made_up
from display.staffing import Staffing, Waits, what_if

LONGEST = 31  # days asked at once: some seconds of work
USUAL_DAYS = 14  # looked back at first
FEW = 30  # visits, fewer of which tell little
FIELDS = {"first": N_("First day"), "last": N_("Last day")}


@dataclass(frozen=True)
class Figures:
    """Of one service's waits; seconds.  None where nobody was called."""

    n: int
    unserved: int
    median: float | None
    p90: float | None  # nearest rank
    longest: float | None


@dataclass(frozen=True)
class Answer:
    """The same visits three times: as they were, with the points as they were, and with those asked for."""

    days: int
    practice: int  # of them, those that are made up
    was: Waits
    again: Waits
    asked: Waits


def figures(waits: Waits, service: str) -> Figures:
    took = sorted(waits.waiting.get(service, ()))
    left = waits.unserved.get(service, 0)
    if not took:
        return Figures(0, left, None, None, None)
    return Figures(len(took), left, median(took), took[math.ceil(0.9 * len(took)) - 1], took[-1])


async def staffing(visit: Visit) -> Response:
    centre, asked = visit.desk.centre, visit.request.query_params
    form = Form({name: visit.say(label) for name, label in FIELDS.items()}, dict(asked))
    today = visit.now.astimezone(centre.zone).date()
    form.values["last"] = form["last"] or (today - dt.timedelta(days=1)).isoformat()
    form.values["first"] = form["first"] or (today - dt.timedelta(days=USUAL_DAYS)).isoformat()
    if kept := visit.keep_days(form, *FIELDS):
        return kept
    span = _span(visit, form, today)
    chosen = _chosen(
        centre, asked.getlist("open"), {p.number: asked.getlist(f"helps{p.number}") for p in centre.points}
    )
    answer = None
    current = "x-live" in visit.request.headers  # the page keeps its line about the link current, no more
    if span and "ask" in asked and not current:
        answer = await asyncio.to_thread(_answer, visit.desk.ledger, centre, span, chosen)
    return visit.form_page(
        "staffing.html",
        form,
        chosen=chosen if "ask" in asked else Staffing(frozenset(p.number for p in centre.points), _helps(centre)),
        asked="ask" in asked and not form.faults,
        answer=answer,
        figures=figures,
        few=FEW,
        minutes=minutes,
        practice=made_up(answer.practice, visit.language) if answer else "",
    )


def _span(visit: Visit, form: Form, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The days asked for, or None with the fault in the form."""
    first, last = (form.day(name, visit.language) for name in FIELDS)
    if not first or not last:
        return None
    if last >= today:
        form.fault("last", visit.say(N_("Please choose days that are over.")))
    elif first > last:
        form.fault("first", visit.say(N_("The first day is after the last.")))
    elif (last - first).days >= LONGEST:
        most = visit.counted("At most {count} day at once, please.", "At most {count} days at once, please.", LONGEST)
        form.fault("first", most.format(count=LONGEST))
    return None if form.faults else (first, last)


def _chosen(centre: c.Centre, opened: Sequence[str], helps: Mapping[int, Sequence[str]]) -> Staffing:
    """What of the address is a point and a service of this centre."""
    known = {service.id for service in centre.services}
    points = frozenset(p.number for p in centre.points if str(p.number) in opened)
    return Staffing(points, {point: tuple(s for s in ids if s in known) for point, ids in helps.items()})


def _helps(centre: c.Centre) -> Mapping[int, tuple[str, ...]]:
    return {point.number: point.helps for point in centre.points}


def _answer(ledger: Path, centre: c.Centre, span: tuple[dt.date, dt.date], asked: Staffing) -> Answer | None:
    """None where nobody came on these days."""
    try:
        days = past_days(ledger, *span)
    except StoreError:  # there is none yet
        return None
    known = {service.id for service in centre.services}
    days = {day: past for day, past in days.items() if all(visit.service in known for visit in past.visits)}
    if not days:
        return None
    points = {point.number for point in centre.points}
    was, *others = [past.waits for past in days.values()]
    return Answer(
        len(days),
        sum(past.practice for past in days.values()),
        was.joined(others),
        _lived(centre, days, {day: Staffing(past.open & points, _helps(centre)) for day, past in days.items()}),
        _lived(centre, days, dict.fromkeys(days, asked)),
    )


def _lived(centre: c.Centre, days: Mapping[dt.date, PastDay], staffing: Mapping[dt.date, Staffing]) -> Waits:
    first, *others = [what_if(centre, day, past.visits, staffing[day]) for day, past in days.items()]
    return first.joined(others)


PAGES = (Page("/staffing", SUPERVISORS, staffing, menu=N_("What if")),)
