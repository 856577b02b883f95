"""A voice pack: a folder of one WAV a word and a ``manifest.toml`` that names them.

    schema = 1
    name = "synthetic"
    language = "th"
    speaker = "…"            # who lent the voice
    licence = "…"            # what may be done with it
    label = "…"              # what a person reads of it on the health page
    loudness = -19.0         # LUFS of its words
    recipe = ""              # of a synthesised pack: what made it, so that it is made anew when that changes
    [words]
    "chime" = "chime.wav"
    "ศูนย์" = "0-sun.wav"

WAVs are mono, 16 bits, 22,050 or 48,000 Hz.  Several packs together make a `Voice`: a word that the
first pack of a language lacks is taken from the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

import msgspec
import numpy as np
from msgspec import Meta, Struct

from broker.voice.clips import CHIME, Clip, sentences
from broker.voice.sound import RATE, Sound, SoundError, loudness, read, resampled, trimmed

MANIFEST = "manifest.toml"
RATES = (22050, 48000)
LOUDNESS_SLACK = 3.0  # LU a word may stray from its pack's loudness before it is reported
PEAK_LIMIT = 10 ** (-1 / 20)  # −1 dBFS

Line = Annotated[str, Meta(min_length=1, max_length=200)]


class PackError(ValueError):
    """Not a voice pack; ``str()`` has one line a fault, each naming file and word."""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    schema: Literal[1]
    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}$")]
    speaker: Line
    licence: Line
    label: Line
    loudness: Annotated[float, Meta(ge=-40, le=-6)]
    words: dict[Line, Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,60}\.wav$")]]
    recipe: str = ""


@dataclass(frozen=True)
class Pack:
    """A pack in memory: every word decoded once, at `RATE`, without silence at its ends."""

    manifest: Manifest
    words: Mapping[str, Sound]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Raises `PackError` for a manifest or a WAV that is not as it must be."""
        path = folder / MANIFEST
        try:
            manifest = msgspec.toml.decode(path.read_bytes(), type=Manifest)
        except (OSError, UnicodeDecodeError, msgspec.DecodeError) as fault:
            raise PackError(f"{path}: {fault}") from fault
        words, faults = {}, []
        for word, file in manifest.words.items():
            try:
                sound, rate = read(folder / file, RATES)
            except SoundError as fault:
                faults.append(f"{folder / file}: word {word!r} {fault}")
                continue
            words[word] = resampled(trimmed(sound, rate), rate, RATE).astype(np.float32)
            if not len(words[word]):
                faults.append(f"{folder / file}: word {word!r} is silent")
        if faults:
            raise PackError("\n".join(faults))
        return cls(manifest, words)

    def sound(self, clip: Clip) -> Sound | None:
        """What this pack has for a clip; a pack speaks one language, the chime is of none."""
        if clip.language not in ("", self.manifest.language):
            return None
        return self.words.get(clip.word, self.words.get(clip.instead))

    def uneven(self) -> list[str]:
        """Words that are too loud or too quiet for this pack, or clip: one line each."""
        lines = []
        for word, sound in self.words.items():
            off = loudness(sound, RATE) - self.manifest.loudness
            if abs(off) > LOUDNESS_SLACK and word != CHIME:
                lines.append(f"{self.manifest.name}: {word!r} is {off:+.1f} LU from the pack's loudness")
            if float(np.max(np.abs(sound))) > PEAK_LIMIT:
                lines.append(f"{self.manifest.name}: {word!r} peaks above -1 dBFS")
        return lines


class Voice:
    """Packs in the order in which they are asked for a word."""

    def __init__(self, packs: Sequence[Pack], faults: Sequence[str] = ()) -> None:
        self.packs = tuple(packs)
        self.faults = tuple(faults)  # one line for each thing that kept a pack out

    @classmethod
    def load(cls, directory: Path, first: str) -> Self:
        """Every pack under `directory`, the one named `first` before all others.

        A faulty pack is left out, and its faults are kept: the next pack speaks in its place.
        """
        packs, faults = [], []
        for path in sorted(directory.glob(f"*/{MANIFEST}"), key=lambda path: (path.parent.name != first, path)):
            try:
                packs.append(Pack.load(path.parent))
            except PackError as fault:
                faults += str(fault).splitlines()
        return cls(packs, faults)

    def sound(self, clip: Clip) -> Sound | None:
        """The first pack's that has the word, or what is said instead of it: its own voice goes before the wording."""
        return next((sound for pack in self.packs if (sound := pack.sound(clip)) is not None), None)

    def missing(self, needed: Iterable[Clip]) -> list[Clip]:
        """Those that no pack can say."""
        return [clip for clip in needed if self.sound(clip) is None]

    def mix(self, clips: Sequence[Clip]) -> Sound:
        """One announcement at `RATE`; empty when no sentence of it can be said.

        A sentence that lacks a word is left out whole: a number with a digit missing would send
        the wrong person.
        """
        parts: list[Sound] = [np.zeros(0, np.float32)]
        said = False
        for language, sentence in sentences(clips):
            sounds = [sound for clip in sentence if (sound := self.sound(clip)) is not None]
            if len(sounds) < len(sentence):
                continue
            said = said or language != ""
            for clip, sound in zip(sentence, sounds, strict=True):
                parts += [np.zeros(clip.pause * RATE // 1000, np.float32), sound]
        return np.concatenate(parts if said else parts[:1])
