"""Hands and eyes at the windows of a virtual screen: X events in, pixels out."""

from __future__ import annotations

import json
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageGrab, ImageOps

from broker.morning.waiting import NotSeen, until

HAND_SECONDS = 0.4  # between two touches of one glass: the kiosk takes quicker ones for one trembling touch
LETTER_HEIGHTS = 50, 40, 60  # pixels; an OCR engine stumbles over a 0 beside a 1 now at this size, now at that
NUMBERS, DRAWN = range(100, 50_000), 5  # displays, and how many are tried
SHOTS = 6  # pictures of a page that will soon be gone
Box = tuple[int, int, int, int]  # x, y, width, height


class VirtualScreen:
    """An X server of our own.

    Its number is drawn from many.  Left to choose, a server takes the lowest whose abstract socket is free in its own
    network namespace, and puts its socket file in the place of another namespace's server of that number: then windows
    appear on one screen, and touches on the other.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        screen = ["-screen", "0", "{}x{}x24".format(*size), "-nolisten", "tcp", "-noreset"]
        for number in random.sample(NUMBERS, DRAWN):
            self._server = subprocess.Popen(
                ["Xvfb", f":{number}", "-displayfd", "1", *screen],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            assert self._server.stdout is not None
            if self._server.stdout.readline().strip():
                self.display = f":{number}"
                return
            self._server.wait(10)
        raise NotSeen("Xvfb did not start")

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(10)


@dataclass
class Glass:
    """One window, found by its place on the screen and by the file in which it says where its parts are."""

    display: str
    geometry: str  # WIDTHxHEIGHT+X+Y
    targets: Path
    _touched: float = 0.0  # monotonic

    @property
    def box(self) -> Box:
        width, height, x, y = map(int, self.geometry.replace("x", "+").split("+"))
        return x, y, width, height

    def page(self) -> str:
        """The name of the page shown, "" before the first."""
        return str(self._read().get("page", ""))

    def shows(self, page: str, within: float = 10.0) -> None:
        """Wait until this page is shown.  Raises `NotSeen`."""
        until(f"page {page} at {self.targets.stem} (it shows {self.page()!r})", lambda: self.page() == page, within)

    def find(self, target: str, within: float = 5.0) -> Box:
        """Where a part of the window is on the screen.  Raises `NotSeen`."""
        until(f"{target} at {self.targets.stem}", lambda: target in self._read(), within)
        x, y, width, height = self._read()[target]
        return self.box[0] + int(x), self.box[1] + int(y), int(width), int(height)

    def touch(self, target: str, seconds: float = 0.08) -> None:
        """Press the middle of a part for so long, as a finger would; no two touches are quicker than a hand."""
        with self.held(target):
            time.sleep(seconds)

    @contextmanager
    def held(self, target: str) -> Iterator[None]:
        """A finger stays on the middle of a part meanwhile."""
        time.sleep(max(0.0, self._touched + HAND_SECONDS - time.monotonic()))
        x, y, width, height = self.find(target)
        self._xdotool("mousemove", str(x + width // 2), str(y + height // 2))
        self._xdotool("mousedown", "1")
        try:
            yield
        finally:
            self._xdotool("mouseup", "1")
            self._touched = time.monotonic()

    def key(self, name: str) -> None:
        """Press a key of a keyboard that somebody plugged in."""
        self._xdotool("key", name)

    def picture(self, file: Path, box: Box | None = None) -> Path:
        """What the glass shows once it has come to rest (or after two seconds, where something moves), as a PNG."""
        shot, before = self.shot(box or self.box), None
        give_up = time.monotonic() + 2
        while (shot != before or _blank(shot)) and time.monotonic() < give_up:
            time.sleep(0.3)
            before, shot = shot, self.shot(box or self.box)
        shot.save(file)
        return file

    def shot(self, box: Box) -> Image.Image:
        """The pixels of a part of the screen at this moment."""
        x, y, width, height = box
        return ImageGrab.grab((x, y, x + width, y + height), xdisplay=self.display)

    def reads(self, target: str, text: str, scratch: Path, within: float = 20.0) -> None:
        """Wait until an OCR engine reads these Latin letters and digits off a part's pixels.  Raises `NotSeen`.

        Each look takes a picture anew and reads it at one height of letters, a picture that it saw before at the next.
        """
        read: set[str] = set()
        seen: Image.Image | None = None
        heights: list[int] = []

        def look() -> bool:
            nonlocal seen, heights
            shot = self.shot(_inside(self.find(target)))
            if shot != seen:
                seen, heights = shot, list(LETTER_HEIGHTS)
            if heights:
                read.add(_ocr(shot, heights.pop(0), scratch / "ocr.png"))
            return text in read

        try:
            until(f"{text} to be read at {self.targets.stem} {target}", look, within)
        except NotSeen as error:
            raise NotSeen(f"{error} (read: {sorted(read)})") from None

    def pictured(self, page: str, target: str, text: str, file: Path) -> None:
        """Keep a picture of this page in which an engine reads this text at its place.  Raises `NotSeen`.

        All pictures are taken first and read then: the page may be gone before the engine is done, and the first one
        may still show what the glass showed before.
        """
        self.shows(page)
        left, top, width, height = _inside(self.find(target))
        x, y = self.box[:2]
        shots: list[Image.Image] = []
        while self.page() == page and len(shots) < SHOTS:
            shots.append(self.shot(self.box))
            time.sleep(0.2)
        read: set[str] = set()
        scratch = file.with_suffix(".part.png")
        for shot in reversed(shots):
            part = shot.crop((left - x, top - y, left - x + width, top - y + height))
            for pixels in LETTER_HEIGHTS:
                read.add(_ocr(part, pixels, scratch))
                if text in read:
                    shot.save(file)
                    scratch.unlink()
                    return
        raise NotSeen(f"{text} is not to be read in {len(shots)} pictures of {page} (read: {sorted(read)})")

    def _read(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.targets.read_text()))
        except FileNotFoundError:
            return {}

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], check=True, timeout=10, env={"DISPLAY": self.display} | _PATH)


def _inside(box: Box) -> Box:
    """Without its frame: an engine takes the line around a card for a letter's."""
    x, y, width, height = box
    return x + 4, y + 4, width - 8, height - 8


def _blank(shot: Image.Image) -> bool:
    """Whether a picture is of one colour: a window that has not drawn yet."""
    return shot.getcolors(1) is not None


def _ocr(shot: Image.Image, height: int, page: Path) -> str:
    """What an OCR engine reads in a picture, made as it likes it: dark letters on white, with a margin."""
    grey = ImageOps.autocontrast(shot.convert("L"))
    if grey.crop((0, 0, 1, 1)).getextrema() == (0, 0):
        grey = ImageOps.invert(grey)
    ink = grey.crop(ImageOps.invert(grey).point(lambda value: 255 * (value > 100)).getbbox())
    ImageOps.expand(ink.resize((height * ink.width // ink.height, height)), 30, 255).save(page)
    command = ["tesseract", str(page), "-", "--psm", "8", "-c", "tessedit_char_whitelist=ABR0123456789"]
    env = {"OMP_THREAD_LIMIT": "1"} | _PATH
    answer = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30, env=env)
    return str(answer.stdout).strip()


_PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
