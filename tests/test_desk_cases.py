"""Cases at the desk, over the real application, a real hall behind its wire and a real ledger."""

from __future__ import annotations

import datetime as dt
import re
import subprocess

import pytest
from desk_pages import dated, filled, text
from test_desk_console import Centre, Seat

from broker import messages as m
from broker.link import Connected
from display.desk import desk
from display.ledger.cases import open_cases

PHONE = {"channel": "phone", "name": "สมชาย ใจดี", "value": "081 234 5678"}


@pytest.fixture
def centre(tmp_path):
    """A001 is served at point 2 by Somsri; the hall takes whatever the desk says while it is there."""
    centre = Centre(tmp_path)

    def publish(message, **_way):
        if centre.there:
            centre.morning.now = centre.now
            centre.morning.hear("desk", message)
            centre.tell()
        return True

    centre.wire.publish = publish
    centre.morning.hall.receive(Connected(), centre.now)
    centre.tell()
    centre.arrive("A001")
    seat = Seat(centre)
    for do in ("sign_in", "next", "start"):
        seat.press(do)
    centre.browser_of_somsri = seat.browser
    yield centre
    centre.morning.ledger.close()


def lines(centre):
    return open_cases(centre.morning.ledger._connection)


def blank(browser, path="/cases/new?point=2"):
    """The form as it came."""
    html = browser.see(path).text.partition('<form method="post" action="/cases')[2]
    return filled(html)


def file(centre, browser=None, **fields):
    browser = browser or centre.browser_of_somsri
    form = blank(browser) | {"matter": "request", **PHONE} | fields
    return browser.client.post("/cases/new", data=form)


def step(centre, name, browser=None, path=None, day="", **fields):
    browser, path = browser or centre.browser_of_somsri, path or f"/cases/{lines(centre)[0].id}"
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', browser.see(path).text))
    day = day or centre.now.astimezone(centre.desk.centre.zone).date().isoformat()
    return browser.client.post(path, data=form | {"step": name} | dated("day", day) | fields)


def test_a_case_is_made_of_the_ticket_that_is_served_and_the_receipt_is_offered(centre):
    assert "/cases/new?point=2" in centre.browser_of_somsri.see("/points/2").text
    answer = file(centre, paper0="สำเนาทะเบียนบ้าน", held0="on")
    (line,) = lines(centre)
    assert answer.headers["location"] == f"/cases/{line.id}?said=filed"
    assert (line.written, line.service, line.state) == ("1/2569", "1.1", "complete")
    assert line.visit == centre.morning.ledger._connection.execute("SELECT id FROM visit WHERE number = 'A001'").get
    page = centre.browser_of_somsri.see(f"/cases/{line.id}")
    assert "1/2569" in text(page)
    receipt = centre.browser_of_somsri.see(f"/cases/{line.id}/receipt.pdf")
    assert (receipt.status_code, receipt.content[:5]) == (200, b"%PDF-")
    assert centre.browser_of_somsri.see(f"/cases/{line.id}/missing.pdf").status_code == 404


def test_a_form_sent_twice_files_one_case(centre):
    form = blank(centre.browser_of_somsri) | {"matter": "request", **PHONE}
    first, second = (centre.browser_of_somsri.client.post("/cases/new", data=form) for _ in range(2))
    assert len(lines(centre)) == 1
    assert second.headers["location"] == first.headers["location"].partition("?")[0]


def test_a_case_filed_while_the_hall_is_away_waits_and_is_filed_once(centre, monkeypatch):
    monkeypatch.setattr(desk, "ANSWER_SECONDS", 0.05)
    form = blank(centre.browser_of_somsri) | {"matter": "request", **PHONE}
    centre.there = False
    for _ in range(2):
        assert centre.browser_of_somsri.client.post("/cases/new", data=form).headers["location"] == "/cases?said=waits"
    assert "รอ" in text(centre.browser_of_somsri.see("/cases"))
    centre.there = True
    centre.desk.hear(Connected())
    centre.morning.hall.receive(Connected(), centre.now)
    centre.tell()
    assert len(lines(centre)) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": "12"}, "value"),
        ({"name": ""}, "name"),
        (dated("erase_on", "yesterday"), "erase_on"),
        (dated("erase_on", "2026-11-23"), "erase_on"),
        ({"matter": ""}, "matter"),
        ({"service": "9.9"}, "service"),
        ({"paper0": "a", "paper1": "a"}, "paper1"),
        ({"note": "โทร 081-234-5678"}, "note"),
        ({"note": "บัตร 1 2345 67890 12 3"}, "note"),
        ({"note": "somchai@example.com"}, "note"),
        ({"note": "x" * 121}, "note"),
        ({"paper0": "x" * 81}, "paper0"),
    ],
)
def test_a_wrong_form_comes_back_filled_with_the_field_named(centre, wrong, field):
    answer = file(centre, **({"paper3": "หนังสือมอบอำนาจ"} | wrong))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "หนังสือมอบอำนาจ" in answer.text
    assert lines(centre) == []


def test_a_case_goes_from_step_to_step_until_both_are_informed(centre):
    file(centre, paper0="สำเนาทะเบียนบ้าน", held0="on")
    path = f"/cases/{lines(centre)[0].id}"
    for name in ("forwarded", "answered", "centre_informed", "citizen_informed"):
        centre.pass_time(minutes=5)
        assert step(centre, name, path=path).headers["location"] == f"{path}?said=done"
    assert lines(centre) == []
    assert "1/2569" in text(centre.browser_of_somsri.see("/cases?show=closed"))


def test_what_is_missing_stands_on_a_slip_until_it_has_come(centre):
    file(centre, paper0="สำเนาทะเบียนบ้าน", paper1="แบบคำขอ", held1="on")
    (line,) = lines(centre)
    assert (line.state, line.missing) == ("missing", ("สำเนาทะเบียนบ้าน",))
    path = f"/cases/{line.id}"
    slip = centre.browser_of_somsri.see(f"{path}/missing.pdf")
    assert (slip.status_code, slip.content[:5]) == (200, b"%PDF-")
    assert step(centre, "forwarded").status_code == 409  # the hall, not the page, knows what may follow
    filled = {"paper0": "สำเนาทะเบียนบ้าน", "held0": "on", "paper1": "แบบคำขอ", "held1": "on"}
    assert step(centre, "missing", **filled).headers["location"] == f"{path}?said=done"
    assert lines(centre)[0].state == "complete"


def test_of_two_officers_the_slower_is_told_what_the_other_did(centre):
    file(centre)
    path = f"/cases/{lines(centre)[0].id}"
    other = centre.signed_in("arun")
    stale = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', other.see(path).text))
    centre.pass_time(minutes=5)
    step(centre, "forwarded")
    answer = other.client.post(path, data=stale | {"step": "withdrawn", "note": "ไม่มา"} | dated("day", "2026-11-23"))
    assert answer.status_code == 409
    assert "Somsri บันทึกว่า ส่งต่อแล้ว" in text(answer)
    assert lines(centre)[0].state == "forwarded"


def test_a_step_is_dated_neither_tomorrow_nor_before_the_one_before_it(centre):
    file(centre)
    for day in ("2026-11-24", "2026-11-22", "soon"):
        answer = step(centre, "forwarded", day=day)
        assert (answer.status_code, 'href="#day"' in answer.text) == (422, True)
    centre.pass_time(days=2)
    assert step(centre, "forwarded", centre.signed_in("somsri"), day="2026-11-24").status_code == 303
    zone = centre.desk.centre.zone
    assert lines(centre)[0].forwarded.astimezone(zone).date() == dt.date(2026, 11, 24)


def test_an_overdue_case_is_marked_and_the_notice_of_delay_may_be_noted_then_alone(centre):
    file(centre)
    path = f"/cases/{lines(centre)[0].id}"
    assert "delay_noticed" not in centre.browser_of_somsri.see(path).text
    centre.pass_time(days=3)
    somsri = centre.signed_in("somsri")
    assert "เกินกำหนด 1" in text(somsri.see("/cases"))
    assert "1/2569" in text(somsri.see("/cases?show=overdue"))
    assert step(centre, "delay_noticed", browser=somsri).headers["location"] == f"{path}?said=done"


def test_a_contact_is_shown_on_demand_alone_and_who_saw_it_stands_there(centre):
    file(centre)
    path = f"/cases/{lines(centre)[0].id}"
    arun = centre.signed_in("arun")
    assert "0812345678" not in arun.see(path).text
    shown = arun.send(f"{path}/contact", path, do="show")
    assert arun.see(f"{path}/contact").headers["location"] == path  # opened again, it shows nothing unasked
    assert "0812345678" in shown.text
    assert "Arun: เปิดดู" in text(arun.see(path))


def test_a_contact_is_erased_on_its_date_and_that_is_said(centre):
    file(centre)
    path = f"/cases/{lines(centre)[0].id}"
    assert centre.desk.contacts.erase_due(dt.date(2027, 3, 1), centre.now) == 1
    page = centre.browser_of_somsri.see(path)
    assert "ลบแล้ว" in text(page)
    assert "show" not in re.findall(r'name="do" value="(\w+)"', page.text)


def test_a_citizen_may_leave_no_contact_and_one_is_added_later(centre):
    file(centre, channel="none", name="", value="")
    path = f"/cases/{lines(centre)[0].id}"
    assert centre.desk.contacts.figures().held == 0
    form = {"do": "keep", **PHONE} | dated("erase_on", "2027-01-15")
    assert centre.browser_of_somsri.send(f"{path}/contact", path, **form).headers["location"] == f"{path}?said=saved"
    assert centre.desk.contacts.erase_on(lines(centre)[0].id) == dt.date(2027, 1, 15)


def test_a_case_is_found_by_its_number_however_it_is_spaced(centre):
    file(centre)
    somsri = centre.browser_of_somsri
    assert somsri.see("/cases?q= 1 / 2569").headers["location"] == f"/cases/{lines(centre)[0].id}"
    assert somsri.see("/cases?q=7/2569").status_code == 422
    assert somsri.see("/cases?q=A001").status_code == 422


def test_an_office_without_cases_says_so_and_a_ledger_that_cannot_be_read_too(centre, tmp_path):
    somsri = centre.browser_of_somsri
    assert "ไม่มีเรื่อง" in text(somsri.see("/cases"))
    centre.desk.ledger = tmp_path / "nothing"
    assert somsri.see("/cases").status_code == 503


def test_nothing_of_a_citizen_goes_to_the_hall(centre):
    file(centre)
    bodies = " ".join(str(b) for (b,) in centre.morning.ledger._connection.execute("SELECT body FROM event"))
    assert "0812345678" not in bodies
    assert "สมชาย" not in bodies
    assert not any(isinstance(said, m.CaseFiled) and "สมชาย" in str(said) for said in centre.wire.commands)


def test_the_lists_tell_what_is_due_soon_and_everything_with_the_officer_who_received_it(centre):
    file(centre)
    arun = centre.signed_in("arun")
    file(centre, browser=arun, matter="information")
    assert "ภายในวันที่ 26 พ.ย. 2569" in text(arun.see("/cases?show=soon"))  # three working days after Monday
    assert [number in text(arun.see("/cases?show=soon")) for number in ("1/2569", "2/2569")] == [True, False]
    everything = text(arun.see("/cases?show=all"))
    assert everything.index("2/2569 –") < everything.index("1/2569 กำหนดส่งต่อ 24 พ.ย. 2569 ใกล้ครบกำหนด")
    assert "Arun 1.1" in everything
    centre.pass_time(days=3)
    assert "ไม่มีเรื่องที่ใกล้ครบกำหนด" in text(centre.signed_in("somsri").see("/cases?show=soon"))


def test_a_due_date_stands_with_its_rule_and_a_warning_where_the_holidays_are_not_known(centre):
    file(centre)
    page = text(centre.browser_of_somsri.see(f"/cases/{lines(centre)[0].id}"))
    assert "24 พ.ย. 2569 1 วันทำการ นับถัดจากวันที่เอกสารครบถ้วน" in page
    assert "8 ม.ค. 2570 30 วันทำการ นับถัดจากวันที่เอกสารครบถ้วน" in page
    assert "ยังไม่ได้ยืนยันวันหยุดราชการ พ.ศ. 2570" in page
    file(centre, matter="information")
    other = next(line for line in lines(centre) if line.number == 2)
    page = text(centre.browser_of_somsri.see(f"/cases/{other.id}"))
    assert "– ไม่มีกำหนดวันสำหรับเรื่องประเภทนี้" in page
    assert "พ.ศ. 2570" not in page


def test_a_case_is_withdrawn_with_its_reason_alone_for_it_cannot_be_taken_up_again(centre):
    file(centre)
    path = f"/cases/{lines(centre)[0].id}"
    answer = step(centre, "withdrawn", path=path)
    assert answer.status_code == 422
    assert "กรุณาระบุเหตุผล" in text(answer)
    assert step(centre, "withdrawn", path=path, note="ไม่ประสงค์ดำเนินการต่อ").status_code == 303
    assert lines(centre) == []


def test_a_step_is_not_taken_twice_while_the_first_waits_for_the_hall(centre, monkeypatch):
    monkeypatch.setattr(desk, "ANSWER_SECONDS", 0.05)
    file(centre)
    centre.pass_time(minutes=5)
    centre.there = False
    assert step(centre, "forwarded").headers["location"].endswith("said=waits")
    answer = step(centre, "withdrawn")
    assert (answer.status_code, len(centre.desk.facts.pending())) == (409, 1)
    assert "รอบันทึกเข้าระบบ" in text(answer)


def test_a_contact_that_was_erased_is_not_asked_for_again(centre):
    file(centre)
    path = f"/cases/{lines(centre)[0].id}"
    centre.desk.contacts.erase_due(dt.date(2027, 3, 1), centre.now)
    form = {"do": "keep", **PHONE} | dated("erase_on", "2027-01-15")
    answer = centre.browser_of_somsri.send(f"{path}/contact", path, **form)
    assert (answer.status_code, centre.desk.contacts.figures().held) == (409, 0)
    assert "ลบแล้ว" in text(answer)


def test_a_contact_that_would_go_before_its_case_ends_is_told_and_kept_longer(centre):
    file(centre, **dated("erase_on", "2026-12-01"))
    path, somsri = f"/cases/{lines(centre)[0].id}", centre.browser_of_somsri
    told = "ข้อมูลติดต่อจะถูกลบภายใน 14 วัน: 1/2569"
    assert told in text(somsri.see("/cases"))
    assert "หากลบข้อมูลติดต่อในวันที่ 1 ธ.ค. 2569" in text(somsri.see(path))
    for wrong in ("2026-11-30", "2026-12-01", "2028-01-01", ""):
        answer = somsri.send(f"{path}/contact", path, do="postpone", **dated("erase_on", wrong))
        assert (answer.status_code, 'href="#erase_on"' in answer.text) == (422, True)
    later = somsri.send(f"{path}/contact", path, do="postpone", **dated("erase_on", "2027-02-01"))
    assert later.headers["location"] == f"{path}?said=saved"
    assert centre.desk.contacts.erase_on(lines(centre)[0].id) == dt.date(2027, 2, 1)
    assert told not in text(somsri.see("/cases"))
    assert [entry.deed for entry in centre.desk.contacts.log(lines(centre)[0].id)] == ["kept", "postponed"]


def test_what_the_matter_is_and_where_it_went_stands_with_the_case(centre):
    file(centre, note="  ขอขยายเขตไฟฟ้า  หมู่ 7 เลขที่หนังสือ 12/2569 ")
    path = f"/cases/{lines(centre)[0].id}"
    centre.pass_time(minutes=5)
    step(centre, "forwarded", note="กองตรวจและประเมินผล")
    page = text(centre.browser_of_somsri.see(path))
    assert page.count("ขอขยายเขตไฟฟ้า หมู่ 7 เลขที่หนังสือ 12/2569") == 2  # on top, and in the history
    assert page.count("กองตรวจและประเมินผล") == 1
    answer = step(centre, "answered", note="โทร 0812345678")
    assert (answer.status_code, 'href="#note"' in answer.text) == (422, True)
    assert lines(centre)[0].state == "forwarded"


def test_a_receipt_is_had_in_each_language(centre):
    file(centre)
    path = f"/cases/{lines(centre)[0].id}"
    assert f'href="{path}/receipt.pdf?language=en"' in centre.browser_of_somsri.see(path).text
    thai, english = (pdf_text(centre.browser_of_somsri.see(f"{path}/receipt.pdf{q}")) for q in ("", "?language=en"))
    assert "Receipt of your case" in english
    assert "Receipt of your case" not in thai


def pdf_text(answer):
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.content, capture_output=True, check=True)
    return read.stdout.decode()
