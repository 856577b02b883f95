"""Which fields the form of each part has, and how a part's struct is cut into head and rows.  Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from broker.language.catalogue import N_
from broker.office import FacilityId, Link, Sentence, Title
from broker.words import DocumentId, Officer, Time
from display.desk.inputs import Field

Plain = dict[str, Any]  # a part, or a row of one, as msgspec.to_builtins gives it


@dataclass(frozen=True)
class Sheet:
    """The form of one kind of part."""

    title: str  # msgids
    about: str
    row_name: str
    row: tuple[Field, ...]
    rows: Callable[[Plain], Sequence[Plain]]  # a part, as plain data → its rows
    joined: Callable[[Plain, Plain, list[Plain]], Plain]  # a part, head and rows → the part that they make
    head: tuple[Field, ...] = ()
    heads: Callable[[Plain], Plain] = lambda part: part
    ordered: bool = False  # whether the order of rows is the office's


def spelt(key: str, label: str, type: Any, most: int, **more: Any) -> Field:
    return Field(key, label, "words", type, most=most, **more)


def _listed(key: str) -> dict[str, Any]:
    """A part that is a list of tables."""
    return {
        "rows": lambda part: part.get(key, ()),
        "joined": lambda part, head, rows: part | head | {key: rows},
    }


def _texts(key: str) -> dict[str, Any]:
    """A part that is a list of texts by language."""
    return {
        "rows": lambda part: [{"text": text} for text in part.get(key, ())],
        "joined": lambda part, head, rows: part | head | {key: [row["text"] for row in rows]},
    }


_COUNT = Annotated[int, Meta(ge=0, le=9999)]
LEFT = N_("Who still waits then is closed as unserved.")
_OFF = (Field("date", N_("Date"), "date", dt.date), spelt("name", N_("Occasion"), Sentence, 200))
SHEETS: Mapping[str, Sheet] = {
    "roster": Sheet(
        N_("Officers by point"),
        N_("Who serves where as a rule. The first who has a point stands on the screen when nobody signed in there."),
        N_("Officer {n}"),
        (
            spelt("name", N_("Name and surname"), Officer, 60),
            spelt("position", N_("Position, for the sign"), Title, 120, optional=True),
            Field("points", N_("Serves at"), "points"),
        ),
        **_listed("officers"),
        ordered=True,
    ),
    "notices": Sheet(
        N_("Notices on the screen"),
        N_("What the screen in the hall tells in turn, beside the steps of the services."),
        N_("Notice {n}"),
        (spelt("text", N_("Text"), Sentence, 200),),
        **_texts("notices"),
        ordered=True,
    ),
    "announcements": Sheet(
        N_("Announcements on the screen"),
        N_("What the screen in the hall tells before its other notices, for as long as you say."),
        N_("Announcement {n}"),
        (
            spelt("text", N_("Text"), Title, 120),
            Field("from", N_("Shown from"), "moment", Time, optional=True, help=N_("Left empty: from now on.")),
            Field("until", N_("Shown until"), "moment", Time, help=N_("Without a date: today.")),
        ),
        **_listed("announcements"),
        ordered=True,
    ),
    "facility": Sheet(
        N_("Facility checklist"),
        N_("What the centre keeps ready for the public: a computer (R10), drinking water (R11), seats (R12)."),
        N_("Item {n}"),
        (
            Field("id", "", "id", FacilityId, optional=True),
            spelt("name", N_("What"), Title, 120),
            Field("count", N_("How many there are"), "count", _COUNT, optional=True),
            Field("state", N_("State"), "state"),
            Field("checked", N_("Checked today"), "check"),
            Field("checked_by", N_("Checked by"), "note"),
        ),
        **_listed("items"),
        ordered=True,
    ),
    "hours": Sheet(
        N_("Hours"),
        N_("When the kiosk gives numbers, and when the service day ends."),
        N_("Closed on a single day {n}"),
        _OFF,
        rows=lambda part: part["hours"].get("closed", ()),
        joined=lambda part, head, rows: part | {"hours": head | {"closed": rows}},
        head=(
            Field("days", N_("Days of the week"), "days"),
            Field("open", N_("Numbers are given from"), "time", dt.time),
            Field("close", N_("Numbers are given until"), "time", dt.time),
            Field("day_ends", N_("The service day ends"), "time", dt.time, help=LEFT),
        ),
        heads=lambda part: part["hours"],
    ),
    "holidays": Sheet(
        N_("Holidays"),
        N_("Of government offices, where they fall on a working day. No due date counts them; the kiosk is closed."),
        N_("Holiday {n}"),
        _OFF,
        **_listed("days"),
    ),
    "wording": Sheet(
        N_("Name and steps of the service"),
        N_("As kiosk, screen, tickets and reports call it; the steps stand on kiosk and screen."),
        N_("Step {n}"),
        (spelt("text", N_("Text"), Title, 120),),
        **_texts("steps"),
        head=(spelt("name", N_("Name of the service"), Title, 120),),
        ordered=True,
    ),
    "catalogue": Sheet(
        N_("Documents for visitors"),
        N_("Manuals, forms and leaflets for visitors (R7). The kiosk shows each with its link as a QR code."),
        N_("Document {n}"),
        (
            Field("id", "", "id", DocumentId, optional=True),
            spelt("title", N_("Title"), Title, 120),
            Field("link", N_("Link, for the QR code"), "link", Link, optional=True),
            Field("paper", N_("Handed out on paper at the centre"), "tick"),
        ),
        **_listed("documents"),
        ordered=True,
    ),
}  # fmt: skip


def sheet_of(name: str) -> Sheet:
    """The sheet of the part of this name: ``hours``, ``holidays-2027``, ``catalogue-1.1``."""
    return SHEETS[name.partition("-")[0]]
