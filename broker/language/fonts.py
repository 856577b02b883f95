"""A face's file, by its family's name: fontconfig knows where."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path


class FontMissing(LookupError):
    """The face is not installed; fontconfig would put another in its place, perhaps one without Thai."""


def require(name: str) -> None:
    """Raises `FontMissing` unless the face is there, regular and bold."""
    for bold in (False, True):
        font_file(name, bold)


@cache
def font_file(name: str, bold: bool = False) -> Path:
    """The file of this family, regular or bold.  Raises `FontMissing`; asks fontconfig's ``fc-match`` once a face."""
    pattern = name.replace("\\", "\\\\").replace("-", "\\-").replace(":", "\\:") + (":bold" if bold else ":regular")
    try:
        answer = subprocess.run(
            ["fc-match", "--format", "%{family}\n%{file}", pattern],
            capture_output=True, text=True, timeout=10, check=True,
        ).stdout  # fmt: skip
    except FileNotFoundError as error:
        raise FontMissing("fc-match is not installed (Debian package fontconfig)") from error
    except subprocess.SubprocessError as error:
        raise FontMissing(f"fontconfig gave no answer about {name!r}: {error}") from error
    families, file = answer.split("\n", 1)
    if name.casefold() not in families.casefold().split(","):
        raise FontMissing(f"the face {name!r} is not installed (Loma is in Debian package fonts-tlwg-loma-ttf)")
    return Path(file)
