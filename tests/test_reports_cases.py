"""Cases against their due dates: by the rules, and equal to a recount from raw events."""

from __future__ import annotations

import datetime as dt
import random
from contextlib import closing
from pathlib import Path

import recount
from case_script import BOTH, ONE_MISSING, Office
from queue_script import CENTRE, MONDAY

from broker.store import reader
from display.ledger.schema import MIGRATIONS
from display.reports import case_figures
from display.reports.case_figures import CaseFigures, Filed, Kept
from display.reports.spans import Span

FRIDAY = MONDAY + dt.timedelta(days=4)


def filed(state="complete", forwarded=None, closed=None, forward_due=MONDAY, answer_due=FRIDAY):
    return Filed(state, forwarded, closed, forward_due, answer_due, delay_noticed=False)


def test_the_due_day_itself_is_in_time_and_the_day_after_is_late():
    assert case_figures.figures([filed(forwarded=MONDAY)], FRIDAY).forward == Kept(within=1)
    assert case_figures.figures([filed(forwarded=MONDAY + dt.timedelta(days=1))], FRIDAY).forward == Kept(late=1)


def test_a_case_not_forwarded_is_pending_until_its_day_has_passed():
    assert case_figures.figures([filed()], MONDAY).forward == Kept(pending=1)
    assert case_figures.figures([filed()], MONDAY + dt.timedelta(days=1)).forward == Kept(late=1)


def test_a_withdrawn_case_is_owed_nothing_and_one_without_a_day_is_not_measured():
    found = case_figures.figures([filed("withdrawn"), filed(forward_due=None, answer_due=None)], FRIDAY)
    assert found == CaseFigures(filed=2, withdrawn=1, open=1)


def test_a_share_is_of_what_is_decided():
    assert Kept(within=3, late=1, pending=6).percent == 75.0
    assert Kept(pending=6).percent is None


def test_the_figures_of_some_months_are_those_of_a_recount_from_raw_events(tmp_path: Path):
    """Cases that go as far as chance takes them, some late, some withdrawn, through a real hall."""
    chance, office, begun = random.Random(7), Office(tmp_path), []
    for _ in range(60):
        begun.append((office.filed(documents=chance.choice((BOTH, ONE_MISSING, ()))), ["forwarded", "answered"]))
        office.days(chance.choice((0, 1, 1, 2)))
        for case, left in chance.sample(begun, min(6, len(begun))):
            state = office.row(case, "state")
            if state == "missing":
                office.move(case, "completed", documents=BOTH)
            elif state in ("closed", "withdrawn"):
                continue
            elif chance.random() < 0.1 and state in ("complete", "forwarded"):
                office.move(case, "withdrawn")
            elif state in ("complete", "forwarded"):
                office.move(case, left.pop(0))
            else:
                steps = [step for step in ("citizen_informed", "centre_informed") if step != state]
                office.move(case, chance.choice(steps))
    last = office.now.astimezone(CENTRE.zone).date()
    for span in (Span(MONDAY, last), Span(MONDAY + dt.timedelta(days=10), MONDAY + dt.timedelta(days=30))):
        with closing(reader(office.file, MIGRATIONS)) as ledger:
            found = case_figures.read(ledger, span, CENTRE, last)
        again = recount.cases(str(office.file), str(span.first), str(span.last), str(last))
        assert again == {
            "filed": found.filed,
            "withdrawn": found.withdrawn,
            "forward_within": found.forward.within,
            "forward_late": found.forward.late,
            "answer_within": found.answer.within,
            "answer_late": found.answer.late,
        }
        assert min(found.forward.within, found.forward.late) > 0
    office.ledger.close()
