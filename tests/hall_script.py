"""A hall that a test talks to message by message; its wire is only listened to."""

from __future__ import annotations

import datetime as dt

from queue_script import CENTRE, MONDAY, NINE, ids

from broker import messages as m
from broker.link import Received
from broker.topics import encode
from display.hall import Hall
from display.ledger.ledger import FILE, Ledger


class Wire:
    def __init__(self):
        self.said, self.own = [], None

    def publish(self, message, *, node=None, point=None, expires=None):
        encode(message)  # raises what the link raises
        self.said.append((message, node))
        return True

    def health(self, health):
        self.own = health

    def last(self, kind):
        return next(message for message, _ in reversed(self.said) if isinstance(message, kind))


class Morning:
    """A hall, what it said, and a ledger that outlives it."""

    def __init__(self, directory, now=NINE):
        self.file, self.now, self.wire = directory / FILE, now, Wire()
        self.ledger = Ledger(self.file)
        self.new_id = ids()
        self.hall = Hall(CENTRE, self.ledger, self.wire, self.new_id)
        self.hall.tick(self.now)
        self.seq = dict.fromkeys(("kiosk-1", "buttons-1"), 0)

    def restart(self, centre=CENTRE):
        """Off and on again, perhaps with another centre.toml."""
        self.ledger.close()
        self.ledger = Ledger(self.file)
        self.hall = Hall(centre, self.ledger, self.wire, self.new_id)
        self.hall.tick(self.now)

    def hear(self, node, message):
        self.hall.receive(Received(message, node, False), self.now)

    def fact(self, node, fact):
        self.seq[node] += 1
        self.hear(node, m.Fact(self.seq[node], fact))

    def arrive(self, number, day=MONDAY, given=NINE, service="1.1"):
        self.fact("kiosk-1", m.TicketIssued(number, day, service, given))

    def press(self, action, point=2, node="buttons-1"):
        self.hear(node, m.Command(self.new_id(), point, self.now + dt.timedelta(seconds=5), action))
        return self.wire.last(m.Reply).answer

    def outcome(self, number):
        return self.ledger._connection.execute("SELECT outcome FROM visit WHERE number = ?", (number,)).get
