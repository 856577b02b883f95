"""What is to be spoken, word by word.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

CHIME = "chime"


class Clip(NamedTuple):
    """One word of a pack and the silence before it; the chime has no language."""

    language: str
    word: str
    pause: int  # ms
    instead: str = ""  # what a pack without the word says in its place


def sentences(spoken: Iterable[Clip]) -> list[tuple[str, tuple[Clip, ...]]]:
    """The clips grouped into the chime and each language's sentence, in order."""
    return [(language, tuple(group)) for language, group in groupby(spoken, lambda clip: clip.language)]
