"""The only file that reads a clock.

Wall time is for what people and the ledger see; every duration and deadline inside a process is
measured with `monotonic`, which no correction of the clock can move.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

OFFSET = "KHIU_CLOCK_OFFSET"

monotonic = time.monotonic
_TIMEX, _TIME_ERROR = 512, 5  # more than the bytes of struct timex anywhere; what adjtimex says of a free clock
YEAR = 31_536_000.0  # seconds
BUDDHIST, BUDDHIST_FROM = 543, 2400  # years that a Thai year is ahead; the first that only a Thai year can be
EARLIEST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # a clock that shows less was never set (a Pi has no battery)


class Since(NamedTuple):
    """A moment by the steady clock alone: how long ago it was can be told until the machine starts again."""

    boot: str
    at: float  # seconds of `monotonic`


class Moment(NamedTuple):
    """One look at both clocks, for those who must not look themselves."""

    at: float  # seconds of `monotonic`: Linux counts them from the machine's start, whichever process asks
    now: dt.datetime  # as `now` gives it
    boot: str = ""  # the machine's start from which ``at`` counts
    kept: bool = True  # whether somebody keeps ``now`` right: a time server
    began: float = 0.0  # ``at`` when the machine started

    @property
    def since(self) -> Since:
        """This moment, as something that can be kept."""
        return Since(self.boot, self.at)

    def after(self, since: Since | None) -> float | None:
        """Seconds from then to this moment, a year at most; None where nobody knows: the machine started between."""
        return min(max(0.0, self.at - since.at), YEAR) if since and since.boot == self.boot else None

    @property
    def up(self) -> float:
        """Seconds since the machine started, a year at most: what happened before is older."""
        return min(max(0.0, self.at - self.began), YEAR)


def common_year(year: int) -> int:
    """2570 → 2027, 2027 → 2027: what a person wrote, the year Buddhist or of the Common Era."""
    return year - BUDDHIST if year >= BUDDHIST_FROM else year


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
    return Moment(monotonic(), now(), _boot(), _kept())


@cache
def _boot() -> str:
    """Names this start of the machine (random(4), boot_id); where the kernel names none, this process."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return f"process-{os.getpid()}"


def _kept() -> bool:
    """Whether the kernel's clock is held by a time server (adjtimex(2): else TIME_ERROR)."""
    unchanged = ctypes.create_string_buffer(_TIMEX)
    state: int = _libc().adjtimex(unchanged)
    return 0 <= state < _TIME_ERROR


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)
