"""Sound as numbers: mono float arrays between −1 and 1, and the few things a voice needs done to them.

Loudness is that of ITU-R BS.1770-4, on which EBU R 128 stands: K-weighted, in LUFS, over the whole of a trimmed word
and without its gates.  The gates leave out the pauses of a programme in blocks of 400 ms; a trimmed word is hardly
longer than one and has no pause to leave out.  The level of our words is our own choice: R 128 sets one for programmes
(−23), not for words called across a hall.
"""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.floating]

RATE = 48000  # what is played: HDMI and every DAC take it as it is
LOUDNESS = -19.0  # LUFS of every word
PEAK = 10 ** (-1.5 / 20)  # no sample above −1.5 dBFS
SILENCE = 10 ** (-42 / 20)  # below this part of its loudest frame, an end of a word is silence
FRAME = 0.005  # s
LONGEST = 30.0  # s: no word is; what claims more is not read into memory


class SoundError(ValueError):
    """Not a WAV that can be spoken; ``str()`` says why."""


def read(path: Path, rates: tuple[int, ...]) -> tuple[Sound, int]:
    """A mono 16-bit WAV at one of `rates` → its samples and rate.  Raises `SoundError`."""
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for, a device read for ever
            raise SoundError("cannot be read: it is no file")
        with wave.open(str(path), "rb") as file:
            channels, width, rate, count = file.getparams()[:4]
            if channels != 1 or width != 2 or rate not in rates:
                wanted = " or ".join(str(rate) for rate in rates)
                has = f"{channels} channels, {8 * width} bits, {rate} Hz"
                raise SoundError(f"has {has}: must be mono, 16 bits, {wanted} Hz")
            if count > LONGEST * rate:
                raise SoundError(f"is longer than {LONGEST:.0f} s")
            frames = file.readframes(count)
    except (OSError, EOFError, wave.Error, RuntimeError) as fault:  # RuntimeError: a chunk that ends beyond the file
        raise SoundError(f"cannot be read: {str(fault) or 'its header is damaged'}") from fault
    if len(frames) != count * width:
        raise SoundError("cannot be read: it is cut short")
    return np.frombuffer(frames, "<i2").astype(np.float64) / 32768, rate


def wav(sound: Sound, rate: int) -> bytes:
    """A mono 16-bit WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.round(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return file.getvalue()


def resampled(sound: Sound, rate: int, to: int) -> Sound:
    """Band-limited, by the spectrum; exact because the length is padded to a whole number of periods."""
    if rate == to or not len(sound):
        return sound
    common = int(np.gcd(rate, to))
    step = rate // common
    whole = -(-len(sound) // step) * step
    wanted = whole // step * (to // common)
    spectrum = np.fft.rfft(np.pad(sound, (0, whole - len(sound))))
    return np.asarray(np.fft.irfft(spectrum, wanted) * (wanted / whole))


def envelope(sound: Sound, rate: int) -> Sound:
    """RMS of each frame of `FRAME` seconds."""
    size = int(rate * FRAME)
    frames = np.pad(sound, (0, -len(sound) % size)).reshape(-1, size)
    return np.asarray(np.sqrt(np.mean(frames**2, axis=1)))


def trimmed(sound: Sound, rate: int, margin: float = 0.010) -> Sound:
    """Without the silence at its ends, which would widen the gaps of a sentence."""
    level = envelope(sound, rate)
    if not level.any():
        return sound[:0]
    loud = np.flatnonzero(level > level.max() * SILENCE)
    first = max(0.0, loud[0] * FRAME - margin)
    last = (loud[-1] + 1) * FRAME + margin
    return faded(sound[int(first * rate) : int(last * rate)], rate)


def faded(sound: Sound, rate: int) -> Sound:
    """With 4 ms of rise and fall, so that neither end clicks."""
    part = sound.copy()
    fade = min(int(0.004 * rate), len(part) // 2)
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(fade) / fade)
    part[:fade] *= ramp
    part[len(part) - fade :] *= ramp[::-1]
    return part


def loudness(sound: Sound, rate: int) -> float:
    """LUFS of the whole sound; −inf for silence."""
    power = np.abs(np.fft.rfft(sound)) ** 2 * 2 / max(1, len(sound)) ** 2
    weighted = float(np.sum(power * _k_weight(np.fft.rfftfreq(len(sound), 1 / rate)))) if len(sound) else 0.0
    return -0.691 + 10 * float(np.log10(weighted)) if weighted > 0 else float("-inf")


def levelled(sound: Sound, rate: int, target: float = LOUDNESS) -> Sound:
    """At `target` LUFS, or quieter where its peak would pass `PEAK`.

    What is measured is what will be heard of it: the room around a short word would count as a pause.
    """
    peak = float(np.max(np.abs(sound), initial=0.0))
    if not peak:
        return sound
    return sound * min(10 ** ((target - loudness(trimmed(sound, rate), rate)) / 20), PEAK / peak)


def _k_weight(frequencies: Sound) -> Sound:
    """|H|² of the two filters of BS.1770-4 (its coefficients are given for 48 kHz)."""
    z = np.exp(-2j * np.pi * np.minimum(frequencies, 24000) / 48000)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.asarray(np.abs(shelf * high_pass) ** 2)
