"""Eyes for tickets: tesseract reads the letters, zbar the code, and another hand sets hard words for comparison."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import weasyprint
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps
from rapidfuzz.distance import Levenshtein
from tickets import CENTRE, FONT, Ticket

from broker.language.fonts import font_file
from broker.language.lines import break_words
from kiosk.slip import Line, Mark, Text

# Of each ticket's letters and words so many are read right at least, and so many letters fewer at most than of the same
# words set by a printing house: what is lost beyond that is lost by the printer's dots.
LETTERS, WORDS, BEHIND = 0.95, 0.95, 0.04
HARD = ["ที่นั่ง", "น้ำดื่ม", "กตัญญู", "ปั๊ม", "ญู", "ฐู", "ปี่", "ฟ้า", "ฝ้าย", "ต่ำ", "ซ้ำ", "เก้าอี้"]
ALIKE = 0.995  # of the dots of a hard word lie within one dot of where the other hand has ink, and the other way round

_APART, _BAR = 5, 8  # rows: more white than stands between a letter and its marks; more ink than a rule or a bar has
_HIGH, _WHITE = 40, 20  # dots: the height of a line, and what is around it, at which this engine errs least
_NUMBER_SIGNS = "O0123456789" + "".join(service.prefix for service in CENTRE.services)


@dataclass(frozen=True)
class Score:
    """Of the letters and words that were meant, those that were read."""

    letters: int = 0
    letters_right: int = 0
    words: int = 0
    words_right: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.letters + other.letters,
            self.letters_right + other.letters_right,
            self.words + other.words,
            self.words_right + other.words_right,
        )

    @property
    def of_letters(self) -> float:
        return self.letters_right / self.letters

    @property
    def of_words(self) -> float:
        return self.words_right / self.words


@dataclass(frozen=True)
class Reading:
    """What eyes make of one ticket, and of its words on clean paper."""

    score: Score
    clean: Score
    number: str
    code: str

    def faults(self, ticket: Ticket) -> list[str]:
        """What lies outside the bounds."""
        found = []
        if self.score.of_letters < max(LETTERS, self.clean.of_letters - BEHIND) or self.score.of_words < WORDS:
            found.append(
                f"{ticket}: {self.score.of_letters:.1%} of letters, {self.score.of_words:.1%} of words are read"
            )
        if self.number != ticket.issued.number:
            found.append(f"{ticket}: the number is read as {self.number!r}")
        if self.code != ticket.code:
            found.append(f"{ticket}: the code is read as {self.code!r}")
        return found


def look(ticket: Ticket, paper: Image.Image) -> Reading:
    """Read this paper as that ticket."""
    lines, number = text_lines(paper)
    parts = meant(ticket.lines)
    return Reading(score(parts, read(lines)), _clean(parts), read_number(number), read_code(paper))


@cache
def _clean(parts: tuple[str, ...]) -> Score:
    return score(parts, read(clean(parts)))


def meant(lines: Sequence[Line]) -> tuple[str, ...]:
    """What people are to read, in the order of the paper, each language for itself; without the number."""
    texts = (line.text for line in lines if isinstance(line, Text | Mark))
    return tuple(part for text in texts for part in text.split(" / "))


def score(parts: Sequence[str], read: str) -> Score:
    """How much of these parts was read, whatever becomes of spaces, dashes and the stroke between languages."""
    words = [plain for part in parts for word in break_words(part) if (plain := _plain(word))]
    text = "".join(words)
    wrong = [operation.src_pos for operation in Levenshtein.editops(text, _plain(read))]
    right, at = 0, 0
    for word in words:
        right += not any(at <= place < at + len(word) for place in wrong)
        at += len(word)
    return Score(len(text), max(0, len(text) - len(wrong)), len(words), right)


def _plain(text: str) -> str:
    return re.sub(r"[–—]", "-", re.sub(r"[\s/]", "", text)).replace("ํา", "ำ")  # two ways to write what looks alike


def read_code(paper: Image.Image) -> str:
    """The text of the QR code; empty if none is read."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paper.png"
        paper.save(file)
        done = subprocess.run(["zbarimg", "-q", "--raw", file], capture_output=True, text=True, timeout=30)
        return done.stdout.strip()


def text_lines(paper: Image.Image) -> tuple[list[Image.Image], Image.Image]:
    """The paper cut where no ink is: its lines, and the number, the tallest; without rules, bars and the code."""
    ink = paper.point(lambda level: 255 if level < 128 else 0)
    inked = [ink.crop((0, row, ink.width, row + 1)).getbbox() is not None for row in range(ink.height)]
    cuts, begin = [], None
    for row in range(len(inked)):
        if inked[row] and begin is None:
            begin = row
        elif begin is not None and not any(inked[row : row + _APART]):
            cuts.append(paper.crop((0, begin, paper.width, row)))
            begin = None
    number = max(cuts[:-1], key=lambda cut: cut.height)
    return [cut for cut in cuts[:-1] if cut.height > _BAR and cut is not number], number


def read(lines: Sequence[Image.Image]) -> str:
    """What tesseract reads on these pictures of one line each."""
    return _tesseract(lines, "-l", "tha+eng")


def read_number(number: Image.Image) -> str:
    """What it reads where only a ticket's number can stand; an O is a zero, for no service has that prefix."""
    read = _tesseract([number], "-l", "eng", "-c", f"tessedit_char_whitelist={_NUMBER_SIGNS}")
    return read.strip().replace("O", "0")


def _tesseract(lines: Sequence[Image.Image], *options: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder) / f"{n}.png" for n in range(len(lines))]
        for line, name in zip(lines, names, strict=True):
            ink = line.crop(ImageChops.invert(line).getbbox())
            sized = ink.resize((round(ink.width * _HIGH / ink.height), _HIGH), Image.Resampling.LANCZOS)
            ImageOps.expand(sized, _WHITE, fill=255).save(name, dpi=(300, 300))
        (Path(folder) / "lines").write_text("\n".join(map(str, names)))
        command = ["tesseract", Path(folder) / "lines", "-", "--psm", "7", *options]
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.replace("\f", "")


def clean(parts: Sequence[str]) -> list[Image.Image]:
    """These words as a printing house would set them: grey edges, 300 dots an inch, no printer between."""
    face = ImageFont.truetype(font_file(FONT), round(12 * 300 / 72), layout_engine=ImageFont.Layout.RAQM)
    pictures = []
    for text in parts:
        paper = Image.new("L", (round(face.getlength(text, language="th")) + 40, 120), 255)
        ImageDraw.Draw(paper).text((20, 80), text, fill=0, font=face, anchor="ls", language="th")
        pictures.append(paper)
    return pictures


# ------------------------------------------------------------------ another hand
def other_hand(words: Sequence[str], type_dots: int) -> list[Image.Image]:
    """Each word as Pango sets it and poppler draws it, in type of this size, at 203 dots an inch."""
    style = "@page{size:72mm %dmm;margin:0} body{margin:0} p{margin:0;height:14mm;font:%fpt/14mm %s;text-align:center}"
    page = "".join(f"<p lang=th>{word}</p>" for word in words)
    with tempfile.TemporaryDirectory() as folder:
        sheet = f"<style>{style % (14 * len(words), type_dots * 72 / 203, FONT)}</style>{page}"
        weasyprint.HTML(string=sheet).write_pdf(f"{folder}/words.pdf")
        subprocess.run(["pdftoppm", "-r", "203", "-gray", f"{folder}/words.pdf", f"{folder}/words"], check=True)
        (file,) = Path(folder).glob("*.pgm")
        drawn = Image.open(file).copy()
    high = drawn.height / len(words)
    return [drawn.crop((0, round(high * n), drawn.width, round(high * (n + 1)))) for n in range(len(words))]


def alike(one: Image.Image, other: Image.Image) -> float:
    """The part of either's dots that lie within one dot of the other's, at the place where they fit best."""
    ours, theirs = _dots(one), _dots(other)
    reach = 4
    height, width = (max(a, b) + 2 * reach for a, b in zip(ours.shape, theirs.shape, strict=True))

    def placed(dots: Any, down: int, right: int) -> Any:
        paper = np.zeros((height, width), bool)
        paper[down : down + dots.shape[0], right : right + dots.shape[1]] = dots
        return paper

    there = placed(theirs, reach, reach)
    near_there = _grown(there)
    best = 0.0
    for down in range(height - ours.shape[0] + 1):
        for right in range(width - ours.shape[1] + 1):
            here = placed(ours, down, right)
            if (here & there).sum() > 0.5 * here.sum():
                near = min((here & near_there).sum() / here.sum(), (there & _grown(here)).sum() / there.sum())
                best = max(best, float(near))
    return best


def _dots(drawn: Image.Image) -> Any:
    ink = drawn.convert("L").point(lambda level: 255 if level <= 140 else 0)
    return np.asarray(ink.crop(ink.getbbox())) > 0


def _grown(dots: Any) -> Any:
    """Each dot and the eight around it."""
    rows = dots | np.roll(dots, 1, 0) | np.roll(dots, -1, 0)
    return rows | np.roll(rows, 1, 1) | np.roll(rows, -1, 1)
