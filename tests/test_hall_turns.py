"""A kiosk and a hall, their real cores and stores wired to one another, as the calendar turns and clocks are lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hall_script import Wire
from msgspec.structs import replace
from queue_script import CENTRE, ids

from broker import messages as m
from broker.centre import Centre
from broker.clock import Moment
from broker.link import Connected, Disconnected, Received
from broker.office import Hours
from display.hall import Hall
from display.ledger.audit import audit
from display.ledger.ledger import FILE, Ledger
from kiosk import pages
from kiosk.issuer import Issuer
from kiosk.slip import Text, slip
from kiosk.store import KioskStore

ALWAYS = replace(
    CENTRE,
    hours=Hours(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), dt.time(0), dt.time(23, 59), dt.time(23, 59, 59)),
    holidays=(),
)
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
UNSET = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
TURNS = [
    dt.date(2026, 11, 23),
    dt.date(2026, 11, 30),
    dt.date(2026, 12, 31),
    dt.date(2028, 2, 28),
    dt.date(2028, 2, 29),
]


class Pair:
    """``now`` is the true time, which the hall has; ``shows`` is what the kiosk's own clock shows of it."""

    def __init__(self, folder: Path, now: dt.datetime, centre: Centre = ALWAYS) -> None:
        self.folder, self.now, self.born, self.centre = folder, now, now, centre
        self.kept = False  # by a time server, the kiosk's clock
        self.dark = False  # the hall is off
        self.shows: dt.timedelta | dt.datetime = dt.timedelta(0)  # ahead of the truth, or what it showed at its start
        self.boot, self.away, self.papers = 0, False, []
        self.hall_shows = dt.timedelta(0)  # ahead of the truth
        self.words: list[str] = []  # of the latest paper
        self.hall_wire, self.told = Wire(), 0
        self.sent: list[m.Message] = []
        self.ledger = Ledger(folder / FILE)
        self.new_id = ids()
        self.hall = Hall(self.centre, self.ledger, self.hall_wire, self.new_id)
        self.hall.receive(Connected(), now)
        self.start()

    # ------------------------------------------------------------ the kiosk
    @property
    def moment(self) -> Moment:
        steady = (self.now - self.born).total_seconds()
        own = self.now + self.shows if isinstance(self.shows, dt.timedelta) else self.shows + (self.now - self.started)
        began = (self.started - self.born).total_seconds()
        return Moment(steady, own, f"boot {self.boot}", kept=self.kept, began=began)

    def start(self) -> None:
        self.started, self.boot = self.now, self.boot + 1
        self.store = KioskStore.open(self.folder / "kiosk.sqlite", (1, 899))
        self.kiosk = Issuer(self.centre, self.store, self, self, self.moment)
        self.kiosk.begin(self.moment)
        self.kiosk.act(pages.PrinterSeen("ready"), self.moment)
        if not self.away:
            self.join()

    def restart(self, shows: dt.timedelta | dt.datetime) -> None:
        """The power went, and with it what the kiosk knew of the time."""
        self.store.close()
        self.shows = shows
        self.start()

    def card(self) -> bytes:
        """A copy of the kiosk's card."""
        self.store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return (self.folder / "kiosk.sqlite").read_bytes()

    def put_back(self, copy: bytes) -> None:
        self.store.close()
        (self.folder / "kiosk.sqlite").write_bytes(copy)
        self.start()

    # ------------------------------------------------------------ the hall
    @property
    def hall_now(self) -> dt.datetime:
        return self.now + self.hall_shows

    def hall_starts(self, shows: dt.datetime) -> None:
        self.ledger.close()
        self.hall_shows = shows - self.now
        self.ledger = Ledger(self.folder / FILE)
        self.hall = Hall(self.centre, self.ledger, self.hall_wire, self.new_id)
        self.hall.tick(self.hall_now)

    def hall_clock_is_set(self) -> None:
        self.hall_shows = dt.timedelta(0)
        self.hall.tick(self.now)

    # ------------------------------------------------------------ `broker.link.Wire` and `kiosk.issuer.Front`
    def publish(self, message: m.Message, **_: object) -> bool:
        if not self.away:
            self.sent.append(message)
        return not self.away

    def health(self, _health: m.Health) -> None: ...

    def do(self, effect: pages.Effect) -> None:
        if isinstance(effect, pages.Print):
            ticket = effect.ticket
            self.papers.append((ticket.day, ticket.number))
            issued = m.TicketIssued(ticket.number, ticket.day, ticket.service, ticket.given_at)
            self.words = [line.text for line in slip(issued, self.centre, "th") if isinstance(line, Text)]
            self.kiosk.act(pages.Printed(effect.job), self.moment)

    def show(self, _state: pages.State) -> None: ...

    # ------------------------------------------------------------ between the two
    def part(self) -> None:
        self.away = True
        self.kiosk.take(Disconnected("the cable"), self.moment)

    def join(self) -> None:
        self.away = False
        self.hall.receive(Connected(), self.hall_now)
        self.kiosk.take(Connected(), self.moment)
        self.deliver()

    def deliver(self) -> None:
        """What the two have said to one another meanwhile, in turn, until neither says more."""
        for _ in range(100):
            if self.away or not (self.sent or self.told < len(self.hall_wire.said)):
                return
            sent, self.sent = self.sent, []
            for fact in sent:
                self.hall.receive(Received(fact, "kiosk-1", False), self.hall_now)
            said, self.told = self.hall_wire.said[self.told :], len(self.hall_wire.said)
            for message, node in said:
                if isinstance(message, m.Board) or (isinstance(message, m.Ack) and node == "kiosk-1"):
                    self.kiosk.take(Received(message, node or "", False), self.moment)
        raise AssertionError("they never stop talking")

    # ------------------------------------------------------------ what happens
    def at(self, moment: dt.datetime) -> None:
        self.now = moment
        if not self.dark:
            self.hall.tick(self.hall_now)
        self.deliver()
        self.kiosk.tick(self.moment)

    def touch(self, service: str = "1.1") -> tuple[dt.date, str]:
        """Day and number on the paper of whoever touches now."""
        self.at(self.now + dt.timedelta(seconds=10))  # whoever came before has gone
        before = len(self.papers)
        self.kiosk.act(pages.Touched(service), self.moment)
        self.deliver()
        assert len(self.papers) == before + 1, self.kiosk.state.page
        return self.papers[-1]

    def in_line(self) -> list[str]:
        return sorted(number for number, ticket in self.hall.today.tickets.items() if ticket.state == "waiting")

    def rows(self, columns: str) -> list[tuple[object, ...]]:
        return list(self.ledger._connection.execute(f"SELECT {columns} FROM visit ORDER BY day, number"))

    def close(self) -> None:
        self.store.close()
        self.ledger.close()
        assert audit(self.folder / FILE).faults == ()


def pair(tmp_path: Path, day: dt.date, time: dt.time) -> Pair:
    return Pair(tmp_path, dt.datetime.combine(day, time, CENTRE.zone).astimezone(dt.UTC))


@pytest.mark.parametrize("apart", [False, True], ids=["linked", "apart"])
@pytest.mark.parametrize("day", TURNS, ids=str)
def test_a_day_a_month_and_a_year_turn_between_two_tickets(tmp_path: Path, day: dt.date, apart: bool) -> None:
    it = pair(tmp_path, day, dt.time(23, 50))
    if apart:
        it.part()
    before = it.touch()
    it.at(it.now + 20 * MINUTE)
    after = it.touch()
    if apart:
        it.join()
    assert (before, after) == ((day, "A001"), (day + DAY, "A001"))
    assert it.in_line() == ["A001"]
    assert it.rows("day, number, outcome") == [(str(day), "A001", "unserved"), (str(day + DAY), "A001", None)]
    it.close()


@pytest.mark.parametrize(
    "shows", [UNSET, -3 * DAY, 3 * DAY, 400 * DAY], ids=["unset", "days behind", "days ahead", "a year ahead"]
)
def test_a_kiosk_that_starts_with_a_wrong_clock_and_no_hall_loses_nobody_and_doubles_no_number(
    tmp_path: Path, shows: dt.datetime | dt.timedelta
) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    it.part()
    it.restart(shows)
    it.at(it.now + 5 * MINUTE)
    assert it.touch()[1] == "A002"
    given = it.now
    it.at(it.now + 30 * MINUTE)
    it.join()
    assert it.touch() == (TURNS[0], "A003")
    assert it.in_line() == ["A001", "A002", "A003"]
    assert it.rows("issued, guessed")[1] == (given.timestamp(), 0)
    it.close()


def test_the_first_tickets_of_a_morning_without_a_clock_wait_that_morning_not_the_day_before(tmp_path: Path) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    it.part()
    it.at(it.now + DAY)
    it.restart(UNSET)
    assert it.touch() == (TURNS[0], "A002")  # the last day known
    assert [text for text in it.words if "เวลา" in text] == []
    it.at(it.now + MINUTE)
    it.join()
    assert (it.hall.today.day, it.in_line()) == (TURNS[0] + DAY, ["A002"])
    assert it.touch() == (TURNS[0] + DAY, "A003")
    it.close()


def test_a_second_restart_takes_the_time_but_not_the_place_and_no_waiting_time_is_made_of_it(tmp_path: Path) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    it.part()
    it.restart(UNSET)
    it.touch()
    it.at(it.now + 5 * MINUTE)
    it.restart(UNSET)
    it.at(it.now + 5 * MINUTE)
    it.join()
    assert it.in_line() == ["A001", "A002"]
    assert it.rows("number, guessed") == [("A001", 0), ("A002", 1)]
    assert it.hall.today.tickets["A002"].given_at == it.started  # then, or before
    it.close()


def test_a_jump_back_neither_reuses_a_number_nor_opens_a_day_that_is_over(tmp_path: Path) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(23, 50))
    it.touch()
    it.at(it.now + 20 * MINUTE)
    assert it.touch() == (TURNS[0] + DAY, "A001")
    it.part()
    it.restart(-DAY)
    assert it.touch() == (TURNS[0] + DAY, "A002")
    it.join()
    assert (it.hall.today.day, it.in_line()) == (TURNS[0] + DAY, ["A001", "A002"])
    it.close()


WRONG = {
    "unset": UNSET, "a night behind": -20 * 60 * MINUTE, "an hour behind": -60 * MINUTE, "days behind": -3 * DAY,
    "days ahead": 3 * DAY,
}  # fmt: skip


@pytest.mark.parametrize("second", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("first", WRONG.values(), ids=WRONG)
def test_two_starts_with_wrong_clocks_before_the_hall_is_back_lose_nobody_and_keep_the_order(
    tmp_path: Path, first: dt.datetime | dt.timedelta, second: dt.datetime | dt.timedelta
) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    it.at(it.now + 30 * MINUTE)
    it.touch()
    it.part()
    for shows in (first, second):
        it.restart(shows)
        it.at(it.now + 5 * MINUTE)
        it.touch()
    it.join()
    assert it.touch()[1] == "A005"
    assert it.in_line() == ["A001", "A002", "A003", "A004", "A005"]
    line = sorted(it.hall.today.tickets.values(), key=lambda ticket: (ticket.given_at, ticket.number))
    assert [ticket.number for ticket in line] == ["A001", "A002", "A003", "A004", "A005"]
    it.close()


def test_a_clock_that_was_ahead_once_is_not_taken_up_again_at_a_later_start_without_one(tmp_path: Path) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    it.part()
    it.restart(3 * DAY)
    it.touch()
    it.join()
    it.touch()
    it.part()
    it.restart(UNSET)
    assert it.touch() == (TURNS[0], "A004")
    it.join()
    assert it.in_line() == ["A001", "A002", "A003", "A004"]
    it.close()


def test_numbers_that_were_unsure_are_not_given_again_when_a_time_server_is_there_and_the_hall_not_yet(
    tmp_path: Path,
) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    it.at(it.now + DAY)
    it.part()
    it.restart(UNSET)
    assert it.touch()[1] == "A002"
    it.kept = True
    it.restart(dt.timedelta(0))
    assert it.touch() == (TURNS[0] + DAY, "A003")
    it.join()
    assert it.in_line() == ["A002", "A003"]
    it.close()


def test_a_kiosk_of_office_hours_that_starts_with_the_evening_on_its_clock_is_open(tmp_path: Path) -> None:
    it = Pair(tmp_path, dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC), CENTRE)
    it.part()
    it.restart(-16 * 60 * MINUTE)
    assert it.touch()[1] == "A001"
    it.join()
    assert it.in_line() == ["A001"]
    it.close()


def test_tickets_given_while_nobody_had_a_clock_wait_for_the_day_that_begins_when_the_hall_has_one(
    tmp_path: Path,
) -> None:
    it = Pair(tmp_path, dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC), CENTRE)
    it.touch()
    it.at(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))  # seven in the evening: the day is over
    it.part()
    it.dark = True
    it.now += 14 * 60 * MINUTE
    it.restart(UNSET)
    it.touch()
    (fact,) = it.store.outbox.pending(moment=it.moment)
    it.hall.receive(Received(fact, "kiosk-1", False), UNSET)  # nor has the hall
    assert it.rows("number, outcome") == [("A001", "unserved")]
    it.join()
    assert it.in_line() == ["A002"]
    it.close()


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (TURNS[2], "วันที่ 31 ธ.ค. 2569   เวลา 23:50 น.", "วันที่ 1 ม.ค. 2570   เวลา 00:10 น."),
        (TURNS[3], "วันที่ 28 ก.พ. 2571   เวลา 23:50 น.", "วันที่ 29 ก.พ. 2571   เวลา 00:10 น."),
    ],
)
def test_the_paper_bears_the_new_day_of_the_buddhist_year(
    tmp_path: Path, day: dt.date, before: str, after: str
) -> None:
    it = pair(tmp_path, day, dt.time(23, 50))
    it.touch()
    assert before in it.words
    it.at(it.now + 20 * MINUTE)
    it.touch()
    assert after in it.words
    it.close()


def test_the_tickets_of_a_kiosk_keep_their_order_though_the_first_fact_was_long_on_its_way(tmp_path: Path) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.part()
    it.restart(UNSET)
    first, second = it.touch(), it.touch()
    facts = it.store.outbox.pending(moment=it.moment)
    it.now += 18 * SECOND
    it.hall.receive(Received(facts[0], "kiosk-1", False), it.now)
    again = it.store.outbox.pending(moment=it.moment)[1]
    it.hall.receive(Received(again, "kiosk-1", False), it.now)
    given = [it.hall.today.tickets[number].given_at for _, number in (first, second)]
    assert given == [it.now - 10 * SECOND] * 2  # the second one was given 8 s before
    it.join()
    assert it.in_line() == ["A001", "A002"]
    it.close()


def test_when_nobody_knows_the_time_and_the_last_day_is_over_tickets_wait_for_a_clock_not_for_nothing(
    tmp_path: Path,
) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    it.at(dt.datetime.combine(TURNS[0], ALWAYS.hours.day_ends, CENTRE.zone).astimezone(dt.UTC))
    it.part()
    it.now += DAY / 3
    it.hall_starts(UNSET)
    it.restart(UNSET)
    it.join()
    assert it.touch()[1] == "A002"
    assert (it.in_line(), it.rows("number, outcome")) == ([], [("A001", "unserved")])
    given = it.now
    it.at(it.now + MINUTE)
    it.hall_clock_is_set()
    it.join()
    assert (it.hall.today.day, it.in_line()) == (TURNS[0] + DAY, ["A002"])
    assert it.rows("issued, guessed")[1] == (given.timestamp(), 0)
    it.close()


def test_when_nobody_knows_the_time_within_a_day_the_queue_goes_on_and_no_waiting_time_is_made_of_it(
    tmp_path: Path,
) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    it.part()
    it.hall_starts(UNSET)
    it.restart(UNSET)
    it.join()
    it.touch()
    assert (it.in_line(), it.rows("guessed")) == (["A001", "A002"], [(0,), (1,)])
    it.close()


def test_a_card_put_back_from_an_older_copy_goes_on_after_todays_numbers_once_it_heard_the_hall(tmp_path: Path) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    copy = it.card()
    it.touch()
    it.put_back(copy)
    assert it.touch() == (TURNS[0], "A003")
    assert it.in_line() == ["A001", "A002", "A003"]
    it.close()


def test_a_card_put_back_without_the_hall_gives_a_number_twice_and_staff_is_told_which_and_who_is_called(
    tmp_path: Path,
) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    copy = it.card()
    it.at(it.now + MINUTE)
    assert it.touch()[1] == "A002"
    first = it.now
    it.part()
    it.put_back(copy)
    it.at(it.now + MINUTE)
    assert (it.touch()[1], it.touch()[1]) == ("A002", "A003")
    it.join()
    assert it.touch()[1] == "A004"
    assert (it.in_line(), it.hall.today.tickets["A002"].given_at) == (["A001", "A002", "A003", "A004"], first)
    assert it.hall.rejected == {"number_used": 1}
    assert it.hall_wire.last(m.Board).alerts == ("kiosk-1: ออกหมายเลขซ้ำ A002 กรุณาให้ผู้ถือบัตรใบที่ออกทีหลังรับบัตรคิวใหม่",)
    it.close()


def test_a_card_put_back_that_tells_again_what_the_hall_has_alarms_nobody(tmp_path: Path) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    it.part()
    it.touch()
    copy = it.card()
    it.join()
    it.touch()
    it.put_back(copy)
    it.touch()
    assert (it.in_line(), it.hall_wire.last(m.Board).alerts) == (["A001", "A002", "A003", "A004"], ())
    it.close()


def test_a_kiosk_that_starts_twice_with_a_clock_ahead_goes_on_from_its_last_sure_number(tmp_path: Path) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch("1.2")
    it.part()
    it.restart(400 * DAY)
    it.touch("1.1")
    it.restart(400 * DAY)
    assert it.touch("1.2")[1] == "B002"
    it.join()
    assert it.touch("1.1") == (TURNS[0], "A002")
    assert it.in_line() == ["A001", "A002", "B001", "B002"]
    it.close()


@pytest.mark.parametrize("ahead", [3 * DAY, 400 * DAY], ids=str)
def test_a_hall_that_starts_with_a_clock_ahead_loses_no_ticket_that_was_under_way(
    tmp_path: Path, ahead: dt.timedelta
) -> None:
    it = pair(tmp_path, TURNS[0], dt.time(10))
    it.touch()
    it.part()
    it.touch()
    it.hall_starts(it.now + ahead)
    it.join()
    it.hall_clock_is_set()
    it.join()
    assert (it.hall.today.day, it.hall.rejected) == (TURNS[0], {})
    assert [number for (number,) in it.rows("number")] == ["A001", "A002"]
    it.close()
