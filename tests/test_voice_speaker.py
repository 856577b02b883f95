"""The speaker, heard at ALSA: the player is the real one, the sound card a file."""

import datetime as dt
import os
import queue
import re
import shutil
import signal
import threading
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from msgspec.structs import replace
from thai_voice import FIRST_SOUND, Tap, first_sounds, floor, is_whole

import broker.voice.player
from broker import centre, clock
from broker.centre import Quiet, Volume
from broker.language.catalogue import words
from broker.messages import Call
from broker.morning.ears import Ears
from broker.voice import shelf
from broker.voice.chime import chime
from broker.voice.pack import Voice
from broker.voice.player import Player
from broker.voice.sound import RATE, wav
from display.voice import speaker
from display.voice.announcement import clips
from display.voice.speaker import Speaker

CENTRE = centre.load(centre.DEFAULT)
WAV_HEADER = 44


@pytest.fixture
def ears(tmp_path, monkeypatch) -> Ears:
    ears = Ears(tmp_path / "heard")
    for name, value in ears.env.items():
        monkeypatch.setenv(name, value)
    return ears


@pytest.fixture
def tap(tmp_path, monkeypatch):
    tap = Tap(tmp_path / "tap")
    for name, value in tap.env.items():
        monkeypatch.setenv(name, value)
    yield tap
    tap.close()


@pytest.fixture
def speak():
    """``speak(directory, rule=…)``: a speaker under these rules of [voice], and the queue of what it reports done."""
    speakers = []

    def start(directory: Path, **rules: object) -> tuple[Speaker, "queue.Queue[tuple[str, bool]]"]:
        done: queue.Queue[tuple[str, bool]] = queue.Queue()
        site = replace(CENTRE, voice=replace(CENTRE.voice, **rules))
        speakers.append(Speaker(directory, site, lambda call, spoken: done.put((call, spoken))))
        return speakers[-1], done

    yield start
    for started in speakers:
        started.stop()


def call(ticket: str, point: int, times: int = 1, at: str = "2026-11-23 09:00") -> Call:
    """`at` is the hall's time, in Bangkok."""
    moment = dt.datetime.fromisoformat(at).replace(tzinfo=CENTRE.zone).astimezone(dt.UTC)
    return Call(call=f"c-{ticket.lower()}", ticket=ticket, point=point, at=moment, times=times)


def player(folder: Path, script: str, monkeypatch) -> None:
    """Puts another `aplay` before the real one: a sound card that behaves badly."""
    folder.mkdir()
    (folder / "aplay").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "aplay").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def heard(ears: Ears, count: int) -> list[np.ndarray]:
    """The samples of the first playbacks, once so many have ended."""
    until = time.monotonic() + 5
    while len(ears.heard()) < count and time.monotonic() < until:
        time.sleep(0.01)
    return [np.frombuffer(playback.file.read_bytes(), "<i2") for playback in ears.heard()]


def meant(directory: Path, ticket: str, point: int, again: bool = False) -> np.ndarray:
    spoken = clips(ticket, point, CENTRE.voice.speakers, CENTRE.voice.polite, again)
    mix = Voice.load(directory, "synthetic").mix(spoken)
    return np.frombuffer(wav(mix, RATE)[WAV_HEADER:], "<i2")


def test_what_is_heard_is_the_mix_of_the_packs(built, ears, speak):
    speaker, done = speak(built)
    speaker.say(call("A015", 2))
    assert done.get(timeout=10) == ("c-a015", True)
    (sound,) = heard(ears, 1)
    expected = meant(built, "A015", 2)
    assert np.array_equal(sound[: len(expected)], expected)
    assert not sound[len(expected) :].any()  # aplay fills its last period with silence


def test_a_repeated_call_is_said_in_other_words(built, ears, speak):
    speaker, done = speak(built)
    speaker.say(call("A015", 2, times=2))
    done.get(timeout=10)
    expected = meant(built, "A015", 2, again=True)
    assert np.array_equal(heard(ears, 1)[0][: len(expected)], expected)


def test_three_calls_at_once_are_said_in_order_and_never_overlap(built, ears, speak):
    speaker, done = speak(built)
    tickets = [("A001", 2, False), ("B002", 4, True), ("R003", 7, False)]
    for ticket, point, again in tickets:
        speaker.say(call(ticket, point, 1 + again))
    assert [done.get(timeout=10)[0] for _ in tickets] == ["c-a001", "c-b002", "c-r003"]
    for sound, (ticket, point, again) in zip(heard(ears, 3), tickets, strict=True):
        assert is_whole(sound, meant(built, ticket, point, again))
    playbacks = ears.heard()
    assert all(before.end <= after.begin for before, after in pairwise(playbacks))


def test_the_first_sample_is_at_the_device_within_250_ms_of_the_call(built, tap):
    least, found = floor(tap, 5), first_sounds(tap, 9)
    print(f"first sample: median {median(found):.3f} s, worst {max(found):.3f}, bare aplay {median(least):.3f}")
    assert median(found) < FIRST_SOUND
    assert median(found) > min(least)  # what is timed does hold the player's own start


def test_packs_that_change_are_spoken_without_a_restart_and_delay_no_call(built, tmp_path, tap, monkeypatch):
    monkeypatch.setattr(shelf, "QUIET", 0.05)
    packs = tmp_path / "packs"
    shutil.copytree(built, packs)
    changed: queue.Queue[float] = queue.Queue()
    speaking = Speaker(packs, CENTRE, lambda *_done: None, lambda: changed.put(time.monotonic()))
    speaking.say(call("A000", 2))
    tap.heard()
    other = (packs / "synthetic" / "2-song.wav").read_bytes()
    delays = []
    try:
        for _ in range(5):
            (packs / "synthetic" / "1-nueng.wav").write_bytes(other)
            time.sleep(0.1)  # the packs are being read
            said = time.monotonic()
            speaking.say(call("A111", 1))
            delays.append(tap.heard()[0] - said)
        assert median(delays) < FIRST_SOUND
        expected = meant(packs, "A111", 1)  # สอง in place of หนึ่ง
        give_up, sound = time.monotonic() + 10, np.zeros(0)
        while not is_whole(sound, expected) and time.monotonic() < give_up:
            speaking.say(call("A111", 1))
            sound = tap.heard()[1]
        assert is_whole(sound, expected)
        (packs / "english" / "manifest.toml").unlink()
        changed.get(timeout=10)
        assert speaking.warnings == ("The voice lacks words: some calls are not spoken",)
    finally:
        speaking.stop()


def test_say_does_not_wait_for_the_player(built, tmp_path, monkeypatch, speak):
    player(tmp_path / "bin", "exec sleep 30", monkeypatch)
    speaker, _ = speak(built)
    before = time.monotonic()
    for number in range(20):
        speaker.say(call(f"A{number:03}", 2))
    assert time.monotonic() - before < 5  # one player takes 30


def test_stop_silences_within_2_s_and_confirms_nothing_unsaid(built, tmp_path, monkeypatch, speak):
    player(tmp_path / "bin", f"touch {tmp_path}/playing; exec sleep 30", monkeypatch)
    speaker, done = speak(built)
    speaker.say(call("A001", 2))
    speaker.say(call("A002", 2))
    until = time.monotonic() + 5
    while not (tmp_path / "playing").exists() and time.monotonic() < until:
        time.sleep(0.01)
    before = time.monotonic()
    speaker.stop()
    assert time.monotonic() - before < 2
    assert done.empty()


def test_a_player_that_hangs_is_killed_and_the_call_counts_as_unspoken(built, tmp_path, monkeypatch, speak):
    player(tmp_path / "bin", "exec sleep 30", monkeypatch)
    monkeypatch.setattr(speaker, "patience", lambda seconds: 0.2)
    hung, done = speak(built)
    hung.say(call("A001", 2))
    assert done.get(timeout=10) == ("c-a001", False)
    assert hung.warnings == ("The sound does not play",)


@pytest.mark.parametrize("end", ["exec sleep 30", "exit 3"])
def test_a_player_whose_child_holds_its_pipe_is_let_go_and_the_next_call_is_taken(
    built, tmp_path, monkeypatch, speak, end
):
    player(tmp_path / "bin", f"sleep 40 & echo $! >>{tmp_path}/children; {end}", monkeypatch)
    monkeypatch.setattr(speaker, "patience", lambda seconds: 0.2)
    monkeypatch.setattr(broker.voice.player, "GIVE_UP", 0.2)
    hung, done = speak(built)
    try:
        for ticket in ("A001", "A002"):
            hung.say(call(ticket, 2))
            assert done.get(timeout=10) == (f"c-{ticket.lower()}", False)
        assert hung.warnings == ("The sound does not play",)
    finally:
        for child in (tmp_path / "children").read_text().split():
            os.kill(int(child), signal.SIGKILL)


def test_without_a_sound_device_the_call_counts_as_unspoken_and_the_node_says_why(built, monkeypatch, speak):
    monkeypatch.setenv("KHIU_AUDIO_DEVICE", "hw:99")
    mute, done = speak(built)
    mute.say(call("A001", 2))
    assert done.get(timeout=10) == ("c-a001", False)
    assert mute.warnings == ("The sound does not play",)


def test_an_announcement_that_fails_is_unspoken_and_told_and_the_next_is_heard(built, ears, monkeypatch, speak):
    def faulty(ticket: str, *rest: object) -> tuple:
        if ticket == "A001":
            raise KeyError(ticket)
        return clips(ticket, *rest)

    monkeypatch.setattr(speaker, "clips", faulty)
    steady, done = speak(built)
    steady.say(call("A001", 2))
    assert done.get(timeout=10) == ("c-a001", False)
    assert steady.warnings == ("An announcement could not be made",)
    steady.say(call("A002", 2))
    assert done.get(timeout=10) == ("c-a002", True)
    assert steady.warnings == ()
    assert len(heard(ears, 1)) == 1


def test_a_sound_device_that_comes_back_clears_the_warning(built, ears, monkeypatch, speak):
    monkeypatch.setenv("KHIU_AUDIO_DEVICE", "hw:99")
    speaker, done = speak(built)
    speaker.say(call("A001", 2))
    done.get(timeout=10)
    monkeypatch.delenv("KHIU_AUDIO_DEVICE")
    speaker.say(call("A002", 2))
    assert done.get(timeout=10) == ("c-a002", True)
    assert speaker.warnings == ()


def test_without_a_pack_the_call_counts_as_unspoken_and_is_chimed_and_the_node_says_why(tmp_path, ears, speak):
    mute, done = speak(tmp_path)
    mute.say(call("A001", 2))
    assert done.get(timeout=10) == ("c-a001", False)
    assert mute.warnings == ("There is no voice pack: nothing is spoken",)
    expected = np.frombuffer(wav(chime(RATE), RATE)[WAV_HEADER:], "<i2")
    assert np.array_equal(heard(ears, 1)[0][: len(expected)], expected)


def test_in_quiet_hours_nothing_is_heard_and_the_call_counts_as_unspoken(built, ears, speak):
    quiet, done = speak(built, quiet=(Quiet(dt.time(12), dt.time(13)),))
    quiet.say(call("A001", 2, at="2026-11-23 12:59:59"))
    assert done.get(timeout=10) == ("c-a001", False)
    assert quiet.warnings == ()  # it was meant so
    quiet.say(call("A002", 2, at="2026-11-23 13:00"))
    assert done.get(timeout=10) == ("c-a002", True)
    assert len(heard(ears, 1)) == 1


def test_quiet_hours_go_by_the_halls_clock_and_while_nobody_set_that_everything_is_heard(
    built, ears, monkeypatch, speak
):
    noon = dt.datetime(1970, 1, 1, 12, 30, tzinfo=CENTRE.zone).astimezone(dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)  # of the screen, which has no battery
    quiet, done = speak(built, quiet=(Quiet(dt.time(12), dt.time(13)),), volume=(Volume(dt.time(8), 50),))
    quiet.say(call("A001", 2, at="2026-11-23 12:30"))
    assert done.get(timeout=10) == ("c-a001", False)
    for ticket, at in (("A002", "2026-11-23 11:30"), ("A003", "1970-01-01 12:30")):
        quiet.say(call(ticket, 2, at=at))
        assert done.get(timeout=10) == (f"c-{ticket.lower()}", True)
    expected = meant(built, "A003", 2)
    assert np.array_equal(heard(ears, 2)[1][: len(expected)], expected)  # at full volume


def test_half_the_volume_is_ten_decibels_less(built, ears, speak):
    soft, done = speak(built, volume=(Volume(dt.time(8), 100), Volume(dt.time(15), 50)))
    soft.say(call("A001", 2, at="2026-11-23 15:00"))
    done.get(timeout=10)
    sound, expected = heard(ears, 1)[0], meant(built, "A001", 2)
    ratio = np.linalg.norm(sound.astype(float)) / np.linalg.norm(expected.astype(float))
    assert 20 * np.log10(ratio) == pytest.approx(-10, abs=0.01)


def test_every_warning_has_its_thai():
    thai = words("th")
    warnings = (
        speaker.NO_PACK,
        speaker.FAULTY_PACK,
        speaker.HOLES,
        speaker.MISSING_WORDS,
        speaker.NO_SOUND,
        speaker.NOT_MADE,
    )
    assert [warning for warning in warnings if thai(warning) == warning] == []


def test_a_pack_that_lacks_words_is_told(built, tmp_path, ears, speak):
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "synthetic").symlink_to(built / "synthetic")
    halting, done = speak(tmp_path / "packs")
    halting.say(call("A001", 2))
    assert done.get(timeout=10) == ("c-a001", True)  # in Thai
    assert halting.warnings == ("The voice lacks words: some calls are not spoken",)


def test_a_pack_with_a_hole_is_told_and_the_call_spoken(built, tmp_path, ears, speak, caplog):
    packs = tmp_path / "packs"
    shutil.copytree(built, packs)
    (packs / "synthetic" / "1-nueng.wav").write_bytes(b"no sound")
    shutil.copytree(built / "synthetic", packs / "zweite")
    halting, done = speak(packs)
    halting.say(call("A001", 2))
    assert done.get(timeout=10) == ("c-a001", True)
    assert halting.warnings == ("A voice pack lacks words: another voice speaks them",)
    assert "'หนึ่ง' (th) is missing" in caplog.text
    expected = meant(built, "A001", 2)
    assert np.array_equal(heard(ears, 1)[0][: len(expected)], expected)


def test_a_pack_of_damaged_wavs_silences_neither_the_screen_nor_the_other_packs(built, tmp_path, ears, speak):
    packs = tmp_path / "packs"
    shutil.copytree(built, packs)
    shutil.copytree(built / "synthetic", packs / "office")
    manifest = packs / "office" / "manifest.toml"
    manifest.write_text(re.sub("(?m)^recipe = .*$", 'recipe = ""', manifest.read_text()))  # a person's: asked first
    for place, file in enumerate(sorted((packs / "office").glob("*.wav"))):
        damaged = bytearray(file.read_bytes())
        damaged[16:20] = b"\xff\xff\xff\x7f"  # the format reaches beyond the file
        file.write_bytes(damaged if place % 2 else wav(np.array([0.1, 0.1]), RATE))
    steady, done = speak(packs)
    steady.say(call("A001", 2))
    assert done.get(timeout=10) == ("c-a001", True)
    expected = meant(built, "A001", 2)
    assert np.array_equal(heard(ears, 1)[0][: len(expected)], expected)


def test_a_sound_that_is_cut_is_no_fault_and_the_next_is_played(ears, tmp_path, monkeypatch):
    player(tmp_path / "bin", f"touch {tmp_path}/playing; exec sleep 30", monkeypatch)
    one = Player()
    outcome: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: outcome.put(one.play(b"", 20)), daemon=True).start()
    until = time.monotonic() + 5
    while not (tmp_path / "playing").exists() and time.monotonic() < until:
        time.sleep(0.01)
    one.cut()
    assert outcome.get(timeout=2) == ""
    (tmp_path / "bin" / "aplay").write_text("#!/bin/sh\nexit 3\n")
    assert one.play(b"", 5) == "exit 3: "
