"""A year of holidays to begin the office's own table with, from the package `holidays`.

The package knows Songkran, the feasts of the lunar calendar and the substitution days.  It is wrong for a government
office in one thing, Labour Day, when banks and shops are closed and ministries are not, and it learns what the cabinet
adds only afterwards.  So nothing but this command asks it: what counts is the table in centre.toml.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import holidays

from broker.centre import Centre
from broker.hours import DAYS
from broker.office import DayOff

_LABOUR_DAY = "National Labor Day"
_BETWEEN = "; "  # of two holidays on one day
_NAMED_IN = {"th": "th", "en": "en_US"}  # ours → the package's
FIRST, LAST = 2020, 2100


def seed(centre: Centre, year: int) -> Iterator[DayOff]:
    """The holidays of government offices on this centre's weekdays; languages that the package lacks are in English.

    Raises `ValueError` for a year that the package cannot know.
    """
    if not FIRST <= year <= LAST:
        raise ValueError(f"{year}: a year from {FIRST} to {LAST} (A.D.)")
    named = {language: _names(year, _NAMED_IN.get(language, "en_US")) for language in centre.centre.languages}
    for day, english in sorted(_names(year, "en_US").items()):
        kept = [n for n, name in enumerate(english.split(_BETWEEN)) if not name.startswith(_LABOUR_DAY)]
        if day.year == year and kept and DAYS[day.weekday()] in centre.hours.days:
            parts = {language: names[day].split(_BETWEEN) for language, names in named.items()}
            yield DayOff(day, {language: _BETWEEN.join(of[n] for n in kept) for language, of in parts.items()})


def _names(year: int, language: str) -> dict[dt.date, str]:
    return dict(holidays.country_holidays("TH", years=year, categories=("public", "government"), language=language))
