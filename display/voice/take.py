"""One word as a microphone heard it: where it begins and ends, whether it is fit for a hall, and its cut and levelled
sound.

Speech is what stands out of the room: 10 ms frames whose RMS is `ABOVE_ROOM` over the quietest ones.  Levels of frames
are dBFS (RMS), loudness is LUFS as in `broker.voice.sound`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from broker.language.catalogue import N_
from broker.voice.sound import LOUDNESS, RATE, Sound, faded, levelled, loudness, trimmed

Fault = Literal["silent", "early", "endless", "clipped", "quiet", "noisy", "uneven"]

WHY: dict[Fault, str] = {
    "silent": N_("Nothing was heard. Is the microphone on?"),
    "early": N_("The word began before the recording did. Wait a moment after the key"),
    "endless": N_("The word did not end. Is it too noisy here?"),
    "clipped": N_("Too loud: the sound is clipped. Move away from the microphone"),
    "quiet": N_("Too quiet. Move closer to the microphone"),
    "noisy": N_("Too noisy here: a hall would hear the room"),
    "uneven": N_("Uneven: a knock or a puff of breath is louder than the word. Say it again"),
}

BOUND = 8.0  # s: no word is longer, with the silence around it
CLICK = 0.15  # s at the beginning that are not looked at: the key itself is heard
FRAME = 0.010  # s
SPEECH = 0.08  # s that stand out of the room: less is a click
ENDED = 0.8  # s of nothing but room after a word
ABOVE_ROOM = 12.0  # dB
FAINTEST = -60.0  # dBFS: below it nothing is speech
BEFORE, AFTER = 0.06, 0.10  # s kept around the loud part: a weak consonant begins and ends a word
QUIETEST = -42.0  # LUFS: raised from further down, the microphone's own noise would be heard
NOISIEST = 20.0  # dB from the room up to the word
DROWNED = -45.0  # dBFS: where a room alone is so loud, a word may be there and not be found
SHORT = 2.0  # LU below `LOUDNESS`, where one peak lets the word be raised no further
CLIPPED = 0.99, 3  # so many samples of this size


@dataclass(frozen=True)
class Take:
    """A recording that is over."""

    sound: Sound  # the word alone, levelled; empty when none was found
    faults: tuple[Fault, ...]
    loudness: float  # LUFS as it was spoken; −inf where nothing was
    room: float  # dB from the room up to the word


class Ear:
    """Listens to a recording piece by piece, mono at `RATE`, until the word is over."""

    def __init__(self) -> None:
        self._pieces: list[Sound] = []
        self._levels: list[float] = []
        self._rest = np.zeros(0)
        self._skip = int(CLICK * RATE)

    def hear(self, piece: Sound) -> bool:
        """The next piece; true once a word came and silence followed, or the bound is reached."""
        dropped = min(self._skip, len(piece))
        self._skip -= dropped
        piece = piece[dropped:]
        self._pieces.append(piece)
        size = int(FRAME * RATE)
        whole = np.concatenate([self._rest, piece])
        self._rest = whole[len(whole) // size * size :]
        self._levels += _levels(whole[: len(whole) // size * size])
        begun, ended = _speech(np.array(self._levels))
        return (ended > begun and len(self._levels) - ended >= ENDED / FRAME) or len(self._levels) >= BOUND / FRAME

    def take(self) -> Take:
        """What was heard so far."""
        return judged(np.concatenate([*self._pieces, np.zeros(0)]))


def judged(recording: Sound) -> Take:
    """The word in a recording, and what is wrong with it."""
    size, count = CLIPPED
    clipped = int(np.sum(np.abs(recording) >= size)) >= count
    recording = recording - np.mean(recording) if len(recording) else recording
    levels = np.array(_levels(recording))
    begun, ended = _speech(levels)
    if begun == ended:
        drowned = len(levels) > 0 and float(np.median(levels)) > DROWNED
        return Take(recording[:0], ("noisy",) if drowned else ("silent",), float("-inf"), 0.0)
    first, last = max(0, int((begun * FRAME - BEFORE) * RATE)), int((ended * FRAME + AFTER) * RATE)
    word = faded(recording[first:last], RATE)
    sound = levelled(word, RATE)
    spoken, heard = (loudness(trimmed(part, RATE), RATE) for part in (word, sound))
    around = np.concatenate([levels[: max(0, begun - 5)], levels[ended + 10 :]])
    room = float(np.mean(levels[begun:ended])) - (float(np.mean(around)) if len(around) else FAINTEST)
    found: dict[Fault, bool] = {
        "early": begun * FRAME < BEFORE,
        "endless": len(levels) - ended < ENDED / FRAME / 2,
        "clipped": clipped,
        "quiet": spoken < QUIETEST,
        "noisy": room < NOISIEST,
        "uneven": heard < LOUDNESS - SHORT,
    }
    return Take(sound, tuple(fault for fault, holds in found.items() if holds), spoken, room)


def _levels(sound: Sound) -> list[float]:
    """dBFS of each whole frame, without the steady offset that cheap microphones add."""
    size = int(FRAME * RATE)
    frames = sound[: len(sound) // size * size].reshape(-1, size)
    power = np.var(frames, axis=1) if len(frames) else np.zeros(0)
    return [float(level) for level in 10 * np.log10(np.maximum(power, 1e-10))]


def _speech(levels: Sound) -> tuple[int, int]:
    """[first, last) frame of what stands out of the room for longer than a click; equal where nothing does."""
    if not len(levels):
        return 0, 0
    loud = levels > max(float(np.quantile(levels, 0.1)) + ABOVE_ROOM, FAINTEST)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    runs = [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    words = [run for run in runs if run[1] - run[0] >= SPEECH / FRAME]
    if not words:
        return 0, 0
    # a weak consonant near a loud part is of the word, a click far from it is not
    near = [run for run in runs if run[0] > words[0][0] - 25 and run[1] < words[-1][1] + 25]
    return min(near[0][0], words[0][0]), max(near[-1][1], words[-1][1])
