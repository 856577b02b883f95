"""The table of Thai readings, checked twice: by a second grapheme-to-phoneme source, and by the rule of Thai tones.

The check belongs to the building of Khiu, not of a pack: `voice build` reads the table and needs none of this.

The second source is `thaiphon` (Apache-2.0), rules for the spelling of Thai made by others, with its data package
(CC BY-SA 4.0), the readings of the VOLUBILIS dictionary: where that has the word its reading stands, elsewhere the
rules'.  Both give consonants, vowels, their length, finals and tones in IPA.  Compared are whole words, syllable by
syllable, after: Chao's tone letters as tone marks; no sign for unreleased; a syllable that starts with a vowel starts
with a glottal stop; that which ends a short open syllable is not written; parts of a word with a hyphen one by one.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import thaiphon

from display.voice.phonemes import MARKS, WORDS, Syllable, Tone, Word

# Where the second source says otherwise, why ours stands.
ADJUDICATED = {
    "เอฟ": "It reads by Thai spelling rules; the letter's name is said short and high, with its f.",
    "เอช": "It reads by Thai spelling rules; the letter's name is said short and high, its end released.",
    "เอส": "It reads by Thai spelling rules; the letter's name is said short and high, with its s.",
    "เอ็กซ์": "It reads by Thai spelling rules; the letter's name is said high (as in เอ็กซเรย์).",
    "แซด": "It reads by Thai spelling rules; the letter's name is said high.",
    "ดับเบิลยู": "Written เบิล, said เบิ้น, falling; many write it with the mark.",
    "ต้อง": "Written long, said short, as ต็้อง would be if it could be written.",
    "ต้องการ": "As ต้อง.",
    "ขัดข้อง": "ข้อง as ต้อง.",
}

_CHAO: dict[str, Tone] = {"˧": "mid", "˨˩": "low", "˥˩": "falling", "˦˥": "high", "˩˩˦": "rising"}
_SIGNS = {tone: sign for sign, tone in MARKS.items()}
_VOWELS = "aeiouɔɛɯɤə"

_MIDDLE, _HIGH = set("กจฎฏดตบปอ"), set("ขฃฉฐถผฝศษสห")
_MARKED: dict[str, dict[str, Tone]] = {
    "middle": {"่": "low", "้": "falling", "๊": "high", "๋": "rising"},
    "high": {"่": "low", "้": "falling"},
    "low": {"่": "falling", "้": "high"},
}


class Compared(NamedTuple):
    word: str
    ours: str
    theirs: str
    dictionary: bool  # theirs is found there, not made by rule

    @property
    def agree(self) -> bool:
        return self.ours == self.theirs


def compared() -> list[Compared]:
    """Every word of the table."""
    return [
        Compared(word, _ours(entry), " ".join(map(_theirs, word.split("-"))), _known(word))
        for word, entry in WORDS.items()
    ]


def ruled(thai: str, syllable: Syllable) -> Tone:
    """The tone that spelling gives: class of the first consonant, tone mark, live or dead end, long or short vowel."""
    letters = [sign for sign in thai if "ก" <= sign <= "ฮ"]
    kind = "middle" if letters[0] in _MIDDLE else "high" if letters[0] in _HIGH else "low"
    for mark, tone in _MARKED[kind].items():
        if mark in thai:
            return tone
    if syllable.sonorous:
        return "rising" if kind == "high" else "mid"
    if kind == "low":
        return "falling" if syllable.long else "high"
    return "low"


def _ours(entry: Word) -> str:
    return unicodedata.normalize("NFC", " ".join(syllable.ipa.removesuffix("ʔ") for syllable in entry.syllables))


def _theirs(word: str) -> str:
    return " ".join(map(_marked, thaiphon.transcribe(word, "ipa").strip("/").replace("\u031a", "").split(".")))


def _marked(syllable: str) -> str:
    """``maː˩˩˦`` → ``mǎː``"""
    plain = syllable.rstrip("˥˦˧˨˩")
    vowel = next(place for place, sign in enumerate(plain) if sign in _VOWELS)
    mark = _SIGNS.get(_CHAO[syllable[len(plain) :]], "")
    return unicodedata.normalize("NFC", ("ʔ" if not vowel else "") + plain[: vowel + 1] + mark + plain[vowel + 1 :])


def _known(word: str) -> bool:
    return all(thaiphon.analyze(part).source == "lexicon" for part in word.split("-"))
