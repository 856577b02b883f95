"""Tickets as they come out: what is printed, and eyes that know nothing of how it was made.

The decoder is the virtual printer's, which imports none of the encoder; the letters are read by tesseract (Thai and
English), the code by zbar.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps
from rapidfuzz.distance import Levenshtein

from broker.centre import DEFAULT, NetworkPrinter, load
from broker.language.fonts import font_file
from broker.language.lines import break_words
from broker.messages import TicketIssued
from broker.printers import Abilities, abilities
from kiosk.paper import render
from kiosk.raster import picture
from kiosk.slip import Line, Mark, Number, Text, slip
from kiosk.virtual_paper import Paper

CENTRE = load(DEFAULT)
FONT = CENTRE.centre.font
PROFILES = {80: "TM-T20II", 58: "default"}  # of either paper one that sets its own type and QR codes
QUARTER = 0.25  # of a full raster's bytes a ticket takes at most


def able(paper_mm: int, profile: str | None = None) -> Abilities:
    return abilities(NetworkPrinter("127.0.0.1", 9100, paper_mm, profile))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Ticket:
    """One ticket on one printer."""

    service: str = "1.1"
    language: str = "th"
    paper_mm: int = 80
    profile: str | None = None
    marks: bool = False  # a priority ticket, printed again

    def __str__(self) -> str:
        marked = " copy priority" if self.marks else ""
        return f"{self.service} {self.language} {self.paper_mm} mm {self.profile or 'no profile'}{marked}"

    @property
    def able(self) -> Abilities:
        return able(self.paper_mm, self.profile)

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
    """Every service, both languages, both papers, with and without marks, and with and without a profile."""
    for paper_mm, own in PROFILES.items():
        for profile in (None, own):
            for language in CENTRE.centre.languages:
                for service in CENTRE.services:
                    for marks in (False, True):
                        yield Ticket(service.id, language, paper_mm, profile, marks)


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


# ------------------------------------------------------------------ eyes
@dataclass(frozen=True)
class Score:
    """Of the letters and words that were meant, those that were read."""

    letters: int
    letters_right: int
    words: int
    words_right: int

    def __add__(self, other: Score) -> Score:
        return Score(*(a + b for a, b in zip(_numbers(self), _numbers(other), strict=True)))

    @property
    def of_letters(self) -> float:
        return self.letters_right / self.letters

    @property
    def of_words(self) -> float:
        return self.words_right / self.words


def _numbers(score: Score) -> tuple[int, ...]:
    return score.letters, score.letters_right, score.words, score.words_right


def meant(lines: Sequence[Line]) -> list[str]:
    """What people are to read, part by part in the order of the paper."""
    texts = (line.text for line in lines if isinstance(line, Text | Mark | Number))
    return [part for text in texts for part in text.split(" / ")]


def score(parts: Sequence[str], read: str) -> Score:
    """How much of these parts an engine read, whatever it makes of spaces, strokes between languages and dashes."""
    words = [plain for part in parts for word in break_words(part) if (plain := _plain(word))]
    text = "".join(words)
    wrong = [operation.src_pos for operation in Levenshtein.editops(text, _plain(read))]
    right, at = 0, 0
    for word in words:
        right += not any(at <= place < at + len(word) for place in wrong)
        at += len(word)
    return Score(len(text), max(0, len(text) - len(wrong)), len(words), right)


def _plain(text: str) -> str:
    return re.sub(r"[–—]", "-", re.sub(r"[\s/]", "", text)).replace("\u0e4d\u0e32", "\u0e33")  # ํา and ำ look alike


def read_code(paper: Image.Image) -> str:
    """The text of the QR code; empty if none is read."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paper.png"
        paper.save(file)
        return subprocess.run(
            ["zbarimg", "-q", "--raw", file], capture_output=True, text=True, timeout=30
        ).stdout.strip()


def text_lines(paper: Image.Image) -> list[Image.Image]:
    """The paper cut where no ink is, without rules, bars and what comes last, the code."""
    ink = paper.point(lambda level: 255 if level < 128 else 0)
    inked = [ink.crop((0, row, ink.width, row + 1)).getbbox() is not None for row in range(ink.height)]
    cuts, begin = [], None
    for row in range(len(inked)):
        if inked[row] and begin is None:
            begin = row
        elif begin is not None and not any(inked[row : row + _APART]):
            cuts.append((begin, row))
            begin = None
    return [paper.crop((0, top - 12, paper.width, bottom + 12)) for top, bottom in cuts[:-1] if bottom - top > _BAR]


_APART, _BAR = 5, 8  # rows: more white than stands between a letter and its marks; more ink than a rule or a bar has
_HIGH, _WHITE = 40, 10  # dots: the height of a line, and what is around it, at which this engine errs least


def read(pictures: Sequence[Image.Image]) -> str:
    """What tesseract reads on these pictures of one line each, all brought to the same height."""
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder) / f"{n}.png" for n in range(len(pictures))]
        for line, name in zip(pictures, names, strict=True):
            ink = line.crop(ImageChops.invert(line).getbbox())
            sized = ink.resize((round(ink.width * _HIGH / ink.height), _HIGH), Image.Resampling.LANCZOS)
            ImageOps.expand(sized, _WHITE, fill=255).save(name, dpi=(300, 300))
        (Path(folder) / "lines").write_text("\n".join(map(str, names)))
        command = ["tesseract", Path(folder) / "lines", "-", "-l", "tha+eng", "--psm", "7"]
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.replace("\f", "")


def clean(lines: Sequence[Line]) -> list[Image.Image]:
    """The same words as a printing house would set them: grey edges, 300 dots an inch, no printer between."""
    face = ImageFont.truetype(font_file(FONT), round(12 * 300 / 72), layout_engine=ImageFont.Layout.RAQM)
    pictures = []
    for text in meant(lines):
        paper = Image.new("L", (round(face.getlength(text, language="th")) + 40, 120), 255)
        ImageDraw.Draw(paper).text((20, 80), text, fill=0, font=face, anchor="ls", language="th")
        pictures.append(paper)
    return pictures
