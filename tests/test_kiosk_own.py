"""What the printer is asked to set itself, and in which bytes."""

from __future__ import annotations

import pytest

from broker.printers import Abilities
from kiosk.own import own
from kiosk.slip import QR, Line, Mark, Number, Rule, Space, Text

WIDE = Abilities(576, columns=48, qr=True)
NARROW = Abilities(384, columns=32, qr=True)
ITS_TYPE_ONLY = Abilities(576, columns=48)
NOTHING = Abilities(576)


def text(line: Line, able: Abilities = WIDE) -> list[bytes]:
    """Its commands, without the white around them."""
    return [part for part in own(line, able) if isinstance(part, bytes)]


@pytest.mark.parametrize("line", [Text("Information"), Number("A015"), QR("khiu:moe:2026-11-23:A015")])
def test_a_printer_without_a_profile_is_asked_for_nothing(line: Line) -> None:
    assert own(line, NOTHING) == []


def test_a_printer_without_codes_of_its_own_is_sent_a_picture_of_one() -> None:
    assert own(QR("khiu:moe:2026-11-23:A015"), ITS_TYPE_ONLY) == []
    assert own(Number("A015"), ITS_TYPE_ONLY) != []


@pytest.mark.parametrize("thai", ["บริการข้อมูลข่าวสาร", "จุดที่ 2–3", "บัตรคิว / Queue ticket", "23 พ.ย. 2569"])
def test_a_line_with_a_thai_letter_in_it_is_drawn_whole(thai: str) -> None:
    assert own(Text(thai), WIDE) == []


@pytest.mark.parametrize("letter", "é€#$@[\\]^`{|}~½\n")
def test_letters_that_differ_from_printer_to_printer_are_drawn(letter: str) -> None:
    assert own(Text(f"a{letter}b"), WIDE) == []


@pytest.mark.parametrize("line", [Mark("Copy"), Rule(), Space(2)])
def test_marks_rules_and_spaces_are_always_drawn(line: Line) -> None:
    assert own(line, WIDE) == []


def test_a_line_is_set_in_a_size_of_its_own_and_plain_or_emphasized() -> None:
    assert text(Text("Valid", "small")) == [b"\x1d!\x00\x1bE\x00Valid\n"]
    assert text(Text("Valid", "body", bold=True)) == [b"\x1d!\x11\x1bE\x01Valid\n"]
    assert text(Text("Valid", "body"), NARROW) == [b"\x1d!\x01\x1bE\x00Valid\n"]
    assert text(Text("Valid", "large")) == [b"\x1d!\x11\x1bE\x00Valid\n"]


def test_a_range_is_written_with_a_hyphen_for_there_is_no_dash_in_every_code_page() -> None:
    assert text(Text("Points 2–3", "small")) == [b"\x1d!\x00\x1bE\x00Points 2-3\n"]


def test_lines_are_as_long_as_the_paper_has_columns() -> None:
    long = Text("Please wait until your number is called on the screen", "small")
    for able in (WIDE, NARROW):
        lines = [part[6:-1] for part in text(long, able)]
        assert b" ".join(lines).decode() == long.text
        assert all(len(line) <= able.columns for line in lines)


def test_the_number_is_as_large_as_the_paper_and_the_printer_allow() -> None:
    assert text(Number("A015"), WIDE) == [b"\x1d!\x77\x1bE\x00A015\n"]
    assert text(Number("A015"), NARROW) == [b"\x1d!\x77\x1bE\x00A015\n"]
    assert text(Number("A015"), Abilities(240, columns=20)) == [b"\x1d!\x44\x1bE\x00A015\n"]


def test_a_code_is_of_model_2_and_correction_m_with_white_around_it() -> None:
    above, code, below = own(QR("khiu:moe:2026-11-23:A015"), WIDE)
    assert code == (
        b"\x1d(k\x04\x001A2\x00"
        b"\x1d(k\x03\x001C\x06"
        b"\x1d(k\x03\x001E1"
        b"\x1d(k\x1b\x001P0khiu:moe:2026-11-23:A015"
        b"\x1d(k\x03\x001Q0"
    )
    assert above == below == 12
