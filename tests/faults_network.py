"""The network between nodes that live in network namespaces of their own: cut both ways and one way, long enough to
leave links half open; and, on one machine, a relay that delays, tears and repeats what passes through it.

The whole part runs in a fresh namespace (unshare), which is the hall's machine; kiosk, screen and counter are further
ones on a bridge in it.  Everything goes with the processes that hold it; the named namespaces are taken off at the end.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path

from faults_centre import COUNTER, KIOSK, SCREEN, BrokenCentre, quick_centre, run
from faults_halfopen import forgotten, moved
from faults_lan import HALL, machines
from faults_morning import Fault, in_pairs, series
from faults_relay import Relay
from faults_strangers import HALF_A_HANDSHAKE, NOTHING, STRANGER, holding
from faults_table import Options, Row
from msgspec.structs import replace

EACH, QUICK = 6, 1
NODES = (KIOSK, SCREEN, COUNTER)
INSIDE = "KHIU_FAULTS_INSIDE"  # set in the process that runs in the fresh namespace
SHORT, LONG = 3.0, 12.0  # seconds: a link notices after one and a half keepalives, 7.5 s
WAYS = {"both ways": ("input", "output"), "to the hall": ("output",), "from the hall": ("input",)}


def rows(options: Options) -> list[Row]:
    relayed = [
        partial(series, f"relay {words}", fault, options.some(EACH, QUICK), options.seed, relay=Relay)
        for words, fault in (("delays", delayed), ("tears streams", torn), ("repeats an old stream", repeated))
    ]
    return [*_in_a_namespace(options), *in_pairs(relayed)]


# ------------------------------------------------------------------ namespaces
def _in_a_namespace(options: Options) -> list[Row]:
    """This file again as a program, in a namespace that is empty but for itself."""
    told = json.dumps(asdict(options))
    child = subprocess.Popen(
        ["unshare", "--net", sys.executable, __file__, told],
        env=os.environ | {INSIDE: "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    made: list[Row] = []
    try:
        for line in child.stdout:
            if line.startswith("["):
                made = [Row(**{**row, "notes": tuple(row["notes"])}) for row in json.loads(line)]
            else:
                print(line, end="", flush=True)
    finally:
        child.terminate()  # of no effect on one that has ended
        child.wait(60)
    if child.returncode and not made:
        raise RuntimeError(f"the part in the namespace ended with {child.returncode}")
    return made


def cut(names: dict[str, str], hooks: tuple[str, ...], seconds: float) -> Fault:
    """Packets of one random node vanish without a word for so long."""

    def fault(_centre: BrokenCentre, rng: random.Random) -> None:
        within = ("ip", "netns", "exec", names[rng.choice(NODES)], "nft")
        run(*within, "add", "table", "inet", "cut")
        try:
            for hook in hooks:
                chain = f"{{ type filter hook {hook} priority 0; policy drop; }}"
                run(*within, "add", "chain", "inet", "cut", hook, chain)
                run(
                    *within,
                    "add",
                    "rule",
                    "inet",
                    "cut",
                    hook,
                    "meta",
                    "oif" if hook == "output" else "iif",
                    "lo",
                    "accept",
                )
            time.sleep(seconds)
        finally:
            run(*within, "delete", "table", "inet", "cut")

    return fault


def _inside(options: Options) -> list[Row]:
    with machines((*NODES, STRANGER)) as names:
        before = {node: ("ip", "netns", "exec", names[node]) for node in NODES}
        before["printer"] = before[KIOSK]  # it stands beside it
        centre = quick_centre()
        far = replace(centre, broker=replace(centre.broker, host=HALL, ca="in the folder of secrets"))
        faults = {
            f"network cut {way}, {seconds:.0f} s": cut(names, hooks, seconds)
            for way, hooks in WAYS.items()
            for seconds in (SHORT, LONG)
        } | {
            "half open: the node forgot": forgotten(names, NODES, by_the_broker=False),
            "half open: the broker forgot": forgotten(names, NODES, by_the_broker=True),
            "half open: cable to another port": moved(names, NODES),
            "stranger holds 1,000 sockets": holding(names, NOTHING),
            "stranger in 1,000 half handshakes": holding(names, HALF_A_HANDSHAKE),
        }
        return [
            series(name, fault, options.some(EACH, QUICK), options.seed, centre=far, before=before)
            for name, fault in faults.items()
        ]


# ------------------------------------------------------------------ the relay
def delayed(centre: BrokenCentre, rng: random.Random) -> None:
    assert centre.relay
    centre.relay.delay = rng.uniform(0.2, 1.5)
    time.sleep(6)
    centre.relay.delay = 0.0


def torn(centre: BrokenCentre, rng: random.Random) -> None:
    """Every stream ends in the middle of a packet, five times."""
    assert centre.relay
    for _ in range(5):
        centre.relay.tear(rng.randint(1, 40))
        time.sleep(rng.uniform(0.3, 2))


def repeated(centre: BrokenCentre, rng: random.Random) -> None:
    """What each node said since its last connection comes once more, as it came."""
    assert centre.relay
    for _ in range(3):
        time.sleep(rng.uniform(0.5, 2))
        centre.relay.repeat()


if __name__ == "__main__":
    assert os.environ.get(INSIDE), "this would cut the network of this machine"
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.path.insert(0, str(Path(__file__).parent))
    print(json.dumps([asdict(row) for row in _inside(Options(**json.loads(sys.argv[1])))]), flush=True)
