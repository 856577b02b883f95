"""The hall as time goes by: what comes late, what the clock does, what staff are told; its wire is only listened to."""

from __future__ import annotations

import datetime as dt

import apsw
import pytest
from hall_script import Morning
from msgspec.structs import replace
from queue_script import CENTRE, MONDAY, NINE

from broker import messages as m
from broker.link import Connected
from display.hall import CentreChanged
from display.ledger.ledger import CLOCK
from display.queue import events
from display.queue.tickets import TransitionError

DAY = dt.timedelta(days=1)


@pytest.fixture
def morning(tmp_path):
    it = Morning(tmp_path)
    yield it
    it.ledger.close()


def test_a_ticket_of_yesterday_is_counted_yesterday_and_does_not_wait_today(morning):
    morning.now += DAY
    morning.arrive("A001")
    assert (morning.hall.today.day, morning.hall.today.tickets) == (MONDAY + DAY, {})
    assert morning.outcome("A001") == "unserved"
    assert morning.wire.last(m.Ack).seq == 1


def test_a_number_of_yesterday_is_still_used_once(morning):
    morning.arrive("A001")
    morning.now += DAY
    morning.arrive("A001")
    assert morning.hall.rejected == {"number_used": 1}


def test_a_rating_that_comes_the_next_morning_is_bound_to_its_visit(morning):
    morning.arrive("A001")
    for action in (m.Next(), m.Start(), m.Finish()):
        morning.press(action)
    visit = morning.wire.last(m.PointStatus).survey.visit
    morning.now += DAY
    morning.fact("buttons-1", m.Rated(visit, 2, 4, NINE))
    morning.fact("buttons-1", m.Rated(visit, 2, 1, NINE))
    assert list(morning.ledger._connection.execute("SELECT * FROM rating")) == [(visit, 4, NINE.timestamp())]
    assert morning.hall.rejected == {"rated_before": 1}


def test_a_day_that_ended_while_the_hall_was_off_is_closed_at_its_start(morning):
    morning.arrive("A001")
    morning.now += DAY
    morning.restart()
    assert (morning.hall.today.day, morning.outcome("A001")) == (MONDAY + DAY, "unserved")


def test_a_clock_set_back_keeps_the_day_and_is_told(morning):
    morning.arrive("A001")
    morning.now -= 2 * DAY
    morning.hall.tick(morning.now)
    assert morning.hall.today.day == MONDAY
    assert len(morning.wire.own.warnings) == 1
    assert "นาฬิกา" in morning.wire.last(m.Board).alerts[0]


def test_the_revision_grows_over_a_restart(morning):
    morning.hall.receive(Connected(), morning.now)
    before = morning.wire.last(m.Board).revision
    morning.now += dt.timedelta(seconds=2)
    morning.restart()
    morning.hall.receive(Connected(), morning.now)
    assert morning.wire.last(m.Board).revision > before


def test_a_survey_closes_by_the_clock_alone(morning):
    morning.arrive("A001")
    for action in (m.Next(), m.Start(), m.Finish()):
        morning.press(action)
    morning.now = morning.hall.next_due(morning.now)
    morning.hall.tick(morning.now)
    assert (morning.wire.last(m.PointStatus).point, morning.wire.last(m.PointStatus).survey) == (2, None)


def test_a_young_call_that_nobody_announced_is_said_again_at_a_connect(morning):
    morning.arrive("A001")
    morning.press(m.Next())
    call = morning.wire.last(m.Call)
    morning.wire.said.clear()
    morning.hall.receive(Connected(), morning.now)
    assert morning.wire.last(m.Call) == call
    morning.wire.said.clear()
    morning.hall.receive(Connected(), morning.now + dt.timedelta(seconds=CENTRE.calling.announce_seconds + 1))
    assert not any(isinstance(message, m.Call) for message, _ in morning.wire.said)


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ("nobody", m.Fact(1, m.TicketIssued("A001", MONDAY, "1.1", NINE))),
        ("screen-1", m.Status(online=True, role="kiosk", software="x")),
        ("kiosk-1", m.Announced("call", True, NINE)),
        ("screen-1", m.Command("press", 2, NINE + DAY, m.Next())),
        ("buttons-1", m.Command("press", 99, NINE + DAY, m.Next())),
    ],
)
def test_a_well_formed_message_from_the_wrong_sender_is_counted_and_changes_nothing(morning, node, message):
    before = repr(morning.hall.today), morning.ledger._connection.execute("SELECT max(seq) FROM event").get
    morning.hear(node, message)
    assert (repr(morning.hall.today), morning.ledger._connection.execute("SELECT max(seq) FROM event").get) == before
    assert sum(morning.wire.own.rejected.values()) == 1


def test_a_rejected_fact_is_kept_in_the_ledger_as_it_came(morning):
    morning.arrive("B777")
    body = morning.ledger._connection.execute("SELECT body FROM event WHERE kind = 'fact_rejected'").get
    assert '"cause":"wrong_number"' in body
    assert '"number":"B777"' in body


def test_a_silent_screen_does_not_count_as_having_announced(morning):
    morning.arrive("A001")
    morning.press(m.Next())
    call = morning.wire.last(m.Call).call
    morning.hear("screen-1", m.Announced(call, False, NINE))
    assert not morning.wire.last(m.Board).recent[0].announced
    morning.hear("screen-1", m.Announced(call, True, NINE))
    assert morning.wire.last(m.Board).recent[0].announced


def test_a_point_taken_out_of_the_file_while_its_day_runs_stops_the_hall(morning):
    morning.press(m.Open())
    fewer = replace(CENTRE, points=CENTRE.points[1:])
    with pytest.raises(CentreChanged, match="2: unknown to centre"):
        morning.restart(fewer)


def without_point(number):
    services = tuple(replace(s, points=tuple(p for p in s.points if p != number)) for s in CENTRE.services)
    return replace(CENTRE, points=tuple(p for p in CENTRE.points if p.number != number), services=services)


def test_a_point_taken_out_of_the_file_after_the_days_end_is_no_longer_shown(morning):
    morning.press(m.Next(), point=7)
    morning.now += dt.timedelta(hours=10)
    morning.hall.tick(morning.now)
    morning.wire.said.clear()
    morning.restart(without_point(7))
    assert {said.point for said, _ in morning.wire.said if isinstance(said, m.PointStatus)} == {2, 3, 4, 5, 6}
    assert 7 not in [point.point for point in morning.wire.last(m.Board).points]


def test_a_day_that_nobody_ended_is_ended_though_its_point_and_service_are_gone_from_the_file(morning):
    morning.arrive("A001")
    morning.arrive("R001", service="1.3")
    for action in (m.Next(), m.Start()):
        morning.press(action, point=7)
    morning.now += DAY
    one_less = without_point(7)
    morning.restart(replace(one_less, services=one_less.services[:-1]))
    assert (morning.hall.today.day, morning.hall.today.strangers()) == (MONDAY + DAY, [])
    assert (morning.outcome("R001"), morning.outcome("A001")) == ("served", "unserved")


def test_what_comes_late_for_a_day_of_an_earlier_file_is_still_counted(morning):
    morning.press(m.Open())
    morning.now += DAY
    morning.hall.tick(morning.now)
    morning.restart(without_point(2))
    morning.arrive("A001")
    assert (morning.outcome("A001"), morning.hall.rejected) == ("unserved", {})


def test_a_kiosk_that_was_away_hands_over_its_day_without_reading_the_ledger_anew_each_time(morning, monkeypatch):
    morning.now += DAY
    read = []
    day = morning.ledger.day
    monkeypatch.setattr(morning.ledger, "day", lambda *of: read.append(of) or day(*of))
    for number in range(1, 6):
        morning.arrive(f"A{number:03}")
    assert len(read) == 1
    assert morning.ledger._connection.execute("SELECT count(*) FROM visit WHERE outcome = 'unserved'").get == 5


def test_nothing_is_said_before_the_ledger_holds_it(morning, monkeypatch):
    morning.arrive("A001")
    outside = apsw.Connection(str(morning.file), flags=apsw.SQLITE_OPEN_READONLY)
    calls_in_ledger = []

    def publish(message, **to):
        calls_in_ledger.append(outside.execute("SELECT count(*) FROM call").get)
        morning.wire.said.append((message, None))
        return True

    monkeypatch.setattr(morning.wire, "publish", publish)
    morning.press(m.Next())
    outside.close()
    assert set(calls_in_ledger) == {1}
    assert {type(message) for message, _ in morning.wire.said[-5:]} >= {m.Reply, m.Call, m.PointStatus, m.Board}


def test_an_ack_tells_a_kiosk_how_far_its_numbers_are_used_today_be_they_held_or_voided(morning):
    morning.arrive("A002")
    morning.arrive("A001")
    morning.fact("kiosk-1", m.TicketVoided("R007", MONDAY, "1.3", NINE))
    assert morning.wire.last(m.Ack) == m.Ack(3, MONDAY, {"A": 2, "R": 7}, morning.ledger.name, NINE)
    morning.hear("buttons-1", m.Fact(1, m.Rated("nobody", 2, 5, NINE)))
    assert morning.wire.last(m.Ack) == m.Ack(1, MONDAY, {}, morning.ledger.name, NINE)
    morning.now += DAY
    morning.hall.receive(Connected(), morning.now)
    acks = {node: said for said, node in morning.wire.said if isinstance(said, m.Ack)}
    assert acks["kiosk-1"] == m.Ack(3, MONDAY + DAY, {}, morning.ledger.name, NINE + DAY)


def test_what_cannot_be_applied_never_enters_the_ledger(morning):
    called = events.Called(at=NINE, number="A009", call="x", visit="v", point=2, officer=None, times=1)
    before = morning.ledger._connection.execute("SELECT max(seq) FROM event").get
    with pytest.raises(TransitionError):
        morning.hall._commit(morning.hall.today, (events.ServiceClosed(at=NINE, service="1.1"), called), CLOCK)
    assert morning.ledger._connection.execute("SELECT max(seq) FROM event").get == before
    morning.restart()
    assert morning.hall.today.services["1.1"].open
