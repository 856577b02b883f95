"""Working days: the weekdays on which the office is open, without its holidays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from broker.centre import Centre
from broker.hours import DAYS

DAY = dt.timedelta(days=1)
NO_YEAR = 0


@dataclass(frozen=True)
class Workdays:
    weekdays: frozenset[int]  # 0: Monday; at least one
    holidays: frozenset[dt.date]
    confirmed: int = NO_YEAR  # the last year whose holidays are certain

    @classmethod
    def of(cls, centre: Centre) -> Workdays:
        """Those of this centre.toml."""
        weekdays = frozenset(DAYS.index(day) for day in centre.hours.days)
        holidays = frozenset(day.date for day in centre.holidays)
        return cls(weekdays, holidays, centre.cases.holidays_confirmed or NO_YEAR)

    def open(self, day: dt.date) -> bool:
        """Whether the office works on this day."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def after(self, day: dt.date, count: int, first_counts: bool = False) -> dt.date:
        """The last of ``count`` working days (1 or more) that begin with ``day``.

        ``day`` itself is not counted (Civil Code 193/3) unless ``first_counts`` and the office is open on it.  What is
        counted are open days, so the last is one, as 193/8 asks.  Raises `OverflowError` past the calendar's end.
        """
        last = day
        left = count - (first_counts and self.open(day))
        while left:
            last += DAY
            left -= self.open(last)
        return last

    def sure(self, day: dt.date) -> bool:
        """Whether the office has confirmed the holidays up to this day; else it may move once they are announced."""
        return day.year <= self.confirmed
