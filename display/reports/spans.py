"""Spans of days that reports are made of: a day, a month, a fiscal year, any other.  Pure.

The fiscal year of a Thai office begins on 1 October and has the Buddhist year in which it ends: fiscal year 2570 is
1 October 2569 – 30 September 2570 (2026–2027).
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import NamedTuple

from broker.clock import BUDDHIST, common_year

_FISCAL_MONTH = 10
_FEW_DAYS = 31


class Span(NamedTuple):
    """Both days are in it."""

    first: dt.date
    last: dt.date

    @property
    def fiscal_year(self) -> int | None:
        """The Buddhist year whose fiscal year this is; None for another span."""
        year = self.last.year
        return year + BUDDHIST if self == fiscal_year(year + BUDDHIST) else None

    @property
    def short(self) -> bool:
        """Whether its trend goes by days: longer ones go by months."""
        return (self.last - self.first).days < _FEW_DAYS

    @property
    def month(self) -> bool:
        """Whether it is a whole month."""
        return self == month(self.first.year, self.first.month)


def fiscal_year(year: int) -> Span:
    """Of this Buddhist year, or this year of the Common Era.  Raises `ValueError` for a year that no calendar has."""
    ends = common_year(year)
    return Span(dt.date(ends - 1, _FISCAL_MONTH, 1), dt.date(ends, _FISCAL_MONTH - 1, 30))


def fiscal_year_of(day: dt.date) -> int:
    """The Buddhist year whose fiscal year this day is in."""
    return day.year + BUDDHIST + (day.month >= _FISCAL_MONTH)


def month(year: int, number: int) -> Span:
    """Of this Buddhist year, or this year of the Common Era.  Raises `ValueError` for a month that no calendar has."""
    first = dt.date(common_year(year), number, 1)
    return Span(first, first.replace(day=calendar.monthrange(first.year, number)[1]))
