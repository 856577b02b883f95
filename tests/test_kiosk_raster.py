"""Lines become dots, and few bytes."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont, features
from tickets import FONT, Printed, Ticket, able

from broker.language.fonts import font_file
from kiosk.paper import render
from kiosk.raster import RaqmMissing, picture
from kiosk.sizes import line_dots, type_dots
from kiosk.slip import Mark, Number, Rule, Space, Text
from kiosk.virtual_paper import HEAD_TO_CUTTER, SIDE

HARD = "ที่นั่ง น้ำดื่ม กตัญญู ปั๊ม ญู ฐู ปี่ ฟ้า ฝ้าย ต่ำ ซ้ำ เก้าอี้"


def ink(paper: Image.Image) -> Image.Image:
    return paper.convert("L").point(lambda level: 0 if level < 128 else 255)


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("paper_mm", [58, 80])
@pytest.mark.parametrize("centres", [True, False])
def test_the_printer_makes_of_the_bytes_the_dots_that_were_meant(language: str, paper_mm: int, centres: bool) -> None:
    ticket = Ticket(language=language, paper_mm=paper_mm, marks=True, centres=centres)
    meant = picture(ticket.lines, ticket.able, FONT)
    paper = ticket.paper
    assert paper.size == (meant.width + 2 * SIDE[paper_mm], meant.height + 2 * HEAD_TO_CUTTER)
    top_left = (SIDE[paper_mm], HEAD_TO_CUTTER)
    seen = ink(paper.crop((*top_left, top_left[0] + meant.width, top_left[1] + meant.height)))
    assert seen.tobytes() == meant.convert("L").tobytes()


def test_no_line_touches_the_edge_of_the_paper() -> None:
    for paper_mm, centres in ((58, True), (80, True), (58, False), (80, False)):
        lines = [*Ticket(marks=True).lines, Text(HARD, "large", bold=True), Mark(HARD)]
        dots = picture(lines, able(paper_mm, centres=centres), FONT).convert("L")
        left, _, right, _ = dots.point(lambda level: 255 - level).getbbox() or (0, 0, 0, 0)
        assert left >= 8
        assert right <= dots.width - 8


def test_thai_marks_are_not_clipped_at_a_line_s_edges() -> None:
    for size in ("small", "body", "large"):
        for word in ("ปั๊ม", "ฐุ", "ที่", "ฏู", "น้ำ"):
            dots = picture([Text(word, size, bold=True)], able(80), FONT).convert("L").point(lambda level: 255 - level)
            _, top, _, bottom = dots.getbbox() or (0, 0, 0, 0)
            assert 0 < top < bottom < dots.height, (word, size)


def test_the_number_fills_the_paper_and_is_of_one_size_whatever_it_is() -> None:
    heights = []
    for text in ("A015", "R999", "W000", "I111"):
        dots = picture([Number(text)], able(80), FONT).convert("L").point(lambda level: 255 - level)
        left, top, right, bottom = dots.getbbox() or (0, 0, 0, 0)
        assert right - left > (0.75 if text != "I111" else 0.5) * dots.width
        assert (top, bottom) == (0, dots.height)
        heights.append(bottom)
    assert max(heights) - min(heights) < 8  # round figures are a little taller than straight ones


def test_a_gap_is_exact_to_the_dot() -> None:
    (paper,) = Printed(render([Rule(), Space(10), Rule()], able(80), FONT), 80).papers
    assert paper.height == 2 + 80 + 2 + 2 * HEAD_TO_CUTTER


def test_without_raqm_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda _name: False)
    with pytest.raises(RaqmMissing, match="Pillow"):
        render([Text("ไทย")], able(80), FONT)


def test_thai_is_shaped_and_not_set_letter_by_letter() -> None:
    """Letters that need no shaping come out alike with and without it; ญ before ู, ป before ี่ do not."""
    size = type_dots("large", 203)
    plain = ImageFont.truetype(font_file("Loma"), size, layout_engine=ImageFont.Layout.BASIC)
    height, baseline = line_dots(size)

    def by_letters(text: str) -> bytes:
        grey = Image.new("L", (576, height), 255)
        ImageDraw.Draw(grey).text((288, baseline), text, fill=0, font=plain, anchor="ms")
        return grey.point(lambda level: 255 if level > 140 else 0).convert("1").tobytes()

    def shaped(text: str) -> bytes:
        return picture([Text(text, "large")], able(80, centres=True), FONT).tobytes()

    assert shaped("กา") == by_letters("กา")
    for word in ("ญู", "ปี่"):
        assert shaped(word) != by_letters(word)
