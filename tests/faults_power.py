"""Power cuts under the stores: a file system that forgets what was not synced is killed with its node."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from faults_centre import COUNTER, KIOSK, RESTART_SECONDS, SCREEN, BrokenCentre, run, wait_for
from faults_morning import Fault, in_pairs, series
from faults_table import Options, Row

EACH, QUICK = 20, 1
MACHINES = {"hall": ("hall", "broker"), KIOSK: (KIOSK,), COUNTER: (COUNTER,), SCREEN: (SCREEN,)}  # what dies together


def rows(options: Options) -> list[Row]:
    count = options.some(EACH, QUICK)
    struck = {f"power cut: {machine}": (machine,) for machine in MACHINES} | {"power cut: all": tuple(MACHINES)}
    return in_pairs(
        [
            partial(series, name, cut(*machines), count, options.seed, disk=partial(Cards, options.seed))
            for name, machines in struck.items()
        ]
    )


class Cards:
    """A card for the store of each node, as a context manager."""

    def __init__(self, seed: int, state: Path) -> None:
        self._state, self._seed = state, seed
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Cards:
        for node in MACHINES:
            (self._state / node).mkdir(parents=True, exist_ok=True)
            (self._state / f"{node}.card").mkdir()
            self.insert(node)
        return self

    def __exit__(self, *_error: object) -> None:
        for node in list(self._running):
            self.cut(node)

    def insert(self, node: str) -> None:
        self._seed += 1
        mount = self._state / node
        program = Path(__file__).with_name("faults_card.py")
        command = [sys.executable, program, mount, mount.with_suffix(".card"), str(self._seed)]
        self._running[node] = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not wait_for(mount.is_mount, 10):
            raise RuntimeError(f"no card at {mount}")

    def cut(self, node: str) -> None:
        """What was not synced is gone."""
        card = self._running.pop(node)
        card.kill()
        card.wait()
        with suppress(RuntimeError):
            run("umount", "--lazy", self._state / node)


def cut(*machines: str) -> Fault:
    """The power of these machines goes at one moment, and comes back."""

    def one(centre: BrokenCentre, machine: str) -> None:
        assert isinstance(centre.disk, Cards)
        for name in MACHINES[machine]:
            pid = centre.broker.pid if name == "broker" else centre.programs[name].pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        centre.disk.cut(machine)
        (centre.folder / "targets" / f"{machine}.json").unlink(missing_ok=True)
        centre.disk.insert(machine)
        time.sleep(RESTART_SECONDS)
        for name in reversed(MACHINES[machine]):
            centre.start(name)

    def fault(centre: BrokenCentre, _rng: random.Random) -> None:
        hands = [threading.Thread(target=one, args=(centre, machine)) for machine in machines]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()

    return fault
