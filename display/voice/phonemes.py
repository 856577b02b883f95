"""How each Thai word is said: for every syllable its IPA, espeak-ng's Shan phonemes, tone and length.

Shan is the nearest kin of Thai that espeak-ng reads from phonemes; its `k_h` `t_h` `p_h` are aspirated, `tS` is ช,
`ts` is จ, `W` is อือ, `E` แอ, `O` ออ.  `source` says where a reading comes from: "spelling" (consonant
class, vowel length and tone mark decide the tone) or "loan" (names of Latin letters, whose spoken tone spelling does
not show).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Tone = Literal["mid", "low", "falling", "high", "rising"]

# Semitones from the speaker's middle, at five even points of the voiced part.
CONTOURS: dict[Tone, tuple[float, float, float, float, float]] = {
    "mid": (0, 0, -0.3, -0.6, -0.8),
    "low": (-1.5, -2.5, -3.2, -3.8, -4),
    "falling": (2.5, 3.5, 3, 0, -3.5),
    "high": (1, 1.2, 1.8, 2.8, 3.6),
    "rising": (-2.5, -3.2, -3, -0.5, 2.8),
}


class Syllable(NamedTuple):
    ipa: str
    shan: str
    tone: Tone
    long: bool  # a long vowel

    @property
    def stopped(self) -> bool:
        """Ends in p, t, k or a glottal stop, none of which Thai releases."""
        return self.ipa[-1] in "ptkʔ"

    @property
    def sonorous(self) -> bool:
        """Is voiced to its end: a vowel, a glide, m, n or ng."""
        return not self.stopped and self.ipa[-1] not in "fsɕ"


class Reading(NamedTuple):
    file: str
    syllables: tuple[Syllable, ...]
    source: Literal["spelling", "loan"]


_TONES: dict[str, Tone] = {"M": "mid", "L": "low", "F": "falling", "H": "high", "R": "rising"}

# word | file | source | IPA=Shan=tone, syllable by syllable; ":" after the tone letter: long
_TABLE = """
ขอเชิญหมายเลข | kho-choen-mai-lek | spelling | kʰɔː=k_hO=R: tɕʰɤːn=tS@n=M: maːj=ma:i=R: lêːk=lek=F:
ขอเรียกซ้ำหมายเลข | kho-riak-sam-mai-lek | spelling | kʰɔː=k_hO=R: rîːək=ri@k=F: sám=sam=H maːj=ma:i=R: lêːk=lek=F:
ที่จุดบริการที่ | thi-chut-borikan-thi | spelling | tʰîː=t_hi=F: tɕùt=tsut=L bɔː=bO=M: ri=ri=H kaːn=ka:n=M: tʰîː=t_hi=F:
ค่ะ | kha | spelling | kʰâʔ=k_ha=F
ครับ | khrap | spelling | kʰráp=k_hrap=H
ศูนย์ | 0-sun | spelling | sǔːn=su_n=R:
หนึ่ง | 1-nueng | spelling | nɯ̀ŋ=nWN=L
สอง | 2-song | spelling | sɔ̌ːŋ=sON=R:
สาม | 3-sam | spelling | sǎːm=sa:m=R:
สี่ | 4-si | spelling | sìː=si=L:
ห้า | 5-ha | spelling | hâː=ha:=F:
หก | 6-hok | spelling | hòk=hok=L
เจ็ด | 7-chet | spelling | tɕèt=tset=L
แปด | 8-paet | spelling | pɛ̀ːt=pEt=L:
เก้า | 9-kao | spelling | kâːw=ka:u=F:
สิบ | 10-sip | spelling | sìp=sip=L
เอ็ด | 11-et | spelling | ʔèt=?et=L
ยี่ | 20-yi | spelling | jîː=ji=F:
เอ | a | loan | ʔeː=?e=M:
บี | b | loan | biː=bi=M:
ซี | c | loan | siː=si=M:
ดี | d | loan | diː=di=M:
อี | e | loan | ʔiː=?i=M:
เอฟ | f | loan | ʔéf=?ef=H
จี | g | loan | tɕiː=tsi=M:
เอช | h | loan | ʔétɕ=?etS=H
ไอ | i | loan | ʔaj=?ai=M
เจ | j | loan | tɕeː=tse=M:
เค | k | loan | kʰeː=k_he=M:
แอล | l | loan | ʔɛːn=?En=M:
เอ็ม | m | loan | ʔem=?em=M
เอ็น | n | loan | ʔen=?en=M
โอ | o | loan | ʔoː=?o=M:
พี | p | loan | pʰiː=p_hi=M:
คิว | q | loan | kʰiw=k_hiu=M
อาร์ | r | loan | ʔaː=?a:=M:
เอส | s | loan | ʔés=?es=H
ที | t | loan | tʰiː=t_hi=M:
ยู | u | loan | juː=ju=M:
วี | v | loan | wiː=wi=M:
ดับเบิลยู | w | loan | dàp=dap=L bɤn=b@n=M juː=ju=M:
เอ็กซ์ | x | loan | ʔék=?ek=H
วาย | y | loan | waːj=wa:i=M:
แซด | z | loan | sɛ́ːt=sEt=H:
"""


def _syllable(text: str) -> Syllable:
    ipa, shan, tone = text.split("=")
    return Syllable(ipa, shan, _TONES[tone[0]], tone.endswith(":"))


def _rows() -> dict[str, Reading]:
    readings: dict[str, Reading] = {}
    for line in _TABLE.strip().splitlines():
        word, file, source, syllables = (cell.strip() for cell in line.split("|"))
        kind: Literal["spelling", "loan"] = "loan" if source == "loan" else "spelling"
        readings[word] = Reading(file, tuple(map(_syllable, syllables.split())), kind)
    return readings


READINGS: dict[str, Reading] = _rows()
