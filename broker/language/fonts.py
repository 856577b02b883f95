"""A face's file and letters, by its family's name: fontconfig knows both."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path


class FontMissing(LookupError):
    """The face is not installed; fontconfig would put another in its place, perhaps one without Thai."""


@dataclass(frozen=True)
class Face:
    """One weight of a family: its file, and the code points that it has letters for, as inclusive ranges."""

    file: Path
    ranges: tuple[tuple[int, int], ...]

    def __contains__(self, letter: str) -> bool:
        return any(first <= ord(letter) <= last for first, last in self.ranges)


def font_file(name: str, bold: bool = False) -> Path:
    """The file of this family, regular or bold.  Raises `FontMissing`."""
    return face(name, bold).file


@cache
def face(name: str, bold: bool = False) -> Face:
    """This family, regular or bold.  Raises `FontMissing`; asks fontconfig's ``fc-match`` once a face."""
    pattern = re.sub(r"([\\\-:,])", r"\\\1", name) + (":bold" if bold else ":regular")
    try:
        answer = subprocess.run(
            ["fc-match", "--format", "%{family}\n%{file}\n%{charset}", pattern],
            capture_output=True, text=True, timeout=10, check=True,
        ).stdout  # fmt: skip
    except FileNotFoundError as error:
        raise FontMissing("fc-match is not installed (Debian package fontconfig)") from error
    except subprocess.SubprocessError as error:
        raise FontMissing(f"fontconfig gave no answer about {name!r}: {error}") from error
    families, file, letters = answer.split("\n")
    if name.casefold() not in families.casefold().split(","):
        raise FontMissing(f"the face {name!r} is not installed (Loma is in Debian package fonts-tlwg-loma-ttf)")
    return Face(Path(file), tuple(_range(part) for part in letters.split()))


def _range(part: str) -> tuple[int, int]:
    """e01-e3a or e3f → first and last code point (FcCharSet's own notation)."""
    first, _, last = part.partition("-")
    return int(first, 16), int(last or first, 16)
