"""A person at a terminal: pages out, single keys in, whichever of the Thai and Latin keyboards is switched on."""

from __future__ import annotations

import codecs
import os
import sys
import termios
import tty
from collections.abc import Sequence
from typing import Literal, Self

Key = Literal["enter", "again", "back", "skip", "play", "keep", "yes", "quit", "other"]

# The Thai letter is the one on the same key (Kedmanee).
KEYS: dict[str, Key] = {
    "\r": "enter", "\n": "enter", " ": "play",
    "r": "again", "พ": "again", "b": "back", "ิ": "back", "s": "skip", "ห": "skip", "p": "play", "ย": "play",
    "k": "keep", "า": "keep", "y": "yes", "ั": "yes", "q": "quit", "ๆ": "quit", "\x04": "quit",
    "\x1b[D": "back", "\x1b[C": "skip",
}  # fmt: skip
CLEAR, BOLD, MARKED, PLAIN = "\x1b[H\x1b[2J", "\x1b[1m", "\x1b[7m", "\x1b[0m"


class NoTerminal(OSError):
    """Input or output is no terminal."""


class Terminal:
    """Entered, it takes keys unechoed and at once; left, it is as it was.  Raises `NoTerminal`."""

    def __init__(self) -> None:
        self._input = sys.stdin.fileno()
        if not (os.isatty(self._input) and sys.stdout.isatty()):
            raise NoTerminal("no terminal")
        self._before = termios.tcgetattr(self._input)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def __enter__(self) -> Self:
        tty.setcbreak(self._input)  # Ctrl-C still interrupts
        return self

    def __exit__(self, *_why: object) -> None:
        termios.tcsetattr(self._input, termios.TCSADRAIN, self._before)

    def page(self, lines: Sequence[str]) -> None:
        """Show these lines and nothing else; keys pressed before do not count."""
        termios.tcflush(self._input, termios.TCIFLUSH)
        sys.stdout.write(CLEAR + "\n".join(lines) + "\n")
        sys.stdout.flush()

    def key(self) -> Key:
        """The next key; the end of input is "quit"."""
        while True:
            pressed = os.read(self._input, 16)
            if not pressed:
                return "quit"
            if letters := self._decode(pressed):
                return KEYS.get(letters.lower() if len(letters) == 1 else letters, "other")

    def line(self, prompt: str) -> str:
        """A line of text, edited and echoed as usual.  Raises `EOFError`."""
        self.__exit__(None, None, None)
        try:
            return input(prompt + " ").strip()
        finally:
            self.__enter__()
