"""The hall's clock as a node knows it (pure): by what the hall said, and the seconds since.

A node's own wall clock may be wrong by minutes or years: no battery, no time server, a jump.  What matters between a
node and the hall (whether a press is fresh, a call young, which day it is) goes by the hall's clock, whichever time it
shows.  A word of the hall tells a time that is past when it arrives, so this clock is behind the hall's by the word's
way and never ahead: a press is refused a moment early, never acted on late.
"""

from __future__ import annotations

import datetime as dt
from collections import deque

from broker.clock import Moment, was_set

YEARS = range(1900, 9000)  # what a hall may say that it is: a clock that nobody set runs on, and leaves no calendar
WORDS = 5  # of which the quickest counts; so many later a hall whose clock was set back is followed


class HallClock:
    """Before the hall's first word the node's own clock is all there is."""

    def __init__(self) -> None:
        self._at_zero: deque[dt.datetime] = deque(maxlen=WORDS)  # the hall's time when our monotonic clock showed 0

    def hear(self, at: dt.datetime | None, moment: Moment) -> None:
        """The hall said just now (not by a retained word) that it is ``at``."""
        if at is not None and at.year in YEARS:
            self._at_zero.append(at - dt.timedelta(seconds=moment.at))

    def set(self, at: dt.datetime | None, moment: Moment) -> None:
        """As `hear`, and what the hall said before means nothing: its clock was set."""
        if at is not None:
            self._at_zero.clear()
            self.hear(at, moment)

    @property
    def known(self) -> bool:
        return bool(self._at_zero)

    def sure(self, moment: Moment) -> bool:
        """Whether what it shows can be relied on: the hall's time, or that of a time server."""
        return (self.known or moment.kept) and was_set(self.shows(moment))

    def shows(self, moment: Moment) -> dt.datetime:
        """The hall's time at this moment."""
        return max(self._at_zero) + dt.timedelta(seconds=moment.at) if self._at_zero else moment.now

    def tells(self, moment: Moment) -> dt.datetime:
        """The hall's time, or our own where it is not known, or is none."""
        known = self.shows(moment)
        return known if was_set(known) else moment.now
