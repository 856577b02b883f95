"""Past days, read from a ledger as the what-if page needs them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from queue_script import CENTRE, MONDAY, NINE, Script

from broker import messages as m
from broker.store import StoreError
from display.ledger.comings import PastDay, past_days
from display.ledger.ledger import FILE, Ledger
from display.staffing import Staffing, what_if


@pytest.fixture
def day(tmp_path: Path) -> PastDay:
    """Point 2 serves A001 for five minutes after a walk of 20 s; A002 does not come, A003 is never called."""
    room = Script()
    room.arrive("A001")
    room.after(30)
    room.arrive("A002", "A003")
    for seconds, action in ((30, m.Next()), (20, m.Start()), (300, m.Finish()), (0, m.Next()), (15, m.NoShow())):
        room.after(seconds)
        room.press(2, action)
    room.after(10 * 3600)
    ledger = Ledger(tmp_path / FILE)
    for event in room.events:
        ledger.record(MONDAY, (event,))
    ledger.close()
    return past_days(tmp_path / FILE, MONDAY, MONDAY)[MONDAY]


def test_a_visit_comes_when_its_ticket_was_taken_and_takes_as_long_as_it_took(day: PastDay) -> None:
    served = day.visits[0]
    assert (served.at, served.walking, served.took) == (NINE, 20, 300)


def test_a_no_show_is_one_again_and_whoever_was_never_called_would_have_taken_as_long_as_others(day: PastDay) -> None:
    assert [visit.took for visit in day.visits[1:]] == [None, 300]


def test_what_became_of_them_stands_beside(day: PastDay) -> None:
    assert day.open == frozenset({2})
    assert day.waits.waiting == {"1.1": [60, 350]}
    assert day.waits.unserved == {"1.1": 1}


def test_the_same_points_again_come_near_to_what_was_but_for_the_officers_pauses(day: PastDay) -> None:
    again = what_if(CENTRE, MONDAY, day.visits, Staffing(day.open))
    assert again.waiting["1.1"] == [0, 290, 299]
    assert again.unserved == {}


def test_days_without_anybody_are_not_there_and_a_ledger_that_is_not_is_told(tmp_path: Path) -> None:
    Ledger(tmp_path / FILE).close()
    assert past_days(tmp_path / FILE, MONDAY, MONDAY + dt.timedelta(days=30)) == {}
    with pytest.raises(StoreError):
        past_days(tmp_path / "none", MONDAY, MONDAY)
