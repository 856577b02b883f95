"""Papers of a case out of a kiosk's printer or one at points: asked for, and what the officer is then told.

An id is printed once at most, and its printer answers it alike each time: neither a second click nor a reload prints
anything twice.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from broker import messages as m
from broker.centre import Centre
from broker.language.catalogue import N_, plurals, words
from broker.language.lists import ranges
from broker.words import CasePaper, PrinterState, PrintOutcome
from display.alerts import PRINTER
from display.cases.workdays import Workdays
from display.desk.desk import Desk
from display.ledger.cases import CaseLine

BEGIN_SECONDS = 20  # in which it must be begun: a citizen waits so long before it
ANSWER_SECONDS = 35.0  # from then on a print takes some twelve at most (`kiosk.printer`)

Outcome = PrintOutcome | Literal["away", "unanswered"]
TOLD: Mapping[Outcome, str] = {
    "printed": N_("Printed at {printer}."),
    "unsure": N_("{printer} cannot tell whether the paper came out. Please look there before you print it again."),
    "unanswered": N_("{printer} did not answer. Please look there before you print it again."),
    "away": N_("{printer} is not connected. Nothing was printed."),
    "not_printed": N_("Nothing was printed at {printer}."),
    "late": N_("{printer} was busy all the time. Nothing was printed; please try again."),
    "busy": N_("Other papers wait at {printer} already. Nothing was printed; please try again."),
    "clock_ahead": N_("The clocks here and at {printer} differ. Nothing was printed."),
    "service_unknown": N_("{printer} does not have this service. Nothing was printed."),
}


@dataclass(frozen=True)
class Place:
    """Where a paper can come out: a node, as officers know it."""

    node: str
    name: str
    at_points: bool = False  # where officers sit; else a kiosk


def places(centre: Centre, point: int | None, language: str) -> tuple[list[Place], list[Place]]:
    """Near ones: the printer of the officer's own point, then the kiosks; and those that stand at other points."""
    counted = plurals(language)
    near, far = [Place(kiosk.name, kiosk.name) for kiosk in centre.kiosks], []
    for each in centre.printers:
        text = counted("{printer} (point {points})", "{printer} (points {points})", len(each.points))
        place = Place(each.name, text.format(printer=each.name, points=ranges(each.points, language)), at_points=True)
        if point in each.points:
            near.insert(0, place)
        else:
            far.append(place)
    return near, far


def wish(case: CaseLine, paper: CasePaper, language: str, centre: Centre, id: str, now: dt.datetime) -> m.Print:
    """What a printer must know of this: nothing of the citizen."""
    workdays, due = Workdays.of(centre), [day for day in (case.forward_due, case.answer_due) if day]
    return m.Print(
        id=id,
        deadline=now + dt.timedelta(seconds=BEGIN_SECONDS),
        paper=paper,
        language=language,
        number=case.written,
        service=case.service,
        matter=case.matter,
        filed=case.filed,
        officer=case.officer,
        documents=case.documents,
        forward_due=case.forward_due,
        answer_due=case.answer_due,
        provisional=not all(map(workdays.sure, due)),
    )


async def ask(desk: Desk, node: str, what: m.Print) -> tuple[Outcome, PrinterState | None]:
    """Have this node print it: what became of it, and how its printer was then."""
    status = desk.mirror.statuses.get(node)
    if status is None or not status.online:
        return "away", None
    answer: asyncio.Future[m.Printed] = asyncio.get_running_loop().create_future()
    desk.mirror.await_printed(node, what.id, answer.set_result)
    try:
        if not desk.wire.publish(what, node=node, expires=BEGIN_SECONDS):
            return "away", None
        printed = await asyncio.wait_for(answer, ANSWER_SECONDS)
    except TimeoutError:
        return "unanswered", None
    finally:
        desk.mirror.forget_printed(node, what.id, answer.set_result)
    return printed.outcome, printed.printer


def told(place: str, outcome: Outcome, printer: PrinterState | None, language: str) -> str:
    """What the officer reads."""
    _ = words(language)
    ails = PRINTER.get(printer) if printer and outcome in ("not_printed", "unsure") else None
    if ails is None:
        return _(TOLD[outcome]).format(printer=place)
    sentence = _("Nothing was printed.") if outcome == "not_printed" else _(TOLD[outcome]).format(printer=place)
    return f"{sentence} {_(ails).format(node=place)}"
