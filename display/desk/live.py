"""The hall as it is now: who waits, who serves, what calls for attention; and the stream that keeps pages current."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from broker import centre as c
from broker import messages as m
from broker.centre_desk import Desk as Rules
from broker.language.catalogue import N_
from broker.words import PointState
from display.alerts import alerts
from display.desk.page import OFFICERS, SUPERVISORS, Page, Visit

STATES: dict[PointState, str] = {
    "closed": N_("Closed"),
    "idle": N_("Free"),
    "called": N_("Called"),
    "serving": N_("Being served"),
    "provided": N_("Provided"),
}
BEAT_SECONDS = 20.0  # a stream says so often that it is there, and looks whether its session is
REST_SECONDS = 0.25  # between two words of a stream
NO_LIMIT = 10**6  # bytes; a page has room for every alert


@dataclass(frozen=True)
class Clock:
    """A time that runs on the page; past ``amber`` and ``red`` seconds it calls for attention."""

    since: dt.datetime
    amber: float | None = None
    red: float | None = None

    def seconds(self, now: dt.datetime) -> int:
        return max(0, int((now - self.since).total_seconds()))

    def level(self, now: dt.datetime) -> str:
        past = self.seconds(now)
        if self.red is not None and past >= self.red:
            return "red"
        return "amber" if self.amber is not None and past >= self.amber else "calm"


@dataclass(frozen=True)
class Line:
    """One service."""

    service: c.Service
    view: m.ServiceView
    longest: Clock | None
    many: bool  # more than the office wants to see wait


@dataclass(frozen=True)
class PointNow:
    point: c.ServicePoint
    view: m.PointView
    service: c.Service | None
    clock: Clock | None


def lines(centre: c.Centre, rules: Rules, board: m.Board) -> list[Line]:
    """Every service of the board, with what the office wants to be told of."""
    red = rules.long_wait_minutes * 60 if rules.long_wait_minutes else None
    return [
        Line(
            centre.service(view.service),
            view,
            Clock(view.oldest, red=red) if view.oldest else None,
            rules.many_waiting is not None and view.waiting >= rules.many_waiting,
        )
        for view in board.services
    ]


def points(centre: c.Centre, rules: Rules, board: m.Board, statuses: dict[int, m.PointStatus]) -> list[PointNow]:
    """Every point of the board, its clock against the standard of what it serves (R2.2)."""
    shown = []
    for view in board.points:
        status = statuses.get(view.point)
        current = status if status and (status.state, status.ticket) == (view.state, view.ticket) else None
        service = centre.service(current.service) if current and current.service else None
        shown.append(PointNow(centre.point(view.point), view, service, clock(rules, current, service)))
    return shown


def clock(rules: Rules, status: m.PointStatus | None, service: c.Service | None) -> Clock | None:
    """How long the ticket at a point has been called or served there; None: there is none."""
    if status is None or status.since is None or status.state in ("closed", "idle"):
        return None
    if status.state == "serving" and service and service.standard:
        red = service.standard.seconds
        return Clock(status.since, red * rules.amber_percent / 100, red)
    return Clock(status.since)


async def hall(visit: Visit) -> Response:
    desk, mirror = visit.desk, visit.desk.mirror
    board = mirror.board
    hall = mirror.statuses.get("hall")
    return visit.page(
        "live.html",
        now=visit.now,
        board=board,
        lines=lines(desk.centre, desk.rules, board) if board else [],
        points=points(desk.centre, desk.rules, board, mirror.points) if board else [],
        waiting=sum(view.waiting for view in board.services) if board else 0,
        seats=desk.rules.seats,
        alerts=alerts(
            {node: status for node, status in mirror.nodes(visit.now).items() if node != "hall"},
            hall.health.warnings if hall else (),
            visit.language,
            NO_LIMIT,
        ),
        states=STATES,
        may_open=visit.may(OPEN),
    )


async def open_or_close(visit: Visit) -> Response:
    """Tickets of a service are given again, or no more of it today."""
    centre, id, do = visit.desk.centre, visit.request.path_params["service"], visit.request.path_params["do"]
    if do not in ("open", "close") or id not in [service.id for service in centre.services]:
        raise HTTPException(404)
    action = m.OpenService(id) if do == "open" else m.CloseService(id)
    answer = await visit.desk.ask(centre.service(id).points[0], action, by=visit.who)
    if answer is None:
        return visit.go("/", "unanswered")
    if isinstance(answer, m.Refused):
        return visit.go("/", answer.reason)
    visit.note("service_opened" if do == "open" else "service_closed", id)
    return visit.go("/", "done")


async def changes(visit: Visit) -> Response:
    """Server-sent events (HTML Living Standard, 9.2): a number each time that a page may have changed."""
    return StreamingResponse(_changes(visit), media_type="text/event-stream")


async def _changes(visit: Visit) -> AsyncIterator[str]:
    desk, told = visit.desk, -1
    while not desk.bell.closing and desk.sessions.account(visit.token, desk.now(), touch=False) == visit.who:
        if (revision := desk.mirror.revision) != told:
            told = revision
            yield f"retry: 2000\ndata: {revision}\n\n"
            await asyncio.sleep(REST_SECONDS)
        elif not await desk.bell.wait(BEAT_SECONDS):
            yield ": here\n\n"


OPEN = Page("/services/{service}/{do}", SUPERVISORS, act=open_or_close)
PAGES = (Page("/", OFFICERS, hall, menu=N_("Hall")), Page("/changes", OFFICERS, changes), OPEN)
