"""Who waits, who is held and who may still be called back: what a desk shows of this moment beside the hall's board.

Reads the visits that are at hand and none that is over, so it takes no longer after ten years than on the first day.
The hall alone decides what may be called; this only shows what there is to ask for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import apsw
from msgspec import Struct

MOST = 50  # tickets shown of a service's line, of those held and of those missed


class Waiting(Struct, frozen=True):
    """A ticket in a service's line."""

    number: str
    service: str
    priority: bool
    arrived: dt.datetime  # at the kiosk: its place in the line
    since: dt.datetime  # it waits for this service
    note: str | None  # from the officer who sent it here


class Aside(Struct, frozen=True):
    """A ticket that was called, and is not at a point now."""

    number: str
    service: str
    priority: bool
    point: int  # which holds it, or called it in vain
    since: dt.datetime
    note: str | None


class AtHand(Struct, frozen=True):
    """Tickets of today that can be asked for by their number (`broker.messages.CallTicket`)."""

    waiting: tuple[Waiting, ...]  # by first arrival; priority tickets go before by the centre's ratio
    held: tuple[Aside, ...]  # the longest first
    missed: tuple[Aside, ...]  # no-shows within the centre's latecomer limit, the latest first

    def of(self, point: int, services: Collection[str]) -> AtHand:
        """What a point that calls these services may ask for."""
        return AtHand(
            tuple(ticket for ticket in self.waiting if ticket.service in services),
            tuple(ticket for ticket in self.held if ticket.point == point or ticket.service in services),
            tuple(ticket for ticket in self.missed if ticket.point == point or ticket.service in services),
        )


def at_hand(ledger: apsw.Connection, day: dt.date, latecomer_within: int) -> AtHand:
    """What is at hand on this service day, by a connection that only reads (`broker.store.reader`)."""
    with ledger:  # one moment for all
        waiting = [
            Waiting(number, service, bool(priority), _moment(arrived), _moment(since), note)
            for number, service, priority, arrived, since, note in ledger.execute(_WAITING, (day.isoformat(), MOST))
        ]
        held = [_aside(*row) for row in ledger.execute(_HELD, (day.isoformat(), MOST))]
        missed = [_aside(*row) for row in ledger.execute(_MISSED, (day.isoformat(), latecomer_within, MOST))]
    return AtHand(tuple(waiting), tuple(held), tuple(missed))


_WAITING = """
    SELECT number, service, priority, given_at, issued, note FROM (
        SELECT number, visit.service, visit.priority, given_at, issued, note,
               row_number() OVER (PARTITION BY +visit.service ORDER BY given_at, number) AS place
        FROM visit JOIN ticket USING (day, number)
        WHERE day = ? AND outcome IS NULL AND state = 'waiting')
    WHERE place <= ? ORDER BY given_at, number"""
_HELD = """
    SELECT number, visit.service, visit.priority, point, aside, note
    FROM visit JOIN ticket USING (day, number)
    WHERE day = ? AND outcome IS NULL AND state = 'held'
    ORDER BY aside, number LIMIT ?"""
# As `display.queue.state.Today.may_return` counts: tickets of the service that left its line by a call since then.
# What was called at the same moment was called by the press that gave the missed one up.
_MISSED = """
    SELECT number, service, priority, point, aside, note
    FROM visit AS missed
    WHERE day = ? AND outcome = 'no_show' AND (
        SELECT count(*) FROM visit AS later
        WHERE later.day = missed.day AND later.service = missed.service
          AND later.first_called >= missed.aside AND later.id <> missed.id) < ?
    ORDER BY aside DESC, number LIMIT ?"""


def _aside(number: str, service: str, priority: int, point: int, since: float, note: str | None) -> Aside:
    return Aside(number, service, bool(priority), point, _moment(since), note)


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
