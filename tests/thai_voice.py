"""`make thai`, the voice: how soon it speaks, how whole, how even; and some calls to listen to.

The bounds and the measures stand here once; tests/test_voice_speaker.py and test_voice_packs.py hold the same bounds.
"""

from __future__ import annotations

import datetime as dt
import os
import queue
import random
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from statistics import median

import numpy as np
from msgspec.structs import replace
from thai_page import Picture, Section, Table

from broker.centre import DEFAULT, Centre, load
from broker.link import Connected, Link, Received
from broker.messages import Board, Call, Status
from broker.mosquitto import Mosquitto
from broker.node import Setting
from broker.topics import address
from broker.voice.chime import chime
from broker.voice.clips import Clip, sentences
from broker.voice.pack import RATES, Pack, Voice
from broker.voice.sound import LOUDNESS, RATE, Sound, envelope, loudness, read, resampled, wav
from display.voice.announcement import clips
from display.voice.build import build
from display.voice.speaker import Speaker

FIRST_SOUND = 0.250  # s from the call to the first sample at the sound device
GAP = 0.400  # s of silence inside a sentence
SILENT = -45.0  # dBFS: below it 5 ms are silence
SPREAD = 3.0  # LU between the softest and the loudest word of a pack

CENTRE = load(DEFAULT)
HEADER = 44  # bytes of a WAV before its samples
BUILT = Path(__file__).parent.parent / "build" / "voice"
TAP = """\
pcm.!default {{ type file
  slave.pcm "null"
  format "raw"
  file "{pipe}" }}
ctl.!default {{ type hw card 0 }}
"""


class Tap:
    """A sound device that is a pipe: `heard` gives each playback's moment of the first sample, and all its samples.

    The moment is of the monotonic clock.  Playback is faster than real time.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._pipe = folder / "pipe"
        os.mkfifo(self._pipe)
        configuration = folder / "asound.conf"
        configuration.write_text(TAP.format(pipe=self._pipe))
        self.env = {"ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{configuration}"}
        self._playbacks: queue.SimpleQueue[tuple[float, Sound]] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def heard(self, within: float = 20.0) -> tuple[float, Sound]:
        """The next playback that has ended.  Raises `queue.Empty`."""
        return self._playbacks.get(timeout=within)

    def close(self) -> None:
        self._closed = True
        os.close(os.open(self._pipe, os.O_WRONLY))
        self._thread.join(5)

    def _listen(self) -> None:
        while not self._closed:
            with self._pipe.open("rb", buffering=0) as source:  # until somebody plays
                if first := source.read(65536):
                    moment = time.monotonic()
                    self._playbacks.put((moment, np.frombuffer(first + source.readall(), "<i2")))


# ------------------------------------------------------------------ measures
def meant(voice: Voice, site: Centre, ticket: str, point: int, again: bool = False) -> Sound:
    """The samples of a call as they must be heard."""
    mix = voice.mix(clips(ticket, point, site.voice.speakers, site.voice.polite, again))
    return np.frombuffer(wav(mix, RATE)[HEADER:], "<i2")


def is_whole(heard: Sound, expected: Sound) -> bool:
    """Every sample of the mix, and after it only the silence that fills aplay's last period."""
    return np.array_equal(heard[: len(expected)], expected) and not heard[len(expected) :].any()


def floor(tap: Tap, count: int) -> list[float]:
    """Seconds from the start of a bare aplay of silence to its first sample."""
    silence = wav(np.zeros(RATE), RATE)
    found = []
    for _ in range(count):
        began = time.monotonic()
        subprocess.run(["aplay", "-q"], input=silence, check=True, env=os.environ | tap.env, timeout=20)
        found.append(tap.heard()[0] - began)
    return found


def first_sounds(tap: Tap, count: int) -> list[float]:
    """Seconds from a call's arrival at the speaker to its first sample; ``tap.env`` is the environment already."""
    done: queue.SimpleQueue[bool] = queue.SimpleQueue()
    speaker = Speaker(BUILT, CENTRE, lambda _call, spoken: done.put(spoken))
    found = []
    try:
        for number in range(count + 1):
            began = time.monotonic()
            speaker.say(a_call(f"A{number:03}", 2))
            moment, _ = tap.heard()
            assert done.get(timeout=10)
            found.append(moment - began)
            time.sleep(0.05)
    finally:
        speaker.stop()
    return found[1:]  # before the first, the packs were read


def a_call(ticket: str, point: int, times: int = 1, at: dt.datetime | None = None) -> Call:
    return Call(f"c-{ticket.lower()}-{times}", ticket, point, at or dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC), times)


def largest_gap(voice: Voice, sentence: Sequence[Clip]) -> float:
    """Seconds of the longest silence inside one sentence."""
    sound = voice.mix((Clip(sentence[0].language, sentence[0].word, 0), *sentence[1:]))
    silent = envelope(sound, RATE) < 10 ** (SILENT / 20)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], silent.astype(int), [0]])))
    return float((edges[1::2] - edges[::2]).max(initial=0) * 0.005)


def largest_gaps(voice: Voice, calls: Iterable[tuple[str, int, bool]]) -> dict[str, tuple[float, str]]:
    """Language → the longest silence inside any sentence of these calls (ticket, point, again), and of which."""
    found: dict[str, tuple[float, str]] = {}
    for ticket, point, again in calls:
        for language, sentence in sentences(clips(ticket, point, ("th", "en"), "kha", again))[1:]:
            gap = largest_gap(voice, sentence), f"{ticket} → {point}{', again' if again else ''}"
            found[language] = max(found.get(language, (0.0, "")), gap)
    return found


def mixed(folder: Path) -> Voice:
    """A voice whose first pack lacks every second word, so that sentences change their speaker in the middle.

    The other speaker is slower, deeper and less loud, and left silence around each word.
    """
    half = folder / "half"
    shutil.copytree(BUILT / "synthetic", half)
    for place, file in enumerate(sorted(half.glob("*.wav"))):
        if place % 2:
            file.unlink()
        else:
            sound, rate = read(file, RATES)
            slower = resampled(sound, rate * 9 // 10, RATE) * 10 ** (-6 / 20)
            file.write_bytes(wav(np.pad(slower, 9000), RATE))
    manifest = half / "manifest.toml"
    manifest.write_text(re.sub(r"(?m)^loudness = .*$", f"loudness = {LOUDNESS - 6}", manifest.read_text("utf-8")))
    shutil.copytree(BUILT / "synthetic", folder / "synthetic")
    shutil.copytree(BUILT / "english", folder / "english")
    return Voice.load(folder, "half")


# ------------------------------------------------------------------ the page
def section(folder: Path) -> Section:
    """Some minutes; needs Xvfb and mosquitto as the tests do."""
    build(BUILT)
    voice = Voice.load(BUILT, "synthetic")
    timing, faults = _timing(folder / "work", voice)
    gaps, gap_faults = _gaps(folder / "work", voice)
    levels, level_faults = _levels(voice.packs)
    sounds = tuple(_sounds(folder, voice, Voice.load(folder / "work" / "mixed", "half")))
    shutil.rmtree(folder / "work")  # a pipe among it, at which who copies the page would wait for ever
    return Section(
        "The voice: timing, wholeness, loudness",
        "The sound device is ALSA's file plug-in at a pipe; what is timed is the first sample that reaches it, the "
        "player's own start within, on this machine, which is no Pi. A card's own delay is not in it, and playback "
        "there is faster than real time. "
        "Loudness is that of BS.1770 without gates. Whether the calls are understood in a hall, only listeners in a "
        "hall can say; the synthetic Thai is judged by nobody's ear here.",
        (*timing, gaps, levels),
        sounds=sounds,
        faults=(*faults, *gap_faults, *level_faults),
    )


def _timing(work: Path, voice: Voice) -> tuple[tuple[Table, ...], list[str]]:
    tap = Tap(work / "tap")
    os.environ |= tap.env
    speaker = first_sounds(tap, 20)
    least = floor(tap, 20)
    through, three = _screen(work, tap, voice)
    tap.close()
    rows, faults = [], []
    for name, seconds in (
        ("a bare aplay of silence (the floor)", least),
        ("call at the speaker → first sample", speaker),
        ("hall/call published → first sample, through broker and khiu-screen", through),
    ):
        ratio = f"{median(seconds) / median(least):.1f}"
        rows.append((name, str(len(seconds)), *(f"{1000 * f(seconds):.0f}" for f in (median, max)), ratio))
        if median(seconds) >= FIRST_SOUND:
            faults.append(f"{name}: {1000 * median(seconds):.0f} ms")
    faults += [f"three calls at once: {row}" for row in three if row[2] != "yes"]
    return (
        Table("Time to the first sample", ("from → to", "times", "median ms", "worst ms", "× floor"), tuple(rows)),
        Table(
            "Three calls published at once, as heard", ("place", "call", "whole", "after the first, s"), tuple(three)
        ),
    ), faults


def _screen(work: Path, tap: Tap, voice: Voice) -> tuple[list[float], list[tuple[str, ...]]]:
    """Through a real broker and the real program: seconds to the first sample, and what three calls at once became."""
    from test_signage_screen import Screen

    with Mosquitto(work / "passwords", CENTRE) as broker:
        site = replace(
            CENTRE,
            broker=replace(CENTRE.broker, port=broker.port),
            calling=replace(CENTRE.calling, shown_seconds=1),
        )
        events: queue.SimpleQueue[object] = queue.SimpleQueue()
        (work / "hall").mkdir()
        setting = Setting(site, "hall", work / "hall", broker.secret("hall"))
        hall = Link(setting, "hall", [address(site.centre.site, Status)], events.put)
        hall.start()
        _await(events, lambda event: isinstance(event, Connected))
        now = dt.datetime.now(dt.UTC)
        hall.publish(Board(1, now.date(), now, (), (), ()))
        (work / "screen").mkdir()
        screen = Screen(site, broker, work / "screen")
        try:
            screen.start(KHIU_VOICE=str(BUILT), **tap.env)
            _await(
                events, lambda event: isinstance(event, Received) and event.key == "screen-1" and event.message.online
            )
            found = []
            for number in range(21):
                time.sleep(random.Random(number).uniform(1.2, 1.4))  # at no beat of the window's
                began = time.monotonic()
                hall.publish(a_call(f"A{number:03}", 2, at=dt.datetime.now(dt.UTC)))
                found.append(tap.heard()[0] - began)
            time.sleep(1.5)
            calls = [("A901", 2, 1), ("B902", 4, 2), ("R903", 7, 1)]
            for ticket, point, times in calls:
                hall.publish(a_call(ticket, point, times, dt.datetime.now(dt.UTC)))
            playbacks = [tap.heard() for _ in calls]
        finally:
            screen.close()
            hall.stop()
    three = [
        (
            str(place),
            f"{ticket} → {point}{', again' if times > 1 else ''}",
            "yes" if is_whole(sound, meant(voice, site, ticket, point, times > 1)) else "no",
            f"{moment - playbacks[0][0]:.2f}",
        )
        for place, ((ticket, point, times), (moment, sound)) in enumerate(zip(calls, playbacks, strict=True), 1)
    ]
    return found[1:], three


def _await(events: queue.SimpleQueue[object], found: object, within: float = 30.0) -> None:
    give_up = time.monotonic() + within
    while not found(events.get(timeout=max(0.01, give_up - time.monotonic()))):  # type: ignore[operator]
        pass


def _gaps(work: Path, voice: Voice) -> tuple[Table, list[str]]:
    choose = random.Random(3)
    calls = [
        (f"{choose.choice('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}{choose.randrange(1000):03}", choose.randint(1, 99), again)
        for again, _ in product((False, True), range(200))
    ]
    rows, faults = [], []
    for name, speaking in (("the packs made here", voice), ("two packs mixed word by word", mixed(work / "mixed"))):
        for language, (gap, call) in largest_gaps(speaking, calls).items():
            rows.append((name, language, str(len(calls)), f"{1000 * gap:.0f}", call))
            if gap >= GAP:
                faults.append(f"{name}: a gap of {1000 * gap:.0f} ms in {call} ({language})")
    head = ("voice", "language", "sentences", "longest ms", "in")
    return Table(f"Silence inside a sentence (bound {1000 * GAP:.0f} ms)", head, tuple(rows)), faults


def _levels(packs: Sequence[Pack]) -> tuple[Table, list[str]]:
    rows, faults = [], []
    for pack in packs:
        lufs = {word: loudness(sound, RATE) for word, sound in pack.words.items()}
        softest, loudest = min(lufs, key=lufs.__getitem__), max(lufs, key=lufs.__getitem__)
        peak = 20 * np.log10(max(float(np.max(np.abs(sound))) for sound in pack.words.values()))
        spread = lufs[loudest] - lufs[softest]
        rows.append((
            pack.manifest.name, str(len(lufs)), f"{median(lufs.values()):.1f}", f"{lufs[softest]:.1f} ({softest})",
            f"{lufs[loudest]:.1f} ({loudest})", f"{spread:.1f}", f"{peak:.1f}",
        ))  # fmt: skip
        if spread > SPREAD or pack.uneven():
            faults.append(f"{pack.manifest.name}: {spread:.1f} LU between {softest} and {loudest}")
    rows.append(("the chime", "1", f"{loudness(chime(RATE), RATE):.1f}", "", "", "", ""))
    head = ("pack", "words", "median LUFS", "softest", "loudest", "spread LU", "peak dBFS")
    return Table(f"Loudness of words (all are meant to have {LOUDNESS:.0f} LUFS)", head, tuple(rows)), faults


def _sounds(folder: Path, voice: Voice, two: Voice) -> Iterable[Picture]:
    both = ("th", "en")
    for file, caption, sound in (
        ("first.wav", "A015 to point 2, first call", voice.mix(clips("A015", 2, both, "kha"))),
        ("again.wav", "A015 to point 2, called again", voice.mix(clips("A015", 2, both, "kha", again=True))),
        ("english.wav", "R230 to point 7, English alone", voice.mix(clips("R230", 7, ("en",), "kha"))),
        ("khrap.wav", "B999 to point 21, Thai alone, with ครับ", voice.mix(clips("B999", 21, ("th",), "khrap"))),
        ("mixed.wav", "A015 to point 2, by two packs word by word", two.mix(clips("A015", 2, ("th",), "kha"))),
        ("chime.wav", "the chime alone, where no pack is", chime(RATE)),
    ):
        (folder / file).write_bytes(wav(sound, RATE))
        yield Picture(file, caption)
