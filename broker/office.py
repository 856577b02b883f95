"""What an office changes while its centre runs, part by part: roster, hours, holidays, notices, documents …

A part is edited as a whole and has versions (`messages.OfficeEdited`); `broker.office_rules` says what a centre takes
and how it then reads.  centre.toml has the same tables: what it says holds until a part is edited.  Pure.

Parts are cut so that each fits a message: a year of holidays, the words of one service, the documents of one service.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from broker.words import END, DocumentId, Officer, PartKey, Point, ServiceId, Time

Words = dict[str, str]  # language → text
# No control character: it is six bytes of JSON and nothing to read.  None that turns the direction of the text either.
_PLAIN = rf"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*{END}"
Language = Annotated[str, Meta(pattern=rf"^[a-z]{{2,3}}{END}", description="a language's code, as in centre.languages")]
Title = Annotated[
    str, Meta(max_length=120, pattern=_PLAIN, description="one line of up to 120 characters, none that controls")
]
Sentence = Annotated[
    str, Meta(max_length=200, pattern=_PLAIN, description="one line of up to 200 characters, none that controls")
]
Titles = dict[Language, Title]
Link = Annotated[
    str,
    Meta(
        max_length=200,
        pattern=rf"^https?://[!-~]+{END}",
        description="http:// or https:// and up to 200 plain letters, as a QR code holds them",
    ),
]
Year = Annotated[int, Meta(ge=2020, le=2999, description="A year A.D.")]
FacilityId = Annotated[str, Meta(pattern=rf"^[a-z][a-z0-9-]{{0,31}}{END}", description="up to 32 of a-z, 0-9 and -")]


class Table(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of centre.toml, or a row of a part."""


class DayOff(Table, frozen=True):
    """A day on which the office rests though its weekday is one of `hours.days`, and why."""

    date: dt.date
    name: dict[Language, Sentence]


class Hours(Table, frozen=True):
    """When numbers are given.  ``closed``: single days on which the centre is shut although others work."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    open: dt.time
    close: dt.time
    day_ends: dt.time
    closed: tuple[DayOff, ...] = ()


class RosterOfficer(Table, frozen=True):
    """Somebody who serves, and where as a rule (R13)."""

    name: dict[Language, Officer]
    points: tuple[Point, ...] = ()
    position: Titles | None = None  # as it stands on the officer's sign


class Publication(Table, frozen=True):
    """A document of the catalogue: a manual, form or leaflet (R7)."""

    id: DocumentId
    title: Titles
    link: Link | None = None  # what its QR code opens
    paper: bool = True  # handed out at the centre


class FacilityItem(Table, frozen=True):
    """Something the centre keeps ready for the public: a computer (R10), drinking water (R11), seats (R12)."""

    id: FacilityId
    name: Titles
    state: Literal["ok", "broken"] = "ok"
    checked: dt.date | None = None
    checked_by: Officer | None = None
    count: Annotated[int, Meta(ge=0, le=9999)] | None = None  # how many there are


class Announcement(Table, frozen=True):
    """What the screen in the hall tells between two moments, before its notices."""

    text: Titles
    begin: Time = field(name="from")
    until: Time


# ---------------------------------------------------------------- the parts
class _Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="part"):
    pass


class Roster(_Part, frozen=True, tag="roster"):
    """Who serves where.  The first who has a point as usual stands on its board when nobody signed in."""

    officers: tuple[RosterOfficer, ...]


class Opening(_Part, frozen=True, tag="hours"):
    """The hours of the kiosk and the end of the service day."""

    hours: Hours


class Holidays(_Part, frozen=True, tag="holidays"):
    """The holidays of one year, which are confirmed by being edited (`CaseRules.holidays_confirmed`)."""

    year: Year
    days: tuple[DayOff, ...]


class Notices(_Part, frozen=True, tag="notices"):
    """What the board tells in turn."""

    notices: tuple[dict[Language, Sentence], ...]


class Announcements(_Part, frozen=True, tag="announcements"):
    """What the board tells for a while."""

    announcements: tuple[Announcement, ...]


class Wording(_Part, frozen=True, tag="wording"):
    """How one service and its steps are called (R1)."""

    service: ServiceId
    name: Titles
    steps: tuple[Titles, ...]


class Catalogue(_Part, frozen=True, tag="catalogue"):
    """The documents of one service (R7)."""

    service: ServiceId
    documents: tuple[Publication, ...]


class Facility(_Part, frozen=True, tag="facility"):
    """The checklist of R10 to R12."""

    items: tuple[FacilityItem, ...]


AnyPart = Roster | Opening | Holidays | Notices | Announcements | Wording | Catalogue | Facility


def key(part: AnyPart) -> PartKey:
    """What a part is called: ``hours``, ``holidays-2027``, ``catalogue-1.1``."""
    match part:
        case Holidays(year=year):
            return f"holidays-{year}"
        case Wording(service=service) | Catalogue(service=service):
            return f"{part.__struct_config__.tag}-{service}"
        case _:
            return str(part.__struct_config__.tag)
