"""How many waited at once."""

from __future__ import annotations

import numpy as np

from display.ledger.columns import NONE
from display.reports.visits import Ints, Visits

_END = (1 << 32) - 1  # later than any moment of a day


def most_waiting(visits: Visits) -> Ints:
    """For each day, the most visits that waited for their first call at one moment.

    One that was never called waits until the day ends; one whose time of issue was guessed is not counted.  Who leaves
    at the moment at which another comes makes room.
    """
    sure = visits["guessed"] == 0
    day, came = visits.day[sure].astype(np.int64), visits["issued"][sure].astype(np.int64)
    called = visits["first_called"][sure].astype(np.int64)
    left = np.where(called == NONE, _END, np.maximum(called, came) - NONE)
    # day, moment and direction as one number each: sorting tells the story of all days in turn
    story = np.concatenate((_turn(day, came - NONE, 1), _turn(day, left, 0)))
    story.sort()
    waiting = np.cumsum(((story & 1) << 1) - 1)
    peaks = np.zeros(len(visits.days), np.int64)
    begins = np.searchsorted(story, np.arange(len(peaks), dtype=np.int64) << 33)
    some = np.append(begins, len(story))[1:] > begins
    if some.any():
        peaks[some] = np.maximum.reduceat(waiting, begins[some])
    return peaks


def _turn(day: Ints, moment: Ints, comes: int) -> Ints:
    return (day << 33) | (moment << 1) | comes
