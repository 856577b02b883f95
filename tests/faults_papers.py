"""The paper and the sound that came out, read as people would: QR codes, the word "copy", announcements."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image
from promises import Breach, Paper

from broker.centre import Centre
from broker.morning.ears import Ears
from broker.node import voice_directory
from broker.voice.pack import Voice
from broker.voice.sound import RATE, wav
from display.voice.announcement import clips
from kiosk.printer import AFRESH

Words = tuple[str, int, bool]  # number, point, called before
WAV_HEAD = 44


class Papers:
    """The whole tickets in a printer's folder; torn ones, and what is cut off after one, are nobody's."""

    def __init__(self, folder: Path, centre: Centre) -> None:
        self._folder, self._centre = folder, centre
        self._codes: dict[Path, str] = {}
        self._copies: dict[Path, bool] = {}

    def whole(self) -> list[Paper]:
        """A paper whose QR code cannot be read is reported as number "?": it is lost to its citizen."""
        of: dict[str, list[Path]] = defaultdict(list)
        for picture in sorted(self._folder.glob("[0-9]*.png"), key=lambda p: int(p.stem.split("-")[0])):
            if "torn" not in picture.stem and not picture.with_suffix(".escpos").read_bytes().endswith(AFRESH):
                of[self._code(picture)].append(picture)
        return [
            self._paper(code, len(pictures) > 1 and self._says_copy(picture))
            for code, pictures in of.items()
            for picture in pictures
        ]

    def _paper(self, code: str, copy: bool) -> Paper:
        _, _, day, number = code.split(":") if code.count(":") == 3 else ("", "", "1970-01-01", "?")
        return Paper(self._centre.kiosks[0].name, dt.date.fromisoformat(day), number, copy)

    def _code(self, picture: Path) -> str:
        if picture not in self._codes:
            self._codes[picture] = _said("zbarimg", "-q", "--raw", picture)
        return self._codes[picture]

    def _says_copy(self, picture: Path) -> bool:
        """By reading it; only where the same number came out more than once, for that takes a second."""
        if picture not in self._copies:
            with Image.open(picture) as paper:  # the word stands white on black, near the top
                grey = paper.convert("L").crop((0, 0, paper.width, paper.height // 3)).point(lambda v: 255 - v)
                grey.save(picture.with_suffix(".top"), format="PNG")
            read = _said("tesseract", picture.with_suffix(".top"), "-", "--psm", "6", "-l", "eng+tha")
            self._copies[picture] = "copy" in read.lower() or "สำเนา" in read
        return self._copies[picture]


class Sounds:
    """What was heard at the sound card, recognised word for word by mixing every call anew."""

    def __init__(self, ears: Ears, centre: Centre) -> None:
        self._ears, self._centre = ears, centre
        self._voice = Voice.load(voice_directory(), centre.voice.pack)
        if not self._voice.packs:  # then every call is the same chime
            raise FileNotFoundError(f"no voice pack in {voice_directory()}: make setup builds one")
        self._mixed: dict[Words, bytes] = {}
        self._heard: Counter[Words] = Counter()
        self._listened = 0

    def doubled(self, calls: Mapping[Words, int]) -> Iterator[Breach]:
        """Announcements that were heard to their end more often than they were called."""
        heard = self._ears.heard()
        for playback in heard[self._listened :]:
            played = playback.file.read_bytes()
            self._heard.update([words for words in calls if played.startswith(self._mix(words))][:1])
            playback.file.write_bytes(b"")  # an hour of speech is a gigabyte
        self._listened = len(heard)
        for words, times in self._heard.items():
            if times > calls.get(words, 0):
                yield Breach("doubled", f"{words[0]} to point {words[1]} was heard {times} times")

    def _mix(self, words: Words) -> bytes:
        if words not in self._mixed:
            number, point, again = words
            rules = self._centre.voice
            sound = self._voice.mix(clips(number, point, rules.speakers, rules.polite, again))
            self._mixed[words] = wav(sound, RATE)[WAV_HEAD:]
        return self._mixed[words]


def _said(*command: object) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=120)
    return done.stdout.strip()
