"""A syllable as espeak-ng said it, brought to what Thai asks: tone, length, voice onset, even level, smooth joints.  Pure.

All of it works on WORLD's frames, `FRAME_MS` apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broker.voice.sound import Sound
from display.voice.phonemes import CONTOURS, Syllable

RATE = 22050  # espeak-ng's
FRAME_MS = 5.0
MIDDLE = 196.0  # Hz: the middle of a woman's speaking voice, around which the tones move
TRACT = 1.14  # her vocal tract is so much shorter than that of espeak-ng's man

# Milliseconds.
LONG, SHORT, CLIPPED = 330, 250, 160  # of voice in a syllable said alone: long, short, short and stopped
CLOSURE = 55  # while lips or tongue are shut before a stop inside a phrase
UNRELEASED = 20  # left after the voice stops in p t k at a syllable's end: Thai does not release them
LEAD = 70  # b and d are voiced so long before their release
BURST = 10  # the release itself
# From the release to the voice, said alone.  Shan k is aspirated and t_h hardly is: Thai tells 9 (kâːw) from rice by it.
LAG = {"p": 10, "t": 15, "k": 25, "tɕ": 45, "pʰ": 75, "tʰ": 75, "kʰ": 90, "tɕʰ": 95}
BLEND = 30  # two voiced sounds flow into one another
GLIDE = 70  # so long the pitch of a syllable takes to leave that of the one before
RELEASE = 70  # the last voice of a sound dies away

LEAD_IN = 15  # before the first sound, so that no burst is faded with the file's edge

HOLE = 10 ** (-17 / 10)  # below this part of its strongest frame's power, voice is interrupted
VOICE = 10 ** (-12 / 10)  # above this part of the strongest frame's power below `FUNDAMENTAL`, it is voice
FUNDAMENTAL = 420.0  # Hz: no breath is strong below it
SILENT = 1e-12
LEVEL = 1e-3  # mean power of each syllable's voice, any: the word is levelled as a whole later


class Frames(NamedTuple):
    """WORLD's parameters, a row a frame."""

    pitch: Sound  # Hz, 0 where unvoiced
    spectrum: Sound
    breath: Sound

    def at(self, source: Sound) -> Frames:
        """Frames at fractional places, the spectrum between two in decibels."""
        pitch = self.pitch[np.round(source).astype(int)]
        return Frames(pitch, np.exp(between(np.log(self.spectrum), source)), between(self.breath, source))

    def scaled(self, decibels: Sound | float) -> Frames:
        """Louder by so much, one value for all frames or one for each."""
        gain = 10 ** (np.asarray(decibels) / 10)
        return self._replace(spectrum=self.spectrum * (gain[:, None] if gain.ndim else gain))


def moulded(spoken: Frames, syllable: Syllable, scale: float) -> Frames:
    """The syllable in its Thai shape; `scale`: 1 said alone, less inside a phrase."""
    first, last = _voice(spoken)
    count = frames(voiced_ms(syllable) * scale)
    body = first + np.flatnonzero(_sounding(spoken.spectrum[first:last]))
    voiced = spoken.at(np.interp(np.linspace(0, len(body) - 1, count), np.arange(len(body)), body))
    contour = np.interp(np.linspace(0, 4, count), np.arange(5), CONTOURS[syllable.tone])
    voiced = voiced._replace(pitch=MIDDLE * 2 ** (contour / 12))
    onset = _onset(spoken.at(np.arange(first, dtype=float)), voiced, syllable, scale)
    tail = spoken.at(np.arange(last, min(last + _tail(syllable), len(spoken.pitch)), dtype=float))
    tail = tail._replace(pitch=np.zeros(len(tail.pitch)))
    if syllable.stopped:
        tail = tail.scaled(-np.linspace(0, 52, len(tail.pitch)))
    whole = _strung([onset, voiced, tail]).scaled(10 * np.log10(LEVEL / _power(voiced).mean()))
    return whole._replace(spectrum=_shortened(whole.spectrum), breath=_shortened(whole.breath))


def joined(syllables: Sequence[Frames]) -> Frames:
    """One after another as one breath: voiced sounds blend, stops are shut first, no pitch steps where voice goes on."""
    whole = syllables[0]
    for after in syllables[1:]:
        if whole.pitch[-1] and after.pitch[0]:
            whole = _blended(whole, after)
        else:
            whole = _strung([_shut(whole), after])
    return _strung([_silence(whole, LEAD_IN), _released(whole)])


def voiced_ms(syllable: Syllable) -> int:
    """A long vowel is held, a short one is not, and least before p t k and where it stands open."""
    return LONG if syllable.long else CLIPPED if syllable.stopped else SHORT


def frames(milliseconds: float) -> int:
    return round(milliseconds / FRAME_MS)


def between(rows: Sound, at: Sound) -> Sound:
    """Rows at fractional places, linearly."""
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, len(rows) - 1)
    share = (at - low)[:, None]
    return np.asarray(rows[low] * (1 - share) + rows[high] * share)


def _onset(unvoiced: Frames, voiced: Frames, syllable: Syllable, scale: float) -> Frames:
    """What comes before the vowel's voice, brought to its Thai length."""
    loud = np.flatnonzero(_sounding(unvoiced.spectrum)) if len(unvoiced.pitch) else np.zeros(0, int)
    if syllable.onset in "bd":
        burst = unvoiced.at(loud[: frames(BURST)].astype(float))
        return _strung(
            [
                _murmur(voiced, frames(LEAD * max(scale, 0.8))),
                burst._replace(pitch=np.full(len(burst.pitch), voiced.pitch[0])),
            ]
        )
    if syllable.onset in "hsf":
        return unvoiced.at(np.linspace(0, len(loud) - 1, round(len(loud) * max(scale, 0.8))))
    if syllable.onset not in LAG:  # voiced from its start
        return unvoiced.at(np.zeros(0))
    lag = LAG[syllable.onset]
    count = frames(lag * (max(scale, 0.8) if syllable.onset.endswith("ʰ") else 1))
    burst, breath = loud[: frames(BURST)], loud[frames(BURST) :]
    rest = count - len(burst)
    if rest <= 0 or not len(breath):
        return unvoiced.at(loud[:count].astype(float))
    if rest <= len(breath):
        return unvoiced.at(np.concatenate([burst, breath[:rest]]).astype(float))
    stretched = np.interp(np.linspace(0, len(breath) - 1, rest), np.arange(len(breath)), breath)
    return unvoiced.at(np.concatenate([burst, stretched]))


def _murmur(voiced: Frames, count: int) -> Frames:
    """The voice that is heard through shut lips: the vowel's, with little above the fundamental."""
    start = voiced.at(np.zeros(count))
    hertz = np.linspace(0, RATE / 2, start.spectrum.shape[1])
    muffled = start.spectrum * 10 ** (-np.clip(24 * np.log2(np.maximum(hertz, 1) / 200), 0, 60) / 10)
    rise = np.linspace(-14, -6, count)
    return start._replace(spectrum=muffled).scaled(rise)


def _blended(before: Frames, after: Frames) -> Frames:
    """The last `BLEND` of one over the first of the other; the pitch leaves the one's for the other's within `GLIDE`."""
    both = min(frames(BLEND), len(before.pitch) // 3, len(after.pitch) // 3)
    share = np.linspace(0, 1, both + 2)[1:-1, None]
    spectrum = np.exp(np.log(before.spectrum[-both:]) * (1 - share) + np.log(after.spectrum[:both]) * share)
    breath = before.breath[-both:] * (1 - share) + after.breath[:both] * share
    glide = np.zeros(len(after.pitch))
    length = min(frames(GLIDE), len(glide) // 2)
    glide[:length] = 0.5 + 0.5 * np.cos(np.pi * np.arange(length) / length)
    pitch = np.exp(np.log(before.pitch[-both - 1]) * glide + np.log(np.maximum(after.pitch, 1)) * (1 - glide)) * (
        after.pitch > 0
    )
    return _strung(
        [
            before.at(np.arange(len(before.pitch) - both, dtype=float)),
            Frames(pitch[:both], spectrum, breath),
            Frames(pitch[both:], after.spectrum[both:], after.breath[both:]),
        ]
    )


def _shut(before: Frames) -> Frames:
    """Ended within 15 ms, and silence until the next release."""
    fade = np.zeros(len(before.pitch))
    fade[-3:] = (-3, -9, -18)
    return _strung([before.scaled(fade), _silence(before, CLOSURE)])


def _silence(like: Frames, milliseconds: float) -> Frames:
    shape = (frames(milliseconds), like.spectrum.shape[1])
    return Frames(np.zeros(shape[0]), np.full(shape, SILENT), np.ones(shape))


def _released(whole: Frames) -> Frames:
    """The voice of the last vowel or nasal dies away instead of breaking off."""
    if not whole.pitch[-1]:
        return whole
    fade = np.zeros(len(whole.pitch))
    fade[-frames(RELEASE) :] = -18 * np.linspace(0, 1, frames(RELEASE)) ** 2
    return whole.scaled(fade)


def _voice(spoken: Frames) -> tuple[int, int]:
    """[first, last) of the voice, less the breath at its start in which a pitch was found too soon."""
    voiced = np.flatnonzero(spoken.pitch)
    first, last = int(voiced[0]), int(voiced[-1]) + 1
    hertz = np.linspace(0, RATE / 2, spoken.spectrum.shape[1])
    low = spoken.spectrum[first:last, hertz < FUNDAMENTAL].sum(axis=1)
    return first + int(np.argmax(low > VOICE * low.max())), last


def _tail(syllable: Syllable) -> int:
    return frames(UNRELEASED) if syllable.stopped else 10**6


def _sounding(spectrum: Sound) -> NDArray[np.bool_]:
    """Frames that are no hole: espeak-ng leaves a few silent ones between some vowels and nasals, and after bursts."""
    power = spectrum.sum(axis=1)
    return np.asarray(power > HOLE * power.max())


def _power(voiced: Frames) -> Sound:
    return np.asarray(voiced.spectrum.mean(axis=1))


def _strung(parts: Sequence[Frames]) -> Frames:
    return Frames(*(np.concatenate(rows) for rows in zip(*parts, strict=True)))


def _shortened(rows: Sound) -> Sound:
    """The spectrum of a vocal tract shorter by `TRACT`: every resonance moves up by it."""
    bins = rows.shape[1]
    return between(rows.T, np.minimum(np.arange(bins) / TRACT, bins - 1)).T
