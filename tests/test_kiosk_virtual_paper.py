"""The virtual printer is as strict as a real one, so that what it prints well is printed well elsewhere."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageOps
from ticket_eyes import read_code
from tickets import Printed

from kiosk.virtual_paper import HEAD_TO_CUTTER, SIDE

CUT = b"\x1dV\x00"
STORE = b"\x1d(k\x17\x001P0a ticket, any ticket"


def printed(job: bytes, paper_mm: int = 80) -> Image.Image:
    """What stands on the paper, from where the head begins."""
    (paper,) = Printed(b"\x1b@" + job + CUT, paper_mm).papers
    return paper.crop((SIDE[paper_mm], HEAD_TO_CUTTER, paper.width - SIDE[paper_mm], paper.height))


def box(paper: Image.Image) -> tuple[int, int, int, int]:
    return ImageChops.invert(paper).getbbox() or (0, 0, 0, 0)


@pytest.mark.parametrize("module", [3, 6])
@pytest.mark.parametrize("level", [b"0", b"1", b"2", b"3"])
def test_a_code_is_made_as_large_and_as_safe_as_it_is_told(module: int, level: bytes) -> None:
    code = b"\x1d(k\x03\x001C%c\x1d(k\x03\x001E%s" % (module, level) + STORE + b"\x1d(k\x03\x001Q0"
    paper = printed(b"\x1ba\x01" + code)
    left, top, right, bottom = box(paper)
    assert (right - left) % module == 0
    assert right - left == bottom - top >= 21 * module
    assert abs(left + right - paper.width) <= 1
    assert read_code(ImageOps.expand(paper, 4 * module, 255)) == "a ticket, any ticket"


def test_nothing_is_printed_of_a_code_that_was_not_stored() -> None:
    assert box(printed(b"\x1d(k\x03\x001Q0")) == (0, 0, 0, 0)


def test_letters_are_twelve_by_twenty_four_dots_enlarged() -> None:
    for across, down in ((1, 1), (2, 2), (8, 8), (1, 2)):
        size = b"\x1d!%c" % ((across - 1) << 4 | down - 1)
        paper = printed(b"\x1b3\x00" + size + b"HHHH\n")
        assert paper.height == 24 * down
        left, _, right, _ = box(paper)
        assert 36 * across < right - left <= 48 * across


def test_lines_of_spacing_nothing_stand_close_and_are_not_lost() -> None:
    assert printed(b"\x1b3\x00a\nb\n").height == 48
    assert printed(b"\x1b3\x1ea\nb\n").height == 60


def test_justification_amid_a_line_is_not_obeyed() -> None:
    assert box(printed(b"ab\x1ba\x02\n"))[0] < 12
    assert box(printed(b"\x1ba\x02ab\n"))[0] > 540


def test_a_picture_amid_a_line_is_taken_for_letters() -> None:
    picture = b"\x1dv0\x00\x01\x00\x08\x00" + b"\xff" * 8
    assert printed(picture).height == 8
    assert printed(b"a" + picture + b"\n").height == 30
