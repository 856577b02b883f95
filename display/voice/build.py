"""Makes the packs that no person has recorded: Thai from `synthetic`, English from `english`.

A pack is data: it may be built on any machine and copied to another.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import msgspec

from broker import durable
from broker.centre import DEFAULT, Centre, load
from broker.voice import kiosk_phrases, sound
from broker.voice.pack import MANIFEST, Manifest, Pack, PackError
from broker.voice.sound import Sound
from display.voice import english, synthetic
from display.voice.announcement import vocabulary
from display.voice.mould import RATE

log = logging.getLogger(__name__)

Words = Mapping[str, tuple[str, Sound]]  # word → file name, sound
OLD = "old"  # the pack that was there, while the new one takes its place
LICENCE = "Synthesised by Khiu on this machine: no person's recording, may be copied freely"


def build(directory: Path, site: Centre | None = None) -> None:
    """Both packs under `directory`, each whole or not at all, even after a power cut; what is there and complete stays.

    One build at a time: another one is waited for, whose programs are watched.
    English has the names of this centre's services (the shipped file's without one), for a kiosk that speaks.
    Raises `OSError`, `subprocess.SubprocessError` or `english.EnglishError` when espeak-ng does not speak, `PackError`
    where something lies in the way that is no pack.
    """
    spoken = (*vocabulary()["en"], *kiosk_phrases.vocabulary(site or load(DEFAULT)).get("en", ()))
    directory.mkdir(parents=True, exist_ok=True)
    with _alone(directory):
        for name in ("synthetic", "english"):
            _tidy(directory / name)
        _pack(directory / "synthetic", "th", synthetic.LABEL, "espeak-ng (Shan), retoned to Thai", synthetic.words)
        _pack(directory / "english", "en", "Synthetic voice", "espeak-ng", lambda: english.words(spoken), spoken)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _tidy(folder: Path) -> None:
    """After a build that a power cut ended: the pack it had set aside is back, what it left is gone."""
    for left in folder.parent.glob(f".{folder.name}-*"):
        if (left / OLD).exists() and not folder.exists():
            (left / OLD).rename(folder)
        shutil.rmtree(left)


def _pack(
    folder: Path, language: str, label: str, speaker: str, words: Callable[[], Words], asked: Sequence[str] = ()
) -> None:
    recipe = _recipe(asked)
    if (present := _made_by(folder)) in {recipe, ""}:  # "": a person's recording, never to be touched
        log.info("%s: is there (%s)", folder, "up to date" if present else "recorded")
        return
    began = perf_counter()
    made = words()
    manifest = Manifest(
        schema=1,
        name=folder.name,
        language=language,
        speaker=speaker,
        licence=LICENCE,
        label=label,
        loudness=sound.LOUDNESS,
        words={word: file for word, (file, _) in made.items()},
        recipe=recipe,
    )
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        fresh, stale = Path(temporary) / "new", Path(temporary) / OLD
        fresh.mkdir()
        for file, samples in made.values():
            level = sound.levelled(sound.trimmed(samples, RATE), RATE)
            durable.write(fresh / file, sound.wav(level, RATE))
        durable.write(fresh / MANIFEST, msgspec.toml.encode(manifest))
        if faults := Pack.load(fresh).faults:
            raise PackError("\n".join(faults))
        if folder.exists():
            folder.rename(stale)
        durable.put(fresh, folder)
    log.info("%s: %d words in %.1f s", folder, len(made), perf_counter() - began)


def _made_by(folder: Path) -> str | None:
    """The recipe of the pack that is there ("" of a recorded one); None when there is none, or a made one with holes.

    Raises `PackError` where it cannot be told: a person may have recorded what lies there.
    """
    if not folder.exists():
        return None
    pack = Pack.load(folder)
    return None if pack.faults and pack.manifest.recipe else pack.manifest.recipe


def _recipe(asked: Sequence[str]) -> str:
    """Changes with any code that a synthesised pack comes from, and with the words asked for."""
    here, shared = Path(__file__).parent, Path(sound.__file__).parent
    modules = ("announcement", "build", "english", "mould", "phonemes", "synthetic")
    sources = [here / f"{module}.py" for module in modules]
    sources += [shared / f"{module}.py" for module in ("readings", "sound")]
    parts = [source.read_bytes() for source in sources] + [word.encode() for word in asked]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
