"""Old days leave the ledger whole, in the same chain."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

import apsw
import pytest
from hall_script import Morning
from msgspec.structs import replace
from queue_script import CENTRE, MONDAY, NINE

from broker import messages as m
from broker.centre import Retention
from display.ledger.audit import audit

DAY = dt.timedelta(days=1)
RULE = replace(CENTRE, retention=Retention(62))


@pytest.fixture
def morning(tmp_path) -> Morning:
    made = Morning(tmp_path)
    made.restart(RULE)
    return made


def pass_days(morning: Morning, count: int) -> None:
    """Days with one served and rated ticket each."""
    for _ in range(count):
        morning.now += DAY
        morning.hall.tick(morning.now)
        day = morning.hall.today.day
        morning.arrive("A001", day=day, given=morning.now)
        for action in (m.Next(), m.Start(), m.Finish()):
            morning.press(action)
        visit = next(iter(morning.hall.today.visits))
        morning.fact("buttons-1", m.Rated(visit, 2, 5, morning.now))


def days_left(morning: Morning, table: str) -> tuple[str, int]:
    with closing(apsw.Connection(str(morning.file))) as ledger:
        column = {"event": "day", "ticket": "day", "visit": "day", "call": "day"}[table]
        return ledger.execute(f"SELECT min({column}), count(DISTINCT {column}) FROM {table}").fetchall()[0]


def test_days_older_than_the_rule_leave_every_table_and_the_chain_still_proves_itself(morning):
    pass_days(morning, 100)
    oldest = (morning.hall.today.day - dt.timedelta(days=62)).isoformat()
    for table in ("event", "ticket", "visit", "call"):
        assert days_left(morning, table) == (oldest, 63)
    assert audit(morning.file).faults == ()


def test_without_a_rule_nothing_is_forgotten(tmp_path):
    morning = Morning(tmp_path)
    morning.restart(replace(CENTRE, retention=None))
    pass_days(morning, 80)
    assert days_left(morning, "ticket")[1] == 80


def test_what_came_late_keeps_its_day_until_the_next_can_go_too(morning):
    pass_days(morning, 1)
    late = morning.hall.today.day
    pass_days(morning, 1)
    morning.arrive("A009", day=late, given=morning.now - DAY)
    pass_days(morning, 61)
    assert days_left(morning, "ticket")[0] == late.isoformat()
    pass_days(morning, 2)
    assert days_left(morning, "ticket")[0] > late.isoformat()
    assert audit(morning.file).faults == ()


def test_a_rule_made_shorter_takes_a_month_of_days_a_morning(tmp_path):
    morning = Morning(tmp_path)
    morning.restart(replace(CENTRE, retention=None))
    pass_days(morning, 120)
    morning.restart(RULE)
    pass_days(morning, 1)
    assert days_left(morning, "event")[1] == 1 + 120 + 1 - 31  # Monday had an event, its beginning, and no ticket
    pass_days(morning, 1)
    assert days_left(morning, "event")[1] == 63
    assert audit(morning.file).faults == ()


def test_even_so_no_event_of_today_can_be_deleted(morning):
    pass_days(morning, 70)
    with (
        closing(apsw.Connection(str(morning.file))) as ledger,
        pytest.raises(apsw.ConstraintError, match="append-only"),
    ):
        ledger.execute("DELETE FROM event WHERE day = ?", (morning.hall.today.day.isoformat(),))


def test_a_hall_that_restarts_goes_on_in_the_same_chain(morning):
    pass_days(morning, 70)
    morning.restart(RULE)
    pass_days(morning, 3)
    assert morning.hall.today.day == MONDAY + 73 * DAY
    assert morning.now == NINE + 73 * DAY
    assert audit(morning.file).faults == ()
