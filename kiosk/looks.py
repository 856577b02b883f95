"""How the kiosk's window is drawn for the citizen before it: colours, sizes, and where may be touched.  Pure.

A hand of seventy needs targets of 20 mm, 2 mm apart, and who sits in a wheelchair reaches 1.2 m up.  So the glass must
be known in millimetres: from centre.toml, else from what the display says of itself, else by `ASSUMED`, which makes
targets large enough and may let low buttons stand too high: then staff is told (`GLASS_UNKNOWN`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from broker.language.catalogue import N_
from broker.window import theme
from kiosk.pages import Mode

TARGET_MM, BETWEEN_MM = 20.0, 2.0
ARM_MM = 1200.0  # above the floor
# Dots a mm of a glass that nobody knows: a 10-inch panel of 1280×800; what citizens touch is hardly ever finer
ASSUMED = 150.0 / 25.4
DPI = 50.0, 260.0  # between these a display's own claim is believed
SQUARE = 1.08  # dots so much wider than high, or higher than wide: the claim is no measure
LEAST = 8.0, 1.2  # units of a target and of the gap between two, whatever the glass: words must find room

GLASS_UNKNOWN = N_("The size of the kiosk's glass is not known, so low buttons may be too high: please set inches")

Size = tuple[int, int]
# How a service's tile is laid out: name above facts and button side by side, all in one column, or name beside button.
Form = Literal["wide", "tall", "tight"]


@dataclass(frozen=True)
class Look:
    """All lengths in px of the window."""

    palette: theme.Palette
    u: float  # a unit of space
    t: float  # a unit of type: `u`, or a step of the scale more
    reach: float  # the least width and height of what can be touched
    gap: float  # the least distance between two such
    within: float  # from the window's lower edge: nothing higher can be touched
    upright: bool

    @property
    def large(self) -> bool:
        """Whether type is larger than usual."""
        return self.t > self.u


def dots_per_mm(size: Size, inches: float | None, claimed: Size | None = None) -> float | None:
    """Of a window of this size (px) that fills its glass; None where nobody knows how large that is.

    ``inches`` is the glass's diagonal; else the display's ``claimed`` mm are taken if they are plausible, either way
    round, for a panel may hang upright.
    """
    if inches:
        return math.hypot(*size) / (inches * 25.4)
    if claimed and min(claimed) > 0:
        across, along = max(size) / max(claimed), min(size) / min(claimed)
        square = max(across, along) / min(across, along) <= SQUARE
        if square and DPI[0] <= across * 25.4 <= DPI[1]:
            return (across + along) / 2
    return None


def look(size: Size, dots: float, bottom_mm: float, modes: frozenset[Mode] = frozenset()) -> Look:
    """The look of a window of this size with so many dots a mm, whose lower edge hangs so many mm above the floor."""
    u = theme.unit(*size)
    return Look(
        palette=theme.SHARP if "contrast" in modes else theme.CALM,
        u=u,
        t=u * theme.STEP if "large" in modes else u,
        reach=max(math.ceil(TARGET_MM * dots), LEAST[0] * u),
        gap=max(math.ceil(BETWEEN_MM * dots), LEAST[1] * u),
        within=min(size[1], math.floor((ARM_MM - bottom_mm) * dots)) if "low" in modes else size[1],
        upright=size[1] >= size[0],
    )


def arrangement(count: int, width: float, height: float, look: Look) -> tuple[int, Form]:
    """Columns, and the form of each tile, of so many services in a field of this size (px)."""
    if look.upright:
        columns = 1 if height / count >= look.reach + 8 * look.u else 2
    else:
        columns = count if width / count >= 36 * look.u else -(-count // 2)
    across, along = width / columns, height / -(-count // columns)
    if across >= 60 * look.u:
        foot = max(look.reach + 2 * look.gap, 13 * look.t)
        return columns, "wide" if along >= foot + 18 * look.u else "tight"
    return columns, "tall" if along >= look.reach + 22 * look.u else "tight"
