"""The tables of centre.toml that cases follow: how long each step of a case may take."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from broker.office import Table
from broker.words import Matter

ClockStart = Literal["filed", "complete", "forwarded"]


class Deadline(Table, frozen=True):
    """Within so many working days of this event."""

    days: Annotated[int, Meta(ge=1, le=365)]
    start: ClockStart = msgspec.field(name="from")


class Deadlines(Table, frozen=True):
    """None: there is no such day."""

    forward: Deadline | None = None  # to the owning agency, or to who passes it on
    answer: Deadline | None = None  # the agency has acted, and both the citizen and the centre are informed


class CaseRules(Table, frozen=True):
    """How long a case may take (R3.2: 1 working day, R3.3: 30).

    The standard does not say from when.  The shipped file counts from the day on which the documents are complete,
    which is the day of filing unless something was missing: nobody can forward what is not there.  R2.3b, for what the
    centre does not hold, names no days.
    """

    holidays_confirmed: Annotated[int, Meta(ge=2020, le=2999)] | None = (
        None  # the last year (A.D.) with all its holidays
    )
    first_day_counts: bool = False  # Civil Code 193/3: the day of the event is not counted
    request: Deadlines = Deadlines(Deadline(1, "complete"), Deadline(30, "complete"))
    information: Deadlines = Deadlines()

    def of(self, matter: Matter) -> Deadlines:
        """The deadlines of this kind of case."""
        return self.request if matter == "request" else self.information
