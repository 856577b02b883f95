"""Draws scenes in a real window on a virtual screen and checks their text: one process a node and size.

As a program: ``window_render.py WIDTHxHEIGHT FOLDER|- NODE`` prints one JSON line a scene.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SIZES = ((1920, 1080), (1080, 1920), (1280, 800))
PANEL = (1414, 420)  # the points below a demonstration's kiosk and screen, on a desk's monitor
SETTLED = 8  # rounds of Kivy's clock until a layout rests


@dataclass(frozen=True)
class Seen:
    """A scene that was drawn: its labels' measures and its faults, as `window_check` names them."""

    scene: str
    labels: list[dict[str, Any]]
    faults: list[dict[str, str]]
    seconds: float


def render(size: tuple[int, int], folder: Path | None, node: str, only: str = "") -> list[Seen]:
    """Draw all scenes of a node at this size; with a folder, keep a picture of each there.

    ``only``: those whose name matches this pattern from its beginning.
    """
    from broker.morning.glass import VirtualScreen

    display = VirtualScreen(size)
    place = "{}x{}".format(*size)
    env = os.environ | {"DISPLAY": display.display, "KHIU_WINDOW": f"{place}+0+0", "KHIU_SCENES": only}
    try:
        done = subprocess.run(
            [sys.executable, __file__, place, folder or "-", node],
            env=env, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
    finally:
        display.stop()
    if done.returncode:
        raise RuntimeError(f"{node} at {place}: {done.stderr[-3000:]}")
    return [Seen(**json.loads(line)) for line in done.stdout.splitlines()]


def main(place: str, folder: str, node: str) -> None:
    from broker.window.configure import configure

    configure("scenes")
    from kivy.config import Config

    Config.set("graphics", "maxfps", "0")  # a clock that never sleeps
    width, height = map(int, place.split("x"))
    scenes = importlib.import_module(f"scenes_{node}")  # of one node: Kivy's rules and its `app` are one a process
    for seen in draw(scenes, (width, height), None if folder == "-" else Path(folder)):
        print(json.dumps(asdict(seen), ensure_ascii=False), flush=True)


def draw(scenes: Any, size: tuple[int, int], folder: Path | None) -> Iterator[Seen]:
    import re

    from kivy.app import App
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from window_check import check

    from broker import clock
    from broker.window import theme

    EventLoop.start()
    Window.clearcolor = theme.GROUND
    App._running_app = scenes.app(size)  # what a .kv file means by `app`
    for scene in scenes.scenes(size):
        if not re.match(os.environ.get("KHIU_SCENES", ""), scene.name):
            continue
        began = clock.monotonic()
        root = scene.build()
        Window.add_widget(root)
        settle()
        for act in scene.then:
            act(root)
            settle()
        shown = frame(Window)
        bare = without_labels(root, Window)
        measured, faults = check(scene, root, shown, bare, theme.unit(*size))
        if folder:
            keep(shown, folder / f"{scene.name}-{size[0]}x{size[1]}.png")
        Window.remove_widget(root)
        yield Seen(scene.name, [asdict(m) for m in measured], [asdict(f) for f in faults], clock.monotonic() - began)


def settle() -> None:
    """Let Kivy lay out and redraw until nothing is due any more."""
    from kivy.clock import Clock
    from kivy.lang import Builder

    for _ in range(SETTLED):
        Clock.tick()
        Builder.sync()
        Clock.tick_draw()
        Builder.sync()


def frame(window: Any) -> Any:
    """Draw the window; its pixels, rows from the bottom."""
    import numpy as np
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

    window.dispatch("on_draw")
    width, height = window.size
    pixels = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 4)[:, :, :3]


def without_labels(root: Any, window: Any) -> Any:
    """The same without its letters."""
    from window_check import labels

    shown = labels(root)
    for label in shown:
        label._colour.a = 0
    bare = frame(window)
    for label in shown:
        label._recolour()
    return bare


def keep(pixels: Any, file: Path) -> None:
    """A small PNG: 64 colours are enough for flat grounds and the edges of letters."""
    from PIL import Image

    Image.fromarray(pixels[::-1]).quantize(64).save(file, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
