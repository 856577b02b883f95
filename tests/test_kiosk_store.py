"""The kiosk's numbers survive whatever happens between the touch and the paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from broker.centre import DEFAULT, load
from broker.clock import Moment, Since
from broker.messages import TicketIssued, TicketVoided
from kiosk.numbering import NoneLeft
from kiosk.store import KEPT, STILL_NEAR, Given, KioskStore

CENTRE = load(DEFAULT)
INFORMATION, ONE_STOP = CENTRE.service("1.1"), CENTRE.service("1.3")
MONDAY = dt.date(2026, 11, 23)
TUESDAY = MONDAY + dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 23, 2, 7, tzinfo=dt.UTC)


def at(now: dt.datetime, steady: float = 0.0, boot: str = "this") -> Moment:
    return Moment(steady, now, boot)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kiosk.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[KioskStore]:
    store = KioskStore.open(path, (1, 999))
    yield store
    store.close()


def touch(store: KioskStore, day: dt.date = MONDAY, priority: bool = False) -> Given:
    given = store.give(INFORMATION, priority, NOW, store.day(day))
    assert isinstance(given, Given)
    return given


def facts(store: KioskStore) -> list[TicketIssued | TicketVoided]:
    return [fact.fact for fact in store.outbox.pending()]  # type: ignore[misc]


def test_a_number_is_on_disk_before_give_returns(store: KioskStore, path: Path) -> None:
    touch(store)
    other = KioskStore.open(path, (1, 999))  # what another connection reads was committed
    assert touch(other).number == "A002"


def test_what_the_citizen_was_told_to_wait_goes_to_the_hall_with_the_number(store: KioskStore) -> None:
    given = store.give(INFORMATION, False, NOW, MONDAY, estimate=600)
    assert isinstance(given, Given)
    store.enter(given.key, paper=True)
    store.enter(touch(store).key, paper=True)
    assert [fact.estimate for fact in facts(store) if isinstance(fact, TicketIssued)] == [600, None]


def test_each_service_counts_for_itself(store: KioskStore) -> None:
    touch(store)
    other = store.give(ONE_STOP, False, NOW, MONDAY)
    assert isinstance(other, Given)
    assert other.number == "R001"


def test_a_new_day_begins_anew(store: KioskStore) -> None:
    touch(store)
    assert touch(store, TUESDAY).number == "A001"


def test_a_clock_that_jumps_back_goes_on_in_the_last_day(store: KioskStore) -> None:
    touch(store, TUESDAY)
    back = touch(store, MONDAY)
    assert (back.number, back.day) == ("A002", TUESDAY)


def test_a_number_given_is_no_fact_yet(store: KioskStore) -> None:
    touch(store)
    assert facts(store) == []


def test_a_printed_number_enters_the_queue_by_its_paper(store: KioskStore) -> None:
    store.enter(touch(store, priority=True).key, paper=True)
    assert facts(store) == [
        TicketIssued(number="A001", day=MONDAY, service="1.1", given_at=NOW, priority=True, proof="paper")
    ]


def test_a_number_taken_from_the_screen_enters_the_queue_by_that(store: KioskStore) -> None:
    store.enter(touch(store).key, paper=False)
    assert facts(store) == [TicketIssued(number="A001", day=MONDAY, service="1.1", given_at=NOW, proof="screen")]


def test_a_number_that_nobody_took_is_voided_and_never_given_again(store: KioskStore) -> None:
    store.void(touch(store).key)
    assert facts(store) == [TicketVoided(number="A001", day=MONDAY, service="1.1", given_at=NOW, why="not_taken")]
    assert touch(store).number == "A002"


def test_a_number_is_settled_once(store: KioskStore) -> None:
    key = touch(store).key
    store.enter(key, paper=True)
    with pytest.raises(ValueError, match="not open"):
        store.void(key)
    assert len(facts(store)) == 1


def test_none_left_is_a_value_and_gives_nothing(path: Path) -> None:
    store = KioskStore.open(path, (1, 1))
    touch(store)
    assert store.give(INFORMATION, False, NOW, MONDAY) == NoneLeft("A")


def test_a_hall_that_agrees_with_the_clock_outweighs_a_day_that_a_wrong_clock_made(store: KioskStore) -> None:
    touch(store, TUESDAY)
    assert store.day(MONDAY) == TUESDAY
    assert store.day(MONDAY, hall=MONDAY) == MONDAY
    assert store.day(MONDAY, hall=MONDAY - dt.timedelta(days=1)) == TUESDAY


def test_a_new_card_begins_after_the_numbers_that_the_hall_knows_of_today(store: KioskStore) -> None:
    store.numbers_used(MONDAY, {"A": 56})
    assert touch(store).number == "A057"
    assert touch(store).number == "A058"
    other = store.give(ONE_STOP, False, NOW, MONDAY)
    assert isinstance(other, Given)
    assert other.number == "R001"


def test_what_the_hall_knows_of_yesterday_means_nothing_today(store: KioskStore) -> None:
    store.numbers_used(MONDAY, {"A": 56})
    assert touch(store, TUESDAY).number == "A001"


def test_the_hall_may_know_less_than_this_card(store: KioskStore) -> None:
    touch(store)
    touch(store)
    store.numbers_used(MONDAY, {"A": 1})
    assert touch(store).number == "A003"


def test_a_number_that_is_young_at_a_restart_stays_open_for_its_citizen(store: KioskStore, path: Path) -> None:
    given = touch(store)
    store.close()
    again = KioskStore.open(path, (1, 999))
    assert again.settle(at(NOW + STILL_NEAR / 2)) == given
    assert facts(again) == []
    again.enter(given.key, paper=True)
    assert [type(fact) for fact in facts(again)] == [TicketIssued]


def test_long_after_a_power_cut_between_number_and_paper_the_number_is_voided(store: KioskStore, path: Path) -> None:
    touch(store)
    store.close()
    again = KioskStore.open(path, (1, 999))
    assert again.settle(at(NOW + STILL_NEAR)) is None
    assert [type(fact) for fact in facts(again)] == [TicketVoided]
    assert touch(again).number == "A002"


def test_after_a_power_cut_behind_the_paper_nothing_is_left_to_settle(store: KioskStore, path: Path) -> None:
    store.enter(touch(store).key, paper=True)
    store.close()
    again = KioskStore.open(path, (1, 999))
    assert again.settle(at(NOW)) is None
    assert [type(fact) for fact in facts(again)] == [TicketIssued]


def test_a_power_cut_while_settling_settles_each_number_once(store: KioskStore, path: Path) -> None:
    first, _second = touch(store), touch(store)
    store.void(first.key, "power_cut")  # the power goes again after the first
    store.close()
    again = KioskStore.open(path, (1, 999))
    assert again.settle(at(NOW + STILL_NEAR)) is None
    assert len(facts(again)) == 2


def test_paper_is_owed_until_it_followed(store: KioskStore) -> None:
    given = touch(store)
    store.enter(given.key, paper=False)
    assert store.unprinted() == 1
    store.paper_followed(given.key)
    assert store.unprinted() == 0


def test_a_mended_printer_owes_nothing_to_those_who_left(store: KioskStore) -> None:
    store.enter(touch(store).key, paper=False)
    touch(store)  # still before the kiosk
    store.forgive()
    assert store.unprinted() == 1


def test_a_trial_write_reaches_the_card_and_changes_nothing(store: KioskStore, path: Path) -> None:
    store.enter(touch(store).key, paper=True)
    log = path.with_name(path.name + "-wal")
    before, told = log.stat().st_size, facts(store)
    store.write()
    assert log.stat().st_size > before
    assert facts(store) == told


class PowerCuts(RuleBasedStateMachine):
    """Whatever is done and wherever the power goes: each number once, each with one fact or still open."""

    @initialize()
    def begin(self) -> None:
        self.disk = KioskStore.open(Path(":memory:"), (1, 999))
        self.open: list[Given] = []
        self.seen: set[tuple[dt.date, str]] = set()

    @rule(ahead=st.integers(-2, 2))
    def touched(self, ahead: int) -> None:
        given = self.disk.give(INFORMATION, False, NOW, self.disk.day(MONDAY + dt.timedelta(days=ahead)))
        assert isinstance(given, Given)
        assert (given.day, given.number) not in self.seen
        self.seen.add((given.day, given.number))
        self.open.append(given)

    @precondition(lambda self: self.open)
    @rule(paper=st.booleans())
    def held(self, paper: bool) -> None:
        self.disk.enter(self.open.pop().key, paper=paper)

    @precondition(lambda self: self.open)
    @rule()
    def left_behind(self) -> None:
        self.disk.void(self.open.pop(0).key)

    @rule()
    def power_cut(self) -> None:
        young = max(self.open, key=lambda given: given.key, default=None)
        assert self.disk.settle(at(NOW)) == young
        self.open = [young] if young else []

    def teardown(self) -> None:
        facts = [fact.fact for fact in self.disk.outbox.pending(1000)]
        told = {(fact.day, fact.number) for fact in facts}  # type: ignore[union-attr]
        assert len(told) == len(facts)
        assert told == self.seen - {(given.day, given.number) for given in self.open}


PowerCuts.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestPowerCuts = PowerCuts.TestCase


# ---------------------------------------------------------------- without a clock
def test_while_the_time_is_unsure_numbers_go_on_from_the_last_day_known(store: KioskStore) -> None:
    touch(store)
    unset = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    day = store.day(unset.date())
    unsure = store.give(INFORMATION, False, unset, day, Since("this", 9.0), sure=False)
    assert isinstance(unsure, Given)
    assert (unsure.day, unsure.number) == (MONDAY, "A002")
    store.enter(unsure.key, paper=True)
    assert facts(store)[-1].unsure


def test_a_clock_ahead_that_nobody_confirms_begins_no_new_count(store: KioskStore) -> None:
    touch(store)
    ahead = NOW + dt.timedelta(days=400)
    unsure = store.give(INFORMATION, False, ahead, store.day(ahead.date()), Since("this", 9.0), sure=False)
    assert isinstance(unsure, Given)
    assert (unsure.day, unsure.number) == (ahead.date(), "A002")
    back = store.give(INFORMATION, False, NOW, store.day(NOW.date(), hall=NOW.date()), Since("this", 60.0))
    assert isinstance(back, Given)
    assert (back.day, back.number) == (MONDAY, "A003")  # the hall will find the other one to be of today


def test_a_number_is_young_by_the_steady_clock_where_the_other_one_was_set_meanwhile(
    store: KioskStore, path: Path
) -> None:
    given = store.give(INFORMATION, False, NOW - dt.timedelta(days=9), MONDAY, Since("this", 9.0), sure=False)
    store.close()
    again = KioskStore.open(path, (1, 999))
    assert again.settle(at(NOW, 60.0)) == given
    again.close()


def test_the_store_keeps_so_many_numbers_and_never_one_that_is_open(store: KioskStore) -> None:
    with store._connection:
        store._connection.executemany(
            "INSERT INTO number (day, number, service, priority, given_at, state, paper_owed)"
            " VALUES (?, ?, '1.1', 0, '', ?, 0)",
            [(str(n // 900), f"B{n % 900:03}", "given" if n == 5 else "printed") for n in range(KEPT + 50)],
        )
    touch(store)
    assert store._connection.execute("SELECT count(*) FROM number").get == KEPT + 1


@pytest.mark.parametrize("ahead", [dt.timedelta(0), dt.timedelta(days=400)], ids=["the same day", "a clock far ahead"])
def test_a_new_card_that_heard_the_hall_knows_its_numbers_after_a_restart_without_it(
    store: KioskStore, path: Path, ahead: dt.timedelta
) -> None:
    store.numbers_used(MONDAY, {"A": 56})
    store.close()
    again = KioskStore.open(path, (1, 999))
    given = again.give(INFORMATION, False, NOW + ahead, again.day(MONDAY + ahead), Since("this", 1.0), sure=False)
    assert isinstance(given, Given)
    assert given.number == "A057"
    again.close()


def test_a_card_that_gave_all_that_the_hall_knows_writes_nothing_for_it(store: KioskStore, path: Path) -> None:
    touch(store)
    before = store._connection.total_changes()
    store.numbers_used(MONDAY, {"A": 1})
    assert store._connection.total_changes() == before


def test_a_number_costs_no_more_after_a_month_than_on_the_first_day(store: KioskStore) -> None:
    steps = []

    def cost(day: dt.date) -> int:
        steps.clear()
        touch(store, day)
        return len(steps)

    store._connection.set_progress_handler(lambda: bool(steps.append(1)), 10)  # each 10 steps of SQLite's machine
    touch(store)
    first = cost(MONDAY)
    for day in range(30):
        for _ in range(20):
            touch(store, MONDAY + dt.timedelta(days=day))
    later = MONDAY + dt.timedelta(days=30)
    touch(store, later)
    assert cost(later) <= 1.5 * first
