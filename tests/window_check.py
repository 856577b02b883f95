"""What is wrong with the text of a window, found in its pixels: cut, covered, faint, small, broken inside a word.

The window is drawn twice, with its labels and without; between the two, what stands behind each letter is known
pixel by pixel.  Rows of pixels count from the bottom, as in OpenGL.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from window_scenes import Scene

from broker.language import lines
from broker.language.lines import uncut
from broker.window import targets, theme
from broker.window.text import ThaiLabel, _drawing, capital_share, line_height

Pixels = Any  # numpy array, rows × columns × red, green, blue (0 … 255)
INKED, SOLID = 48, 250  # of 255: a pixel that shows a letter; one that is all letter
FACE = 1000  # px: at this size a face is what its designer drew
EDGE = 2  # pixels by which hinting may move a letter's edge out of its box; whether it then meets another is asked too
APART = 2  # pixels of ground between two texts, at least
AA, AA_LARGE = 4.5, 3.0  # WCAG 2.2, 1.4.3
# WCAG calls 24 CSS pixels large, and 18.66 bold ones; a CSS pixel is 1/96 inch at 28 inches: 1.279 minutes of arc.
LARGE, LARGE_BOLD = 24 * 1.279, 18.66 * 1.279


@dataclass(frozen=True)
class Fault:
    """``kind`` is one of clipped, overlapped, hidden, faint, small, cut."""

    kind: str
    text: str
    detail: str


@dataclass(frozen=True)
class Measured:
    """One label as it was drawn: the height of its capitals in minutes of arc, that floor, its contrast, its bound."""

    text: str
    arcminutes: float
    least: float
    contrast: float
    bound: float


@dataclass(frozen=True)
class Ink:
    """A label's letters in the window: coverage (0 … 255), and where its lower left corner stands."""

    label: Any
    x: int
    y: int
    cover: Pixels

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """Left, bottom, right, top of what is inked, in pixels of the window."""
        rows = np.flatnonzero((self.cover >= INKED).any(axis=1))
        columns = np.flatnonzero((self.cover >= INKED).any(axis=0))
        return (
            self.x + int(columns[0]), self.y + int(rows[0]), self.x + int(columns[-1]) + 1, self.y + int(rows[-1]) + 1
        )  # fmt: skip


def labels(root: Any) -> list[Any]:
    """All labels under a widget that show a text."""
    found = [w for w in root.walk(restrict=True) if isinstance(w, ThaiLabel)]
    return [label for label in found if lines.shown(label.text).strip() and targets._visible(label)]


def check(scene: Scene, root: Any, shown: Pixels, bare: Pixels, unit: float) -> tuple[list[Measured], list[Fault]]:
    """All that can be said about the labels under ``root``, drawn in ``shown`` and left out in ``bare``."""
    measured, faults, inks = [], [], []
    for label in labels(root):
        ink = _ink(label)
        if ink is None:
            faults.append(Fault("clipped", label.text, "its box leaves no room to draw it"))
            continue
        inks.append(ink)
        faults += _clipped(ink, shown.shape)
        faults += _cut(label)
        if len(label.lines) > 1 and label.leading < _closest(label.text.isascii(), label.bold):
            faults.append(Fault("overlapped", label.text, f"its lines, {label.leading} of the type's height apart"))
        row = _measure(scene, ink, shown, bare, unit)
        measured.append(row)
        if row.arcminutes < row.least:
            faults.append(Fault("small", label.text, f"{row.arcminutes:.1f} minutes of arc, not {row.least:g}"))
        if hidden := _hidden(ink, shown):
            faults.append(Fault("hidden", label.text, f"{hidden:.0%} of its letters are covered or cut off"))
        elif row.contrast < row.bound:
            faults.append(Fault("faint", label.text, f"contrast {row.contrast:.2f}, not {row.bound}"))
    for one, other in itertools.combinations(inks, 2):
        if _touch(one, other):
            faults.append(Fault("overlapped", one.label.text, f"by {other.label.text!r}"))
    return measured, faults


def _ink(label: Any) -> Ink | None:
    picture = label._picture
    if not label.lines or picture.texture is None:
        return None
    width, height = picture.texture.size
    cover = np.frombuffer(picture.texture.pixels, np.uint8).reshape(height, width, 4)[::-1, :, 3]
    x, y = label.to_window(*picture.pos)
    return Ink(label, round(x), round(y), cover) if (cover >= INKED).any() else None


def _clipped(ink: Ink, window: tuple[int, ...]) -> Iterator[Fault]:
    left, bottom, right, top = ink.box
    text = ink.label.text
    height, width = window[:2]
    if left < 0 or bottom < 0 or right > width or top > height:
        yield Fault("clipped", text, "it leaves the window")
    edges = {"lower": ink.cover[0], "upper": ink.cover[-1], "left": ink.cover[:, 0], "right": ink.cover[:, -1]}
    for side, edge in edges.items():
        if edge.max() > 96:
            yield Fault("clipped", text, f"its letters touch the {side} edge of what they are drawn on")
    widget = ink.label
    while widget is not None and hasattr(widget, "to_window") and widget.parent is not widget:
        x, y = widget.to_window(*widget.pos)
        if left < x - EDGE or bottom < y - EDGE or right > x + widget.width + EDGE or top > y + widget.height + EDGE:
            yield Fault("clipped", text, f"it leaves the box of its {type(widget).__name__}")
            return
        widget = widget.parent


def _cut(label: Any) -> Iterator[Fault]:
    if not label.wraps:
        return
    words = [piece for paragraph in label.text.split("\n") for piece in uncut(paragraph)]
    ends = set(itertools.accumulate(len(_bare(word)) for word in words))
    for end in itertools.accumulate(len(_bare(line)) for line in label.lines):
        if end not in ends:
            yield Fault("cut", label.text, f"a line ends within a word: {label.lines}")
            return


@cache
def _closest(latin: bool, bold: bool) -> float:
    """The least leading at which nothing below a letter meets what stands above one of the line that follows."""
    drawing = _drawing(100, bold, padding=(9, 0))
    drawing.text = "bdhklgjpqyM" if latin else "ปี่ญู"
    drawing.refresh()
    width, height = drawing.texture.size
    inked = np.frombuffer(drawing.texture.pixels, np.uint8).reshape(height, width, 4)[:, :, 3].max(axis=1) >= INKED
    return float(inked.sum()) / height


def _bare(text: str) -> str:
    return "".join(lines.shown(text).split())


def _measure(scene: Scene, ink: Ink, shown: Pixels, bare: Pixels, unit: float) -> Measured:
    label, sight = ink.label, scene.floors.sight
    # of the face, not of the pixels to which a line is rounded
    capital = capital_share(label.bold)[0] * line_height(label.bold, FACE) * label.drawn_size / FACE
    large = sight.arcminutes(label.drawn_size / unit) >= (LARGE_BOLD if label.bold else LARGE)
    least = scene.floors.least(label.text, label.bold, scene.language, _names(label))
    return Measured(
        label.text, sight.arcminutes(capital / unit), least, _contrast(ink, shown, bare), AA_LARGE if large else AA
    )


def _names(label: Any) -> set[str]:
    family = [label]
    while (parent := getattr(family[-1], "parent", None)) is not None and parent is not family[-1]:
        family.append(parent)
    return {name for name, widgets in targets._named.items() if any(w in widgets for w in family)}


def _within(ink: Ink, frame: Pixels) -> tuple[Pixels, Pixels]:
    """The part of a frame that lies under a label, and the label's coverage there."""
    height, width = ink.cover.shape
    bottom, left = max(0, ink.y), max(0, ink.x)
    part = frame[bottom : ink.y + height, left : ink.x + width]
    return part, ink.cover[bottom - ink.y :, left - ink.x :][: part.shape[0], : part.shape[1]]


def _contrast(ink: Ink, shown: Pixels, bare: Pixels) -> float:
    """Between the letters and the least favourable of the grounds right behind them."""
    (drawn, cover), (ground, _) = _within(ink, shown), _within(ink, bare)
    if not (cover >= INKED).any():
        return 1.0
    solid = drawn[cover >= max(INKED, min(SOLID, int(cover.max())))]
    letters = tuple(np.median(solid, axis=0) / 255)
    behind = ground[cover >= INKED].astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    colours, counts = np.unique(behind, return_counts=True)
    worst = colours[counts > 2] if (counts > 2).any() else colours
    grounds = [theme.colour(f"#{int(colour):06x}") for colour in worst]
    return min(theme.contrast((*letters, 1.0), ground) for ground in grounds)


def _hidden(ink: Ink, shown: Pixels) -> float:
    """Which share of its letters does not appear in its own colour."""
    drawn, cover = _within(ink, shown)
    solid = drawn[cover >= SOLID].astype(int)
    if not len(solid):
        return 0.0
    wanted = np.array([round(255 * part) for part in ink.label.color[:3]])
    share = float((np.abs(solid - wanted).max(axis=1) > 32).mean())
    return share if share > 0.01 else 0.0


def _touch(one: Ink, other: Ink) -> bool:
    (l1, b1, r1, t1), (l2, b2, r2, t2) = one.box, other.box
    left, bottom, right, top = max(l1, l2) - APART, max(b1, b2) - APART, min(r1, r2) + APART, min(t1, t2) + APART
    if left >= right or bottom >= top:
        return False
    first, second = (_mask(ink, left, bottom, right, top) for ink in (one, other))
    grown = np.zeros_like(first)
    for down, across in itertools.product(range(-APART + 1, APART), repeat=2):
        grown |= np.roll(first, (down, across), axis=(0, 1))
    return bool((grown & second).any())


def _mask(ink: Ink, left: int, bottom: int, right: int, top: int) -> Pixels:
    mask = np.zeros((top - bottom, right - left), bool)
    height, width = ink.cover.shape
    x0, x1 = max(left, ink.x), min(right, ink.x + width)
    y0, y1 = max(bottom, ink.y), min(top, ink.y + height)
    if x0 < x1 and y0 < y1:
        mask[y0 - bottom : y1 - bottom, x0 - left : x1 - left] = (
            ink.cover[y0 - ink.y : y1 - ink.y, x0 - ink.x : x1 - ink.x] >= INKED
        )
    return mask
