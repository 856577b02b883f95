"""Where a line may end: Thai only at word ends (libthai's dictionary), everything else at spaces.

Kivy and Pillow break at spaces only, and Thai has none between words; so lines are made here, by the width that the
caller's own type measures.
"""

from __future__ import annotations

import ctypes
import itertools
import re
from collections.abc import Callable, Iterator
from functools import cache

ZERO_WIDTH_SPACE = "\u200b"
_THAI = "\u0e01-\u0e5b"
_SPACES = " \t\n" + ZERO_WIDTH_SPACE
_RUNS = re.compile(rf"[{_THAI}]+|[{_SPACES}]+|[^{_SPACES}{_THAI}]+")
_NEVER_FIRST = frozenset("ๆฯ๏๚๛ฺ)]}>»”’›,.:;!?…%‰°-–—/·")
_NEVER_LAST = frozenset("([{<«“‘‹฿$#@")
_BREAK_AFTER = frozenset("-–—/…,:;!?)]}»”’ๆฯ")
# Compounds of public offices that the dictionary takes apart, and a reader would not
COMPOUNDS = re.compile(
    "วันทำการ|เวลาทำการ|หน่วยงาน|จอแสดงผล|หน้าจอ|บัตรคิว|ความพึงพอใจ|จุดบริการ|เจ้าของเรื่อง|ข้อมูลข่าวสาร"
    "|ผู้รับบริการ|ผู้รอ|จับเวลา|มาถึง|ไปแล้ว|ให้เอง|พักอยู่|จอกลับ|สตรีมีครรภ์|ผู้สูงอายุ|ผู้พิการ"
)
# What must stay together even when a word is wider than the line: a letter and all that stands on, under, before or
# behind it.  Leading vowels เ แ โ ใ ไ draw their consonant along.
_CLUSTER = re.compile(
    r"[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*[\u0e30\u0e32\u0e33\u0e45]?[\u0e46\u0e2f]*"
    r"|.[\u0300-\u036f\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]*",
    re.DOTALL,
)


class ThaiBreakerMissing(RuntimeError):
    """libthai is not installed."""


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The lines of ``text``, none wider than ``width`` by ``measure`` (same unit); "\\n" is kept as a line's end.

    A single word wider than the line is cut between letters, never inside one (a letter keeps its marks); if not even
    one letter fits, it has a line to itself.  Raises `ThaiBreakerMissing`.
    """
    return [line for paragraph in text.split("\n") for line in _fill(paragraph, width, measure)]


def wrap_evenly(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """As many lines as `wrap` makes, of lengths as even as can be: for headings and centred type."""
    lines = wrap(text, width, measure)
    if len(lines) == 1 + text.count("\n"):
        return lines
    widest = max(measure(_shown(piece)) for piece in break_words(text))  # no word is cut for evenness' sake
    low, high = min(widest, float(width)), float(width)
    while high - low > width / 64:
        middle = (low + high) / 2
        tried = wrap(text, middle, measure)
        if len(tried) <= len(lines) and all(measure(line) <= middle for line in tried):
            lines, high = tried, middle
        else:
            low = middle
    return lines


def break_words(text: str) -> list[str]:
    """The pieces between which a line may end; joined they are the text.  Raises `ThaiBreakerMissing`."""
    pieces: list[str] = []
    for run in _RUNS.findall(text):
        for word in _thai_words(run) if "\u0e01" <= run[0] <= "\u0e5b" else (run,):
            if pieces and not _may_break(pieces[-1], word):
                pieces[-1] += word
            else:
                pieces.append(word)
    return pieces


def _may_break(before: str, after: str) -> bool:
    last, first = before[-1], after[0]
    if first in _SPACES:
        return False  # spaces stay behind, where a line's end swallows them
    if first in _NEVER_FIRST or before.rstrip(" ")[-1:] in _NEVER_LAST or before == "ณ ":
        return False
    if last in _SPACES:
        return True
    if _is_thai(last) and _is_thai(first):
        return True
    if _is_thai(last):
        return first.isalpha() or first in _NEVER_LAST
    return _is_thai(first) and (last.isalpha() or last in _BREAK_AFTER)


def _is_thai(character: str) -> bool:
    return "\u0e01" <= character <= "\u0e5b"


def _fill(paragraph: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    if measure(_shown(paragraph)) <= width:
        yield _shown(paragraph)
        return
    line = ""
    for piece in break_words(paragraph):
        if measure(_shown(line + piece)) <= width:
            line += piece
            continue
        if _shown(line):
            yield _shown(line)
        line = piece
        while measure(_shown(line)) > width:
            head = _fitting(_shown(line), width, measure)
            if head == _shown(line):
                break
            yield head
            line = line.replace(ZERO_WIDTH_SPACE, "")[len(head) :]
    yield _shown(line)


def _shown(line: str) -> str:
    return line.replace(ZERO_WIDTH_SPACE, "").rstrip(" \t")


def _fitting(word: str, width: float, measure: Callable[[str], float]) -> str:
    letters = _CLUSTER.findall(word)
    count = 1
    while count < len(letters) and measure("".join(letters[: count + 1])) <= width:
        count += 1
    while 1 < count < len(letters) and letters[count][0] in _NEVER_FIRST:
        count -= 1
    return "".join(letters[:count])


# ------------------------------------------------------------------ libthai
def _thai_words(run: str) -> Iterator[str]:
    library, breaker = _libthai()
    ends = (ctypes.c_int * len(run))()
    count = library.th_brk_wc_find_breaks(breaker, run, ends, len(run))
    etc = {match.start() + 1 for match in re.finditer("ฯลฯ", run)}  # one word, which libthai cuts after its first sign
    inside = {cut for word in COMPOUNDS.finditer(run) for cut in range(word.start() + 1, word.end())}
    cuts = [0, *(end for end in ends[: max(count, 0)] if end not in etc | inside), len(run)]
    return (run[start:end] for start, end in itertools.pairwise(cuts) if start < end)


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
