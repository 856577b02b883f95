"""How each Thai word is said: its IPA, syllable by syllable, and where to look that up.

The IPA is the only authority: tone (the mark on the vowel), length and espeak-ng's Shan phonemes follow from it.
Shan is the nearest kin of Thai that espeak-ng reads from phonemes.

Three kinds of source:
  spelling    the letters say it: consonant class, vowel length, live or dead end and tone mark decide the tone
  dictionary  the letters leave a vowel or its length open; the Royal Institute Dictionary's reading, in brackets after
              the word, says it, as here: เก้า [ก้าว], บริการ [บอ-ริ-กาน]
  usage       neither shows how it is said: the tones of some names of Latin letters, and vowels that are written long
              and said short.  What is given is what Thai speakers say, in Thai letters that show it: เอฟ [เอ๊ฟ],
              ดับเบิลยู [ดับ-เบิ้น-ยู], ท่าน [ทั่น]; and the reverse: ใช้ [ช้าย]
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
ONSETS: tuple[str, ...] = ("tɕʰ", "kʰ", "tʰ", "pʰ", "tɕ", *"ktpbdʔhsfmnŋjrlw")

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
        """A long vowel, as every one that ends in ə is."""
        return "ː" in self.ipa or "ə" in self.ipa

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
        left, phonemes = self.plain.removesuffix("ʔ"), ""  # that of a short open vowel: its voice is cut anyway
        ending = ""
        if left.endswith("tɕ"):  # of a borrowed word, released
            left, ending = left[:-2], "tS"
        left = left[:-1] + {"j": "i", "w": "u"}.get(left[-1], left[-1])  # a glide at the end is part of the vowel
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
เรียก | spelling | เรียก | rîək
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
แตะ | spelling | แตะ | tɛ̀ʔ
เพื่อ | spelling | เพื่อ | pʰɯ̂ə
ฟัง | spelling | ฟัง | faŋ
เลือก | spelling | เลือก | lɯ̂ək
กรุณา | dictionary | กะ-รุ-นา | kàʔ rúʔ naː
ต้องการ | usage | ต็้อง-กาน | tɔ̂ŋ kaːn
ต้อง | usage | ต็้อง | tɔ̂ŋ
มี | spelling | มี | miː
รอ | spelling | รอ | rɔː
ไม่ | spelling | ไม่ | mâj
งด | spelling | งด | ŋót
ออก | spelling | ออก | ʔɔ̀ːk
บัตร | spelling | บัด | bàt
แล้ว | spelling | แล้ว | lɛ́ːw
วันนี้ | spelling | วัน-นี้ | wan níː
นี้ | spelling | นี้ | níː
ดู | spelling | ดู | duː
ขั้นตอน | spelling | ขั้น-ตอน | kʰân tɔːn
กลับ | spelling | กลับ | klàp
หน้า | spelling | น่า | nâː
แรก | spelling | แรก | rɛ̂ːk
รับ | spelling | รับ | ráp
พิเศษ | spelling | พิ-เสด | pʰíʔ sèːt
เปลี่ยน | spelling | เปลี่ยน | plìən
ภาษา | spelling | พา-สา | pʰaː sǎː
ตัวอักษร | dictionary | ตัว-อัก-สอน | tuə ʔàk sɔ̌ːn
ใหญ่ | spelling | ไหย่ | jàj
ความ | spelling | คฺวาม | kʰwaːm
คมชัด | spelling | คม-ชัด | kʰom tɕʰát
สูง | spelling | สูง | sǔːŋ
ปุ่ม | spelling | ปุ่ม | pùm
ระดับ | spelling | ระ-ดับ | ráʔ dàp
ล่าง | spelling | ล่าง | lâːŋ
ใช้ | usage | ช้าย | tɕʰáːj
อยู่ | spelling | หยู่ | jùː
ได้ | dictionary | ด้าย | dâːj
เสียง | spelling | เสียง | sǐəŋ
ปิด | spelling | ปิด | pìt
กำลัง | spelling | กำ-ลัง | kam laŋ
พิมพ์ | spelling | พิม | pʰim
ของ | spelling | ของ | kʰɔ̌ːŋ
ท่าน | usage | ทั่น | tʰân
ใน | spelling | ไน | naj
เครื่อง | spelling | เครื่อง | kʰrɯ̂əŋ
ตู้ | spelling | ตู้ | tûː
ขัดข้อง | usage | ขัด-ข็้อง | kʰàt kʰɔ̂ŋ
จำ | spelling | จำ | tɕam
เหนือ | spelling | เหฺนือ | nɯ̌ə
แถว | spelling | แถว | tʰɛ̌ːw
มิฉะนั้น | dictionary | มิ-ฉะ-นั้น | míʔ tɕʰàʔ nán
จะ | spelling | จะ | tɕàʔ
ถูก | spelling | ถูก | tʰùːk
ยกเลิก | spelling | ยก-เลิก | jók lɤ̂ːk
ครั้ง | spelling | คฺรั้ง | kʰráŋ
บันทึก | spelling | บัน-ทึก | ban tʰɯ́k
ขณะ | dictionary | ขะ-หฺนะ | kʰàʔ nàʔ
ให้ | spelling | ไห้ | hâj
ชั่วคราว | spelling | ชั่ว-คราว | tɕʰûə kʰraːw
ติดต่อ | spelling | ติด-ต่อ | tìt tɔ̀ː
ข้อมูล | spelling | ข้อ-มูน | kʰɔ̂ː muːn
ข่าวสาร | spelling | ข่าว-สาน | kʰàːw sǎːn
รับเรื่อง-ส่งต่อ | spelling | รับ-เรื่อง-ส่ง-ต่อ | ráp rɯ̂əŋ sòŋ tɔ̀ː
เบ็ดเสร็จ | dictionary | เบ็ด-เส็ด | bèt sèt
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
tae-phuea-fang | แตะ เพื่อ ฟัง
tae-sam-phuea-lueak | แตะ ซ้ำ เพื่อ เลือก
karuna-tae-lueak-borikan | กรุณา แตะ เลือก บริการ ที่ ต้องการ
borikan | บริการ
mi-khio-ro | มี คิว รอ
mai-tong-ro-khio | ไม่ ต้อง รอ คิว
wan-ni-ngot-ok-bat-khio | วันนี้ งด ออก บัตร คิว แล้ว
du-khan-ton | ดู ขั้นตอน
klap-na-raek | กลับ หน้า แรก
rap-bat-khio-borikan-ni | รับ บัตร คิว บริการ นี้
khio-phiset | คิว พิเศษ
plian-phasa | เปลี่ยน ภาษา
tua-akson-yai | ตัวอักษร ใหญ่
khwam-khom-chat-sung | ความ คมชัด สูง
pum-radap-lang | ปุ่ม ระดับ ล่าง
fang-siang | ฟัง เสียง
chai-yu | ใช้ อยู่
mai-dai-chai | ไม่ ได้ ใช้
kamlang-phim-bat-khio | กำลัง พิมพ์ บัตร คิว
karuna-rap-bat-khio | กรุณา รับ บัตร คิว
mai-lek-yu-nai-khio-laeo | หมายเลข ของ ท่าน อยู่ ใน คิว แล้ว
mai-lek-khong-than | หมายเลข ของ ท่าน
karuna-ro-riak-mai-lek | กรุณา รอ เรียก หมายเลข
khrueang-phim-khat-khong | เครื่อง พิมพ์ ขัดข้อง
karuna-cham-mai-lek-ni | กรุณา จำ หมายเลข นี้
laeo-tae-pum-yai-nuea-thaeo-lang | แล้ว แตะ ปุ่ม ใหญ่ เหนือ แถว ล่าง สอง ครั้ง
mi-chanan-mai-lek-cha-thuk-yok-loek | มิฉะนั้น หมายเลข จะ ถูก ยกเลิก
cham-mai-lek-dai-laeo | จำ หมายเลข ได้ แล้ว
khana-ni-pit-hai-borikan | ขณะ นี้ ปิด ให้ บริการ
tu-ni-ngot-ok-bat-khio | ตู้ นี้ งด ออก บัตร คิว ชั่วคราว
karuna-tit-to-chut-thi | กรุณา ติดต่อ จุด ที่
borikan-kho-mun-khao-san | บริการ ข้อมูล ข่าวสาร
borikan-rap-rueang-song-to | บริการ รับเรื่อง-ส่งต่อ
borikan-bet-set | บริการ เบ็ดเสร็จ
"""


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


WORDS: dict[str, Word] = {
    word: Word(cast("Source", source), tuple(thai.split("-")), tuple(map(Syllable, ipa.split())))
    for word, source, thai, ipa in _rows(_WORDS)
}
READINGS: dict[str, Reading] = {
    words.replace(" ", ""): Reading(file, tuple(WORDS[word] for word in words.split()))
    for file, words in _rows(_SOUNDS)
}
