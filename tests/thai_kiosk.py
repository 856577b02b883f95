"""`make thai`, the kiosk for people who see, hear or reach less: targets in mm of the glass, and what is read aloud."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from kiosk_glasses import FLOOR_MM, GLASSES, MODES, PAGES, Page, measured
from thai_page import Picture, Section, Table

from broker.centre import DEFAULT, load
from broker.hours import Open
from broker.messages import ServiceView
from broker.voice import kiosk_phrases
from broker.voice.pack import Voice
from broker.voice.sound import RATE, wav
from display.voice.build import build
from kiosk.looks import ARM_MM, BETWEEN_MM, TARGET_MM
from kiosk.pages import Fault, Home, State, Taken, Ticket
from kiosk.spoken import statement

CENTRE = load(DEFAULT)
NOW = dt.datetime(2026, 11, 23, 9, 7, tzinfo=CENTRE.zone)
TICKET = Ticket(1, "A015", "1.1", NOW.date(), NOW)
HOME = State(
    Home(), "th", Open(NOW), linked=True, printer="ready", modes=frozenset({"spoken"}),
    services=(ServiceView("1.1", True, 21), ServiceView("1.2", True, 0), ServiceView("1.3", False, 3)),
)  # fmt: skip
STATEMENTS = {
    "home": (HOME, ""),
    "service": (HOME, "service-1.1"),
    "closed-service": (HOME, "service-1.3"),
    "priority": (HOME, "priority"),
    "ticket": (replace(HOME, page=Taken(TICKET, paper=True)), ""),
    "fault": (replace(HOME, page=Fault(TICKET, "paper_out")), ""),
}
TEXT = f"""All targets of all pages, laid out by the product's own widgets for four glasses, with the shipped three
services and with six, in every mode and in both languages (the worse of the two is told). Bounds: {TARGET_MM:.0f} mm
wide and high, {BETWEEN_MM:.0f} mm apart, inside the glass, and in low mode no higher than {ARM_MM:.0f} mm above the
floor (the glass hangs {FLOOR_MM} mm above it). The sounds are what the packs say of some pages and targets. Not proved:
that a real panel has the size that centre.toml tells, and that a citizen understands the voice: ten listeners must
judge that."""


def section(folder: Path) -> Section:
    pages = measured()
    missing, sounds = _sounds(folder)
    faults = [f"{page}: {fault}" for page in pages for fault in page.faults()] + missing
    tables = tuple(_table(place, pages) for place in range(len(GLASSES)))
    title = "The kiosk for people who see, hear or reach less"
    return Section(title, " ".join(TEXT.split()), tables, sounds=sounds, faults=tuple(faults))


def _table(glass: int, pages: Iterable[Page]) -> Table:
    rows = []
    here = [page for page in pages if page.targets[0].glass == glass]
    for services in (3, 6):
        for name in PAGES:
            row = [f"{name}, {services} services"]
            for mode in MODES:
                both = [
                    page
                    for page in here
                    if (page.targets[0].services, page.targets[0].page, page.targets[0].mode) == (services, name, mode)
                ]
                least, apart = min(page.least for page in both), min(page.apart for page in both)
                row.append(f"{least:.1f} · {apart:.1f} · {max(page.top for page in both):.0f}")
            rows.append(tuple(row))
    caption = f"{GLASSES[glass]}: least size · least distance · highest edge above the floor, mm"
    return Table(caption, ("page", *(mode or "as it comes" for mode in MODES)), tuple(rows))


def _sounds(folder: Path) -> tuple[list[str], tuple[Picture, ...]]:
    """What no pack can say, and the WAVs written."""
    packs = Path(__file__).parent.parent / "build" / "voice"
    build(packs)
    voice = Voice.load(packs, CENTRE.voice.pack)
    missing = [f"no pack says {clip.word} ({clip.language})" for clip in voice.missing(kiosk_phrases.needed(CENTRE))]
    return missing, tuple(_spoken(voice, folder))


def _spoken(voice: Voice, folder: Path) -> Iterator[Picture]:
    for language in CENTRE.centre.languages:
        for name, (state, target) in STATEMENTS.items():
            clips = statement(replace(state, language=language), CENTRE, target, lambda c: voice.sound(c) is not None)
            file = f"{name}-{language}.wav"
            (folder / file).write_bytes(wav(voice.mix(clips), RATE))
            yield Picture(file, f"{name}: {' '.join(clip.word for clip in clips)}")
