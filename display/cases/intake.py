"""What a desk's word about a case does: a case begins, or takes a step.

One that cannot be true is `Rejected` with a cause and kept by the ledger as it came; the case stays as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from broker import messages as m
from broker.centre import Centre
from broker.words import CaseState, Matter
from display.cases.due import Due, due
from display.cases.events import CaseFiled, CaseMoved, CaseRedated
from display.cases.states import TRANSITIONS, filing, pending
from display.cases.workdays import Workdays
from display.queue.intake import Rejected
from display.queue.times import OLDEST

AHEAD = dt.timedelta(minutes=5)  # two machines of one office are not further apart


@dataclass(frozen=True)
class Case:
    """A case as far as the next step needs to know it."""

    id: str
    matter: Matter
    state: CaseState
    revision: int
    documents: tuple[m.Document, ...]
    moved: dt.datetime  # its latest step
    filed: dt.datetime
    completed: dt.datetime | None
    forwarded: dt.datetime | None
    dates: Due

    @property
    def due(self) -> dt.date | None:
        """The day by which it must take its next step."""
        return pending(self.state, self.dates.forward, self.dates.answer)


def take(
    centre: Centre, fact: m.CaseFact, case: Case | None, last_number: Callable[[int], int], now: dt.datetime
) -> CaseFiled | CaseMoved | Rejected:
    """What this fact means for ``case``, the one it names, as it stands.

    ``last_number``: the highest case number of a year (A.D.) so far, 0 before the first.  The visit is taken as it is
    said: a ledger restored from a backup may not know it, and a case must not be lost for that.
    """
    if fact.at > now + AHEAD:
        return Rejected("wrong_time")
    if isinstance(fact, m.CaseFiled):
        return Rejected("case_used") if case else _filed(centre, fact, last_number, now)
    return _moved(centre, fact, case, now) if case else Rejected("case_unknown")


def redated(centre: Centre, open: Iterable[Case], now: dt.datetime) -> Iterator[CaseRedated]:
    """The open cases whose due dates are others by the rules and holidays of this centre: the cabinet added a day."""
    for case in open:
        dates = _due(centre, case.matter, case.filed, case.completed, case.forwarded)
        if dates != case.dates:
            yield CaseRedated(
                at=now,
                case=case.id,
                state=case.state,
                documents=case.documents,
                forward_due=dates.forward,
                answer_due=dates.answer,
            )


def _filed(
    centre: Centre, fact: m.CaseFiled, last_number: Callable[[int], int], now: dt.datetime
) -> CaseFiled | Rejected:
    if fact.at < now - OLDEST:
        return Rejected("wrong_time")
    if all(fact.service != service.id for service in centre.services):
        return Rejected("wrong_service")
    step = filing(fact.documents)
    day = _day(centre, fact.at)
    dates = _due(centre, fact.matter, fact.at, fact.at if step == "completed" else None, None)
    return CaseFiled(
        at=now,
        case=fact.case,
        who=fact.by,
        state=TRANSITIONS["new"][step],
        documents=fact.documents,
        forward_due=dates.forward,
        answer_due=dates.answer,
        year=day.year,
        number=last_number(day.year) + 1,
        service=fact.service,
        matter=fact.matter,
        filed_at=fact.at,
        visit=fact.visit,
        note=fact.note,
    )


def _moved(centre: Centre, fact: m.CaseMoved, case: Case, now: dt.datetime) -> CaseMoved | Rejected:
    if fact.expects != case.revision:
        return Rejected("case_moved_on")
    if (state := TRANSITIONS[case.state].get(fact.step)) is None:
        return Rejected("step_impossible")
    if fact.at < case.moved:
        return Rejected("wrong_time")
    if fact.step in ("missing", "completed"):
        if not fact.documents or filing(fact.documents) != fact.step:
            return Rejected("wrong_documents")
    elif fact.documents:
        return Rejected("wrong_documents")
    if fact.step == "delay_noticed" and not (case.due and case.due < _day(centre, fact.at)):
        return Rejected("not_late")
    completed = {"completed": fact.at, "missing": None}.get(fact.step, case.completed)
    forwarded = fact.at if fact.step == "forwarded" else case.forwarded
    dates = _due(centre, case.matter, case.filed, completed, forwarded)
    return CaseMoved(
        at=now,
        case=case.id,
        who=fact.by,
        state=state,
        documents=fact.documents or case.documents,
        forward_due=dates.forward,
        answer_due=dates.answer,
        step=fact.step,
        revision=case.revision + 1,
        moved_at=fact.at,
        note=fact.note,
    )


def _due(
    centre: Centre,
    matter: Matter,
    filed: dt.datetime,
    completed: dt.datetime | None,
    forwarded: dt.datetime | None,
) -> Due:
    def day(moment: dt.datetime | None) -> dt.date | None:
        return _day(centre, moment) if moment else None

    return due(centre.cases, Workdays.of(centre), matter, _day(centre, filed), day(completed), day(forwarded))


def _day(centre: Centre, moment: dt.datetime) -> dt.date:
    return moment.astimezone(centre.zone).date()
