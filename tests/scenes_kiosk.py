"""The kiosk's pages in every state and language, each at its fullest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from documents import DOCUMENTS
from kivy.app import App
from kivy.core.window import Window
from kivy.properties import ObjectProperty
from window_scenes import Floors, Scene

from broker import office_rules
from broker.centre import DEFAULT, Centre, load
from broker.hours import Open, Shut
from broker.messages import ServiceView
from broker.window import sight
from broker.window.text import use_font
from kiosk import pages
from kiosk.catalogue import Catalogue
from kiosk.looks import Look, dots_per_mm, look
from kiosk.screens import KioskScreen
from kiosk.view import view, wording

NOW = dt.datetime(2026, 11, 23, 9, 7, tzinfo=dt.UTC)
LONGEST = dt.datetime(2026, 12, 31, 8, 30, tzinfo=dt.UTC)  # of all days, the longest to say


# What a citizen may ask for, and the pages on which it tells: an ending of the scene's name → modes, names of scenes.
ASKED: dict[str, tuple[frozenset[pages.Mode], tuple[str, ...]]] = {
    "-large": (frozenset({"large"}), ("home-no-printer", "fault-paper", "documents", "document")),
    "-contrast": (frozenset({"contrast"}), ("home-no-printer",)),
    "-heard": (frozenset({"contrast", "spoken"}), ("home",)),
    "-all": (frozenset(pages.MODES), ("steps-A", "fault-paper")),
    "-low": (frozenset({"large", "contrast", "low"}), ("documents", "document")),
}
INCHES = {(1280, 800): 10.1}
VOICES = frozenset({"th", "en"})


class KioskApp(App):
    """What kiosk.kv asks of `app`."""

    look = ObjectProperty(rebind=True)
    nothing = 1e-6


def app(size: tuple[int, int]) -> App:
    """The kiosk's app for a window of this size."""
    use_font(load(DEFAULT).centre.font)
    return KioskApp(look=look_of(size, frozenset()))


def look_of(size: tuple[int, int], modes: frozenset[pages.Mode]) -> Look:
    """The look of a kiosk's glass of this size."""
    return look(size, dots_per_mm(size, INCHES.get(size, 21.5)), 800, modes)


def scenes(size: tuple[int, int]) -> Iterator[Scene]:
    """Every page, in both languages as the citizen chooses them; the fullest also as a citizen may ask for it."""
    centre = office_rules.overlay(load(DEFAULT), DOCUMENTS)
    screen = KioskScreen([service.id for service in centre.services], lambda _event: None)  # one, as it runs all day
    eye = sight.SMALL_KIOSK if size == (1280, 800) else sight.KIOSK
    floors = Floors(eye, sight.KIOSK_LEAST, sight.KIOSK_LEAST, bold=sight.KIOSK_MAIN)
    for language in centre.centre.languages:
        for name, plain in states(centre).items():
            asked = {ending: modes for ending, (modes, names) in ASKED.items() if name in names}
            for ending, modes in {"": frozenset[pages.Mode](), **asked}.items():
                state = replace(plain, language=language, modes=modes)
                make = partial(showing, screen, state, centre, look_of(size, modes))
                yield Scene(f"kiosk-{name}{ending}-{language}", language, floors, make)


def states(centre: Centre) -> dict[str, pages.State]:
    """Name of a scene → the state that shows it."""
    home = pages.State(pages.Home(), "th", Open(NOW), linked=True, printer="ready", voices=VOICES)
    busy = tuple(ServiceView(s.id, True, 999, 7_140) for s in centre.services)
    shut = tuple(ServiceView(s.id, False, 0, 0) for s in centre.services)
    ticket = pages.Ticket(1, "R888", centre.services[-1].id, NOW.date(), NOW, priority=True, ahead=998, estimate=7_140)
    plain = replace(ticket, number="A015", service=centre.services[0].id, priority=False)
    open_ = replace(home, services=busy)
    return {
        "home": open_,
        "home-idle": replace(home, services=tuple(replace_view(row) for row in busy)),
        "home-unknown": replace(home, linked=False),
        "home-priority": replace(open_, priority=True),
        "home-no-printer": replace(open_, printer="cover_open"),
        "home-all-closed": replace(home, services=shut),
        "home-none-left": replace(open_, none_left=frozenset(s.id for s in centre.services)),
        **{f"steps-{s.prefix}": replace(open_, page=pages.Steps(s.id)) for s in centre.services},
        "steps-closed": replace(home, services=shut, page=pages.Steps(centre.services[0].id)),
        "documents": replace(open_, page=Catalogue(centre.services[0].id)),
        "documents-last": replace(open_, page=Catalogue(centre.services[0].id, 6)),
        "document": replace(open_, page=Catalogue(centre.services[0].id, 0, "d1")),
        "document-paper": replace(open_, page=Catalogue(centre.services[0].id, 0, "paper")),
        "giving": replace(open_, page=pages.Giving(centre.services[1].id)),
        "printing": replace(open_, page=pages.Printing(ticket, 1)),
        "ticket": replace(open_, page=pages.Taken(plain, paper=True)),
        "ticket-priority": replace(open_, page=pages.Taken(ticket, paper=True)),
        "ticket-from-screen": replace(open_, page=pages.Taken(ticket, paper=False)),
        "fault-paper": replace(open_, page=pages.Fault(ticket, "paper_out"), printer="paper_out"),
        "fault-silent": replace(open_, page=pages.Fault(plain, "silent"), printer="silent"),
        "closed": replace(home, page=pages.Closed(), hours=Shut(LONGEST)),
        "stopped": replace(home, page=pages.Stopped()),
    }


def replace_view(row: ServiceView) -> ServiceView:
    """The same service with nobody waiting."""
    return ServiceView(row.service, row.open, 0, 0)


def showing(screen: KioskScreen, state: pages.State, centre: Centre, look: Look) -> KioskScreen:
    """The window in this state, whatever it showed before."""
    App.get_running_app().look = look
    Window.clearcolor = look.palette.ground
    screen.show(view(state, centre), wording(state, centre), look, "service-1.1" if state.spoken else "")
    return screen
