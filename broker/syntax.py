"""A file that is no TOML at all: where it stops being some, and what to write there instead."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from broker.language.catalogue import N_
from broker.said import Said

_OPEN = N_("a text without its closing quotation mark; write it behind the text, in the same line")
_TWICE = N_("this key or table stands in the file already; leave one of the two")
# How the parser's own words begin (of CPython 3.11 to 3.13, and the same since) → what a person can do
WORDS = (
    (r"Illegal character '\n'", _OPEN),
    ("Unterminated string", _OPEN),
    ('Expected "\'"', _OPEN),
    ("Illegal character", N_("a sign that nobody sees may not stand here; delete it and write the line anew")),
    ("Expected '=' after", N_("no = after the key; write key = value")),
    ("Expected ']' at the end", N_("the name of a table without its ]; write it as [table]")),
    ("Expected ']]' at the end", N_("the name of a table without its ]]; write it as [[table]]")),
    ("Cannot overwrite", _TWICE),
    ("Cannot declare", _TWICE),
    ("Duplicate inline table key", _TWICE),
    (
        "Expected newline",
        N_(
            "something stands behind the value; a text in quotation marks, a time such as 08:30:00, a date such as "
            "2026-12-31, each key in a line of its own"
        ),
    ),
    (
        "Invalid value",
        N_('no value; a text in straight quotation marks ("), a number, true, false, or a list in [ ]'),
    ),
    ("Unclosed array", N_("a list that does not end; a comma between its values, and ] behind the last")),
    (
        "Unclosed inline table",
        N_("a table in braces that does not end; a comma between its keys, the closing brace in the same line"),
    ),
    (
        "Invalid statement",
        N_("neither a key nor a table; write key = value or [table], and # before what is only a note"),
    ),
    ("Unescaped", N_(r"a \ in a text; write it twice, as \\")),
)


class NotToml(ValueError):
    """``said``: the fault, with its place."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


def parse(data: bytes) -> dict[str, Any]:
    """The tables of a file; a mark of UTF-8 at its beginning, as some editors write it, is none of it.

    Raises `NotToml`.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotToml(Said(N_("the file is written as UTF-16; save it as UTF-8")))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NotToml(
            Said(N_("line {line}: letters that are no UTF-8, perhaps TIS-620; save the file as UTF-8"), line=line)
        ) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotToml(_placed(text, str(error))) from error


def _placed(text: str, said: str) -> Said:
    lines = text.splitlines()
    place = re.search(r"\(at line (\d+), column (\d+)\)", said)
    line, column = (int(place[1]), int(place[2])) if place else (len(lines), len(lines[-1]) if lines else 1)
    words = next((words for begins, words in WORDS if said.startswith(begins)), None)
    what = Said(words) if words else Said(N_("this is not TOML ({said}); see toml.io"), said=said)
    reads = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return Said(
        N_("line {line}, column {column}: {what} (the line reads: {reads})"),
        line=line, column=column, what=what, reads=reads if len(reads) <= 80 else reads[:79] + "…",
    )  # fmt: skip
