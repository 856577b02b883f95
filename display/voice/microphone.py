"""A microphone, heard through one watched ``arecord``: ALSA's own recorder, mono, at the rate of the packs.

A device that ALSA does not convert (``hw:…``) may record at another rate than asked; the header of the WAV that arecord
sends tells the true one.
"""

from __future__ import annotations

import os
import select
import subprocess

import numpy as np

from broker import clock
from broker.language.catalogue import N_
from broker.voice.player import killed
from broker.voice.sound import RATE
from display.voice.take import BOUND, Ear

DEVICE = "KHIU_MICROPHONE"  # an ALSA device for arecord -D; else ALSA's default
PATIENCE = 5.0  # s beyond the longest word, for the device to open
PIECE = RATE // 10 * 2  # bytes of 100 ms
HEADER, RATE_AT = 44, slice(24, 28)  # bytes of a WAV of PCM before its samples, and of those its rate
WRONG_RATE = N_("It records at another rate than 48,000 Hz. Name it plughw:… in place of hw:…, and ALSA converts it")


class MicrophoneError(RuntimeError):
    """The microphone does not record; ``str()`` says why, in ALSA's words or a catalogue's."""


def record(device: str | None) -> Ear:
    """Listens until a word is over.  Raises `MicrophoneError`; the recorder never outlives the call."""
    ear = Ear()
    device = device or os.environ.get(DEVICE)
    command = ["arecord", "-q", "-t", "wav", "-f", "S16_LE", "-c", "1", "-r", str(RATE)]
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
    rest, begun = b"", False
    while (left := give_up - clock.monotonic()) > 0 and select.select([source], [], [], left)[0]:
        piece = os.read(source, PIECE)
        if not piece:
            return False
        rest += piece
        if not begun and len(rest) >= HEADER:
            if int.from_bytes(rest[RATE_AT], "little") != RATE:
                raise MicrophoneError(WRONG_RATE)
            rest, begun = rest[HEADER:], True
        if begun:
            whole = len(rest) // 2 * 2
            if ear.hear(np.frombuffer(rest[:whole], "<i2") / 32768):
                return True
            rest = rest[whole:]
    return False
