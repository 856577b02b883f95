"""A centre of few words, where a window would cost too much: the kiosk's real store and courier, and plain officers."""

from __future__ import annotations

import datetime as dt
import os
import threading
import time
from contextlib import closing
from pathlib import Path
from queue import Empty, SimpleQueue

import apsw
import faults_door
from faults_centre import COUNTER, KIOSK
from promises import Paper

from broker import clock
from broker import messages as m
from broker.centre import Centre
from broker.link import Connected, Event, Link, Received
from broker.mosquitto import Mosquitto
from broker.node import Setting
from broker.outbox import Courier
from broker.topics import address
from kiosk.numbering import NoneLeft
from kiosk.store import Given, KioskStore

POINTS = {2: "1.1", 3: "1.1", 4: "1.2"}


class Kiosk:
    """The kiosk's store and courier, with a printer that writes numbers down on the host."""

    def __init__(self, centre: Centre, broker: Mosquitto, host: Path, state: Path) -> None:
        self.centre, self._host = centre, host
        self.store = KioskStore.open(state / "kiosk.sqlite", centre.kiosks[0].numbers)
        self._events: SimpleQueue[Event] = SimpleQueue()
        setting = Setting(centre, KIOSK, state, broker.secret(KIOSK))
        self._link = Link(setting, "kiosk", [address(centre.centre.site, m.Ack, node=KIOSK)], self._events.put)
        self._courier = Courier(self.store.outbox, self._link.publish)
        self._link.start()
        if young := self.store.settle(clock.moment()):  # its citizen stands there still, and gets a copy
            self._print(young, "copy")

    def give(self, service: str) -> None:
        now = clock.now()
        day = self.store.day(now.astimezone(self.centre.zone).date())
        given = self.store.give(self.centre.service(service), False, now, day)
        if not isinstance(given, NoneLeft):
            self._print(given, "first")

    def _print(self, given: Given, which: str) -> None:
        with (self._host / "papers").open("a") as papers:
            papers.write(f"{given.day} {given.number} {which}\n")
            papers.flush()
            os.fsync(papers.fileno())
        self.store.enter(given.key, paper=True)
        self._courier.send(clock.moment())

    def listen(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                event = self._events.get(timeout=left)
            except Empty:
                break
            if isinstance(event, Connected):
                self._courier.connected(clock.moment())
            elif isinstance(event, Received) and isinstance(event.message, m.Ack):
                if event.message.day:
                    self.store.numbers_used(event.message.day, event.message.numbers)
                self._courier.acked(event.message, clock.moment())
        self._courier.tick(clock.moment())

    def close(self) -> None:
        self._link.stop()
        self.store.close()


def officer(door: Path, point: int, over: threading.Event) -> None:
    """Does the next thing at a point, again and again."""
    while not over.is_set():
        status = faults_door.status(door, point)
        if status and (status.survey or status.ticket or status.waiting):
            wire = "smiley-4" if status.survey else "serve" if status.ticket else "call"
            faults_door.press(door, point, wire)
        time.sleep(0.4)


def written(papers: Path) -> list[Paper]:
    """What a kiosk wrote down of its papers."""
    lines = [line.split() for line in papers.read_text().splitlines() if line.count(" ") == 2]
    return [Paper(KIOSK, dt.date.fromisoformat(day), number, which == "copy") for day, number, which in lines]


def served(state: Path) -> bool:
    """Nobody waits, and no vote is under way."""
    open_ones = "SELECT count(*) FROM ticket WHERE state IN ('waiting', 'called', 'serving', 'provided')"
    held = "SELECT count(*) FROM outbox WHERE seq > (SELECT coalesce(acknowledged, 0) FROM outbox_state)"
    asked = ((state / "hall" / "ledger.sqlite", open_ones), (state / COUNTER / "buttons.sqlite", held))
    return not any(count(file, query) for file, query in asked)


def count(file: Path, query: str) -> int:
    with closing(apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)) as store:
        return int(store.execute(query).get)  # type: ignore[arg-type]
