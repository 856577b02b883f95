"""The words of the field, as types: what a number, a point or a reason may look like, in messages and centre.toml."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta

MOST_COUNTED = 2**53 - 1  # what every reader of JSON holds exactly (RFC 8259, 6), and SQLite too

END = r"(?!\n)$"  # of a pattern: `$` alone lets a newline pass
Number = Annotated[
    str, Meta(pattern=rf"^[A-Z][0-9]{{3}}{END}", description="A ticket's number: prefix and three digits")
]
Prefix = Annotated[str, Meta(pattern=rf"^[A-Z]{END}", description="A service's letter, as in its numbers")]
ServiceId = Annotated[str, Meta(pattern=rf"^[0-9]\.[0-9]{END}", description="A service of the standard: 1.1, 1.2, 1.3")]
Point = Annotated[int, Meta(ge=1, le=99, description="A service point (จุด) of the centre")]
Node = Annotated[
    str, Meta(pattern=rf"^[a-z][a-z0-9-]{{0,31}}{END}", description="A node's name and broker user: a-z, 0-9, -")
]
Id = Annotated[
    str, Meta(pattern=rf"^[0-9a-z-]{{1,40}}{END}", description="An id made by its sender, unique at the site")
]
DocumentId = Annotated[
    str, Meta(pattern=rf"^[a-z0-9][a-z0-9-]{{0,31}}{END}", description="A document's name: up to 32 of a-z, 0-9 and -")
]
PartKey = Annotated[
    str,
    Meta(
        pattern=rf"^[a-z]{{1,16}}(-[0-9.]{{3,4}})?{END}",
        description="A part that the office edits: hours, holidays-2027, catalogue-1.1",
    ),
]
Seq = Annotated[int, Meta(ge=1, le=MOST_COUNTED)]
Count = Annotated[int, Meta(ge=0, le=MOST_COUNTED)]
Time = Annotated[dt.datetime, Meta(tz=True)]
Text = Annotated[str, Meta(max_length=200)]
Officer = Annotated[
    str,
    Meta(
        max_length=60,
        pattern=rf"^[^\x00-\x1f\x7f-\x9f]*{END}",  # a control character is six bytes of JSON and no part of a name
        description="An officer's name: up to 60 characters, none that controls",
    ),
]
Note = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=120,
        pattern=rf"^[^\x00-\x1f\x7f-\x9f]*{END}",
        description="A word from one officer to others: up to 120 characters, none that controls, nothing personal",
    ),
]
Code = Annotated[
    str,
    Meta(pattern=rf"^[a-z][a-z0-9_]{{0,23}}{END}", description="A choice of the centre's: up to 24 of a-z, 0-9 and _"),
]
Levels = Annotated[int, Meta(ge=1, le=5, description="Satisfaction: 5 มากที่สุด … 1 น้อยที่สุด")]

Paper = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=80,
        pattern=rf"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*{END}",
        description="A document's kind, never whose it is: up to 80 characters, none that controls",
    ),
]
CaseNumber = Annotated[
    str, Meta(pattern=rf"^[1-9][0-9]{{0,6}}/2[5-9][0-9]{{2}}{END}", description="A case's number: 12/2569")
]
Matter = Literal[
    "request", "information"
]  # what a case is about: received and forwarded (R3), or not held here (R2.3b)
CaseState = Literal[
    "missing",  # documents are; the citizen has been told which, once, on one slip
    "complete",  # checked; to be forwarded
    "forwarded",
    "answered",  # the owning agency has acted; nobody has been informed yet
    "citizen_informed",
    "centre_informed",
    "closed",  # both are
    "withdrawn",
]
CaseStep = Literal[
    "missing", "completed", "forwarded", "answered", "citizen_informed", "centre_informed", "withdrawn", "delay_noticed"
]

CasePaper = Literal["receipt", "missing"]  # of a case: its receipt, or the one slip of the documents that it lacks
PrintOutcome = Literal[
    "printed",  # the printer said so
    "unsure",  # it was sent, and the printer did not say what became of it: paper may lie there
    "not_printed",  # not a dot was sent
    "late",  # it was not begun before its deadline
    "clock_ahead",  # its deadline is further off than any may be
    "busy",  # others wait there already
    "service_unknown",
]

PrinterState = Literal["ready", "near_end", "paper_out", "cover_open", "offline", "silent", "unknown"]
# "closed" is one of two facts: with an officer signed in it is paused, and she comes back (Paused, พักให้บริการ); with
# none it is closed (Closed, ปิดให้บริการ).  Citizens read the same of both: Not serving at present.
PointState = Literal["closed", "idle", "called", "serving", "provided"]
Reason = Literal[
    "late",  # the command came after its deadline
    "clock_ahead",  # its deadline is further off than any may be: its sender's clock is wrong
    "nobody_waiting",
    "nothing_called",  # the command needs a ticket at the point
    "not_serving",
    "already_started",
    "already_provided",
    "recall_limit",
    "point_closed",
    "point_unknown",
    "service_unknown",
    "service_not_here",
    "ticket_unknown",
    "ticket_elsewhere",
    "too_late_to_recall",
    "day_ended",
    "point_busy",  # a called ticket stands at the point: start it, set it aside, mark it no-show; for `Next`: or wait
    "same_service",  # a transfer to where the ticket already is
    "not_yours",  # a node commanded a point that is not wired to it
    "changed",  # the point no longer stands as its sender last saw it (`Command.expect`)
    "code_unknown",  # an outcome or a reason to pause that the centre does not have
]
