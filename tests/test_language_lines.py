"""Where lines may end."""

from __future__ import annotations

import ctypes
import timeit
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from broker.language import lines, thai
from broker.language.fonts import font_file
from broker.language.lines import break_words, phrases, wrap, wrap_evenly
from broker.language.thai import ThaiBreakerMissing

HARD = "ที่นั่ง น้ำดื่ม กตัญญู ปั๊ม ญู ฐู ปี่ ฟ้า ฝ้าย ต่ำ ซ้ำ เก้าอี้"
SENTENCES = (
    "กรุณาเตรียมบัตรประจำตัวประชาชนและเอกสารให้พร้อมก่อนถึงคิว",
    "กรุณารอเรียกหมายเลขที่หน้าจอแสดงผล",
    "เอกสารต่าง ๆ เช่น บัตร, สำเนา (ถ้ามี) ฯลฯ ที่กองฯ กำหนด",
    "บริการรับเรื่อง-ส่งต่อ จุดที่ 4–5 ตั้งแต่ 23 พ.ย. 2569 เวลา 09:07 น.",
    HARD,
)
COMBINING = "ะัาำิีึืฺุู็่้๊๋์ํ๎ๅ"
NEVER_FIRST, NEVER_LAST = "ๆฯ)]}»”’,.:;!?…", "([{«“‘"


NEW_COSTS, KNOWN_COSTS = 3, 0.6  # of what a face needs to measure each word alone; 1.2 and 0.3 were measured


def narrow(text: str) -> float:
    """As a face measures: marks that stand on or under a letter take no room."""
    return sum(character not in "ัิีึืฺุู็่้๊๋์ํ๎" for character in text)


@pytest.mark.parametrize("word", ["วันทำการ", "หน่วยงาน", "จอแสดงผล", "บัตรคิว", "ความพึงพอใจ"])
def test_a_compound_of_public_offices_stays_together(word: str) -> None:
    assert word in break_words(f"ภายใน{word}ของท่าน")


def test_the_word_at_stays_with_its_place() -> None:
    assert break_words("ประเมิน ณ จุดบริการ")[-1] == "ณ จุดบริการ"
    assert break_words("ประเมิน (ณ จุดบริการ)")[-1] == "(ณ จุดบริการ)"
    assert break_words("ประเมิน ณ  จุดบริการ")[-1] == "ณ  จุดบริการ"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ให้พร้อม", ["ให้", "พร้อม"]),
        ("หมายเลขของจอใหญ่", ["หมายเลข", "ของ", "จอ", "ใหญ่"]),
        ("น้ำดื่มกตัญญู", ["น้ำดื่ม", "กตัญญู"]),
        ("เก้าอี้ทอง", ["เก้าอี้", "ทอง"]),
        ("หน้าจอ แสดงผล", ["หน้าจอ ", "แสดงผล"]),
    ],
)
def test_thai_is_cut_between_its_words(text: str, words: list[str]) -> None:
    assert break_words(text) == words


@pytest.mark.parametrize(
    "together",
    ["ต่าง ๆ", "ฯลฯ", "กองฯ", "พ.ย.", "4–5", "2–3", "A015", "09:07", "เรื่อง-", "well-being,", "กฟผ."],
)
def test_what_belongs_together_is_one_piece(together: str) -> None:
    pieces = break_words(f"เอกสาร {together} ครับ")
    assert any(together in piece for piece in pieces), pieces


def test_a_bracket_clings_to_its_word() -> None:
    assert break_words("(ถ้ามี)ครับ") == ["(ถ้า", "มี)", "ครับ"]


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("width", [4, 9, 14, 21, 40])
def test_no_line_is_too_wide_or_starts_with_a_mark(text: str, width: int) -> None:
    made = wrap(text, width, narrow)
    assert all(narrow(line) <= width for line in made)
    assert not any(line[0] in COMBINING + NEVER_FIRST for line in made[1:])
    assert "".join(made).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", SENTENCES)
def test_where_every_word_fits_no_word_is_cut(text: str) -> None:
    width = max(narrow(piece.rstrip()) for piece in break_words(text))
    ends, seen = set(), 0
    for piece in break_words(text):
        seen += len(piece.rstrip().replace(" ", ""))
        ends.add(seen)
    seen = 0
    for line in wrap(text, width, narrow):
        seen += len(line.replace(" ", ""))
        assert seen in ends, line


def test_a_latin_word_is_cut_only_when_it_is_wider_than_the_line() -> None:
    assert wrap("Ministry of Energy", 8, len) == ["Ministry", "of", "Energy"]
    assert wrap("Ministry of Energy", 5, len) == ["Minis", "try", "of", "Energ", "y"]


def test_a_letter_keeps_its_marks_even_where_a_word_must_be_cut() -> None:
    assert wrap("น้ำ", 1, len) == ["น้ำ"]
    assert wrap("ที่นั่ง", 3, len) == ["ที่", "นั่", "ง"]
    assert wrap("เก้าอี้", 4, len) == ["เก้า", "อี้"]


def test_new_lines_are_kept() -> None:
    assert wrap("หนึ่ง\n\nสอง สาม", 99, len) == ["หนึ่ง", "", "สอง สาม"]


def test_a_zero_width_space_parts_words_and_is_never_shown() -> None:
    assert wrap("พลัง\u200bงาน", 99, len) == ["พลังงาน"]
    assert wrap("Ener\u200bgy", 4, len) == ["Ener", "gy"]
    assert break_words("คู่มือการใช้\u200bงาน")[-1] == "งาน"


@pytest.mark.parametrize("joiner", ["\u2060", "\u00a0"])
def test_a_word_joiner_or_no_break_space_keeps_a_line_from_ending(joiner: str) -> None:
    assert break_words("สีเขียว") == ["สี", "เขียว"]
    assert break_words(f"สี{joiner}เขียว") == [f"สี{joiner}เขียว"]
    assert break_words(f"point{joiner}4 is free") == [f"point{joiner}4 ", "is ", "free"]


def test_a_word_joiner_is_never_shown_and_a_no_break_space_is() -> None:
    assert wrap("หมู่บ้าน\u2060สวนแก้ว ซอย\u00a05", 99, len) == ["หมู่บ้านสวนแก้ว ซอย\u00a05"]
    assert wrap("ก\u2060ข\u2060ค", 1, len) == ["ก", "ข", "ค"]


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("ภายใน 15 นาที หากพบ", "15 นาที "),
        ("เชิญที่จุดที่ 4 และ", "จุดที่ 4 "),
        ("พบกับ นายสมชาย ใจดี หัวหน้ากลุ่ม", "นายสมชาย ใจดี "),
        ("ปิดวันที่ 5 สิงหาคม 2569 เพื่อ", "วันที่ 5 สิงหาคม 2569 "),
        ("เปิดเวลา 08.30–16.30 น. ทุกวัน", "เวลา 08.30–16.30 น. "),
        ("ตั้งแต่ พ.ศ. 2570 เป็นต้นไป", "พ.ศ. 2570 "),
        ("เรียกหมายเลข A015 แล้ว", "หมายเลข A015 "),
        ("Please go to point 4 now", "point 4 "),
        ("within 15 minutes or so", "15 minutes "),
        ("พบกับ ดร. สมชาย ใจดี", "ดร. สมชาย ใจดี"),
    ],
)
def test_a_number_stays_with_what_it_counts_and_a_title_with_its_name(text: str, together: str) -> None:
    assert together in phrases(text)


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("นายกรัฐมนตรีแถลงข่าว", "นายกรัฐมนตรี"),
        ("พบ นางพยาบาลประจำ ห้องตรวจ", "นางพยาบาล"),
        ("(นายอำเภอลงนาม แล้ว)", "(นายอำเภอ"),
    ],
)
def test_a_word_that_only_begins_like_a_title_is_no_person(text: str, apart: str) -> None:
    assert apart in phrases(text)


def test_a_phrase_is_parted_where_the_line_has_no_room_for_it() -> None:
    text = "วันที่ 5 สิงหาคม 2569"
    assert wrap(text, 22, len) == [text]
    assert wrap(text, 12, len) == ["วันที่ 5", "สิงหาคม 2569"]
    assert wrap(text, 8, len) == ["วันที่ 5", "สิงหาคม", "2569"]


def test_a_compound_is_parted_between_its_words_where_the_line_has_no_room_for_it() -> None:
    assert wrap("เครื่องคอมพิวเตอร์", 13, len) == ["เครื่อง", "คอมพิวเตอร์"]
    assert wrap("บัตรประจำตัวประชาชน", 10, len) == ["บัตรประจำ", "ตัวประชาชน"]


def test_even_lines_are_as_many_and_more_alike() -> None:
    text = "Please wait until your number is called on the screen"
    plain, even = wrap(text, 45, len), wrap_evenly(text, 45, len)
    assert len(even) == len(plain) == 2
    assert abs(len(even[0]) - len(even[1])) < abs(len(plain[0]) - len(plain[1]))


WRITTEN = st.text(st.sampled_from("กขน้ำเแโไใทีุ่์ๆฯ abZ09()[]“”-–.,/ \u200b\u2060\u00a0\n"), max_size=40)


def test_even_lines_part_no_phrase_that_fits() -> None:
    text = "เจ้าหน้าที่จัดหาข้อมูลภายใน 15 นาที หากพบเอกสาร"
    for width in range(16, 40):
        assert all("15 นาที" in line or "15" not in line for line in wrap_evenly(text, width, narrow))


@settings(max_examples=150, deadline=None)
@given(WRITTEN, st.integers(1, 12))
def test_no_letter_is_ever_lost(text: str, width: int) -> None:
    assert "".join(break_words(text)) == "".join(phrases(text)) == text
    shown = "".join(wrap(text, width, len))
    assert [c for c in shown if c not in " \u00a0"] == [c for c in text if c not in " \u00a0\n\u200b\u2060"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*SENTENCES, "ต่าง ๆ", "(ถ้ามี)", "“วันทำการ”", "ฯลฯ", " ", "\u2060", "15 นาที", "[ก]"]), max_size=8
    )
)
def test_no_line_starts_with_what_closes_or_ends_with_what_opens(parts: list[str]) -> None:
    text = "".join(parts)
    width = max([1, *(narrow(piece.strip()) for piece in break_words(text))])  # so that no word need be cut
    made = wrap(text, width, narrow)
    assert not any(line[:1] in (*COMBINING, *NEVER_FIRST) for line in made[1:] if line)
    assert not any(line[-1:] in (*NEVER_LAST,) for line in made[:-1] if line)


def test_breaking_costs_little_beside_measuring() -> None:
    """Of a long notice, new, and seen before: a screen tries a text at one size after another until it fits."""
    face = ImageFont.truetype(font_file("Loma"), 30, layout_engine=ImageFont.Layout.RAQM)
    notice = " ".join(SENTENCES) * 4

    def forget() -> None:
        for known in (lines._pieces, lines._phrases, thai.words):
            known.cache_clear()

    def seconds(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
        return min(timeit.repeat(work, before, number=1, repeat=7))

    pieces = break_words(notice)
    measuring = seconds(lambda: [face.getlength(piece, language="th") for piece in pieces])
    assert seconds(lambda: wrap(notice, 30, len), forget) < NEW_COSTS * measuring
    assert seconds(lambda: wrap(notice, 30, len)) < KNOWN_COSTS * measuring


def test_without_libthai_the_error_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_name: str) -> ctypes.PyDLL:
        raise OSError("no such file")

    monkeypatch.setattr(ctypes, "PyDLL", nothing)
    thai._libthai.cache_clear()
    thai.words.cache_clear()
    lines._pieces.cache_clear()
    with pytest.raises(ThaiBreakerMissing, match="libthai0"):
        break_words("ไทย")
    thai._libthai.cache_clear()
