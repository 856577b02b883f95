"""Printed tickets are read: by an OCR engine, a QR reader, and beside the hand of another typesetter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw, ImageFont
from ticket_eyes import ALIKE, HARD, LETTERS, alike, look, other_hand
from tickets import FONT, PROFILES, Printed, Ticket, able

from broker.language.fonts import font_file
from kiosk.bands import CENTRED
from kiosk.raster import picture
from kiosk.sizes import POINTS, Size, type_dots
from kiosk.slip import Text

TICKETS = (
    Ticket("1.1", "th", 80, None, marks=True),
    Ticket("1.2", "en", 80, PROFILES[80]),
    Ticket("1.3", "th", 58, PROFILES[58], marks=True),
    Ticket("1.1", "en", 58, centres=True),
)


@pytest.mark.parametrize("ticket", TICKETS, ids=str)
def test_words_number_and_code_are_read_back_from_the_paper(ticket: Ticket) -> None:
    assert look(ticket, ticket.paper).faults(ticket) == []


def test_a_ticket_for_an_unknown_printer_asks_for_no_justification() -> None:
    assert CENTRED not in TICKETS[0].job


def test_what_a_printer_without_justification_makes_of_a_centred_ticket_is_not_read() -> None:
    """The same bytes but for ESC a: bands of unlike width no longer stand over one another."""
    ticket = replace(TICKETS[0], centres=True)
    (paper,) = Printed(ticket.job.replace(CENTRED, b""), ticket.paper_mm).papers
    assert look(ticket, paper).score.of_letters < LETTERS


def drawn(word: str, size: Size) -> Image.Image:
    return picture([Text(word, size)], able(80), FONT)


@pytest.mark.parametrize("size", POINTS)
def test_hard_words_look_as_another_typesetter_sets_them(size: Size) -> None:
    others = other_hand(HARD, type_dots(size, 203))
    unlike = {word: alike(drawn(word, size), other) for word, other in zip(HARD, others, strict=True)}
    assert {word: part for word, part in unlike.items() if part < ALIKE} == {}


def test_a_word_set_letter_by_letter_or_with_a_mark_out_of_place_is_told_from_the_right_one() -> None:
    size = type_dots("large", 203)
    plain = ImageFont.truetype(font_file(FONT), size, layout_engine=ImageFont.Layout.BASIC)
    (other,) = other_hand(["ฟ้า"], size)
    unshaped = Image.new("L", other.size, 255)
    ImageDraw.Draw(unshaped).text((40, 80), "ฟ้า", fill=0, font=plain, anchor="ls")
    assert alike(unshaped, other) < ALIKE

    (other,) = other_hand(["ที่"], size)
    right = drawn("ที่", "large").convert("L")
    _, top, _, _ = right.point(lambda level: 255 - level).getbbox() or (0, 0, 0, 0)
    shifted = right.copy()
    shifted.paste(right.crop((0, top, right.width - 3, top + 10)), (3, top))  # the tone mark, three dots to the right
    assert alike(right, other) >= ALIKE > alike(shifted, other)
