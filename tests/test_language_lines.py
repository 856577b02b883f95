"""Where lines may end."""

from __future__ import annotations

import ctypes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.language import lines
from broker.language.lines import ThaiBreakerMissing, break_words, wrap, wrap_evenly

HARD = "ที่นั่ง น้ำดื่ม กตัญญู ปั๊ม ญู ฐู ปี่ ฟ้า ฝ้าย ต่ำ ซ้ำ เก้าอี้"
SENTENCES = (
    "กรุณาเตรียมบัตรประจำตัวประชาชนและเอกสารให้พร้อมก่อนถึงคิว",
    "กรุณารอเรียกหมายเลขที่หน้าจอแสดงผล",
    "เอกสารต่าง ๆ เช่น บัตร, สำเนา (ถ้ามี) ฯลฯ ที่กองฯ กำหนด",
    "บริการรับเรื่อง-ส่งต่อ จุดที่ 4–5 ตั้งแต่ 23 พ.ย. 2569 เวลา 09:07 น.",
    HARD,
)
COMBINING = "ะัาำิีึืฺุู็่้๊๋์ํ๎ๅ"
NEVER_FIRST = "ๆฯ)]}»”’,.:;!?…"


def narrow(text: str) -> float:
    """As a face measures: marks that stand on or under a letter take no room."""
    return sum(character not in "ัิีึืฺุู็่้๊๋์ํ๎" for character in text)


@pytest.mark.parametrize("word", ["วันทำการ", "หน่วยงาน", "จอแสดงผล", "บัตรคิว", "ความพึงพอใจ"])
def test_a_compound_of_public_offices_stays_together(word: str) -> None:
    assert word in break_words(f"ภายใน{word}นี้")


def test_the_word_at_stays_with_its_place() -> None:
    assert break_words("ประเมิน ณ จุดบริการ")[-1] == "ณ จุดบริการ"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ให้พร้อม", ["ให้", "พร้อม"]),
        ("หมายเลขที่จอแสดง", ["หมายเลข", "ที่", "จอ", "แสดง"]),
        ("น้ำดื่มกตัญญู", ["น้ำ", "ดื่ม", "กตัญญู"]),
        ("เก้าอี้ทอง", ["เก้าอี้", "ทอง"]),
        ("หน้าจอ แสดงผล", ["หน้าจอ ", "แสดง", "ผล"]),
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


def test_even_lines_are_as_many_and_more_alike() -> None:
    text = "Please wait until your number is called on the screen"
    plain, even = wrap(text, 45, len), wrap_evenly(text, 45, len)
    assert len(even) == len(plain) == 2
    assert abs(len(even[0]) - len(even[1])) < abs(len(plain[0]) - len(plain[1]))


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("กขน้ำเแโไใทีุ่์ๆฯ abZ09()-–.,/ \u200b\n"), max_size=40), st.integers(1, 12))
def test_no_letter_is_ever_lost(text: str, width: int) -> None:
    assert "".join(break_words(text)) == text
    shown = "".join(wrap(text, width, len))
    assert [c for c in shown if c != " "] == [c for c in text if c not in " \n\u200b"]


def test_without_libthai_the_error_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_name: str) -> ctypes.PyDLL:
        raise OSError("no such file")

    monkeypatch.setattr(ctypes, "PyDLL", nothing)
    lines._libthai.cache_clear()
    with pytest.raises(ThaiBreakerMissing, match="libthai0"):
        break_words("ไทย")
    lines._libthai.cache_clear()
