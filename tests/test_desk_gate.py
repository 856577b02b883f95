"""The gate as specification: who comes in, who does not, and what is written down of it."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from desk_pages import PASSWORD, Office, text

from display.desk.app import PAGES
from display.desk.sessions import form_token


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def begin(browser, code, **changes):
    filled = {"code": code, "name": "somsri", "shown": "สมศรี ดูแล", "new": PASSWORD, "again": PASSWORD}
    return browser.send("/first", **(filled | changes))


# ---------------------------------------------------------------- the first administrator
def test_there_is_no_default_password_only_a_code_for_the_first_administrator(office):
    assert office.desk.accounts.all() == []
    assert office.browser().see("/").headers["location"] == "/sign-in?next=/"
    assert office.browser().see("/sign-in").headers["location"] == "/first"


def test_the_code_stands_on_the_line_for_staff_until_it_was_used(office):
    office.desk.show_code()
    assert office.desk.first_code in office.wire.own.warnings[0]
    assert begin(office.browser(), office.desk.first_code).headers["location"] == "/"
    assert office.wire.own.warnings == ()


def test_whoever_has_the_code_is_the_first_administrator(office):
    browser = office.browser()
    begin(browser, office.desk.first_code.lower().replace("-", " "))
    assert office.desk.accounts.get("somsri").role == "administrator"
    assert browser.see("/users").status_code == 200


def test_the_code_of_the_first_administrator_opens_once(office):
    code = office.desk.first_code
    begin(office.browser(), code)
    again = {"code": code, "name": "other", "shown": "x", "new": PASSWORD, "again": PASSWORD}
    assert office.browser().send("/first", form="/sign-in", **again).status_code == 422
    assert office.desk.accounts.get("other") is None


def test_a_wrong_code_makes_nobody(office):
    answer = begin(office.browser(), "AAAA-BBBB-CCCC")
    assert answer.status_code == 422
    assert "รหัสใช้ครั้งเดียวไม่ถูกต้อง" in text(answer)
    assert office.desk.accounts.empty


def test_codes_are_not_tried_without_end(office):
    codes = [begin(office.browser(), f"AAAA-BBBB-{n:04}") for n in range(8)]
    assert "กรุณารอ" in text(codes[-1])
    assert "กรุณารอ" in text(begin(office.browser(), office.desk.first_code))  # not even the right one
    office.pass_time(minutes=1)
    assert begin(office.browser(), office.desk.first_code).status_code == 303


# ---------------------------------------------------------------- passwords
def test_name_and_password_open_the_page_that_was_asked_for(office):
    office.employ("somsri", "administrator")
    browser = office.browser()
    page = browser.see("/reports?first=2026-11-16&by=hour&said=done")
    answer = browser.send("/sign-in", form=page.headers["location"], name="Somsri", password=PASSWORD)
    assert answer.headers["location"] == "/reports?first=2026-11-16&by=hour"


@pytest.mark.parametrize("evil", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(office, evil):
    office.employ("somsri")
    assert office.browser().send("/sign-in", name="somsri", password=PASSWORD, next=evil).headers["location"] == "/"


@pytest.mark.parametrize(("name", "password"), [("somsri", "wrong"), ("nobody", PASSWORD), ("somsri", PASSWORD + "x")])
def test_a_wrong_password_and_an_unknown_name_are_told_alike(office, name, password):
    office.employ("somsri")
    answer = office.browser().sign_in(name, password)
    assert answer.status_code == 422
    assert "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง" in text(answer)
    assert office.audited[0] == ("", "sign_in_failed", name)


def test_the_form_comes_back_filled_but_never_with_the_password(office):
    office.employ("somsri")
    answer = office.browser().sign_in("somsri", "wrong one")
    assert 'value="somsri"' in answer.text
    assert "wrong one" not in answer.text


def test_no_password_is_kept_in_clear(office):
    office.employ("somsri")
    assert office.desk.accounts.secret("somsri").startswith("$argon2id$")


def test_after_some_failures_even_the_right_password_waits_and_then_opens(office):
    office.employ("somsri")
    browser = office.browser()
    for _ in range(6):
        browser.sign_in("somsri", "wrong")
    assert "กรุณารอ" in text(browser.sign_in("somsri"))
    assert office.audited[0][1] == "sign_in_paused"
    office.pass_time(seconds=61)
    assert browser.sign_in("somsri").status_code == 303


def test_a_strangers_failures_do_not_keep_the_owner_out(office):
    office.employ("somsri")
    for _ in range(10):
        office.browser("10.6.6.6").sign_in("somsri", "wrong")
    assert office.browser("10.0.0.7").sign_in("somsri").status_code == 303


def test_one_address_cannot_try_every_account(office):
    office.employ("somsri")
    stranger = office.browser("10.6.6.6")
    for n in range(21):
        stranger.sign_in(f"officer{n}", "wrong")
    assert "กรุณารอ" in text(stranger.sign_in("officer99", "wrong"))


# ---------------------------------------------------------------- sessions
def test_the_cookie_is_for_this_site_by_https_alone_and_no_script_reads_it(office):
    office.employ("somsri")
    cookie = office.browser().sign_in("somsri").headers["set-cookie"]
    assert cookie.startswith("__Host-khiu=")
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_the_store_holds_no_token_that_would_open(office):
    browser = office.signed_in()
    token = browser.client.cookies["__Host-khiu"]
    kept = office.desk.connection.execute("SELECT hex(hash), account FROM session").fetchall()
    assert len(kept) == 1
    assert token not in str(kept)
    assert token.encode().hex().upper() not in str(kept)


def test_signing_in_gives_a_token_that_nobody_knew_before(office):
    office.employ("somsri")
    browser = office.browser()
    browser.see("/sign-in")
    before = browser.client.cookies["__Host-khiu"]
    browser.sign_in("somsri")
    assert browser.client.cookies["__Host-khiu"] != before
    browser.client.cookies.set("__Host-khiu", before, domain="khiu.local")
    assert browser.see("/").status_code == 303


def test_who_does_nothing_for_an_hour_signs_in_again(office):
    browser = office.signed_in()
    office.pass_time(minutes=50)
    assert browser.see("/").status_code == 200
    office.pass_time(minutes=50)
    assert browser.see("/").status_code == 200
    office.pass_time(minutes=61)
    assert browser.see("/").headers["location"].startswith("/sign-in")


def test_a_page_that_keeps_itself_current_is_no_sign_of_a_person(office):
    browser = office.signed_in()
    for _ in range(3):
        office.pass_time(minutes=25)
        last = browser.see("/", x_live="1")
    assert last.status_code == 401


def test_after_twelve_hours_everybody_signs_in_again(office):
    browser = office.signed_in()
    for _ in range(24):
        office.pass_time(minutes=30)
        last = browser.see("/")
    assert last.status_code == 200
    office.pass_time(minutes=1)
    assert browser.see("/").status_code == 303


def test_signing_out_ends_this_session_and_no_other(office):
    one, other = office.signed_in(), office.signed_in()
    token = one.client.cookies["__Host-khiu"]
    assert one.send("/sign-out", form="/").headers["location"] == "/sign-in"
    one.client.cookies.set("__Host-khiu", token, domain="khiu.local")
    assert one.see("/").status_code == 303
    assert other.see("/").status_code == 200


def test_signing_out_everywhere_ends_them_all(office):
    one, other, stranger = office.signed_in(), office.signed_in(), office.signed_in("wichai")
    one.send("/sign-out-everywhere", form="/me")
    assert [browser.see("/").status_code for browser in (one, other, stranger)] == [303, 303, 200]


# ---------------------------------------------------------------- roles, forms
def test_a_page_of_another_role_is_refused_and_that_is_written_down(office):
    browser = office.signed_in("somsri", "supervisor")
    assert browser.see("/users").status_code == 403
    assert office.audited[0] == ("somsri", "refused", "/users")
    assert "/users" not in browser.see("/").text  # nor does the menu offer it


@pytest.mark.parametrize("page", [page for page in PAGES if page.roles], ids=lambda page: page.path)
def test_nobody_sees_or_does_anything_without_signing_in(office, page):
    office.employ("somsri", "administrator")
    path = re.sub("{.*?}", "x", page.path)
    token = office.browser().see("/sign-in")
    assert token.status_code == 200
    browser = office.browser()
    assert browser.see(path).status_code in (303, 405)
    assert browser.send(path, form="/sign-in").status_code in (303, 405)


@pytest.mark.parametrize(
    "sent", [{"other": "field"}, {"token": ""}, {"token": "0" * 64}, {"token": form_token("another browser's")}]
)
def test_a_form_without_its_token_changes_nothing(office, sent):
    browser = office.signed_in("somsri", "supervisor")
    assert browser.client.post("/services/1.1/close", data=sent).status_code == 403
    assert office.wire.commands == []


def test_a_form_that_another_site_sends_changes_nothing(office):
    browser = office.signed_in()
    fields = {"token": form_token(browser.client.cookies["__Host-khiu"])}
    sent = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    assert browser.client.post("/sign-out", data=fields, headers=sent).status_code == 403
    assert browser.see("/").status_code == 200


@pytest.mark.parametrize("page", [page for page in PAGES if page.act is None], ids=lambda page: page.path)
def test_a_page_that_only_shows_takes_no_form(office, page):
    browser = office.signed_in("somsri", "administrator")
    assert browser.send(re.sub("{.*?}", "x", page.path), form="/me").status_code == 405


@pytest.mark.parametrize("page", [page for page in PAGES if page.show is None], ids=lambda page: page.path)
def test_an_address_that_only_takes_forms_leads_to_the_first_page_when_it_is_asked_for_again(office, page):
    path = re.sub("{.*?}", "x", page.path)
    browser = office.signed_in("somsri", "administrator")
    told = browser.client.post(path, data={"token": "stale"})
    assert (told.status_code, f'name="next" value="{path}"' in told.text) == (403, True)
    assert browser.see(path).headers["location"] == "/"


@pytest.mark.parametrize(
    ("kind", "size", "status"),
    [
        ("application/json", 10, 415),
        ("application/x-www-form-urlencoded", 70_000, 413),
        ("multipart/form-data; boundary=x", 70_000, 413),
    ],
)
def test_what_is_too_large_or_no_form_is_not_read(office, kind, size, status):
    office.employ("somsri")
    sent = office.browser().client.post("/sign-in", content=b"x" * size, headers={"content-type": kind})
    assert sent.status_code == status


def test_every_answer_says_what_a_browser_may_do_with_it(office):
    browser = office.signed_in()
    for answer in (browser.see("/"), browser.see("/nothing"), browser.see("/static/desk.css"), browser.see("/sign-in")):
        assert answer.headers["content-security-policy"].startswith("default-src 'self';")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
    assert browser.see("/").headers["cache-control"] == "no-store"


def test_no_page_has_a_script_or_a_style_of_its_own(office):
    browser = office.signed_in("somsri", "administrator")
    for path in ("/", "/users", "/users/new", "/audit", "/me"):
        html = browser.see(path).text
        assert re.findall(r"<script(?! src=\"/static/)|<style| style=| on\w+=|https?://", html) == []


def test_a_fault_of_our_own_is_told_and_shows_nothing_of_the_inside(office, monkeypatch):
    browser = office.signed_in("somsri", "administrator")
    monkeypatch.setattr(office.desk.audit, "entries", lambda _before: 1 // 0)
    answer = browser.see("/audit")
    assert answer.status_code == 500
    assert "เกิดข้อผิดพลาดในระบบ" in text(answer)
    assert "ZeroDivisionError" not in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


def test_the_other_language_leads_back_to_what_was_asked_but_not_to_what_was_said(office):
    browser = office.signed_in("somsri", "supervisor")
    hidden = re.search('name="next" value="([^"]*)"', browser.see("/reports?by=hour&last=2026-11-22&said=done").text)
    asked = unescape(hidden[1])
    assert asked == "/reports?by=hour&last=2026-11-22"
    assert browser.send("/language", form="/me", language="en", next=asked).headers["location"] == asked


def test_the_language_stays_with_the_browser(office):
    office.employ("somsri")
    browser, other = office.browser(), office.browser()
    assert "เข้าสู่ระบบ" in text(browser.see("/sign-in"))
    assert browser.send("/language", form="/sign-in", language="en", next="/sign-in").headers["location"] == "/sign-in"
    assert "Sign in" in text(browser.see("/sign-in"))
    assert "Sign in" not in text(other.see("/sign-in"))
    browser.sign_in("somsri")
    assert "The hall now" in text(browser.see("/"))


def test_one_code_is_used_by_one_of_two_who_hurry(office):
    office.employ("somsri")
    office.desk.accounts.set_code("somsri", office.desk.hasher.hash("AAAA-BBBB-CCCC"), office.now)
    fields = {"name": "somsri", "code": "AAAA-BBBB-CCCC", "new": "another sentence", "again": "another sentence"}
    assert office.browser().send("/code", **fields).status_code == 303
    assert office.browser().send("/code", **fields).status_code == 422


def test_a_code_lives_three_days(office):
    office.employ("somsri")
    office.desk.accounts.set_code("somsri", office.desk.hasher.hash("AAAA-BBBB-CCCC"), office.now)
    office.now += dt.timedelta(hours=72)
    fields = {"name": "somsri", "code": "AAAA-BBBB-CCCC", "new": "another sentence", "again": "another sentence"}
    assert office.browser().send("/code", **fields).status_code == 422
