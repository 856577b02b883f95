"""How long a ticket taken now would wait: a plain rule that a citizen can be told.

    tickets ahead × how long a visit takes ÷ points that call this service

*Tickets ahead* are those waiting, and one more while no such point is free.  *How long a visit takes* is the median of
the service's latest visits of today (`state.RECENT` of them), from the call to the end; before the first one it is the
standard's time, or `USUAL` where the standard gives none.  *Points* are the open ones whose own service this is, and
those that help only if there is no other: a helper's own line goes first.  With no point open there is no answer, which
is better than a guess.
"""

from __future__ import annotations

from statistics import median

from display.queue.state import PointToday, Today

USUAL = 600  # seconds


def wait(today: Today, service: str) -> int | None:
    """Seconds a ticket of this service taken now would wait; None: nobody serves."""
    points = _points(today, service)
    if not points:
        return None
    line = today.services[service]
    ahead = len(line.order) + (0 if any(p.ticket is None for p in points) else 1)
    return round(ahead * _visit_seconds(today, service) / len(points))


def _points(today: Today, service: str) -> list[PointToday]:
    opened = [p for p in today.points.values() if p.open]
    return [p for p in opened if service in p.own] or [p for p in opened if service in p.helps]


def _visit_seconds(today: Today, service: str) -> float:
    if spans := today.services[service].spans:
        return median(spans)
    standard = today.centre.service(service).standard
    return standard.seconds if standard else USUAL
