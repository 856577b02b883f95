"""What the hall itself notices and staff should know: clocks that are wrong, and numbers that are not in the queue."""

from __future__ import annotations

import datetime as dt

from broker import messages as m
from broker.centre import Centre
from broker.language.catalogue import N_, plurals, words
from display.queue import day
from display.queue.rules import AHEAD
from display.queue.state import Today

BACKWARDS = N_("The clock shows an earlier day than the ledger: please set it")
WRONG_CLOCK = N_("{node}: its clock is wrong")
TWICE = N_("{node}: given twice: {numbers}. Whoever has the later paper needs a new ticket")
NAMED = 12  # numbers in a line


class Lookout:
    """Keeps what was noticed today, in memory: what is still wrong is noticed again."""

    def __init__(self, centre: Centre) -> None:
        self._language = centre.centre.languages[0]
        self._fresh = dt.timedelta(seconds=centre.calling.command_seconds)
        self._wrong_clocks: set[str] = set()
        self._strays: dict[str, list[str]] = {}  # node → numbers
        self._twice: dict[str, list[str]] = {}  # those that another holds, too

    def day_began(self) -> None:
        self._strays.clear()
        self._twice.clear()

    def heard(self, node: str, message: m.Message, now: dt.datetime) -> None:
        """A node's word that came just now, with the time that its own clock gave it.

        A press and a status are sent at once, so one that seems old comes from a clock that is behind; a fact may
        truly be old.
        """
        match message:
            case m.Command(deadline=deadline):
                age = now + self._fresh - deadline
            case m.Announced(at=at):
                age = now - at
            case m.Status(at=dt.datetime() as at):
                age = now - at
            case m.Fact(fact=m.TicketIssued(given_at=at)) if now - at <= self._fresh:
                age = now - at
            case _:
                return
        if -AHEAD <= age <= self._fresh:
            self._wrong_clocks.discard(node)
        else:
            self._wrong_clocks.add(node)

    def stray(self, node: str, fact: m.AnyFact, today: Today) -> None:
        """This fact came and changed nothing in today's queue; if it is a ticket, somebody holds its number.

        Perhaps two do: a card put back from an older copy, without the hall to ask, gives numbers that were given.  In
        line is who came first; the paper tells when.
        """
        if not isinstance(fact, m.TicketIssued):
            return
        known = today.tickets.get(fact.number) if fact.day == today.day and not today.ended else None
        if known is None:
            self._strays.setdefault(node, []).append(fact.number)
        elif known.given_at != fact.given_at:  # else it is told again, by a card of before the hall had it
            self._twice.setdefault(node, []).append(fact.number)

    def warnings(self, today: Today, now: dt.datetime) -> tuple[str, ...]:
        """One line for each, in the centre's first language."""
        _, n_ = words(self._language), plurals(self._language)
        said = [_(BACKWARDS)] if day.runs_backwards(today, now) else []
        if dropped := 0 if today.ended else sum(t.state == "unserved" for t in today.tickets.values()):
            one = "The clock was ahead: {count} number fell out of the queue, please call it by voice"
            many = "The clock was ahead: {count} numbers fell out of the queue, please call them by voice"
            said.append(n_(one, many, dropped).format(count=dropped))
        said += [_(WRONG_CLOCK).format(node=node) for node in sorted(self._wrong_clocks)]
        for node, numbers in sorted(self._strays.items()):
            stray = "{node}: {number} is not in the queue ({count} so far); is its clock right?"
            said.append(n_(stray, stray, len(numbers)).format(node=node, number=numbers[-1], count=len(numbers)))
        for node, numbers in sorted(self._twice.items()):
            said.append(_(TWICE).format(node=node, numbers=" ".join(numbers[-NAMED:])))
        return tuple(said)
