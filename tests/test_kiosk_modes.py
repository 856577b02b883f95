"""What a citizen may ask of the glass: how long it lasts, and how a spoken page is used."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.centre import DEFAULT, load
from broker.hours import Open, Shut
from kiosk import flow
from kiosk.pages import (
    MODES,
    Closed,
    Effect,
    Event,
    Explored,
    Fault,
    Give,
    Home,
    HoursChanged,
    Hush,
    LanguageChosen,
    Mode,
    ModeToggled,
    NumberGiven,
    NumberTaken,
    Printed,
    PrinterSeen,
    PrintFailed,
    PriorityToggled,
    Rules,
    Say,
    State,
    Steps,
    StepsOpened,
    Stopped,
    Taken,
    Ticket,
    TimeUp,
    Touched,
    VoicesKnown,
    Wake,
)
from kiosk.view import view

CENTRE = load(DEFAULT)
RULES = Rules("th", ticket_seconds=6, idle_seconds=30, untaken_seconds=60)
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=CENTRE.zone)
TICKET = Ticket(1, "A001", "1.1", NOW.date(), NOW)
VOICES = VoicesKnown(frozenset({"th", "en"}))
LISTEN = ModeToggled("spoken")


class Kiosk:
    """The flow, and what it asked for since the last event."""

    def __init__(self, *events: Event) -> None:
        self.state = flow.start(RULES, Open(NOW))
        self.asked: tuple[Effect, ...] = ()
        for event in events:
            self(event)

    def __call__(self, event: Event) -> Kiosk:
        self.state, self.asked = flow.step(RULES, self.state, event)
        if any(isinstance(effect, Give) for effect in self.asked):
            asked = self.asked
            self(NumberGiven(TICKET))
            self.asked = (*asked, *self.asked)
        return self

    def explore(self, target: str, wish: Event | None, at: float) -> Kiosk:
        return self(Explored(target, wish, at))

    @property
    def wake(self) -> float:
        return next(effect.seconds for effect in self.asked if isinstance(effect, Wake))


# ---------------------------------------------------------------- how long a wish lasts
@pytest.mark.parametrize("mode", MODES)
def test_the_same_button_asks_for_a_mode_and_takes_it_back(mode: Mode) -> None:
    kiosk = Kiosk(VOICES, ModeToggled(mode))
    assert kiosk.state.modes == {mode}
    assert kiosk(ModeToggled(mode)).state.modes == frozenset()


def test_the_next_citizen_finds_the_glass_as_it_was() -> None:
    kiosk = Kiosk(VOICES, *(ModeToggled(mode) for mode in MODES))
    assert kiosk(TimeUp(kiosk.state.turn)).state.modes == frozenset()
    assert Hush() in kiosk.asked


def test_what_was_asked_for_stays_from_the_touch_until_the_ticket_is_taken() -> None:
    kiosk = Kiosk(ModeToggled("large"), Touched("1.1"))
    kiosk(Printed(kiosk.state.jobs))
    assert kiosk.state.modes == {"large"}
    assert kiosk(TimeUp(kiosk.state.turn)).state.modes == frozenset()


def test_every_page_waits_twice_as_long_for_who_asked_for_anything() -> None:
    assert Kiosk(StepsOpened("1.1")).wake == RULES.idle_seconds
    kiosk = Kiosk(ModeToggled("contrast"), StepsOpened("1.1"))
    assert kiosk.wake == 2 * RULES.idle_seconds
    kiosk(Touched("1.1"))
    assert kiosk(Printed(kiosk.state.jobs)).wake == 2 * RULES.ticket_seconds


@pytest.mark.parametrize("page", [Fault(TICKET, "silent"), Taken(TICKET, paper=True)])
def test_a_mode_changes_the_look_of_a_ticket_under_way_but_not_its_time(page: Fault | Taken) -> None:
    state = replace(Kiosk().state, page=page)
    after, asked = flow.step(RULES, state, ModeToggled("large"))
    assert (after.modes, after.turn, asked) == ({"large"}, state.turn, ())


@pytest.mark.parametrize("page", [Home(), Steps("1.1"), Closed(), Stopped()])
def test_a_mode_can_be_asked_for_on_every_page_that_waits_and_begins_its_time_anew(page: Home) -> None:
    after, asked = flow.step(RULES, replace(Kiosk().state, page=page), ModeToggled("low"))
    assert after.modes == {"low"}
    assert [effect.seconds for effect in asked if isinstance(effect, Wake)] == [60]


# ---------------------------------------------------------------- what the bar offers
def choices(state: State, always: frozenset[Mode] = frozenset()) -> list[str]:
    return [choice.name for choice in view(state, CENTRE, always).choices]


def test_the_bar_offers_the_other_language_and_every_mode_but_no_voice_where_there_is_none() -> None:
    assert choices(Kiosk().state) == ["language", "large", "contrast", "low"]
    assert choices(Kiosk(VOICES).state) == ["language", *MODES]
    assert choices(Kiosk(VoicesKnown(frozenset({"en"}))).state) == ["language", "large", "contrast", "low"]


def test_a_kiosk_that_is_always_low_does_not_offer_it() -> None:
    assert "low" not in choices(Kiosk().state, frozenset({"low"}))


def test_large_text_makes_room_by_leaving_out_the_second_language_and_what_is_less_needed() -> None:
    page = view(Kiosk(ModeToggled("large")).state, CENTRE)
    assert page.title[1] == ""
    assert [(tile.name[1], tile.points, tile.expected) for tile in page.tiles] == [("", "", "")] * 3


# ---------------------------------------------------------------- a spoken page
def test_a_page_is_read_when_a_voice_is_asked_for_and_whenever_another_opens() -> None:
    kiosk = Kiosk(VOICES, LISTEN)
    assert Say() in kiosk.asked
    assert Say() in kiosk(StepsOpened("1.1")).asked
    assert Say() in kiosk(LanguageChosen("en")).asked
    assert Say() in kiosk(Touched("1.1")).asked
    assert Say() in kiosk(Printed(kiosk.state.jobs)).asked


def test_nothing_is_said_where_nobody_asked() -> None:
    kiosk = Kiosk(VOICES, StepsOpened("1.1"), Touched("1.1"))
    said = [effect for effect in kiosk.asked if isinstance(effect, Say | Hush)]
    assert said == []


def test_the_first_touch_reads_and_gives_nothing_the_second_on_the_same_gives_the_ticket() -> None:
    kiosk = Kiosk(VOICES, LISTEN).explore("service-1.1", Touched("1.1"), at=100.0)
    assert Say("service-1.1") in kiosk.asked
    assert not any(isinstance(effect, Give) for effect in kiosk.asked)
    kiosk.explore("service-1.1", Touched("1.1"), at=100.0 + flow.CHOOSE_SECONDS)
    assert any(isinstance(effect, Give) for effect in kiosk.asked)


def test_a_second_touch_elsewhere_or_too_late_only_reads() -> None:
    kiosk = Kiosk(VOICES, LISTEN).explore("service-1.1", Touched("1.1"), at=100.0)
    kiosk.explore("service-1.2", Touched("1.2"), at=101.0)
    assert Say("service-1.2") in kiosk.asked
    kiosk.explore("service-1.2", Touched("1.2"), at=101.1 + flow.CHOOSE_SECONDS)
    assert Say("service-1.2") in kiosk.asked
    assert isinstance(kiosk.state.page, Home)


def test_the_echo_of_a_trembling_touch_chooses_nothing() -> None:
    kiosk = Kiosk(VOICES, LISTEN).explore("service-1.1", Touched("1.1"), at=100.0)
    kiosk.explore("service-1.1", Touched("1.1"), at=100.0 + flow.TREMBLE_SECONDS / 2)
    assert isinstance(kiosk.state.page, Home)


def test_paper_that_comes_out_after_all_is_told() -> None:
    kiosk = Kiosk(VOICES, LISTEN, Touched("1.1"), PrintFailed(1, "paper_out"), NumberTaken(), PrinterSeen("ready"))
    assert Say() in kiosk(Printed(kiosk.state.jobs)).asked


@pytest.mark.parametrize("asked", [LISTEN, LanguageChosen("en")], ids=["a mode", "a language"])
def test_who_asked_for_something_keeps_it_when_the_kiosk_closes_and_the_next_citizen_does_not(asked: Event) -> None:
    kiosk = Kiosk(VOICES, asked, HoursChanged(Shut(NOW)))
    assert isinstance(kiosk.state.page, Closed)
    assert (kiosk.state.modes, kiosk.state.language) != (frozenset(), "th")
    kiosk(TimeUp(kiosk.state.turn))
    assert (kiosk.state.modes, kiosk.state.language) == (frozenset(), "th")


def test_a_page_that_turned_in_between_asks_for_the_first_touch_again() -> None:
    kiosk = Kiosk(VOICES, LISTEN).explore("language", LanguageChosen("en"), at=1.0)
    kiosk(StepsOpened("1.1"))
    kiosk.explore("language", LanguageChosen("en"), at=2.0)
    assert kiosk.state.language == "th"


def test_a_button_that_turns_no_page_says_what_it_has_become() -> None:
    kiosk = Kiosk(VOICES, LISTEN).explore("priority", PriorityToggled(), at=1.0)
    kiosk.explore("priority", PriorityToggled(), at=2.0)
    assert kiosk.state.priority
    assert Say("priority") in kiosk.asked


def test_a_touch_beside_every_target_reads_the_page_again_and_keeps_it_open() -> None:
    kiosk = Kiosk(VOICES, LISTEN).explore("", None, at=1.0)
    assert Say() in kiosk.asked
    assert kiosk.wake == 60
    assert Say() in kiosk.explore("", None, at=2.0).asked


def test_the_voice_can_be_switched_off_by_touching_its_button_twice() -> None:
    kiosk = Kiosk(VOICES, LISTEN).explore("spoken", LISTEN, at=1.0).explore("spoken", LISTEN, at=2.0)
    assert not kiosk.state.spoken
    assert Hush() in kiosk.asked


def test_a_voice_that_is_lost_leaves_a_kiosk_that_answers_to_single_touches() -> None:
    kiosk = Kiosk(VOICES, LISTEN, VoicesKnown(frozenset()))
    assert Hush() in kiosk.asked
    kiosk.explore("service-1.1", Touched("1.1"), at=1.0)
    assert any(isinstance(effect, Give) for effect in kiosk.asked)


# ---------------------------------------------------------------- anything, in any order
TARGETS: dict[str, Event | None] = {
    "service-1.1": Touched("1.1"), "steps-1.1": StepsOpened("1.1"), "taken": NumberTaken(), "spoken": LISTEN,
    "priority": PriorityToggled(), "language": LanguageChosen("en"), "": None,
}  # fmt: skip
EVENTS = st.one_of(
    st.sampled_from(MODES).map(ModeToggled),
    st.sampled_from([frozenset(), frozenset({"th"}), frozenset({"th", "en"})]).map(VoicesKnown),
    st.tuples(st.sampled_from(sorted(TARGETS)), st.integers(0, 60)).map(lambda a: Explored(a[0], TARGETS[a[0]], a[1])),
    st.sampled_from(["1.1", "1.2"]).map(Touched),
    st.sampled_from(["ready", "paper_out"]).map(PrinterSeen),
    st.integers(0, 9).map(Printed),
    st.integers(0, 9).map(lambda job: PrintFailed(job, "silent")),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(EVENTS, max_size=30))
def test_a_glass_that_nobody_touches_forgets_every_wish(events: list[Event]) -> None:
    kiosk = Kiosk(*events)
    for _ in range(3):
        kiosk(PrintFailed(kiosk.state.jobs, "silent"))(TimeUp(kiosk.state.turn))
    assert (kiosk.state.modes, kiosk.state.felt, kiosk.state.language) == (frozenset(), None, "th")
