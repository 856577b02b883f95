"""When a case must be forwarded, and when it must be answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from broker.centre_cases import CaseRules, Deadline
from broker.words import Matter
from display.cases.workdays import Workdays


@dataclass(frozen=True)
class Due:
    """The last day on which each is in time; None: no day is set, or its clock has not started."""

    forward: dt.date | None = None
    answer: dt.date | None = None


def due(
    rules: CaseRules,
    workdays: Workdays,
    matter: Matter,
    filed: dt.date,
    complete: dt.date | None,
    forwarded: dt.date | None,
) -> Due:
    """The due dates of a case of which this is known; ``complete`` is None while documents are missing."""
    started = {"filed": filed, "complete": complete, "forwarded": forwarded}

    def last(deadline: Deadline | None) -> dt.date | None:
        start = started[deadline.start] if deadline else None
        return workdays.after(start, deadline.days, rules.first_day_counts) if deadline and start else None

    deadlines = rules.of(matter)
    return Due(last(deadlines.forward), last(deadlines.answer))
