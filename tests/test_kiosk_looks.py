"""The glass in millimetres: what may be believed of its size, how large and how high things are."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.window import theme
from kiosk.glass import claimed, millimetres
from kiosk.looks import arrangement, dots_per_mm, look

FULL = (1080, 1920)
SHARP_LEAST = 7.0  # WCAG 2.2, 1.4.6 (AAA)


def edid(width: int, height: int) -> bytes:
    """The first block of a display's EDID with this size in mm in its first timing, and a true checksum."""
    block = bytearray(128)
    block[:8] = bytes.fromhex("00ffffffffffff00")
    block[54:56] = (14850).to_bytes(2, "little")  # 148.5 MHz
    block[66], block[67], block[68] = width & 0xFF, height & 0xFF, width >> 8 << 4 | height >> 8
    block[127] = -sum(block) % 256
    return bytes(block)


def test_the_size_in_the_file_goes_before_what_the_display_claims() -> None:
    assert dots_per_mm(FULL, 21.5, (600, 340)) == pytest.approx(2202.9 / (21.5 * 25.4), rel=1e-4)


def test_a_plausible_claim_is_believed_though_the_panel_hangs_upright() -> None:
    assert dots_per_mm(FULL, None, (476, 268)) == pytest.approx(4.03, abs=0.01)


@pytest.mark.parametrize(
    "claim",
    [
        None,
        (0, 0),
        (160, 90),  # an aspect ratio in place of a size: 305 dots an inch
        (1600, 900),  # 30 dots an inch: a wall
        (476, 357),  # dots that are not square
    ],
)
def test_an_implausible_claim_is_not(claim: tuple[int, int] | None) -> None:
    assert dots_per_mm(FULL, None, claim) is None


def test_a_window_of_a_demonstration_is_drawn_as_the_glass_it_stands_for() -> None:
    small, full = (look(size, dots_per_mm(size, 21.5), 800) for size in ((540, 960), FULL))
    assert small.reach / small.u == pytest.approx(full.reach / full.u, rel=0.02)


def test_what_the_kernel_keeps_of_the_only_display_is_its_size(tmp_path: Path) -> None:
    for connector, said in (("card1-HDMI-A-1", edid(476, 268)), ("card1-HDMI-A-2", b"")):
        (tmp_path / connector).mkdir()
        (tmp_path / connector / "edid").write_bytes(said)
    assert claimed(tmp_path) == (476, 268)
    (tmp_path / "card1-HDMI-A-2" / "edid").write_bytes(edid(700, 390))
    assert claimed(tmp_path) is None  # which of the two is the kiosk's nobody knows
    assert claimed(tmp_path / "none") is None


@pytest.mark.parametrize("spoilt", [b"", edid(476, 268)[:100], edid(476, 268)[:-1] + b"\0", bytes(128), edid(0, 0)])
def test_an_edid_that_is_short_spoilt_or_empty_says_nothing(spoilt: bytes) -> None:
    assert millimetres(spoilt) is None


def test_low_everything_lies_within_the_reach_of_an_arm_above_the_floor() -> None:
    dots = dots_per_mm(FULL, 32)
    low = look(FULL, dots, 800, frozenset({"low"}))
    assert 800 + low.within / dots == pytest.approx(1200, abs=1)
    assert look(FULL, dots, 800).within == FULL[1]
    assert look((1920, 1080), dots_per_mm((1920, 1080), 21.5), 800, frozenset({"low"})).within == 1080


def test_large_text_is_one_step_of_the_scale_and_no_wider_spaces() -> None:
    plain, large = look(FULL, 4.0, 800), look(FULL, 4.0, 800, frozenset({"large"}))
    assert (large.t / plain.t, large.u) == (theme.STEP, plain.u)


@pytest.mark.parametrize("count", range(1, 7))
@pytest.mark.parametrize(("width", "height", "inches"), [(1015, 1250, 21.5), (1015, 700, 32), (1232, 300, 10.1)])
def test_up_to_six_services_have_tiles_of_at_least_20_mm(count: int, width: int, height: int, inches: float) -> None:
    size = (1280, 800) if inches < 11 else FULL
    look_ = look(size, dots_per_mm(size, inches), 800)
    columns, _form = arrangement(count, width, height, look_)
    rows = -(-count // columns)
    assert (height - (rows - 1) * 1.8 * look_.u) / rows >= look_.reach
    assert (width - (columns - 1) * 1.8 * look_.u) / columns >= 2 * look_.reach


PAIRS = [
    ("ink", "ground"), ("ink", "surface"), ("muted", "ground"), ("muted", "surface"), ("rank", "ground"),
    ("rank", "surface"), ("surface", "rank"), ("on_head", "head"), ("pale", "head"), ("on_good", "good"),
    ("on_warning", "warning"),
]  # fmt: skip


@pytest.mark.parametrize(("palette", "least"), [(theme.CALM, 4.5), (theme.SHARP, SHARP_LEAST)])
def test_every_text_of_a_palette_can_be_read_on_its_ground(palette: theme.Palette, least: float) -> None:
    found = {(text, ground): theme.contrast(getattr(palette, text), getattr(palette, ground)) for text, ground in PAIRS}
    for place in range(4):
        accent = palette.accent(place)
        found["on_accent", place] = theme.contrast(palette.on_accent, accent)
        found["accent", place] = theme.contrast(accent, palette.surface)
        found["accent tinted", place] = theme.contrast(accent, palette.tint(accent, 0.12))
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}
