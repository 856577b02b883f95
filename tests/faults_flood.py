"""Floods of a thousand messages a second, held against the answers to honest presses and against memory.

Presses of an honest node are timed in calm and then under the flood, of one run; a morning under the flood is judged.
"""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from dataclasses import replace as replaced
from itertools import chain
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import median

from faults_centre import BrokenCentre, quick_centre, resident, wait_for
from faults_morning import Mornings, centre_for, display
from faults_table import Options, Row, row
from msgspec.structs import replace
from promises import Breach, Press

from broker import messages as m
from broker import topics
from broker.centre import Buttons, Centre, Kiosk, Screen
from broker.link import Event, Link, Received
from broker.mosquitto import QUEUED_BYTES
from broker.node import Setting

ENEMY_KIOSK, ENEMY_SCREEN, ENEMY_POINT, HONEST = "kiosk-9", "screen-9", "buttons-9", "buttons-8"
HONEST_AT, ENEMY_AT = 6, 7  # points
STRANGER = "stranger"
RATE = 1000  # messages a second
SLOWER = 2.0  # how much the answer to an honest press may be, of the same run's calm
GREW = (
    0.10  # and so much of its memory a process may gain under a flood, beside what the broker holds for one that lags
)
TURNS, PRESSES, QUICK = 8, 20, 6  # presses a turn
REST = 0.7  # seconds before a turn: a flood has begun, or is over
TRIES = 3  # of which one must be quick: what a flood slows down, it slows down each time, and other work does not
WARM = 300
FLOOD_SECONDS = 120.0  # at most; it is ended when the morning is over


def besieged() -> Centre:
    """The quick centre with the enemy's nodes, and one more honest one."""
    quick = quick_centre()
    one = replace(quick.kiosks[0], numbers=(1, 899))
    return replace(
        quick,
        kiosks=(one, Kiosk(ENEMY_KIOSK, (900, 999), one.printer)),
        screens=(*quick.screens, Screen(ENEMY_SCREEN, voice=False)),
        buttons=(
            Buttons(quick.buttons[0].name, (2, 3, 4, 5)),
            Buttons(HONEST, (HONEST_AT,)),
            Buttons(ENEMY_POINT, (ENEMY_AT,)),
        ),
    )


def floods(options: Options) -> list[Row]:
    """One row for each kind of flood."""
    with display() as name, centre_for(name, centre=besieged()) as mornings:
        mornings.centre.subscriber.stop()  # a bystander who reads a thousand messages a second slows this machine
        with Honest(mornings.centre) as node:
            kinds_of = list(kinds(mornings.centre))
            with flooding(mornings.centre, *kinds_of[0][1:]):  # what a first flood fills, it fills once
                node.presses(WARM)
            return [flood(fault, mornings, node, user, messages, options) for fault, user, messages in kinds_of]


def kinds(centre: BrokenCentre) -> Iterator[tuple[str, str, list[str]]]:
    """Name of a flood, who sends it, and its messages as lines of topic and payload."""
    site, at = centre.centre.centre.site, centre.now()
    fact = m.Fact(1, m.TicketIssued("R900", at.date(), "1.3", at, proof="screen"))
    press = m.Command("again", ENEMY_AT, at + dt.timedelta(days=1), m.Next())
    statuses = [m.Status(True, "screen", "x", at, m.Health(warnings=(f"{n}",))) for n in range(50)]

    def lines(user: str, kind: type[m.Message], bodies: list[bytes]) -> list[str]:
        return [f"{topics.address(site, kind, node=user)} {body.hex()}" for body in bodies]

    def said(user: str, *messages: m.Message) -> list[str]:
        return lines(user, type(messages[0]), [topics.encode(message) for message in messages])

    wrecks = [b"[" * m.MAX_BYTES, b"\xff" * 300, topics.encode(fact)[:-1]]
    yield "flood: one fact, replayed", ENEMY_KIOSK, said(ENEMY_KIOSK, fact)
    yield "flood: facts with gaps", ENEMY_KIOSK, said(ENEMY_KIOSK, *(replace(fact, seq=n) for n in range(3, 50)))
    yield "flood: presses", ENEMY_POINT, said(ENEMY_POINT, *(replace(press, id=f"press-{n}") for n in range(500)))
    yield "flood: statuses", ENEMY_SCREEN, said(ENEMY_SCREEN, *statuses)
    yield "flood: broken bytes", ENEMY_KIOSK, lines(ENEMY_KIOSK, m.Fact, wrecks)
    yield "flood: strangers at the door", STRANGER, said(STRANGER, fact)


def flood(fault: str, mornings: Mornings, node: Honest, user: str, lines: list[str], options: Options) -> Row:
    """Presses in calm and under the flood by turns, then a morning; what was slower or fatter is a note."""
    centre, presses = mornings.centre, QUICK if options.quick else PRESSES
    pids = {"hall": centre.programs["hall"].pid, "broker": centre.broker.pid}

    def flooded() -> AbstractContextManager[Enemy]:
        return flooding(centre, user, lines)

    with flooded() as enemy:  # a first flood of a kind fills buffers
        node.presses(presses)
        before = {who: resident(pid) for who, pid in pids.items() if pid}
    sent = enemy.sent
    for _ in range(TRIES):
        turns = by_turns(node, flooded, presses)
        sent += turns.sent
        if turns.slower <= SLOWER:
            break
    with flooded() as enemy:
        morning = mornings.play(f"{RATE} a second", lambda _centre, _rng: None, random.Random(options.seed))
    sent += enemy.sent
    after = {who: resident(pid) for who, pid in pids.items() if pid}
    memory = {who: f"{who} {before[who] >> 10:,} → {after[who] >> 10:,} KiB" for who in before}
    print(f"  {fault}: {sent:,} sent; {turns}, longest {1000 * turns.longest:.0f} ms; {'; '.join(memory.values())}")
    spared = {"hall": 0, "broker": QUEUED_BYTES}
    notes = [words for who, words in memory.items() if after[who] > (1 + GREW) * before[who] + spared[who]]
    notes += [str(turns)] * (turns.slower > SLOWER)
    breaches = (*morning.verdict.breaches, *(Breach("untrue", note) for note in notes))
    judged = replaced(morning.verdict, breaches=breaches)
    return row(fault, sent, [(morning.name, judged)], max(morning.outage, turns.longest))


@dataclass(frozen=True)
class Turns:
    """Seconds that each honest press took, a list for each turn; a turn of calm is beside its turn under the flood."""

    calm: list[list[float]]
    flooded: list[list[float]]
    sent: int

    @property
    def slower(self) -> float:
        """By turns, so that both see the same of whatever else the machine does."""
        return median(median(under) / median(calm) for calm, under in zip(self.calm, self.flooded, strict=True))

    @property
    def longest(self) -> float:
        return max(map(max, self.flooded))

    def __str__(self) -> str:
        calm, flooded = (1000 * median(chain(*turns)) for turns in (self.calm, self.flooded))
        return f"presses {calm:.1f} → {flooded:.1f} ms, × {self.slower:.2f}"


def by_turns(node: Honest, flooded: Callable[[], AbstractContextManager[Enemy]], presses: int) -> Turns:
    """So many presses a turn, in calm and under a flood that has just begun."""
    calm: list[list[float]] = []
    meanwhile: list[list[float]] = []
    sent = 0
    for _ in range(TURNS):
        time.sleep(REST)
        calm.append(node.presses(presses))
        with flooded() as enemy:
            time.sleep(REST)
            meanwhile.append(node.presses(presses))
        sent += enemy.sent
    return Turns(calm, meanwhile, sent)


class Honest:
    """A counter node of few words: one point, opened and closed by turns, each press timed to its reply."""

    def __init__(self, centre: BrokenCentre) -> None:
        self._centre = centre
        self._heard: SimpleQueue[Event] = SimpleQueue()
        replies = topics.address(centre.centre.centre.site, m.Reply, node=HONEST)
        setting = Setting(centre.centre, HONEST, centre.folder, centre.broker.secret(HONEST))
        self._link = Link(setting, "buttons", [replies], self._heard.put)
        self._opens = True

    def __enter__(self) -> Honest:
        self._link.start()
        assert wait_for(lambda: self._link.connected, 10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._link.stop()

    def presses(self, count: int) -> list[float]:
        """Seconds that each of so many presses took; a refusal raises."""
        return [self._press() for _ in range(count)]

    def _press(self) -> float:
        time.sleep(0.03)
        at = self._centre.now()
        action: m.Action = m.Open() if self._opens else m.Close()
        self._opens = not self._opens
        command = m.Command(uuid.uuid4().hex, HONEST_AT, at + dt.timedelta(seconds=5), action)
        self._centre.presses.append(Press(HONEST, command, at))
        began = time.perf_counter()
        self._link.publish(command)
        try:
            while True:
                event = self._heard.get(timeout=6)
                if (
                    isinstance(event, Received)
                    and isinstance(event.message, m.Reply)
                    and event.message.id == command.id
                ):
                    assert isinstance(event.message.answer, m.Accepted), event.message
                    return time.perf_counter() - began
        except Empty:
            return 6.0


class Enemy:
    """A flood under way; ``sent`` when it has ended."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self.child, self.sent = child, 0


@contextmanager
def flooding(centre: BrokenCentre, user: str, lines: list[str]) -> Iterator[Enemy]:
    """A process of its own sends these at `RATE` until the block ends."""
    program = Path(__file__).with_name("faults_wire.py")
    command = [sys.executable, program, str(centre.broker.port), user, str(RATE), str(FLOOD_SECONDS)]
    secret = "" if user == STRANGER else centre.broker.secret(user)
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    child.stdin.write("\n".join([secret, *lines]))
    child.stdin.close()
    enemy = Enemy(child)
    try:
        yield enemy
    finally:
        child.terminate()
        assert child.stdout is not None
        enemy.sent = int(child.stdout.read() or 0)
        child.wait(10)
