"""Days and times as people write them; in Thai the year is Buddhist (Gregorian + 543).

Names of months and days come from Babel, the order from the catalogue.  The year is ours: Babel does not know the
Buddhist calendar and would print 2026 for 2569.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from itertools import pairwise

from babel.dates import format_date, format_time, get_day_names, get_month_names

from broker.clock import BUDDHIST, common_year
from broker.hours import DAYS
from broker.language.catalogue import words
from broker.language.lists import listed

_YEARS_AHEAD = {"th": BUDDHIST}
_YEAR = re.compile(r"'[^']*'|(?P<year>y+)")  # y, yyyy; but not within the quotes of a pattern


def read(text: str) -> dt.date:
    """The day that a person typed as YYYY-MM-DD, its year Buddhist or of the Common Era.  Raises `ValueError`."""
    year, month, day = map(int, text.split("-"))
    return dt.date(common_year(year), month, day)


def year(day: dt.date, language: str) -> int:
    """2569 in Thai, 2026 elsewhere."""
    return day.year + _YEARS_AHEAD.get(language, 0)


def long_date(day: dt.date, language: str) -> str:
    """23 พฤศจิกายน 2569 / 23 November 2026."""
    _ = words(language)
    return _date(day, _("d MMMM y"), language)


def short_date(day: dt.date, language: str) -> str:
    """23 พ.ย. 2569 / 23 Nov 2026."""
    _ = words(language)
    return _date(day, _("d MMM y"), language)


def month_year(day: dt.date, language: str) -> str:
    """พ.ย. 2569 / Nov 2026."""
    _ = words(language)
    return _date(day, _("MMM y"), language)


def months(language: str) -> tuple[str, ...]:
    """มกราคม … ธันวาคม / January … December."""
    names = get_month_names("wide", "stand-alone", locale=language)
    return tuple(str(names[number]) for number in range(1, 13))


def full_date(day: dt.date, language: str) -> str:
    """วันจันทร์ที่ 23 พฤศจิกายน 2569 / Monday 23 November 2026."""
    _ = words(language)
    return _date(day, _("EEEE d MMMM y"), language)


def clock(time: dt.time, language: str) -> str:
    """09:07 น. / 09:07; local time of day, to the minute."""
    _ = words(language)
    return str(format_time(time.replace(tzinfo=None), _("HH:mm"), locale=language))


def day_range(days: Sequence[str], language: str) -> str:
    """วันจันทร์–วันศุกร์; with gaps: Monday and Wednesday.  ``days`` are named as in centre.toml: mon, tue …"""
    numbers = sorted(DAYS.index(day) for day in days)
    names = [str(get_day_names("wide", locale=language)[number]) for number in numbers]
    if len(numbers) > 2 and all(after == before + 1 for before, after in pairwise(numbers)):
        return f"{names[0]}–{names[-1]}"
    return listed(names, language)


def _date(day: dt.date, pattern: str, language: str) -> str:
    dated = _YEAR.sub(lambda found: f"'{year(day, language)}'" if found["year"] else found[0], pattern)
    return str(format_date(day, dated, locale=language))
