"""Packs that change while a node speaks: real folders, and the kernel's own word that they changed."""

import errno
import queue
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from watchdog.observers import inotify

from broker.voice import shelf as module
from broker.voice.clips import Clip
from broker.voice.shelf import Shelf
from broker.voice.sound import RATE, wav

MANIFEST = """schema = 1
name = "{name}"
language = "th"
speaker = "an officer"
licence = "the office's own"
label = "recorded"
loudness = -19.0
[words]
"""
ONE, TWO = Clip("th", "หนึ่ง", 0), Clip("th", "สอง", 0)


def tone(frequency: float) -> bytes:
    return wav(0.2 * np.sin(2 * np.pi * frequency * np.arange(RATE // 4) / RATE), RATE)


def pack(folder: Path, words: dict[str, str], frequency: float = 440) -> Path:
    folder.mkdir(parents=True)
    for file in words.values():
        (folder / file).write_bytes(tone(frequency))
    lines = "".join(f'"{word}" = "{file}"\n' for word, file in words.items())
    (folder / "manifest.toml").write_text(MANIFEST.format(name=folder.name) + lines)
    return folder


class Watch:
    """A shelf, and what it says of changes."""

    def __init__(self, directory: Path, first: str = "office") -> None:
        self.changes: queue.Queue[float] = queue.Queue()
        self.shelf = Shelf(directory, first, lambda: self.changes.put(time.monotonic()))

    def names(self) -> list[str]:
        return [pack.manifest.name for pack in self.shelf.voice.packs]

    def becomes(self, *names: str) -> None:
        """Wait until these are the packs, in this order; it is told each time they were read."""
        while self.names() != list(names):
            self.changes.get(timeout=10)


@pytest.fixture
def watch(monkeypatch):
    monkeypatch.setattr(module, "QUIET", 0.15)
    watches = []

    def start(*arguments) -> Watch:
        watches.append(Watch(*arguments))
        return watches[-1]

    yield start
    for started in watches:
        started.shelf.close()


def test_a_pack_that_is_added_edited_replaced_or_taken_away_is_followed(tmp_path, watch):
    packs = tmp_path / "packs"
    pack(packs / "other", {"หนึ่ง": "1.wav"})
    watched = watch(packs)
    assert watched.names() == ["other"]

    pack(tmp_path / "office", {"หนึ่ง": "1.wav"}, 300).rename(packs / "office")  # whole at once
    watched.becomes("office", "other")
    before = watched.shelf.voice.sound(ONE)

    (packs / "office" / "1.wav").write_bytes(tone(500))  # one word anew
    while np.array_equal(watched.shelf.voice.sound(ONE), before):
        watched.changes.get(timeout=10)

    (packs / "office").rename(tmp_path / "away")
    watched.becomes("other")
    shutil.rmtree(packs)
    pack(packs / "third", {"หนึ่ง": "1.wav"})  # in another directory of the same name
    watched.becomes("third")
    pack(packs / "fourth", {"หนึ่ง": "1.wav"})
    watched.becomes("fourth", "third")


def test_a_folder_is_a_pack_only_once_its_manifest_is_there_and_its_copying_rests(tmp_path, watch, monkeypatch):
    monkeypatch.setattr(module, "QUIET", 0.5)
    words = {f"word {number}": f"{number}.wav" for number in range(12)}
    source = pack(tmp_path / "office", words)
    packs = tmp_path / "packs"
    packs.mkdir()
    watched = watch(packs)
    (packs / "office").mkdir()
    files = [*words.values(), "manifest.toml"]
    for file in files[:6]:
        shutil.copyfile(source / file, packs / "office" / file)
    watched.changes.get(timeout=10)  # it rests half-way: no manifest, no pack
    assert watched.names() == []
    for file in files[6:]:
        time.sleep(0.06)
        shutil.copyfile(source / file, packs / "office" / file)
    done = time.monotonic()
    assert watched.changes.get(timeout=10) >= done + 0.45  # one reading, after the last file
    assert len(watched.shelf.voice.packs[0].words) == 12
    assert watched.changes.empty()


def test_a_directory_that_appears_later_is_found(tmp_path, watch):
    watched = watch(tmp_path / "share" / "voice")
    assert watched.names() == []
    pack(tmp_path / "share" / "voice" / "office", {"หนึ่ง": "1.wav"})
    watched.becomes("office")
    pack(tmp_path / "share" / "voice" / "other", {"สอง": "2.wav"})
    watched.becomes("office", "other")


def test_reading_packs_is_no_change_of_them(tmp_path, watch):
    watched = watch(tmp_path / "packs")
    pack(tmp_path / "packs" / "office", {"หนึ่ง": "1.wav"})
    watched.becomes("office")
    time.sleep(0.4)  # any late reading of the copying itself
    while not watched.changes.empty():
        watched.changes.get()
    time.sleep(0.4)
    assert watched.changes.empty()


def test_where_the_kernel_gives_no_watch_the_packs_are_read_once_and_that_is_told(tmp_path, watch, monkeypatch, caplog):
    def refuse(*_arguments, **_options):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(inotify.InotifyEmitter, "on_thread_start", refuse)
    pack(tmp_path / "office", {"หนึ่ง": "1.wav"})
    assert watch(tmp_path).names() == ["office"]
    assert "only after a restart" in caplog.text


def test_what_cannot_be_read_leaves_the_packs_that_were_good(tmp_path, watch, monkeypatch, caplog):
    packs = tmp_path / "packs"
    pack(packs / "office", {"หนึ่ง": "1.wav"})
    watched = watch(packs)

    def fail(*_arguments):
        raise MemoryError

    monkeypatch.setattr(module.Voice, "load", fail)
    (packs / "office" / "1.wav").write_bytes(b"")
    give_up = time.monotonic() + 5
    while "could not be read" not in caplog.text and time.monotonic() < give_up:
        time.sleep(0.02)
    assert "could not be read" in caplog.text
    assert watched.names() == ["office"]
    monkeypatch.undo()
    (packs / "office" / "manifest.toml").touch()
    (packs / "office" / "1.wav").write_bytes(tone(440))
    watched.changes.get(timeout=10)
    assert watched.shelf.voice.sound(ONE) is not None
    assert watched.shelf.voice.sound(TWO) is None


def test_a_shelf_whose_packs_cannot_be_read_at_the_start_stands_and_takes_up_the_next_change(
    tmp_path, watch, monkeypatch, caplog
):
    packs = tmp_path / "packs"
    pack(packs / "office", {"หนึ่ง": "1.wav"})

    def fail(*_arguments):
        raise MemoryError

    monkeypatch.setattr(module.Voice, "load", fail)
    watched = watch(packs)
    assert watched.names() == []
    assert "could not be read" in caplog.text
    monkeypatch.undo()
    (packs / "office" / "1.wav").write_bytes(tone(500))
    watched.becomes("office")
