"""A year of `make faults`: 250 days of 400 tickets through the real hall and the real stores, all flat at the end.

Kiosk store, votes, outboxes, couriers, hall and ledger are the product's own; the broker between them is left out, for
a year of it would take a year, and the files lie in memory where there is such a place: a disk's own moods are no leak
of ours.  What is flat: the memory of the process, and the time of a press and of a ticket, each held against an empty
commit of the same moment.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import count, cycle
from pathlib import Path
from statistics import median

import apsw
import msgspec
from faults_table import Options, Row, row
from msgspec.structs import replace
from promises import Evidence, Press, judge

from broker import messages as m
from broker.centre import DEFAULT, Retention, load
from broker.clock import Moment
from broker.link import Connected, Received
from broker.outbox import Courier, Outbox
from broker.store import open_store
from counter_buttons.votes import VOTE_MIGRATIONS, Votes
from display.hall import Hall
from display.ledger.ledger import FILE, Ledger
from kiosk.store import KioskStore

MEMORY = Path("/dev/shm")
SLACK = 0.05  # the last month may differ from the second by so much
KEPT = 100  # days that this centre's ledger keeps, so that most of the year runs at its full size
CENTRE = replace(load(DEFAULT), retention=Retention(KEPT))
FIRST = dt.datetime(2026, 1, 5, 1, 30, tzinfo=dt.UTC)  # half past eight on a Monday in Bangkok
FRESH = dt.timedelta(seconds=5)
NEVER_RESENT = Moment(0.0, FIRST)  # nothing is lost on the way, and every time is sure
OFFICERS = [(service, point) for service in CENTRE.services for point in service.points]


class Wire:
    """The hall's link: what is meant for the kiosk and the counter reaches their couriers at once."""

    def __init__(self) -> None:
        self.couriers: dict[str, Courier] = {}
        self.status: dict[int, m.PointStatus] = {}

    def publish(
        self, message: m.Message, *, node: str | None = None, point: int | None = None, expires: int | None = None
    ) -> bool:
        if isinstance(message, m.Ack) and node in self.couriers:
            self.couriers[node].acked(message, NEVER_RESENT)
        elif isinstance(message, m.PointStatus):
            self.status[message.point] = message
        return True

    def health(self, health: m.Health) -> None:
        pass


class Centre:
    """One kiosk, one counter node, one hall."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.now, self.folder = FIRST, folder
        self.wire, self.ids = Wire(), count(1)
        self.ledger = stack.enter_context(closing(Ledger(folder / FILE)))
        self.hall = Hall(CENTRE, self.ledger, self.wire, self.new_id)
        self.kiosk = KioskStore.open(folder / "kiosk.sqlite", (1, 999))
        stack.callback(self.kiosk.close)
        store = stack.enter_context(closing(open_store(folder / "buttons.sqlite", VOTE_MIGRATIONS)))
        self.votes = Votes(store, Outbox(store))
        for node, outbox in (("kiosk-1", self.kiosk.outbox), ("buttons-1", Outbox(store))):
            self.wire.couriers[node] = Courier(outbox, lambda fact, node=node: self.hear(node, fact))
        self.hall.receive(Connected(), self.now)
        # not in memory, which is measured; named as what is no part of a centre's disk
        self._presses = stack.enter_context((folder / "floor-presses").open("w+b"))

    def new_id(self) -> str:
        return f"{next(self.ids):x}"

    def hear(self, node: str, message: m.Message) -> None:
        self.hall.receive(Received(message, node, retained=False), self.now)

    def take(self, service_id: str, priority: bool) -> None:
        service = CENTRE.service(service_id)
        given = self.kiosk.give(service, priority, self.now, self.kiosk.day(self.now.astimezone(CENTRE.zone).date()))
        self.kiosk.enter(given.key, paper=True)  # type: ignore[union-attr]
        self.wire.couriers["kiosk-1"].send(NEVER_RESENT)

    def press(self, point: int, action: m.Action) -> None:
        command = m.Command(self.new_id(), point, self.now + FRESH, action)
        self._presses.write(msgspec.json.encode(command) + b"\n")
        self.hear("buttons-1", command)

    def presses(self) -> list[Press]:
        """All of the year, each at its deadline less the time that it has."""
        self._presses.seek(0)
        commands = [msgspec.json.decode(line, type=m.Command) for line in self._presses]
        return [Press("buttons-1", command, command.deadline - FRESH) for command in commands]

    def rate(self, point: int, level: int) -> None:
        if survey := self.wire.status[point].survey:
            self.votes.cast(m.Rated(survey.visit, point, level, self.now))
            self.wire.couriers["buttons-1"].send(NEVER_RESENT)

    def day(self, tickets: int) -> tuple[float, float]:
        """A service day; median seconds of a ticket from touch to acknowledgement, and of a press."""
        takes, presses = [], []
        officers, levels = cycle(OFFICERS), cycle((5, 4, 5, 3, 5, 4))
        for number in range(tickets):
            service, point = next(officers)
            takes.append(timed(self.take, service.id, number % 9 == 8))
            self.now += dt.timedelta(seconds=20)
            for action in (m.Next(), m.Start(), m.Finish()):
                presses.append(timed(self.press, point, action))
                self.now += dt.timedelta(seconds=12)
            if number % 2:
                self.rate(point, next(levels))
        return median(takes), median(presses)


def timed(act: object, *arguments: object) -> float:
    began = time.perf_counter()
    act(*arguments)  # type: ignore[operator]
    return time.perf_counter() - began


def rows(options: Options) -> list[Row]:
    """One row, with a note for whatever did not stay flat."""
    days, tickets = (KEPT + 60, 20) if options.quick else (250, 400)
    noise = logging.getLogger()
    said = Said()
    noise.addHandler(said)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="khiu-year-", dir=MEMORY if MEMORY.is_dir() else None) as folder,
            ExitStack() as stack,
        ):
            return [year(Path(folder), stack, days, tickets, said)]
    finally:
        noise.removeHandler(said)


def year(folder: Path, stack: ExitStack, days: int, tickets: int, said: Said) -> Row:
    centre = Centre(folder, stack)
    floor = stack.enter_context(closing(open_store(folder / "floor", ["-- floor\nCREATE TABLE f (n INTEGER)"])))
    seen: list[tuple[float, float, float, float]] = []  # of each day: ticket and press in floors, MB of memory, of disk
    for done, midnight in enumerate(working_days(days), 1):
        centre.now = midnight
        commit = median(timed(empty_commit, floor, n) for n in range(50))
        take, press = centre.day(tickets)
        commit = (commit + median(timed(empty_commit, floor, n) for n in range(50))) / 2
        gc.collect()
        seen.append((take / commit, press / commit, memory(), disk(folder)))
        if done % 10 == 0:
            print(f"\r  day {done} of {days}: {seen[-1][2]:.1f} MB of memory, {seen[-1][3]:.1f} MB on disk", end="")
    print(flush=True)
    evidence = Evidence(folder / FILE, {}, presses=centre.presses(), heard=lambda *_: False)
    verdict = judge(evidence)
    notes, span = [], len(seen) // 10
    for what, column in (("a ticket", 0), ("a press", 1), ("memory", 2)):
        early = median(day[column] for day in seen[span : 3 * span])
        late = median(day[column] for day in seen[-2 * span :])
        print(f"  {what}: {early:.2f} in the second tenth of the year, {late:.2f} at its end ({late / early - 1:+.1%})")
        if late / early - 1 > SLACK:
            notes.append(f"{what} grew by {late / early - 1:.1%} over the year")
    grown = (seen[KEPT - 5][3] - seen[5][3]) / ((KEPT - 10) * tickets) * 1e6
    print(f"  {grown:.0f} bytes on disk a ticket; {said.bytes / days:.0f} bytes of log a day")
    if seen[-1][3] > seen[KEPT + 5][3] * (1 + SLACK):
        notes.append("the disk goes on filling though old days are forgotten")
    if said.bytes / days > 2000:
        notes.append(f"{said.bytes / days:.0f} bytes of log a day")
    made = row(f"{days} days of {tickets} tickets", days, [("year", verdict)], 0.0)
    return dataclasses.replace(made, notes=(*made.notes, *notes))


def working_days(count: int) -> Iterator[dt.datetime]:
    day = FIRST
    for _ in range(count):
        yield day
        day += dt.timedelta(days=3 if day.astimezone(CENTRE.zone).weekday() == 4 else 1)


def empty_commit(floor: apsw.Connection, n: int) -> None:
    with floor:
        floor.execute("INSERT OR REPLACE INTO f (rowid, n) VALUES (1, ?)", (n,))


def memory() -> float:
    """Resident MB of this process."""
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * 4096 / 1e6


def disk(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.iterdir() if not file.name.startswith("floor")) / 1e6


class Said(logging.Handler):
    """Counts what would go to the journal."""

    bytes = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.bytes += len(record.getMessage()) + 30


if __name__ == "__main__":
    sys.exit(not all(made.kept for made in rows(Options(10, 1, quick=True))))
