"""A little of `make faults` in every run of the tests: kills, broken bytes on every topic, a babbling printer.

No windows here: a kiosk of few words gives the numbers, real officers press real pins, and the judge has the last word.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from faults_cables import Babble
from faults_centre import COUNTER, KIOSK, pressed, thanked, wait_for
from faults_flood import ENEMY_KIOSK, besieged
from faults_hostile import SPECIMENS, broken, everything_may_be_said_by, no_mqtt, somewhere
from faults_plain import POINTS, Kiosk, count, officer, served, written
from faults_wire import Peer
from promises import Evidence, Verdict, judge

from broker import clock, topics
from broker import messages as m
from broker.mosquitto import Mosquitto, free_port
from broker.onebox import on_these_ports, opening
from broker.program import Program
from kiosk.printer import open_printer
from kiosk.virtual_printer import VirtualPrinter

TICKETS = 6


class Plain:
    """Broker, hall and counter as processes; the kiosk's store in this one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        given = besieged()
        self.broker = Mosquitto(folder / "secrets", given)
        self.broker.start()
        self.centre = on_these_ports(given, self.broker.port, free_port())
        (folder / "centre.toml").write_bytes(msgspec.toml.encode(self.centre))
        env = {
            "KHIU_CENTRE": str(folder / "centre.toml"), "KHIU_PASSWORDS": str(folder / "secrets"),
            "KHIU_DOOR": str(folder / "door"), "KHIU_RECORDS": str(folder), "GPIOZERO_PIN_FACTORY": "mock",
        }  # fmt: skip
        counter = str(Path(__file__).with_name("faults_counter.py"))
        commands = {"hall": ["-m", "display", "run"], COUNTER: [counter, "--name", COUNTER]}
        self.programs = {}
        for name, command in commands.items():
            (folder / name).mkdir()
            whole = [sys.executable, *command, "--state", str(folder / name)]
            self.programs[name] = Program(name, whole, env, folder / f"{name}.log")
            self.programs[name].start(30)
        self.kiosk = Kiosk(self.centre, self.broker, folder, folder)

    def kill(self, name: str) -> None:
        pid = self.broker.pid if name == "broker" else self.programs[name].pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        if name == "broker":
            self.broker.stop()
            self.broker.start()
        else:
            self.programs[name].start(30)

    def work(self, between: threading.Thread) -> Verdict:
        """Citizens and officers, while this goes on beside them; then the judge."""
        over = threading.Event()
        officers = [threading.Thread(target=officer, args=(self.folder / "door", p, over)) for p in POINTS]
        for each in (*officers, between):
            each.start()
        services = list(POINTS.values())
        for n in range(TICKETS):
            self.kiosk.give(services[n % len(services)])
            self.kiosk.listen(0.2)
        between.join()
        end = time.monotonic() + 30
        while not (served(self.folder) and self._rated()) and time.monotonic() < end:
            self.kiosk.listen(0.2)
        over.set()
        for each in officers:
            each.join()
        self.kiosk.listen(0.5)
        ledger = self.folder / "hall" / "ledger.sqlite"
        return judge(
            Evidence(
                ledger, {KIOSK: self.folder / "kiosk.sqlite"}, written(self.folder / "papers"), pressed(self.folder),
                thanked=thanked(self.folder), heard=lambda _call, _at: False, true_times=True, every_paper=True,
            )
        )  # fmt: skip

    def _rated(self) -> bool:
        return count(self.folder / "hall" / "ledger.sqlite", "SELECT count(*) FROM rating") == TICKETS

    def stop(self) -> None:
        self.kiosk.close()
        for program in reversed(self.programs.values()):
            program.stop()
        self.broker.stop()


@pytest.fixture
def nine(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    begin = opening(besieged(), now, dt.timedelta(minutes=30))
    monkeypatch.setenv(clock.OFFSET, str((begin - now).total_seconds()))


@contextmanager
def plain(folder: Path) -> Iterator[Plain]:
    centre = Plain(folder)
    try:
        yield centre
    finally:
        centre.stop()


def test_hall_counter_and_broker_are_killed_in_mid_morning_and_no_promise_is_broken(nine: None, tmp_path: Path) -> None:
    rng = random.Random(1)
    with plain(tmp_path) as centre:

        def kills() -> None:
            for name in rng.sample(["hall", COUNTER, "broker"], 3):
                time.sleep(rng.uniform(0.1, 0.8))
                centre.kill(name)

        verdict = centre.work(threading.Thread(target=kills))
    assert verdict.breaches == (), verdict
    assert (verdict.tickets, verdict.calls, verdict.ratings) == (TICKETS, TICKETS, TICKETS)


def test_broken_bytes_on_every_topic_change_nothing_for_honest_people(nine: None, tmp_path: Path) -> None:
    rng = random.Random(1)
    with everything_may_be_said_by(ENEMY_KIOSK), plain(tmp_path) as centre:

        def wreck() -> None:
            secret, peer = centre.broker.secret(ENEMY_KIOSK), None
            for n in range(600):
                kind = rng.choice(m.ALL)
                topic = somewhere(centre.centre, kind, rng)
                try:
                    peer = peer or Peer(centre.broker.port, ENEMY_KIOSK, secret)
                    peer.say(topic, broken(kind, rng))
                except OSError:
                    peer = None
                if n % 50 == 0:
                    no_mqtt(centre.broker.port, rng)

        verdict = centre.work(threading.Thread(target=wreck))
        assert all(program.running for program in centre.programs.values())
    assert verdict.breaches == (), verdict
    assert (verdict.tickets, verdict.calls, verdict.ratings) == (TICKETS, TICKETS, TICKETS)


def test_what_is_called_broken_here_is_broken_and_what_is_whole_is_not() -> None:
    rng = random.Random(3)
    for kind in m.ALL:
        for _ in range(50):
            with pytest.raises(topics.BadMessage):
                topics.decode(kind, broken(kind, rng))
    assert all(any(_decodes(kind, whole) for kind in m.ALL) for whole in SPECIMENS)


def _decodes(kind: type[m.Message], whole: bytes) -> bool:
    try:
        topics.decode(kind, whole)
    except topics.BadMessage:
        return False
    return True


def test_nonsense_in_the_printers_status_never_raises_and_ends_when_the_printer_is_well(tmp_path: Path) -> None:
    job = b"\x1b@" + b"A001\n" * 3 + b"\x1dV\x00"
    with VirtualPrinter(tmp_path / "paper", rows_a_second=1e6) as device:
        cable = Babble(device.port, tmp_path)
        cable.plug()
        printer = open_printer(cable.printer)
        try:
            for odds in (0.2, 0.6, 0.95):
                cable.odds = odds
                assert printer.state() in (
                    "ready",
                    "near_end",
                    "paper_out",
                    "cover_open",
                    "offline",
                    "silent",
                    "unknown",
                )
                assert printer.print(job) in ("printed", "failed", "unknown")
            cable.odds = 0.0
            assert (printer.state(), printer.print(job)) == ("ready", "printed")
            before = device.papers  # what hung out of it was cut off before that
            assert printer.print(job) == "printed"
            assert wait_for(lambda: device.papers == before + 1, 5)
        finally:
            cable.pull()
    assert cable.said
