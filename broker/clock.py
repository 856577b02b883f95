"""The only file that reads a clock.

Wall time is for what people and the ledger see; every duration and deadline inside a process is
measured with `monotonic`, which no correction of the clock can move.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from typing import NamedTuple

OFFSET = "KHIU_CLOCK_OFFSET"

monotonic = time.monotonic
EARLIEST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # a clock that shows less was never set (a Pi has no battery)


class Moment(NamedTuple):
    """One look at both clocks, for those who must not look themselves."""

    at: float  # seconds of `monotonic`
    now: dt.datetime  # as `now` gives it


def was_set(now: dt.datetime) -> bool:
    """Whether a clock that shows this time can be right at all."""
    return now >= EARLIEST


def now() -> dt.datetime:
    """Aware UTC, moved by KHIU_CLOCK_OFFSET seconds, so that a demo centre can live at nine on a Monday.

    Raises `ValueError` when the offset is no number.
    """
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=float(os.environ.get(OFFSET) or 0))


def moment() -> Moment:
    """Both clocks now."""
    return Moment(monotonic(), now())
