"""The English pack, through pyttsx3, in a child that can be killed.

pyttsx3 on Linux returns before the sound is there, goes silent on the second word unless a property was set
between, and hangs after a fork.  So: a fresh interpreter, the voice set before every word, one file a word, the size of
each looked at, and what is missing asked for again in another child.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import pyttsx3

from broker.voice.sound import Sound, read

RATE = 22050
VOICE, WORDS_A_MINUTE = "gmw/en-us", 150  # espeak-ng 1.52 writes the voice gmw/en-US
LEAST_BYTES = 4000  # a WAV below this holds a header or a click, no word
CHILDREN = 3
LONGEST_NAME = 60  # as the manifest allows
SECONDS_A_WORD, SECONDS_TO_START = 1.0, 15.0


class EnglishError(RuntimeError):
    """pyttsx3 gave no sound for some words; ``str()`` names them and what it wrote last."""


def words(vocabulary: Sequence[str]) -> dict[str, tuple[str, Sound]]:
    """Word → (file name, sound at `RATE`).  Raises `EnglishError`."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {word: Path(folder) / file_name(word) for word in vocabulary}
        complaint = ""
        for _ in range(CHILDREN):
            wanted = {str(path): word for word, path in paths.items() if not _whole(path)}
            if not wanted:
                break
            complaint = _child(wanted)
        silent = [word for word, path in paths.items() if not _whole(path)]
        if silent:
            raise EnglishError(f"no sound for {', '.join(silent)}: {complaint}")
        return {word: (path.name, read(path, (RATE,))[0]) for word, path in paths.items()}


def file_name(word: str) -> str:
    """A name that a manifest may hold; two words that read alike to a file system stay apart."""
    name = re.sub(r"[^a-z0-9]+", "-", word.lower())
    return f"{name}.wav" if len(name) == len(word) <= LONGEST_NAME else f"{name[:40]}-{crc32(word.encode()):08x}.wav"


def _whole(path: Path) -> bool:
    return path.exists() and path.stat().st_size >= LEAST_BYTES


def _child(wanted: dict[str, str]) -> str:
    """Speaks each word to its file; returns what the child complained of."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=json.dumps(wanted),
            text=True,
            capture_output=True,
            check=False,
            timeout=SECONDS_TO_START + SECONDS_A_WORD * len(wanted),
        )
    except subprocess.TimeoutExpired:
        return "killed, it did not end"
    return done.stderr.strip()[-300:] or f"exit {done.returncode}"


def _speak() -> None:
    engine = pyttsx3.init()
    voice = next(voice.id for voice in engine.getProperty("voices") if voice.id.lower() == VOICE)
    engine.setProperty("rate", WORDS_A_MINUTE)
    for path, word in json.load(sys.stdin).items():
        engine.setProperty("voice", voice)
        engine.save_to_file(word, path)
        engine.runAndWait()


if __name__ == "__main__":
    _speak()
