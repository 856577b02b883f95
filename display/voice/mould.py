"""A syllable as espeak-ng said it, brought to Thai tone, length, voice onset and level, and smoothly joined.

Arrays in, arrays out: all of it works on WORLD's frames, `FRAME_MS` apart.
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
LONG, SHORT, OPEN, CLIPPED = 330, 250, 210, 160  # of voice in a syllable said alone: long; short; open; before p t k
CLOSURE, GLOTTAL = 55, 25  # while lips, tongue or glottis are shut inside a phrase
UNRELEASED = 20  # left after the voice stops in p t k at a syllable's end: Thai does not release them
LEAD = 70  # b and d are voiced so long before their release
BURST = 10  # the release itself
# From the release to the voice, said alone: espeak-ng aspirates Shan k, which would make เก้า (9) เข้า (enter).
LAG = {"p": 10, "t": 10, "k": 25, "tɕ": 45, "pʰ": 75, "tʰ": 75, "kʰ": 90, "tɕʰ": 95}
BLEND, MURMURED = 30, 10  # two voiced sounds flow into one another; lips and tongue shut faster
QUICKEST = 0.8  # breath, friction and murmur do not shrink below this part inside a phrase
GLIDE = 12  # for each semitone by which the pitch must leave that of the syllable before
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


class Part(NamedTuple):
    """A syllable in its Thai shape; frames [onset, end) are the voice that carries its tone."""

    syllable: Syllable
    frames: Frames
    onset: int
    end: int


def moulded(spoken: Frames, syllable: Syllable, scale: float) -> Part:
    """`scale`: 1 said alone, less inside a phrase."""
    first, last = _voice(spoken)
    count = frames(voiced_ms(syllable) * scale)
    body = first + np.flatnonzero(_sounding(spoken.spectrum[first:last]))
    voiced = spoken.at(np.interp(np.linspace(0, len(body) - 1, count), np.arange(len(body)), body))
    contour = np.interp(np.linspace(0, 4, count), np.arange(5), CONTOURS[syllable.tone])
    voiced = voiced._replace(pitch=MIDDLE * 2 ** (contour / 12))
    unvoiced = spoken._replace(pitch=np.zeros(len(spoken.pitch)))
    onset = _onset(unvoiced.at(np.arange(first, dtype=float)), voiced, syllable, scale)
    tail = unvoiced.at(np.arange(last, min(last + _tail(syllable), len(spoken.pitch)), dtype=float))
    if syllable.stopped:
        tail = tail.scaled(-np.linspace(0, 52, len(tail.pitch)))
    whole = _strung([onset, voiced, tail]).scaled(10 * np.log10(LEVEL / _power(voiced).mean()))
    whole = whole._replace(spectrum=_shortened(whole.spectrum), breath=_shortened(whole.breath))
    return Part(syllable, whole, len(onset.pitch), len(onset.pitch) + count)


def joined(parts: Sequence[Part]) -> tuple[Frames, tuple[tuple[int, int], ...]]:
    """One after another as one breath: voiced sounds blend, stops are shut first, no pitch steps where voice goes on.

    Also the frames [first, last) that carry the tone of each.
    """
    before = parts[0]
    whole = _strung([_silence(before.frames, LEAD_IN), before.frames])
    spans = [(frames(LEAD_IN) + before.onset, frames(LEAD_IN) + before.end)]
    for part in parts[1:]:
        onset = part.syllable.onset
        if whole.pitch[-1] and part.frames.pitch[0] and onset != "ʔ":
            whole = _blended(whole, part.frames, frames(MURMURED if onset in "bd" else BLEND))
        else:
            shut = CLOSURE if onset in LAG or before.syllable.ipa[-1] in "ptk" else GLOTTAL if onset == "ʔ" else 0
            whole = _strung([_ended(whole), _silence(whole, shut), part.frames])
        start = len(whole.pitch) - len(part.frames.pitch)
        spans.append((start + part.onset, start + part.end))
        before = part
    return _released(whole), tuple(spans)


def voiced_ms(syllable: Syllable) -> int:
    """A long vowel is held, a short one is not, and least before p t k."""
    if syllable.long:
        return LONG
    return OPEN if syllable.ipa.endswith("ʔ") else CLIPPED if syllable.stopped else SHORT


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
    quicker = max(scale, QUICKEST)
    if syllable.onset not in LAG and syllable.onset not in "bdhsf":  # voiced from its start
        return unvoiced.at(np.zeros(0))
    noise = unvoiced.at(np.flatnonzero(_sounding(unvoiced.spectrum)).astype(float))
    there = len(noise.pitch)
    if not there:
        return noise
    burst = min(frames(BURST), there)
    if syllable.onset in "bd":
        release = noise.at(np.arange(burst, dtype=float))
        return _strung([_murmur(voiced, frames(LEAD * quicker)), release._replace(pitch=voiced.pitch[[0] * burst])])
    if syllable.onset in "hsf":
        return noise.at(np.linspace(0, there - 1, round(there * quicker)))
    count = frames(LAG[syllable.onset] * (quicker if syllable.onset.endswith("ʰ") else 1))
    if there <= burst:
        return noise.at(np.linspace(0, there - 1, count))
    breath = np.linspace(burst, min(count, there) - 1, count - burst)  # cut or drawn out
    return noise.at(np.concatenate([np.arange(burst), breath]))


def _murmur(voiced: Frames, count: int) -> Frames:
    """The voice that is heard through shut lips: the vowel's, with little above the fundamental."""
    start = voiced.at(np.zeros(count))
    hertz = np.linspace(0, RATE / 2, start.spectrum.shape[1])
    muffled = start.spectrum * 10 ** (-np.clip(24 * np.log2(np.maximum(hertz, 1) / 200), 0, 60) / 10)
    rise = np.linspace(-9, -3, count)
    return start._replace(spectrum=muffled).scaled(rise)


def _blended(before: Frames, after: Frames, count: int) -> Frames:
    """The last `count` frames of one over the first of the other; the pitch goes over from the one's to the other's."""
    both = min(count, len(before.pitch) // 3, len(after.pitch) // 3)
    share = np.linspace(0, 1, both + 2)[1:-1, None]
    spectrum = np.exp(np.log(before.spectrum[-both:]) * (1 - share) + np.log(after.spectrum[:both]) * share)
    breath = before.breath[-both:] * (1 - share) + after.breath[:both] * share
    apart = 12 * np.log2(before.pitch[-1] / after.pitch[0])
    length = min(max(both, frames(GLIDE * abs(apart))), int(np.argmin(np.append(after.pitch, 0) > 0)))
    leaving = np.append(before.pitch[-both:], np.full(length - both, before.pitch[-1]))
    held = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, length + 1) / (length + 1))
    pitch = after.pitch.copy()
    pitch[:length] = leaving**held * pitch[:length] ** (1 - held)
    first = before.at(np.arange(len(before.pitch) - both, dtype=float))
    last = Frames(pitch[both:], after.spectrum[both:], after.breath[both:])
    return _strung([first, Frames(pitch[:both], spectrum, breath), last])


def _ended(before: Frames) -> Frames:
    """Faded within 15 ms, as lips or tongue come together."""
    fade = np.zeros(len(before.pitch))
    fade[-3:] = (-3, -9, -18)
    return before.scaled(fade)


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
    return np.asarray(power > HOLE * power.max(initial=0))


def _power(voiced: Frames) -> Sound:
    return np.asarray(voiced.spectrum.mean(axis=1))


def _strung(parts: Sequence[Frames]) -> Frames:
    return Frames(*(np.concatenate(rows) for rows in zip(*parts, strict=True)))


def _shortened(rows: Sound) -> Sound:
    """The spectrum of a vocal tract shorter by `TRACT`: every resonance moves up by it."""
    bins = rows.shape[1]
    return between(rows.T, np.minimum(np.arange(bins) / TRACT, bins - 1)).T
