"""What can be measured of a voice without ears, and how near it must come: shared by the tests and by `make thai`.

Bounds of voice onset: the three kinds of stop that Lisker and Abramson found (Word, 1964; Thai was among their eleven
languages): voice that leads the release by 30 ms or more (b d), that comes within 30 ms (p t k), that comes after 50 ms
or later (pʰ tʰ kʰ).  All other bounds are this house's own, and no listener has been asked about any of them.
Of these `NEAR` and `LEVELS` were drawn closer, and both `…_STEP` set, after the voice had been measured.

Tones here are compared with the contours that were ordered: that tells whether the sound carries them, wherever a
syllable stands.  Whether what was ordered is Thai, `tone_facts` tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pyworld

from broker.voice.clips import Clip
from broker.voice.pack import Voice
from broker.voice.sound import RATE, Sound, loudness, resampled
from display.voice import mould, synthetic
from display.voice.phonemes import CONTOURS, READINGS, Reading, Syllable, Tone, Word

# Tones, in semitones RMS.
NEAR = 0.7  # a syllable comes so near its own tone …
APART = 1.0  # … and is at least so much further from each other one
JOINT, OVER = 0.06, 0.03  # s: where the voice goes on from one syllable to the next, its pitch belongs to both so long
# Voice onset, in ms after the release (below 0: before it).
ONSETS = {"b": (-200, -30), "d": (-200, -30), "p": (0, 30), "t": (0, 30), "k": (0, 30), "tɕ": (0, 60)}
ONSETS |= {"pʰ": (50, 130), "tʰ": (50, 130), "kʰ": (50, 130), "tɕʰ": (70, 130)}
RHYMES = ("aː", "íː", "ùː", "ɛ̂ː", "ɔ̌ː", "at", "ùt", "im")
GAP = 35  # ms between a plain stop and its aspirated twin, said alike
# Length of the voiced part.
# The mean long one outlasts the mean short one in a like place by this factor.  Means, for in a finished sound the
# voice of one syllable goes on into the next: where it passes over is known to some 30 ms only.
LONGER = 1.25
# Joints inside a word.
PITCH_STEP = 2.7  # semitones within 15 ms, while the voice goes on
LEVEL_STEP = 5.5  # dB within 5 ms, likewise, of 15 ms of sound
# Level.
EVEN = 1.0  # LU, most that a word of the Thai pack strays from the pack's loudness
LEVELS = 4.0  # LU between the loudest and the quietest syllable of an announcement

FRAME = 0.005  # s
AROUND = 6  # frames beyond a syllable's voice in which it could still go on
FADED = 25.0  # dB below its strongest, a syllable's voice has ended
EDGE = 2  # frames at the ends of voice: a tracker's window reaches beyond them


class Heard(NamedTuple):
    """One syllable as it is in a finished sound."""

    word: str
    syllable: Syllable
    semitones: Sound  # from the voice's middle, where it is voiced
    at: Sound  # 0 … 1, the place of each
    place: str  # in its word, for the length
    seconds: float  # of voice
    loudness: float  # LUFS of that

    def distance(self, tone: Tone) -> float:
        """Semitones RMS from that tone's contour."""
        contour = np.interp(self.at * 4, np.arange(5), CONTOURS[tone])
        return float(np.sqrt(np.mean((self.semitones - contour) ** 2)))

    @property
    def own(self) -> float:
        return self.distance(self.syllable.tone)

    @property
    def nearest(self) -> tuple[float, Tone]:
        """Of the other four tones."""
        return min((self.distance(tone), tone) for tone in CONTOURS if tone != self.syllable.tone)

    @property
    def fault(self) -> str:
        """Why its tone is not right, or ""."""
        (other, tone), own = self.nearest, self.own
        if own < NEAR and own + APART < other:
            return ""
        return f"{self.word}, {self.syllable.ipa}: {own:.2f} st from {self.syllable.tone}, {other:.2f} from {tone}"


def heard(voice: Voice, clips: Sequence[Clip]) -> list[Heard]:
    """Each Thai syllable of a mixed announcement, found in the stream that would be played."""
    stream = np.pad(resampled(voice.mix(clips).astype(float), RATE, mould.RATE), (0, mould.RATE // 10))
    pitch, low = tracked(stream), low_level(stream)
    found: list[Heard] = []
    start = 0.0
    for clip in clips:
        word = voice.sound(clip)
        assert word is not None
        start += clip.pause / 1000
        if clip.language == "th":
            found += _syllables(clip.word, resampled(word, RATE, mould.RATE), stream, pitch, low, start)
        start += len(word) / RATE
    return found


def heights(heard: Sequence[Heard]) -> dict[Tone, float]:
    """Tone → the mean height of its syllables, semitones."""
    return {
        tone: float(np.mean([one.semitones.mean() for one in heard if one.syllable.tone == tone])) for tone in CONTOURS
    }


def one(ipa: str) -> synthetic.Spoken:
    """A syllable said alone."""
    return synthetic.say(Reading("one", (Word("spelling", (), (Syllable(ipa),)),)))


def _syllables(word: str, alone: Sound, stream: Sound, pitch: Sound, low: Sound, start: float) -> Iterator[Heard]:
    reading = READINGS[word]
    spoken = said(word)
    offset = round((start - _delay(alone, spoken.sound) / mould.RATE) / FRAME)
    for syllable, place, (first, last) in zip(reading.syllables, _places(reading), spoken.tones, strict=True):
        at = np.arange(first, last) + offset
        joined, goes_on = spoken.pitch[first - 1] > 0, np.append(spoken.pitch, 0)[last] > 0
        early, late = JOINT / FRAME if joined else EDGE, OVER / FRAME if goes_on else EDGE
        clear = (np.arange(len(at)) >= early) & (np.arange(len(at)) < len(at) - late)
        clear &= pitch[at] > 0
        around = np.arange(first - (not joined) * AROUND, last + (not goes_on) * AROUND) + offset
        sounding = (pitch[around] > 0) & (low[around] > low[around].max() - FADED)
        yield Heard(
            word,
            syllable,
            12 * np.log2(pitch[at][clear] / mould.MIDDLE),
            ((at - at[0]) / (at[-1] - at[0]))[clear],
            place,
            int(sounding.sum()) * FRAME,
            loudness(stream[int(at[0] * FRAME * mould.RATE) : int(at[-1] * FRAME * mould.RATE)], mould.RATE),
        )


def _places(reading: Reading) -> list[str]:
    """Alone; last of a phrase, last of a word in it, inside a word; a sound of two or three syllables is slower."""
    count = len(reading.syllables)
    if count == 1:
        return ["alone"]
    ends = [
        "word end" if place + 1 == len(w.syllables) else "inside"
        for w in reading.words
        for place in range(len(w.syllables))
    ]
    return [*(end if count > 3 else "of two or three" for end in ends[:-1]), "last"]


def lengths(heard: Sequence[Heard]) -> dict[str, tuple[float, float]]:
    """Place → mean seconds of voice of the long vowels there and of the short ones."""
    found = {}
    for where in dict.fromkeys(one.place for one in heard):
        here = [one for one in heard if one.place == where]
        long, short = ([one.seconds for one in here if one.syllable.long is kind] for kind in (True, False))
        found[where] = float(np.mean(long)), float(np.mean(short))
    return found


def joints(reading: Reading, spoken: synthetic.Spoken) -> list[tuple[float, float]]:
    """Where the voice goes on from one syllable to the next: the largest steps of pitch (semitones) and level (dB).

    Of pitch from one 15 ms to the next, of level from one 5 ms to the next, measured in the sound.  Joints with b or d
    are left out: their step is the lips or the tongue that shut.
    """
    rough, _ = pyworld.harvest(spoken.sound, mould.RATE, f0_floor=110.0, f0_ceil=320.0, frame_period=1000 * FRAME)
    found = np.lib.stride_tricks.sliding_window_view(np.pad(rough, 2), 5)
    pitch = 12 * np.log2(np.maximum(np.median(found, axis=1), 1))
    size = int(mould.RATE * FRAME)
    power = np.convolve(spoken.sound**2, np.ones(3 * size) / (3 * size), "same")[::size]
    level = 10 * np.log10(power + 1e-12)
    steps = []
    for syllable, (_, last), (_, end) in zip(reading.syllables[1:], spoken.tones, spoken.tones[1:], strict=False):
        if spoken.pitch[last] and syllable.onset not in "bd":
            glide, blend = pitch[last - 8 : min(last + 16, end - EDGE)], level[last - 8 : last + 4]
            voiced = np.minimum(glide[3:], glide[:-3]) > 0
            steps.append(
                (float(np.abs(glide[3:] - glide[:-3])[voiced].max(initial=0)), float(np.abs(np.diff(blend)).max()))
            )
    return steps


@cache
def said(word: str) -> synthetic.Spoken:
    return synthetic.say(READINGS[word])


def tracked(sound: Sound) -> Sound:
    """Hz each `FRAME`, 0 where there is no voice: DIO's, sharp but with holes, filled from Harvest's, which blurs."""
    found = []
    for tracker in (pyworld.dio, pyworld.harvest):
        rough, times = tracker(sound, mould.RATE, f0_floor=110.0, f0_ceil=320.0, frame_period=1000 * FRAME)
        found.append(pyworld.stonemask(sound, rough, times, mould.RATE))
    return np.asarray(np.where(found[0] > 0, *found))


def low_level(sound: Sound) -> Sound:
    """dB of what lies below 400 Hz in each `FRAME`, where breath and friction have little."""
    size = int(mould.RATE * FRAME)
    low = _below(sound, mould.RATE, 400)
    power = np.convolve(low**2, np.ones(2 * size) / (2 * size), "same")[::size]
    return np.asarray(10 * np.log10(power + 1e-12))


def _delay(part: Sound, whole: Sound) -> int:
    """Samples from the start of `whole` to where `part` was cut from it."""
    size = 1 << (len(part) + len(whole)).bit_length()  # a power of two: the transform of a prime is slow
    both = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)
    return int(np.argmax(both[: len(whole)]))


def onset(sound: Sound, rate: int) -> float:
    """Milliseconds from the release of a stop at the sound's start to its voice; below 0: the voice leads.

    The release is where sound above 1.5 kHz first comes within 30 dB of its strongest; the voice begins where the wave
    repeats itself at some period of a speaking voice, with its fundamental.
    """
    step, window = rate // 1000, rate * 6 // 1000
    padded = np.pad(sound, (window, 2 * rate // 50))
    frames = np.lib.stride_tricks.sliding_window_view(padded[: len(sound) + window], window)[::step]
    power = np.abs(np.fft.rfft(frames * np.hanning(window), 512)) ** 2
    high = power[:, np.fft.rfftfreq(512, 1 / rate) > 1500].sum(axis=1)
    release = int(np.argmax(high > high.max() / 1000))
    clear, low = _below(sound, rate, 1500), _below(sound, rate, 300)
    least = np.abs(clear).max() / 25
    for at in range(0, len(clear) - rate // 20, step):
        part = clear[at : at + rate // 30]
        if np.abs(part).max() > least and _repeats(part, rate):
            beats = np.abs(low[at : at + rate // 30])
            return float((at + np.argmax(beats > beats.max() / 3)) / step + window / 2 / step - release)
    return float("nan")


def _repeats(wave: Sound, rate: int) -> bool:
    """Looks like itself, one period of 120 … 300 Hz later, over 16 ms: noise does not."""
    size = rate * 16 // 1000
    here = wave[:size]
    for lag in range(rate // 300, rate // 120):
        later = wave[lag : lag + size]
        if here @ later > 0.88 * np.sqrt((here @ here) * (later @ later)):
            return True
    return False


def _below(sound: Sound, rate: int, hertz: float) -> Sound:
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / rate) > hertz] = 0
    return np.fft.irfft(spectrum, len(sound))
