"""Two soft bell tones that turn heads before a number is said."""

from __future__ import annotations

from functools import cache

import numpy as np

from broker.voice.sound import LOUDNESS, Sound, levelled

TONES = ((0.0, 659.26), (0.38, 523.25))  # s, Hz: E5, then C5
PARTIALS = ((1.0, 1.0, 0.55), (2.0, 0.35, 0.30), (3.01, 0.16, 0.18), (4.18, 0.06, 0.10))  # ratio, level, decay in s
SECONDS = 1.4
BELOW_SPEECH = 3.0  # LU: it calls for attention, it does not startle


@cache
def chime(rate: int) -> Sound:
    """The chime at `rate`, at its loudness."""
    at = np.arange(int(SECONDS * rate)) / rate
    sound = np.zeros_like(at)
    for start, frequency in TONES:
        since = np.maximum(at - start, 0)
        attack = np.clip(since / 0.006, 0, 1)
        for ratio, level, decay in PARTIALS:
            sound += attack * level * np.exp(-since / decay) * np.sin(2 * np.pi * frequency * ratio * since)
    sound *= np.minimum(1, (SECONDS - at) / 0.25)
    return np.asarray(levelled(sound, rate, LOUDNESS - BELOW_SPEECH), np.float32)
