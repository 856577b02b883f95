"""An edit of an office's part, from the desk to the ledger: on which version it was made, and what became of it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import apsw
import msgspec
from starlette.exceptions import HTTPException

from broker import messages as m
from broker import office_rules
from broker.language.catalogue import N_
from broker.office import AnyPart, key
from broker.store import StoreError, reader
from broker.words import Id
from display.desk.desk import Desk
from display.desk.page import Visit
from display.ledger import office as ledger_office
from display.ledger.schema import MIGRATIONS
from display.queue.events import FactRejected

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


def stands(desk: Desk, name: str) -> m.Office:
    return desk.mirror.parts.get(name, m.Office(name))


def pending(desk: Desk, name: str) -> m.OfficeEdited | None:
    """The edit of this part that the ledger does not have yet."""
    facts = [sent.fact for sent in desk.facts.pending()]
    return next((fact for fact in facts if isinstance(fact, m.OfficeEdited) and key(fact.edit) == name), None)


def history(desk: Desk, name: str) -> list[m.Office]:
    """Every version that is remembered, newest first; the last is centre.toml's, which nobody edited."""
    first = m.Office(name, 0, office_rules.current(desk.base, name))
    try:
        with closing(reader(desk.ledger, MIGRATIONS)) as ledger:
            return [*ledger_office.history(ledger, name), first]
    except (StoreError, apsw.Error):
        return [first]


async def send(visit: Visit, name: str, part: AnyPart, based_on: int) -> Sent:
    """To the hall, and what it says of it.  Raises `HTTPException` 400 for a form without an id of ours."""
    desk, before, under_way = visit.desk, stands(visit.desk, name), pending(visit.desk, name)
    try:
        id = msgspec.convert(visit.form.get("edit"), Id)
    except msgspec.ValidationError as error:
        raise HTTPException(400) from error
    if id in (before.id, under_way and under_way.id):  # sent twice
        return Sent(taken=under_way is None, waits=under_way is not None)
    if not desk.mirror.hall_is_there or not desk.facts.numbered:
        return Sent(why=AWAY)
    if under_way:
        return Sent(why=WAITS)
    if based_on != before.version:
        return Sent(stale=True)
    assert visit.account is not None  # the gate lets nobody else in
    edit = m.OfficeEdited(by=visit.account.shown, at=visit.now, id=id, based_on=based_on, edit=part)
    seq = await desk.say(edit, visit.who)
    if seq is None:
        return Sent(waits=True)
    if (after := stands(desk, name)).id == id:
        visit.note("office_edited", f"{name} {after.version}")
        return Sent(taken=True)
    with closing(reader(desk.ledger, MIGRATIONS)) as ledger:
        became = ledger_office.outcome(ledger, desk.rules.name, seq)
    if isinstance(became, FactRejected) and became.fact == edit:
        return Sent(stale=became.cause == "stale", why="; ".join(became.why) or became.cause)
    return Sent(waits=True)  # it bears another number by now


def why(visit: Visit, sent: Sent) -> str:
    """In the visitor's language."""
    if sent.why in (AWAY, WAITS):
        return visit.say(sent.why)
    if sent.why.startswith("hours.day_ends"):
        return visit.say(TOO_LATE)
    return visit.say(UNKNOWN).format(why=sent.why)
