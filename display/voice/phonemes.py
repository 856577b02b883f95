"""How each Thai word is said: its IPA, syllable by syllable, and where to look that up.

The IPA is the only authority: tone (the mark on the vowel), length and espeak-ng's Shan phonemes follow from it.
Shan is the nearest kin of Thai that espeak-ng reads from phonemes.

Three kinds of source:
  spelling    the letters say it: consonant class, vowel length, live or dead end and tone mark decide the tone
  dictionary  the letters leave a vowel or its length open; the Royal Institute Dictionary's reading, in brackets after
              the word, says it, as here: เก้า [ก้าว], บริการ [บอ-ริ-กาน]
  usage       names of Latin letters: neither spelling nor dictionary shows how they are said.  What is given is what
              Thai speakers say, in Thai letters that show it: เอฟ [เอ๊ฟ], ดับเบิลยู [ดับ-เบิ้น-ยู]
"""

from __future__ import annotations

import unicodedata
from typing import Literal, NamedTuple, cast

Tone = Literal["mid", "low", "falling", "high", "rising"]
Source = Literal["spelling", "dictionary", "usage"]

# Semitones from the speaker's middle, at five even points of the voiced part.
CONTOURS: dict[Tone, tuple[float, float, float, float, float]] = {
    "mid": (0, 0, -0.3, -0.6, -0.8),
    "low": (-1.5, -2.5, -3.2, -3.8, -4),
    "falling": (2.5, 3.5, 3, 0, -3.5),
    "high": (1, 1.2, 1.8, 2.8, 3.6),
    "rising": (-2.5, -3.2, -3, -0.5, 2.8),
}
MARKS: dict[str, Tone] = {"\u0300": "low", "\u0302": "falling", "\u0301": "high", "\u030c": "rising"}
ONSETS = ("tɕʰ", "kʰ", "tʰ", "pʰ", "tɕ", *"ktpbdʔhsfmnŋjrlw")

# IPA → Shan phonemes, longest first; what is not here is the same letter in both.
SHAN = {
    "tɕʰ": "tS", "tɕ": "tS", "kʰ": "k_h", "tʰ": "t_h", "pʰ": "p_h", "aː": "a:", "ː": "",
    "ɔ": "O", "ɛ": "E", "ɯ": "W", "ɤ": "@", "ə": "@", "ŋ": "N", "ʔ": "?",
}  # fmt: skip


class Syllable(NamedTuple):
    """One syllable in IPA with its tone mark: ``kʰɔ̌ː``."""

    ipa: str

    @property
    def tone(self) -> Tone:
        return next((MARKS[sign] for sign in unicodedata.normalize("NFD", self.ipa) if sign in MARKS), "mid")

    @property
    def plain(self) -> str:
        """Without the tone mark."""
        return "".join(sign for sign in unicodedata.normalize("NFD", self.ipa) if sign not in MARKS)

    @property
    def long(self) -> bool:
        """A long vowel."""
        return "ː" in self.ipa

    @property
    def onset(self) -> str:
        return next(onset for onset in ONSETS if self.ipa.startswith(onset))

    @property
    def stopped(self) -> bool:
        """Ends in p, t, k or a glottal stop, none of which Thai releases."""
        return self.ipa[-1] in "ptkʔ"

    @property
    def sonorous(self) -> bool:
        """Is voiced to its end: a vowel, a glide, m, n or ng."""
        return not self.stopped and self.ipa[-1] not in "fsɕ"

    @property
    def shan(self) -> str:
        """What espeak-ng is given."""
        left, phonemes = self.plain, ""
        if left.endswith("ʔ"):  # a short open vowel; the voice is cut by `synthetic`
            left = left[:-1]
        ending = ""
        if left.endswith("tɕ"):  # of a borrowed word, released
            left, ending = left[:-2], "tS"
        left = left.replace("aːj", "aːi").replace("aj", "ai")
        left = left[:1] + left[1:].replace("w", "u")  # a glide after the vowel is part of it
        while left:
            sign = next((sign for sign in SHAN if left.startswith(sign)), left[0])
            phonemes += SHAN.get(sign, sign)
            left = left[len(sign) :]
        return phonemes + ending


class Word(NamedTuple):
    source: Source
    thai: tuple[str, ...]  # as it is read, in Thai letters, a syllable each
    syllables: tuple[Syllable, ...]


class Reading(NamedTuple):
    """One sound of the pack: the words it is made of, said in one breath."""

    file: str
    words: tuple[Word, ...]

    @property
    def syllables(self) -> tuple[Syllable, ...]:
        return tuple(syllable for word in self.words for syllable in word.syllables)


# word | source | as it is read | IPA
_WORDS = """
ขอ | spelling | ขอ | kʰɔ̌ː
เชิญ | spelling | เชิน | tɕʰɤːn
เรียก | spelling | เรียก | rîːək
ซ้ำ | spelling | ซ้ำ | sám
หมายเลข | spelling | หมาย-เลก | mǎːj lêːk
ที่ | spelling | ที่ | tʰîː
จุด | spelling | จุด | tɕùt
บริการ | dictionary | บอ-ริ-กาน | bɔː ríʔ kaːn
ค่ะ | spelling | ค่ะ | kʰâʔ
ครับ | spelling | คับ | kʰráp
ศูนย์ | spelling | สูน | sǔːn
หนึ่ง | spelling | หนึ่ง | nɯ̀ŋ
สอง | spelling | สอง | sɔ̌ːŋ
สาม | spelling | สาม | sǎːm
สี่ | spelling | สี่ | sìː
ห้า | spelling | ห้า | hâː
หก | spelling | หก | hòk
เจ็ด | spelling | เจ็ด | tɕèt
แปด | spelling | แปด | pɛ̀ːt
เก้า | dictionary | ก้าว | kâːw
สิบ | spelling | สิบ | sìp
เอ็ด | spelling | เอ็ด | ʔèt
ยี่ | spelling | ยี่ | jîː
เอ | spelling | เอ | ʔeː
บี | spelling | บี | biː
ซี | spelling | ซี | siː
ดี | spelling | ดี | diː
อี | spelling | อี | ʔiː
เอฟ | usage | เอ๊ฟ | ʔéf
จี | spelling | จี | tɕiː
เอช | usage | เอ๊ช | ʔétɕ
ไอ | spelling | ไอ | ʔaj
เจ | spelling | เจ | tɕeː
เค | spelling | เค | kʰeː
แอล | spelling | แอน | ʔɛːn
เอ็ม | spelling | เอ็ม | ʔem
เอ็น | spelling | เอ็น | ʔen
โอ | spelling | โอ | ʔoː
พี | spelling | พี | pʰiː
คิว | spelling | คิว | kʰiw
อาร์ | spelling | อา | ʔaː
เอส | usage | เอ๊ส | ʔés
ที | spelling | ที | tʰiː
ยู | spelling | ยู | juː
วี | spelling | วี | wiː
ดับเบิลยู | usage | ดับ-เบิ้น-ยู | dàp bɤ̂n juː
เอ็กซ์ | usage | เอ๊ก | ʔék
วาย | spelling | วาย | waːj
แซด | usage | แซ้ด | sɛ́ːt
"""

# file | the words of one sound
_SOUNDS = """
kho-choen-mai-lek | ขอ เชิญ หมายเลข
kho-riak-sam-mai-lek | ขอ เรียก ซ้ำ หมายเลข
thi-chut-borikan-thi | ที่ จุด บริการ ที่
kha | ค่ะ
khrap | ครับ
0-sun | ศูนย์
1-nueng | หนึ่ง
2-song | สอง
3-sam | สาม
4-si | สี่
5-ha | ห้า
6-hok | หก
7-chet | เจ็ด
8-paet | แปด
9-kao | เก้า
10-sip | สิบ
11-et | เอ็ด
20-yi | ยี่
a | เอ
b | บี
c | ซี
d | ดี
e | อี
f | เอฟ
g | จี
h | เอช
i | ไอ
j | เจ
k | เค
l | แอล
m | เอ็ม
n | เอ็น
o | โอ
p | พี
q | คิว
r | อาร์
s | เอส
t | ที
u | ยู
v | วี
w | ดับเบิลยู
x | เอ็กซ์
y | วาย
z | แซด
"""


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


WORDS: dict[str, Word] = {
    word: Word(cast(Source, source), tuple(thai.split("-")), tuple(map(Syllable, ipa.split())))
    for word, source, thai, ipa in _rows(_WORDS)
}
READINGS: dict[str, Reading] = {
    words.replace(" ", ""): Reading(file, tuple(WORDS[word] for word in words.split()))
    for file, words in _rows(_SOUNDS)
}
