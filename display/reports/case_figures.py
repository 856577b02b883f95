"""Cases against their due dates (R3.2, R3.3): of those filed in a span, how many kept them.  Pure but for `read`.

A due date is the last day in time, as it stands now; a case whose day has passed without the step is late though it may
still take it.  Withdrawn cases are counted apart: nobody owes them anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import apsw
from msgspec import Struct

from broker.centre import Centre
from broker.language.catalogue import plurals, words
from display.reports.figures import percent
from display.reports.spans import Span


class Kept(Struct, frozen=True):
    """Cases that have a due date for this step."""

    within: int = 0
    late: int = 0  # done after the day, or the day has passed
    pending: int = 0  # the day has not passed

    @property
    def percent(self) -> float | None:
        """Of those that are decided."""
        return percent(self.within, self.within + self.late)


class CaseFigures(Struct, frozen=True):
    filed: int = 0
    withdrawn: int = 0
    open: int = 0
    closed: int = 0
    delays: int = 0  # cases whose citizen was told of a delay
    forward: Kept = Kept()
    answer: Kept = Kept()


class Filed(Struct, frozen=True):
    """What of a case is counted; days by the centre's clock."""

    state: str
    forwarded: dt.date | None
    closed: dt.date | None  # the agency has acted, and citizen and centre are informed
    forward_due: dt.date | None
    answer_due: dt.date | None
    delay_noticed: bool


def figures(cases: Iterable[Filed], today: dt.date) -> CaseFigures:
    """Of these cases, as of this day."""
    cases = list(cases)
    owed = [case for case in cases if case.state != "withdrawn"]
    return CaseFigures(
        filed=len(cases),
        withdrawn=len(cases) - len(owed),
        open=sum(case.state != "closed" for case in owed),
        closed=sum(case.state == "closed" for case in owed),
        delays=sum(case.delay_noticed for case in cases),
        forward=_kept(((case.forward_due, case.forwarded) for case in owed), today),
        answer=_kept(((case.answer_due, case.closed) for case in owed), today),
    )


def read(ledger: apsw.Connection, span: Span, centre: Centre, today: dt.date) -> CaseFigures:
    """Of the cases that were filed in this span."""
    begin, end = (_midnight(day, centre.zone) for day in (span.first, span.last + dt.timedelta(days=1)))
    rows: Any = ledger.execute(
        """SELECT state, forwarded, CASE WHEN state = 'closed' THEN ended END, forward_due, answer_due,
                  delay_noticed IS NOT NULL
           FROM cases WHERE filed >= ? AND filed < ?""",
        (begin, end),
    )

    def day(at: float | None) -> dt.date | None:
        return dt.datetime.fromtimestamp(at, centre.zone).date() if at is not None else None

    def date(text: str | None) -> dt.date | None:
        return dt.date.fromisoformat(text) if text else None

    return figures(
        (
            Filed(state, day(forwarded), day(closed), date(forward_due), date(answer_due), bool(noticed))
            for state, forwarded, closed, forward_due, answer_due, noticed in rows
        ),
        today,
    )


def told(found: CaseFigures, language: str) -> Iterator[tuple[str, str]]:
    """Name and figure, as people read them; nothing where no case was filed."""
    _ = words(language)
    if not found.filed:
        return
    yield _("Cases filed"), f"{found.filed:,}"
    for name, kept in ((_("Forwarded in time"), found.forward), (_("Answered and told in time"), found.answer)):
        share = "–" if kept.percent is None else f"{kept.percent:.1f} %"
        yield name, f"{kept.within:,} / {kept.within + kept.late:,} ({share})"
        yield f"{name}: {_('not due yet')}", f"{kept.pending:,}"
    yield _("Cases open"), f"{found.open:,}"
    yield _("Cases closed"), f"{found.closed:,}"
    yield _("Withdrawn by the citizen"), f"{found.withdrawn:,}"
    yield _("Citizen told of the delay"), f"{found.delays:,}"


def rules(centre: Centre, language: str) -> Iterator[str]:
    """What counts as in time."""
    _, n_ = words(language), plurals(language)
    request = centre.cases.request
    for deadline, named in (
        (request.forward, _("Forwarded in time: to the agency")),
        (request.answer, _("Answered and told in time: the agency has acted, and citizen and centre are informed")),
    ):
        if deadline:
            within = n_("within {count} working day", "within {count} working days", deadline.days)
            yield f"{named}, {within.format(count=deadline.days)}"
    yield _("Cases: those filed in the span, as they stand now. A case whose day has passed without the step is late.")


def _kept(steps: Iterable[tuple[dt.date | None, dt.date | None]], today: dt.date) -> Kept:
    within = late = pending = 0
    for due, done in steps:
        if due is None:
            continue
        if (done or today) > due:
            late += 1
        elif done:
            within += 1
        else:
            pending += 1
    return Kept(within, late, pending)


def _midnight(day: dt.date, zone: ZoneInfo) -> float:
    return dt.datetime.combine(day, dt.time(), zone).timestamp()
