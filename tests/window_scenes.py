"""Scenes: what a window shows at one moment, built from the product's own widgets, and how well it must be read.

A node's scenes are a list of `Scene` in ``scenes_<node>.py``, made by its function ``scenes(sizes)``, and beside it
``app()`` for what its .kv file asks of ``app``.  `window_render` draws them all in a real window.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from broker.window.sight import Sight

_THAI, _LATIN = re.compile("[\u0e01-\u0e5b]"), re.compile("[A-Za-z]{2}")  # a ticket's one letter is no language


@dataclass(frozen=True)
class Floors:
    """The least angles (minutes of arc) under which capitals of a scene's texts are seen.

    ``named`` is by target (`broker.window.targets`): of a label, or of what it lies in; it goes before all others.
    """

    sight: Sight
    first: float  # texts of the language that stands first, and numbers
    second: float
    bold: float = 0.0
    named: dict[str, float] = field(default_factory=dict)

    def least(self, text: str, bold: bool, language: str, names: set[str]) -> float:
        """What holds for a text of a window whose first language is this, within targets of these names."""
        for name, floor in self.named.items():
            if any(re.fullmatch(name, each) for each in names):
                return floor
        own, other = (_THAI, _LATIN) if language == "th" else (_LATIN, _THAI)
        floor = self.second if other.search(text) and not own.search(text) else self.first
        return max(floor, self.bold if bold else 0.0)


@dataclass(frozen=True)
class Scene:
    """``build`` makes the window's root widget and brings it into the state that the name tells."""

    name: str  # "board-called-th": letters, digits, hyphens; the name of its picture
    language: str  # that stands first in it
    floors: Floors
    build: Callable[[], Any]
    then: tuple[Callable[[Any], None], ...] = ()  # what then happens to it, each time it rests
