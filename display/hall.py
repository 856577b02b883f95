"""The hall: the one authority of the centre.

Whatever comes in goes the same way: decide → commit → publish.  A press costs two broker hops and one commit, and
nothing is said before the ledger holds it.  What the hall publishes with retention are mirrors: they are made from
today's state, sent when they differ from what was last shown, and all again at every connect.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from broker import messages as m
from broker.centre import Centre
from broker.language.catalogue import words
from broker.link import Connected, Event, Received
from display.alerts import alerts
from display.ledger.ledger import CLOCK, Ledger, Source
from display.lookout import Lookout
from display.queue import day, events, intake, rules, views
from display.queue.apply import apply
from display.queue.press import Events
from display.queue.state import Today

EPOCH = dt.datetime.fromtimestamp(0, dt.UTC)
MEMORY = 10_000  # answers kept; a busy day has fewer commands

log = logging.getLogger(__name__)


class CentreChanged(ValueError):
    """The day at hand uses a service or a point that centre.toml no longer has: change it between days."""


class Wire(Protocol):
    """What the hall needs of `broker.link.Link`."""

    def publish(
        self, message: m.Message, *, node: str | None = None, point: int | None = None, expires: int | None = None
    ) -> bool: ...

    def health(self, health: m.Health) -> None: ...


class Hall:
    """Takes events of the link one at a time, and the clock's; publishes what follows from them."""

    def __init__(self, centre: Centre, ledger: Ledger, wire: Wire, new_id: Callable[[], str]) -> None:
        self.centre, self.ledger, self.wire, self.new_id = centre, ledger, wire, new_id
        self._go_on_with(ledger.latest_day(centre))
        self.rejected: Counter[str] = Counter()
        self._roles = centre.nodes()
        self._nodes: dict[str, m.Status] = {}
        self._shown: dict[int, m.Message] = {}  # point, or 0 for the board → as last published
        self._revision = 0
        self._words = words(centre.centre.languages[0])
        self._lookout = Lookout(centre)

    def _go_on_with(self, today: Today) -> None:
        self.today = today
        self._earlier: Today | None = None  # the day before today that a late fact last belonged to
        self._answers: dict[tuple[str, str], m.Accepted | m.Refused] = dict(self.ledger.answers(today.day))

    # ------------------------------------------------------------ what comes in
    def receive(self, event: Event, now: dt.datetime) -> None:
        """One event of the link, at this moment."""
        self._turn_day(now)
        if isinstance(event, Received):
            self._take(event, now)
        if isinstance(event, Connected):
            self._tell_all(now)
        else:
            self._show(now)

    def tick(self, now: dt.datetime) -> None:
        """Let the clock have its due: a day begins or ends, a survey closes.  Raises `CentreChanged`."""
        self._turn_day(now)
        self._show(now)

    def next_due(self, now: dt.datetime) -> dt.datetime:
        """When `tick` has something to do next, if nothing comes in before."""
        return day.next_due(self.today, now)

    def _turn_day(self, now: dt.datetime) -> None:
        while self.today.untouched and day.runs_backwards(self.today, now):
            self._go_on_with(self.ledger.latest_day(self.centre, before=self.today.day))
        while due := day.due(self.today, now):
            if isinstance(due[0], events.DayBegan):
                self._answers.clear()
                self._earlier = None
                self._lookout.day_began()
            self._commit(self.today, due, CLOCK)
        if not self.today.ended and (gone := self.today.strangers()):
            raise CentreChanged(f"{self.today.day}: {', '.join(gone)}: unknown to centre.toml, but used today")

    def _take(self, received: Received, now: dt.datetime) -> None:
        node = received.key
        if not received.retained and node in self._roles:
            self._lookout.heard(node, received.message, now)
        match received.message:
            case m.Fact() as fact if node in self._roles:
                self._fact(node, fact, now)
            case m.Command() as command:
                self._command(node, command, now)
            case m.Announced() as announced if self._roles.get(node) == "screen":
                self._announced(announced, now)
            case m.Status() as status if self._roles.get(node) == status.role:
                if status.role != "hall":  # its own last word says nothing new
                    self._nodes[node] = status
            case _:
                self._reject("foreign", node)

    # ------------------------------------------------------------ decide, commit, publish
    def _command(self, node: str, command: m.Command, now: dt.datetime) -> None:
        key = node, command.id
        answer = self._answers.get(key)
        decided: Events = ()
        if answer is None:
            outcome = rules.decide(self.today, node, command, now, self.new_id)
            if isinstance(outcome, m.Refused):
                answer = outcome
                if outcome.reason in ("not_yours", "point_unknown"):
                    self._reject(outcome.reason, node)
            else:
                decided, answer = outcome, rules.answer(outcome)
                self._commit(self.today, decided, Source(node, command=command.id))
            self._remember(key, answer)
        reply = m.Reply(command.id, command.point, answer)
        self.wire.publish(reply, node=node, expires=self.centre.calling.command_seconds)
        for event in decided:
            if isinstance(event, events.Called):
                self._call(event.call, event.number, event.point, event.at, event.times)

    def _fact(self, node: str, message: m.Fact, now: dt.datetime) -> None:
        expected = self.ledger.acked.get(node, 0) + 1
        if message.oldest is not None and message.oldest > expected:
            log.warning("%s holds nothing before fact %d: this ledger is younger than its node", node, message.oldest)
            expected = message.oldest
        if message.seq == expected:
            belongs = self._day_of(message.fact)
            taken = intake.take(belongs, node, message.fact, now, self.new_id) if belongs else None
            if isinstance(taken, tuple) and belongs:
                if belongs.ended:
                    self._lookout.stray(node, message.fact)
                self._commit(belongs, taken, Source(node, fact=message.seq))
            else:
                self._lookout.stray(node, message.fact)
                cause = taken.cause if isinstance(taken, intake.Rejected) else "wrong_day"
                self._reject(cause, node)
                refused = events.FactRejected(at=now, node=node, cause=cause, fact=message.fact)
                self._commit(self.today, (refused,), Source(node, fact=message.seq))
        self._acknowledge(node)

    def _day_of(self, fact: m.AnyFact) -> Today | None:
        """The service day that a fact belongs to, as it stands; None for a day that cannot be."""
        if isinstance(fact, m.Rated):
            date = None if fact.visit in self.today.visits else self.ledger.day_of_visit(fact.visit)
        elif intake.wrong_day(self.today, fact):
            return None
        else:
            date = fact.day
        return self.today if date in (None, self.today.day) else self._earlier_day(date)

    def _earlier_day(self, date: dt.date) -> Today:
        """A day that is over; kept at hand, for what comes late comes in numbers."""
        if self._earlier is None or self._earlier.day != date:
            self._earlier = self.ledger.day(self.centre, date)
        return self._earlier

    def _announced(self, announced: m.Announced, now: dt.datetime) -> None:
        counts = announced.spoken or not any(screen.voice for screen in self.centre.screens)
        if counts and announced.call in self.today.unannounced:
            heard = events.Announced(at=now, call=announced.call, spoken=announced.spoken)
            self._commit(self.today, (heard,), CLOCK)

    def _commit(self, into: Today, decided: Events, source: Source) -> None:
        if not decided:
            return
        first = decided[0]
        date = first.day if isinstance(first, events.DayBegan) else into.day
        for event in decided:
            apply(into, event)  # first, for what cannot be must not enter the ledger: it would bar every later start
        self.ledger.record(date, decided, source)  # durable from here on; a fault before ends the hall, and nothing is

    def _remember(self, key: tuple[str, str], answer: m.Accepted | m.Refused) -> None:
        self._answers[key] = answer
        if len(self._answers) > MEMORY:
            del self._answers[next(iter(self._answers))]

    def _reject(self, cause: str, node: str) -> None:
        self.rejected[cause] += 1
        log.warning("rejected from %s: %s", node or "?", cause)

    # ------------------------------------------------------------ what goes out
    def _tell_all(self, now: dt.datetime) -> None:
        """All that is retained, and the calls that no screen may have heard: the broker may remember nothing."""
        for node in self._roles:
            if node != "hall":
                self._acknowledge(node)
        self._shown.clear()
        self._show(now)
        young = now - dt.timedelta(seconds=self.centre.calling.announce_seconds)
        for call in reversed(self.today.recent):
            if call.call in self.today.unannounced and call.at >= young:
                self._call(call.call, call.ticket, call.point, call.at, call.times)

    def _acknowledge(self, node: str) -> None:
        given = views.numbers_given(self.today, node)
        self.wire.publish(m.Ack(self.ledger.acked.get(node, 0), self.today.day, given), node=node)

    def _call(self, call: str, number: str, point: int, at: dt.datetime, times: int) -> None:
        """Say it once; screens know a call that they have spoken by its id."""
        self.wire.publish(m.Call(call, number, point, at, times), expires=self.centre.calling.announce_seconds)

    def _show(self, now: dt.datetime) -> None:
        """Publish each mirror that no longer shows the truth."""
        for number in (point.number for point in self.centre.points):
            status = views.point_status(self.today, number, now, 0)
            if self._shown.get(number) != status:
                self._shown[number] = status
                self.wire.publish(replace(status, revision=self._next_revision(now)), point=number)
        warnings = self._lookout.warnings(self.today, now)
        self.wire.health(m.Health(rejected=dict(self.rejected), warnings=warnings))
        board = views.board(self.today, EPOCH, 0, alerts(self._nodes, warnings, self._words))
        if self._shown.get(0) != board:
            self._shown[0] = board
            self.wire.publish(replace(board, at=now, revision=self._next_revision(now)))

    def _next_revision(self, now: dt.datetime) -> int:
        """Grows with every mirror, and over a restart too: it starts from the clock, in milliseconds."""
        self._revision = max(self._revision + 1, int(now.timestamp() * 1000))
        return self._revision
