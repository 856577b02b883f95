"""The card of a node is full for some seconds; systemd's part, starting again what gave up, is ours."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from faults_centre import COUNTER, KIOSK, RESTART_SECONDS, SCREEN, BrokenCentre, run
from faults_morning import Fault, in_pairs, series
from faults_table import Options, Row

from broker.program import NotStarted

EACH, QUICK = 6, 1
CARD = "2m"  # a small one fills sooner
FULL_SECONDS = 2.0, 8.0
AFTER = 15  # looks at the node, five a second, when there is room again
FILES = {"hall": "ledger.sqlite", KIOSK: "kiosk.sqlite", COUNTER: "buttons.sqlite", SCREEN: "said.sqlite"}


def rows(options: Options) -> list[Row]:
    count = options.some(EACH, QUICK)
    return in_pairs(
        [
            partial(series, f"disk full: {node}", full(node), count, options.seed, disk=partial(small_cards, (node,)))
            for node in FILES
        ]
    )


@contextmanager
def small_cards(nodes: tuple[str, ...], state: Path) -> Iterator[None]:
    """A small file system of its own for the store of each of these nodes."""
    places = [state / node for node in nodes]
    try:
        for place in places:
            place.mkdir(parents=True, exist_ok=True)
            run("mount", "-t", "tmpfs", "-o", f"size={CARD}", "khiu-card", place)
        yield
    finally:
        for place in places:
            with suppress(RuntimeError):
                run("umount", "--lazy", place)


def full(node: str) -> Fault:
    """Not a byte is free on its card, for some seconds."""

    def fault(centre: BrokenCentre, rng: random.Random) -> None:
        filler = centre.state(node) / "filler"
        end = time.monotonic() + rng.uniform(*FULL_SECONDS)
        while time.monotonic() < end:
            _fill(filler)
            kept_running(centre, node)
            time.sleep(0.2)
        filler.unlink()
        for _ in range(AFTER):  # one that had no room a moment ago is just giving up
            kept_running(centre, node)
            time.sleep(0.2)

    return fault


def _fill(filler: Path) -> None:
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            with suppress(OSError):
                while file.write(os.urandom(size)) == size:
                    pass


def kept_running(centre: BrokenCentre, node: str) -> None:
    """What systemd does: 2 s after a node ended, it is started; in vain, perhaps."""
    program = centre.programs[node]
    if not program.running:
        time.sleep(RESTART_SECONDS)
        with suppress(NotStarted):
            program.start(20)
