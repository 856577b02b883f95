"""What a kiosk says to who cannot read it: few and short phrases, each a word of a pack.  Pure.

A phrase is followed by what only the moment knows: a letter and digits, a number of waiting, the number of a point.
The names of services come from centre.toml, as they stand there.
"""

from __future__ import annotations

from typing import NamedTuple

from broker.centre import Centre
from broker.voice.clips import Clip
from broker.voice.readings import (
    CLAUSE,
    POLITE,
    THAI_DIGITS,
    THAI_LETTERS,
    english_number,
    thai_number,
)

MOST_READ = 99  # waiting: a longer line is not told in numbers


class Phrase(NamedTuple):
    """The same in each language that is spoken; the fields are the languages' codes."""

    th: str
    en: str


LANGUAGES = Phrase._fields

HEAR = Phrase("แตะเพื่อฟัง", "Touch to listen")
CHOOSE = Phrase("แตะซ้ำเพื่อเลือก", "Touch again to choose")
SERVICES = Phrase("กรุณาแตะเลือกบริการที่ต้องการ", "Please touch the service you need")
SERVICE = Phrase("บริการ", "Service")  # and its letter, where no pack has its name
WAITING = Phrase("มีคิวรอ", "Waiting now")  # and how many, and in Thai the word for a place in a queue
TICKETS = Phrase("คิว", "")
NO_WAIT = Phrase("ไม่ต้องรอคิว", "No waiting")
NO_MORE = Phrase("วันนี้งดออกบัตรคิวแล้ว", "No more tickets today")
STEPS = Phrase("ดูขั้นตอน", "Steps of the service")
BACK = Phrase("กลับหน้าแรก", "Back")
GIVE = Phrase("รับบัตรคิวบริการนี้", "Take a ticket for this service")
PRIORITY = Phrase("คิวพิเศษ", "Priority ticket")
LANGUAGE = Phrase("เปลี่ยนภาษา", "Change language")
LARGE = Phrase("ตัวอักษรใหญ่", "Large text")
CONTRAST = Phrase("ความคมชัดสูง", "High contrast")
LOW = Phrase("ปุ่มระดับล่าง", "Low buttons")
SPOKEN = Phrase("ฟังเสียง", "Listen")
ON = Phrase("ใช้อยู่", "is on")
OFF = Phrase("ไม่ได้ใช้", "is off")
PRINTING = Phrase("กำลังพิมพ์บัตรคิว", "Printing your ticket")
TAKE = Phrase("กรุณารับบัตรคิว", "Please take your ticket")
IN_QUEUE = Phrase("หมายเลขของท่านอยู่ในคิวแล้ว", "Your number is in the queue")
NUMBER = Phrase("หมายเลขของท่าน", "Your number")  # and letter and digits
WAIT = Phrase("กรุณารอเรียกหมายเลข", "Please wait until your number is called")
FAULT = Phrase("เครื่องพิมพ์ขัดข้อง", "The printer cannot print now")
REMEMBER = Phrase("กรุณาจำหมายเลขนี้", "Please remember this number")
BELOW = Phrase("แล้วแตะปุ่มใหญ่เหนือแถวล่างสองครั้ง", "then touch the large button above the bottom row twice")
CANCELLED = Phrase("มิฉะนั้นหมายเลขจะถูกยกเลิก", "or the number will be cancelled")
TAKEN = Phrase("จำหมายเลขได้แล้ว", "I have taken my number")
CLOSED = Phrase("ขณะนี้ปิดให้บริการ", "We are closed now")
STOPPED = Phrase("ตู้นี้งดออกบัตรคิวชั่วคราว", "No tickets here at the moment")
ASK = Phrase("กรุณาติดต่อจุดที่", "Please ask at point")  # and its number

PHRASES: tuple[Phrase, ...] = (
    HEAR, CHOOSE, SERVICES, SERVICE, WAITING, TICKETS, NO_WAIT, NO_MORE, STEPS, BACK, GIVE, PRIORITY, LANGUAGE,
    LARGE, CONTRAST, LOW, SPOKEN, ON, OFF, PRINTING, TAKE, IN_QUEUE, NUMBER, WAIT, FAULT, REMEMBER, BELOW, CANCELLED,
    TAKEN, CLOSED, STOPPED, ASK,
)  # fmt: skip


def needed(centre: Centre) -> tuple[Clip, ...]:
    """A clip of each word that a spoken kiosk of this centre can need, in the languages that it shares with packs.

    A service's name is among them, though a pack may go without: the service is then called by its letter.
    """
    return tuple(
        Clip(language, word, CLAUSE) for language in centre.centre.languages for word in _words(centre, language)
    )


def vocabulary(centre: Centre) -> dict[str, tuple[str, ...]]:
    """Language → the words of `needed`."""
    return {language: _words(centre, language) for language in centre.centre.languages if language in LANGUAGES}


def names(centre: Centre) -> frozenset[tuple[str, str]]:
    """(language, word) of the services' names: all that a pack may go without."""
    return frozenset((language, name) for service in centre.services for language, name in service.name.items())


def _words(centre: Centre, language: str) -> tuple[str, ...]:
    letters = [service.prefix for service in centre.services]
    spoken: dict[str, tuple[str, ...]] = {
        "th": (
            *(THAI_LETTERS[letter] for letter in letters),
            *THAI_DIGITS,
            *(word for number in range(MOST_READ + 1) for word in thai_number(number)),
            POLITE[centre.voice.polite],
        ),
        "en": (*letters, *(word for number in range(MOST_READ + 1) for word in english_number(number))),
    }
    if language not in spoken:
        return ()
    phrases = [getattr(phrase, language) for phrase in PHRASES]
    named = [service.name[language] for service in centre.services if language in service.name]
    return tuple(dict.fromkeys(word for word in (*phrases, *named, *spoken[language]) if word))
