"""Lines become dots, and few bytes."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from PIL import Image, ImageDraw, ImageFont, features

from broker.centre import DEFAULT, load
from broker.language.fonts import font_file
from broker.messages import TicketIssued
from kiosk.raster import WIDTH, RaqmMissing, encode, picture, render
from kiosk.slip import QR, Line, Mark, Number, Rule, Space, Text, slip
from kiosk.virtual_paper import HEAD_TO_CUTTER, SIDE, Paper

HARD = "ที่นั่ง น้ำดื่ม กตัญญู ปั๊ม ญู ฐู ปี่ ฟ้า ฝ้าย ต่ำ ซ้ำ เก้าอี้"


def ticket(language: str = "th") -> tuple[Line, ...]:
    issued = TicketIssued(
        number="A015",
        day=dt.date(2026, 11, 23),
        service="1.1",
        given_at=dt.datetime(2026, 11, 23, 2, 7, tzinfo=dt.UTC),
        priority=True,
    )
    return slip(issued, load(DEFAULT), language, ahead=4, estimate=700, copy=True)


class Printed:
    """The paper that bytes make, decoded by the virtual printer's own eyes."""

    def __init__(self, job: bytes, paper_mm: int) -> None:
        self.papers: list[Image.Image] = []
        self._job, self._paper = job, Paper(self, paper_mm)
        while self._job:
            self._paper.obey()

    def take(self, count: int) -> bytes:
        taken, self._job = self._job[:count], self._job[count:]
        assert len(taken) == count, "the bytes end within a command"
        return taken

    def moved(self, rows: int) -> None: ...
    def answer(self, n: int) -> None: ...
    def report(self, on: bool) -> None: ...
    def cut(self, paper: Image.Image) -> None:
        self.papers.append(paper)


def ink(paper: Image.Image) -> Image.Image:
    return paper.convert("L").point(lambda level: 0 if level < 128 else 255)


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("paper_mm", [58, 80])
def test_the_printer_makes_of_the_bytes_the_dots_that_were_meant(language: str, paper_mm: int) -> None:
    meant = picture(ticket(language), paper_mm, "Loma")
    (paper,) = Printed(encode(meant), paper_mm).papers
    assert meant.width == WIDTH[paper_mm]
    assert paper.size == (meant.width + 2 * SIDE[paper_mm], meant.height + 2 * HEAD_TO_CUTTER)
    top_left = (SIDE[paper_mm], HEAD_TO_CUTTER)
    seen = ink(paper.crop((*top_left, top_left[0] + meant.width, top_left[1] + meant.height)))
    assert seen.tobytes() == meant.convert("L").tobytes()


@pytest.mark.parametrize("paper_mm", [58, 80])
def test_a_ticket_is_sent_in_half_the_bytes_of_its_picture(paper_mm: int) -> None:
    meant = picture(ticket(), paper_mm, "Loma")
    ratio = len(encode(meant)) / (meant.width // 8 * meant.height)
    print(f"{paper_mm} mm: {len(encode(meant))} bytes, {ratio:.2f} of a full raster")
    assert ratio <= 0.5


def test_nothing_in_a_picture_reads_as_a_real_time_command() -> None:
    striped = Image.frombytes("1", (64, 2), bytes.fromhex("effbfeffeffafdff") * 2)  # inverted: 10 04 01 00 10 05 02 00
    job = encode(striped)
    assert b"\x00\x04\x01" not in job
    assert not re.search(rb"\x10[\x04\x05\x14]", job)
    assert b"\x18\x04\x01" in job


def test_squares_of_four_dots_are_sent_as_one() -> None:
    code = picture([QR("khiu:moe:2026-11-23:A015")], 80, "Loma")
    assert len(encode(code)) < code.width // 8 * code.height / 5
    odd = code.copy()
    ImageDraw.Draw(odd).point((0, 40), fill=0)
    (paper,) = Printed(encode(odd), 80).papers
    assert ink(paper).getpixel((SIDE[80], HEAD_TO_CUTTER + 40)) == 0
    assert ink(paper).getpixel((SIDE[80] + 1, HEAD_TO_CUTTER + 40)) == 255


def test_no_line_touches_the_edge_of_the_paper() -> None:
    for paper_mm in WIDTH:
        dots = picture([*ticket(), Text(HARD, "large", bold=True), Mark(HARD)], paper_mm, "Loma").convert("L")
        left, _, right, _ = dots.point(lambda level: 255 - level).getbbox() or (0, 0, 0, 0)
        assert left >= 8
        assert right <= dots.width - 8


def test_thai_marks_are_not_clipped_at_a_line_s_edges() -> None:
    for size in ("small", "body", "large"):
        for word in ("ปั๊ม", "ฐุ", "ที่", "ฏู", "น้ำ"):
            dots = picture([Text(word, size, bold=True)], 80, "Loma").convert("L").point(lambda level: 255 - level)
            _, top, _, bottom = dots.getbbox() or (0, 0, 0, 0)
            assert 0 < top < bottom < dots.height, (word, size)


def test_the_number_fills_the_paper_and_is_of_one_size_whatever_it_is() -> None:
    heights = []
    for text in ("A015", "R999", "W000", "I111"):
        dots = picture([Number(text)], 80, "Loma").convert("L").point(lambda level: 255 - level)
        left, top, right, bottom = dots.getbbox() or (0, 0, 0, 0)
        assert right - left > (0.75 if text != "I111" else 0.5) * dots.width
        assert (top, bottom) == (0, dots.height)
        heights.append(bottom)
    assert max(heights) - min(heights) < 8  # round figures are a little taller than straight ones


def test_a_gap_costs_a_byte_a_row_and_is_exact() -> None:
    job = render([Rule(), Space(10), Rule()], 80, "Loma")
    (paper,) = Printed(job, 80).papers
    assert paper.height == 2 + 80 + 2 + 2 * HEAD_TO_CUTTER
    assert len(job) < 400


def test_without_raqm_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda _name: False)
    with pytest.raises(RaqmMissing, match="Pillow"):
        render([Text("ไทย")], 80, "Loma")


def test_thai_is_shaped_and_not_set_letter_by_letter() -> None:
    """Letters that need no shaping come out alike with and without it; ญ before ู, ป before ี่ do not."""
    plain = ImageFont.truetype(font_file("Loma"), 40, layout_engine=ImageFont.Layout.BASIC)

    def by_letters(text: str) -> bytes:
        grey = Image.new("L", (576, 62), 255)
        ImageDraw.Draw(grey).text((288, 44), text, fill=0, font=plain, anchor="ms")
        return grey.point(lambda level: 255 if level > 140 else 0).convert("1").tobytes()

    def shaped(text: str) -> bytes:
        return picture([Text(text, "large")], 80, "Loma").tobytes()

    assert shaped("กา") == by_letters("กา")
    for word in ("ญู", "ปี่"):
        assert shaped(word) != by_letters(word)
