"""The table of Thai readings, checked twice: by a second grapheme-to-phoneme source, and by the rule of Thai tones.

The check belongs to the building of Khiu, not of a pack: `voice build` reads the table and needs none of this.

The second source is `vachana-g2p`: the syllable statistics and dictionary of the Thai Language Toolkit, made by others
from other texts; it gives consonants, vowels, their length, finals and tones in IPA.  Compared are whole words, after:
NFD, no spaces or hyphens; ɤ and ə are one vowel; the glottal stop that ends a short open syllable is not written.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from vachana_g2p import th2ipa

from display.voice.phonemes import WORDS, Syllable, Tone, Word

# Where the second source says otherwise, why ours stands.
ADJUDICATED = {
    "ศูนย์": "It reads the silent ย์ as a syllable of its own; สูญ, which sounds the same, it reads as we do.",
    "เก้า": "Written short, said long: the dictionary's [ก้าว].",
    "เอฟ": "It reads by Thai spelling rules; the letter's name is said short and high, with its f.",
    "เอช": "It reads by Thai spelling rules; the letter's name is said short and high, its end released.",
    "แอล": "It keeps the English l; no Thai syllable ends in one, final ล is n.",
    "เอส": "Same tone and sounds; the letter's name is said short.",
    "เอ็กซ์": "It reads by Thai spelling rules; the letter's name is said high (as in เอ็กซเรย์).",
    "แซด": "It reads by Thai spelling rules; the letter's name is said high.",
    "ดับเบิลยู": "Written เบิล, said เบิ้น, short and falling; many write it with the mark.",
    "ต้อง": "Written long, said short, as ต็้อง would be if it could be written.",
    "ต้องการ": "As ต้อง.",
    "ขัดข้อง": "ข้อง as ต้อง.",
}

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

    @property
    def agree(self) -> bool:
        return self.ours == self.theirs


def compared() -> list[Compared]:
    """Every word of the table."""
    return [Compared(word, _ours(entry), _same(th2ipa(word))) for word, entry in WORDS.items()]


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
    return _same("".join(syllable.ipa.removesuffix("ʔ") for syllable in entry.syllables))


def _same(ipa: str) -> str:
    spelt = unicodedata.normalize("NFD", ipa).replace("ɤ", "ə")
    return unicodedata.normalize("NFC", "".join(sign for sign in spelt if sign not in " ,-"))
