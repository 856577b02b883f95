"""Where Thai words end: libthai proposes, the dictionaries dispose.

libthai cuts a run of letters into words, and is now and then wrong where letters can be read in two ways
("ดูจอกลาง": จอ กลาง or จอก ลาง), or cuts compounds that a reader would not part (เครื่องพิมพ์).  So each of its cuts is
put to a larger list, the Thai spelling dictionary (Debian package hunspell-th) with this product's own words
(``words.th.txt``) and the names of places (``places.th.txt``): a cut stands only if no reading of the words around it,
as short as libthai's own, goes over it.
Dictionaries can only take cuts away: a line ends earlier than it might, but not inside a word.
"""

from __future__ import annotations

import ctypes
import re
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

DICTIONARY = Path("/usr/share/hunspell/th_TH.dic")
OWN_WORDS = Path(__file__).with_name("words.th.txt")
PLACES = Path(__file__).with_name("places.th.txt")
_LONGEST = 30  # letters of a word that is looked for
_REACH = 3  # libthai's words on each side of a cut that are read anew; as many as compounds have parts
_SIGNS = re.compile("[ฯๆ]|^[ก-ฮ]$")  # ศูนย์ฯ, ต่างๆ, or a letter of an abbreviation: known, though no dictionary has it
# Never left behind at a line's end: they make a word or a name of the next one (การพิจารณา, ผู้ยื่น, พระบาท, กรุงเก่า, บางเขน)
_PREFIXES = frozenset(("การ", "ความ", "ผู้", "นัก", "ชาว", "พระ", "กรุง", "บาง"))
# Never begin a line: ลิตรละ, ข้างล่างนี้, and the reflexive ตน, which belongs to its verb (แสดงตน)
_SUFFIXES = frozenset(("ละ", "นี้", "นั้น", "นะ", "ค่ะ", "คะ", "ครับ", "ตน"))
_NUMERALS = frozenset(
    ("หนึ่ง", "เอ็ด", "สอง", "ยี่", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน", "ล้าน")
)


class ThaiBreakerMissing(RuntimeError):
    """libthai or the Thai spelling dictionary is not installed."""


@lru_cache(maxsize=4096)
def words(run: str) -> tuple[str, ...]:
    """The words of a run of Thai letters that a line may end between; joined they are the run.

    Raises `ThaiBreakerMissing`.
    """
    return _pieces(run, compounds=True)


@lru_cache(maxsize=4096)
def parts(run: str) -> tuple[str, ...]:
    """As `words`, with compounds parted into the words they are made of: for a line that is too narrow for them."""
    return _pieces(run, compounds=False)


def _pieces(run: str, compounds: bool) -> tuple[str, ...]:
    cuts, known = _proposed(run), _dictionary()
    sure = {match.start() for match in _parted().finditer(run)}
    stops = [
        [stop for stop in range(start + 2, len(run) + 1)[:_LONGEST] if run[start:stop] in known]
        for start in range(len(run))
    ]
    kept = [0]
    for place, cut in enumerate(cuts[1:-1], 1):
        if cut in sure or not (_clings(run, cuts, place, kept[-1]) or _contested(cuts, place, stops, compounds)):
            kept.append(cut)
    return tuple(run[start:end] for start, end in pairwise([*kept, len(run)]))


def _clings(run: str, cuts: list[int], place: int, begun: int) -> bool:
    """Whether one of the words at this cut may not stand alone; ``begun`` is where the word before it begins."""
    before, after, word = (
        run[cuts[place - 1] : cuts[place]],
        run[cuts[place] : cuts[place + 1]],
        run[begun : cuts[place]],
    )
    known = _dictionary()
    if word in _PREFIXES or (before in _PREFIXES and word not in known):  # การ is none in ดำเนินการ
        return True
    if after in _SUFFIXES or {before, after} <= _NUMERALS:
        return True
    # nobody knows where an unknown word begins or ends
    return not all(word in known or _SIGNS.search(word) for word in (before, after))


def _contested(cuts: list[int], place: int, stops: list[list[int]], compounds: bool) -> bool:
    """Whether some stretch of libthai's words can be read, in no more words, without a word end at this cut.

    ``stops`` tells where the known words end that begin at each letter.  Unless ``compounds``, words that are made of
    whole words of libthai's are no such reading.
    """
    cut = cuts[place]
    if not any(stop > cut for start in range(max(0, cut - _LONGEST), cut) for stop in stops[start]):
        return False
    for first in range(max(0, place - _REACH), place):
        for last in range(place + 1, min(len(cuts), place + _REACH + 1, first + _REACH + 2)):
            if _goes_over(cut, cuts[first : last + 1], stops, compounds):
                return True
    return False


def _goes_over(cut: int, stretch: list[int], stops: list[list[int]], compounds: bool) -> bool:
    reached = {(stretch[0], compounds)}  # how far a reading comes, and whether it counts
    for _ in stretch[1:]:
        reached = {
            (stop, counts or stop not in stretch)
            for start, counts in reached
            if start < stretch[-1]
            for stop in stops[start]
            if stop != cut and stop <= stretch[-1]
        }
        if (stretch[-1], True) in reached:
            return True
    return False


def _proposed(run: str) -> list[int]:
    """libthai's cuts, with both ends of the run."""
    library, breaker = _libthai()
    ends = (ctypes.c_int * len(run))()
    count = library.th_brk_wc_find_breaks(breaker, run, ends, len(run))
    etc = {match.start() + 1 for match in re.finditer("ฯลฯ", run)}  # one word, which libthai cuts after its first sign
    return sorted({0, *ends[: max(count, 0)], len(run)} - etc)


def known(word: str) -> bool:
    """Whether a dictionary has this word.  Raises `ThaiBreakerMissing`."""
    return word in _dictionary()


@cache
def _dictionary() -> frozenset[str]:
    try:
        lines = DICTIONARY.read_text("utf-8").splitlines()[1:]  # the first tells how many there are
    except OSError as error:
        raise ThaiBreakerMissing(f"{DICTIONARY} is not installed (Debian package hunspell-th)") from error
    theirs = {line.partition("/")[0] for line in lines}  # behind the stroke stand hunspell's flags
    places = (name for line in _lines(PLACES) for name in line.split())
    return frozenset(theirs.union(places, (line for line in _lines(OWN_WORDS) if "|" not in line)))


@cache
def _parted() -> re.Pattern[str]:
    """Finds the places that our own words declare to be word ends."""
    pairs = [re.escape(line).split(r"\|") for line in _lines(OWN_WORDS) if "|" in line]
    return re.compile("|".join(f"(?<={before})(?={after})" for before, after in pairs))


@cache
def _lines(file: Path) -> tuple[str, ...]:
    lines = file.read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def _libthai() -> tuple[ctypes.PyDLL, int]:
    try:
        library = ctypes.PyDLL("libthai.so.0")  # PyDLL keeps the interpreter's lock: one caller at a time
    except OSError as error:
        raise ThaiBreakerMissing("libthai is not installed (Debian packages libthai0 and libthai-data)") from error
    library.th_brk_new.argtypes = [ctypes.c_char_p]
    library.th_brk_new.restype = ctypes.c_void_p
    library.th_brk_wc_find_breaks.argtypes = [
        ctypes.c_void_p, ctypes.c_wchar_p, ctypes.POINTER(ctypes.c_int), ctypes.c_size_t,
    ]  # fmt: skip
    library.th_brk_wc_find_breaks.restype = ctypes.c_int
    breaker = library.th_brk_new(None)
    if not breaker:
        raise ThaiBreakerMissing("libthai has no dictionary (Debian package libthai-data)")
    return library, breaker
