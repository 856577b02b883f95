"""What the pages say: the citizen's language first, the other beneath, and nothing that is not known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import msgspec
import pytest

from broker.centre import DEFAULT, load
from broker.hours import Open, Shut
from broker.messages import ServiceView
from kiosk.pages import Closed, Fault, Home, State, Steps, Stopped, Taken, Ticket
from kiosk.view import Wording, language_name, view

CENTRE = load(DEFAULT)
NINE = dt.datetime(2026, 11, 23, 9, tzinfo=CENTRE.zone)
HOME = State(Home(), "th", Open(NINE), linked=True)
TICKET = Ticket(1, "A015", "1.1", NINE.date(), NINE)


def known(waiting: int, estimate: int | None, up: bool = True) -> State:
    return replace(HOME, services=(ServiceView(service="1.1", open=up, waiting=waiting, estimate=estimate),))


def test_a_service_says_how_many_wait_and_how_long() -> None:
    tile = view(known(4, 610), CENTRE).tiles[0]
    assert (tile.waiting, tile.expected) == ("4 คิว", "15 นาที")


def test_what_is_not_known_is_a_dash_and_no_nought() -> None:
    tile = view(known(4, None), CENTRE).tiles[0]
    assert (tile.waiting, tile.expected) == ("4 คิว", "—")
    tile = view(replace(known(4, 600), linked=False), CENTRE).tiles[0]
    assert (tile.waiting, tile.expected) == ("—", "—")


def test_a_closed_service_says_so() -> None:
    tile = view(known(4, 600, up=False), CENTRE).tiles[0]
    assert not tile.gives
    assert tile.why_not


@pytest.mark.parametrize(("language", "first", "second"), [("th", "ไทย", "English"), ("en", "English", "ไทย")])
def test_the_chosen_language_stands_first(language: str, first: str, second: str) -> None:
    names = CENTRE.services[0].name
    other = "en" if language == "th" else "th"
    assert view(replace(HOME, language=language), CENTRE).tiles[0].name == (names[language], names[other])
    assert (language_name(language), language_name(other)) == (first, second)


def test_the_fault_page_says_what_is_wrong_and_shows_the_number() -> None:
    out = view(replace(HOME, page=Fault(TICKET, "paper_out")), CENTRE)
    silent = view(replace(HOME, page=Fault(TICKET, "silent")), CENTRE)
    assert out.number == silent.number == "A015"
    assert out.hint != silent.hint


def test_only_a_ticket_on_paper_is_to_be_taken_from_the_tray() -> None:
    assert view(replace(HOME, page=Taken(TICKET, paper=True)), CENTRE).paper
    assert not view(replace(HOME, page=Taken(TICKET, paper=False)), CENTRE).paper


def test_a_faulty_printer_is_told_at_home_in_a_line() -> None:
    assert view(replace(HOME, printer="paper_out"), CENTRE).notice
    assert not view(replace(HOME, printer="near_end"), CENTRE).notice


def test_the_closed_page_tells_the_next_opening_in_buddhist_years() -> None:
    shut = replace(HOME, page=Closed(), hours=Shut(dt.datetime(2026, 11, 24, 8, 30, tzinfo=CENTRE.zone)))
    assert "วันอังคารที่ 24 พฤศจิกายน 2569 เวลา 08:30 น." in view(shut, CENTRE).hint[0]
    assert "Tuesday 24 November 2026 at 08:30" in view(replace(shut, language="en"), CENTRE).hint[0]


def test_days_and_points_with_gaps_are_listed_as_thai_lists_them() -> None:
    hours = msgspec.structs.replace(CENTRE.hours, days=("mon", "wed", "fri"))
    centre = msgspec.structs.replace(CENTRE, hours=hours)
    shut = replace(HOME, page=Closed(), hours=Shut(dt.datetime(2026, 11, 25, 8, 30, tzinfo=CENTRE.zone)))
    assert "รับบัตรคิวได้วันจันทร์ วันพุธ และวันศุกร์ เวลา 08:30–16:30 น." in view(shut, centre).hint[1]
    service = msgspec.structs.replace(CENTRE.services[0], points=(2, 5, 7))
    spread = msgspec.structs.replace(CENTRE, services=(service, *CENTRE.services[1:]))
    assert Wording(spread, "th").points(service.id) == "จุดที่ 2 5 และ 7"


def test_the_page_of_a_stopped_kiosk_says_where_to_ask_in_both_languages() -> None:
    page = view(replace(HOME, page=Stopped()), CENTRE)
    assert page.hint == ("กรุณาติดต่อจุดที่ 1", "Please ask at point 1")
    assert all(page.title)


def test_steps_come_from_the_centres_own_file() -> None:
    steps = view(replace(HOME, page=Steps("1.2")), CENTRE).steps
    assert [step[0] for step in steps] == [step["th"] for step in CENTRE.service("1.2").steps]


def test_whoever_listens_is_offered_no_language_without_a_voice() -> None:
    listening = replace(HOME, modes=frozenset({"spoken"}), voices=frozenset({"th"}))
    assert "language" not in [choice.name for choice in view(listening, CENTRE).choices]
    both = view(replace(listening, voices=frozenset({"th", "en"})), CENTRE)
    assert both.following == "en"
    assert "language" in [choice.name for choice in both.choices]
