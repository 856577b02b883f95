"""A whole ticket: few bytes, the right distances, a code that reads."""

from __future__ import annotations

import re

import pytest
from ticket_eyes import read_code
from tickets import FONT, PROFILES, QUARTER, Printed, Ticket, able, every_ticket

from kiosk.paper import render
from kiosk.slip import Line, Number, Rule, Space, Text
from kiosk.virtual_paper import HEAD_TO_CUTTER


@pytest.mark.parametrize("ticket", tuple(every_ticket()), ids=str)
def test_a_ticket_takes_a_quarter_of_the_bytes_of_its_picture_at_most(ticket: Ticket) -> None:
    job = ticket.job
    assert len(job) <= QUARTER * ticket.full_raster
    assert not re.search(rb"\x10[\x04\x05\x14]", job), "a printer would take this for a real-time command"


@pytest.mark.parametrize("profile", [None, "TM-T20II", "TM-T88V"])
def test_the_code_says_centre_day_and_number(profile: str | None) -> None:
    ticket = Ticket("1.3", "en", 80, profile)
    assert read_code(ticket.paper) == ticket.code == "khiu:moe:2026-11-23:R015"


@pytest.mark.parametrize("paper_mm", [58, 80])
def test_a_printer_with_a_profile_sets_number_latin_and_code_itself(paper_mm: int) -> None:
    job = Ticket("1.1", "en", paper_mm, PROFILES[paper_mm]).job
    for own in (b"A015\n", b"Information\n", b"Points 2-3\n", b"Valid only on the day of issue\n", b"khiu:moe:"):
        assert own in job
    plain = Ticket("1.1", "en", paper_mm).job
    assert b"A015" not in plain
    assert b"khiu" not in plain


def height(*lines: Line, profile: str | None = "TM-T20II") -> int:
    """Of these lines on 80 mm paper, in dots."""
    (paper,) = Printed(render(lines, able(80, profile), FONT), 80).papers
    return paper.height - 2 * HEAD_TO_CUTTER


def test_its_own_type_stands_between_rules_to_the_dot() -> None:
    assert height(Rule(), Text("Valid", "small"), Space(3), Rule()) == 2 + (5 + 24 + 5) + 24 + 2


def test_the_white_within_a_large_number_is_not_added_to_the_white_around_it() -> None:
    number = Number("A015")
    assert height(Space(2), number, Space(2)) == height(number) == 8 * 24
    assert height(Space(2), number, Space(2), profile=None) == height(number, profile=None) + 2 * 16
