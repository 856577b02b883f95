"""Short mornings at a centre that is being broken: citizens touch, officers call and serve; then comes the judge.

A centre lives through many mornings, as a real one does, and each is judged with all that came before.  Officers wait
until a call is announced before they go on, as people do, so every call must be announced in the end.
"""

from __future__ import annotations

import faulthandler
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_any
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from faults_centre import SCREEN, SIZE, BrokenCentre, wait_for
from faults_papers import Sounds, Words
from faults_table import Row, row
from promises import Breach, Verdict, judge

from broker.messages import PointStatus
from broker.morning.glass import VirtualScreen
from broker.morning.waiting import NotSeen

OFFICERS = {2: "1.1", 3: "1.1", 4: "1.2"}  # points at work, and their service; two of them share a line
TOUCHES = ("1.1", "1.2", "1.1")
PATIENCE = 30.0  # seconds without an answer after which a person gives up; that is a note in the table
AWAY = ("home", "stopped", "closed", "")  # pages before which a citizen can only touch, or wait: a dark glass is ""
TOGETHER = 3  # centres that are broken at a time: mostly they wait
PAUSE = 0.4  # seconds between two presses of one hand: the counter takes quicker ones for one
AGAIN = 1.5  # seconds after which a person presses again
Fault = Callable[[BrokenCentre, random.Random], object]
T = TypeVar("T")


@dataclass
class Morning:
    """What one morning came to."""

    name: str
    verdict: Verdict
    outage: float


@dataclass
class Waits:
    """How long honest presses and touches waited for their answer, from any thread."""

    longest: float = 0.0
    given_up: list[str] = field(default_factory=list)

    def answered(self, began: float) -> None:
        self.longest = max(self.longest, time.monotonic() - began)


@contextmanager
def display() -> Iterator[str]:
    """A virtual display for the windows."""
    glass = VirtualScreen(SIZE)
    try:
        yield glass.display
    finally:
        glass.stop()


class Mornings:
    """A centre and the mornings that it lives through."""

    def __init__(self, centre: BrokenCentre) -> None:
        self.centre = centre
        self._sounds = Sounds(centre.ears, centre.centre)
        self._before = Verdict(0, 0, 0, ())

    def play(self, name: str, fault: Fault, rng: random.Random, touches: tuple[str, ...] = TOUCHES) -> Morning:
        """A morning into which ``fault`` comes at a random moment; judged when all is well again."""
        centre, waits, done = self.centre, Waits(), threading.Event()
        moment, faults = rng.uniform(0, 5), random.Random(rng.random())
        people = [threading.Thread(target=officer, args=(centre, p, done, waits), daemon=True) for p in OFFICERS]
        people.append(threading.Thread(target=citizens, args=(centre, touches, done, waits), daemon=True))
        broken: list[str] = []

        def strike() -> None:
            time.sleep(moment)
            try:
                fault(centre, faults)
            except Exception as error:  # noqa: BLE001 -- told in the table; the morning is still judged
                broken.append(f"the fault itself failed: {type(error).__name__}: {error}")

        people.append(threading.Thread(target=strike, daemon=True))
        for person in people:
            person.start()
        people[-2].join()
        people[-1].join()
        done.set()
        for person in people:
            person.join()
        with_notes = broken + waits.given_up
        try:
            centre.drained()
        except NotSeen as error:
            with_notes.append(str(error))
        return Morning(f"{name} at {moment:.2f} s", self._judged(with_notes), waits.longest)

    def _judged(self, notes: list[str]) -> Verdict:
        """This morning's part of the whole verdict."""
        whole = judge(self.centre.evidence())
        breaches = (*whole.breaches, *self._sounds.doubled(self._calls()))
        new = [breach for breach in breaches if breach not in self._before.breaches]
        new += [Breach("untrue", note) for note in notes]
        before, self._before = self._before, replaced(whole, breaches=breaches)
        return Verdict(
            whole.tickets - before.tickets, whole.calls - before.calls, whole.ratings - before.ratings, tuple(new)
        )

    def _calls(self) -> dict[Words, int]:
        rows = self.centre.select(
            "hall", "ledger.sqlite",
            "SELECT number, call.point, times > 1, count(*) FROM call JOIN visit ON visit.id = visit GROUP BY 1, 2, 3",
        )  # fmt: skip
        return {(number, point, bool(again)): count for number, point, again, count in rows}


# ------------------------------------------------------------------ people
def citizens(centre: BrokenCentre, touches: tuple[str, ...], done: threading.Event, waits: Waits) -> None:
    """One after another before the kiosk, until each holds a number; then the officers have some time for the last."""
    for service in touches:
        wait_for(lambda: centre.kiosk.page() in AWAY, PATIENCE)  # the citizen before is done
        began = time.monotonic()
        while not touched(centre, service):
            if time.monotonic() - began > PATIENCE:
                waits.given_up.append(f"a citizen gave up at the kiosk, which shows {centre.kiosk.page()!r}")
                return
        waits.answered(began)
    wait_for(lambda: _nobody_waits(centre), PATIENCE, 0.2)


def touched(centre: BrokenCentre, service: str) -> bool:
    """Touch, and see whether the page turns."""
    try:
        if centre.kiosk.page() != "home":
            time.sleep(0.1)
            return False
        centre.kiosk.touch(f"service-{service}", 0.05)
    except (NotSeen, OSError):
        return False
    return wait_for(lambda: centre.kiosk.page() not in ("home", ""), AGAIN)


def _nobody_waits(centre: BrokenCentre) -> bool:
    states = "('served', 'no_show', 'voided', 'unserved')"
    given = centre.select("kiosk-1", "kiosk.sqlite", "SELECT count(*) FROM number WHERE state <> 'voided'")
    left = centre.select("hall", "ledger.sqlite", f"SELECT count(*) FROM ticket WHERE state IN {states}")
    return bool(given and left and left[0][0] >= given[0][0])


def officer(centre: BrokenCentre, point: int, done: threading.Event, waits: Waits) -> None:
    """Calls, waits until it is said, serves, lets the citizen rate; until nobody is left and the morning is over."""
    while True:
        status = centre.point(point)
        if status is None or (status.state in ("idle", "closed") and not status.survey and not status.waiting):
            if done.is_set():
                return
            time.sleep(0.1)
        elif not _work(centre, status, waits):
            waits.given_up.append(f"the officer of point {point} gave up; it is {status.state}")
            return


def _work(centre: BrokenCentre, status: PointStatus, waits: Waits) -> bool:
    """The next thing to do at a point; False where nothing answered any more."""
    wire = "serve"
    if status.survey:
        wire = "smiley-5"
    elif status.state in ("idle", "closed"):
        wire = "call"
    elif status.state == "called":
        wait_for(lambda: centre.announced(str(status.ticket)), PATIENCE, 0.1)
    time.sleep(PAUSE)
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        centre.press(status.point, wire)
        if wait_for(lambda: _changed(centre, status), AGAIN, 0.03):
            waits.answered(began)
            return True
    return False


def _changed(centre: BrokenCentre, before: PointStatus) -> bool:
    now = centre.point(before.point)
    if now is None:
        return False
    if before.survey:
        return now.survey != before.survey
    # somebody else may have taken the last one who waited
    return (now.state, now.ticket) != (before.state, before.ticket) or (not now.ticket and not now.waiting)


def in_pairs(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """The jobs' results in order; two at a time, for people mostly wait, each in a process of its own.

    Raises what a job raised, and `RuntimeError` for one whose process died; whatever that left running is ended.
    """
    fork, made = get_context("fork"), {}
    waiting, running = list(enumerate(jobs)), {}
    try:
        _work_off(fork, waiting, running, made)
    finally:
        for _, child in running.values():
            _end_session(child.pid)
    for result in made.values():
        if isinstance(result, Exception):
            raise result
    return [made[place] for place in range(len(jobs))]


def _work_off(fork: Any, waiting: list[Any], running: dict[Any, Any], made: dict[int, Any]) -> None:
    while waiting or running:
        while waiting and len(running) < TOGETHER:
            place, job = waiting.pop(0)
            here, there = fork.Pipe(duplex=False)
            child = fork.Process(target=_tell, args=(there, job))
            child.start()
            there.close()
            running[here] = place, child
        for here in wait_any(list(running)):
            place, child = running.pop(here)
            try:
                made[place] = here.recv()
            except EOFError:
                child.join()
                made[place] = RuntimeError(f"job {place} died with {child.exitcode}")
            child.join()
            _end_session(child.pid)


def _tell(there: Connection, job: Callable[[], object]) -> None:
    os.setsid()  # so that all it starts can be found
    faulthandler.enable()
    try:
        there.send(job())
    except Exception as error:  # noqa: BLE001 -- raised again where it was asked for
        there.send(RuntimeError(f"{type(error).__name__}: {error}"))


def _end_session(leader: int | None) -> None:
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getsid(int(entry.name)) == leader:
                os.kill(int(entry.name), signal.SIGKILL)


def series(fault: str, strike: Fault, count: int, seed: int, **more: object) -> Row:
    """The row of a fault that comes once into each of so many mornings of one centre."""
    rng, mornings = random.Random(f"{seed} {fault}"), []
    with display() as name, centre_for(name, **more) as centre:
        for n in range(count):
            mornings.append(centre.play(f"morning {n + 1} of seed {seed}", strike, rng))
            print(f"  {fault}, {mornings[-1].name}: {mornings[-1].outage:.1f} s, {mornings[-1].verdict}", flush=True)
    return row(fault, count, [(m.name, m.verdict) for m in mornings], max(m.outage for m in mornings))


@contextmanager
def centre_for(display_name: str, **more: object) -> Iterator[Mornings]:
    """A centre that has just opened, in a folder that goes with it."""
    with (
        TemporaryDirectory(prefix="khiu-faults-", ignore_cleanup_errors=True) as folder,
        BrokenCentre(Path(folder), display_name, **more) as centre,  # type: ignore[arg-type]
    ):
        wait_for(lambda: centre.kiosk.page() == "home", 30)
        wait_for(lambda: centre.select(SCREEN, "said.sqlite", "SELECT count(*) FROM said"), 30)
        yield Mornings(centre)
