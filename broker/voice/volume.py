"""How loud a node speaks at which hour.  Pure."""

from __future__ import annotations

import datetime as dt
import math

from broker.centre import Voice


def decibels(rules: Voice, at: dt.time) -> float | None:
    """What is added to the packs' loudness at this hour (0 or less); None: nothing is to be heard.

    `at` is the time of day where the centre is.  Percent are of loudness as it is heard: half of it is 10 dB less
    (Stevens' sone), so 100 % is 0 dB, 50 % −10 dB, 25 % −20 dB.  Before the day's first hour the last one's holds.
    """
    if any(quiet.begin <= at < quiet.end for quiet in rules.quiet):
        return None
    begun = [hour for hour in rules.volume if hour.begin <= at] or rules.volume
    return 10 * math.log2(begun[-1].percent / 100) if begun else 0.0
