"""Mosquitto is stopped, started, killed again and again, and comes back remembering a state long past."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from faults_centre import BrokenCentre
from faults_morning import in_pairs, series
from faults_table import Options, Row

from broker import mosquitto

EACH, QUICK = 8, 1
MEMORY = "mosquitto.db"


def rows(options: Options) -> list[Row]:
    count = options.some(EACH, QUICK)
    plain = {"broker stopped for 4 s": stopped, "broker restarted five times": flapping}
    made = in_pairs([partial(series, name, fault, count, options.seed) for name, fault in plain.items()])
    with memories() as folder:
        stale = partial(remembering, folder)
        made.append(series("broker wakes with an old memory", stale, count, options.seed))
    return made


def stopped(centre: BrokenCentre, _rng: random.Random) -> None:
    centre.broker.stop()
    time.sleep(4)
    centre.broker.start()


def flapping(centre: BrokenCentre, rng: random.Random) -> None:
    for _ in range(5):
        centre.broker.stop()
        centre.broker.start()
        time.sleep(rng.uniform(0, 1.5))


# ------------------------------------------------------------------ an old memory
@contextmanager
def memories() -> Iterator[Path]:
    """Brokers that are told to persist, against our own configuration, each in a folder of its port."""
    was = mosquitto.render
    with TemporaryDirectory(prefix="khiu-memory-") as name:
        folder = Path(name)
        folder.chmod(0o755)

        def render(centre: mosquitto.Centre, directory: Path, port: int) -> str:
            place = folder / str(port)
            place.mkdir(exist_ok=True)
            place.chmod(0o777)
            return was(centre, directory, port).replace(
                "persistence false", f"persistence true\npersistence_location {place}/"
            )

        with mock.patch.object(mosquitto, "render", render):
            yield folder


def remembering(folder: Path, centre: BrokenCentre, _rng: random.Random) -> None:
    """What it kept at its first stop comes back, and nothing of what came after: boards, sessions, messages."""
    memory = folder / str(centre.broker.port) / MEMORY
    first = memory.with_suffix(".first")
    centre.broker.stop()  # it writes what it remembers
    if not first.exists():
        shutil.copy(memory, first)
    shutil.copy(first, memory)
    memory.chmod(0o666)
    centre.broker.start()
