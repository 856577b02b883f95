"""What phoneticians measured of the five Thai tones, asked of a sound.  No number of the synthesiser is used here.

Each fact is one that the abstract of its source states, for Bangkok Thai as people speak it:

register  S. Potisuk, J. Gandour, M. Harper, "F0 correlates of stress in Thai", Linguistics of the Tibeto-Burman Area
          17(2), 1994: by mean height low and rising lie in a low register, mid in a middle one, falling and high in a
          high one.
edge      E. Zsiga, R. Nitisaroj, "Tone features, tone perception, and peak alignment in Thai", Language and Speech
          50(3), 2007, and their talk on the same listeners to the Acoustical Society of America: what is heard as high
          has its peak at the right edge of the syllable, what is heard as low its valley there.
turn      The same: mid does not turn; falling and rising turn about the middle; falling, said alone, rises, then falls.
movement  J. Gandour, A. Tumtavitikul, N. Satthamnuwong, "Effects of speaking rate on Thai tones", Phonetica 56, 1999:
          falling, high and rising move much, mid and low less.

The sources give no bound for "about the middle", "at the edge" and "does not turn": those below are this house's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from voice_measures import EDGE, FADED, low_level, tracked

from broker.voice.clips import Clip
from broker.voice.pack import Voice
from broker.voice.sound import RATE, Sound, resampled
from display.voice import mould
from display.voice.phonemes import READINGS, Tone

Contour = Sound  # semitones above 100 Hz at `POINTS` even places of a syllable's voice
POINTS = 21
MIDDLE = 0.15, 0.7  # of the voice: within lies its middle
AT_EDGE = 0.5  # semitones: a voice that ends so near its lowest has its valley at its right edge
TURNS = 1.0  # semitones: a voice that goes so far up and so far down has turned
QUICKEST = 1.0  # semitones in 5 ms: twice what a speaker's voice can move (Xu, Sun, J. Acoust. Soc. Am. 111, 2002)
LEAST, SMOOTHED = 16, 5  # frames of 5 ms: of the shortest voice; over which the pitch is smoothed


def contour(sound: Sound) -> Contour:
    """The pitch of a word of one syllable, at `mould.RATE`: of its longest stretch of voice, found here."""
    padded = np.pad(sound.astype(float), mould.RATE // 20)
    pitch, low = tracked(padded), low_level(padded)
    count = min(len(pitch), len(low))
    pitch, low = pitch[:count], low[:count]
    voiced = (pitch > 0) & (low > low.max() - FADED)
    semitones = 12 * np.log2(np.maximum(pitch, 1) / 100)
    broken = np.abs(np.diff(semitones, prepend=semitones[0])) > QUICKEST  # in breath the tracker finds what it likes
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (voiced & ~broken).astype(int), [0]])))
    first, last = max(zip(edges[::2], edges[1::2], strict=True), key=lambda run: run[1] - run[0])
    assert last - first >= LEAST
    heard = np.pad(semitones[first + EDGE : last - EDGE], SMOOTHED // 2, "edge")
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(heard, SMOOTHED), axis=1)
    return np.interp(np.linspace(0, len(smooth) - 1, POINTS), np.arange(len(smooth)), smooth)


def alone(voice: Voice) -> dict[Tone, list[Contour]]:
    """Tone → the contours of all words of one syllable, of a pack's sound alone: no place or pitch is told."""
    found: dict[Tone, list[Contour]] = {tone: [] for tone in ALONE}
    for word, reading in READINGS.items():
        sound = voice.sound(Clip("th", word, 0))
        if len(reading.syllables) == 1 and sound is not None:
            at_rate = resampled(sound.astype(float), RATE, mould.RATE)
            found[reading.syllables[0].tone].append(contour(at_rate))
    return found


def movement(found: Contour) -> float:
    return float(found.max() - found.min())


def peak(found: Contour) -> float:
    """0 … 1, the place of the highest point."""
    return float(np.argmax(found)) / (POINTS - 1)


def valley(found: Contour) -> float:
    return float(np.argmin(found)) / (POINTS - 1)


def turn(found: Contour) -> float:
    """Semitones, the less of how far it ever rises and how far it ever falls."""
    rise = (found - np.minimum.accumulate(found)).max()
    fall = (np.maximum.accumulate(found) - found).max()
    return float(min(rise, fall))


def _middle(place: float) -> bool:
    return MIDDLE[0] <= place <= MIDDLE[1]


ALONE: dict[Tone, tuple[str, Callable[[Contour], bool]]] = {
    "mid": ("does not turn", lambda found: turn(found) < TURNS),
    "low": ("lowest at its right edge", lambda found: found[-1] - found.min() < AT_EDGE),
    "falling": (
        "highest about the middle, ends lower than it began",
        lambda found: _middle(peak(found)) and found[-1] < found[0],
    ),
    "high": ("highest at its right edge", lambda found: found.max() - found[-1] < AT_EDGE),
    "rising": (
        "lowest about the middle, ends higher than it began",
        lambda found: _middle(valley(found)) and found[-1] > found[0],
    ),
}


def fault(tone: Tone, found: Contour) -> str:
    """Why one syllable does not have the shape of its tone, or ""."""
    shape, holds = ALONE[tone]
    if holds(found):
        return ""
    return f"{tone}: not {shape} (peak {peak(found):.2f}, valley {valley(found):.2f}, turn {turn(found):.1f})"


def out_of_register(means: Mapping[Tone, float]) -> str:
    """Why the mean heights of the tones do not lie as they should, or ""."""
    right = max(means["low"], means["rising"]) < means["mid"] < min(means["falling"], means["high"])
    return "" if right else f"registers: {_told(means)}"


def faults(found: Mapping[Tone, Sequence[Contour]]) -> list[str]:
    """All that is wrong with syllables of each tone, said alone by one voice."""
    alone = [why for tone, contours in found.items() for one in contours if (why := fault(tone, one))]
    means = {tone: float(np.mean(contours)) for tone, contours in found.items()}
    if why := out_of_register(means):
        alone.append(why)
    moves = {tone: float(np.mean([movement(one) for one in contours])) for tone, contours in found.items()}
    if max(moves["mid"], moves["low"]) >= min(moves["falling"], moves["high"], moves["rising"]):
        alone.append(f"movement: {_told(moves)}")
    return alone


def _told(values: Mapping[Tone, float]) -> str:
    return ", ".join(f"{tone} {value:.1f}" for tone, value in values.items())
