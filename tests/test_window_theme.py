"""Colours: white and ink can be read on what they stand on."""

import pytest
from colour_sight import APART, EYES, SETS, least

from broker.window import theme

AA = 4.5  # WCAG 2.2, 1.4.3


def test_black_on_white_is_the_greatest_contrast_there_is() -> None:
    assert theme.contrast(theme.colour("#000000"), theme.colour("#ffffff")) == pytest.approx(21.0)


@pytest.mark.parametrize("place", range(4))
def test_a_service_colour_can_be_read_on_white_on_ground_and_under_white(place: int) -> None:
    accent = theme.CALM.accent(place)
    for ground in (theme.SURFACE, theme.GROUND, theme.CALM.tint(accent, 0.14)):
        assert theme.contrast(accent, ground) >= AA


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (theme.INK, theme.GROUND),
        (theme.MUTED, theme.GROUND),
        (theme.PALE, theme.NIGHT),
        (theme.WHITE, theme.BAD),
        (theme.WHITE, theme.GOOD),
        (theme.WHITE, theme.MUTED),
        (theme.WARNING_INK, theme.WARNING_GROUND),
    ],
)
def test_every_text_can_be_read_on_its_ground(text: theme.Colour, ground: theme.Colour) -> None:
    assert theme.contrast(text, ground) >= AA


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("what", SETS)
def test_colours_that_mean_different_things_stay_apart_for_every_eye(what: str, eye: str) -> None:
    assert least(SETS[what], eye) >= APART


def test_two_colours_that_only_common_eyes_tell_apart_are_found_out() -> None:
    pair = [theme.colour("#c05050"), theme.colour("#6a7a3e")]
    assert least(pair, "common") > 4 * APART > 4 * least(pair, "deuteranopia")


def test_sizes_follow_the_shorter_side_of_the_window() -> None:
    assert theme.unit(1920, 1080) == theme.unit(1080, 1920) == 10.8
