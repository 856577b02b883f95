"""A microphone, heard through one watched ``arecord``: ALSA's own recorder, mono, at the rate of the packs."""

from __future__ import annotations

import os
import select
import subprocess

import numpy as np

from broker import clock
from broker.voice.player import killed
from broker.voice.sound import RATE
from display.voice.take import BOUND, Ear

DEVICE = "KHIU_MICROPHONE"  # an ALSA device for arecord -D; else ALSA's default
PATIENCE = 5.0  # s beyond the longest word, for the device to open
PIECE = RATE // 10 * 2  # bytes of 100 ms


class MicrophoneError(RuntimeError):
    """The microphone does not record; ``str()`` says why."""


def record(device: str | None) -> Ear:
    """Listens until a word is over.  Raises `MicrophoneError`; the recorder never outlives the call."""
    ear = Ear()
    device = device or os.environ.get(DEVICE)
    command = ["arecord", "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE)]
    try:
        recorder = subprocess.Popen(
            [*command, *(["-D", device] if device else [])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as fault:
        raise MicrophoneError(str(fault)) from fault
    assert recorder.stdout is not None
    try:
        heard = _hear(ear, recorder.stdout.fileno())
    finally:
        complaint = killed(recorder)
    if not heard:
        raise MicrophoneError(complaint or "it gave no sound")
    return ear


def _hear(ear: Ear, source: int) -> bool:
    """False where the recorder ended or fell silent before the word was over."""
    give_up = clock.monotonic() + BOUND + PATIENCE
    rest = b""
    while (left := give_up - clock.monotonic()) > 0 and select.select([source], [], [], left)[0]:
        piece = rest + os.read(source, PIECE)
        if piece == rest:
            return False
        rest = piece[len(piece) // 2 * 2 :]
        if ear.hear(np.frombuffer(piece[: len(piece) // 2 * 2], "<i2") / 32768):
            return True
    return False
