"""A listener for the English pack: pocketsphinx, a recogniser trained on people, reads announcements back.

It is told the sentence ("ticket number, a letter, three digits, please proceed to service point, a number") and nothing
else: it must choose among 26 letters, any three digits and 99 points.  That helps it as it helps a visitor who knows
what is called here; `PREFIXES` tells it in addition which letters this centre has.
A hall is never quite silent, and the recogniser's models know no digital silence: noise at −50 dBFS is added.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from pocketsphinx import Decoder, get_model_path

from broker.voice.pack import Voice
from broker.voice.readings import ENGLISH_NUMBERS, THAI_LETTERS, english_number
from broker.voice.sound import RATE, Sound, resampled
from display.voice.announcement import clips

LETTERS = tuple(THAI_LETTERS)
PREFIXES = ("A", "B", "R")  # of the shipped centre.toml
DIGITS = ENGLISH_NUMBERS[:10]
HEARS = 16000  # Hz
NOISE = 10 ** (-50 / 20)
CHANGED = {"a": "EY"}  # in its dictionary "a" is first the article

# Least shares that are allowed: of the centre's own letters and nine points, which the recogniser is told …
TICKETS, POINTS = 0.97, 0.97
# … and of all letters and points 1 … 99, where B C D E G P T V Z rhyme and "seventeen" is near "seventy".  These three
# were drawn closer after a measurement; they tell of a change for the worse, not of what is good enough.
DIGITS_OF_ALL, POINTS_OF_ALL, LETTERS_OF_ALL = 0.98, 0.93, 0.65
TICKETS_OF_ALL = LETTERS_OF_ALL * DIGITS_OF_ALL**3  # follows; so no letter but `PREFIXES` is proved fit for tickets


class Call(NamedTuple):
    ticket: str
    point: int
    again: bool

    @property
    def words(self) -> tuple[str, ...]:
        """What must be heard of it."""
        return (self.ticket[0].lower(), *(DIGITS[int(digit)] for digit in self.ticket[1:]), *english_number(self.point))


@dataclass
class Score:
    """Of so many announcements."""

    calls: int = 0
    tickets: int = 0
    letters: int = 0
    digits: int = 0
    points: int = 0
    openings: int = 0  # a repeated call known as one, a first call as none
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)  # (said, heard)

    def add(self, call: Call, heard: Sequence[str]) -> None:
        again = list(heard[:2]) == ["calling", "again"]
        ticket, point = tuple(heard[2 * again + 2 :][:4]), tuple(heard[2 * again + 11 :])
        said = call.words
        self.calls += 1
        self.openings += again == call.again
        self.tickets += ticket == said[:4]
        self.letters += ticket[:1] == said[:1]
        self.digits += sum(one == other for one, other in zip(ticket[1:], said[1:4], strict=False))
        self.points += point == said[4:]
        self.confused.update((one, other) for one, other in zip(said[:4], ticket, strict=False) if one != other)
        if point != said[4:]:
            self.confused[(" ".join(said[4:]), " ".join(point))] += 1


def calls(count: int, letters: Sequence[str], points: int, seed: int) -> list[Call]:
    """Random tickets at random points from 1, each letter as often, every fifth a repeated call."""
    chance = random.Random(seed)
    return [
        Call(f"{letters[place % len(letters)]}{chance.randrange(1000):03d}", chance.randint(1, points), place % 5 == 4)
        for place in range(count)
    ]


def spoken(voice: Voice, call: Call) -> Sound:
    """The English announcement at `RATE`, without its chime, exactly as it is mixed for the hall."""
    mixed = voice.mix(clips(call.ticket, call.point, ("en",), "kha", call.again))
    chime = voice.sound(clips(call.ticket, call.point, (), "kha")[0])
    assert chime is not None
    return mixed[len(chime) :].astype(float)


class Recogniser:
    def __init__(self, letters: Sequence[str] = LETTERS) -> None:
        model = get_model_path()
        # Pauses cost it nothing (silprob): it would rather hear a K in the pause before an A.
        self._decoder = Decoder(
            samprate=HEARS, hmm=f"{model}/en-us/en-us", dict=f"{model}/en-us/cmudict-en-us.dict", lm=None,
            cmn="batch", beam=1e-56, pbeam=1e-56, wbeam=1e-40, silprob=5.0, logfn="/dev/null",
        )  # fmt: skip
        for letter in letters:
            name = letter.lower()
            sounds = CHANGED.get(name) or self._decoder.lookup_word(name)
            self._decoder.add_word(f"letter-{name}", sounds, True)
        self._decoder.add_jsgf_string("call", _grammar(letters))
        self._decoder.activate_search("call")

    def hear(self, sound: Sound) -> tuple[str, ...]:
        """The words of a sound at `RATE`; () when it makes no sentence of it."""
        heard = np.pad(resampled(sound, RATE, HEARS), HEARS * 3 // 10)
        heard = heard + NOISE * np.random.default_rng(len(heard)).standard_normal(len(heard))
        self._decoder.start_utt()
        self._decoder.process_raw((np.clip(heard, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return tuple(word.removeprefix("letter-") for word in found.hypstr.split()) if found else ()

    def score(self, voice: Voice, asked: Sequence[Call]) -> Score:
        score = Score()
        for call in asked:
            score.add(call, self.hear(spoken(voice, call)))
        return score


def _grammar(letters: Sequence[str]) -> str:
    units, tens = " | ".join(DIGITS[1:]), " | ".join(sorted({english_number(number)[0] for number in range(20, 100)}))
    return f"""#JSGF V1.0;
        grammar call;
        public <call> = [calling again] ticket number <letter> <digit> <digit> <digit>
                        please proceed to service point <point>;
        <letter> = {" | ".join(f"letter-{letter.lower()}" for letter in letters)};
        <digit> = {" | ".join(DIGITS)};
        <point> = {units} | {" | ".join(ENGLISH_NUMBERS[10:])} | <tens> [{units}];
        <tens> = {tens};
        """
