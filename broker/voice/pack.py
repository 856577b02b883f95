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

WAVs are mono, 16 bits, 22,050 or 48,000 Hz, one word each; silence at its ends is cut off when it is read, and the
pack's loudness brought to that of all packs.  A folder is a pack once it holds a manifest, so the manifest is copied
last.  A manifest that is not as above keeps the whole pack out; a WAV that cannot be spoken is a hole: that word only
is lost.

Several packs together make a `Voice`.  For each word they are asked in this order: the pack that centre.toml names
(by its folder), then those that people recorded, then those that were synthesised, each by the name of the folder.
So a sentence may change its speaker in the middle; that is worse to hear than one voice, and better than no number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

import msgspec
import numpy as np
from msgspec import Meta, Struct

from broker.voice.chime import chime
from broker.voice.clips import CHIME, Clip, sentences
from broker.voice.sound import LOUDNESS, PEAK, RATE, Sound, SoundError, loudness, read, resampled, trimmed

MANIFEST = "manifest.toml"
RATES = (22050, 48000)
LOUDNESS_SLACK = 3.0  # LU a word may stray from its pack's loudness before it is reported
PEAK_LIMIT = 10 ** (-1 / 20)  # −1 dBFS: above it a recording is clipped, or nearly

Line = Annotated[str, Meta(min_length=1, max_length=200)]


class PackError(ValueError):
    """Not a voice pack: its manifest is missing or wrong; ``str()`` names file and key."""


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
    """A pack in memory: every word decoded once, at `RATE` and `LOUDNESS`, without silence at its ends."""

    manifest: Manifest
    words: Mapping[str, Sound]
    faults: tuple[str, ...] = ()  # one line for each word of the manifest that cannot be spoken, naming file and word

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Raises `PackError` for a manifest that is not as it must be."""
        path = folder / MANIFEST
        try:
            if path.exists() and not path.is_file():
                raise PackError(f"{path}: it is no file")
            manifest = msgspec.toml.decode(path.read_bytes(), type=Manifest)
        except (OSError, UnicodeDecodeError, msgspec.DecodeError) as fault:
            raise PackError(f"{path}: {fault}") from fault
        words: dict[str, Sound] = {}
        faults = []
        for word, file in manifest.words.items():
            try:
                sound, rate = read(folder / file, RATES)
            except SoundError as fault:
                faults.append(f"{folder / file}: word {word!r} {fault}")
                continue
            part = resampled(trimmed(sound, rate), rate, RATE)
            if np.any(part):  # nothing is left of a word of two samples, which fade in and out
                words[word] = _brought_to_level(part, manifest.loudness)
            else:
                faults.append(f"{folder / file}: word {word!r} is silent")
        return cls(manifest, words, tuple(faults))

    def sound(self, clip: Clip) -> Sound | None:
        """What this pack has for a clip; a pack speaks one language, the chime is of none."""
        if clip.language not in ("", self.manifest.language):
            return None
        return self.words.get(clip.word, self.words.get(clip.instead))

    def uneven(self) -> list[str]:
        """Words that are too loud or too quiet for this pack, or clip: one line each."""
        lines = []
        gain = 10 ** ((LOUDNESS - self.manifest.loudness) / 20)
        for word, sound in self.words.items():
            off = loudness(sound, RATE) - LOUDNESS
            if abs(off) > LOUDNESS_SLACK and word != CHIME:
                how = "loud" if off > 0 else "quiet"
                lines.append(f"{self.manifest.name}: {word!r} is too {how}: {off:+.1f} LU from the pack's loudness")
            if float(np.max(np.abs(sound))) > PEAK_LIMIT * min(gain, 1):
                lines.append(f"{self.manifest.name}: {word!r} is clipped: it peaks above -1 dBFS")
        return lines


class Hole(NamedTuple):
    """A word that the pack which should speak it does not have."""

    clip: Clip
    pack: str  # the first of its language; "" where no pack speaks it
    speaker: str  # the pack that speaks the word instead; "" where none does

    def __str__(self) -> str:
        lacks = f"{self.pack or 'no pack'}: {self.clip.word!r} ({self.clip.language}) is missing"
        return f"{lacks}; {self.speaker} speaks it" if self.speaker else f"{lacks}, and nobody speaks it"


class Voice:
    """Packs in the order in which they are asked for a word (see above)."""

    def __init__(self, packs: Sequence[Pack], faults: Sequence[str] = ()) -> None:
        self.packs = tuple(packs)
        self.faults = tuple(faults)  # one line for each thing that kept a pack out

    @classmethod
    def load(cls, directory: Path, first: str) -> Self:
        """Every pack under `directory`, the one in the folder named `first` before all others.

        A pack with a wrong manifest, or of which nobody foresaw what is wrong, is left out, and its faults are kept:
        the next pack speaks in its place.
        """
        found: list[tuple[Path, Pack]] = []
        faults: list[str] = []
        for path in sorted(directory.glob(f"[!.]*/{MANIFEST}")):  # a pack in the making has a name with a dot
            try:
                found.append((path.parent, Pack.load(path.parent)))
            except PackError as fault:
                faults += str(fault).splitlines()
            except Exception as fault:  # noqa: BLE001 (whatever somebody laid there, the other packs speak)
                faults.append(f"{path}: {fault!r}")
        found.sort(key=lambda pair: (pair[0].name != first, pair[1].manifest.recipe != "", pair[0]))
        return cls([pack for _, pack in found], faults)

    def speaker(self, clip: Clip) -> Pack | None:
        """The first pack that has the word, or what is said instead of it: its own voice goes before the wording."""
        return next((pack for pack in self.packs if pack.sound(clip) is not None), None)

    def sound(self, clip: Clip) -> Sound | None:
        """What is heard of a clip; the chime needs no pack."""
        speaker = self.speaker(clip)
        return speaker.sound(clip) if speaker else chime(RATE) if clip.word == CHIME else None

    def holes(self, needed: Iterable[Clip]) -> list[Hole]:
        """Words that the first pack of their language lacks, in whatever way."""
        found = []
        for clip in (clip for clip in needed if clip.language):
            asked = next((pack for pack in self.packs if pack.manifest.language == clip.language), None)
            speaker = self.speaker(clip)
            if speaker is None or speaker is not asked:
                found.append(Hole(clip, *(pack.manifest.name if pack else "" for pack in (asked, speaker))))
        return found

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


def _brought_to_level(sound: Sound, from_loudness: float) -> Sound:
    """From its pack's loudness to that of all packs, but never made to clip."""
    gain = 10 ** ((LOUDNESS - from_loudness) / 20)
    peak = float(np.max(np.abs(sound)))
    return np.asarray(sound * min(gain, max(1.0, PEAK / peak)), np.float32)
