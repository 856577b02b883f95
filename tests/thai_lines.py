"""Line breaking measured against two other segmenters, and faces against the letters that are printed.

PyThaiNLP's newmm and ICU have programs and word lists of their own (the lists share some ancestors, as dictionaries
do).  Measured is every place inside Thai where `break_words` lets a line end.  What one of the two denies was looked at
and stands in ``ADJUDICATED``, or is a fault; what both deny is always one.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

from icu4py.breakers import WordBreaker
from PIL import Image, ImageDraw, ImageFont
from thai_page import Picture, Section, Table

from broker.centre import DEFAULT, load
from broker.language.fonts import FontMissing, font_file
from broker.language.letters import lacking, printed
from broker.language.lines import break_words, wrap
from broker.language.thai import DICTIONARY

SENTENCES = Path(__file__).with_name("sentences.th.txt")
HELD_OUT = Path(__file__).with_name("sentences_held_out.th.txt")  # no list was fitted to them
HELD_OUT_AGREES = 0.985, 0.99  # newmm, ICU: 99.1 % and 99.5 % were measured, 98.4 % and 98.9 % before places had a list
NEWMM_AGREES, ICU_AGREES = 0.99, 0.995  # of the places where we let a line end, the share that is a word end there too
USED = 0.90  # of the word ends that both know, the share that we use: who never breaks agrees with everybody
LOOKED_AT = "51683"  # words of the spelling dictionary with which every disagreement was judged; the file's first line
STRAY = 0.002  # with another edition of it, so great a share may be denied by one of the two and not yet judged

ADJUDICATED = {
    "หมายเลข|ที่": "หมายเลข | ที่ถูกเรียก: noun and relative; newmm has the ordinal หมายเลขที่",
    "ให้|ได้": "ตอบให้ | ได้เลย: two words; newmm takes the idiom ให้ได้ for one",
    "การไฟฟ้า|ฝ่ายผลิต": "between the words of a long agency's name",
    "ฝ่ายผลิต|แห่ง": "between the words of a long agency's name",
    "แห่ง|ประเทศไทย": "between the words of a long agency's name",
    "องค์การบริหาร|ส่วนจังหวัด": "between the words of a long agency's name",
    "ผู้อำนวยการ|กอง": "a title and what is directed; ICU keeps the two together",
    "หัวหน้า|ศูนย์ฯ ": "a title and what is headed; newmm does not part before ศูนย์ฯ",
    "กำหนด|ให้": "verb and complement; newmm has the pair in its list",
    "ตั้งแต่|วัน": "preposition and noun; newmm has the pair in its list",
    "อย่างน้อย|หนึ่ง": "adverb and numeral; ICU reads อย่าง น้อยหนึ่ง",
    "ถึง|ชีวิต": "preposition and noun; newmm has ถึงชีวิต in its list",
    "ยัง|อยู่": "adverb and verb; newmm has the pair in its list",
    "ยัง|มี": "adverb and verb; newmm has the pair in its list",
    "อนุสาวรีย์|ชัยสมรภูมิ": "monument and its name, two words of a place",
}


@dataclass(frozen=True)
class Place:
    """One place where a line may end: the pieces before and after, its sentence, and who denies it."""

    before: str
    after: str
    sentence: str
    denied: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.before}|{self.after}"


@dataclass(frozen=True)
class Agreement:
    sentences: int
    places: tuple[Place, ...]
    known: int  # word ends that both others know
    used: int  # of these, where we let a line end

    def agreed(self, *names: str) -> float:
        """The share of places that none of these denies."""
        return 1 - len(self.denied(*names)) / len(self.places)

    def denied(self, *names: str) -> list[Place]:
        """The places that one of these denies."""
        return [place for place in self.places if set(names) & set(place.denied)]


def sentences(file: Path = SENTENCES) -> list[str]:
    lines = file.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def ends(pieces: list[str]) -> set[int]:
    return set(accumulate(map(len, pieces)))


def measure(texts: list[str]) -> Agreement:
    """Our breaks in these texts beside the word ends of the two others."""
    os.environ["PYTHAINLP_READ_ONLY"] = "1"  # else it makes a folder in the home directory when it is imported
    from pythainlp.tokenize import word_tokenize

    places: list[Place] = []
    known = used = 0
    for text in texts:
        pieces = break_words(text)
        newmm = ends(word_tokenize(text, engine="newmm", keep_whitespace=True))
        icu = ends([str(word) for word in WordBreaker(text, "th")])
        inside = {end for end in range(1, len(text)) if is_thai(text[end - 1]) and is_thai(text[end])}
        ours = ends(pieces) & inside
        known += len(newmm & icu & inside)
        used += len(newmm & icu & ours)
        at = 0
        for before, after in pairwise(pieces):
            at += len(before)
            if at in ours:
                denied = tuple(name for name, has in (("newmm", newmm), ("ICU", icu)) if at not in has)
                places.append(Place(before, after, text, denied))
    return Agreement(len(texts), tuple(places), known, used)


@cache
def agreement() -> Agreement:
    """Of all sentences of the file."""
    return measure(sentences())


@cache
def held_out() -> Agreement:
    """Of the sentences that no list was fitted to."""
    return measure(sentences(HELD_OUT))


def held_out_faults(measured: Agreement) -> list[str]:
    """What lies outside their bounds; single places are shown and not judged away."""
    return [
        f"held out, {name} agrees: {measured.agreed(name):.2%}, below {bound:.1%}"
        for name, bound in zip(("newmm", "ICU"), HELD_OUT_AGREES, strict=True)
        if measured.agreed(name) < bound
    ]


def faults(measured: Agreement) -> list[str]:
    """What lies outside the bounds."""
    found = [f"{place.key} in {place.sentence}: denied by both" for place in measured.places if len(place.denied) == 2]
    fresh = [place for place in measured.denied("newmm", "ICU") if place.key not in ADJUDICATED]
    same_dictionary = DICTIONARY.open(encoding="utf-8").readline().strip() == LOOKED_AT
    if len(fresh) > (0 if same_dictionary else STRAY * len(measured.places)):
        found += [f"{place.key} in {place.sentence}: denied by {place.denied[0]}, not judged yet" for place in fresh]
    for name, share, bound in (
        ("newmm agrees", measured.agreed("newmm"), NEWMM_AGREES),
        ("ICU agrees", measured.agreed("ICU"), ICU_AGREES),
        ("word ends used", measured.used / measured.known, USED),
    ):
        if share < bound:
            found.append(f"{name}: {share:.2%}, below {bound:.1%}")
    return found


def is_thai(character: str) -> bool:
    return "\u0e01" <= character <= "\u0e5b"


# ------------------------------------------------------------------ the page
def section(folder: Path) -> Section:
    """Agreement, judgements, columns, and what each Thai face of this machine lacks."""
    measured = agreement()
    faces, missing = _faces()
    return Section(
        "Lines and letters",
        "Every place inside Thai where a line may end, in sentences written for this, is compared with the word ends "
        "of PyThaiNLP's newmm and of ICU; each disagreement was judged. "
        "Own words were found with the help of these sentences; others, held out, were written before any was "
        "measured, and no own word stands in them. It does not show that a reader likes the "
        "lines: that is for Thai eyes, on the pictures below.",
        (_shares(measured), _held_out(held_out()), _judged(measured), faces),
        (_columns(folder),),
        faults=(*faults(measured), *held_out_faults(held_out()), *missing),
    )


def _shares(measured: Agreement) -> Table:
    def row(what: str, count: int, share: float, bound: float) -> tuple[str, ...]:
        return what, str(count), f"{share:.2%}", f"{bound:.1%}"

    places = len(measured.places)
    newmm, icu = (places - len(measured.denied(name)) for name in ("newmm", "ICU"))
    return Table(
        "Places where a line may end inside Thai",
        ("", "count", "share", "bound"),
        (
            ("sentences", str(measured.sentences), "", "300"),
            ("places", str(places), "", ""),
            row("word ends of newmm too", newmm, measured.agreed("newmm"), NEWMM_AGREES),
            row("word ends of ICU too", icu, measured.agreed("ICU"), ICU_AGREES),
            ("denied by one and judged", str(len(measured.denied("newmm", "ICU"))), "", ""),
            ("denied by both", str(sum(len(place.denied) == 2 for place in measured.places)), "", "0"),
            row("of the word ends both know, used", measured.used, measured.used / measured.known, USED),
        ),
    )


def _held_out(measured: Agreement) -> Table:
    rows = [
        (f"{name} agrees, of {len(measured.places)} places", f"{measured.agreed(name):.2%}", f"{bound:.1%}")
        for name, bound in zip(("newmm", "ICU"), HELD_OUT_AGREES, strict=True)
    ]
    rows += [(place.key, "denied by", " ".join(place.denied)) for place in measured.denied("newmm", "ICU")]
    return Table(f"{measured.sentences} sentences held out", ("", "share", "bound"), tuple(rows))


def _judged(measured: Agreement) -> Table:
    rows = {
        (place.key, " ".join(place.denied), ADJUDICATED.get(place.key, "not judged yet"))
        for place in measured.denied("newmm", "ICU")
    }
    return Table("Judged places", ("place", "denied by", "why a line may end there"), tuple(sorted(rows)))


def _columns(folder: Path) -> Picture:
    """Longer sentences in columns of three widths."""
    size, step, gap = 26, 40, 60
    face = ImageFont.truetype(font_file("Loma"), size, layout_engine=ImageFont.Layout.RAQM)
    texts = sorted(sentences(), key=len)[-9:]
    widths = (260, 380, 560)
    columns = [
        [line for text in texts for line in (*wrap(text, width, lambda t: face.getlength(t, language="th")), "")]
        for width in widths
    ]
    picture = Image.new("L", (sum(widths) + gap * (len(widths) + 1), step * (max(map(len, columns)) + 1)), 255)
    draw, left = ImageDraw.Draw(picture), gap
    for width, lines in zip(widths, columns, strict=True):
        draw.line((left + width, step // 2, left + width, picture.height - step // 2), fill=200)
        for row, line in enumerate(lines):
            draw.text((left, step * (row + 1)), line, fill=0, font=face, anchor="ls", language="th")
        left += width + gap
    picture.save(folder / "columns.png")
    return Picture("columns.png", f"The longest sentences in columns of {widths} pixels, Loma at {size}")


def _faces() -> tuple[Table, list[str]]:
    """A row for each installed face that fontconfig calls Thai; a fault where the shipped centre's lacks a letter."""
    listed = subprocess.run(["fc-list", ":lang=th", "family"], capture_output=True, text=True, check=True).stdout
    centre = load(DEFAULT)
    letters = printed(centre)
    names = sorted({line.split(",")[0] for line in listed.splitlines()})
    rows = tuple((name, _missing(name, False, letters), _missing(name, True, letters)) for name in names)
    caption = f"Thai faces of this machine: which of the {len(letters)} letters that are printed they lack"
    faulty = [f"{name} lacks letters" for name, *missing in rows if name == centre.centre.font and any(missing)]
    return Table(caption, ("face", "regular", "bold"), rows), faulty


def _missing(name: str, bold: bool, letters: dict[str, str]) -> str:
    try:
        return "".join(lacking(name, bold, letters))
    except FontMissing:
        return "not there"
