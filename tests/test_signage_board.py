"""What stands on the screen follows from the hall's board, the centre and the time of day."""

import datetime as dt

import pytest
from msgspec.structs import replace

from broker.centre import DEFAULT, Centre, load
from broker.messages import Board, Call, CallView, PointView, ServiceView
from broker.office import Announcement
from display.signage.board import Notice, PointRow, ServiceCard, Steps, calling, moment, view

NOON = dt.datetime(2026, 11, 23, 5, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def centre() -> Centre:
    return load(DEFAULT)


def board(**parts: object) -> Board:
    empty = Board(1, dt.date(2026, 11, 23), NOON, (), (), ())
    return replace(empty, **parts)


def row(centre: Centre, point: PointView) -> PointRow:
    return next(r for r in view(board(points=(point,)), centre).points if r.point == point.point)


def card(centre: Centre, service: ServiceView) -> ServiceCard:
    return next(s for s in view(board(services=(service,)), centre).services if s.name[1] == "Information")


def test_every_calling_point_of_the_centre_has_a_row_even_before_a_board_came(centre: Centre) -> None:
    assert [r.point for r in view(None, centre).points] == [2, 3, 4, 5, 6, 7]


def test_an_officer_known_to_the_centre_is_named_in_both_languages(centre: Centre) -> None:
    point = PointView(4, "serving", "B007", "น้ำฝน ซื่อตรง")
    assert row(centre, point).name == ("น้ำฝน ซื่อตรง", "Namfon Suetrong")


def test_an_officer_unknown_to_the_centre_keeps_the_one_name(centre: Centre) -> None:
    assert row(centre, PointView(4, "idle", None, "ญาณี ผู้ช่วย")).name == ("ญาณี ผู้ช่วย", "")


def test_a_closed_point_says_so_instead_of_a_name(centre: Centre) -> None:
    closed = row(centre, PointView(2, "closed", None, "สมหญิง ใจดี"))
    assert closed.name == ("พักให้บริการ", "Not serving at present")


def test_a_point_shows_the_number_it_serves(centre: Centre) -> None:
    assert row(centre, PointView(6, "called", "R003")).number == "R003"


def test_an_expected_wait_is_told_in_whole_minutes_never_too_few(centre: Centre) -> None:
    assert card(centre, ServiceView("1.1", True, 4, 541)).wait == ("รอประมาณ 10 นาที", "Wait about 10 min")
    assert card(centre, ServiceView("1.1", True, 5, 661)).wait == ("รอประมาณ 15 นาที", "Wait about 15 min")


def test_no_wait_is_told_as_such(centre: Centre) -> None:
    assert card(centre, ServiceView("1.1", True, 0, 0)).wait[1] == "No waiting"


def test_nobody_promises_a_time_while_nobody_serves(centre: Centre) -> None:
    assert card(centre, ServiceView("1.1", True, 3, None)).wait[1] == "Please wait for an officer"


def test_a_service_closed_for_today_says_so(centre: Centre) -> None:
    assert card(centre, ServiceView("1.1", False, 0, 0)).wait[1] == "No more tickets today"


def test_a_transferred_ticket_keeps_the_colour_of_its_prefix(centre: Centre) -> None:
    (recent,) = view(board(recent=(CallView("c1", "A001", 4, NOON, 1),)), centre).recent
    assert recent.accent == 0


def test_so_does_its_row_where_another_services_point_calls_it(centre: Centre) -> None:
    assert row(centre, PointView(7, "called", "R001")).accent == 2
    assert row(centre, PointView(7, "called", "B007")).accent == 1


def test_a_call_shows_number_point_and_officer(centre: Centre) -> None:
    shown = calling(Call("c1", "A015", 2, NOON), board(points=(PointView(2, "called", "A015", "สมหญิง ใจดี"),)), centre)
    assert (shown.number, shown.point, shown.officer) == ("A015", 2, ("สมหญิง ใจดี", "Somying Jaidee"))


def test_a_repeated_call_is_shown_as_one(centre: Centre) -> None:
    assert calling(Call("c1", "A015", 2, NOON), None, centre).title == ("ขอเชิญหมายเลข", "Now calling")
    title = calling(Call("c1", "A015", 2, NOON, times=2), None, centre).title
    assert title == ("เรียกซ้ำ ครั้งที่ 2", "Calling again, call 2")


def test_steps_of_every_service_and_every_notice_have_a_slide(centre: Centre) -> None:
    slides = view(None, centre).slides
    assert [s.accent for s in slides if isinstance(s, Steps)] == [0, 1, 2]
    notices = [tuple(notice.values()) for notice in centre.screen_texts.notices]
    assert [s.text for s in slides if isinstance(s, Notice)] == notices


def test_between_any_two_slides_stands_who_waits(centre: Centre) -> None:
    slides = view(None, centre).slides
    assert set(slides[::2]) == {"waiting"}
    assert "waiting" not in slides[1::2]
    assert slides[-1] == "recent"


def test_what_is_announced_now_comes_first_and_after_every_other_slide(centre: Centre) -> None:
    news = Announcement({"th": "ระบบขัดข้อง", "en": "System fault"}, NOON, NOON + dt.timedelta(hours=1))
    told = replace(centre, screen_texts=replace(centre.screen_texts, announcements=(news,)))
    slides = view(None, told).slides
    assert [isinstance(s, Notice) and s.text[0] == "ระบบขัดข้อง" for s in slides[:7]] == [True, False, False] * 2 + [True]


def test_a_point_bears_the_prefix_of_its_service_whoever_stands_there(centre: Centre) -> None:
    assert row(centre, PointView(2, "called", "R001")).prefix == "A"


def test_the_year_is_buddhist_and_the_time_that_of_the_centre(centre: Centre) -> None:
    now = dt.datetime(2026, 11, 22, 18, 30, tzinfo=dt.UTC)  # already Monday in Bangkok
    assert moment(now, centre) == ("01:30", ("วันจันทร์ที่ 23 พฤศจิกายน 2569", "Monday 23 November 2026"))


def test_alerts_are_addressed_to_the_staff(centre: Centre) -> None:
    assert view(board(alerts=("kiosk-1: paper out",)), centre).alert == "แจ้งเจ้าหน้าที่: kiosk-1: paper out"


def test_a_centre_of_one_language_leaves_the_second_line_empty(centre: Centre) -> None:
    alone = replace(centre, centre=replace(centre.centre, languages=("th",)))
    assert calling(Call("c1", "A015", 2, NOON), None, alone).title == ("ขอเชิญหมายเลข", "")
