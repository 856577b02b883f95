"""What a touch does, as sentences; then anything at all, in any order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.centre import DEFAULT, load
from broker.hours import Open, Shut, hours
from broker.messages import ServiceView
from kiosk import flow
from kiosk.pages import (
    BoardChanged,
    CardKnown,
    Closed,
    DayChanged,
    DiskChanged,
    Effect,
    EnterQueue,
    Event,
    Fault,
    Give,
    Home,
    HoursChanged,
    LanguageChosen,
    LinkChanged,
    NoNumberLeft,
    NotGiven,
    NumberGiven,
    NumberTaken,
    PaperFollowed,
    Print,
    Printed,
    PrinterSeen,
    PrintFailed,
    Printing,
    PriorityToggled,
    Restored,
    Rules,
    State,
    Steps,
    StepsOpened,
    Stopped,
    Taken,
    Ticket,
    TimeUp,
    Touched,
    Void,
    Wake,
    WentHome,
)

RULES = Rules("th", ticket_seconds=6, idle_seconds=30, untaken_seconds=60)
LATER = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC)
OPEN, SHUT = Open(LATER), Shut(LATER)
FIRST = Ticket(1, "A001", "1.1", LATER.date(), LATER)
BOARD = BoardChanged((ServiceView(service="1.1", open=True, waiting=4, estimate=600),))


@dataclass
class Kiosk:
    """The flow with a store that always has the next number (until ``left`` runs out), and a list of all effects."""

    state: State = field(default_factory=lambda: flow.start(RULES, OPEN))
    done: list[Effect] = field(default_factory=list)
    left: int = 999

    def __call__(self, *events: Event) -> Kiosk:
        for event in events:
            self.state, effects = flow.step(RULES, self.state, event)
            self.done += effects
            for effect in effects:
                if isinstance(effect, Give):
                    self(self._give(effect))
        return self

    def _give(self, wish: Give) -> Event:
        key = len(self.of(Give))
        if key > self.left:
            return NoNumberLeft(wish.service)
        return NumberGiven(
            Ticket(key, f"A{key:03}", wish.service, LATER.date(), LATER, wish.priority, wish.ahead, wish.estimate)
        )

    def of(self, *kinds: type[Effect]) -> list[Effect]:
        return [effect for effect in self.done if isinstance(effect, kinds)]

    @property
    def job(self) -> int:
        return self.state.jobs

    @property
    def turn(self) -> int:
        return self.state.turn

    def shows(self, page: type) -> bool:
        return isinstance(self.state.page, page)


def at_fault() -> Kiosk:
    kiosk = Kiosk()(Touched("1.1"))
    return kiosk(PrintFailed(kiosk.job, "paper_out"))


def printed() -> Kiosk:
    kiosk = Kiosk()(Touched("1.1"))
    return kiosk(Printed(kiosk.job))


# ---------------------------------------------------------------- a good day
def test_one_touch_gives_a_number_and_prints_it() -> None:
    kiosk = Kiosk()(Touched("1.1"))
    assert kiosk.shows(Printing)
    assert [type(effect) for effect in kiosk.done] == [Give, Print]


def test_a_ticket_enters_the_queue_when_the_printer_says_that_it_printed() -> None:
    assert Kiosk()(Touched("1.1")).of(EnterQueue) == []
    assert printed().of(EnterQueue) == [EnterQueue(FIRST, paper=True)]


def test_take_your_ticket_goes_home_by_itself() -> None:
    kiosk = printed()
    assert kiosk.done[-1] == Wake(kiosk.turn, RULES.ticket_seconds)
    assert kiosk(TimeUp(kiosk.turn)).shows(Home)


def test_a_second_touch_while_printing_gives_nothing() -> None:
    kiosk = Kiosk()(Touched("1.1"), Touched("1.1"), Touched("1.2"))
    assert len(kiosk.of(Give)) == 1


def test_the_next_citizen_finds_the_first_language_and_no_priority() -> None:
    kiosk = Kiosk()(LanguageChosen("en"), PriorityToggled(), Touched("1.1"))
    kiosk(Printed(kiosk.job))
    assert kiosk.state.language == "en"
    kiosk(TimeUp(kiosk.turn))
    assert (kiosk.state.language, kiosk.state.priority) == ("th", False)


def test_priority_goes_with_the_next_number() -> None:
    assert Kiosk()(PriorityToggled(), Touched("1.1")).of(Give) == [Give("1.1", True, None, None)]


def test_the_ticket_says_how_many_wait_when_the_hall_has_told() -> None:
    assert Kiosk()(LinkChanged(True), BOARD, Touched("1.1")).of(Give) == [Give("1.1", False, 4, 600)]


def test_an_untouched_page_goes_home_in_the_first_language() -> None:
    kiosk = Kiosk()(LanguageChosen("en"), StepsOpened("1.2"))
    assert kiosk.shows(Steps)
    assert kiosk.done[-1] == Wake(kiosk.turn, RULES.idle_seconds)
    kiosk(TimeUp(kiosk.turn))
    assert kiosk.shows(Home)
    assert kiosk.state.language == "th"


def test_each_touch_begins_the_idle_time_anew() -> None:
    kiosk = Kiosk()(LanguageChosen("en"))
    old = kiosk.turn
    kiosk(PriorityToggled(), TimeUp(old))
    assert kiosk.state.language == "en"


def test_back_from_the_steps_keeps_the_citizens_language() -> None:
    assert Kiosk()(LanguageChosen("en"), StepsOpened("1.1"), WentHome()).state.language == "en"


def test_a_number_can_be_taken_on_the_page_of_steps() -> None:
    assert Kiosk()(StepsOpened("1.3"), Touched("1.3")).shows(Printing)


# ---------------------------------------------------------------- the printer
def test_a_failed_print_shows_the_number_and_enters_nothing() -> None:
    kiosk = at_fault()
    assert kiosk.state.page == Fault(FIRST, "paper_out")
    assert kiosk.of(EnterQueue, Void) == []


def test_the_number_taken_from_the_screen_enters_the_queue_without_paper() -> None:
    kiosk = at_fault()(NumberTaken(), NumberTaken())
    assert kiosk.of(EnterQueue) == [EnterQueue(FIRST, paper=False)]


def test_a_number_that_nobody_takes_is_voided() -> None:
    kiosk = at_fault()
    assert kiosk.done[-1] == Wake(kiosk.turn, RULES.untaken_seconds)
    kiosk(TimeUp(kiosk.turn))
    assert kiosk.of(Void) == [Void(FIRST)]
    assert kiosk.shows(Home)


def test_the_same_number_is_reprinted_as_a_copy_once_the_printer_is_mended() -> None:
    kiosk = at_fault()(PrinterSeen("paper_out"), PrinterSeen("cover_open"), PrinterSeen("ready"))
    assert kiosk.of(Print)[-1] == Print(2, FIRST, "th", copy=True)
    kiosk(Printed(kiosk.job))
    assert kiosk.of(EnterQueue) == [EnterQueue(FIRST, paper=True)]
    assert len(kiosk.of(Give)) == 1


def test_a_printer_that_never_says_so_does_not_empty_its_roll() -> None:
    kiosk = at_fault()
    for _ in range(9):
        kiosk(PrinterSeen("ready"), PrintFailed(kiosk.job, "silent"))
    assert len(kiosk.of(Print)) == 1 + flow.MAX_COPIES
    assert kiosk.shows(Fault)


def test_mended_after_the_number_was_taken_prints_while_its_page_is_there() -> None:
    kiosk = at_fault()(NumberTaken(), PrinterSeen("ready"))
    kiosk(Printed(kiosk.job))
    assert kiosk.of(PaperFollowed) == [PaperFollowed(FIRST)]
    assert len(kiosk.of(EnterQueue)) == 1
    assert kiosk.state.page == Taken(FIRST, paper=True)


def test_mended_after_the_citizen_left_prints_nothing() -> None:
    kiosk = at_fault()(NumberTaken())
    kiosk(TimeUp(kiosk.turn), PrinterSeen("ready"))
    assert len(kiosk.of(Print)) == 1


def test_a_page_whose_copy_is_being_printed_stays() -> None:
    kiosk = at_fault()(NumberTaken())
    old = kiosk.turn
    kiosk(PrinterSeen("ready"), TimeUp(old), WentHome())
    assert kiosk.shows(Taken)
    kiosk(PrintFailed(kiosk.job, "silent"))
    assert kiosk(TimeUp(kiosk.turn)).shows(Home)


def test_the_printers_word_about_another_job_changes_nothing() -> None:
    kiosk = Kiosk()(Touched("1.1"))
    kiosk(Printed(kiosk.job + 1), Printed(0))
    assert kiosk.shows(Printing)


def test_a_kiosk_known_to_be_out_of_paper_still_gives_numbers() -> None:
    assert Kiosk()(PrinterSeen("paper_out"), Touched("1.1")).of(Give)


# ---------------------------------------------------------------- closed, used up, alone
def test_out_of_hours_a_touch_gives_nothing() -> None:
    kiosk = Kiosk()(HoursChanged(SHUT), Touched("1.1"))
    assert kiosk.shows(Closed)
    assert kiosk.of(Give) == []


def test_the_closed_page_opens_with_the_hours() -> None:
    assert Kiosk()(HoursChanged(SHUT), HoursChanged(OPEN)).shows(Home)


def test_closing_time_serves_to_the_end_who_has_touched() -> None:
    kiosk = at_fault()(HoursChanged(SHUT), NumberTaken())
    assert len(kiosk.of(EnterQueue)) == 1
    assert kiosk(TimeUp(kiosk.turn)).shows(Closed)


def test_a_closed_service_gives_nothing_and_the_others_go_on() -> None:
    shut = BoardChanged((ServiceView(service="1.1", open=False, waiting=2),))
    kiosk = Kiosk()(LinkChanged(True), shut, Touched("1.1"))
    assert kiosk.of(Give) == []
    assert kiosk(Touched("1.2")).of(Give)


def test_what_the_hall_closed_stays_closed_while_it_is_away() -> None:
    shut = BoardChanged((ServiceView(service="1.1", open=False, waiting=2),))
    assert not Kiosk()(LinkChanged(True), shut, LinkChanged(False)).state.gives("1.1")


def test_waiting_counts_are_unknown_while_the_hall_is_away() -> None:
    kiosk = Kiosk()(LinkChanged(True), BOARD)
    assert kiosk.state.waiting("1.1") == BOARD.services[0]
    assert kiosk(LinkChanged(False)).state.waiting("1.1") is None


def test_numbers_are_given_while_the_hall_is_away() -> None:
    assert Kiosk()(LinkChanged(False), Touched("1.1")).of(Give)


def test_no_number_left_closes_that_service_until_the_next_day() -> None:
    kiosk = Kiosk(left=0)(Touched("1.1"))
    assert kiosk.shows(Home)
    assert not kiosk.state.gives("1.1")
    assert kiosk.state.gives("1.2")
    assert kiosk(DayChanged()).state.gives("1.1")


# ---------------------------------------------------------------- another day, a card that fails, a power cut
OTHER_DAY = BoardChanged(None)


def test_no_number_is_given_while_the_hall_is_in_another_day() -> None:
    kiosk = Kiosk()(LinkChanged(True), OTHER_DAY, Touched("1.1"))
    assert kiosk.shows(Stopped)
    assert kiosk.of(Give) == []
    assert kiosk(BOARD).shows(Home)


def test_a_hall_that_is_away_has_no_say_about_the_day() -> None:
    kiosk = Kiosk()(OTHER_DAY)
    assert kiosk.shows(Home)
    assert kiosk(LinkChanged(True)).shows(Stopped)
    assert kiosk(LinkChanged(False), Touched("1.1")).of(Give)


def test_out_of_hours_is_closed_whatever_the_day() -> None:
    kiosk = Kiosk()(LinkChanged(True), OTHER_DAY, HoursChanged(SHUT))
    assert kiosk.shows(Closed)
    assert kiosk(HoursChanged(OPEN)).shows(Stopped)


def test_a_citizen_who_has_a_number_is_served_to_the_end_although_the_day_differs() -> None:
    kiosk = at_fault()(LinkChanged(True), OTHER_DAY, NumberTaken())
    assert len(kiosk.of(EnterQueue)) == 1
    assert kiosk(TimeUp(kiosk.turn)).shows(Stopped)


def test_a_number_that_cannot_be_kept_is_not_given_until_the_card_works_again() -> None:
    state, effects = flow.step(RULES, flow.start(RULES, OPEN), Touched("1.1"))
    assert isinstance(effects[0], Give)
    kiosk = Kiosk(state)(DiskChanged(False), NotGiven())
    assert kiosk.shows(Stopped)
    assert kiosk(Touched("1.1")).of(Give) == []
    assert kiosk(DiskChanged(True)).shows(Home)


def test_a_new_card_gives_no_number_until_the_hall_has_told_which_were_given_today() -> None:
    kiosk = Kiosk(flow.start(RULES, OPEN))(CardKnown(False))
    assert kiosk.shows(Stopped)
    assert kiosk(Touched("1.1")).of(Give) == []
    assert kiosk(CardKnown(True)).shows(Home)


def test_a_card_that_fails_only_for_a_moment_lets_the_citizen_touch_again() -> None:
    state, _effects = flow.step(RULES, flow.start(RULES, OPEN), Touched("1.1"))
    assert Kiosk(state)(NotGiven()).shows(Home)


@pytest.mark.parametrize("held", [OPEN, SHUT])
def test_a_young_number_is_back_on_the_screen_after_a_power_cut(held: Open | Shut) -> None:
    kiosk = Kiosk(flow.start(RULES, held))(Restored(FIRST))
    assert kiosk.state.page == Fault(FIRST, "unknown")
    assert kiosk.done == [Wake(kiosk.turn, RULES.untaken_seconds)]
    assert kiosk(NumberTaken()).of(EnterQueue) == [EnterQueue(FIRST, paper=False)]


def test_a_restored_number_is_printed_as_a_copy_once_the_printer_is_well() -> None:
    kiosk = Kiosk()(Restored(FIRST), PrinterSeen("ready"))
    assert kiosk.of(Print) == [Print(kiosk.job, FIRST, "th", copy=True)]
    assert kiosk(Printed(kiosk.job)).of(EnterQueue) == [EnterQueue(FIRST, paper=True)]


def test_a_restored_number_that_nobody_takes_is_voided() -> None:
    kiosk = Kiosk()(Restored(FIRST))
    assert kiosk(TimeUp(kiosk.turn)).of(Void) == [Void(FIRST)]


# ---------------------------------------------------------------- hours
CENTRE = load(DEFAULT)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23T08:29:59", Shut(dt.datetime(2026, 11, 23, 8, 30, tzinfo=CENTRE.zone))),
        ("2026-11-23T08:30:00", Open(dt.datetime(2026, 11, 23, 16, 30, tzinfo=CENTRE.zone))),
        ("2026-11-23T16:30:00", Shut(dt.datetime(2026, 11, 24, 8, 30, tzinfo=CENTRE.zone))),
        ("2026-11-27T17:00:00", Shut(dt.datetime(2026, 11, 30, 8, 30, tzinfo=CENTRE.zone))),
    ],
)
def test_hours_hold_from_opening_until_closing_and_over_the_weekend(now: str, expected: Open | Shut) -> None:
    assert hours(dt.datetime.fromisoformat(now).replace(tzinfo=CENTRE.zone), CENTRE.hours) == expected


# ---------------------------------------------------------------- anything, in any order
EVENTS = st.one_of(
    st.sampled_from(["1.1", "1.2", "1.3"]).map(Touched),
    st.sampled_from(["th", "en"]).map(LanguageChosen),
    st.just(PriorityToggled()),
    st.just(StepsOpened("1.1")),
    st.just(WentHome()),
    st.just(NumberTaken()),
    st.sampled_from([OPEN, SHUT]).map(HoursChanged),
    st.just(DayChanged()),
    st.booleans().map(lambda up: BoardChanged((ServiceView(service="1.1", open=up, waiting=1),))),
    st.booleans().map(LinkChanged),
    st.booleans().map(DiskChanged),
    st.booleans().map(CardKnown),
    st.just(OTHER_DAY),
    st.sampled_from(["ready", "near_end", "paper_out", "silent"]).map(PrinterSeen),
    st.integers(0, 20).map(TimeUp),
    st.sampled_from(["time", "printed", "failed"]),
)


def live(kiosk: Kiosk, events: Iterable[Event | str]) -> None:
    """Some events name what is under way: this page's timer, the job at the printer."""
    for event in events:
        if event == "time":
            kiosk(TimeUp(kiosk.turn))
        elif event == "printed":
            kiosk(Printed(kiosk.job))
        elif event == "failed":
            kiosk(PrintFailed(kiosk.job, "unknown"))
        else:
            kiosk(event)  # type: ignore[arg-type]


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=40))
def test_every_number_given_is_issued_or_voided_once_and_the_kiosk_always_gets_home(events: list[Event | str]) -> None:
    kiosk = Kiosk()
    live(kiosk, events)
    live(kiosk, ["failed", "time", "time"])  # a job ends, its page's time ends
    assert isinstance(kiosk.state.page, Home | Closed | Stopped)
    settled = [effect.ticket.key for effect in kiosk.of(EnterQueue, Void)]  # type: ignore[union-attr]
    given_out = list(range(1, len(kiosk.of(Give)) + 1))
    assert sorted(settled) == given_out


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=40))
def test_only_a_touch_gives_a_number_and_never_two(events: list[Event | str]) -> None:
    kiosk = Kiosk()
    for event in events:
        before = len(kiosk.of(Give))
        live(kiosk, [event])
        assert len(kiosk.of(Give)) - before <= isinstance(event, Touched)


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=40))
def test_every_page_that_must_be_left_has_a_timer_that_counts(events: list[Event | str]) -> None:
    kiosk = Kiosk()
    live(kiosk, events)
    page = kiosk.state.page
    timed = isinstance(page, Steps | Fault) or (isinstance(page, Taken) and not page.job)
    assert not timed or kiosk.turn in {wake.turn for wake in kiosk.of(Wake)}  # type: ignore[union-attr]
