"""Where our lines end, two other segmenters see words end too; and what nobody knows is left whole."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from thai_lines import (
    ADJUDICATED,
    HELD_OUT,
    Agreement,
    agreement,
    faults,
    held_out,
    held_out_faults,
    measure,
    section,
    sentences,
)

from broker.language import thai
from broker.language.thai import ThaiBreakerMissing, parts, words


def test_there_are_sentences_enough() -> None:
    assert len(set(sentences())) == len(sentences()) >= 300


def test_a_line_ends_only_where_others_see_a_word_end() -> None:
    assert faults(agreement()) == []


def test_on_sentences_that_no_list_was_fitted_to_the_bounds_are_their_own() -> None:
    assert held_out().sentences >= 60
    assert held_out_faults(held_out()) == []


def test_no_own_word_stands_in_a_sentence_held_out() -> None:
    own = [line.replace("|", "") for line in thai._lines(thai.OWN_WORDS)]
    assert [word for word in own for sentence in sentences(HELD_OUT) if word in sentence] == []


def test_places_are_listed_whole_and_not_by_need() -> None:
    names = [name for line in thai._lines(thai.PLACES) for name in line.split()]
    assert len(set(names)) == len(names) == 77 + 50  # provinces with Bangkok, and Bangkok's districts
    assert [name for name in names if words(f"จังหวัด{name}")[-1:] not in ((name,), (f"จังหวัด{name}",))] == []


@pytest.mark.parametrize("text", ["ผู้ประกันตน", "บางกะปิ", "กรุงไทย"])
def test_names_and_reflexives_are_not_parted(text: str) -> None:
    assert words(text) == (text,)


def test_nothing_is_judged_that_nobody_denies() -> None:
    denied = {place.key for place in agreement().denied("newmm", "ICU")}
    assert set(ADJUDICATED) <= denied


def test_a_breaker_that_is_wrong_or_never_breaks_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thai_lines.break_words", lambda text: [text])
    shy = measure(sentences()[:40])
    assert shy.used == 0
    monkeypatch.setattr("thai_lines.break_words", lambda text: [text[i : i + 5] for i in range(0, len(text), 5)])
    assert any("denied by both" in fault for fault in faults(measure(sentences()[:40])))


def libthais(run: str) -> tuple[str, ...]:
    return tuple(run[start:end] for start, end in pairwise(thai._proposed(run)))


def test_libthai_alone_would_not_keep_the_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the dictionaries are good for: without them a line in five ends inside a compound, or worse."""
    monkeypatch.setattr("broker.language.lines.thai.words", libthais)
    alone: Agreement = measure(sentences())
    assert alone.agreed("newmm") < 0.9
    assert sum(len(place.denied) == 2 for place in alone.places) > 20


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("คณะรัฐมนตรีมีมติ", "มีม"),  # libthai reads มีม ติ
        ("โปรดดูจอกลางห้อง", "จอก"),
        ("ปุ่มสีน้ำเงิน", "สีน้ำ"),
        ("ค่าเอฟทีปรับ", "ทีป"),
        ("ตากลมนั่ง", "ตา"),  # can be read in two ways: not parted in either
        ("ตากลมนั่ง", "ตาก"),
    ],
)
def test_letters_that_can_be_read_in_two_ways_are_not_parted(text: str, wrong: str) -> None:
    assert wrong not in words(text)
    assert wrong not in parts(text)


@pytest.mark.parametrize("compound", ["เครื่องพิมพ์", "ดำเนินการ", "ผู้อำนวยการ", "บัตรประจำตัวประชาชน", "จุดบริการ", "หมอชิต"])
def test_a_compound_is_one_word(compound: str) -> None:
    assert any(compound in word for word in words(f"และ{compound}นั้น"))


def test_a_compound_is_made_of_words() -> None:
    assert parts("บัตรประจำตัวประชาชน") == ("บัตรประจำตัว", "ประชาชน")
    assert parts("เครื่องพิมพ์") == ("เครื่อง", "พิมพ์")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ผลการพิจารณา", ("ผล", "การพิจารณา")),
        ("เพื่อความสุขของผู้อื่น", ("เพื่อ", "ความสุข", "ของ", "ผู้อื่น")),
        ("ใช้เวลายี่สิบห้านาที", ("ใช้เวลา", "ยี่สิบห้า", "นาที")),
        ("ลิตรละสองบาท", ("ลิตรละ", "สอง", "บาท")),
        ("สักครู่นะคะ", ("สักครู่นะคะ",)),
        ("นายธนวัฒน์มา", ("นายธนวัฒน์มา",)),  # a name that no list has: nobody knows where it ends
    ],
)
def test_what_a_reader_would_not_part_stays_together(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


def test_our_own_words_are_thai_and_stand_once() -> None:
    own = [line for line in thai.OWN_WORDS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert len(set(own)) == len(own)
    assert all("\u0e01" <= letter <= "\u0e5b" for word in own for letter in word.replace("|", ""))


def test_a_stroke_among_our_own_words_lets_a_line_end_where_two_readings_are() -> None:
    assert words("รอเรียกหมายเลขที่หน้าจอ") == ("รอ", "เรียก", "หมายเลข", "ที่", "หน้าจอ")


def test_without_the_spelling_dictionary_the_error_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thai, "DICTIONARY", Path("/nowhere/th_TH.dic"))
    thai._dictionary.cache_clear()
    thai.words.cache_clear()
    with pytest.raises(ThaiBreakerMissing, match="hunspell-th"):
        words("บ้านสวยมาก")
    thai._dictionary.cache_clear()


def test_the_section_of_make_thai_is_whole(tmp_path: Path) -> None:
    made = section(tmp_path)
    assert made.faults == ()
    assert all((tmp_path / picture.file).stat().st_size > 10_000 for picture in made.pictures)
    assert all(len(row) == len(table.head) for table in made.tables for row in table.rows)
    assert "Loma" in {row[0] for row in made.tables[-1].rows}
