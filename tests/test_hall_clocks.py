"""Wrong clocks: what the hall makes of them, and what it tells staff."""

from __future__ import annotations

import datetime as dt

import pytest
from hall_script import Morning
from queue_script import CENTRE, MONDAY, NINE

from broker import messages as m
from broker.link import Received
from display.hall import EARLY

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)
NEVER_SET = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def morning(tmp_path):
    it = Morning(tmp_path)
    yield it
    it.ledger.close()


def alerts(morning):
    return " ".join(morning.wire.last(m.Board).alerts)


# ---------------------------------------------------------------- a kiosk's
def test_a_kiosk_whose_clock_jumped_back_goes_on_in_its_day_and_its_tickets_join_the_line_last(morning):
    morning.arrive("A001")
    morning.now += HOUR
    morning.arrive("A002", given=morning.now)
    morning.arrive("A003", given=NINE - 2 * DAY)
    first, second = morning.press(m.Next()), morning.press(m.Next(), point=3)
    assert (first.ticket, second.ticket, morning.hall.today.tickets["A003"].state) == ("A001", "A002", "waiting")
    assert alerts(morning) == ""


def test_a_ticket_given_after_its_day_was_over_cannot_be(morning):
    morning.arrive("A001", given=NINE + DAY)
    assert morning.hall.rejected == {"wrong_day": 1}


def test_a_ticket_of_tomorrow_stays_with_its_kiosk_for_a_while_for_our_clock_may_be_the_wrong_one(morning):
    morning.arrive("A001", day=MONDAY + DAY, given=NINE + DAY)
    assert (morning.wire.last(m.Ack).seq, morning.hall.rejected) == (0, {})
    morning.now += DAY  # our clock is set
    morning.hear("kiosk-1", m.Fact(1, m.TicketIssued("A001", MONDAY + DAY, "1.1", NINE + DAY)))
    assert (morning.wire.last(m.Ack).seq, morning.press(m.Next())) == (1, m.Accepted("A001"))


def test_a_clock_that_was_never_set_begins_no_day_and_loses_no_ticket(tmp_path):
    morning = Morning(tmp_path, now=NEVER_SET)
    morning.arrive("A001")
    morning.now += HOUR
    morning.hear("kiosk-1", m.Fact(1, m.TicketIssued("A001", MONDAY, "1.1", NINE)))
    assert (morning.wire.last(m.Ack).seq, morning.hall.rejected) == (0, {})
    morning.now = NINE + HOUR
    morning.hear("kiosk-1", m.Fact(1, m.TicketIssued("A001", MONDAY, "1.1", NINE)))
    assert (morning.hall.today.day, morning.press(m.Next())) == (MONDAY, m.Accepted("A001"))
    morning.now = NEVER_SET  # the power was cut: there is no battery
    morning.restart()
    assert morning.hall.today.tickets["A001"].state == "called"
    morning.ledger.close()


def test_a_day_in_which_nobody_came_yet_is_not_left_for_a_clock_that_was_never_set(morning):
    morning.now = NEVER_SET
    morning.restart()
    assert morning.hall.today.day == MONDAY


def test_a_node_that_comes_is_told_the_time_and_a_screen_what_it_may_have_missed(morning):
    morning.arrive("A001")
    morning.press(m.Next())
    morning.wire.said.clear()
    status = m.Status(online=True, role="screen", software="x", at=NEVER_SET)
    for retained in (True, False):
        morning.hall.receive(Received(status, "screen-1", retained), morning.now)
        told = [(type(said).__name__, said.at) for said, _ in morning.wire.said if isinstance(said, m.Ack | m.Call)]
        assert told == ([] if retained else [("Ack", NINE), ("Call", NINE)])


def test_a_ticket_of_tomorrow_that_stays_one_is_told_to_staff_for_somebody_holds_it(morning):
    fact = m.TicketIssued("A007", MONDAY + DAY, "1.1", NINE + DAY)
    for morning.now in (NINE, NINE + EARLY):
        morning.hear("kiosk-1", m.Fact(1, fact))
    assert "kiosk-1: หมายเลข A007 ไม่เข้าคิว (รวม 1 ใบ)" in alerts(morning)


def test_tickets_of_a_day_that_is_over_are_told_to_staff(morning):
    morning.now += DAY
    morning.arrive("A001")
    morning.arrive("A002")
    assert "kiosk-1: หมายเลข A002 ไม่เข้าคิว (รวม 2 ใบ)" in alerts(morning)


def test_a_voided_number_and_a_late_smiley_are_nobodys_loss(morning):
    morning.now += DAY
    morning.fact("kiosk-1", m.TicketVoided("A001", MONDAY, "1.1", NINE))
    morning.fact("buttons-1", m.Rated("unknown", 2, 5, NINE))
    assert alerts(morning) == ""


def test_a_new_day_begins_without_the_strays_of_the_last(morning):
    morning.arrive("B001")
    assert "B001" in alerts(morning)
    morning.now += DAY
    morning.hall.tick(morning.now)
    assert alerts(morning) == ""


# ---------------------------------------------------------------- any node's
def press(morning, clock_ahead):
    deadline = morning.now + clock_ahead + CENTRE.calling.command_seconds * SECOND
    morning.hear("buttons-1", m.Command(morning.new_id(), 2, deadline, m.Open()))


@pytest.mark.parametrize("ahead", [3 * SECOND, -6 * SECOND])
def test_a_node_whose_presses_are_refused_for_its_clock_is_told_until_its_clock_is_right(morning, ahead):
    press(morning, ahead)
    assert alerts(morning) == "buttons-1: นาฬิกาไม่ตรง กรุณาตรวจสอบวันและเวลา"
    press(morning, 0 * SECOND)
    assert alerts(morning) == ""


@pytest.mark.parametrize(
    ("ahead", "retained", "told"), [(HOUR, False, True), (-HOUR, False, True), (-HOUR, True, False)]
)
def test_a_status_tells_of_a_wrong_clock_unless_the_broker_kept_it(morning, ahead, retained, told):
    status = m.Status(online=True, role="kiosk", software="x", at=NINE + ahead)
    morning.hall.receive(Received(status, "kiosk-1", retained), NINE)
    assert ("นาฬิกาไม่ตรง" in alerts(morning)) == told


def test_a_ticket_given_just_now_shows_that_the_clock_is_right_again_and_an_old_one_shows_nothing(morning):
    morning.hear("kiosk-1", m.Status(online=True, role="kiosk", software="x", at=NINE - HOUR))
    morning.arrive("A001", given=NINE - HOUR)
    assert "นาฬิกาไม่ตรง" in alerts(morning)
    morning.arrive("A002", given=NINE - SECOND)
    assert alerts(morning) == ""


# ---------------------------------------------------------------- the hall's own
def test_a_clock_a_day_ahead_for_a_moment_before_anybody_came_costs_no_day(morning):
    morning.hall.tick(NINE + DAY)
    morning.arrive("A001")
    assert morning.press(m.Next()) == m.Accepted("A001")
    morning.restart()
    assert (morning.hall.today.day, morning.hall.today.tickets["A001"].state) == (MONDAY, "called")
    assert alerts(morning) == ""


def test_a_first_day_begun_by_a_clock_ahead_is_left_and_the_right_one_begins(tmp_path):
    morning = Morning(tmp_path, now=NINE + 3 * DAY)
    morning.now = NINE
    morning.arrive("A001")
    assert morning.press(m.Next()) == m.Accepted("A001")
    morning.restart()
    assert (morning.hall.today.day, morning.outcome("A001")) == (MONDAY, None)
    morning.now += 3 * DAY
    morning.arrive("A001", day=MONDAY + 3 * DAY, given=morning.now)
    morning.restart()
    assert list(morning.hall.today.tickets) == ["A001"]
    morning.ledger.close()


def test_a_day_that_a_clock_ahead_ended_goes_on_and_staff_are_told_whom_it_lost(morning):
    morning.arrive("A001")
    morning.hall.tick(NINE + 10 * HOUR)
    morning.arrive("A002")
    assert morning.press(m.Next()) == m.Accepted("A002")
    assert alerts(morning) == "นาฬิกาเดินล้ำหน้า: 1 หมายเลขหลุดจากคิว กรุณาขานหมายเลขด้วยวาจา"
    before = morning.hall.today
    morning.restart()
    assert morning.hall.today == before
    morning.arrive("A001")
    assert morning.hall.rejected == {"number_used": 1}
    morning.hall.tick(NINE + 10 * HOUR)
    assert alerts(morning) == ""


def test_a_day_of_which_only_late_tickets_were_known_begins_when_the_clock_is_right(morning):
    morning.now += 2 * DAY
    morning.hall.tick(morning.now)
    morning.arrive("A001", day=MONDAY + DAY, given=NINE + DAY)
    morning.now -= DAY
    morning.arrive("A002", day=MONDAY + DAY, given=morning.now)
    assert morning.press(m.Next()) == m.Accepted("A002")
