"""Colours and sizes of every window: calm, of high contrast (WCAG 2.2 AA: text 4.5 to 1), safe for colour-blind eyes.

Sizes are shares of the window, so that one layout serves a hall's 1920×1080, a kiosk's 1080×1920 and a demo's window.
"""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[float, float, float, float]


def colour(hexadecimal: str, opacity: float = 1.0) -> Colour:
    """ "#0b5cad" → red, green, blue, opacity, each 0 … 1, as Kivy wants them."""
    red, green, blue = (int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, opacity


GROUND = colour("#eef1f5")  # behind everything
SURFACE = colour("#ffffff")  # cards
NIGHT = colour("#10243e")  # header, and text of the highest rank
INK = colour("#14202e")
MUTED = colour("#4f5d6e")  # second language, captions; still 5.8 to 1 on GROUND
RULE = colour("#cfd7e1")  # thin lines
WHITE = colour("#ffffff")
PALE = colour("#c8d6e8")  # second language on NIGHT
GOOD = colour("#1b6e3c")
BAD = colour("#a8231c")
WARNING_GROUND = colour("#fff1cc")
WARNING_INK = colour("#5c3d00")
LAMP_GREEN, LAMP_RED = colour("#35e07a"), colour("#ff4b3e")  # a point's lamp on the panel, and the same unlit
LAMP_GREEN_OFF, LAMP_RED_OFF = colour("#1f4a3a"), colour("#55303a")

# Blue, burnt orange, deep teal: told apart under protanopia, deuteranopia and tritanopia; white reads on each.
_ACCENTS = (colour("#0b57a4"), colour("#a94600"), colour("#00685c"), colour("#7a2b6b"))


@dataclass(frozen=True)
class Palette:
    """The colours of a window by their part: text and what it stands on, in pairs that can be read."""

    ground: Colour
    surface: Colour  # cards and quiet buttons
    ink: Colour
    muted: Colour  # second language, captions
    rank: Colour  # text of the highest rank, and edges of what can be touched
    rule: Colour  # thin lines
    head: Colour
    on_head: Colour
    pale: Colour  # second language on the head
    accents: tuple[Colour, ...]  # a service each
    on_accent: Colour
    good: Colour
    on_good: Colour
    warning: Colour
    on_warning: Colour
    framed: float  # how much of its colour the line around a card has
    heard: Colour  # the thick line around what was read aloud, and like no other line

    def accent(self, place: int) -> Colour:
        """The colour of the service that stands at this place (0, 1 …) in the centre's list."""
        return self.accents[place % len(self.accents)]

    def tint(self, full: Colour, share: float) -> Colour:
        """A quiet ground of this colour: so much of it, the rest surface."""
        red, green, blue = (share * a + (1 - share) * b for a, b in zip(full[:3], self.surface[:3], strict=True))
        return red, green, blue, 1.0

    def frame(self, full: Colour) -> Colour:
        """The line around a card of this colour."""
        return self.tint(full, self.framed)


CALM = Palette(
    GROUND, SURFACE, INK, MUTED, NIGHT, RULE, NIGHT, WHITE, PALE, _ACCENTS, WHITE, GOOD, WHITE, WARNING_GROUND,
    WARNING_INK, 0.4, NIGHT,
)  # fmt: skip

# For eyes that need it: black, white and yellow alone, every text 7 to 1 or more (WCAG 2.2 AAA).
_BLACK, _YELLOW = colour("#000000"), colour("#ffd60a")
SHARP = Palette(
    ground=_BLACK, surface=_BLACK, ink=WHITE, muted=WHITE, rank=_YELLOW, rule=WHITE, head=_BLACK, on_head=WHITE,
    pale=_YELLOW, accents=(_YELLOW,), on_accent=_BLACK, good=_YELLOW, on_good=_BLACK, warning=WHITE, on_warning=_BLACK,
    framed=1.0, heard=WHITE,
)  # fmt: skip


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2.2, 1 … 21."""
    dark, light = sorted(_luminance(c) for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(c: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in c[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def unit(width: float, height: float) -> float:
    """The measure of all sizes: a hundredth of the window's shorter side, in px (10.8 in full HD, upright or not)."""
    return min(width, height) / 100


# ---------------------------------------------------------------- sizes of text, in units
# One scale for every window: each step is √2 times the one before, so that two steps double a size, as with paper.
# `broker.window.sight` says why it begins where it does; fitting may draw smaller, down to the floors given there.
STEP = 2**0.5
FINE, CAPTION, BODY, TITLE, HEADING, DISPLAY = (3.0 * STEP**n for n in range(-1, 5))  # 2.1, 3, 4.2, 6, 8.5, 12
FIGURE, GREAT, CALL = (3.0 * STEP**n for n in range(6, 9))  # 24, 34, 48: numbers that stand alone
# ---------------------------------------------------------------- sizes of space, in units
GAP, PAD, RADIUS, LINE = 1.5, 2.2, 1.2, 0.15
