"""All that can be touched on the kiosk, measured in mm of the glass: one process lays out every page for every glass.

As a program it prints one JSON line a target; `measured` runs it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

FLOOR_MM = 800  # the glass's lower edge above the floor
ROUNDING_MM = 0.02


@dataclass(frozen=True)
class Glass:
    width: int  # px
    height: int
    inches: float

    def __str__(self) -> str:
        return f"{self.width}×{self.height}, {self.inches} inches"


GLASSES = Glass(1080, 1920, 21.5), Glass(1920, 1080, 21.5), Glass(1280, 800, 10.1), Glass(1080, 1920, 32)
MODES = "", "large", "contrast", "low", "spoken", "all"
PAGES = "home", "home-no-printer", "steps-A", "documents", "document", "ticket", "fault-paper", "closed", "stopped"


@dataclass(frozen=True)
class Target:
    """One target: mm of the glass, and of its upper edge above the floor."""

    glass: int  # place in `GLASSES`
    services: int
    page: str
    mode: str
    language: str
    name: str
    left: float
    bottom: float
    width: float
    height: float
    inside: bool  # of the window

    @property
    def top(self) -> float:
        return FLOOR_MM + self.bottom + self.height

    def apart(self, other: Target) -> float:
        """mm between the two; a button within a tile is told by its own frame, and is no neighbour of that tile."""
        across = max(self.left - other.left - other.width, other.left - self.left - self.width)
        along = max(self.bottom - other.bottom - other.height, other.bottom - self.bottom - self.height)
        return max(across, along)

    def holds(self, other: Target) -> bool:
        return (
            self.left <= other.left
            and self.bottom <= other.bottom
            and self.left + self.width >= other.left + other.width
            and self.bottom + self.height >= other.bottom + other.height
        )


@dataclass(frozen=True)
class Page:
    """The targets of one page as it is shown."""

    targets: tuple[Target, ...]

    @property
    def least(self) -> float:
        """The smallest width or height."""
        return min(min(target.width, target.height) for target in self.targets)

    @property
    def apart(self) -> float:
        pairs = [(a, b) for a, b in combinations(self.targets, 2) if not a.holds(b) and not b.holds(a)]
        return min((a.apart(b) for a, b in pairs), default=float("inf"))

    @property
    def top(self) -> float:
        return max(target.top for target in self.targets)

    @property
    def inside(self) -> bool:
        return all(target.inside for target in self.targets)

    def faults(self) -> Iterator[str]:
        """What lies outside the bounds of `kiosk.looks`."""
        from kiosk.looks import ARM_MM, BETWEEN_MM, TARGET_MM

        if self.least < TARGET_MM - ROUNDING_MM:
            yield f"{self.least:.1f} mm small"
        if self.apart < BETWEEN_MM - ROUNDING_MM:
            yield f"{self.apart:.1f} mm apart"
        if self.targets[0].mode in ("low", "all") and self.top > ARM_MM + ROUNDING_MM:
            yield f"{self.top:.0f} mm above the floor"
        if not self.inside:
            yield "beyond the glass"

    def __str__(self) -> str:
        one = self.targets[0]
        return f"{one.page} {one.mode} {one.language}, {one.services} services, {GLASSES[one.glass]}"


def measured(
    modes: Sequence[str] = MODES, pages: Sequence[str] = PAGES, languages: Sequence[str] = ("th", "en")
) -> list[Page]:
    """Every such page on every glass, with three services and with six."""
    from broker.morning.glass import VirtualScreen

    display = VirtualScreen((200, 200))
    try:
        done = subprocess.run(
            [sys.executable, __file__, ",".join(modes), ",".join(pages), ",".join(languages)],
            env=os.environ | {"DISPLAY": display.display, "KHIU_WINDOW": "200x200+0+0"},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=300, check=True,
        )  # fmt: skip
    finally:
        display.stop()
    found: dict[tuple[object, ...], list[Target]] = {}
    for line in done.stdout.splitlines():
        target = Target(**json.loads(line))
        key = target.glass, target.services, target.page, target.mode, target.language
        found.setdefault(key, []).append(target)
    return [Page(tuple(targets)) for targets in found.values()]


def main(modes: str, pages: str, languages: str) -> None:
    from broker.window.configure import configure

    configure("glasses")
    from kivy.config import Config

    Config.set("graphics", "maxfps", "0")  # a clock that never sleeps, told before it is made
    from kivy.app import App
    from kivy.base import EventLoop

    EventLoop.start()
    import scenes_kiosk as scenes

    App._running_app = scenes.app((1080, 1920))
    for place, glass in enumerate(GLASSES):
        for services in (3, 6):
            for target in _targets(place, glass, services, modes.split(","), pages.split(","), languages.split(",")):
                print(json.dumps(asdict(target)), flush=True)


def _targets(
    place: int, glass: Glass, services: int, modes: Sequence[str], pages: Sequence[str], languages: Sequence[str]
) -> Iterator[Target]:
    from dataclasses import replace

    import scenes_kiosk as scenes
    from kivy.app import App
    from kivy.core.window import Window
    from window_render import settle

    from kiosk.looks import dots_per_mm, look
    from kiosk.pages import MODES as EVERY
    from kiosk.screens import KioskScreen
    from kiosk.view import view, wording

    size, centre = (glass.width, glass.height), _centre(services)
    dots = dots_per_mm(size, glass.inches)
    states = scenes.states(centre)
    screen: Any = KioskScreen([service.id for service in centre.services], lambda _event: None)
    screen.size_hint, screen.size = (None, None), size
    Window.add_widget(screen)
    for mode in modes:
        asked = frozenset(EVERY if mode == "all" else {mode} - {""})
        for page in pages:
            for language in languages:
                state = replace(states[page], language=language, modes=asked)
                App.get_running_app().look = look(size, dots, FLOOR_MM, asked)
                screen.show(view(state, centre), wording(state, centre), App.get_running_app().look)
                settle()
                for name, widget in screen.offered():
                    inside = widget.x >= 0 and widget.right <= size[0] and widget.y >= 0 and widget.top <= size[1]
                    box = (part / dots for part in (*widget.pos, *widget.size))
                    yield Target(place, services, page, mode, language, name, *box, inside)
    Window.remove_widget(screen)


def _centre(services: int) -> Any:
    """The shipped centre, or with three services more."""
    from documents import DOCUMENTS
    from msgspec.structs import replace

    from broker.centre import DEFAULT, load
    from broker.office_rules import overlay

    centre = load(DEFAULT)
    more = {
        "1.4": ("D", "บริการออกใบอนุญาตผลิตพลังงานควบคุม", "Licences for controlled energy"),
        "1.5": ("F", "ชำระค่าธรรมเนียม", "Payment of fees"),
        "1.6": ("H", "ร้องเรียนร้องทุกข์", "Complaints"),
    }
    further = [
        replace(centre.services[0], id=id, prefix=prefix, name={"th": thai, "en": english})
        for id, (prefix, thai, english) in more.items()
    ]
    return overlay(replace(centre, services=(*centre.services, *further)[:services]), DOCUMENTS)


if __name__ == "__main__":
    main(*sys.argv[1:])
