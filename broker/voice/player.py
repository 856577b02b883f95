"""Plays one sound after another through one watched ``aplay``: one that hangs is killed, one that fails is reported.

The sound travels in an anonymous file (memfd), so a busy process cannot starve the player and no disk is touched.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable

GIVE_UP = 2.0  # s: a killed program that has not ended by then hangs in the kernel, or another holds its pipes
DEVICE = "KHIU_AUDIO_DEVICE"  # an ALSA device for aplay -D; else ALSA's default


def patience(seconds: float) -> float:
    """How long the player of a sound of so many seconds is waited for."""
    return 2 * seconds + 5


def killed(program: subprocess.Popen[bytes]) -> str:
    """End a program at once; what it complained of, in one line.  One that cannot be ended is let go."""
    program.kill()
    try:
        complaint = program.communicate(timeout=GIVE_UP)[1] or b""
    except subprocess.TimeoutExpired as fault:
        complaint = fault.stderr or b""
        for pipe in (program.stdout, program.stderr):
            if pipe:
                pipe.close()
    return " ".join(complaint.decode(errors="replace").split())


class Player:
    """One sound device.  `play` blocks and is called by one thread; `cut` and `stop` by any."""

    def __init__(self) -> None:
        self.stopped = False
        self._lock = threading.Lock()  # of `stopped` and the two below
        self._cut = False
        self._player: subprocess.Popen[bytes] | None = None

    def cut(self) -> None:
        """End what is being played, at once; the next `play` is heard.  Its `play` reports no fault."""
        with self._lock:
            if self._player:
                self._cut = True
                self._player.kill()

    def stop(self) -> None:
        """Silence at once and for good."""
        with self._lock:
            self.stopped = True
            if self._player:
                self._player.kill()

    def play(self, file: bytes, timeout: float, wanted: Callable[[], bool] = lambda: True) -> str:
        """Play a WAV file to its end; what went wrong, or "".

        ``wanted`` is asked at the last moment: who first wishes something else and then cuts is never passed by.
        """
        device = os.environ.get(DEVICE)
        command = ["aplay", "-q", *(["-D", device] if device else [])]
        with os.fdopen(os.memfd_create("sound"), "w+b") as sound:
            sound.write(file)
            sound.seek(0)
            try:
                with self._lock:
                    if self.stopped:
                        return "stopped"
                    if not wanted():
                        return ""
                    player = subprocess.Popen(command, stdin=sound, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                    self._player = player
            except OSError as fault:
                return str(fault)
        try:
            _, complaint = player.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            killed(player)
            return "the player did not end"
        finally:
            with self._lock:
                self._player, cut, self._cut = None, self._cut, False
        if player.returncode and not cut:
            return f"exit {player.returncode}: {' '.join(complaint.decode(errors='replace').split())}"
        return ""
