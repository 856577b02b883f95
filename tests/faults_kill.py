"""kill -9 of each real process at random moments of many mornings; systemd's part, starting it again, is ours."""

from __future__ import annotations

import random
import threading
from functools import partial

from faults_centre import COUNTER, KIOSK, SCREEN, BrokenCentre
from faults_morning import Fault, in_pairs, series
from faults_table import Options, Row

ALL = ("hall", KIOSK, COUNTER, SCREEN, "broker")
VICTIMS = {f"kill -9 {name}": (name,) for name in ALL} | {"kill -9 all at once": ALL}
EACH, QUICK = 40, 1


def rows(options: Options) -> list[Row]:
    count = options.some(EACH, QUICK)
    return in_pairs([partial(series, name, killing(*who), count, options.seed) for name, who in VICTIMS.items()])


def killing(*victims: str) -> Fault:
    """These are killed at one moment, and each is started again 2 s later."""

    def fault(centre: BrokenCentre, _rng: random.Random) -> None:
        hands = [threading.Thread(target=centre.kill, args=(victim,)) for victim in victims]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()

    return fault
