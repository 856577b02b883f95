"""The forms of an office's parts: which fields each has, how a part is shown in them and read back.  Pure.

A sheet is a head and rows; a row in which nobody wrote anything, or whose ``remove`` is ticked, is left out.
`broker.office_rules` has the last word; what it may say of a form is said here first, beside the field.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from broker.language import dates
from broker.language.catalogue import N_
from broker.office import AnyPart, Holidays
from broker.office_rules import MOST_BYTES, faults
from broker.said import Said
from display.desk.inputs import Control, Field, Reader, blank, controls, read, shown, told
from display.desk.office_sheets import Plain, Sheet, sheet_of

MOST_ROWS = 40
REMOVE, ROWS = "remove", "rows"


def prefix(place: int) -> str:
    """What the names of the controls of this row begin with."""
    return f"r{place}_"


def lines(sheet: Sheet, rows: int, reader: Reader) -> tuple[list[Control], list[tuple[str, list[Control]]]]:
    """The controls of the head, and those of each row beneath the row's name."""
    head = [control for field in sheet.head for control in controls(field, "", reader)]
    return head, [
        (
            reader.say(sheet.row_name, n=place + 1),
            [control for field in sheet.row for control in controls(field, prefix(place), reader)],
        )
        for place in range(rows)
    ]


def labels(sheet: Sheet, rows: int, reader: Reader) -> dict[str, str]:
    """Every field of the form → what it is called where its row is not seen."""
    head, below = lines(sheet, rows, reader)
    named = {control.name: control.label for control in head}
    for place, (row, them) in enumerate(below):
        named |= {control.name: f"{row}: {control.label}" for control in them}
        named[prefix(place) + REMOVE] = f"{row}: {reader.say(N_('Take out'))}"
    return named | {"part": reader.say(sheet.title)}


def values(sheet: Sheet, part: AnyPart, reader: Reader) -> tuple[dict[str, str], int]:
    """The form of a part as it stands, and how many rows that are."""
    plain = msgspec.to_builtins(part)
    rows = sheet.rows(plain)
    heads = sheet.heads(plain)
    shows = [shown(field, "", heads.get(field.key), reader) for field in sheet.head]
    shows += [
        shown(field, prefix(place), row.get(field.key), reader) for place, row in enumerate(rows) for field in sheet.row
    ]
    return {name: text for each in shows for name, text in each.items()}, len(rows)


def empty(sheet: Sheet, first: int, after: int, reader: Reader) -> dict[str, str]:
    """The values of rows that nobody filled in yet, from this place on and before that one."""
    shows = (shown(field, prefix(place), None, reader) for place in range(first, after) for field in sheet.row)
    return {name: text for each in shows for name, text in each.items()}


def in_words(sheet: Sheet, part: AnyPart, reader: Reader) -> list[tuple[str, list[tuple[str, str]]]]:
    """A part to be read: its head beneath "", and each row beneath its name, as pairs of label and text."""
    plain = msgspec.to_builtins(part)
    heads = sheet.heads(plain)
    head = [pair for field in sheet.head for pair in told(field, heads.get(field.key), reader)]
    rows = [
        (
            reader.say(sheet.row_name, n=place),
            [pair for field in sheet.row for pair in told(field, row.get(field.key), reader)],
        )
        for place, row in enumerate(sheet.rows(plain), 1)
    ]
    return [("", head), *rows] if head else rows


def part_of(
    name: str, before: AnyPart, form: Mapping[str, str], rows: int, reader: Reader, taken: Iterable[str] = ()
) -> tuple[AnyPart | None, dict[str, str]]:
    """The part that the form asks for, ``before`` being the one that stands; or None, with what is wrong by field.

    ``taken``: ids of documents of the other services, which none may have twice.
    """
    sheet, wrong = sheet_of(name), dict[str, str]()
    head = _table(sheet.head, "", form, reader, wrong)
    kept = [
        place
        for place in range(rows)
        if not form[prefix(place) + REMOVE] and not all(blank(f, prefix(place), form, reader) for f in sheet.row)
    ]
    listed = [_table(sheet.row, prefix(place), form, reader, wrong) for place in kept]
    for row in listed if name == "announcements" else ():
        row.setdefault("from", reader.now.isoformat())
    if name == "facility":
        _note_checks(listed, msgspec.to_builtins(before)["items"], reader)
    _no_date_twice(kept, listed, reader, wrong)
    if any(field.kind == "id" for field in sheet.row):
        _give_ids(listed, taken)
    if wrong:
        return None, wrong
    try:
        part = msgspec.convert(sheet.joined(msgspec.to_builtins(before), head, listed), AnyPart)
    except msgspec.ValidationError as error:  # nothing that a form of ours can make
        return None, {"part": str(error)}
    return part, _told(faults(reader.centre, part), part, kept, listed, reader)


def moved_up(form: Mapping[str, str], place: str) -> dict[str, str]:
    """The form with this row and the one above in each other's place; as it was, where there is none above."""
    if not place.isdecimal() or int(place) < 1:
        return dict(form)
    one, above = prefix(int(place)), prefix(int(place) - 1)
    swapped = {name: name.replace(one, above) for name in form if name.startswith(one)}
    swapped |= {name: name.replace(above, one) for name in form if name.startswith(above)}
    return {swapped.get(name, name): text for name, text in form.items()}


def _table(
    fields: Iterable[Field], start: str, form: Mapping[str, str], reader: Reader, wrong: dict[str, str]
) -> Plain:
    found = {field.key: read(field, start, form, reader, wrong) for field in fields}
    return {key: value for key, value in found.items() if value is not None}


def _no_date_twice(kept: Sequence[int], rows: Sequence[Plain], reader: Reader, wrong: dict[str, str]) -> None:
    seen: set[str] = set()
    for place, row in zip(kept, rows, strict=True):
        if (date := row.get("date")) and date in seen:
            wrong[prefix(place) + "date"] = reader.say(N_("This date stands here twice."))
        seen.add(row.get("date", ""))


def _note_checks(rows: Iterable[Plain], before: Iterable[Plain], reader: Reader) -> None:
    """A row that is ticked was checked today by who sends the form; of the others stands what stood."""
    known = {row["id"]: row for row in before}
    today = reader.now.astimezone(reader.centre.zone).date().isoformat()
    for row in rows:
        last = known.get(row.get("id", ""), {})
        done = {"checked": today, "checked_by": reader.who}
        row.update(done if row.pop("checked") else {key: last[key] for key in done if key in last})


def _give_ids(rows: Iterable[Plain], taken: Iterable[str]) -> None:
    """A new row is called by its English title, or else by its place among all."""
    rows = list(rows)
    used = {*taken, *(row["id"] for row in rows if "id" in row)}
    for row in rows:
        if "id" not in row:
            title = (row.get("title") or row.get("name") or {}).get("en") or ""
            plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:24].strip("-")
            start = plain if plain[:1].isalpha() else f"no-{plain}".rstrip("-")
            row["id"] = next(id for n in range(1, 2000) if (id := start if n == 1 else f"{start}-{n}") not in used)
            used.add(row["id"])


_HOURS = {
    "hours.days": ("days_mon", N_("Please choose at least one day.")),
    "hours.close": ("close", N_("Please give a time after the one above.")),
    "hours.day_ends": ("day_ends", N_("Please give a time after the one above.")),
}


def _told(
    found: Iterable[Said], part: AnyPart, kept: Sequence[int], rows: Sequence[Plain], reader: Reader
) -> dict[str, str]:
    """What the rules say, beside the field where there is one."""
    said: dict[str, str] = {}
    rest = [*found]
    if len(msgspec.json.encode(part)) > MOST_BYTES:
        said["part"] = reader.say(N_("Too much text for one list. Please shorten it or take out some lines."))
    for fault in rest:
        key = fault.partition(": ")[0]
        if ended := re.fullmatch(r"screen_texts\.announcements\[(\d+)\]\.until", key):
            end = prefix(kept[int(ended[1])]) + "until"
            said.setdefault(end, reader.say(N_("Please give a time after the beginning.")))
            continue
        if key in _HOURS:
            said.setdefault(_HOURS[key][0], reader.say(_HOURS[key][1]))
        elif dated := re.fullmatch(r"holiday\[(.+)\]\.date", key):
            place = next(place for place, row in zip(kept, rows, strict=True) if row["date"] == dated[1])
            year = dates.year(dt.date(part.year, 1, 1), reader.language) if isinstance(part, Holidays) else ""
            said.setdefault(prefix(place) + "date", reader.say(N_("Please give a day of {year}."), year=year))
    return said or ({"part": rest[0].told(reader.say)} if rest else {})
