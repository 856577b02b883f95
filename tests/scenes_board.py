"""The hall's screen in every state, each at its fullest: longest names, largest figures, all that can go wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from kivy.app import App
from kivy.properties import NumericProperty
from msgspec.structs import replace
from window_scenes import Floors, Scene

from broker.centre import DEFAULT, Centre, load
from broker.messages import Board, Call, CallView, PointView, ServiceView
from broker.window import sight, theme
from broker.window.text import use_font
from display.signage import board as model
from display.signage.screens import BoardScreen

NOW = dt.datetime(2026, 12, 31, 5, 0, tzinfo=dt.UTC)  # a Thursday: of all days, the longest to say
LONGEST = {"th": "พิมพ์ลภัสรดา วัฒนกุลเจริญชัย", "en": "Pimlaphatrada Watthanakulcharoenchai"}
FLOORS = Floors(
    sight.HALL,
    sight.HALL_FIRST,
    sight.HALL_SECOND,
    named={
        r"called-(number|point)|point-\d+(-number)?": sight.HALL_NUMBER,
        "staff-alert": sight.HALL_STAFF,
    },
)
Act = Callable[[BoardScreen, Centre], None]


class BoardApp(App):
    """What screen.kv asks of `app`."""

    u = NumericProperty(10.8)


def app(size: tuple[int, int]) -> App:
    """The screen's app for a window of this size."""
    use_font(load(DEFAULT).centre.font)
    return BoardApp(u=theme.unit(*size))


def scenes(_size: tuple[int, int]) -> Iterator[Scene]:
    """Every slide and call, in a centre whose first language is Thai and in one where it is English."""
    default = load(DEFAULT)
    for languages in (("th", "en"), ("en", "th")):
        centre = replace(default, centre=replace(default.centre, languages=languages))
        for name, acts in ACTS.items():
            first, *then = (partial(act, centre=centre) for act in acts)
            yield Scene(f"board-{name}-{languages[0]}", languages[0], FLOORS, building(centre, first), tuple(then))
        for turn in ("steps-0", "steps-1", "steps-2", "notice-0", "notice-1"):
            act = partial(turning(turn), centre=centre)
            yield Scene(f"board-{turn}-{languages[0]}", languages[0], FLOORS, building(centre, act))


def building(centre: Centre, act: Callable[[BoardScreen], None]) -> Callable[[], Any]:
    """How the window of a scene is made."""

    def build() -> BoardScreen:
        words = [model.both(centre, text) for text in ("Point", "Waiting now", "Recent calls")]
        screen = BoardScreen(*words)
        screen.header.name = list(model.pair(centre, centre.centre.name))
        screen.header.clock, date = model.moment(NOW, centre)
        screen.header.date = list(date)
        act(screen)
        return screen

    return build


def board(**parts: object) -> Board:
    """A busy hall: points in every state, lines of 999, waits of hours."""
    states = ("called", "serving", "idle", "closed", "called", "serving")
    numbers = ("A888", "A015", None, None, "R888", "B007")
    officers = ("สมหญิง ใจดี", "วิชัย พึ่งธรรม", "น้ำฝน ซื่อตรง", None, "กตัญญู ฟ้าใส", "ปรีชา รุ่งเรือง")
    points = tuple(
        PointView(point, state, number, officer)
        for point, state, number, officer in zip(range(2, 8), states, numbers, officers, strict=True)
    )
    services = (
        ServiceView("1.1", True, 999, 59_940),
        ServiceView("1.2", True, 23, None),
        ServiceView("1.3", False, 0, 0),
    )
    calls = zip(("R888", "A888", "A015", "B007", "B006", "A014"), (6, 2, 3, 7, 4, 2), strict=True)
    recent = tuple(CallView(f"c{point}-{ticket}", ticket, point, NOW, 1) for ticket, point in calls)
    return replace(Board(1, NOW.date(), NOW, services, points, recent), **parts)


def longest_names(centre: Centre) -> Centre:
    """The same centre, all its officers bearing the longest name."""
    return replace(centre, points=tuple(replace(p, officer=LONGEST) for p in centre.points))


def waiting(screen: BoardScreen, centre: Centre) -> None:
    screen.show(model.view(board(), centre))


def quiet(screen: BoardScreen, centre: Centre) -> None:
    services = (
        ServiceView("1.1", True, 0, 0),
        ServiceView("1.2", True, 7, 61),
        ServiceView("1.3", True, 1, 0),
    )
    points = tuple(PointView(p, "idle" if p % 2 else "closed") for p in range(2, 8))
    screen.show(model.view(board(points=points, services=services), centre))


def opening(screen: BoardScreen, centre: Centre) -> None:
    screen.show(model.view(None, centre))


def names(screen: BoardScreen, centre: Centre) -> None:
    row = [PointView(p, s, "A888", LONGEST["th"]) for p, s in zip(range(2, 8), ("called", "serving") * 3, strict=True)]
    screen.show(model.view(board(points=tuple(row)), longest_names(centre)))


def recent(screen: BoardScreen, centre: Centre) -> None:
    waiting(screen, centre)
    screen.turn("recent")


def lost(screen: BoardScreen, centre: Centre) -> None:
    """All at once: no link, an alert, and the longest names."""
    points = tuple(PointView(p, "serving", "A888", LONGEST["th"]) for p in range(2, 8))
    alerts = ("kiosk-1: paper out", "buttons-1: offline")
    screen.show(model.view(board(alerts=alerts, points=points), longest_names(centre)))
    text = "The connection to the queue is lost; numbers may be out of date. Please listen to the officers"
    screen.header.lost = list(model.both(centre, text))


def called(ticket: str, point: int, times: int = 1, glow: float = 0.0, longest: bool = False) -> Act:
    """A call takes the stage; at rest of its pulse or at its height."""

    def act(screen: BoardScreen, centre: Centre) -> None:
        lengthened = longest_names(centre) if longest else centre
        now = board(points=(PointView(point, "called", ticket, LONGEST["th"]),)) if longest else board()
        screen.show(model.view(now, lengthened))
        screen.call(model.calling(Call("c1", ticket, point, NOW, times), now, lengthened))
        screen._beat.cancel()
        screen._called.glow = glow

    return act


def unheard(screen: BoardScreen, centre: Centre) -> None:
    """A call that nobody hears, in the flash's bright half."""
    called("A015", 2)(screen, centre)
    screen.flash()
    screen._flash.cancel()


def ended(screen: BoardScreen, centre: Centre) -> None:
    screen.rest()


def waiting_again(screen: BoardScreen, centre: Centre) -> None:
    """The link is back."""
    screen.header.lost = ["", ""]
    waiting(screen, centre)


def turning(turn: str) -> Act:
    """A slide of steps or a notice."""
    kind, _, place = turn.partition("-")

    def act(screen: BoardScreen, centre: Centre) -> None:
        view = model.view(board(), centre)
        screen.show(view)
        kinds = {"steps": model.Steps, "notice": model.Notice}
        screen.turn([slide for slide in view.slides if isinstance(slide, kinds[kind])][int(place)])

    return act


ACTS: dict[str, tuple[Act, ...]] = {
    "waiting": (waiting,),
    "quiet": (quiet,),
    "opening": (opening,),
    "names": (names,),
    "recent": (recent,),
    "lost": (lost,),
    "called": (waiting, called("A015", 2)),
    "called-again": (waiting, called("R888", 6, times=3, glow=1.0)),
    "called-longest": (waiting, called("B888", 5, longest=True)),
    "called-nobody-named": (waiting, called("A015", 2), called("B006", 5)),
    "called-unheard": (waiting, unheard),
    "after-a-call": (names, called("A015", 2), ended),
    "found-again": (lost, waiting_again),
}
