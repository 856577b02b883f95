"""What colour-blind eyes see, and how far apart two colours then are.

The matrices are those of Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color
Vision Deficiency" (2009), at full severity, for linear sRGB; differences are CIE 1976 ΔE*ab under D65.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from broker.window import theme

EYES = {
    "common": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
APART = 9.0  # ΔE: four times the 2.3 that is just noticed; and nothing is told by colour alone
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_D65 = np.array([0.95047, 1.0, 1.08883])

# What must be told apart by more than words: colours that stand side by side and mean different things.
SETS = {
    "services": [theme.CALM.accent(place) for place in range(3)],
    "a point's badge, serving or closed": [
        theme.CALM.accent(0),
        theme.CALM.accent(1),
        theme.CALM.accent(2),
        theme.MUTED,
    ],
    "a point's row, called or not": [theme.CALM.accent(0), theme.SURFACE],
    "the lamp's green, red": [theme.LAMP_GREEN, theme.LAMP_RED],
    "the lamp's green, on or off": [theme.LAMP_GREEN, theme.LAMP_GREEN_OFF],
    "the lamp's red, on or off": [theme.LAMP_RED, theme.LAMP_RED_OFF],
}


def simulate(pixels: Any, eye: str) -> Any:
    """Pixels (… × 3, 0 … 1, sRGB) as this eye sees them."""
    linear = np.where(pixels <= 0.04045, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ EYES[eye].T, 0, 1)
    return np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)


def difference(one: theme.Colour, other: theme.Colour, eye: str) -> float:
    """ΔE of two colours for this eye."""
    a, b = (_lab(simulate(np.array(colour[:3]), eye)) for colour in (one, other))
    return float(np.linalg.norm(a - b))


def least(colours: list[theme.Colour], eye: str) -> float:
    """ΔE of the two that are nearest to each other."""
    return min(difference(one, other, eye) for one, other in combinations(colours, 2))


def _lab(pixel: Any) -> Any:
    linear = np.where(pixel <= 0.04045, pixel / 12.92, ((pixel + 0.055) / 1.055) ** 2.4)
    share = _XYZ @ linear / _D65
    root = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])
