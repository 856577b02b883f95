"""The live page: what it says of the hall, when it calls for attention, and how it keeps itself current."""

from __future__ import annotations

import asyncio
import datetime as dt
import re

import pytest
from desk_pages import CENTRE, NINE, Office, board, serving, text
from msgspec.structs import replace

from broker import messages as m
from broker.link import Connected, Disconnected, Received
from display.desk import live
from display.desk.page import Visit

RULES = CENTRE.desk


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


@pytest.fixture
def page(office):
    """What the supervisor reads now, in English."""
    browser = office.signed_in("somsri", "supervisor")
    browser.send("/language", form="/me", language="en", next="/")
    return lambda: text(browser.see("/"))


def level(minutes):
    (first, *_) = live.points(CENTRE, RULES, board(), {2: serving(minutes)})
    return first.clock.level(NINE)


# ---------------------------------------------------------------- what it says
def test_before_the_halls_first_word_it_says_that_it_waits(office, page):
    assert "Waiting for the hall's first word" in page()


def test_it_tells_who_waits_and_how_long_and_who_serves(office, page):
    office.opens()
    office.hear(serving(5), key="2")
    said = page()
    assert "People waiting 3 persons (40 seats)" in said
    assert "A Information 3 waiting longest wait 40:00" in said
    assert "estimate for a new ticket 10 min" in said
    assert "2 Being served A001 05:00" in said
    assert "สมหญิง ใจดี Information" in said


@pytest.mark.parametrize(("seconds", "told"), [(0, "no wait"), (20, "1 min"), (661, "15 min")])
def test_a_wait_is_estimated_in_the_words_of_the_board(office, page, seconds, told):
    office.opens()
    services = tuple(m.ServiceView(s.id, True, 0, seconds) for s in CENTRE.services)
    office.hear(board(services=services))
    assert page().count(f"estimate for a new ticket {told}") == 3


def test_of_an_empty_hall_it_says_so_and_no_clock_runs(office, page):
    office.opens()
    services = tuple(m.ServiceView(s.id, True, 0) for s in CENTRE.services)
    office.hear(board(services=services, points=tuple(m.PointView(p.number, "closed") for p in CENTRE.points)))
    said = page()
    assert said.count("0 waiting longest wait – estimate for a new ticket nobody serves") == 3
    assert not re.search(r"\d\d:\d\d (nearly|over)", said)


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, "calm"), (11.9, "calm"), (12, "amber"), (14.9, "amber"), (15, "red"), (90, "red")]
)
def test_the_clock_of_1_1_is_amber_at_12_minutes_and_red_at_15(minutes, shown):
    """R2.2: within 15 minutes."""
    assert level(minutes) == shown


def test_once_it_is_provided_browsing_breaches_nothing():
    """R2.3a: the citizen chooses documents personally, no time limit."""
    provided = replace(serving(60), state="provided")
    shown = replace(board().points[0], state="provided")
    (first, *_) = live.points(CENTRE, RULES, board(points=(shown,)), {2: provided})
    assert first.clock.level(NINE) == "calm"


def test_a_service_without_a_time_in_the_standard_has_a_clock_that_never_warns():
    view = m.PointView(4, "serving", "B001")
    (only,) = live.points(CENTRE, RULES, board(points=(view,)), {4: serving(300, 4, "B001", "1.2")})
    assert only.clock.level(NINE) == "calm"


def test_a_clock_of_another_ticket_than_the_boards_is_not_shown():
    (first, *_) = live.points(CENTRE, RULES, board(), {2: serving(30, number="A009")})
    assert first.clock is None


def test_a_level_is_told_in_words_too_and_not_by_colour_alone(office):
    browser = office.signed_in()
    office.opens()
    office.hear(serving(13), key="2")
    shown = re.search(r'data-level="amber".*?</p>', browser.see("/").text, re.DOTALL)
    assert "ใกล้ครบเวลา" in re.sub(r"<[^>]*>", "", shown[0])


# ---------------------------------------------------------------- what calls for attention
def alarms(office, browser):
    found = re.search(r'<ul class="alerts">(.*?)</ul>', browser.see("/").text, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", line).strip(" ▲\n") for line in found[1].split("</li>") if line.strip()]


def test_it_calls_for_attention_from_the_number_and_the_wait_that_the_office_set(office):
    browser = office.signed_in()
    office.opens()
    assert alarms(office, browser) == ["บริการข้อมูลข่าวสาร: รอนานที่สุด 40 นาที"]
    nine, ten = (m.ServiceView("1.1", True, n, 600, NINE - dt.timedelta(minutes=29)) for n in (9, 10))
    office.hear(board(services=(nine,)))
    assert alarms(office, browser) == []
    office.hear(board(services=(ten,)))
    assert alarms(office, browser) == ["บริการข้อมูลข่าวสาร: รอ 10 คิว"]


def test_more_people_than_seats_is_told(office):
    browser = office.signed_in()
    office.opens()
    views = tuple(m.ServiceView(s.id, True, 9) for s in CENTRE.services)
    office.desk.rules = replace(RULES, seats=26)
    office.hear(board(services=views))
    assert "ผู้รอคิวมากกว่าจำนวนที่นั่ง" in alarms(office, browser)
    office.desk.rules = replace(RULES, seats=27)
    assert alarms(office, browser) == []


def test_paper_and_lost_nodes_are_told_in_the_readers_language(office, page):
    office.opens()
    printer = m.Health(printer="paper_out")
    office.hear(m.Status(online=True, role="kiosk", software="x", health=printer), key="kiosk-1")
    office.hear(m.Status(online=False, role="screen", software="x"), key="screen-1")
    assert "kiosk-1: paper out" in page()
    assert "screen-1: offline" in page()
    assert "buttons-1" not in page()  # it may still come
    office.pass_time(seconds=31)
    assert "buttons-1: offline" in page()


def test_a_status_of_another_role_than_the_nodes_own_is_not_believed(office, page):
    office.opens()
    office.hear(m.Status(online=False, role="hall", software="x"), key="kiosk-1")
    assert "kiosk-1" not in page()


# ---------------------------------------------------------------- the link
@pytest.mark.parametrize("path", ["/", "/users", "/users/new", "/audit", "/me", "/nothing"])
def test_every_page_says_when_the_link_is_lost(office, path):
    browser = office.signed_in("somsri", "administrator")
    office.opens()
    assert "ขาดการเชื่อมต่อกับระบบคิว" not in text(browser.see(path))
    office.desk.hear(Disconnected("cable"))
    assert "ขาดการเชื่อมต่อกับระบบคิว" in text(browser.see(path))


def test_a_hall_that_is_gone_is_told_apart_from_a_lost_link(office, page):
    office.opens()
    office.hear(m.Status(online=False, role="hall", software="x"))
    assert "The hall's program does not answer" in page()


def test_what_was_heard_before_stays_on_the_page_while_the_link_is_lost(office, page):
    office.opens()
    office.desk.hear(Disconnected("cable"))
    assert "A001" in page()


# ---------------------------------------------------------------- open and close
def test_a_supervisor_stops_the_tickets_of_a_service_and_it_is_written_down(office):
    browser = office.signed_in("somsri", "supervisor")
    office.opens()
    assert browser.send("/services/1.1/close", form="/").headers["location"] == "/?said=done"
    (command,) = office.wire.commands
    assert (command.action, command.by) == (m.CloseService("1.1"), "somsri")
    assert command.deadline - office.now == dt.timedelta(seconds=CENTRE.calling.command_seconds)
    assert office.audited[0] == ("somsri", "service_closed", "1.1")
    assert "ดำเนินการแล้ว" in text(browser.see("/?said=done"))


def test_an_officer_may_not_and_sees_no_button_for_it(office):
    browser = office.signed_in()
    office.opens()
    assert "/services/" not in browser.see("/").text
    assert browser.send("/services/1.1/close", form="/me").status_code == 403
    assert office.wire.commands == []


@pytest.mark.parametrize("path", ["/services/9.9/close", "/services/1.1/explode"])
def test_what_the_centre_does_not_have_is_not_found(office, path):
    assert office.signed_in("somsri", "supervisor").send(path, form="/me").status_code == 404
    assert office.wire.commands == []


def test_a_refusal_is_told_in_words(office):
    browser = office.signed_in("somsri", "supervisor")
    office.wire.answer = m.Refused("day_ended")
    answer = browser.send("/services/1.1/close", form="/me")
    assert "สิ้นสุดวันให้บริการแล้ว" in text(browser.see(answer.headers["location"]))
    assert answer.headers["location"].startswith("/?")
    assert "service_closed" not in [kind for _who, kind, _whom in office.audited]


def test_without_a_link_a_command_is_not_kept_for_later(office):
    browser = office.signed_in("somsri", "supervisor")
    office.wire.connected = False
    assert browser.send("/services/1.1/close", form="/me").headers["location"] == "/?said=unanswered"
    assert "ยังไม่มีการเปลี่ยนแปลง" in text(browser.see("/?said=unanswered"))


def test_a_hall_that_does_not_answer_is_waited_for_a_moment_only(office, monkeypatch):
    monkeypatch.setattr("display.desk.desk.ANSWER_SECONDS", 0.05)
    browser = office.signed_in("somsri", "supervisor")
    office.wire.answer = None
    assert browser.send("/services/1.1/close", form="/me").headers["location"] == "/?said=unanswered"
    late = m.Reply(office.wire.commands[0].id, 2, m.Accepted())
    office.desk.hear(Received(late, "desk", False))  # nobody waits any more, and nothing breaks


# ---------------------------------------------------------------- the stream
def stream(office, browser):
    """The stream of this browser, as the server would read it."""
    visit = Visit(office.desk, None, "th", browser.client.cookies["__Host-khiu"], office.desk.accounts.get("somsri"))
    return live._changes(visit)


def test_a_stream_speaks_when_something_changed_and_only_then(office, monkeypatch):
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(live, "REST_SECONDS", 0)

    async def listen():
        words = stream(office, office.signed_in())
        first, silence = await anext(words), await anext(words)
        office.hear(board(revision=2))
        return first, silence, await anext(words)

    first, silence, second = asyncio.run(listen())
    assert (first[:11], silence) == ("retry: 2000", ": here\n\n")
    assert second.endswith(f"data: {office.desk.mirror.revision}\n\n")


@pytest.mark.parametrize("end", ["sign out", "idle", "close"])
def test_a_stream_ends_with_its_session_and_with_the_process(office, monkeypatch, end):
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.02)

    async def listen():
        words = stream(office, office.signed_in())
        await anext(words)
        match end:
            case "sign out":
                office.desk.sessions.end_all("somsri")
            case "idle":
                office.pass_time(minutes=61)
            case "close":
                office.desk.bell.close()
        return [word async for word in words]

    assert asyncio.run(asyncio.wait_for(listen(), 5)) in ([], [": here\n\n"])


def test_the_same_words_again_ring_no_bell(office):
    office.opens()
    before = office.desk.mirror.revision
    office.desk.hear(Received(m.Reply("a", 2, m.Accepted()), "desk", False))
    office.hear(m.Status(online=True, role="desk", software="x"), key="desk")
    assert office.desk.mirror.revision == before
    office.desk.hear(Connected())
    assert office.desk.mirror.revision == before + 1
