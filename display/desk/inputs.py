"""What of an office's part is filled in how: a field of its struct ↔ the controls of a form.  Pure.

A control's name begins with what its row is called (``r3_``), so that every value of a form stands alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec
from babel import Locale

from broker.centre import Centre
from broker.hours import DAYS
from broker.language import dates
from broker.language.catalogue import N_, words
from broker.language.lists import listed
from display.desk import days

Kind = Literal[
    "words", "id", "date", "time", "moment", "link", "count", "tick", "state", "points", "days", "check", "note"
]  # fmt: skip
Drawn = Literal["text", "hidden", "date", "time", "moment", "url", "number", "checkbox", "radio"]
STATES: Mapping[str, str] = {"ok": N_("Ready for use"), "broken": N_("Not to be used")}
_DRAWN: Mapping[Kind, Drawn] = {
    "words": "text", "id": "hidden", "date": "date", "time": "time", "link": "url", "count": "number",
    "tick": "checkbox", "state": "radio", "points": "checkbox", "days": "checkbox",
    "moment": "moment", "check": "checkbox", "note": "hidden",
}  # fmt: skip
_EMPTY = N_("Please fill this in.")
_WRONG: Mapping[Kind, str] = {
    "words": N_("One line of up to {most} letters, please."),
    "id": N_("Please reload this page."),
    "link": N_("An address that begins with http:// or https://, up to 200 letters A to Z and signs."),
    "count": N_("A whole number from 0 to 9999, please."),
    "state": N_("Please choose one."),
}


@dataclass(frozen=True)
class Field:
    """A field of a struct of `broker.office`; what it lets through is its ``type``."""

    key: str
    label: str  # a msgid
    kind: Kind
    type: Any = str
    optional: bool = False
    most: int = 0  # letters of text
    help: str = ""  # a msgid


@dataclass(frozen=True)
class Control:
    """One thing to fill in, as a page draws it."""

    name: str
    label: str
    drawn: Drawn
    choices: tuple[tuple[str, str], ...] = ()  # of a radio: value and words
    language: str = ""  # that is written here
    most: int = 0
    help: str = ""
    group: str = ""  # words over the boxes that belong together


@dataclass(frozen=True)
class Reader:
    """Whose office it is, who reads the form, and when."""

    centre: Centre
    language: str
    who: str
    now: dt.datetime  # aware

    def say(self, text: str, **named: object) -> str:
        return words(self.language)(text).format(**named)


def controls(field: Field, prefix: str, reader: Reader) -> Iterator[Control]:
    """What this field is filled in with; a ``note`` with nothing, for nobody writes it."""
    if field.kind == "note":
        return
    label, name = reader.say(field.label), prefix + field.key
    help = reader.say(field.help) if field.help else ""
    control = Control(name, label, _DRAWN[field.kind], most=field.most, help=help)
    match field.kind:
        case "words":
            for language in reader.centre.centre.languages:
                written = f"{label} ({str(Locale(language).get_display_name(reader.language)).title()})"
                yield replace(control, name=f"{name}_{language}", label=written, language=language)
        case "points":
            for point in reader.centre.points:
                text = reader.say(N_("Point {point}"), point=point.number)
                yield replace(control, name=f"{name}_{point.number}", label=text, group=label)
        case "days":
            for day in DAYS:
                text = dates.day_range([day], reader.language)
                yield replace(control, name=f"{name}_{day}", label=text, group=label)
        case "state":
            yield replace(control, choices=tuple((state, reader.say(text)) for state, text in STATES.items()))
        case _:
            yield control


def shown(field: Field, prefix: str, value: Any, reader: Reader) -> dict[str, str]:
    """The controls' values where the struct, as plain data, has this ``value``; None where it has none."""
    name = prefix + field.key
    match field.kind:
        case "words":
            return {
                f"{name}_{language}": (value or {}).get(language, "") for language in reader.centre.centre.languages
            }
        case "points" | "days":
            return {f"{name}_{each}": "on" for each in value or ()}
        case "tick":
            return {name: "on" if value in (True, None) else ""}
        case "time":
            return {name: str(value or "")[:5]}
        case "moment" if value:
            return {name: f"{dt.datetime.fromisoformat(value).astimezone(reader.centre.zone):%Y-%m-%dT%H:%M}"}
        case "check" | "note":
            return {}
        case "state":
            return {name: value or "ok"}
        case _:
            return {name: "" if value is None else str(value)}


def blank(field: Field, prefix: str, values: Mapping[str, str], reader: Reader) -> bool:
    """Whether nobody wrote anything here; a tick alone is nothing."""
    if field.kind in ("id", "tick", "state", "points", "days", "check", "note"):
        return True
    return not any(values[control.name] for control in controls(field, prefix, reader))


def told(field: Field, value: Any, reader: Reader) -> list[tuple[str, str]]:
    """This value in words, each beneath its label; nothing where it has none."""
    if field.kind == "tick":
        return [(reader.say(field.label), reader.say(N_("Yes") if value in (True, None) else N_("No")))]
    if field.kind == "state":
        return [(reader.say(field.label), reader.say(STATES[value or "ok"]))]
    if field.kind == "id" or value in (None, [], {}):
        return []
    if field.kind == "words":
        return [(control.label, value.get(control.language, "")) for control in controls(field, "", reader)]
    label = N_("Last checked") if field.kind == "check" else field.label
    return [(reader.say(label), _in_words(field, value, reader))]


def _in_words(field: Field, value: Any, reader: Reader) -> str:
    match field.kind:
        case "points":
            return listed([str(point) for point in value], reader.language)
        case "days":
            return dates.day_range(value, reader.language)
        case "date" | "check":
            return dates.long_date(dt.date.fromisoformat(value), reader.language)
        case "time":
            return dates.clock(dt.time.fromisoformat(value), reader.language)
        case "moment":
            at = dt.datetime.fromisoformat(value).astimezone(reader.centre.zone)
            return f"{dates.short_date(at.date(), reader.language)} {dates.clock(at.time(), reader.language)}"
        case _:
            return str(value)


def read(field: Field, prefix: str, values: Mapping[str, str], reader: Reader, faults: dict[str, str]) -> Any:
    """The field's value as plain data, None where it is left out; what is wrong goes into ``faults`` by control."""
    name = prefix + field.key
    match field.kind:
        case "words":
            if field.optional and blank(field, prefix, values, reader):
                return None
            return {
                language: _one(field, f"{name}_{language}", values, reader, faults)
                for language in reader.centre.centre.languages
            }
        case "points":
            return [point.number for point in reader.centre.points if values[f"{name}_{point.number}"]]
        case "days":
            return [day for day in DAYS if values[f"{name}_{day}"]]
        case "tick" | "check":
            return values[name] == "on"
        case "note":
            return None
        case _:
            return _one(field, name, values, reader, faults)


def _one(field: Field, name: str, values: Mapping[str, str], reader: Reader, faults: dict[str, str]) -> Any:
    text = values[name]
    if not text:
        if not field.optional:
            faults[name] = reader.say(_EMPTY)
        return None
    try:
        match field.kind:
            case "date":
                return days.read(text, reader.language).isoformat()
            case "time":
                return days.read_time(text, reader.language).isoformat()
            case "moment":
                zone = reader.centre.zone
                at = days.read_moment(text, reader.now.astimezone(zone).date(), reader.language)
                return at.replace(tzinfo=zone).astimezone(dt.UTC).isoformat()
        return msgspec.to_builtins(msgspec.convert(text, field.type, strict=False))
    except days.Wrong as wrong:
        faults[name] = str(wrong)
    except msgspec.ValidationError:
        faults[name] = reader.say(_WRONG[field.kind], most=field.most)
    return None
