"""A call → the clips that are spoken, in order: chime, then one sentence a speaker.

Thai: "ขอเชิญหมายเลข เอ ศูนย์ หนึ่ง ห้า ที่จุดบริการที่ สอง ค่ะ".
English: "Ticket number A, zero, one, five, please proceed to service point two".
A call that is repeated opens with "ขอเรียกซ้ำหมายเลข", "Calling again, ticket number".
Digits of a ticket are read one by one, the number of a point as a number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from broker.centre import Centre
from broker.voice.clips import CHIME, Clip, sentences
from broker.voice.readings import (
    CLAUSE,
    DIGIT,
    NEXT_SENTENCE,
    POLITE,
    THAI_LETTERS,
    Polite,
    english_number,
    english_ticket,
    joined,
    spelt,
    thai_number,
    thai_ticket,
)

OPENINGS = {  # of a first call, of a repeated one
    "th": ("ขอเชิญหมายเลข", "ขอเรียกซ้ำหมายเลข"),
    "en": ("Ticket number", "Calling again, ticket number"),
}


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


def examples(centre: Centre | None = None) -> dict[Clip, tuple[Clip, ...]]:
    """Each word that a centre can ever need → a sentence in which it stands, in the order in which they first occur.

    The chime needs no pack, so it is not among them.

    Without a centre: every letter, points 1 … 99, Thai and English, both polite words.
    """
    letters, points = list(THAI_LETTERS), list(range(1, 100))
    speakers, endings = tuple(SENTENCES), tuple(POLITE)
    if centre is not None:
        letters, points = [service.prefix for service in centre.services], [point.number for point in centre.points]
        speakers, endings = centre.voice.speakers, (centre.voice.polite,)
    calls = [(letter + "0123456789", points[0], ending, False) for letter in letters for ending in endings]
    calls += [(letters[0] + "0", point, endings[0], True) for point in points]
    found: dict[tuple[str, str], tuple[Clip, tuple[Clip, ...]]] = {}
    for ticket, point, ending, again in calls:
        for language, sentence in sentences(clips(ticket, point, speakers, ending, again)):
            for clip in sentence if language else ():
                found.setdefault((language, clip.word), (clip, sentence))
    return dict(found.values())


def needed(centre: Centre | None = None) -> tuple[Clip, ...]:
    """The words of `examples`."""
    return tuple(examples(centre))


def vocabulary(centre: Centre | None = None) -> dict[str, tuple[str, ...]]:
    """Language → the words of `needed`."""
    words: dict[str, list[str]] = {}
    for clip in needed(centre):
        words.setdefault(clip.language, []).append(clip.word)
    return {language: tuple(found) for language, found in words.items()}


def _thai(ticket: str, point: int, polite: Polite) -> list[tuple[str, int]]:
    return [
        *spelt(thai_ticket(ticket)),
        ("ที่จุดบริการที่", CLAUSE),
        *joined(thai_number(point)),
        (POLITE[polite], DIGIT),
    ]


def _english(ticket: str, point: int, _: Polite) -> list[tuple[str, int]]:
    return [
        *spelt(english_ticket(ticket)),
        ("please proceed to service point", CLAUSE),
        *joined(english_number(point)),
    ]


Sentence = Callable[[str, int, Polite], list[tuple[str, int]]]  # what follows the opening
SENTENCES: dict[str, Sentence] = {"th": _thai, "en": _english}
