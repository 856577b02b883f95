"""How letters, digits and numbers are read aloud, as words of a pack.  Pure."""

from __future__ import annotations

from typing import Literal

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

# Silence before a clip, in milliseconds.  Inside a sentence none comes near the 400 ms at which it falls apart.
NEXT_SENTENCE, CLAUSE, NUMBER, DIGIT = 450, 180, 110, 70


def thai_ticket(ticket: str) -> list[str]:
    """A015 → เอ ศูนย์ หนึ่ง ห้า."""
    return [THAI_LETTERS[ticket[0]], *(THAI_DIGITS[int(digit)] for digit in ticket[1:])]


def english_ticket(ticket: str) -> list[str]:
    """A015 → A, zero, one, five."""
    return [ticket[0], *(ENGLISH_NUMBERS[int(digit)] for digit in ticket[1:])]


def thai_number(number: int) -> tuple[str, ...]:
    """0 … 99 as it is read: สิบ, สิบเอ็ด, ยี่สิบ, ยี่สิบเอ็ด, สามสิบ."""
    tens, ones = divmod(number, 10)
    if not tens:
        return (THAI_DIGITS[ones],)
    ten = {1: ("สิบ",), 2: ("ยี่", "สิบ")}.get(tens, (THAI_DIGITS[tens], "สิบ"))
    return ten + {0: (), 1: ("เอ็ด",)}.get(ones, (THAI_DIGITS[ones],))


def english_number(number: int) -> tuple[str, ...]:
    """0 … 99 as it is read: ten, eleven, twenty, twenty-one."""
    if number < 20:
        return (ENGLISH_NUMBERS[number],)
    tens, ones = divmod(number, 10)
    return (ENGLISH_TENS[tens - 2], *((ENGLISH_NUMBERS[ones],) if ones else ()))


def spelt(words: list[str]) -> list[tuple[str, int]]:
    """Letters and digits one by one, each with the silence before it."""
    return [(word, DIGIT if place else NUMBER) for place, word in enumerate(words)]


def joined(words: tuple[str, ...]) -> list[tuple[str, int]]:
    """The words of one number, each with the silence before it."""
    return [(word, 0 if place else NUMBER) for place, word in enumerate(words)]
