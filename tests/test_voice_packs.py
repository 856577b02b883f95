"""The packs: how they are read, mixed and made."""

import os
import random
import re
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import msgspec
import numpy as np
import pytest
from thai_voice import GAP, largest_gaps, mixed

from broker import centre
from broker.voice import kiosk_phrases
from broker.voice.clips import Clip
from broker.voice.pack import Pack, PackError, Voice
from broker.voice.readings import THAI_DIGITS
from broker.voice.sound import LOUDNESS, RATE, SoundError, loudness, read, resampled, wav
from display.voice import command, english, synthetic
from display.voice.announcement import clips, needed
from display.voice.build import build

CENTRE = centre.load(centre.DEFAULT)
TONE = 0.2 * np.sin(2 * np.pi * 440 * np.arange(RATE // 4) / RATE)
MANIFEST = """schema = 1
name = "{name}"
language = "th"
speaker = "an officer"
licence = "the office's own"
label = "recorded"
loudness = -17.0
[words]
"""


def recorded(folder: Path, words: dict[str, str], sound=TONE, rate=RATE) -> Path:
    """A pack as an officer would record it, each word the same tone."""
    folder.mkdir(parents=True)
    (folder / "manifest.toml").write_text(
        MANIFEST.format(name=folder.name) + "".join(f'"{word}" = "{file}"\n' for word, file in words.items())
    )
    for file in words.values():
        (folder / file).write_bytes(wav(sound, rate))
    return folder


# ---------------------------------------------------------------- reading
def test_a_wav_that_cannot_be_spoken_costs_its_own_word_alone_and_is_named(tmp_path):
    words = ("หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด")
    folder = recorded(tmp_path / "office", {word: f"{number}.wav" for number, word in enumerate(words, 1)})
    (folder / "1.wav").unlink()
    (folder / "2.wav").write_bytes(wav(TONE, 44100))
    (folder / "3.wav").write_bytes(b"no sound")
    (folder / "4.wav").write_bytes(wav(TONE * 0, RATE))
    (folder / "5.wav").write_bytes((folder / "5.wav").read_bytes()[:-1000])
    stereo(folder / "6.wav")
    pack = Pack.load(folder)
    assert list(pack.words) == ["เจ็ด"]
    assert [line.split(":")[0] for line in pack.faults] == [str(folder / f"{number}.wav") for number in range(1, 7)]
    assert [word in line for word, line in zip(words, pack.faults, strict=False)] == [True] * 6
    for line, why in zip(pack.faults, ("No such file", "44100", "RIFF", "silent", "cut short", "2 chan"), strict=True):
        assert why in line


def stereo(file: Path) -> None:
    with wave.open(str(file), "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        out.writeframes(bytes(4000))


def test_a_damaged_header_is_a_sound_or_a_fault_and_nothing_else(tmp_path):
    choose, whole, file, faults = random.Random(5), wav(TONE[:400], RATE), tmp_path / "odd.wav", set()
    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(choose.randint(1, 3)):
            damaged[choose.randrange(44)] = choose.choice((0, 1, 0x7F, 0xFF, choose.randrange(256)))
        file.write_bytes(damaged[: choose.choice((len(damaged), choose.randrange(len(damaged))))])
        try:
            read(file, (22050, RATE))
        except SoundError as fault:
            faults.add(str(fault))
    assert "cannot be read: its header is damaged" in faults  # what `wave` raises without a word
    assert len(faults) > 10


def test_what_is_no_file_or_no_word_is_not_read(tmp_path):
    words = ("หนึ่ง", "สอง", "สาม", "สี่", "ห้า")
    folder = recorded(tmp_path / "office", {word: f"{number}.wav" for number, word in enumerate(words, 1)})
    (folder / "1.wav").unlink()
    os.mkfifo(folder / "1.wav")
    (folder / "2.wav").unlink()
    (folder / "2.wav").mkdir()
    with wave.open(str(folder / "3.wav"), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(bytes(2 * 31 * RATE))
    (folder / "4.wav").write_bytes(wav(TONE[50:52], RATE))  # nothing is left of it once it fades in and out
    pack = Pack.load(folder)
    assert list(pack.words) == ["ห้า"]
    for line, why in zip(pack.faults, ("no file", "no file", "longer than 30 s", "silent"), strict=True):
        assert why in line


def test_a_pack_that_is_wrong_in_a_way_nobody_foresaw_leaves_all_words_to_the_next(built, tmp_path):
    manifest = recorded(tmp_path / "office", {"หนึ่ง": "1.wav"}) / "manifest.toml"
    manifest.write_text("schema = " + "[" * 100_000)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "manifest.toml")
    (tmp_path / "synthetic").symlink_to(built / "synthetic")
    voice = Voice.load(tmp_path, "office")
    assert [pack.manifest.name for pack in voice.packs] == ["synthetic"]
    assert [fault.split(":")[0].split("/")[-2] for fault in voice.faults] == ["office", "pipe"]


@pytest.mark.parametrize(
    ("right", "wrong"), [("schema = 1", "schema = 2"), ("label", "lable"), ("office.wav", "../office.wav")]
)
def test_a_manifest_is_read_to_the_letter(tmp_path, right, wrong):
    manifest = recorded(tmp_path / "office", {"หนึ่ง": "office.wav"}) / "manifest.toml"
    manifest.write_text(manifest.read_text().replace(right, wrong))
    with pytest.raises(PackError, match=r"manifest\.toml"):
        Pack.load(tmp_path / "office")


def test_a_word_that_a_pack_lacks_comes_from_the_next(built, tmp_path):
    office = Pack.load(recorded(tmp_path / "office", {"หนึ่ง": "1.wav"}))
    voice = Voice([office, Pack.load(built / "synthetic")])
    assert voice.sound(Clip("th", "หนึ่ง", 0)) is office.words["หนึ่ง"]
    assert voice.sound(Clip("th", "สอง", 0)) is voice.packs[1].words["สอง"]


def test_a_pack_recorded_before_calls_were_repeated_in_other_words_keeps_its_voice(built, tmp_path):
    first, repeated = "ขอเชิญหมายเลข", "ขอเรียกซ้ำหมายเลข"
    office = Pack.load(recorded(tmp_path / "office", {first: "1.wav"}))
    synthetic = Pack.load(built / "synthetic")
    opening = next(clip for clip in clips("A015", 2, ("th",), "kha", again=True) if clip.word == repeated)
    assert Voice([office, synthetic]).sound(opening) is office.words[first]
    assert Voice([synthetic, office]).sound(opening) is synthetic.words[repeated]


def test_a_hole_is_spoken_by_the_next_pack_in_the_same_sentence(built, tmp_path):
    folder = recorded(tmp_path / "office", {word: f"{number}.wav" for number, word in enumerate(THAI_DIGITS)})
    (tmp_path / "synthetic").symlink_to(built / "synthetic")
    (folder / "1.wav").write_bytes(b"no sound")
    voice = Voice.load(tmp_path, "office")
    spoken = clips("A015", 2, ("th",), "kha")
    office, synthetic = voice.packs
    speakers = [voice.speaker(clip).manifest.name for clip in spoken if clip.word in THAI_DIGITS]
    assert speakers == ["office", "synthetic", "office", "office"]  # ศูนย์ หนึ่ง ห้า and สอง
    sound = voice.mix(spoken)
    for word, pack in (("ศูนย์", office), ("หนึ่ง", synthetic), ("ห้า", office)):
        assert within(sound, pack.words[word])
    holes = {str(hole) for hole in voice.holes(needed(CENTRE))}
    assert "office: 'หนึ่ง' (th) is missing; synthetic speaks it" in holes
    assert not any("สอง" in hole for hole in holes if "(th)" in hole)
    assert "no pack: 'Ticket number' (en) is missing, and nobody speaks it" in holes


def within(whole: np.ndarray, part: np.ndarray) -> bool:
    places = np.flatnonzero(whole == part[len(part) // 2]) - len(part) // 2
    return any(np.array_equal(whole[max(place, 0) : place + len(part)], part) for place in places)


def test_a_wrong_manifest_leaves_all_words_to_the_next(built, tmp_path):
    manifest = recorded(tmp_path / "office", {"หนึ่ง": "1.wav"}) / "manifest.toml"
    manifest.write_text(manifest.read_text().replace("th", "thai"))
    (tmp_path / "synthetic").symlink_to(built / "synthetic")
    voice = Voice.load(tmp_path, "office")
    assert [pack.manifest.name for pack in voice.packs] == ["synthetic"]
    assert "manifest.toml" in voice.faults[0]


def test_packs_are_asked_in_the_stated_order(built, tmp_path):
    for name in ("younger", "older"):
        recorded(tmp_path / name, {"หนึ่ง": "1.wav"})
    for name in ("english", "synthetic"):
        (tmp_path / name).symlink_to(built / name)
    orders = {first: [p.manifest.name for p in Voice.load(tmp_path, first).packs] for first in ("younger", "synthetic")}
    assert orders == {
        "younger": ["younger", "older", "english", "synthetic"],
        "synthetic": ["synthetic", "older", "younger", "english"],
    }


def test_packs_of_another_loudness_are_brought_to_one(tmp_path):
    office = Pack.load(recorded(tmp_path / "office", {"หนึ่ง": "1.wav"}))  # its manifest says −17 LUFS
    quieter = LOUDNESS - -17.0
    assert loudness(office.words["หนึ่ง"], RATE) == pytest.approx(loudness(TONE, RATE) + quieter, abs=0.2)
    assert office.uneven() == []


def test_what_no_pack_can_say_is_listed(tmp_path):
    voice = Voice([Pack.load(recorded(tmp_path / "office", {"หนึ่ง": "1.wav", "chime": "2.wav"}))])
    missing = {(clip.language, clip.word) for clip in voice.missing(needed(CENTRE))}
    assert ("th", "สอง") in missing
    assert not {("", "chime"), ("th", "หนึ่ง")} & missing


def test_a_recording_made_too_quiet_is_reported(tmp_path):
    pack = Pack.load(recorded(tmp_path / "office", {"หนึ่ง": "1.wav"}, sound=TONE / 4))
    assert len(pack.uneven()) == 1
    assert "'หนึ่ง' is too quiet: -12" in pack.uneven()[0]


def test_a_recording_that_is_clipped_is_reported(tmp_path):
    pack = Pack.load(recorded(tmp_path / "office", {"หนึ่ง": "1.wav"}, sound=np.clip(TONE * 20, -1, 1)))
    assert [line.split(":")[1] for line in pack.uneven()] == [" 'หนึ่ง' is too loud", " 'หนึ่ง' is clipped"]


def test_resampling_keeps_pitch_and_level():
    tone = np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050)
    assert np.allclose(resampled(tone, 22050, 48000), np.sin(2 * np.pi * 1000 * np.arange(48000) / 48000), atol=1e-6)


def test_a_full_scale_997_hz_sine_is_3_lufs_below_full_scale():
    """BS.1770-4: 0 dBFS at 997 Hz in one channel reads −3.01 LUFS."""
    assert loudness(np.sin(2 * np.pi * 997 * np.arange(RATE) / RATE), RATE) == pytest.approx(-3.01, abs=0.02)


def test_loudness_is_the_mean_square_behind_the_two_filters_of_the_standard():
    """BS.1770-4, annex 1, run sample by sample as it is written there, on a word of rising pitch and falling level."""
    at = np.arange(RATE // 3) / RATE
    word = 0.3 * np.exp(-3 * at) * np.sin(2 * np.pi * (120 * at + 4000 * at**2)) * np.hanning(len(at))
    filtered = np.concatenate([word, np.zeros(RATE // 10)])  # the filters ring on
    for b, a in (
        ((1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)),
        ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)),
    ):
        x1 = x2 = y1 = y2 = 0.0
        for place, x in enumerate(filtered):
            y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2
            x1, x2, y1, y2 = x, x1, y, y1
            filtered[place] = y
    expected = -0.691 + 10 * np.log10(np.sum(filtered**2) / len(word))
    assert loudness(word, RATE) == pytest.approx(expected, abs=0.02)


# ---------------------------------------------------------------- mixing
def test_a_sentence_that_lacks_a_word_is_left_out_whole(built):
    thai = Pack.load(built / "synthetic")
    english = Pack.load(built / "english")
    lame = Pack(english.manifest, {word: sound for word, sound in english.words.items() if word != "one"})
    call = clips("A015", 2, ("th", "en"), "kha")
    assert len(Voice([thai, lame]).mix(call)) == len(Voice([thai]).mix(clips("A015", 2, ("th",), "kha")))


def test_a_chime_alone_is_not_an_announcement(built):
    assert not len(Voice([Pack.load(built / "synthetic")]).mix(clips("A015", 2, ("en",), "kha")))


CALLS = [("A015", 2, False), ("B111", 4, True), ("R999", 7, False), ("W888", 21, True), ("Z955", 39, True)]


def test_no_sentence_falls_apart_by_a_gap_nor_clips(voice):
    assert set(largest_gaps(voice, CALLS)) == {"th", "en"}
    assert max(gap for gap, _ in largest_gaps(voice, CALLS).values()) < GAP
    for ticket, point, again in CALLS:
        assert np.abs(voice.mix(clips(ticket, point, ("th", "en"), "kha", again))).max() < 10 ** (-1 / 20)


def test_a_sentence_of_two_voices_falls_apart_no_more_and_stays_as_loud(built, tmp_path):
    voice = mixed(tmp_path)
    first, second = (pack for pack in voice.packs if pack.manifest.language == "th")
    spoken = clips("A015", 2, ("th",), "kha")
    assert [any(voice.speaker(clip) is pack for clip in spoken) for pack in (first, second)] == [True, True]
    assert max(gap for gap, _ in largest_gaps(voice, CALLS).values()) < GAP
    levels = [loudness(voice.sound(clip), RATE) for clip in spoken if clip.language]
    assert max(levels) - min(levels) < 1


# ---------------------------------------------------------------- the packs made here
def test_the_made_packs_can_say_every_ticket_at_every_point(voice):
    assert not voice.missing(needed())


def test_the_made_packs_are_even(voice):
    assert [line for pack in voice.packs for line in pack.uneven()] == []


def test_the_thai_pack_says_that_it_is_provisional(built):
    assert Pack.load(built / "synthetic").manifest.label == "เสียงสังเคราะห์ชั่วคราว"


def test_a_pack_up_to_date_is_not_made_again(built):
    before = (built / "synthetic").stat().st_ino
    build(built)
    assert (built / "synthetic").stat().st_ino == before


CUT = """
import os, sys
from pathlib import Path
from display.voice import build, english, synthetic
rename, made = Path.rename, {"zero": ("zero.wav", synthetic.np.sin(synthetic.np.arange(9000) / 9))}
def cut(path, place):
    rename(path, place)
    os._exit(9)  # as the power goes: nothing is tidied
Path.rename = cut
synthetic.words = lambda: made
build.build(Path(sys.argv[1]))
"""


def test_a_build_that_the_power_ended_left_the_pack_and_leaves_nothing_more(tmp_path, built, monkeypatch):
    shutil.copytree(built / "synthetic", tmp_path / "synthetic")
    (tmp_path / "english").symlink_to(built / "english")
    manifest = tmp_path / "synthetic" / "manifest.toml"
    manifest.write_text(re.sub("(?m)^recipe = .*$", 'recipe = "an older one"', manifest.read_text()))
    assert subprocess.run([sys.executable, "-c", CUT, str(tmp_path)], timeout=60).returncode == 9
    assert not manifest.exists()  # between the two renames

    def espeak_is_not_there():
        raise english.EnglishError("not there")

    monkeypatch.setattr(synthetic, "words", espeak_is_not_there)
    with pytest.raises(english.EnglishError):
        build(tmp_path)
    assert Pack.load(tmp_path / "synthetic").manifest.recipe == "an older one"
    assert {path.name for path in tmp_path.iterdir()} == {"english", "synthetic"}


def test_all_of_a_pack_is_on_the_disk_before_it_takes_its_place(tmp_path, built, monkeypatch):
    (tmp_path / "english").symlink_to(built / "english")
    made = {word: (f"{word}.wav", TONE) for word in ("one", "two")}
    monkeypatch.setattr(synthetic, "words", lambda: made)
    synced: set[int] = set()
    fsync, replace = os.fsync, Path.replace

    def noted(handle: int) -> None:
        fsync(handle)
        synced.add(os.fstat(handle).st_ino)

    def placed(path: Path, place: Path) -> Path:
        if place == tmp_path / "synthetic":
            assert {file.stat().st_ino for file in (path, *path.iterdir())} <= synced
            synced.clear()
        return replace(path, place)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Path, "replace", placed)
    build(tmp_path)
    assert tmp_path.stat().st_ino in synced
    assert set(Pack.load(tmp_path / "synthetic").words) == {"one", "two"}


def test_a_persons_recording_is_never_replaced(tmp_path, built):
    recorded(tmp_path / "synthetic", {"หนึ่ง": "1.wav"})
    (tmp_path / "english").symlink_to(built / "english")
    (tmp_path / "synthetic" / "1.wav").write_bytes(b"")
    build(tmp_path)
    assert (tmp_path / "synthetic" / "1.wav").exists()
    (tmp_path / "synthetic" / "1.wav").write_bytes(wav(TONE, RATE))
    assert list(Pack.load(tmp_path / "synthetic").words) == ["หนึ่ง"]


def test_an_english_voice_that_hangs_is_killed_and_named(monkeypatch):
    monkeypatch.setattr(english, "SECONDS_TO_START", 0.05)
    monkeypatch.setattr(english, "SECONDS_A_WORD", 0)
    with pytest.raises(english.EnglishError, match="no sound for zero: killed"):
        english.words(["zero"])


# ---------------------------------------------------------------- the command
def test_check_is_silent_on_faults_when_the_centre_can_be_spoken(built, capsys):
    assert command.main(["check", str(built)]) == 0
    assert "เสียงสังเคราะห์ชั่วคราว" in capsys.readouterr().out


def test_check_names_what_is_missing(tmp_path, capsys):
    recorded(tmp_path / "office", {"หนึ่ง": "1.wav"})
    assert command.main(["check", str(tmp_path)]) == 1
    assert "office: 'สอง' (th) is missing, and nobody speaks it" in capsys.readouterr().out


def test_check_knows_the_words_of_a_kiosk_that_speaks(built, tmp_path, capsys):
    assert command.main(["check", "--kiosk", str(built)]) == 0
    shutil.copytree(built / "synthetic", tmp_path / "synthetic")
    (tmp_path / "english").symlink_to(built / "english")
    first = next(clip.word for clip in kiosk_phrases.needed(CENTRE) if clip.language == "th")
    (tmp_path / "synthetic" / Pack.load(built / "synthetic").manifest.words[first]).unlink()
    capsys.readouterr()
    assert command.main(["check", str(tmp_path)]) == 1  # a word of its manifest is not there
    assert "and nobody speaks it" not in capsys.readouterr().out
    assert command.main(["check", "--kiosk", str(tmp_path)]) == 1
    assert f"{first!r} (th) is missing, and nobody speaks it" in capsys.readouterr().out


@pytest.mark.parametrize("call", [("a015", "2"), ("A15", "2"), ("A015", "0"), ("A015", "two")])
def test_say_refuses_what_is_no_call(built, tmp_path, call, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["say", *call, "-o", str(tmp_path / "out.wav"), "--directory", str(built)])
    assert ended.value.code == 2
    assert "argument " in capsys.readouterr().err


def test_say_names_the_points_there_are(built, tmp_path, capsys):
    assert command.main(["say", "A015", "9", "-o", str(tmp_path / "out.wav"), "--directory", str(built)]) == 2
    assert "There is no point 9: the points of this centre are 2, 3, 4, 5, 6, 7" in capsys.readouterr().err
    assert not (tmp_path / "out.wav").exists()


def test_say_writes_the_mix(built, voice, tmp_path):
    out = tmp_path / "out.wav"
    assert command.main(["say", "A015", "2", "-o", str(out), "--directory", str(built)]) == 0
    assert out.read_bytes() == wav(voice.mix(clips("A015", 2, ("th", "en"), "kha")), RATE)
    assert command.main(["say", "A015", "2", "--again", "-o", str(out), "--directory", str(built)]) == 0
    assert out.read_bytes() == wav(voice.mix(clips("A015", 2, ("th", "en"), "kha", again=True)), RATE)


def test_a_centre_with_services_of_its_own_is_built_an_english_that_names_them(tmp_path, built):
    (tmp_path / "synthetic").symlink_to(built / "synthetic")
    own = "Registration of solar roofs, wind turbines and every other thing that turns"
    services = (msgspec.structs.replace(CENTRE.services[0], name={"th": "ขึ้นทะเบียน", "en": own}), *CENTRE.services[1:])
    site = msgspec.structs.replace(CENTRE, services=services)
    build(tmp_path, site)
    english = {clip for clip in kiosk_phrases.needed(site) if clip.language == "en"}
    assert Voice.load(tmp_path, "english").missing(english) == []
