"""Tickets as they come out.  The decoder is the virtual printer's, which knows nothing of the encoder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from broker.centre import DEFAULT, load
from broker.centre_printers import NetworkPrinter
from broker.messages import TicketIssued
from broker.printers import Abilities, abilities
from kiosk.paper import render
from kiosk.raster import picture
from kiosk.slip import Line, slip
from kiosk.virtual_paper import Paper

CENTRE = load(DEFAULT)
FONT = CENTRE.centre.font
PROFILES = {80: "TM-T20II", 58: "default"}  # of either paper one that sets its own type and QR codes
QUARTER = 0.25  # of a full raster's bytes a ticket takes at most


def able(paper_mm: int, profile: str | None = None, centres: bool | None = None) -> Abilities:
    return abilities(NetworkPrinter("127.0.0.1", 9100, paper_mm, profile, centres))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Ticket:
    """One ticket on one printer."""

    service: str = "1.1"
    language: str = "th"
    paper_mm: int = 80
    profile: str | None = None
    marks: bool = False  # a priority ticket, printed again
    centres: bool | None = None

    def __str__(self) -> str:
        marked = " copy priority" if self.marks else ""
        centred = "" if self.centres is None else f" centres={self.centres}"
        return f"{self.service} {self.language} {self.paper_mm} mm {self.profile or 'no profile'}{marked}{centred}"

    @property
    def able(self) -> Abilities:
        return able(self.paper_mm, self.profile, self.centres)

    @property
    def issued(self) -> TicketIssued:
        return TicketIssued(
            number=f"{CENTRE.service(self.service).prefix}015",
            day=dt.date(2026, 11, 23),
            service=self.service,
            given_at=dt.datetime(2026, 11, 23, 2, 7, tzinfo=dt.UTC),
            priority=self.marks,
        )

    @property
    def lines(self) -> tuple[Line, ...]:
        return slip(self.issued, CENTRE, self.language, ahead=4, estimate=700, copy=self.marks)

    @property
    def job(self) -> bytes:
        return render(self.lines, self.able, FONT)

    @property
    def paper(self) -> Image.Image:
        (paper,) = Printed(self.job, self.paper_mm).papers
        return paper

    @property
    def full_raster(self) -> int:
        """The bytes of the same ticket sent as one picture."""
        drawn = picture(self.lines, self.able, FONT)
        return drawn.width // 8 * drawn.height

    @property
    def code(self) -> str:
        return f"khiu:{CENTRE.centre.site}:{self.issued.day}:{self.issued.number}"


def every_ticket() -> Iterator[Ticket]:
    """Every service, both languages, both papers, with and without marks; of printers with and without a profile, each
    as it is taken to be and with its `centres` the other way."""
    for paper_mm, own in PROFILES.items():
        for profile, centres in ((None, None), (own, None), (None, True), (own, False)):
            for language in CENTRE.centre.languages:
                for service in CENTRE.services:
                    for marks in (False, True):
                        yield Ticket(service.id, language, paper_mm, profile, marks, centres)


class Printed:
    """The papers that bytes make."""

    def __init__(self, job: bytes, paper_mm: int) -> None:
        self.papers: list[Image.Image] = []
        self._job, self._paper = job, Paper(self, paper_mm)
        while self._job:
            self._paper.obey()

    def take(self, count: int) -> bytes:
        taken, self._job = self._job[:count], self._job[count:]
        assert len(taken) == count, "the bytes end within a command"
        return taken

    def moved(self, rows: int) -> None: ...
    def answer(self, n: int) -> None: ...
    def report(self, on: bool) -> None: ...
    def cut(self, paper: Image.Image) -> None:
        self.papers.append(paper)
