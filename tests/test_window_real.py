"""A real window on a virtual screen: locked, quiet, and its Thai whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from broker.language.lines import uncut
from broker.morning.glass import Glass, VirtualScreen
from broker.morning.waiting import until

GEOMETRY = "480x270+0+0"
PROGRAM = """
import sys, threading, time
from broker.window.configure import configure, run
configure("test")
from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.boxlayout import BoxLayout
from broker.window.targets import page, target
from broker.window.text import ThaiLabel

class Touched(ThaiLabel):
    def on_touch_down(self, touch):
        self.text = "touched"
        print("touched", flush=True)
        if "fail" in sys.argv:
            raise RuntimeError("a callback that fails")

class Shell(App):
    def build(self):
        root = BoxLayout()
        root.add_widget(target(Touched(text="A015", font_size=60, bold=True), "number"))
        root.add_widget(target(ThaiLabel(text="น้ำ", opacity=0), "hidden"))
        page("first")
        threading.Thread(target=self.knock, daemon=True).start()
        return root

    def on_stop(self):
        if "late" in sys.argv:
            Clock.create_trigger(lambda _: 1 / 0, -1)()  # as a layout does that finds no app any more

    def knock(self):
        for line in sys.stdin:
            sent = time.monotonic()
            Clock.create_trigger(lambda _: print(time.monotonic() - sent, flush=True), -1)()

sys.exit(run(Shell()))
"""
LINES = """
import json, sys
from broker.window.configure import configure
configure("test")
from broker.window.text import fit, text_width
text = "กรุณาเตรียมบัตรประจำตัวประชาชนและเอกสารให้พร้อมก่อนถึงคิว"
sizes = {width: fit(text, width, 200, 40, False) for width in (900, 400, 150, 60)}
widest = {width: max(text_width(line, False, size) for line in lines) for width, (size, lines) in sizes.items()}
print(json.dumps({"text": text, "sizes": sizes, "widest": widest}))
"""

DRAWN = """
import gc, json
from broker.window.configure import configure
configure("test")
from kivy.base import EventLoop
from kivy.graphics.context import get_context
import numpy as np
from broker.language.catalogue import languages, messages
from broker.window import theme
from broker.window.text import ThaiLabel, line_height, text_width
EventLoop.ensure_window()
texts = sorted({line for each in languages() for text in messages(each) for line in text.split("\\n") if line.strip()})
scale = (theme.FINE, theme.CAPTION, theme.BODY, theme.TITLE, theme.HEADING, theme.DISPLAY)
sizes = sorted({int(unit * size) for unit in (4.2, 8.0) for size in scale})
label, told = ThaiLabel(wraps=False, size=(9999, 999)), []
gc.freeze()
for turn, size in enumerate(sizes):
    for place, text in enumerate(texts):
        if (place + turn) % 3:
            continue  # each text in every third size, each size with every third text: a third of the drawing
        label.text, label.font_size, label.bold = text, size, place % 2 == 0
        label._draw()
        drawn = label._picture.texture
        cover = np.frombuffer(drawn.pixels, np.uint8).reshape(*drawn.size[::-1], 4)[:, :, 3]
        inked = cover.max(axis=0) >= 48
        right = int(np.flatnonzero(inked)[-1]) + 1 - label._margin
        measured = text_width(label.lines[0], label.bold, size), line_height(label.bold, size)
        told.append((text, size, measured, (label.text_width, label.text_height), right))
        if place % 20 == 0:
            gc.collect()
            get_context().flush()  # else every texture is kept until a window is drawn: gigabytes
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    screen = VirtualScreen((640, 480))
    yield screen.display
    screen.stop()


class Shown:
    """The program above, running."""

    def __init__(self, display: str, folder: Path, *arguments: str) -> None:
        self.glass = Glass(display, GEOMETRY, folder / "targets.json")
        env = os.environ | {"DISPLAY": display, "KHIU_WINDOW": GEOMETRY, "KHIU_TARGETS": str(self.glass.targets)}
        program = folder / "program.py"
        program.write_text(PROGRAM)
        self.process = subprocess.Popen(
            [sys.executable, program, *arguments],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.glass.shows("first", within=30)

    def knock(self) -> float:
        """Seconds from a wish on another thread until the window's own thread heard it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def show(display: str, tmp_path: Path) -> Iterator[Callable[..., Shown]]:
    shown: list[Shown] = []

    def start(*arguments: str) -> Shown:
        shown.append(Shown(display, tmp_path, *arguments))
        return shown[-1]

    yield start
    for one in shown:
        one.process.kill()
        one.process.communicate()


def test_no_key_ends_or_changes_the_window(show: Callable[..., Shown], tmp_path: Path) -> None:
    shown = show()
    before = shown.glass.picture(tmp_path / "before.png").read_bytes()
    for key in ("Escape", "F1", "F11", "F12", "alt+F4", "ctrl+c", "ctrl+q", "ctrl+e", "super", "Menu", "Return"):
        shown.glass.key(key)
    shown.knock()  # by now it has heard the keys
    assert shown.process.poll() is None
    assert pixels(shown.glass.picture(tmp_path / "after.png")) == pixels_of(before, tmp_path)


def test_sigterm_ends_it_in_order(show: Callable[..., Shown]) -> None:
    shown = show()
    shown.process.terminate()
    assert shown.process.wait(10) == 0


def test_what_was_still_to_be_laid_out_when_it_ended_is_no_fault(show: Callable[..., Shown]) -> None:
    shown = show("late")
    shown.process.terminate()
    assert shown.process.wait(10) == 0


def test_a_callback_that_raises_ends_it_with_a_fault_so_that_it_is_started_anew(show: Callable[..., Shown]) -> None:
    shown = show("fail")
    shown.glass.touch("number")
    assert shown.process.wait(10) == 1


def test_a_touch_is_one_touch(show: Callable[..., Shown]) -> None:
    shown = show()
    shown.glass.touch("number")
    assert shown.process.stdout
    assert shown.process.stdout.readline() == "touched\n"
    shown.knock()  # a second touch would be told before this one's answer, which must be a number


def test_a_wake_up_from_another_thread_is_seen_soon_and_costs_no_waiting_loop(show: Callable[..., Shown]) -> None:
    shown = show()
    time.sleep(1)  # it has come to rest
    assert sorted(shown.knock() for _ in range(5))[2] < 0.25  # it ticks every 0.1 s
    began, at = shown.cpu(), time.monotonic()
    time.sleep(2)
    assert (shown.cpu() - began) / (time.monotonic() - at) < 0.03  # of a core; measured 0.003


def test_only_visible_parts_are_told_and_in_pixels_from_the_top_left(show: Callable[..., Shown]) -> None:
    shown = show()
    until("the number's place", lambda: "number" in json.loads(shown.glass.targets.read_text()))
    told = json.loads(shown.glass.targets.read_text())
    assert told == {"page": "first", "number": [0, 0, 240, 270]}


def test_a_text_always_fits_and_its_words_stay_whole() -> None:
    out = subprocess.run([sys.executable, "-c", LINES], capture_output=True, text=True, check=True, timeout=30).stdout
    told: dict[str, Any] = json.loads(out)
    for width, (size, lines) in told["sizes"].items():
        assert "".join(lines) == told["text"]
        assert told["widest"][width] <= int(width)
        assert size >= 8
        assert set(accumulate(lines)) <= set(accumulate(uncut(told["text"])))


def test_what_is_measured_is_what_is_drawn(display: str) -> None:
    env = os.environ | {"DISPLAY": display, "KHIU_WINDOW": GEOMETRY}
    program = [sys.executable, "-c", DRAWN]
    out = subprocess.run(program, env=env, capture_output=True, text=True, check=True, timeout=60).stdout
    told = json.loads(out)
    assert len(told) > 1500
    for text, size, (width, height), (drawn, tall), right in told:
        assert drawn <= width <= drawn * 1.02, (text, size)
        # a letter may lean out of its own width, and kerned pairs add to that; the picture has room for twice as much
        assert right <= width + max(2, size * 0.07), (text, size)
        assert tall <= height <= tall * 1.02, (text, size)


def pixels(picture: Path) -> bytes:
    return subprocess.run(["convert", picture, "rgb:-"], capture_output=True, check=True, timeout=30).stdout


def pixels_of(png: bytes, folder: Path) -> bytes:
    (folder / "kept.png").write_bytes(png)
    return pixels(folder / "kept.png")
