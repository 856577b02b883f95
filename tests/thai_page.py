"""`make thai`: everything Thai that can be seen, read back or measured, in one page, ``build/thai/index.html``.

Each section is measured anew by its own file, ``thai_<part>.py``; what lies outside its bound is named on the page and
makes the command exit 1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Rows of words under a head; every row as long as the head."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A file in the section's folder and what it shows (or, of a sound, says)."""

    file: str
    caption: str


@dataclass(frozen=True)
class Section:
    """One part of the page; ``faults`` has a line for each thing outside its bound."""

    title: str
    text: str
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    sounds: tuple[Picture, ...] = ()
    faults: tuple[str, ...] = ()
