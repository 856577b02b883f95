"""How large a text looks from where it is read: where the scale of sizes begins, and what no text may fall short of.

A size is judged by the angle under which a capital letter is seen: its height ÷ distance.  Sight of 6/6 makes out
letters of 5 minutes of arc (so the lines of Snellen's and the ETDRS charts are drawn), sight of 6/12 needs 10.  A Thai
letter without marks stands 0.79 as high as a capital (Loma: 0.56 and 0.71 of the type's size), so floors lie well
above what a good eye needs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Sight:
    """A screen and the eye before it."""

    distance: float  # mm, from eye to glass
    unit: float  # mm of glass that one unit of the window (`theme.unit`) takes

    def arcminutes(self, height: float) -> float:
        """The angle under which something so many units high is seen."""
        return math.degrees(math.atan(height * self.unit / self.distance)) * 60

    def height(self, arcminutes: float) -> float:
        """How many units high something must be to be seen under this angle."""
        return math.tan(math.radians(arcminutes / 60)) * self.distance / self.unit


def screen(inches: float, width: int, height: int, distance: float) -> Sight:
    """The sight of a screen of this diagonal and so many pixels, from so many mm away."""
    return Sight(distance, inches * 25.4 / math.hypot(width, height) * min(width, height) / 100)


HALL = screen(43, 1920, 1080, 5000)  # 5.35 mm a unit; upright or lying
KIOSK = screen(21.5, 1080, 1920, 600)  # upright, at arm's length: 2.68 mm a unit
SMALL_KIOSK = screen(10.1, 1280, 800, 600)  # lying: 1.36 mm a unit
DESK = screen(21.5, 1920, 1080, 600)  # the points of a demonstration, on the monitor of a desk

# Floors in minutes of arc, of what is drawn after all fitting.
HALL_NUMBER = 20.0  # a called number and its point: for sight of 6/24
HALL_FIRST = 10.0  # the first language, and every number: for sight of 6/12
HALL_SECOND = 7.5  # the second language: for sight of 6/9
HALL_STAFF = 5.0  # what only the staff reads, who may step closer
KIOSK_MAIN = 22.0  # what is set bold: names, titles, buttons
KIOSK_LEAST = 16.0  # everything else at arm's length
DESK_LEAST = 10.0
