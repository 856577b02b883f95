"""A pack that a person records: every word is safe on the disk before the next is asked for.

A WAV is written under another name, synced and renamed, and after it the manifest in the same way.  Until all words are
there the manifest is called ``draft.toml``, so that no hall speaks with half a voice; `publish` renames it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from zlib import crc32

import msgspec
from msgspec.structs import replace

from broker import durable
from broker.voice.pack import MANIFEST, RATES, Manifest
from broker.voice.sound import LOUDNESS, RATE, Sound, SoundError, levelled, read, wav
from display.voice.phonemes import READINGS

DRAFT = "draft.toml"


class DraftError(ValueError):
    """Nothing can be recorded there; ``str()`` says why."""


class Draft:
    """One folder.  Raises `DraftError` where it holds what nobody recorded, or another language."""

    def __init__(self, folder: Path, language: str) -> None:
        self._folder = folder
        self._language = language
        self._manifest: Manifest | None = None
        for path in (folder / MANIFEST, folder / DRAFT):
            if path.exists():
                self._manifest = _read(path)
                break
        if self._manifest and self._manifest.recipe:
            raise DraftError(f"{folder}: this pack is synthesised; give yours another name")
        if self._manifest and self._manifest.language != language:
            raise DraftError(f"{folder}: this pack speaks {self._manifest.language!r}; give yours another name")

    @property
    def name(self) -> str:
        return self._folder.name

    @property
    def begun(self) -> bool:
        """Whether its speaker is known."""
        return self._manifest is not None

    @property
    def published(self) -> bool:
        return (self._folder / MANIFEST).exists()

    def try_out(self) -> None:
        """Raises `OSError` where nothing can be kept; leaves nothing behind."""
        there = next(path for path in (self._folder, *self._folder.parents) if path.exists())
        with tempfile.TemporaryFile(dir=there):
            pass

    def begin(self, speaker: str, licence: str, label: str) -> None:
        """Whose voice it is and what may be done with it.  Raises `OSError`, or `DraftError` for an unfit name."""
        manifest = Manifest(1, self.name, self._language, speaker, licence, label, LOUDNESS, {})
        try:
            self._manifest = msgspec.convert(msgspec.to_builtins(manifest), Manifest)
        except msgspec.ValidationError as fault:
            raise DraftError(f"{self._folder}: {fault}") from fault
        self._folder.mkdir(parents=True, exist_ok=True)
        self._keep()

    def sound(self, word: str) -> Sound | None:
        """What was recorded of a word, at `RATE`; None where nothing was, or what was cannot be read."""
        file = self._manifest.words.get(word) if self._manifest else None
        try:
            return read(self._folder / file, RATES)[0] if file else None
        except SoundError:
            return None

    def keep(self, word: str, sound: Sound) -> None:
        """The recording of a word, at the pack's loudness, in place of an earlier one.

        Raises `OSError`; then the earlier one stands.
        """
        assert self._manifest is not None
        file = self._manifest.words.get(word) or _file_name(word)
        durable.write(self._folder / file, wav(levelled(sound, RATE, self._manifest.loudness), RATE))
        self._manifest = replace(self._manifest, words={**self._manifest.words, word: file})
        self._keep()

    def publish(self) -> None:
        """From now on it is a pack: a screen that runs takes it up.  Raises `OSError`."""
        if not self.published:
            durable.put(self._folder / DRAFT, self._folder / MANIFEST)

    def _keep(self) -> None:
        path = self._folder / (MANIFEST if self.published else DRAFT)
        durable.write(path, msgspec.toml.encode(self._manifest))


def _file_name(word: str) -> str:
    """A name that a manifest may hold, told apart from every other word's."""
    if word in READINGS:
        return f"{READINGS[word].file}.wav"
    plain = "-".join("".join(letter if letter.isascii() and letter.isalnum() else " " for letter in word).split())
    return f"{plain.lower()[:40] or 'word'}-{crc32(word.encode()):08x}.wav"


def _read(path: Path) -> Manifest:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Manifest)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as fault:
        raise DraftError(f"{path}: {fault}") from fault
