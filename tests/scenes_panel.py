"""The points of a demonstration in one window: six consoles in every state, with five faces and with three.

Who works them sits 0.6 m before a monitor of 21.5 inches (1280×800: a laptop of 13.3), with sight of 6/12.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from kivy.app import App
from msgspec.structs import replace
from window_scenes import Floors, Scene

from broker import clock
from broker.centre import DEFAULT, Centre, load
from broker.messages import PointState, PointStatus, Survey
from broker.window import sight, theme
from broker.window.text import use_font
from counter_buttons.lamp import Light
from counter_buttons.view import Panel

MM = {(1280, 800): 13.3 * 25.4 / (1280**2 + 800**2) ** 0.5}  # of glass a pixel
STATES: dict[str, tuple[PointState, str | None, Light]] = {
    "closed": ("closed", None, Light(False, False)),
    "idle": ("idle", None, Light(True, False)),
    "called": ("called", "R888", Light(True, False)),
    "serving": ("serving", "A888", Light(True, False)),
    "provided": ("provided", "B888", Light(True, False)),
    "refused": ("serving", "A888", Light(False, True)),
}


def app(_size: tuple[int, int]) -> App:
    """Nothing asks anything of it."""
    use_font(load(DEFAULT).centre.font)
    return App()


def scenes(size: tuple[int, int]) -> Iterator[Scene]:
    """Every state in a centre whose first language is Thai and in one where it is English."""
    eye = sight.Sight(600, MM.get(size, sight.DESK.unit / 10.8) * theme.unit(*size))
    floors = Floors(eye, sight.DESK_LEAST, sight.DESK_LEAST)
    for languages in (("th", "en"), ("en", "th")):
        default = load(DEFAULT)
        centre = replace(default, centre=replace(default.centre, languages=languages))
        for name in ("lost", *STATES, "survey", "thanks"):
            yield Scene(f"panel-{name}-{languages[0]}", languages[0], floors, partial(showing, name, centre))
        three = replace(centre, survey=replace(centre.survey, levels=3))
        yield Scene(f"panel-three-{languages[0]}", languages[0], floors, partial(showing, "survey", three))


def showing(name: str, centre: Centre) -> Panel:
    """All six points in this state."""
    panel = Panel(centre, tuple(range(2, 8)), lambda _point, _wire, _down: None)
    state, ticket, light = STATES.get(name, STATES["idle"])
    ends = clock.now() + dt.timedelta(minutes=5)
    for point, console in panel.consoles.items():
        survey = Survey(visit="v", ticket="A888", until=ends) if name in ("survey", "thanks") else None
        if name != "lost":
            status = PointStatus(1, point, state, 999, ticket, calls=3 if state == "called" else 0, survey=survey)
            console.show(status, open_=survey is not None)
        console.shine(Light(False, True) if name == "lost" else light)
        if name == "thanks":
            console.thank()
    return panel
