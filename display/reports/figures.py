"""The figures of visits seen together, and by which rule each is counted; `display.reports.measures` counts them.

Times are seconds, to a tenth.  The structs are also the JSON of ``khiu-hall summary`` and ``report``: their fields are
its keys.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

FEW, TOO_FEW = 30, 5  # n below which figures are marked, and below which shares, spreads and 90 % say nothing
NEAR = 300  # seconds by which an estimate may miss


class Spread(Struct, frozen=True):
    """How long something took; all None where ``n`` is 0."""

    n: int
    mean: float | None = None
    median: float | None = None
    p90: float | None = None  # nine of ten took no longer (nearest rank)
    longest: float | None = None


class Within(Struct, frozen=True):
    """Share of visits within the service's standard.

    The clock runs from the start of service until the information was provided, or until the visit was finished if the
    standard says so or nobody pressed "provided" (R2.2; choosing documents afterwards has no limit, R2.3a).  Visits
    whose start or end nobody knows are not counted.
    """

    seconds: int
    until: Literal["provided", "finished"]
    n: int
    within: int
    percent: float | None


class Ratings(Struct, frozen=True):
    """The smileys (R2.4).  Both percentages that are in use in Thailand, each under its own name."""

    n: int
    rateable: int  # visits that were served and could be rated
    response_percent: float | None
    counts: dict[str, int]  # level → how many, 5 first
    mean: float | None
    sd: float | None  # of a sample (n − 1)
    mean_percent: float | None  # mean ÷ highest level × 100
    satisfied_percent: float | None  # levels 4 and 5 ÷ all × 100; None with three levels


class Estimates(Struct, frozen=True):
    """The waits that citizens were told, against those they had; of visits that were told one and were called."""

    n: int
    bias: float | None  # mean of told − waited: above 0, too long was told
    absolute: float | None  # mean of the miss, whichever way
    near: int  # missed by `NEAR` seconds at most
    near_percent: float | None


class Group(Struct, frozen=True):
    """Visits seen together.  ``tickets`` = served + transferred + no_show + unserved + open.

    Nobody tells the hall that they leave.  What it knows of those who were not served falls apart into three, which
    together are ``no_show`` + ``unserved``: *missed*, called, and their service never began; *walk-outs*, never called
    before the day ended, whether they had left or were sent home; *broken off*, whose service began, and who were
    called again and did not come back.
    """

    tickets: int
    priority: int
    served: int
    transferred: int
    no_show: int
    unserved: int
    open: int  # waiting, called, held or being served now
    calls: int
    waiting: Spread  # issued (or transferred here) → first call; not of those whose time of issue nobody knew
    waiting_priority: Spread
    waiting_others: Spread
    walking: Spread  # the last call before the start, recalls included → start
    service: Spread  # start → finish; unknown where only the day's end closed the visit
    ratings: Ratings
    outcomes: dict[str, int]  # code of the centre's list → visits that officers finished with it
    missed: int
    walk_outs: int
    broken_off: int
    estimates: Estimates


def percent(part: float, whole: float) -> float | None:
    """To a tenth; None of nothing."""
    return round(100 * part / whole, 1) if whole else None
