"""Rows of dots travel in few bytes and arrive as they were."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import assume, given
from hypothesis import strategies as st
from tickets import Printed

from kiosk.bands import CENTRED, bands
from kiosk.virtual_paper import HEAD_TO_CUTTER, SIDE

DOTS = 576
BYTES = DOTS // 8


def row(ink: bytes, left: int = 0) -> bytes:
    """A row of the paper with this ink at this byte."""
    return bytes(left) + ink + bytes(BYTES - left - len(ink))


def arrived(sent: bytes, count: int, centred: bool = True) -> list[bytes]:
    """The rows that the printer makes of it."""
    (paper,) = Printed(b"\x1b@" + CENTRED * centred + sent + b"\x1dV\x00", 80).papers
    dots = paper.crop((SIDE[80], HEAD_TO_CUTTER, SIDE[80] + DOTS, paper.height))
    ink = dots.point(lambda level: 255 if level < 128 else 0).convert("1").tobytes()
    rows = [ink[start : start + BYTES] for start in range(0, len(ink), BYTES)]
    assert len(rows) == count
    return rows


INKED = st.builds(row, st.binary(max_size=30), st.integers(0, BYTES - 30))
PAPER = st.lists(st.tuples(st.one_of(st.just(row(b"")), INKED), st.integers(1, 40)), max_size=12)


def spread(runs: Sequence[tuple[bytes, int]]) -> list[bytes]:
    return [one for one, times in runs for _ in range(times)]


@given(PAPER, st.booleans())
def test_whatever_the_dots_they_arrive_as_they_were(runs: list[tuple[bytes, int]], centred: bool) -> None:
    rows = spread(runs)
    sent = bands(rows, centred)
    assume(b"\x18" not in sent)  # see the next test
    assert arrived(sent, len(rows), centred) == rows


@given(PAPER)
def test_what_is_sent_from_the_left_edge_needs_no_justification(runs: list[tuple[bytes, int]]) -> None:
    rows = spread(runs)
    sent = bands(rows, centred=False)
    assume(b"\x18" not in sent)
    assert b"\x1ba" not in sent or any(b"\x1ba" in row for row in rows)
    left_behind = [row.rstrip(b"\0") for row in rows]
    assert len(sent) <= sum(8 + max(1, len(row)) for row in left_behind)


def test_what_would_read_as_a_real_time_command_gets_one_dot_more() -> None:
    rows = [row(b"\x10\x04\x01\xff\x10\x05\x10\x14", 32)]
    sent = bands(rows, centred=True)
    assert not re.search(rb"\x10[\x04\x05\x14]", sent)
    assert arrived(sent, 1) == [row(b"\x18\x04\x01\xff\x18\x05\x18\x14", 32)]


@given(PAPER, st.booleans())
def test_it_is_never_sent_in_more_bytes_than_as_one_picture(runs: list[tuple[bytes, int]], centred: bool) -> None:
    rows = spread(runs)
    pictures = -(-len(rows) // 255)
    assert len(bands(rows, centred)) <= 8 * pictures + BYTES * len(rows)


def test_a_mark_over_a_word_is_not_sent_as_wide_as_the_word() -> None:
    mark, word = row(b"\x5a", 35), row(b"\xa5" * 40, 16)
    assert len(bands([mark] * 9 + [word] * 20, centred=True)) == 8 + 9 * 2 + 8 + 20 * 40


def test_few_rows_are_not_worth_a_band_of_their_own() -> None:
    narrow, wide = row(b"\x5a", 36), row(b"\xa5\x81", 35)
    assert bands([narrow, wide, narrow, wide], centred=True).count(b"\x1dv0") == 1


def test_a_gap_costs_half_a_byte_a_row() -> None:
    assert len(bands([row(b"")] * 80, centred=True)) == 8 + 40


def test_squares_of_four_dots_are_sent_as_one() -> None:
    squares = row(b"\xcc\x33\xff\x0f" * 4, 28)
    assert len(bands([squares] * 20, centred=True)) == 8 + 10 * 8
    odd = [squares] * 19 + [row(b"\xcc\x33\xff\x0e" * 4, 28)]
    assert arrived(bands(odd, centred=True), 20) == odd


def test_nothing_is_sent_for_nothing() -> None:
    assert bands([], centred=True) == b""
