"""The Thai pack until an officer has recorded one: espeak-ng's Shan voice, retoned to Thai.

espeak-ng has no Thai: its ``th`` voice reads Thai text as noise, so text never reaches it.  The Shan
voice is given phonemes, one syllable at a time; WORLD (pyworld) takes each apart into pitch, spectrum
and breath, Thai tone, length and voice onset are laid over it (`mould`), and it is put together again.
What is measured of the result, and how near it must come: tests/voice_measures.py.  Nobody has judged it by ear: the
pack is labelled as provisional.
"""

from __future__ import annotations

import io
import subprocess
import wave
from functools import cache
from typing import NamedTuple

import numpy as np
import pyworld

from broker.voice.sound import Sound, trimmed
from display.voice.mould import FRAME_MS, RATE, Frames, joined, moulded
from display.voice.phonemes import READINGS, Reading, Syllable

LABEL = "เสียงสังเคราะห์ชั่วคราว"
# How long a syllable is, as a part of one said alone: in a phrase the last one is longest, then the last of each word.
ALONE, PHRASE_END, WORD_END, INSIDE = 1.0, 0.85, 0.7, 0.62
SLOW = 0.8  # … and no syllable of a sound of two or three is shorter than this


class Spoken(NamedTuple):
    """A word at `RATE`, the pitch it was given (Hz, each `FRAME_MS`), and the frames of each syllable's tone in it."""

    sound: Sound
    pitch: Sound
    tones: tuple[tuple[int, int], ...]


def say(reading: Reading) -> Spoken:
    parts = [
        moulded(_taken_apart(syllable.shan, syllable.sonorous), syllable, scale) for syllable, scale in rhythm(reading)
    ]
    joint, tones = joined(parts)
    pitch, spectrum, breath = map(np.ascontiguousarray, joint)
    return Spoken(pyworld.synthesize(pitch, spectrum, breath, RATE, FRAME_MS), pitch, tones)


def words() -> dict[str, tuple[str, Sound]]:
    """Word → (file name, sound at `RATE`) of all that `phonemes` can read.

    Raises `OSError` or `subprocess.SubprocessError` when espeak-ng is missing or fails.
    """
    return {word: (f"{reading.file}.wav", say(reading).sound) for word, reading in READINGS.items()}


def rhythm(reading: Reading) -> list[tuple[Syllable, float]]:
    """Each syllable and its length as a part of one said alone."""
    if len(reading.syllables) == 1:
        return [(reading.syllables[0], ALONE)]
    scales = [scale for word in reading.words for scale in (*[INSIDE] * (len(word.syllables) - 1), WORD_END)]
    least = SLOW if len(scales) < 4 else 0
    return [
        (syllable, max(scale, least))
        for syllable, scale in zip(reading.syllables, [*scales[:-1], PHRASE_END], strict=True)
    ]


def _spoken(phonemes: str) -> Sound:
    """One syllable as espeak-ng's Shan voice says it."""
    command = ["espeak-ng", "-v", "shn", "-s", "120", "-z", "--stdout", f"[[{phonemes}2]]"]
    output = subprocess.run(command, capture_output=True, check=True, timeout=10).stdout
    with wave.open(io.BytesIO(output)) as file:  # written to a pipe, so its header knows no length
        samples = file.readframes(len(output))
    return trimmed(np.frombuffer(samples[: len(samples) // 2 * 2], "<i2").astype(np.float64) / 32768, RATE)


@cache
def _taken_apart(phonemes: str, sonorous: bool) -> Frames:
    """The syllable; its longest voiced stretch has pitch, all else none.  `sonorous`: its voice goes on to the end."""
    sound = _spoken(phonemes)
    rough, times = pyworld.dio(sound, RATE, f0_floor=65.0, f0_ceil=300.0, frame_period=FRAME_MS)
    found = pyworld.stonemask(sound, rough, times, RATE)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (found > 0).astype(int), [0]])))
    first, last = max(zip(edges[::2], edges[1::2], strict=True), key=lambda run: run[1] - run[0])
    if sonorous:  # a faint nasal at the end is voiced too, though its pitch was not found
        last = len(found)
    known = np.flatnonzero(found)
    pitch = np.zeros_like(found)
    pitch[first:last] = np.interp(np.arange(first, last), known, found[known])
    return Frames(pitch, pyworld.cheaptrick(sound, pitch, times, RATE), pyworld.d4c(sound, pitch, times, RATE))
