"""Colours: white and ink can be read on what they stand on."""

from itertools import combinations

import pytest

from broker.window import theme

AA = 4.5  # WCAG 2.2, 1.4.3


def test_black_on_white_is_the_greatest_contrast_there_is() -> None:
    assert theme.contrast(theme.colour("#000000"), theme.colour("#ffffff")) == pytest.approx(21.0)


@pytest.mark.parametrize("place", range(4))
def test_a_service_colour_can_be_read_on_white_on_ground_and_under_white(place: int) -> None:
    accent = theme.accent(place)
    for ground in (theme.SURFACE, theme.GROUND, theme.tint(accent, 0.14)):
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


# Viénot, Brettel and Mollon 1999: linear RGB as a protanope and a deuteranope see it
BLINDNESS = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


@pytest.mark.parametrize("kind", BLINDNESS)
def test_the_three_services_stay_apart_for_colour_blind_eyes(kind: str) -> None:
    def seen(colour: theme.Colour) -> tuple[float, ...]:
        linear = [part**2.2 for part in colour[:3]]
        return tuple(sum(w * part for w, part in zip(row, linear, strict=True)) for row in BLINDNESS[kind])

    for one, other in combinations((theme.accent(0), theme.accent(1), theme.accent(2)), 2):
        distance = sum((a - b) ** 2 for a, b in zip(seen(one), seen(other), strict=True)) ** 0.5
        assert distance > 0.08


def test_sizes_follow_the_shorter_side_of_the_window() -> None:
    assert theme.unit(1920, 1080) == theme.unit(1080, 1920) == 10.8
