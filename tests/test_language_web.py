"""HTML ends its lines where screens and paper do."""

from __future__ import annotations

import re
from html import unescape
from itertools import accumulate
from typing import Any

import pytest

from broker.centre import DEFAULT, load
from broker.guide.pages import html
from broker.language.lines import phrases
from broker.language.web import STYLE, mark, marked, whole


def seen(page: str) -> str:
    """What a reader sees of a piece of HTML."""
    return unescape(re.sub("<[^>]*>", "", page))


@pytest.mark.parametrize(
    "text", ["ภายใน 15 นาที หากพบ", "a < b & “ค”", "Wi-Fi ฟรี", "ดร. สมชาย ใจดี", "", " ", "บ้าน\u2060สวน\u200bดอกไม้"]
)
def test_marked_text_reads_as_it_did(text: str) -> None:
    assert seen(marked(text)) == text.replace("\u200b", "").replace("\u2060", "")


def test_every_phrase_that_a_browser_might_part_is_held_together() -> None:
    held = re.findall('<span class="w">(.*?)</span>', marked("ภายใน 15 นาทีหากพบ OK 08:30–16:30"))
    assert held == ["ภายใน", "15 นาที", "หาก", "พบ", "08:30–16:30"]
    assert marked("หากพบ") == '<span class="w">หาก</span><wbr><span class="w">พบ</span>'


def test_a_page_keeps_its_elements_its_code_and_its_style() -> None:
    page = (
        '<!doctype html>\n<title>ชื่อเรื่อง</title><style>p > b { content: "ก&ข" }</style>'
        '<p class="x">อ่าน <code>คำสั่ง --a</code><br/>&amp; &lt;เขียน&gt;</p>'
    )
    made = mark(page)
    assert seen(made) == seen(page)
    assert re.findall("<(?!/?span)[^>]*>", made) == re.findall("<(?!/?span)[^>]*>", page)
    assert "<code>คำสั่ง --a</code>" in made
    assert 'content: "ก&ข"' in made
    assert "<title>ชื่อเรื่อง</title>" in made


@pytest.mark.parametrize("element", ["title", "textarea", "select"])
def test_what_is_typed_or_chosen_and_the_title_stay_as_they_are(element: str) -> None:
    page = f"<{element}>a &lt;b&gt; &amp; ค</{element}><style>p > b</style><!-- <p>ก -->"
    assert mark(page) == page


def test_nothing_that_a_reader_copies_is_added_to_the_text() -> None:
    assert re.sub("<[^>]*>", "", mark("<p>เจ้าหน้าที่ประจำจุดบริการ")) == "เจ้าหน้าที่ประจำจุดบริการ"


def blocks(page: str) -> list[list[str]]:
    """The lines of each block of text, as WeasyPrint lays the page out."""
    from weasyprint import HTML

    made: list[list[str]] = []

    def text(box: Any) -> str:
        return getattr(box, "text", "") + "".join(map(text, getattr(box, "children", ())))

    def walk(box: Any) -> None:
        children = list(getattr(box, "children", ()))
        lines = [text(child).replace("\u200b", "").strip() for child in children if type(child).__name__ == "LineBox"]
        if lines:
            made.append(lines)
        else:
            for child in children:
                walk(child)

    for sheet in HTML(string=page).render().pages:
        walk(sheet._page_box)
    return made


def test_a_name_on_a_narrow_page_is_parted_between_its_words_alone() -> None:
    style = f"<style>@page {{ size: 12mm 50mm; margin: 1mm }} body {{ font: 12pt Loma }} {STYLE}</style>"
    assert "พึ่ง</span><wbr>" in marked("วิชัย พึ่งธรรม")  # where a dictionary would part it
    assert blocks(mark(f"<!doctype html>{style}<p>{whole('วิชัย พึ่งธรรม')}</p>")) == [["วิชัย", "พึ่งธรรม"]]


def test_a_narrow_page_breaks_where_we_say_and_nowhere_else() -> None:
    text = (
        "คณะทำงานได้ลงพื้นที่ตรวจสอบแล้วพบว่าสายส่งอยู่ห่างจากตัวบ้านเกินกว่าระยะปลอดภัยขั้นต่ำ ค่าธรรมเนียมคำขอฉบับละ 200 บาท "
        "ชำระด้วยเงินสดหรือคิวอาร์โค้ด ตั้งแต่วันที่ 5 สิงหาคม 2569 เวลา 08.30–16.30 น."
    )
    style = f"<style>@page {{ size: 60mm 250mm; margin: 5mm }} body {{ font: 12pt Loma }} {STYLE}</style>"
    (lines,) = blocks(f"<!doctype html>{style}<p>{marked(text)}</p>")
    assert len(lines) > 5
    assert ends(lines) <= allowed(text)
    (unmarked,) = blocks(f"<!doctype html>{style}<p>{text}</p>")
    assert not ends(unmarked) <= allowed(text)  # else this would prove nothing


def test_the_guides_lines_end_where_ours_do() -> None:
    page = html(load(DEFAULT))
    parts = re.findall(r"<(?:p|li|td|th|h[12])\b[^>]*>(.*?)(?=</?(?:p|li|td|tr|th|h[12]|[ou]l)\b)", page, re.DOTALL)
    written = {"".join(seen(part).split()): seen(part).replace("\n", " ") for part in parts if "<code>" not in part}
    broken = 0
    for lines in blocks(page):
        text = written.get("".join("".join(lines).split()))
        if text and len(lines) > 1:
            broken += len(lines) - 1
            assert ends(lines) <= allowed(text), lines
    assert broken > 15  # lines that end before their text does


def ends(lines: list[str]) -> set[int]:
    """After how many letters, spaces not counted, each line but the last ends."""
    return set(accumulate(len(line.replace(" ", "")) for line in lines[:-1]))


def allowed(text: str) -> set[int]:
    return set(accumulate(len(phrase.replace(" ", "")) for phrase in phrases(text)))
