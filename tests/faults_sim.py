"""Simulated days by the thousand: every fault by itself, and all together.

``python tests/faults_sim.py KIND SEED`` tells one day again; one that breaks a promise is first made as short as it can
be.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

import sim_day
from faults_table import Options, Row, row

DAYS = {"kills": 1200, "power": 1200, "broker": 1000, "cuts": 1200, "storm": 1200, "clocks": 1200, "printer": 1000,
        "card": 1000, "all": 1000}  # fmt: skip
TITLES = {
    "kills": "simulated: killed at a boundary",
    "power": "simulated: power cut, unsynced writes lost",
    "broker": "simulated: broker restarts, forgets",
    "cuts": "simulated: network cut, one way or both",
    "storm": "simulated: messages lost, doubled, overtaken",
    "clocks": "simulated: clocks jump",
    "printer": "simulated: printer ill, mute, torn paper",
    "card": "simulated: card full",
    "all": "simulated: all of these",
}
SHOWN = 3  # broken days of a kind that are named


def lived(kind: str, seed: int) -> sim_day.Lived:
    return sim_day.live(seed, sim_day.plan(seed, kind))


def rows(options: Options) -> list[Row]:
    """10,000 days for ten mornings."""
    made = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for kind, days in DAYS.items():
            seeds = range(options.seed, options.seed + options.some(days, 20))
            found = list(pool.map(lived, repeat(kind), seeds, chunksize=10))
            named = [(f"{kind} {seed}", day.verdict) for seed, day in zip(seeds, found, strict=True)]
            outage = max(day.outage for day in found)
            made.append(row(TITLES[kind], sum(day.injected for day in found), named, outage))
            print(f"  {TITLES[kind]}: {len(found)} days", flush=True)
    return made


def main(argv: Sequence[str]) -> int:
    """Tell one day; 1 when it breaks a promise."""
    kind, seed = argv[0], int(argv[1])
    deeds = sim_day.plan(seed, kind)
    broken = bool(sim_day.live(seed, deeds).verdict.breaches)
    if broken:
        deeds = sim_day.shrink(seed, deeds)
        print(*deeds, "", sep="\n")
    print(sim_day.story(seed, deeds))
    return int(broken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
