"""A call → the clips that are spoken, in order: chime, then one sentence a speaker.

Thai: "ขอเชิญหมายเลข เอ ศูนย์ หนึ่ง ห้า ที่จุดบริการที่ สอง ค่ะ".
English: "Ticket number A, zero, one, five, please proceed to service point two".
A call that is repeated opens with "ขอเรียกซ้ำหมายเลข", "Calling again, ticket number".
Digits of a ticket are read one by one, the number of a point as a number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from broker.centre import Centre
from broker.voice.clips import CHIME, Clip

Polite = Literal["kha", "khrap"]

POLITE: dict[Polite, str] = {"kha": "ค่ะ", "khrap": "ครับ"}
THAI_DIGITS = ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
# fmt: off
THAI_LETTERS = {
    "A": "เอ", "B": "บี", "C": "ซี", "D": "ดี", "E": "อี", "F": "เอฟ", "G": "จี",
    "H": "เอช", "I": "ไอ", "J": "เจ", "K": "เค", "L": "แอล", "M": "เอ็ม", "N": "เอ็น",
    "O": "โอ", "P": "พี", "Q": "คิว", "R": "อาร์", "S": "เอส", "T": "ที", "U": "ยู",
    "V": "วี", "W": "ดับเบิลยู", "X": "เอ็กซ์", "Y": "วาย", "Z": "แซด",
}
ENGLISH_NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on

OPENINGS = {  # of a first call, of a repeated one
    "th": ("ขอเชิญหมายเลข", "ขอเรียกซ้ำหมายเลข"),
    "en": ("Ticket number", "Calling again, ticket number"),
}

# Silence before a clip, in milliseconds.  Inside a sentence none comes near the 400 ms at which it falls apart.
NEXT_SENTENCE, CLAUSE, NUMBER, DIGIT = 450, 180, 110, 70


def clips(ticket: str, point: int, speakers: Sequence[str], polite: Polite, again: bool = False) -> tuple[Clip, ...]:
    """The chime and a sentence for each of `speakers` ("th", "en") in their order.

    `ticket` is a letter and digits ("A015"), `point` 1 … 99; `again`: it was called before.  A pack without the
    opening of a repeated call says that of a first one.
    """
    spoken = [Clip("", CHIME, 0)]
    for language in speakers:
        first, repeated = OPENINGS[language]
        spoken.append(Clip(language, repeated, NEXT_SENTENCE, first) if again else Clip(language, first, NEXT_SENTENCE))
        spoken += [Clip(language, word, pause) for word, pause in SENTENCES[language](ticket, point, polite)]
    return tuple(spoken)


def needed(centre: Centre | None = None) -> tuple[Clip, ...]:
    """A clip of each word that a centre can ever need, in the order they first occur.

    Without a centre: every letter, points 1 … 99, Thai and English, both polite words.
    """
    letters, points = list(THAI_LETTERS), list(range(1, 100))
    speakers, endings = tuple(SENTENCES), tuple(POLITE)
    if centre is not None:
        letters, points = [service.prefix for service in centre.services], [point.number for point in centre.points]
        speakers, endings = centre.voice.speakers, (centre.voice.polite,)
    calls = [(letter + "0123456789", points[0], ending, False) for letter in letters for ending in endings]
    calls += [(letters[0] + "0", point, endings[0], True) for point in points]
    found: dict[tuple[str, str], Clip] = {}
    for ticket, point, ending, again in calls:
        for clip in clips(ticket, point, speakers, ending, again):
            found.setdefault((clip.language, clip.word), clip)
    return tuple(found.values())


def vocabulary(centre: Centre | None = None) -> dict[str, tuple[str, ...]]:
    """Language → the words of `needed` ("" → the chime)."""
    words: dict[str, list[str]] = {}
    for clip in needed(centre):
        words.setdefault(clip.language, []).append(clip.word)
    return {language: tuple(found) for language, found in words.items()}


def thai_number(number: int) -> tuple[str, ...]:
    """1 … 99 as it is read: สิบ, สิบเอ็ด, ยี่สิบ, ยี่สิบเอ็ด, สามสิบ."""
    tens, ones = divmod(number, 10)
    if not tens:
        return (THAI_DIGITS[ones],)
    ten = {1: ("สิบ",), 2: ("ยี่", "สิบ")}.get(tens, (THAI_DIGITS[tens], "สิบ"))
    return ten + {0: (), 1: ("เอ็ด",)}.get(ones, (THAI_DIGITS[ones],))


def english_number(number: int) -> tuple[str, ...]:
    """1 … 99 as it is read: ten, eleven, twenty, twenty-one."""
    if number < 20:
        return (ENGLISH_NUMBERS[number],)
    tens, ones = divmod(number, 10)
    return (ENGLISH_TENS[tens - 2], *((ENGLISH_NUMBERS[ones],) if ones else ()))


def _thai(ticket: str, point: int, polite: Polite) -> list[tuple[str, int]]:
    return [
        *_spelt([THAI_LETTERS[ticket[0]], *(THAI_DIGITS[int(digit)] for digit in ticket[1:])]),
        ("ที่จุดบริการที่", CLAUSE),
        *_number(thai_number(point)),
        (POLITE[polite], DIGIT),
    ]


def _english(ticket: str, point: int, _: Polite) -> list[tuple[str, int]]:
    return [
        *_spelt([ticket[0], *(ENGLISH_NUMBERS[int(digit)] for digit in ticket[1:])]),
        ("please proceed to service point", CLAUSE),
        *_number(english_number(point)),
    ]


def _spelt(words: Sequence[str]) -> list[tuple[str, int]]:
    return [(word, DIGIT if place else NUMBER) for place, word in enumerate(words)]


def _number(words: Sequence[str]) -> list[tuple[str, int]]:
    return [(word, 0 if place else NUMBER) for place, word in enumerate(words)]


Sentence = Callable[[str, int, Polite], list[tuple[str, int]]]  # what follows the opening
SENTENCES: dict[str, Sentence] = {"th": _thai, "en": _english}
