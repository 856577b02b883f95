"""What an office edits at the desk, over the real application, a real hall behind its wire and a real ledger."""

from __future__ import annotations

import asyncio
import datetime as dt
import re

import apsw
import pytest
from desk_pages import NINE, dated, filled, text
from test_desk_console import Centre, Seat

from broker import messages as m
from broker.link import Connected
from display.desk import desk


class Page:
    """A browser on the page of one part."""

    def __init__(self, centre, part, name="arun", role="administrator"):
        self.browser, self.path = centre.signed_in(name, role), f"/office/{part}"

    def look(self):
        return self.browser.see(self.path)

    def filled(self):
        """The form as it came, every field with its value."""
        return of_part(self.look().text)

    def save(self, form=None, do="save", **fields):
        form = (form or self.filled()) | {"do": do} | fields
        return self.browser.client.post(self.path, data={name: text for name, text in form.items() if text is not None})


def of_part(html):
    """The part's form, every field with its value."""
    return filled(html.partition('id="part"')[2].partition("</form>")[0])


@pytest.fixture
def centre(tmp_path):
    centre = Centre(tmp_path)
    centre.wire.publish = to_the_hall(centre)
    centre.morning.hall.receive(Connected(), centre.now)
    centre.tell()
    yield centre
    centre.morning.ledger.close()


def to_the_hall(centre):
    """A broker that takes whatever the desk says, and loses it while the hall is away."""

    def publish(message, **_way):
        if centre.there:
            centre.morning.hear("desk", message)
            centre.tell()
        return True

    return publish


PARTS = [
    "roster",
    "announcements",
    "facility",
    "hours",
    "holidays-2026",
    "holidays-2027",
    "notices",
    "wording-1.1",
    "catalogue-1.2",
]


@pytest.mark.parametrize("part", [part for part in PARTS if part != "facility"])
def test_a_page_saved_as_it_came_changes_nothing_but_the_version(centre, part):
    page, before = Page(centre, part), centre.morning.hall.centre
    assert page.save().headers["location"] == f"/office/{part}?said=taken"
    after = centre.morning.hall.centre
    assert [p.officer for p in after.points] == [p.officer for p in before.points]
    assert (after.hours, after.holidays, after.services, after.screen_texts, after.facility) == (
        before.hours, before.holidays, before.services, before.screen_texts, before.facility,
    )  # fmt: skip
    assert centre.desk.mirror.parts[part].version == 1
    assert "ฉบับที่ 1 โดย Arun" in text(page.look())


def test_what_was_saved_stands_in_the_hall_on_the_desk_and_in_the_form(centre):
    page = Page(centre, "notices")
    page.save(r0_text_th="วันนี้ปิดเวลา 15.00 น.", r0_text_en="We close at 3 p.m. today", r1_remove="on")
    assert centre.morning.hall.centre.screen_texts.notices == (
        {"th": "วันนี้ปิดเวลา 15.00 น.", "en": "We close at 3 p.m. today"},
    )
    assert centre.desk.centre == centre.morning.hall.centre
    assert page.filled()["r0_text_en"] == "We close at 3 p.m. today"
    assert centre.audited[0] == ("arun", "office_edited", "notices 1")


def test_of_two_who_write_at_once_the_second_sees_both_and_may_save_again(centre):
    one, other = Page(centre, "wording-1.1"), Page(centre, "wording-1.1", "wipa")
    first, second = one.filled(), other.filled()
    one.save(first, name_th="ข้อมูลของอรุณ")
    answer = other.save(second, name_th="ข้อมูลของวิภา")
    assert answer.status_code == 409
    assert "ข้อมูลของอรุณ" in text(answer)
    assert ">ข้อมูลของวิภา</textarea>" in answer.text
    assert centre.desk.centre.service("1.1").name["th"] == "ข้อมูลของอรุณ"
    hidden = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text.partition('id="part"')[2])
    )
    other.save(second | hidden, name_th="ข้อมูลของวิภา")
    assert centre.desk.centre.service("1.1").name["th"] == "ข้อมูลของวิภา"


def test_a_form_that_was_sent_twice_acts_once(centre):
    page = Page(centre, "notices")
    form = page.filled()
    for _ in range(2):
        assert page.save(form, r0_text_en="Once").headers["location"].endswith("said=taken")
    assert centre.desk.mirror.parts["notices"].version == 1


def test_an_older_version_is_put_back_and_nothing_of_the_newer_is_lost(centre):
    page = Page(centre, "notices")
    page.save(r0_text_en="One")
    page.save(r0_text_en="Two")
    assert "One" in text(page.browser.see("/office/notices/versions/1"))
    page.browser.send("/office/notices/versions/1")
    assert (centre.desk.mirror.parts["notices"].version, page.filled()["r0_text_en"]) == (3, "One")
    assert "Two" in text(page.browser.see("/office/notices/versions/2"))
    page.browser.send("/office/notices/versions/0")
    assert centre.desk.centre.screen_texts.notices == centre.desk.base.screen_texts.notices
    assert page.browser.see("/office/notices/versions/9").status_code == 404
    stale = page.browser.send("/office/notices/versions/1", version="0")
    assert (stale.status_code, "One" in text(stale), "มีผู้อื่นแก้ไข" in text(stale)) == (409, True, True)


ANNOUNCED = {"r0_text_th": "ก", "r0_text_en": "a"}
FAULTS = [
    ("notices", {"r0_text_th": ""}, "r0_text_th", "กรุณากรอกช่องนี้"),
    ("notices", {"r0_text_en": "x" * 201}, "r0_text_en", "ไม่เกิน 200 ตัวอักษร"),
    ("notices", {"r0_text_en": "up\u202edown"}, "r0_text_en", "ไม่เกิน 200 ตัวอักษร"),
    ("notices", {"r0_text_en": "Welcome 😀"}, "r0_text_en", "ไม่มีตัวอักษรนี้: 😀"),
    ("hours", {"close": "08:00"}, "close", "เวลาที่อยู่หลังเวลาด้านบน"),
    ("hours", {"open": "early"}, "open", "เช่น 08:30"),
    ("hours", {f"days_{day}": None for day in ("mon", "tue", "wed", "thu", "fri")}, "days_mon", "อย่างน้อยหนึ่งวัน"),
    ("hours", dated("r0_date", "2026-12-04"), "r0_name_th", "กรุณากรอกช่องนี้"),
    ("holidays-2027", dated("r0_date", "2026-01-01"), "r0_date", "วันที่ในปี 2570"),
    ("holidays-2027", dated("r1_date", "2027-01-01"), "r1_date", "วันที่นี้ซ้ำ"),
    ("holidays-2027", dated("r1_date", "soon"), "r1_date", "วันที่ต้องเป็นตัวเลข 1 ถึง 31"),
    ("holidays-2027", dated("r1_date", "2027-02-31"), "r1_date", "ไม่มีวันที่ 31 กุมภาพันธ์ 2570"),
    ("catalogue-1.1", {"r0_title_th": "ก", "r0_title_en": "a", "r0_link": "ftp://x"}, "r0_link", "http:// หรือ https://"),
    ("facility", {"r0_name_th": "ก", "r0_name_en": "a", "r0_count": "-1"}, "r0_count", "0 ถึง 9999"),
    ("announcements", ANNOUNCED, "r0_until", "กรุณากรอกช่องนี้"),
    ("announcements", ANNOUNCED | dated("r0_until", "2026-11-23", "4 โมง"), "r0_until", "กรุณาระบุเวลา เช่น 08:30"),
    ("announcements", {"r0_text_th": "ก", "r0_text_en": "a" * 121}, "r0_text_en", "ไม่เกิน 120 ตัวอักษร"),
    ("announcements", {"r0_text_th": "ก"} | dated("r0_until", "0001-01-01", "00:00"), "r0_until", "ตัวเลข 4 หลัก"),
    ("announcements", ANNOUNCED | dated("r0_until", "", "08.00"), "r0_until", "หลังเวลาเริ่มต้น"),
    ("roster", {"r0_name_en": "x" * 61}, "r0_name_en", "ไม่เกิน 60 ตัวอักษร"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "change", "field", "told"), FAULTS)
def test_a_wrong_form_comes_back_filled_with_the_field_named(centre, part, change, field, told):
    page = Page(centre, part)
    answer = page.save(**change)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert told in text(answer)
    assert of_part(answer.text).items() >= {name: value for name, value in change.items() if value is not None}.items()
    assert centre.desk.mirror.parts[part].version == 0


def test_a_list_that_fits_no_message_is_told_and_nobody_hears_of_it(centre):
    page = Page(centre, "notices")
    form = page.filled()
    while int(form["rows"]) < 20:
        answer = page.save(form, do="more")
        form |= {"rows": re.search(r'name="rows" value="(\d+)"', answer.text)[1]}
    long = {f"r{n}_text_{language}": "ก" * 200 for n in range(20) for language in ("th", "en")}
    answer = page.save(form, **long)
    assert (answer.status_code, centre.desk.mirror.parts["notices"].version) == (422, 0)
    assert "ข้อความในรายการนี้ยาวเกินไป" in text(answer)


def test_the_day_that_runs_is_not_ended_by_its_page(centre):
    centre.now += dt.timedelta(hours=8, minutes=30)  # 17:30
    centre.morning.now = centre.now
    answer = Page(centre, "hours").save(day_ends="17:00")
    assert answer.status_code == 422
    assert "ผ่านไปแล้ววันนี้" in text(answer)
    assert "fact_rejected" not in [kind for _who, kind, _what in centre.audited]  # the page itself told it, once


def test_without_the_hall_nothing_is_changed_and_nothing_written_is_lost(centre):
    page = Page(centre, "notices")
    form = page.filled()
    centre.hear(m.Status(online=False, role="hall", software="khiu"))
    answer = page.save(form, r0_text_en="Later")
    assert answer.status_code == 503
    assert ">Later</textarea>" in answer.text
    assert centre.desk.facts.pending() == []


def test_an_edit_under_way_is_told_until_the_hall_took_it(centre, monkeypatch):
    monkeypatch.setattr(desk, "ANSWER_SECONDS", 0.05)
    page = Page(centre, "notices")
    form = page.filled()
    centre.there = False
    assert page.save(form, r0_text_en="Soon").headers["location"].endswith("said=waits")
    assert "ระบบจัดคิวยังไม่ได้รับ" in text(page.look())
    assert page.save(r0_text_en="Other").status_code == 422
    centre.there = True
    centre.desk.hear(Connected())  # the link comes up again
    assert "ระบบจัดคิวยังไม่ได้รับ" not in text(page.look())
    assert (centre.desk.mirror.parts["notices"].version, page.filled()["r0_text_en"]) == (1, "Soon")


def test_an_edit_that_is_rejected_when_nobody_waits_any_more_is_told_to_who_sent_it_until_seen(centre, monkeypatch):
    """A day cannot end before now; while the hall was away now has come."""
    monkeypatch.setattr(desk, "ANSWER_SECONDS", 0.05)
    page, other = Page(centre, "hours"), Page(centre, "hours", "wipa")
    form, told = page.filled(), "ระบบจัดคิวไม่รับข้อมูลนี้ (เวลาที่ระบุผ่านไปแล้ว"
    centre.there = False
    assert page.save(form, close="09:45", day_ends="10:00").headers["location"].endswith("said=waits")
    centre.pass_time(minutes=90)
    page.browser, other.browser = centre.signed_in("arun"), centre.signed_in("wipa")
    assert told not in text(page.look())
    centre.there = True
    centre.morning.now = centre.now
    centre.morning.hall.tick(centre.now)
    centre.desk.hear(Connected())
    assert centre.audited[0][:2] == ("arun", "fact_rejected")
    assert (told in text(page.browser.see("/")), told in text(other.browser.see("/"))) == (True, False)
    other.browser.send("/me/seen", "/", id="1")
    answer = page.browser.send("/me/seen", "/points")
    assert (answer.headers["location"], told in text(page.browser.see("/"))) == ("/points", False)
    assert page.save(day_ends="18:00").headers["location"].endswith("said=taken")
    assert "ระบบจัดคิวไม่รับข้อมูลนี้" not in text(page.look())


def test_what_a_full_card_could_not_keep_is_awaited_no_more(centre, monkeypatch):
    def full(_fact: m.OfficeFact) -> int:
        raise apsw.FullError

    monkeypatch.setattr(centre.desk.facts, "add", full)
    with pytest.raises(apsw.FullError):
        asyncio.run(centre.desk.say(m.HandedOut(by="Arun", at=centre.now, document="form-1", count=1), "arun"))
    assert centre.desk.late.settle() == []
    assert centre.desk.late._connection.execute("SELECT count(*) FROM late").get == 0


def test_a_preview_changes_nothing_and_reads_as_it_will(centre):
    answer = Page(centre, "hours").save(do="preview", close="15:00")
    assert "จะแสดงดังนี้" in text(answer)
    assert "15:00 น." in text(answer)
    assert centre.desk.mirror.parts["hours"].version == 0


def test_rows_are_moved_added_and_taken_out(centre):
    page = Page(centre, "wording-1.2")
    before = [step["en"] for step in centre.desk.centre.service("1.2").steps]
    answer = page.save(do="up:1")
    assert of_part(answer.text)["r0_text_en"] == before[1]
    page.save(r0_remove="on", r3_text_th="ใหม่", r3_text_en="New")
    assert [step["en"] for step in centre.desk.centre.service("1.2").steps] == [*before[1:], "New"]


def announce(page, **times):
    until = dated("r0_until", "", "12.00")  # today's
    return page.save(r0_text_th="ปิดเร็ว", r0_text_en="We close early", **until, **times)


def test_an_announcement_goes_to_the_screen_from_now_until_its_end_and_is_then_off_the_page(centre):
    page = Page(centre, "announcements", "wipa", "supervisor")
    announce(page)
    (told,) = centre.morning.hall.centre.screen_texts.announcements
    assert (told.begin, told.until) == (NINE, NINE + dt.timedelta(hours=3))
    assert "We close early กำลังแสดงบนจอ" in text(page.look()).replace("ปิดเร็ว", "We close early")
    assert page.filled().items() >= dated("r0_from", "2026-11-23", "09:00").items()
    centre.pass_time(hours=3)
    page.browser = centre.signed_in("wipa")
    assert (page.filled()["r0_text_th"], "กำลังแสดงบนจอ" in text(page.look())) == ("", False)


def test_an_announcement_is_taken_down_by_one_press_unless_another_changed_the_list(centre):
    page = Page(centre, "announcements", "wipa", "supervisor")
    announce(page, **dated("r0_from", "2026-11-23", "11:00"))
    assert "ยังไม่ถึงเวลาแสดง" in text(page.look())
    form = page.filled() | {"rows": "0"}
    stale = page.save(form | {"version": "0"}, do="drop:0")
    assert (stale.status_code, "มีผู้อื่นแก้ไข" in text(stale), "ยังไม่ถึงเวลาแสดง" in text(stale)) == (409, True, True)
    assert page.save(form, do="drop:1").status_code == 400
    page.save(form, do="drop:0")
    assert centre.morning.hall.centre.screen_texts.announcements == ()


def test_a_preview_shows_a_notice_as_the_screen_sets_it(centre):
    answer = announce(Page(centre, "announcements"), do="preview")
    assert '<p lang="en">' in answer.text
    assert centre.desk.mirror.parts["announcements"].version == 0


def test_the_checklist_begins_with_what_the_standard_asks_for_and_keeps_who_checked_what_when(centre):
    page, today = Page(centre, "facility", "wipa", "supervisor"), dt.date(2026, 11, 23)
    assert "ระบบเสนอรายการตามมาตรฐาน" in text(page.look())
    page.save(r4_checked="on", r5_state="broken", r6_count="40")
    centre.pass_time(days=1)
    centre.morning.now = centre.now
    centre.morning.hall.tick(centre.now)
    other = Page(centre, "facility", "malee", "supervisor")
    other.save(r5_checked="on", r4_name_en="A computer")
    items = {item.id: item for item in centre.morning.hall.centre.facility}
    assert len(items) == 8
    computer, water, seats = items["public-computer"], items["drinking-water"], items["seats"]
    assert (computer.checked, computer.checked_by, computer.name["en"]) == (today, "Wipa", "A computer")
    assert (water.checked, water.checked_by, water.state) == (today + dt.timedelta(days=1), "Malee", "broken")
    assert (seats.checked, seats.count) == (None, 40)
    assert "ตรวจล่าสุด: 23 พฤศจิกายน 2569 โดย Wipa" in text(other.look())


def test_documents_keep_their_ids_and_new_ones_get_one_that_none_has(centre):
    page, other = Page(centre, "catalogue-1.1"), Page(centre, "catalogue-1.2")
    page.save(r0_title_th="คู่มือ", r0_title_en="Guide", r0_link="https://example.go.th/g")
    other.save(r0_title_th="คู่มือ", r0_title_en="Guide", r0_paper=None)
    page.save(r0_title_en="The guide")
    services = centre.desk.centre.services
    assert [[(d.id, d.title["en"], d.paper) for d in s.documents] for s in services[:2]] == [
        [("guide", "The guide", True)],
        [("guide-2", "Guide", False)],
    ]


@pytest.mark.parametrize(
    ("role", "may"),
    [("officer", []), ("supervisor", ["roster", "announcements", "facility"]), ("administrator", PARTS)],
)
def test_each_role_edits_its_own_parts_and_no_other(centre, role, may):
    browser = centre.signed_in("wipa", role)
    assert [part for part in PARTS if browser.see(f"/office/{part}").status_code == 200] == may
    listed = browser.see("/office")
    assert [part for part in PARTS if f'href="/office/{part}"' in listed.text] == may


def test_the_signs_of_the_roster_are_pages_for_print(centre):
    page = Page(centre, "roster", "wipa", "supervisor")
    page.save(r0_position_th="นักประชาสัมพันธ์", r0_position_en="Public Relations Officer", r1_remove="on")
    assert 'href="/office/roster/signs.pdf?officer=4"' in page.look().text
    answer = page.browser.see("/office/roster/signs.pdf?officer=0")
    assert (answer.headers["content-type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert page.browser.see("/office/roster/signs.pdf?officer=5").status_code == 404
    assert page.browser.see("/office/roster/signs.pdf?officer=-1").status_code == 404


@pytest.mark.parametrize("path", ["holidays-1", "holidays-02027", "wording-9.9", "catalogue-..", "nothing"])
def test_there_is_no_page_for_what_the_centre_does_not_have(centre, path):
    assert centre.signed_in("arun", "administrator").see(f"/office/{path}").status_code == 404


@pytest.fixture
def guide(centre):
    """A document in the catalogue."""
    Page(centre, "catalogue-1.1").save(r0_title_th="คู่มือ", r0_title_en="Guide", r0_paper="on")
    return "guide"


def test_what_an_officer_hands_out_is_counted_at_her_point_and_told_on_the_page_and_in_the_catalogue(centre, guide):
    seat = Seat(centre)
    assert seat.press("sign_in").status_code == 303
    for copies in ("2", "3"):
        answer = seat.browser.send("/documents", document=guide, count=copies)
        assert answer.headers["location"] == "/documents?said=counted"
    rows = centre.morning.ledger._connection.execute("SELECT document, point, count FROM handed_out").fetchall()
    assert rows == [("guide", 2, 5)]
    assert "คู่มือ วันนี้ 5 ปีงบประมาณนี้ 5" in text(seat.browser.see("/documents"))
    assert "แจกแล้ววันนี้ 5 ฉบับ ปีงบประมาณนี้ 5 ฉบับ" in text(Page(centre, "catalogue-1.1").look())


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"count": "0"}, "1 ถึง 999"),
        ({"count": "1000"}, "1 ถึง 999"),
        ({"document": "gone"}, "รายการเอกสารมีการเปลี่ยนแปลง"),
    ],
)
def test_a_count_that_cannot_be_is_told_and_not_counted(centre, guide, fields, told):
    browser = centre.signed_in()
    answer = browser.send("/documents", **({"document": guide, "count": "1"} | fields))
    assert answer.status_code == 422
    assert told in text(answer)
    assert centre.morning.ledger._connection.execute("SELECT count(*) FROM handed_out").get == 0


def test_a_centre_without_documents_says_where_they_come_from(centre):
    assert "ยังไม่มีรายการเอกสาร" in text(centre.signed_in().see("/documents"))
