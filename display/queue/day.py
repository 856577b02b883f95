"""When a service day begins and ends, and when the hall must next look at the clock.

A day begins at local midnight and ends at ``hours.day_ends``; what waits then is closed as unserved.  It never runs
backwards: while the clock shows an earlier date than the day at hand, that day stays and `runs_backwards` says so.
A clock that was never set (`broker.clock.was_set`) begins and ends nothing.
A clock that was ahead for a moment must not cost the centre a day: a day in which nothing happened (`Today.untouched`)
is left by the hall for an earlier one, and one that was ended before its hour goes on, without those it made unserved.
"""

from __future__ import annotations

import datetime as dt

from broker.centre import Centre
from broker.clock import was_set
from display.queue import events as e
from display.queue.press import Events
from display.queue.state import NO_DAY, Today


def due(today: Today, now: dt.datetime) -> Events:
    """What the clock alone brings about: an end or a beginning, one at a call, until it gives nothing.

    A day that ended while the hall was off is ended at its hour all the same, not at the hour it was noticed.
    """
    if not was_set(now):
        return ()
    date = now.astimezone(today.centre.zone).date()
    if not today.ended and now >= ends(today.centre, today.day):
        return _end(today, ends(today.centre, today.day))
    if date > today.day or (date == today.day and today.ended and now < ends(today.centre, today.day)):
        return (e.DayBegan(at=now, day=date),)
    return ()


def next_due(today: Today, now: dt.datetime) -> dt.datetime:
    """The next moment at which something changes although nobody presses: a survey closes, a day ends or begins."""
    turn = ends(today.centre, today.day) if not today.ended else _midnight(today, now)
    surveys = [p.survey.until for p in today.points.values() if p.survey and p.survey.until > now]
    return min([turn, *surveys])


def runs_backwards(today: Today, now: dt.datetime) -> bool:
    """Whether the clock shows a date before the day at hand."""
    return today.day != NO_DAY and now.astimezone(today.centre.zone).date() < today.day


def ends(centre: Centre, day: dt.date) -> dt.datetime:
    """When that service day ends."""
    return _moment(centre, day, centre.hours.day_ends)


def _midnight(today: Today, now: dt.datetime) -> dt.datetime:
    date = max(now.astimezone(today.centre.zone).date(), today.day)
    return _moment(today.centre, date + dt.timedelta(days=1), dt.time())


def _moment(centre: Centre, date: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(date, time, centre.zone).astimezone(dt.UTC)


def _end(today: Today, at: dt.datetime) -> Events:
    closing: list[e.Event] = []
    for ticket in today.tickets.values():
        if ticket.state in ("serving", "provided") and ticket.point is not None:
            closing.append(
                e.Finished(at=at, number=ticket.number, visit=ticket.visit, point=ticket.point, by="day_end")
            )
        elif ticket.state in ("waiting", "called", "held"):
            closing.append(e.Unserved(at=at, number=ticket.number, visit=ticket.visit))
    closing += [e.PointClosed(at=at, point=p.number) for p in today.points.values() if p.open]
    return (*closing, e.DayEnded(at=at, day=today.day))
