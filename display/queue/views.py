"""Today as others see it: the board and each point, mirrors that can be made anew at any time."""

from __future__ import annotations

import datetime as dt

from broker import messages as m
from broker.words import PointState
from display.queue import estimate
from display.queue.state import PointToday, Today


def board(today: Today, now: dt.datetime, revision: int, alerts: tuple[str, ...]) -> m.Board:
    """All that screens and kiosks show."""
    return m.Board(
        revision=revision,
        day=today.day,
        at=now,
        services=tuple(
            m.ServiceView(
                s.id, line.open and not today.ended, len(line.order), estimate.wait(today, s.id), line.order.oldest
            )
            for s in today.centre.services
            for line in [today.services[s.id]]
        ),
        points=tuple(
            m.PointView(p.number, _state(p), p.ticket.number if p.ticket else None, p.officer if p.open else None)
            for p in (today.points[known.number] for known in today.centre.points)
        ),
        recent=tuple(today.recent),
        alerts=alerts,
    )


def point_status(today: Today, number: int, now: dt.datetime, revision: int) -> m.PointStatus:
    """What the lamp, the smileys and the console of one point show; a survey past its time is not shown."""
    point = today.points[number]
    ticket = point.ticket
    return m.PointStatus(
        revision=revision,
        point=number,
        state=_state(point),
        waiting=today.waiting_for(point),
        ticket=ticket.number if ticket else None,
        service=ticket.service if ticket else None,
        since=point.since,
        calls=ticket.calls if ticket else 0,
        survey=point.survey if point.survey and point.survey.until > now else None,
        stand=today.stand(point),
        note=ticket.note if ticket else None,
        pause=point.pause,
        officer=point.officer,
    )


def numbers_given(today: Today, node: str) -> dict[str, int]:
    """The highest number of each prefix that this node gave today; empty for one that is no kiosk."""
    first, last = next((kiosk.numbers for kiosk in today.centre.kiosks if kiosk.name == node), (1, 0))
    own = sorted(number for number in (*today.tickets, *today.voided) if first <= int(number[1:]) <= last)
    return {number[0]: int(number[1:]) for number in own}  # of one prefix the highest comes last


def _state(point: PointToday) -> PointState:
    if point.ticket is None:
        return "idle" if point.open else "closed"
    match point.ticket.state:
        case "called" | "serving" | "provided" as state:
            return state
        case state:
            raise AssertionError(f"{point.ticket.number} is {state} and cannot stand at point {point.number}")
