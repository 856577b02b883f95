"""What Khiu promises, once, as something that can be run: every simulated day and every real fault ends here.

Every ticket printed is in the ledger once; no number twice in a service day; every press acts at most once and never
late; every call is announced once; order is kept; every rating counts once.  `judge` holds these against what is left
afterwards: the ledger, each node's store, the paper that came out, what was announced, what a bystander saw pass.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import apsw

from broker.messages import (
    Accepted,
    Board,
    CallTicket,
    Close,
    CloseService,
    Command,
    Message,
    Open,
    OpenService,
    Rated,
    Reply,
)
from broker.messages import Call as CallMessage
from display.ledger.audit import audit
from display.queue import events as e

MAY_STAND_SO = Open | Close | OpenService | CloseService  # accepted without an event where it stands so already
GIVEN = e.TicketQueued | e.TicketVoided
WAY = dt.timedelta(seconds=25)  # a word's, at most: 15 until a dead connection is noticed, and what a storm adds
Place = tuple[dt.datetime, str]  # first arrival, number
Line = tuple[str, str, bool]  # day, service, priority
Promise = Literal["lost", "doubled", "late", "out of order", "untrue"]


@dataclass(frozen=True)
class Paper:
    """A ticket that came out of a printer whole."""

    kiosk: str
    day: dt.date
    number: str
    copy: bool  # it says so itself


@dataclass(frozen=True)
class Touch:
    """A number as it came to be, with the true time."""

    kiosk: str
    day: dt.date  # as the kiosk had it
    number: str
    at: dt.datetime


@dataclass(frozen=True)
class Press:
    """A command as its node sent it, with the true time of the press."""

    node: str
    command: Command
    at: dt.datetime


@dataclass(frozen=True)
class Begun:
    """A screen began to announce this call."""

    screen: str
    call: str


@dataclass(frozen=True)
class Thanked:
    """A lamp thanked for a vote."""

    node: str
    visit: str


@dataclass(frozen=True)
class Evidence:
    """All that is left of a day, or of several, once every node has come back and has nothing more to say."""

    ledger: Path
    kiosks: Mapping[str, Path]  # kiosk → its store
    papers: Sequence[Paper] = ()
    presses: Sequence[Press] = ()
    begun: Sequence[Begun] = ()  # in the order in which each screen began them
    thanked: Sequence[Thanked] = ()
    seen: Sequence[Message] = ()  # by a bystander at the broker, in order
    heard: Callable[[str, dt.datetime], bool] = lambda _call, _at: True  # could a screen hear the call made then?
    command_seconds: float = 5.0
    touches: Sequence[Touch] = ()
    every_paper: bool = False  # `papers` are all that any printer gave
    kept_order: bool = True  # the network did, as one connection does: else calls reach a screen as they may
    true_times: bool = False  # the hall's clock was right, so its times can be held against those of people


@dataclass(frozen=True)
class Breach:
    promise: Promise
    what: str


@dataclass(frozen=True)
class Verdict:
    """How much happened, and what should not have."""

    tickets: int
    calls: int
    ratings: int
    breaches: tuple[Breach, ...] = field(repr=False)

    def count(self, promise: Promise) -> int:
        return sum(breach.promise == promise for breach in self.breaches)

    def __str__(self) -> str:
        return "\n".join(f"{breach.promise}: {breach.what}" for breach in self.breaches) or "every promise was kept"


@dataclass(frozen=True)
class Entry:
    """A row of the ledger's table ``event``."""

    seq: int
    day: str
    event: e.Event
    node: str | None
    fact: int | None
    command: str | None


def judge(evidence: Evidence) -> Verdict:
    """Hold every promise against the evidence.  Raises `broker.store.StoreError` where there is no ledger."""
    breaches = [Breach("untrue", fault) for fault in audit(evidence.ledger).faults]
    with closing(apsw.Connection(str(evidence.ledger), flags=apsw.SQLITE_OPEN_READONLY)) as ledger:
        entries = [
            Entry(seq, day, e.read(body), node, fact, command)  # type: ignore[arg-type]
            for seq, day, body, node, fact, command in ledger.execute(
                "SELECT seq, day, body, node, fact, command FROM event ORDER BY seq"
            )
        ]
        tickets = {(str(day), str(number)) for day, number in ledger.execute("SELECT day, number FROM ticket")}
        given = [entry.event for entry in entries if isinstance(entry.event, GIVEN)]
        numbers = tickets | {(str(event.told_day), event.number) for event in given}
        rated = {str(visit) for (visit,) in ledger.execute("SELECT visit FROM rating")}
    for rule in RULES:
        breaches += rule(evidence, entries)
    breaches += _every_number_is_in_the_ledger(evidence, numbers)
    breaches += _every_vote_that_was_thanked_for_counts(evidence, rated)
    calls = sum(isinstance(entry.event, e.Called) for entry in entries)
    return Verdict(len(tickets), calls, len(rated), tuple(breaches))


# ------------------------------------------------------------------ tickets
def _every_number_is_in_the_ledger(evidence: Evidence, tickets: set[tuple[str, str]]) -> Iterator[Breach]:
    for paper in evidence.papers:
        if (paper.day.isoformat(), paper.number) not in tickets:
            yield Breach("lost", f"{paper.number} of {paper.day} came out on paper and is not in the ledger")
    for kiosk, file in evidence.kiosks.items():
        with closing(apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)) as store:
            for day, number, state in store.execute("SELECT day, number, state FROM number"):
                if state != "given" and (str(day), str(number)) not in tickets:
                    yield Breach("lost", f"{number} of {day} is {state} at {kiosk} and not in the ledger")


def what_was_said_to_be_printed_came_out(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    out = {(paper.day, paper.number) for paper in evidence.papers}
    for entry in entries if evidence.every_paper else ():
        event = entry.event
        if not isinstance(event, e.TicketQueued) or event.proof != "paper":
            continue
        if (event.told_day or event.day, event.number) not in out:
            yield Breach("lost", f"event {entry.seq}: {event.number} waits as printed, and no whole paper came out")


def what_is_not_a_guess_is_true(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    """A ticket's time is that of the touch: behind it by the way of the hall's word, where the kiosk had one, else past
    it by its own fact's.
    """
    touched = {(touch.day, touch.number): touch.at for touch in evidence.touches}
    for entry in entries if evidence.true_times else ():
        event = entry.event
        if not isinstance(event, e.TicketQueued) or event.certainty == "guessed":
            continue
        at = touched.get((event.told_day or event.day, event.number))
        if at is not None and abs(event.given_at - at) > WAY:
            told = f"{event.number} was given at {at} and stands at {event.given_at} as {event.certainty}"
            yield Breach("untrue", f"event {entry.seq}: {told}")


def no_number_is_given_twice(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    originals = Counter((paper.day, paper.number) for paper in evidence.papers if not paper.copy)
    for (day, number), times in originals.items():
        if times > 1:
            yield Breach("doubled", f"{number} of {day} came out {times} times without saying that it is a copy")
    for entry in entries:
        if isinstance(entry.event, e.FactRejected) and entry.event.cause == "number_used":
            yield Breach("doubled", f"event {entry.seq}: a number was given twice: {entry.event.fact}")


def facts_come_once_each_and_in_order(_evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    last: dict[str, int] = defaultdict(int)
    if any(isinstance(entry.event, e.Forgotten) for entry in entries):  # what came before the first day kept is gone
        firsts = {entry.node: entry.fact for entry in reversed(entries) if entry.node and entry.fact is not None}
        last |= {node: first - 1 for node, first in firsts.items()}
    for entry in entries:
        if entry.node is not None and entry.fact is not None:
            if entry.fact <= last[entry.node]:
                yield Breach(
                    "out of order", f"event {entry.seq}: fact {entry.fact} of {entry.node} after {last[entry.node]}"
                )
            elif entry.fact > last[entry.node] + 1:
                yield Breach("lost", f"facts {last[entry.node] + 1} to {entry.fact - 1} of {entry.node}")
            last[entry.node] = max(last[entry.node], entry.fact)


# ------------------------------------------------------------------ presses
def a_press_acts_once(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    sent = {(press.node, press.command.id) for press in evidence.presses}
    acted: dict[tuple[str, str], list[int]] = defaultdict(list)
    moments: dict[tuple[str, str], set[dt.datetime]] = defaultdict(set)  # all that a press does happens at one
    for entry in entries:
        if entry.command is not None and entry.node is not None:
            acted[entry.node, entry.command].append(entry.seq)
            moments[entry.node, entry.command].add(entry.event.at)
    for (node, command), seqs in acted.items():
        if seqs != list(range(seqs[0], seqs[0] + len(seqs))) or len(moments[node, command]) > 1:
            yield Breach("doubled", f"command {command} of {node} acted at events {seqs}")
        if (node, command) not in sent:
            yield Breach("untrue", f"event {seqs[0]}: {node} never sent command {command}")


def a_press_never_acts_late(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    sent = {(press.node, press.command.id): press for press in evidence.presses}
    for entry in entries:
        press = sent.get((entry.node or "", entry.command or ""))
        if press is None:
            continue
        late = entry.event.at > press.command.deadline
        if evidence.true_times:
            late = late or entry.event.at - press.at > dt.timedelta(seconds=evidence.command_seconds)
        if late:
            yield Breach("late", f"event {entry.seq}: pressed at {press.at}, acted at {entry.event.at}")


def a_press_never_acts_on_a_point_that_its_officer_did_not_see(
    evidence: Evidence, entries: Sequence[Entry]
) -> Iterator[Breach]:
    """What the desk expected is how the point stood: so many moves of it, or of what it held, since the day began."""
    sent = {(press.node, press.command.id): press.command for press in evidence.presses if press.command.expect}
    moves: Counter[int] = Counter()
    holders: dict[str, int] = {}
    for entry in entries:
        event = entry.event
        command = sent.pop((entry.node or "", entry.command or ""), None)  # its first event
        if command and command.expect != (stood := f"{entry.day}-{moves[command.point]}"):
            yield Breach("late", f"event {entry.seq}: expected {command.expect}, point {command.point} was at {stood}")
        if isinstance(event, e.DayBegan):
            moves.clear()
            holders.clear()
        elif not isinstance(event, e.Rated) and (point := getattr(event, "point", None)):
            if isinstance(event, e.Called) and (holder := holders.pop(event.number, None)):
                moves[holder] += 1
            if isinstance(event, e.Held):
                holders[event.number] = point
            moves[point] += 1


def what_was_said_to_be_accepted_is_in_the_ledger(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    acted = {entry.command for entry in entries if entry.command}
    acted |= {p.command.id for p in evidence.presses if isinstance(p.command.action, MAY_STAND_SO)}
    for message in evidence.seen:
        if isinstance(message, Reply) and isinstance(message.answer, Accepted) and message.id not in acted:
            yield Breach("lost", f"command {message.id} was told to be accepted and is not in the ledger")


# ------------------------------------------------------------------ calls
def a_call_is_announced_once(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    made = {entry.event.call: entry for entry in entries if isinstance(entry.event, e.Called)}
    for (screen, call), times in Counter((begun.screen, begun.call) for begun in evidence.begun).items():
        if call not in made:
            yield Breach("untrue", f"{screen} announced {call}, which nobody called")
        if times > 1:
            yield Breach("doubled", f"{screen} announced {call} {times} times")
    begun = {b.call for b in evidence.begun}
    for call, entry in made.items():
        if call not in begun and evidence.heard(call, entry.event.at):
            yield Breach("lost", f"event {entry.seq}: {call} was never announced")


def calls_are_announced_in_order(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    place = {entry.event.call: entry.seq for entry in entries if isinstance(entry.event, e.Called)}
    last: dict[str, int] = defaultdict(int)
    for begun in evidence.begun if evidence.kept_order else ():
        seq = place.get(begun.call)
        if seq is None:
            continue
        if seq < last[begun.screen]:
            yield Breach("out of order", f"{begun.screen} announced event {seq} after event {last[begun.screen]}")
        last[begun.screen] = max(last[begun.screen], seq)


def whoever_came_first_is_called_first(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    """Of one service's line of equals, as far as the hall knew them; but for a ticket that was called by its number."""
    by_number = {press.command.id for press in evidence.presses if isinstance(press.command.action, CallTicket)}
    lines: dict[Line, set[Place]] = defaultdict(set)
    stands: dict[tuple[str, str], tuple[Line, Place]] = {}  # day and number → where it waits, or waited last
    for entry in entries:
        event = entry.event
        if not isinstance(event, e.TicketEvent):
            continue
        key = entry.day, event.number
        if isinstance(event, e.TicketQueued):
            stands[key] = (entry.day, event.service, event.priority), (event.given_at, event.number)
        if key not in stands:
            continue
        line, place = stands[key]
        in_turn = isinstance(event, e.Called) and place in lines[line] and entry.command not in by_number
        if in_turn and min(lines[line]) < place:
            yield Breach("out of order", f"event {entry.seq}: {event.number} before {min(lines[line])[1]}")
        if isinstance(event, e.Transferred):
            line = entry.day, event.service, line[2]
            stands[key] = line, place
        if isinstance(event, e.TicketQueued | e.Transferred):
            lines[line].add(place)
        else:
            lines[line].discard(place)


def no_ticket_is_at_two_points(evidence: Evidence, _entries: Sequence[Entry]) -> Iterator[Breach]:
    for board in (message for message in evidence.seen if isinstance(message, Board)):
        shown = Counter(point.ticket for point in board.points if point.ticket)
        for ticket, times in shown.items():
            if times > 1:
                yield Breach("doubled", f"board {board.revision}: {ticket} at {times} points")


def what_was_called_aloud_was_called(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    made = {entry.event.call for entry in entries if isinstance(entry.event, e.Called)}
    for message in evidence.seen:
        if isinstance(message, CallMessage) and message.call not in made:
            yield Breach("untrue", f"{message.call} ({message.ticket}) was published and is not in the ledger")


# ------------------------------------------------------------------ ratings
def _every_vote_that_was_thanked_for_counts(evidence: Evidence, rated: set[str]) -> Iterator[Breach]:
    for thanked in evidence.thanked:
        if thanked.visit not in rated:
            yield Breach("lost", f"the rating of {thanked.visit}, for which {thanked.node} thanked")


def a_visit_is_rated_once(evidence: Evidence, entries: Sequence[Entry]) -> Iterator[Breach]:
    for visit, times in Counter(thanked.visit for thanked in evidence.thanked).items():
        if times > 1:
            yield Breach("doubled", f"{visit} was thanked for {times} times")
    for entry in entries:
        refused = entry.event
        if isinstance(refused, e.FactRejected) and isinstance(refused.fact, Rated) and refused.cause == "rated_before":
            yield Breach("doubled", f"event {entry.seq}: {refused.fact.visit} was rated twice by {refused.node}")


Rule = Callable[[Evidence, Sequence[Entry]], Iterator[Breach]]
RULES: tuple[Rule, ...] = (
    what_was_said_to_be_printed_came_out,
    what_is_not_a_guess_is_true,
    no_number_is_given_twice,
    facts_come_once_each_and_in_order,
    a_press_acts_once,
    a_press_never_acts_late,
    a_press_never_acts_on_a_point_that_its_officer_did_not_see,
    what_was_said_to_be_accepted_is_in_the_ledger,
    a_call_is_announced_once,
    calls_are_announced_in_order,
    whoever_came_first_is_called_first,
    no_ticket_is_at_two_points,
    what_was_called_aloud_was_called,
    a_visit_is_rated_once,
)
