"""Several things in a row as people write them: Thai with spaces and และ, English with commas and "and"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from babel.lists import format_list

_BESIDE_A_NUMBER = re.compile(
    r"(?<=[\u0e01-\u0e5b])(?=\d)|(?<=\d)(?=[\u0e01-\u0e5b])"
)  # Thai leaves a space, Babel none


def listed(things: Sequence[str], language: str) -> str:
    """2 5 และ 7 / 2, 5, and 7; one thing is itself, nothing is empty."""
    return _BESIDE_A_NUMBER.sub(" ", format_list(things, locale=language)) if len(things) > 1 else "".join(things)


def ranges(points: tuple[int, ...], language: str) -> str:
    """Points as people write them: 2–3; 2 and 5 / 2 และ 5; 2–4 and 7."""
    runs: list[list[int]] = []
    for point in sorted(set(points)):
        if runs and point == runs[-1][-1] + 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return listed([f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs], language)
