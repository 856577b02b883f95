"""Where a line may end: Thai only between words, everything else at spaces.

Kivy and Pillow break at spaces only, and Thai has none between words; so lines are made here, by the width that the
caller's own type measures.  What a centre writes is broken by the same rules; where it knows better, a ZERO WIDTH SPACE
lets a line end, and a WORD JOINER or NO-BREAK SPACE keeps it from ending.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from babel import Locale

from broker.language import thai

ZERO_WIDTH_SPACE, WORD_JOINER = "\u200b", "\u2060"
_THAI = "\u0e01-\u0e5b"
_SPACES = " \t\n" + ZERO_WIDTH_SPACE
_NEVER_SHOWN = str.maketrans("", "", ZERO_WIDTH_SPACE + WORD_JOINER)
# An abbreviation (อบต. พ.ศ.) is letters and its point; other Thai, spaces and the rest each make runs of their own
_RUNS = re.compile(rf"(?<![{_THAI}])[ก-ฮ]{{1,6}}\.|[{_THAI}]+|[{_SPACES}]+|[^{_SPACES}{_THAI}]+")
_NEVER_FIRST = frozenset("ๆฯ๏๚๛ฺ)]}>»”’›,.:;!?…%‰°-–—/·")
_NEVER_LAST = frozenset("([{<«“‘‹฿$#@")
_BREAK_AFTER = frozenset("-–—/…,:;!?)]}»”’ๆฯ")
_AT = re.compile(r"\W*ณ[ \u00a0]+")  # "at", alone but for what opens before it: it stays with its place
# What must stay together even when a word is wider than the line: a letter and all that stands on, under, before or
# behind it.  Leading vowels เ แ โ ใ ไ draw their consonant along.
_CLUSTER = re.compile(
    r"[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*[\u0e30\u0e32\u0e33\u0e45]?[\u0e46\u0e2f]*"
    r"|.[\u0300-\u036f\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]*",
    re.DOTALL,
)
# What a good line keeps together: จุดที่ 4, 15 นาที, 5 สิงหาคม 2569, เวลา 08.30–16.30 น., ดร. สมชาย ใจดี, point 4
_NUMBER = r"[A-Z]?\d[\d.,:–/-]*"
_MONTHS = "|".join(
    re.escape(name) for width in ("wide", "abbreviated") for name in Locale("th").months["format"][width].values()
)
_TOGETHER = re.compile(
    rf"(?:[{_THAI}]ที่|ข้อ|มาตรา|หมายเลข|ชั้น|เวลา|[พค]\.ศ\.|โทร\.|ร้อยละ|เบอร์|ปี|สายด่วน|(?i:\b(?:points?|number|room|floor)))"
    rf" {_NUMBER}(?: (?:{_MONTHS})(?: \d{{4}})?)?(?: น\.)?"
    rf"|{_NUMBER} (?:(?:{_MONTHS})(?: \d{{4}})?|น\.|(?=[^\W\d_]))"
    rf"|(?<![{_THAI}])(?P<title>นางสาว|นาง|นาย|น\.ส\.|ดร\.|[รผ]?ศ\.|นพ\.|พญ\.) ?[{_THAI}]{{2,14}}"
    rf"(?: [{_THAI}]{{2,18}}(?![{_THAI}]))?"
)


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The lines of ``text``, none wider than ``width`` by ``measure`` (same unit); "\\n" is kept as a line's end.

    Where there is room, a number stays with what it counts and a title with its name (`phrases`).  What is wider than
    the line is parted between words, then between the parts of compounds, and at last between letters, never inside
    one (a letter keeps its marks); if not even one letter fits, it has a line to itself.  Raises `ThaiBreakerMissing`.
    """
    return [line for paragraph in text.split("\n") for line in _fill(paragraph, width, measure)]


def wrap_evenly(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """As many lines as `wrap` makes, of lengths as even as can be: for headings and centred type."""
    lines = wrap(text, width, measure)
    if len(lines) == 1 + text.count("\n"):
        return lines
    widest = max(measure(shown(piece)) for piece in _fitting(text, width, measure))  # none is parted for evenness' sake
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
    return list(_pieces(text, thai.words))


def uncut(text: str) -> list[str]:
    """The pieces that only a line narrower than they are takes apart: as `break_words`, but for compounds.

    Joined they are the text.  Raises `ThaiBreakerMissing`.
    """
    return list(_pieces(text, thai.parts))


def phrases(text: str) -> list[str]:
    """Pieces that a good line does not part though it may; joined they are the text.  Raises `ThaiBreakerMissing`."""
    return list(_phrases(text))


@lru_cache(maxsize=1024)
def _phrases(text: str) -> tuple[str, ...]:
    inside: set[int] = set()
    for match in _TOGETHER.finditer(text):
        if match["title"] and _begins_a_word(match, text):
            continue
        number_and_word = match[0].endswith(" ")  # the word itself is no part of the match
        inside.update(range(match.start() + 1, match.end() + number_and_word))
    together: list[str] = []
    at = 0
    for piece in _pieces(text, thai.words):
        if at in inside:
            together[-1] += piece
        else:
            together.append(piece)
        at += len(piece)
    return tuple(together)


def _begins_a_word(match: re.Match[str], text: str) -> bool:
    """Whether the title is none but the beginning of a word that the dictionary has: นายกรัฐมนตรี, นางพยาบาล."""
    end = 0
    for piece in _pieces(text, thai.words):
        end += len(piece)
        if end > match.start():
            break
    word = text[match.start() : end].rstrip(_SPACES + "".join(_NEVER_FIRST))
    return word != match["title"] and thai.known(word)


@lru_cache(maxsize=1024)
def _pieces(text: str, words: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    pieces: list[str] = []
    for run in _RUNS.findall(text):
        for word in words(run) if _is_thai(run[0]) and run[-1] != "." else (run,):
            if pieces and not _may_break(pieces[-1], word):
                pieces[-1] += word
            else:
                pieces.append(word)
    return tuple(pieces)


def _may_break(before: str, after: str) -> bool:
    last, first = before[-1], after[0]
    if WORD_JOINER in (last, first) or first in _SPACES:
        return False  # spaces stay behind, where a line's end swallows them
    if first in _NEVER_FIRST or before.rstrip(" ")[-1:] in _NEVER_LAST or _AT.fullmatch(before):
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
    if measure(shown(paragraph)) <= width:
        yield shown(paragraph)
        return
    line = ""
    for piece in _fitting(paragraph, width, measure):
        if line and measure(shown(line + piece)) > width:
            yield shown(line)
            line = ""
        line += piece
    yield shown(line)


def _fitting(text: str, width: float, measure: Callable[[str], float], level: int = 0) -> Iterator[str]:
    """The text in the largest pieces that fit a line: phrases, else words, else parts of words, else letters."""
    levels: tuple[Callable[[str], Sequence[str]], ...] = (_phrases, break_words, uncut)
    for piece in levels[level](text):
        if measure(shown(piece)) <= width:
            yield piece
        elif level + 1 < len(levels):
            yield from _fitting(piece, width, measure, level + 1)
        else:
            yield from _letters(piece, width, measure)


def _letters(word: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """As many letters at a time as fit, at least one."""
    letters = _CLUSTER.findall(word)
    while letters:
        count = 1
        while count < len(letters) and measure(shown("".join(letters[: count + 1]))) <= width:
            count += 1
        while 1 < count < len(letters) and letters[count][0] in _NEVER_FIRST:
            count -= 1
        yield "".join(letters[:count])
        letters = letters[count:]


def shown(line: str) -> str:
    """What is drawn of a line: neither the marks for line breaking nor spaces at its end."""
    return line.translate(_NEVER_SHOWN).rstrip(" \t")
