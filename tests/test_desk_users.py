"""Users and audit: what an administrator does, and what even she cannot."""

from __future__ import annotations

import re

import apsw
import pytest
from desk_pages import PASSWORD, Office, text


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


@pytest.fixture
def admin(office):
    return office.signed_in("somsri", "administrator")


def shown_code(answer):
    return re.search(r'<code class="code">([\w-]+)</code>', answer.text)[1]


def test_a_new_user_sets_a_password_with_a_code_and_is_in(office, admin):
    made = admin.send("/users/new", name="Wichai", shown="วิชัย พึ่งธรรม", role="supervisor")
    code = shown_code(made)
    assert office.audited[:2] == [("somsri", "code_made", "wichai"), ("somsri", "account_added", "wichai")]
    browser = office.browser()
    assert browser.sign_in("wichai", code).status_code == 422  # a code is no password
    answer = browser.send("/code", name="wichai", code=code.lower(), new=PASSWORD, again=PASSWORD)
    assert answer.headers["location"] == "/"
    assert "วิชัย พึ่งธรรม หัวหน้างาน" in text(browser.see("/"))
    again = office.browser().send("/code", name="wichai", code=code, new=PASSWORD + "2", again=PASSWORD + "2")
    assert again.status_code == 422
    assert office.browser().sign_in("wichai").status_code == 303


def test_a_forgotten_password_holds_until_the_new_code_is_used_and_ends_every_session(office, admin):
    officer = office.signed_in("wichai")
    code = shown_code(admin.send("/users/wichai/code", form="/users/wichai"))
    assert officer.see("/").status_code == 200
    office.browser().send("/code", name="wichai", code=code, new="another sentence", again="another sentence")
    assert officer.see("/").status_code == 303
    assert office.browser().sign_in("wichai").status_code == 422
    assert office.browser().sign_in("wichai", "another sentence").status_code == 303


def test_the_address_of_a_shown_code_leads_back_to_its_user_and_shows_nothing(office, admin):
    office.employ("somsri")
    assert admin.see("/users/somsri/code").headers["location"] == "/users/somsri"
    assert admin.see("/users/nobody/code").status_code == 404


def test_a_disabled_user_is_out_at_once_and_stays_in_the_list(office, admin):
    officer = office.signed_in("wichai")
    admin.send("/users/wichai", shown="Wichai", role="officer", disabled="on")
    assert officer.see("/").status_code == 303
    assert office.browser().sign_in("wichai").status_code == 422
    assert "ระงับการใช้งาน" in text(admin.see("/users"))
    assert office.audited[1] == ("somsri", "account_disabled", "wichai")


def test_one_who_bears_the_name_of_another_from_before_is_disabled_all_the_same(office, admin):
    office.desk.accounts.add("somsri2", "Somsri", "officer")
    assert admin.send("/users/somsri2", shown="Somsri", role="officer", disabled="on").status_code == 303
    assert office.desk.accounts.get("somsri2").disabled


def test_nobody_gets_the_name_that_another_had_and_its_figures_with_it(office, admin):
    office.employ("wichai")
    was = office.desk.accounts.get("wichai").shown
    admin.send("/users/wichai", shown="Wichai P.", role="officer")
    answer = admin.send("/users/new", name="namfon", shown=was, role="officer")
    assert answer.status_code == 422
    assert "เคยใช้ชื่อนี้" in text(answer)
    assert admin.send("/users/wichai", shown=was, role="officer").status_code == 303  # it is her own


def test_another_role_counts_from_the_next_sign_in(office, admin):
    officer = office.signed_in("wichai", "supervisor")
    admin.send("/users/wichai", shown="Wichai", role="officer")
    assert officer.see("/").status_code == 303
    assert office.desk.accounts.get("wichai").role == "officer"


def test_two_who_edit_the_same_user_are_told(office, admin):
    office.employ("wichai")
    other = office.signed_in("namfon", "administrator")
    read = admin.see("/users/wichai").text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', read))
    other.send("/users/wichai", shown="Wichai P.", role="officer")
    answer = admin.client.post("/users/wichai", data=hidden | {"shown": "Wichai X.", "role": "officer"})
    assert answer.status_code == 422
    assert "มีผู้อื่นแก้ไขผู้ใช้นี้เมื่อสักครู่" in text(answer)
    assert 'value="Wichai X."' in answer.text  # what she typed is not lost
    assert office.desk.accounts.get("wichai").shown == "Wichai P."


def test_the_last_administrator_cannot_lock_herself_out(office, admin):
    for change in ({"role": "officer"}, {"role": "administrator", "disabled": "on"}):
        answer = admin.send("/users/somsri", shown="Somsri", **change)
        assert "ผู้ดูแลระบบเพียงคนเดียว" in text(answer)
    office.employ("namfon", "administrator")
    assert admin.send("/users/somsri", shown="Somsri", role="officer").status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "somsri", "มีชื่อผู้ใช้นี้แล้ว"),
        ("name", "สมศรี", "ใช้อักษร a–z"),
        ("name", "a b", "ใช้อักษร a–z"),
        ("name", "", "กรุณากรอกช่องนี้"),
        ("shown", "", "กรุณากรอกช่องนี้"),
        ("shown", "x" * 61, "ไม่เกิน 60 ตัวอักษร"),
        ("shown", "a\u0007b", "ไม่เกิน 60 ตัวอักษร"),
        ("shown", "Somsri", "มีผู้ใช้อื่นใช้หรือเคยใช้ชื่อนี้แล้ว"),
        ("role", "king", "กรุณาเลือกหนึ่งรายการ"),
    ],
)
def test_a_wrong_form_comes_back_filled_with_the_field_named(office, admin, field, value, told):
    filled = {"name": "wichai", "shown": "วิชัย พึ่งธรรม", "role": "officer"} | {field: value}
    answer = admin.send("/users/new", **filled)
    assert answer.status_code == 422
    label = {"name": "ชื่อผู้ใช้", "shown": "ชื่อและนามสกุล", "role": "บทบาท"}[field]
    assert re.search(rf"{label}: [^:]*{re.escape(told)}", text(answer))
    others = [f'value="{filled[name]}"' for name in ("name", "shown") if name != field]
    assert [other for other in others if other not in answer.text] == []
    assert office.desk.accounts.get("wichai") is None


@pytest.mark.parametrize(
    ("new", "again", "told"),
    [
        ("short", "short", "อย่างน้อย 10 ตัวอักษร"),
        ("x" * 201, "x" * 201, "อย่างน้อย 10 ตัวอักษร"),
        ("a long sentence", "another sentence", "ไม่ตรงกัน"),
    ],
)
def test_a_password_is_long_and_typed_twice_alike(office, admin, new, again, told):
    answer = admin.send("/me", old=PASSWORD, new=new, again=again)
    assert answer.status_code == 422
    assert told in text(answer)


def test_another_password_needs_the_old_one_and_ends_the_other_sessions(office, admin):
    other = office.signed_in("somsri")
    assert admin.send("/me", old="wrong", new="another sentence", again="another sentence").status_code == 422
    answer = admin.send("/me", old=PASSWORD, new="another sentence", again="another sentence")
    assert "ตั้งรหัสผ่านใหม่แล้ว" in text(admin.see(answer.headers["location"]))
    assert other.see("/").status_code == 303


def test_markup_in_a_name_is_shown_as_it_was_typed_and_never_works(office, admin):
    evil = "<script>alert(1)</script>"
    admin.send("/users/new", name="evil", shown=evil, role="officer")
    page = admin.see("/users")
    assert "<script>alert" not in page.text
    assert evil in text(page)


def test_the_audit_tells_who_what_when_and_from_where_newest_first(office, admin):
    office.browser("10.9.9.9").sign_in("nobody", "wrong")
    lines = text(admin.see("/audit"))
    assert "23 พ.ย. 2569 09:00 น. – เข้าสู่ระบบไม่สำเร็จ nobody 10.9.9.9" in lines
    assert lines.index("เข้าสู่ระบบไม่สำเร็จ") < lines.index("somsri เข้าสู่ระบบ")


def test_the_audit_names_what_was_done_as_the_pages_call_it(office, admin):
    for kind, about in (
        ("office_edited", "catalogue-1.1 3"),
        ("office_edited", "gone-9.9 1"),
        ("service_closed", "1.3"),
        ("service_closed", "9.9"),
        ("refused", "/users"),
        ("refused", "/points/9"),
    ):
        office.desk.audit.note(kind, account="somsri", about=about, address="10.0.0.7", now=office.now)
    said = text(admin.see("/audit"))
    for words in ("เอกสารสำหรับผู้มารับบริการ: 1.1 บริการข้อมูลข่าวสาร ฉบับที่ 3", "1.3 บริการเบ็ดเสร็จ", "ผู้ใช้ (/users)"):
        assert f"{words} 10.0.0.7" in said
    for as_noted in ("gone-9.9 1", "9.9", "/points/9"):  # this centre has them no more
        assert f" {as_noted} 10.0.0.7" in said


def test_the_audit_is_read_page_by_page(office, admin):
    for n in range(60):
        office.desk.audit.note("signed_out", account=f"a{n:02}", about="", address="", now=office.now)
    first = admin.see("/audit")
    older = re.search(r"/audit\?before=\d+", first.text)[0]
    assert ("a59" in first.text, "a05" in first.text) == (True, False)
    assert "a05" in admin.see(older).text


def test_nobody_changes_the_audit(office, admin):
    for statement in ("DELETE FROM audit", "UPDATE audit SET account = 'x'"):
        with pytest.raises(apsw.ConstraintError):
            office.desk.connection.execute(statement)
