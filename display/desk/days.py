"""A day, or a moment, as a person fills it in: month by name, day and year as numbers, a clock of 24 hours.  Pure.

A browser's own calendar speaks the browser's language and counts its years.  Here one text stands for the controls of a
field: what can be read is the ISO text, its year of the Common Era, so that addresses keep it and whatever reads ISO
reads a form; what cannot comes back in its controls as it was typed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from broker.clock import common_year
from broker.language import dates
from broker.language.catalogue import N_, words

Part = Literal["day", "month", "year", "time"]
PARTS: tuple[Part, ...] = get_args(Part)
LABELS: Mapping[Part, str] = {
    "day": N_("Day"),
    "month": N_("Month"),
    "year": N_("Year (A.D. or B.E.)"),
    "time": N_("Time, such as 16:30"),
}
NEAR: Mapping[int, str] = {-1: N_("Yesterday"), 0: N_("Today"), 1: N_("Tomorrow")}
NO_DAY = N_("Please give a date.")
NO_TIME = N_("Please give a time, such as 08:30.")
_YEARS = range(2000, 2200)  # of the Common Era; a year of either count is never one of the other here
_ISO = re.compile(r"(\d+)-(\d+)-(\d+)(?:T(.*))?")
_BETWEEN = "\n"  # controls that cannot be read; no one-line control holds it
_TIME = re.compile(r"(\d{1,2})[:.]?(\d{2})(?: *\u0e19\.?)?")  # and what Thai calls the hour: น.


class Wrong(ValueError):
    """What is wrong with a day or a time, in the reader's language, and with which part of it."""

    def __init__(self, part: Part, text: str) -> None:
        super().__init__(text)
        self.part = part


@dataclass(frozen=True)
class Control:
    """One part, as a page draws it."""

    part: Part
    label: str
    text: str  # that stands in it
    wrong: bool  # the part that a fault of its field leads to
    choices: tuple[tuple[str, str], ...] = ()  # of months: number and name


def text_of(name: str, values: Mapping[str, object]) -> str:
    """The text of this field in what was sent: by its own name, or put together from its controls."""
    if f"{name}_year" not in values:
        return _plain(values.get(name))
    day, month, year, time = (_plain(values.get(f"{name}_{part}")) for part in PARTS)
    if not (day or month or year or time):
        return ""
    try:
        iso = _day(day, month, year, "en").isoformat()
        return f"{iso}T{read_time(time, 'en'):%H:%M}" if f"{name}_time" in values else iso
    except Wrong:
        return _BETWEEN.join((day, month, year, time))


def read(text: str, language: str) -> dt.date:
    """The day; its year may be Buddhist or of the Common Era.  Raises `Wrong`."""
    day, month, year, _time = _typed(text)
    return _day(day, month, year, language)


def read_moment(text: str, today: dt.date, language: str) -> dt.datetime:
    """Day and time, by no zone; a time alone is today's.  Raises `Wrong`."""
    day, month, year, time = _typed(text)
    on = today if time and not (day or month or year) else _day(day, month, year, language)
    return dt.datetime.combine(on, read_time(time, language))


def read_time(text: str, language: str) -> dt.time:
    """08:30, 08.30 as Thai writes it, 830.  Raises `Wrong`."""
    found = _TIME.fullmatch(text)
    try:
        return dt.time(int(found[1]), int(found[2])) if found else dt.time(24)
    except ValueError:
        raise Wrong("time", words(language)(NO_TIME)) from None


def is_day(text: str) -> bool:
    try:
        read(text, "en")
    except Wrong:
        return False
    return True


def controls(text: str, language: str, timed: bool = False) -> Iterator[Control]:
    """What a day (``timed``: a moment) is filled in with: what was read as this language writes it, else as typed."""
    typed, wrong = _typed(text), PARTS[0]
    try:
        if timed:
            read_moment(text, dt.date.max, language)
        if any(typed[:3]) or not timed:
            on = read(text, language)
            typed = (str(on.day), str(on.month), str(dates.year(on, language)), typed[3])
    except Wrong as fault:
        wrong = fault.part
    for part, its in zip(PARTS if timed else PARTS[:-1], typed, strict=False):
        choices = tuple((str(n), name) for n, name in enumerate(dates.months(language), 1)) if part == "month" else ()
        yield Control(part, words(language)(LABELS[part]), its, part == wrong, choices)


def near(today: dt.date, language: str, *away: int) -> Iterator[tuple[str, str]]:
    """Days so far from today, as they are called, and as their controls hold them: "23 11 2569"."""
    for number in away:
        on = today + dt.timedelta(days=number)
        yield words(language)(NEAR[number]), f"{on.day} {on.month} {dates.year(on, language)}"


def _day(day: str, month: str, year: str, language: str) -> dt.date:
    say = words(language)
    if not (day or month or year):
        raise Wrong("day", say(NO_DAY))
    if not 1 <= _number(day) <= 31:
        raise Wrong("day", say(N_("The day is a number from 1 to 31.")))
    if not 1 <= _number(month) <= 12:
        raise Wrong("month", say(N_("Please choose the month.")))
    if common_year(_number(year)) not in _YEARS:
        raise Wrong("year", say(N_("The year has four digits, such as 2026.")))
    try:
        return dt.date(common_year(_number(year)), _number(month), _number(day))
    except ValueError:
        named = {"day": _number(day), "month": dates.months(language)[_number(month) - 1], "year": _number(year)}
        raise Wrong("day", say(N_("There is no {day} {month} {year}.")).format(**named)) from None


def _typed(text: str) -> tuple[str, str, str, str]:
    """What stands in the controls of this text: day, month, year, time."""
    if found := _ISO.fullmatch(text):
        year, month, day, time = found.groups(default="")
        month = month.lstrip("0")
    else:
        day, month, year, time = [*text.split(_BETWEEN, 3), "", "", ""][:4]
    return day, month, year, time


def _number(text: str) -> int:
    """0 for what is none."""
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _plain(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
