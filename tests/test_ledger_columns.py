"""A day that has ended stands in one row: what the tables say, and what the raw events say."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

import apsw
import pytest
from hall_script import Morning
from msgspec.structs import replace
from queue_script import CENTRE, MONDAY, NINE
from recount import Recount

from broker import messages as m
from broker.centre import Retention
from display.ledger import schema
from display.ledger.audit import audit
from display.ledger.columns import FIELDS, NONE, OUTCOMES, NotColumns, bodies, pack, unpack
from display.ledger.ledger import FILE, Ledger

OUTCOME = next(iter(CENTRE.outcomes))
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def morning(tmp_path) -> Morning:
    """A001 served and rated, A002 a no-show, A003 moved to 1.2, A004 told to wait 600 s and never called."""
    made = Morning(tmp_path)
    for number in ("A001", "A002", "A003"):
        made.arrive(number, given=made.now)
    for action in (
        m.Next(),
        m.Start(),
        m.Finish(OUTCOME),
        m.Next(),
        m.NoShow(),
        m.Next(),
        m.Start(),
        m.Transfer("1.2"),
    ):
        made.now += dt.timedelta(seconds=60.5)
        made.press(action)
        if survey := made.hall.today.points[2].survey:
            made.fact("buttons-1", m.Rated(survey.visit, 2, 4, made.now))
    made.fact("kiosk-1", m.TicketIssued("A004", MONDAY, "1.1", made.now, priority=True, estimate=600))
    made.fact("kiosk-1", m.TicketVoided("A005", MONDAY, "1.1", made.now))
    return made


def pass_night(morning: Morning) -> None:
    morning.now = NINE + 10 * HOUR
    morning.hall.tick(morning.now)


def kept(morning: Morning) -> list[tuple[str, int, bytes]]:
    with closing(apsw.Connection(str(morning.file))) as ledger:
        return ledger.execute("SELECT * FROM day_columns ORDER BY day").fetchall()


def records(body: bytes) -> list[dict[str, int]]:
    _, packed = unpack(body)
    columns = (of.cast(code) for (_, code), of in zip(FIELDS, packed, strict=True))
    return [dict(zip((name for name, _ in FIELDS), row, strict=True)) for row in zip(*columns, strict=True)]


def recounted(file, day: dt.date) -> list[dict[str, object]]:
    """The day's visits again, from the JSON of its events and nothing else."""
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC).timestamp()
    visits = sorted(Recount(str(file), str(day), str(day)).visits.values(), key=lambda visit: visit["issued"])
    for visit in visits:
        visit["number"] = int(visit["number"][1:])
        visit["outcome"] = visit.get("outcome") or "open"
        for time in ("issued", "first_called", "called", "started", "provided", "finished"):
            if visit.get(time) is not None:
                visit[time] = round((visit[time] - midnight) * 1000)
        del visit["day"]
    return visits


def named(body: bytes) -> list[dict[str, int | str | None]]:
    """The records with their names back, times in milliseconds."""
    head, _ = unpack(body)
    said = []
    for record in records(body):
        visit = {name: None if value == NONE else value for name, value in record.items()}
        visit["service"] = head.services[record["service"]]
        visit["officer"] = ("", *head.officers)[record["officer"]] or None
        visit["code"] = ("", *head.codes)[record["code"]] or None
        visit["outcome"] = OUTCOMES[record["outcome"]]
        said.append(visit)
    return said


def test_an_ended_day_says_in_one_row_what_its_raw_events_say(morning):
    assert kept(morning) == []
    pass_night(morning)
    ((day, n, body),) = kept(morning)
    assert (day, n) == (str(MONDAY), 5)  # the transferred one is two visits, the voided one is none
    head, _ = unpack(body)
    assert (head.numbers, head.voided, head.services) == (5, 1, ("1.1", "1.2"))
    assert head.codes == (OUTCOME,)
    for visit, again in zip(named(body), recounted(morning.file, MONDAY), strict=True):
        for name in again:
            assert (visit[name] or 0) == (again[name] or 0), (name, visit, again)


def test_and_what_its_tables_say(morning):
    pass_night(morning)
    with closing(apsw.Connection(str(morning.file))) as ledger:
        assert kept(morning)[0][1:] == pack(ledger, MONDAY)
    assert audit(morning.file).faults == ()


@pytest.mark.parametrize("kind", ["rating", "ticket", "void"])
def test_what_comes_late_for_it_is_in_it_at_once(morning, kind):
    visit = next(iter(morning.hall.today.visits))
    assert morning.hall.today.visits[visit].rated
    morning.arrive("A006", given=morning.now)
    morning.press(m.Next(), point=3)
    morning.press(m.Start(), point=3)
    morning.press(m.Finish(), point=3)
    unrated = next(v for v, ended in morning.hall.today.visits.items() if ended.point == 3)
    pass_night(morning)
    before = kept(morning)[0][2]
    morning.now += DAY
    morning.hall.tick(morning.now)
    late = {
        "rating": ("buttons-1", m.Rated(unrated, 3, 1, NINE)),
        "ticket": ("kiosk-1", m.TicketIssued("A007", MONDAY, "1.1", NINE)),
        "void": ("kiosk-1", m.TicketVoided("A008", MONDAY, "1.1", NINE)),
    }[kind]
    morning.fact(*late)
    after = kept(morning)[0][2]
    assert after != before
    assert [r["level"] for r in records(after)].count(1) == (kind == "rating")
    assert unpack(after)[0].voided == 1 + (kind == "void")
    assert audit(morning.file).faults == ()


def test_a_day_that_goes_on_after_it_was_ended_too_early_has_no_row_meanwhile(morning):
    pass_night(morning)
    morning.now = NINE + HOUR
    morning.hall.tick(morning.now)
    assert kept(morning) == []
    with closing(apsw.Connection(str(morning.file))) as ledger:
        ((day, body),) = bodies(ledger, MONDAY, MONDAY)
    assert (day, len(records(body))) == (MONDAY, 5)


def test_the_day_at_hand_is_packed_when_it_is_asked_for(morning):
    with closing(apsw.Connection(str(morning.file))) as ledger:
        assert [day for day, _ in bodies(ledger, MONDAY, MONDAY + DAY)] == [MONDAY]
        assert list(bodies(ledger, MONDAY + DAY, MONDAY + DAY)) == []
    pass_night(morning)
    morning.now = NINE + DAY
    morning.hall.tick(morning.now)
    morning.arrive("A001", day=MONDAY + DAY, given=morning.now)
    with closing(apsw.Connection(str(morning.file))) as ledger:
        assert [day for day, _ in bodies(ledger, MONDAY, MONDAY + DAY)] == [MONDAY, MONDAY + DAY]


def test_a_ledger_of_before_has_its_ended_days_in_columns_once_it_was_opened(morning):
    pass_night(morning)
    morning.now = NINE + DAY
    morning.hall.tick(morning.now)
    rows = kept(morning)
    morning.ledger.close()
    with closing(apsw.Connection(str(morning.file))) as ledger:
        ledger.execute("DELETE FROM day_columns")
        ledger.execute("DELETE FROM migration WHERE name = ?", (schema.columns_one_by_one.__name__.replace("_", " "),))
    Ledger(morning.file).close()
    assert kept(morning) == rows
    assert audit(morning.file).faults == ()


def test_a_row_that_was_changed_afterwards_is_named(morning):
    pass_night(morning)
    with closing(apsw.Connection(str(morning.file))) as ledger:
        ledger.execute("UPDATE day_columns SET body = CAST(substr(body, 1, length(body) - 1) || x'07' AS BLOB)")
    assert any("table day_columns" in fault for fault in audit(morning.file).faults)


def test_forgotten_days_leave_the_columns_too(tmp_path):
    morning = Morning(tmp_path)
    morning.restart(replace(CENTRE, retention=Retention(62)))
    for _ in range(70):
        morning.now += DAY
        morning.hall.tick(morning.now)
    days = [day for day, _, _ in kept(morning)]
    assert (len(days), days[0]) == (62, str(morning.hall.today.day - 62 * DAY))
    assert audit(morning.file).faults == ()


def test_a_clock_far_off_does_not_break_the_row(tmp_path):
    morning = Morning(tmp_path)
    morning.arrive("A001", given=NINE)
    with closing(apsw.Connection(str(tmp_path / FILE))) as ledger:
        ledger.execute("UPDATE visit SET first_called = issued + 1e7, called = issued - 1e7")
        ((record),) = records(pack(ledger, MONDAY)[1])
    assert (record["first_called"], record["called"]) == (2**30 - 1, -(2**30) + 1)


@pytest.mark.parametrize("body", [b"", b"KHD1\0\0\0\0", b"KHD2\xff\0\0\0{}", b"KHD2\2\0\0\0{}", b"x" * 90])
def test_a_body_of_another_layout_is_refused(body):
    with pytest.raises(NotColumns):
        unpack(body)
