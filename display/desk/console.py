"""At the point: who is signed in where, and the call console of one point.

An officer acts only at the point where she is signed in, and is signed in at one point at a time; a supervisor acts at
every point.  The hall decides what a press does; every press says how its page saw the point (`Command.expect`), so of
two officers the slower is told that the point has moved on, and sees it as it is now.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import closing
from dataclasses import dataclass

import apsw
from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker import centre as c
from broker import messages as m
from broker.language.catalogue import N_
from broker.store import StoreError, reader
from display.desk import presses
from display.desk.desk import Desk
from display.desk.live import STATES, Clock, clock
from display.desk.page import OFFICERS, SUPERVISORS, Form, Page, Visit
from display.ledger.live import AtHand, at_hand
from display.ledger.schema import MIGRATIONS
from display.refusals import REFUSALS

SETTLE_SECONDS = 0.1  # the point's new state comes right behind the hall's answer, if the press moved anything
LABELS = {
    "do": "",
    "id": "",
    "expect": "",
    "outcome": N_("Outcome"),
    "service": N_("To service"),
    "note": N_("A word for the officer who gets the ticket"),
    "number": N_("Ticket number"),
    "reason": N_("Why"),
}
NOT_HERE = N_("You are not signed in at this point.")
ELSEWHERE = N_("You are signed in at another point. Please sign out there first.")


@dataclass(frozen=True)
class Post:
    """A point as its console shows it; ``status`` None: the hall has not told of it yet."""

    point: c.ServicePoint
    status: m.PointStatus | None
    service: c.Service | None  # of the ticket here
    clock: Clock | None  # of that ticket, against its standard (R2.2)
    mine: bool  # the visitor is signed in here

    @property
    def paused(self) -> bool:
        return self.status is not None and self.status.state == "closed" and self.status.officer is not None


def post(visit: Visit, number: int) -> Post:
    desk = visit.desk
    status = desk.mirror.points.get(number)
    service = desk.centre.service(status.service) if status and status.service else None
    mine = status is not None and visit.account is not None and status.officer == visit.account.shown
    return Post(desk.centre.point(number), status, service, clock(desk.rules, status, service), mine)


async def points(visit: Visit) -> Response:
    """Choose a point; see who is signed in where."""
    centre = visit.desk.centre
    posts = [post(visit, point.number) for point in centre.points]
    return visit.page("points.html", now=visit.now, posts=posts, states=STATES)


async def console(visit: Visit) -> Response:
    return _page(visit, _number(visit), _form(visit))


async def press(visit: Visit) -> Response:
    desk, number, form = visit.desk, _number(visit), _form(visit)
    if told := _barred(visit, number, form["do"]):
        visit.note("refused", visit.request.url.path)
        return _page(visit, number, form, 403, told)
    assert visit.account is not None  # `Page.roles`
    try:
        action = presses.action(desk.centre, form.values, visit.account.shown)
        id = presses.press_id(form.values, action)
    except presses.Fault as fault:
        form.fault(fault.field, visit.say(fault.text))
        return _page(visit, number, form, 422)
    except presses.Nonsense as nonsense:
        raise HTTPException(400) from nonsense
    answer = await desk.ask(number, action, by=visit.who, id=id, expect=form["expect"] or None)
    if answer is None:
        return visit.go(visit.request.url.path, "unanswered")
    if isinstance(answer, m.Refused):
        return _page(visit, number, form, 409, REFUSALS[answer.reason])
    await _settled(desk, number, form["expect"])
    return visit.go(visit.request.url.path)


def _barred(visit: Visit, number: int, do: str) -> str | None:
    """Why this visitor may not press that here: a msgid."""
    if do == "sign_in":
        return ELSEWHERE if _elsewhere(visit, number) else None
    if post(visit, number).mine or (visit.account is not None and visit.account.role in SUPERVISORS):
        return None
    return NOT_HERE


def _elsewhere(visit: Visit, number: int) -> list[int]:
    """The other points where the visitor is signed in."""
    others = (point.number for point in visit.desk.centre.points if point.number != number)
    return [other for other in others if post(visit, other).mine]


async def _settled(desk: Desk, number: int, stand: str) -> None:
    """Until the mirror shows what was accepted: the page that follows should be no older than its press."""
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            while (status := desk.mirror.points.get(number)) and status.stand == stand:
                await desk.bell.wait(SETTLE_SECONDS)
    except TimeoutError:
        pass  # the press moved nothing, or the stream tells of it later


def _page(visit: Visit, number: int, form: Form, status: int = 200, refused: str | None = None) -> Response:
    """The console as the point stands now, with what was filled in."""
    centre, at = visit.desk.centre, post(visit, number)
    return visit.page(
        "console.html",
        status,
        form=form,
        refused=visit.say(refused) if refused else None,
        now=visit.now,
        at=at,
        may_act=_barred(visit, number, "") is None,
        elsewhere=_elsewhere(visit, number),
        page_id=secrets.token_hex(8),
        keys=presses.KEYS,
        offered=lambda key, state: presses.offered(key, state, centre.calling.start_at_call),
        presses=presses,
        states=STATES,
        hand=_at_hand(visit.desk, number),
        services=[(other.id, visit.named(other.name)) for other in centre.services if other != at.service],
        outcomes=[(code, visit.named(texts)) for code, texts in centre.outcomes.items()],
        pauses=[(code, visit.named(texts)) for code, texts in centre.pauses.items()],
    )


def _at_hand(desk: Desk, number: int) -> AtHand | None:
    """What this point may ask for by number; None while there is no ledger to read, or no day."""
    if desk.mirror.board is None:
        return None
    try:
        with closing(reader(desk.ledger, MIGRATIONS)) as ledger:
            hand = at_hand(ledger, desk.mirror.board.day, desk.centre.calling.latecomer_within)
    except (StoreError, apsw.Error):
        return None
    return hand.of(number, desk.centre.services_of(number))


def _form(visit: Visit) -> Form:
    return Form({name: visit.say(label) if label else "" for name, label in LABELS.items()}, visit.form)


def _number(visit: Visit) -> int:
    """The point of the path.  Raises `HTTPException` 404."""
    for point in visit.desk.centre.points:
        if str(point.number) == visit.request.path_params["point"]:
            return point.number
    raise HTTPException(404)


PAGES = (
    Page("/points", OFFICERS, points, menu=N_("At the point")),
    Page("/points/{point}", OFFICERS, console, press),
)
