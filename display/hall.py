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

import msgspec
from msgspec.structs import replace

from broker import messages as m
from broker.centre import Centre
from broker.clock import was_set
from broker.link import Connected, Disconnected, Event, Received, Wire
from broker.topics import BadMessage, address
from broker.words import MOST_COUNTED
from display.alerts import alerts
from display.cases import intake as cases
from display.ledger.ledger import CLOCK, Ledger, Source
from display.lookout import Lookout
from display.office import OfficeParts
from display.queue import day, events, intake, rules, times, views
from display.queue.apply import apply
from display.queue.press import Events
from display.queue.state import Today
from display.signage.announcing import missed
from display.turnstile import TurnedAway

UNSTAMPED = dt.datetime(1970, 1, 1, 0, 0, 0, 999999, dt.UTC)  # stands for the time of publishing, and is as long
PATIENCE = dt.timedelta(seconds=30)  # a node that was not heard so long after the hall connected is not there
NOW, EARLY = dt.timedelta(0), dt.timedelta(minutes=10)
MEMORY = 10_000  # answers kept; a busy day has fewer commands

log = logging.getLogger(__name__)


class CentreChanged(ValueError):
    """The day at hand uses a service or a point that centre.toml no longer has: change it between days."""


def subscriptions(centre: Centre) -> list[str]:
    """The topics that the hall must hear."""
    return [address(centre.centre.site, kind) for kind in (m.Status, m.Fact, m.Command, m.Announced)]


class Hall:
    """Takes events of the link one at a time, and the clock's; publishes what follows from them."""

    def __init__(
        self, centre: Centre, ledger: Ledger, wire: Wire, new_id: Callable[[], str], warned: tuple[str, ...] = ()
    ) -> None:
        """``warned``: what staff should know of this start, until the next one."""
        self.warned = warned
        self.ledger, self.wire, self.new_id = ledger, wire, new_id
        self._office = OfficeParts(centre, ledger.office())
        self._go_on_with(ledger.latest_day(self.centre))
        self.rejected: Counter[str] = Counter()
        self._roles = centre.nodes()
        self._nodes: dict[str, m.Status] = {}  # what each said of itself on this connection
        self._all_heard: dt.datetime | None = None  # by then every node must have said something; None: no broker
        self._shown: dict[int, m.Message] = {}  # point, or 0 for the board → as last published
        self._revision = 0
        self._early: dict[str, dt.datetime] = {}  # node → until when its tickets of a day to come are left with it
        self._lookout = Lookout(centre)
        self._dated_by: Centre | None = None  # whose holidays the due dates of the open cases follow

    @property
    def centre(self) -> Centre:
        """The centre as centre.toml and the office's edits make it."""
        return self._office.centre

    def _go_on_with(self, today: Today) -> None:
        self.today = today
        self._earlier: Today | None = None  # the day before today that a late fact last belonged to
        self._answers: dict[tuple[str, str], m.Accepted | m.Refused] = dict(self.ledger.answers(today.day))

    # ------------------------------------------------------------ what comes in
    def receive(self, event: Event | TurnedAway, now: dt.datetime) -> None:
        """One event of the link, at this moment."""
        self._turn_day(now)
        if isinstance(event, TurnedAway):
            self._reject("too_many", event.node, event.count)
        if isinstance(event, Received):
            self._take(event, now)
        if isinstance(event, Disconnected):  # the next broker may remember nothing; what it does comes before Connected
            self._nodes.clear()
            self._all_heard = None
        if isinstance(event, Connected):
            self._all_heard = now + PATIENCE
            self._tell_all(now)
        else:
            self._show(now)

    def tick(self, now: dt.datetime) -> None:
        """Let the clock have its due: a day begins or ends, a survey closes.  Raises `CentreChanged`."""
        self._turn_day(now)
        self._show(now)

    def next_due(self, now: dt.datetime) -> dt.datetime:
        """When `tick` has something to do next, if nothing comes in before."""
        due = day.next_due(self.today, now)
        return min(due, self._all_heard) if self._all_heard and now < self._all_heard else due

    def _turn_day(self, now: dt.datetime) -> None:
        while was_set(now) and self.today.untouched and day.runs_backwards(self.today, now):
            self._go_on_with(self.ledger.latest_day(self.centre, before=self.today.day))
        while due := day.due(self.today, now):
            if isinstance(due[0], events.DayBegan):
                self._answers.clear()
                self._earlier = None
                self._lookout.day_began()
            self._commit(self.today, due, CLOCK)
            if isinstance(due[0], events.DayBegan) and (rule := self.centre.retention):
                self.ledger.forget(self.today.day - dt.timedelta(days=rule.days), self.today.day, now)
        if not self.today.ended and (gone := self.today.strangers()):
            raise CentreChanged(f"{self.today.day}: {', '.join(gone)}: unknown to centre.toml, but used today")
        if self._dated_by is not self.centre:  # its holidays may be others
            self._commit(self.today, tuple(cases.redated(self.centre, self.ledger.open_cases(), now)), CLOCK)
            self._dated_by = self.centre

    def _take(self, received: Received, now: dt.datetime) -> None:
        node = received.key
        if not received.retained and node in self._roles and node != "hall":  # a delay is no clock of ours
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
                    if status.online and not received.retained:  # it may have come just now
                        self._acknowledge(node, now)
                        if status.role == "screen":
                            self._call_again(now)
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
        reply = m.Reply(command.id, command.point, answer, now)
        self.wire.publish(reply, node=node, expires=self.centre.calling.command_seconds)
        self._show(now)  # before the call, which takes its officer from the board
        for event in decided:
            if isinstance(event, events.Called):
                self._call(m.Call(event.call, event.number, event.point, event.at, event.times))

    def _fact(self, node: str, message: m.Fact, now: dt.datetime) -> None:
        expected = self.ledger.acked.get(node, 0) + 1
        if message.oldest is not None and message.oldest > expected:
            log.warning("%s holds nothing before fact %d: this ledger is younger than its node", node, message.oldest)
            expected = message.oldest
        fact, repair = times.repaired(message, self.centre.zone, self.today.day, now)
        after = self.ledger.lives.get(node)  # another one's: the sender's card was put back from an older copy
        follows = None in (message.follows, after) or message.follows == after
        if message.seq == expected and follows and not self._is_early(node, fact, now):
            belongs, taken = self._taken(node, fact, now, repair)
            if isinstance(taken, intake.Rejected) or belongs.ended:
                self._lookout.stray(node, fact, self.today)
            if isinstance(taken, intake.Rejected):
                self._reject(taken.cause, node)
                refused = events.FactRejected(at=now, node=node, cause=taken.cause, fact=message.fact, why=taken.why)
                belongs, taken = self.today, (refused,)
            self._commit(belongs, taken, Source(node, fact=message.seq, life=message.life))
        self._acknowledge(node, now)

    def _taken(
        self, node: str, fact: m.AnyFact, now: dt.datetime, repair: times.Repair
    ) -> tuple[Today, Events | intake.Rejected]:
        """The service day that a fact belongs to, and what it means there; the desk's, to the day at hand."""
        if isinstance(fact, m.CaseFiled | m.CaseMoved):
            return self.today, self._case(node, fact, now)
        if isinstance(fact, m.OfficeEdited | m.HandedOut):
            return self.today, self._office.take(self._roles[node], fact, self.today, now)
        belongs = self._day_of(fact)
        if belongs is None:
            return self.today, intake.Rejected("wrong_day")
        return belongs, intake.take(belongs, node, fact, now, self.new_id, repair)

    def _case(self, node: str, fact: m.CaseFact, now: dt.datetime) -> Events | intake.Rejected:
        if self._roles[node] != "desk":
            return intake.Rejected("wrong_role")
        taken = cases.take(self.centre, fact, self.ledger.case(fact.case), self.ledger.last_case, now)
        return taken if isinstance(taken, intake.Rejected) else (taken,)

    def _is_early(self, node: str, fact: m.AnyFact, now: dt.datetime) -> bool:
        """Whether a ticket's day has not come yet, or is long past, by our clock, which may be the wrong one.

        It is left unacknowledged.  So is what the desk says while our clock was never set, for it belongs to no day.

        Its kiosk says it again until our clock was set; or, where ours goes on as it was, for so long as a time server
        may take, and then it is the kiosk's clock that is wrong.  Where neither knows the time and the last day that we
        know is over, the ticket is of another.
        """
        if isinstance(fact, m.DeskFact):
            return not was_set(now)
        if not isinstance(fact, m.Rated) and fact.unsure and self.today.ended and not was_set(now):
            return True  # it may be of the day that begins when our clock is set
        if isinstance(fact, m.Rated) or NOW <= self.today.day - fact.day <= times.OLDEST:
            self._early.pop(node, None)
            return False
        return not was_set(now) or now < self._early.setdefault(node, now + EARLY)

    def _day_of(self, fact: m.QueueFact) -> Today | None:
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
        for event in decided:
            if isinstance(event, events.OfficeChanged):
                self._mirror(self._office.changed(event))
                self.today.centre, self._earlier = self.centre, None

    def _remember(self, key: tuple[str, str], answer: m.Accepted | m.Refused) -> None:
        self._answers[key] = answer
        if len(self._answers) > MEMORY:
            del self._answers[next(iter(self._answers))]

    def _reject(self, cause: str, node: str, count: int = 1) -> None:
        self.rejected[cause] += count
        log.warning("rejected from %s: %s", node or "?", cause)

    # ------------------------------------------------------------ what goes out
    def _tell_all(self, now: dt.datetime) -> None:
        """All that is retained, and the calls that still hold and no screen may have heard.

        The broker may remember nothing.
        """
        for node in self._roles:
            if node != "hall":
                self._acknowledge(node, now)
        for part in self._office.mirrors(now.year):
            self._mirror(part)
        self._shown.clear()
        self._show(now)
        self._call_again(now)

    def _call_again(self, now: dt.datetime) -> None:
        """The calls that still hold and no screen has confirmed; by our own clock, for a screen's may be wrong."""
        board, calling = views.board(self.today, now, 0, ()), self.centre.calling
        for call in missed(board, (), now, calling.announce_seconds, calling.start_at_call):
            self._call(call)

    def _acknowledge(self, node: str, now: dt.datetime) -> None:
        given = views.numbers_given(self.today, node)
        ledger = self.ledger
        ack = m.Ack(ledger.acked.get(node, 0), self.today.day, given, ledger.name, now, ledger.lives.get(node))
        self.wire.publish(ack, node=node)

    def _call(self, call: m.Call) -> None:
        """Say it once; screens know a call that they have spoken by its id."""
        self.wire.publish(call, expires=self.centre.calling.announce_seconds)

    def _show(self, now: dt.datetime) -> None:
        """Publish each mirror that no longer shows the truth."""
        for number in (point.number for point in self.centre.points):
            status = views.point_status(self.today, number, now, MOST_COUNTED)
            if self._shown.get(number) != status:
                self._shown[number] = status
                self._mirror(replace(status, revision=self._next_revision(now)), number)
        first = self.centre.centre.languages[0]
        warnings = (*self.warned, *self._office.warnings(first), *self._lookout.warnings(self.today, now))
        self.wire.health(m.Health(rejected=dict(self.rejected), warnings=warnings))
        board = views.board(self.today, UNSTAMPED, MOST_COUNTED, ())
        room = m.MAX_BYTES - len(msgspec.json.encode(board))  # alerts go first where not all finds room
        board = replace(board, alerts=alerts(self._nodes_by(now), warnings, first, room))
        if self._shown.get(0) != board:
            self._shown[0] = board
            self._mirror(replace(board, at=now, revision=self._next_revision(now)))

    def _mirror(self, message: m.Message, point: int | None = None) -> None:
        """One that is too long is counted, and the hall goes on: it would be as long after a restart."""
        try:
            self.wire.publish(message, point=point)
        except BadMessage as bad:
            self._reject(bad.cause, "hall")

    def _nodes_by(self, now: dt.datetime) -> dict[str, m.Status | None]:
        """What each node said of itself; None for one that by now should have."""
        late = self._all_heard is not None and now >= self._all_heard
        others = [node for node in self._roles if node != "hall"]
        return {node: self._nodes.get(node) for node in others if late or node in self._nodes}

    def _next_revision(self, now: dt.datetime) -> int:
        """Grows with every mirror, and over a restart too: it starts from the clock, in milliseconds."""
        self._revision = max(self._revision + 1, int(now.timestamp() * 1000))
        return self._revision
