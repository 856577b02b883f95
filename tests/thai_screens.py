"""Every screen in every language and size, as it is drawn and as colour-blind eyes see it, for `make thai`."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import numpy as np
from colour_sight import APART, EYES, SETS, least, simulate
from PIL import Image
from thai_page import Picture, Section, Table
from thai_words import compare, faults
from window_render import PANEL, SIZES, Seen, render

NODES = {"board": SIZES, "kiosk": SIZES, "panel": (PANEL, *SIZES)}
HARD_WORDS = "hard-words.png"
SEEN_BLIND = "board-waiting-th-1920x1080.png"


def section(folder: Path) -> Section:
    """Draw, check and picture all of them."""
    wrong = faults(compare("Thai", "Loma", folder / HARD_WORDS))
    pictures = [
        Picture(HARD_WORDS, "Words that go wrong first: dark as the window draws them, blue as HarfBuzz sets them")
    ]
    rows: list[tuple[str, ...]] = []
    for node, sizes in NODES.items():
        for size in sizes:
            scenes = render(size, folder, node)
            rows.append(_row(node, size, scenes))
            pictures += [
                Picture(f"{s.scene}-{size[0]}x{size[1]}.png", f"{s.scene} {size[0]}×{size[1]}") for s in scenes
            ]
            wrong += [f"{s.scene} {size}: {f['kind']} {f['text']!r}: {f['detail']}" for s in scenes for f in s.faults]
    apart = {(what, eye): least(colours, eye) for what, colours in SETS.items() for eye in EYES}
    wrong += [f"{what} for {eye}: ΔE {distance:.1f}" for (what, eye), distance in apart.items() if distance < APART]
    pictures += [_as_seen(folder, eye) for eye in EYES if eye != "common"]
    return Section(
        "Screens",
        "Each state of board, kiosk and the demonstration's points in a real window at three sizes (the points at the"
        " demonstration's, too), Thai first and English first. The checker reads the window's pixels: text that is cut,"
        " covered, faint (WCAG 2.2 AA), smaller than its floor or broken inside a word is a fault. Sizes are angles of"
        " capitals, for a 43-inch board at 5 m, a kiosk and a desk's monitor at 0.6 m; nobody's eyes were tested.",
        (
            Table(
                "What the checker found",
                ("screen", "size", "scenes", "labels", "least contrast", "smallest capital", "faults"),
                tuple(rows),
            ),
            Table(
                f"Least difference of colours, ΔE (bound {APART:g})",
                ("what", *EYES),
                tuple(
                    (what, *(f"{distance:.1f}" for _, distance in group))
                    for what, group in groupby(apart.items(), lambda item: item[0][0])
                ),
            ),
        ),
        tuple(pictures),
        faults=tuple(wrong),
    )


def _row(node: str, size: tuple[int, int], scenes: list[Seen]) -> tuple[str, ...]:
    labels = [label for scene in scenes for label in scene.labels]
    return (
        node,
        f"{size[0]}×{size[1]}",
        str(len(scenes)),
        str(len(labels)),
        f"{min(label['contrast'] for label in labels):.2f}",
        f"{min(label['arcminutes'] for label in labels):.1f} minutes of arc",
        str(sum(len(scene.faults) for scene in scenes)),
    )


def _as_seen(folder: Path, eye: str) -> Picture:
    name = f"board-{eye}.png"
    with Image.open(folder / SEEN_BLIND) as picture:
        pixels = np.asarray(picture.convert("RGB")) / 255
    Image.fromarray((simulate(pixels, eye) * 255).round().astype(np.uint8)).quantize(64).save(folder / name)
    return Picture(name, f"The board as seen with {eye}")
