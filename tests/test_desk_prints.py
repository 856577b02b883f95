"""A case's papers that an officer prints at a kiosk or a point: what is asked for there, and what the page says."""

from __future__ import annotations

import re
from typing import get_args

import desk_pages
import pytest
from desk_pages import CENTRE, text
from msgspec.structs import replace
from test_desk_cases import PHONE, centre, file, lines  # noqa: F401 -- a fixture

from broker import messages as m
from broker.centre_printers import PointPrinter
from broker.link import Received
from broker.topics import encode
from display.desk import prints

ONE_MISSING = {"paper0": "สำเนาบัตรประชาชน", "held0": "on", "paper1": "สำเนาทะเบียนบ้าน"}


@pytest.fixture
def kiosk(centre):  # noqa: F811
    """A case with a document missing, and a kiosk that answers ``outcome``, or nothing where there is none."""
    file(centre, **ONE_MISSING)
    (line,) = lines(centre)
    to_hall = centre.wire.publish

    def publish(message, **way):
        if not isinstance(message, m.Print):
            return to_hall(message, **way)
        centre.asked.append((message, way))
        if centre.outcome:
            said_by = centre.said_by or way["node"]
            centre.desk.hear(Received(m.Printed(message.id, *centre.outcome), said_by, False))
        return True

    centre.wire.publish, centre.asked, centre.said_by = publish, [], None
    centre.outcome, centre.case = ("printed", "ready"), line
    centre.hear(m.Status(online=True, role="kiosk", software="khiu"), key="kiosk-1")
    return centre


def press(kiosk, **fields):
    """The button of the receipt in Thai."""
    path = f"/cases/{kiosk.case.id}"
    ids = re.findall(r'name="id" value="([0-9a-f]{16})"', kiosk.browser_of_somsri.see(path).text)
    asked = {"id": ids[0], "paper": "receipt", "at": "kiosk-1 th"} | fields
    return kiosk.browser_of_somsri.send(path, path, **asked)


def test_the_kiosk_is_told_all_that_stands_on_the_paper_and_nothing_of_the_citizen(kiosk):
    answer = press(kiosk)
    assert answer.headers["location"] == f"/cases/{kiosk.case.id}?said=printed"
    ((asked, way),) = kiosk.asked
    assert way == {"node": "kiosk-1", "expires": prints.BEGIN_SECONDS}
    assert (asked.paper, asked.language, asked.number) == ("receipt", "th", kiosk.case.written)
    assert (asked.deadline - kiosk.now).total_seconds() == prints.BEGIN_SECONDS
    assert [(d.name, d.held) for d in asked.documents] == [("สำเนาบัตรประชาชน", True), ("สำเนาทะเบียนบ้าน", False)]
    said = encode(asked).decode()
    assert not [word for word in (*PHONE["name"].split(), PHONE["value"]) if word in said]


def test_a_form_sent_twice_asks_for_one_paper_and_each_paper_and_language_is_another(kiosk):
    fields = ({}, {}, {"paper": "missing"}, {"at": "kiosk-1 en"})
    for more in fields:
        press(kiosk, id="0123456789abcdef", **more)
    assert [asked.id for asked, _ in kiosk.asked] == [
        "0123456789abcdef-receipt-th",
        "0123456789abcdef-receipt-th",
        "0123456789abcdef-missing-th",
        "0123456789abcdef-receipt-en",
    ]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (("not_printed", "paper_out"), "ยังไม่ได้พิมพ์ kiosk-1: กระดาษหมด"),
        (("unsure", "silent"), "กรุณาตรวจดูที่เครื่องก่อนสั่งพิมพ์ซ้ำ"),
        (("late",), "kiosk-1 ไม่ว่าง จึงยังไม่ได้พิมพ์"),
        (("busy",), "มีเอกสารอื่นรอพิมพ์ที่ kiosk-1"),
    ],
)
def test_what_became_of_it_is_said_in_the_officers_language(kiosk, outcome, said):
    kiosk.outcome = outcome
    answer = press(kiosk)
    assert answer.status_code == 503
    assert said in text(answer)


def test_a_kiosk_that_is_not_there_is_not_asked(kiosk):
    kiosk.hear(m.Status(online=False, role="kiosk", software="khiu"), key="kiosk-1")
    assert "kiosk-1 ไม่ได้เชื่อมต่อ จึงยังไม่ได้พิมพ์" in text(press(kiosk))
    assert kiosk.asked == []


@pytest.fixture
def printers(monkeypatch):
    """Two, of which the second stands at the officer's point; before the desk."""
    paper = CENTRE.kiosks[0].printer
    tables = (PointPrinter("printer-6", (6,), paper), PointPrinter("printer-2", (2, 3), paper))
    monkeypatch.setattr(desk_pages, "CENTRE", replace(CENTRE, printers=tables))


def offered(browser, kiosk):
    """Where the page offers to print the receipt in its own language, as it says that, in its order."""
    html = browser.see(f"/cases/{kiosk.case.id}").text
    buttons = re.findall(r'name="at" value="(\S+) th">(.*?)</button>', html, re.DOTALL)
    said = [(node, " ".join(re.sub("<[^>]*>", "", label).split())) for node, label in buttons]
    return [(node, label.removesuffix(" ใบรับเรื่อง ไทย")) for node, label in said if "ใบรับเรื่อง" in label]


def test_the_printer_of_ones_own_point_is_offered_first_then_the_halls_then_those_of_others(printers, kiosk):
    own, hall, other = (
        ("printer-2", "พิมพ์ที่ printer-2 (จุดที่ 2–3)"),
        ("kiosk-1", "พิมพ์ที่ kiosk-1"),
        ("printer-6", "พิมพ์ที่ printer-6 (จุดที่ 6)"),
    )
    assert offered(kiosk.browser_of_somsri, kiosk) == [own, hall, other]
    assert offered(kiosk.signed_in("malee"), kiosk) == [hall, other, own]  # who sits at no point


def test_at_a_point_it_is_printed_by_that_printer_alone_and_said_where_the_paper_lies(printers, kiosk):
    kiosk.hear(m.Status(online=True, role="printer", software="khiu"), key="printer-2")
    answer = press(kiosk, at="printer-2 th")
    assert [way["node"] for _, way in kiosk.asked] == ["printer-2"]
    assert "เครื่องพิมพ์ประจำจุดบริการ" in text(kiosk.browser_of_somsri.see(answer.headers["location"]))


def test_what_ails_the_printer_of_a_point_is_said_with_the_point_and_calls_for_attention(printers, kiosk):
    ill = m.Health(printer="paper_out")
    kiosk.hear(m.Status(online=True, role="printer", software="khiu", health=ill), key="printer-2")
    kiosk.outcome = ("not_printed", "paper_out")
    assert "ยังไม่ได้พิมพ์ printer-2 (จุดที่ 2–3): กระดาษหมด" in text(press(kiosk, at="printer-2 th"))
    assert "printer-2: กระดาษหมด" in text(kiosk.browser_of_somsri.see("/"))


def test_points_are_written_in_english_too():
    tables = tuple(PointPrinter(f"p-{points[-1]}", points, CENTRE.kiosks[0].printer) for points in ((2,), (4, 5, 7)))
    near, far = ([place.name for place in part] for part in prints.places(replace(CENTRE, printers=tables), 2, "en"))
    assert (near, far) == (["p-2 (point 2)", "kiosk-1"], ["p-7 (points 4–5 and 7)"])


@pytest.mark.parametrize("answers", ["nobody", "another kiosk"])
def test_where_the_kiosk_does_not_answer_the_officer_is_sent_to_look(kiosk, answers, monkeypatch):
    monkeypatch.setattr(prints, "ANSWER_SECONDS", 0.1)
    kiosk.outcome = None if answers == "nobody" else kiosk.outcome
    kiosk.said_by = "kiosk-2"
    assert "kiosk-1 ไม่ตอบกลับ กรุณาตรวจดูที่เครื่องก่อนสั่งพิมพ์ซ้ำ" in text(press(kiosk))
    assert kiosk.desk.mirror._printing == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "kiosk-9 th"},
        {"at": "hall th"},
        {"at": "kiosk-1 xx"},
        {"at": ""},
        {"paper": "passport"},
        {"id": "x"},
        {"id": "0123456789ABCDEF"},
    ],
)
def test_a_form_that_no_page_has_asks_for_nothing(kiosk, wrong):
    assert press(kiosk, **wrong).status_code == 400
    assert kiosk.asked == []


def test_a_case_that_lacks_nothing_has_no_slip(kiosk):
    file(kiosk, paper0="สำเนาบัตรประชาชน", held0="on", case="0" * 16)
    complete = next(line for line in lines(kiosk) if not line.missing)
    page = f"/cases/{complete.id}"
    assert 'value="missing"' not in kiosk.browser_of_somsri.see(page).text.partition("h-next")[0]
    answer = kiosk.browser_of_somsri.send(page, page, id="0" * 16, paper="missing", at="kiosk-1 th")
    assert answer.status_code == 400


def test_every_outcome_of_the_contract_is_told_in_each_language():
    outcomes = {each for literal in get_args(prints.Outcome) for each in get_args(literal) or (literal,)}
    assert {"printed", "away"} <= outcomes == set(prints.TOLD)
    for language in CENTRE.centre.languages:
        for outcome in outcomes:
            assert "kiosk-1" in prints.told("kiosk-1", outcome, "offline", language)
