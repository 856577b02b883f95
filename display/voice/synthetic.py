"""The Thai pack until an officer has recorded one: espeak-ng's Shan voice, retoned to Thai.

espeak-ng has no Thai: its ``th`` voice reads Thai text as noise, so text never reaches it.  The Shan
voice is given phonemes, one syllable at a time; WORLD (pyworld) takes each apart into pitch, spectrum
and breath, the Thai tone and length of `phonemes` are laid over it, and it is put together again.
Measured (tests/test_voice_packs.py): every word of one syllable lies within one semitone RMS of its own tone and at
least one further from each other tone; every long vowel outlasts every short one; all words stand at −19 LUFS.  Nobody
has judged it by ear: the pack is labelled as provisional.
"""

from __future__ import annotations

import io
import subprocess
import wave
from typing import NamedTuple

import numpy as np
import pyworld
from numpy.typing import NDArray

from broker.voice.sound import Sound, trimmed
from display.voice.phonemes import CONTOURS, READINGS, Reading, Syllable

LABEL = "เสียงสังเคราะห์ชั่วคราว"
RATE = 22050  # espeak-ng's
MIDDLE = 196.0  # Hz: the middle of a woman's speaking voice, around which the tones move
TRACT = 1.14  # her vocal tract is so much shorter than that of espeak-ng's man
FRAME_MS = 5.0
LONG, SHORT, CLIPPED = 0.33, 0.25, 0.16  # s of voice of a syllable said alone: long, short, short and stopped
IN_PHRASE = 0.62  # syllables inside a phrase are so much shorter
CLOSURE = 0.045  # s of silence while the lips or tongue are shut before p t k ts tS inside a word
UNRELEASED = 0.02  # s left after the voice stops in p t k at a syllable's end: Thai does not release them
HOLE = 10 ** (-17 / 10)  # below this part of its strongest frame's power, voice is interrupted


class Frames(NamedTuple):
    """WORLD's parameters, a row a frame."""

    pitch: Sound  # Hz, 0 where unvoiced
    spectrum: Sound
    breath: Sound


def say(reading: Reading) -> tuple[Sound, Sound]:
    """The word at `RATE`, and the pitch it was given, frame by frame (`FRAME_MS`)."""
    scale = IN_PHRASE if len(reading.syllables) > 2 else 1.0
    parts: list[Frames] = []
    for place, syllable in enumerate(reading.syllables):
        frames = _toned(_spoken(syllable.shan), syllable, scale)
        if place and syllable.shan.startswith(("p", "t", "k")):
            parts.append(_hush(frames, CLOSURE))
        parts.append(frames)
    pitch, spectrum, breath = (np.ascontiguousarray(np.concatenate(rows)) for rows in zip(*parts, strict=True))
    return pyworld.synthesize(pitch, spectrum, breath, RATE, FRAME_MS), pitch


def words() -> dict[str, tuple[str, Sound]]:
    """Word → (file name, sound at `RATE`) of all that `phonemes` can read.

    Raises `OSError` or `subprocess.SubprocessError` when espeak-ng is missing or fails.
    """
    return {word: (f"{reading.file}.wav", say(reading)[0]) for word, reading in READINGS.items()}


def _spoken(phonemes: str) -> Sound:
    """One syllable as espeak-ng's Shan voice says it."""
    command = ["espeak-ng", "-v", "shn", "-s", "120", "-z", "--stdout", f"[[{phonemes}2]]"]
    output = subprocess.run(command, capture_output=True, check=True, timeout=10).stdout
    with wave.open(io.BytesIO(output)) as file:  # written to a pipe, so its header knows no length
        samples = file.readframes(len(output))
    return trimmed(np.frombuffer(samples[: len(samples) // 2 * 2], "<i2").astype(np.float64) / 32768, RATE)


def _toned(sound: Sound, syllable: Syllable, scale: float) -> Frames:
    """The syllable taken apart, its voiced part brought to length and tone."""
    rough, times = pyworld.dio(sound, RATE, f0_floor=65.0, f0_ceil=300.0, frame_period=FRAME_MS)
    pitch = pyworld.stonemask(sound, rough, times, RATE)
    first, last = _longest_run(pitch > 0)
    if syllable.sonorous:  # a faint nasal at the end is voiced too, though its pitch was not found
        last = len(pitch)
    pitch[first:last] = _filled(pitch[first:last])
    spectrum = pyworld.cheaptrick(sound, pitch, times, RATE)
    breath = pyworld.d4c(sound, pitch, times, RATE)

    voiced = int(voiced_seconds(syllable) * scale * 1000 / FRAME_MS)
    tail = int(UNRELEASED * 1000 / FRAME_MS) if syllable.stopped else len(pitch) - last
    body = first + np.flatnonzero(_sounding(spectrum[first:last]))
    stretched = np.interp(np.linspace(0, len(body) - 1, voiced), np.arange(len(body)), body)
    source = np.concatenate([np.arange(first), stretched, np.arange(last, min(last + tail, len(pitch)))])
    toned = np.zeros(len(source))
    contour = np.interp(np.linspace(0, 4, voiced), np.arange(5), CONTOURS[syllable.tone])
    toned[first : first + voiced] = MIDDLE * 2 ** (contour / 12)
    rows = _between(np.log(spectrum), source)
    if syllable.stopped:
        rows[first + voiced :] -= np.linspace(0, 12, len(rows) - first - voiced)[:, None]
    return Frames(toned, np.exp(_shortened(rows)), _shortened(_between(breath, source)))


def voiced_seconds(syllable: Syllable) -> float:
    """A long vowel is held, a short one is not, and least before p t k."""
    return LONG if syllable.long else CLIPPED if syllable.stopped else SHORT


def _hush(after: Frames, seconds: float) -> Frames:
    count = int(seconds * 1000 / FRAME_MS)
    bins = after.spectrum.shape[1]
    return Frames(np.zeros(count), np.full((count, bins), 1e-12), np.ones((count, bins)))


def _longest_run(mask: NDArray[np.bool_]) -> tuple[int, int]:
    """[first, last) of the longest run of true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    starts, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - starts))
    return int(starts[longest]), int(ends[longest])


def _sounding(spectrum: Sound) -> NDArray[np.bool_]:
    """Frames that are no hole: espeak-ng leaves a few silent ones between some vowels and nasals."""
    power = spectrum.sum(axis=1)
    return np.asarray(power > HOLE * power.max())


def _filled(pitch: Sound) -> Sound:
    """With its gaps bridged."""
    found = np.flatnonzero(pitch)
    return np.asarray(np.interp(np.arange(len(pitch)), found, pitch[found]))


def _between(rows: Sound, at: Sound) -> Sound:
    """Rows at fractional places, linearly."""
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, len(rows) - 1)
    share = (at - low)[:, None]
    return np.asarray(rows[low] * (1 - share) + rows[high] * share)


def _shortened(rows: Sound) -> Sound:
    """The spectrum of a vocal tract shorter by `TRACT`: every resonance moves up by it."""
    bins = rows.shape[1]
    return _between(rows.T, np.minimum(np.arange(bins) / TRACT, bins - 1)).T
