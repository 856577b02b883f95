"""The ticket printer is pulled in the middle of a ticket, on a network and on a serial line, and says nonsense."""

from __future__ import annotations

import random
import time
from functools import partial

from faults_cables import Babble, Serial
from faults_centre import KIOSK, BrokenCentre, wait_for
from faults_morning import Fault, in_pairs, series
from faults_table import Options, Row

EACH, QUICK = 8, 1
AWAY = 1.0, 8.0  # seconds; a print that is not confirmed has failed after five
TICKET_SECONDS = 0.9  # that a ticket takes on paper


def rows(options: Options) -> list[Row]:
    count, seed = options.some(EACH, QUICK), options.seed
    troubles = {"paper out": "paper_out", "cover open": "cover_open", "cable pulled": "offline", "head stuck": "stuck"}
    jobs = [
        partial(series, f"printer: {words} mid-ticket", mid_ticket(trouble), count, seed)
        for words, trouble in troubles.items()
    ]
    jobs.append(partial(series, "printer: serial line pulled mid-ticket", pulled, count, seed, cable=Serial))
    jobs.append(partial(series, "printer: nonsense in its status", babbling, count, seed, cable=Babble))
    return in_pairs(jobs)


def in_the_middle(centre: BrokenCentre, rng: random.Random) -> None:
    """Wait for a ticket that is given and not yet printed, and a while more."""
    given = "SELECT 1 FROM number WHERE state = 'given'"
    wait_for(lambda: centre.select(KIOSK, "kiosk.sqlite", given), 10, 0.01)
    time.sleep(rng.uniform(0, TICKET_SECONDS))


def mid_ticket(trouble: str) -> Fault:
    def fault(centre: BrokenCentre, rng: random.Random) -> None:
        in_the_middle(centre, rng)
        centre.trouble(trouble)
        time.sleep(rng.uniform(*AWAY))
        centre.trouble()

    return fault


def pulled(centre: BrokenCentre, rng: random.Random) -> None:
    assert centre.cable
    in_the_middle(centre, rng)
    centre.cable.pull()
    time.sleep(rng.uniform(*AWAY))
    centre.cable.plug()


def babbling(centre: BrokenCentre, rng: random.Random) -> None:
    assert isinstance(centre.cable, Babble)
    before = centre.cable.said
    for odds in (0.1, 0.5, 0.9):
        centre.cable.odds = odds
        time.sleep(rng.uniform(1, 3))
    assert wait_for(lambda: centre.cable.said > before, 20), "the printer was never asked"
    centre.cable.odds = 0
