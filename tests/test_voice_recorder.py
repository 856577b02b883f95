"""`khiu-screen voice record`, as an officer meets it: a real terminal, real keys, ALSA's recorder at a file."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import numpy as np
import pytest

from broker import centre
from broker.language.catalogue import words
from broker.morning.ears import Ears
from broker.morning.waiting import until
from broker.voice import player
from broker.voice.pack import Pack, Voice
from broker.voice.sound import RATE, Sound, loudness, read, resampled, trimmed
from display.voice import command, microphone
from display.voice.announcement import needed
from display.voice.draft import Draft, DraftError
from display.voice.phonemes import READINGS
from display.voice.take import BOUND, WHY, Ear, judged

THAI = [clip.word for clip in needed(centre.load(centre.DEFAULT)) if clip.language == "th"]
MICROPHONE = """
pcm.microphone {{ type file
  slave.pcm "null"
  file "/dev/null"
  infile "{file}"
  format "raw" }}
"""
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@pytest.fixture(scope="session")
def spoken(built) -> dict[str, Sound]:
    """Each word as somebody says it; here the synthetic voice does, at a level as of a microphone."""
    found = {}
    for word in THAI:
        sound, rate = read(built / "synthetic" / f"{READINGS[word].file}.wav", (22050,))
        found[word] = resampled(sound, rate, RATE) * 0.5
    return found


def room(seconds: float, level: float = -62.0) -> Sound:
    return np.random.default_rng(7).normal(0, 10 ** (level / 20), int(seconds * RATE))


def in_room(sound: Sound, before: float = 0.5, level: float = -62.0) -> Sound:
    """A word in a room, and the room goes on longer than anybody listens."""
    return np.clip(room(before + len(sound) / RATE + BOUND, level) + padded(sound, before, BOUND), -1, 1)


def padded(sound: Sound, before: float, after: float) -> Sound:
    whole = int((before + len(sound) / RATE + after) * RATE)
    return np.pad(sound, (int(before * RATE), whole - int(before * RATE) - len(sound)))


class Officer:
    """At the terminal: reads what stands there, presses keys, and speaks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ears = Ears(folder / "heard")
        self._speech = folder / "speech.raw"
        (folder / "microphone.conf").write_text(MICROPHONE.format(file=self._speech))
        self.env = os.environ | {
            "ALSA_CONFIG_PATH": f"{self.ears.env['ALSA_CONFIG_PATH']}:{folder / 'microphone.conf'}",
            "KHIU_MICROPHONE": "microphone",
            "TERM": "xterm",
        }
        self._seen = ""
        self.process: subprocess.Popen[bytes] | None = None
        self._tty = -1

    def sits_down(self, *options: str) -> None:
        self._tty, other = pty.openpty()
        arguments = ["voice", "record", "--directory", str(self.folder / "packs"), *options]
        # where tests run in the background Ctrl-C may be ignored; in an officer's shell it is not
        shell = ["env", "--default-signal=INT", "setsid", "--ctty", "--wait"]
        program = [*shell, sys.executable, "-m", "display.signage.app", *arguments]
        self.process = subprocess.Popen(program, stdin=other, stdout=other, stderr=other, env=self.env)
        os.close(other)
        self._seen = ""

    def reads(self, text: str, within: float = 10.0) -> str:
        """All up to the text, once it stands there."""
        give_up = time.monotonic() + within
        while text not in self._seen:
            ready = select.select([self._tty], [], [], max(0.0, give_up - time.monotonic()))[0]
            try:
                more = os.read(self._tty, 65536) if ready else b""
            except OSError:  # the program has ended
                more = b""
            assert more, f"{text!r} is not among {self._seen!r}"
            self._seen += ANSI.sub("", more.decode(errors="replace"))
        before, _, self._seen = self._seen.partition(text)
        return before + text

    def presses(self, key: str) -> None:
        os.write(self._tty, key.encode())

    def speaks(self, sound: Sound) -> None:
        self._speech.write_bytes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())

    def says(self, sound: Sound) -> None:
        """Waits to be asked for a word, and records it."""
        self.speaks(in_room(sound))
        self.reads("Enter: บันทึกเสียง")
        self.presses("\r")
        self.reads("Enter: คำถัดไป")

    def leaves(self) -> int:
        assert self.process
        code = self.process.wait(10)
        os.close(self._tty)
        return code


@pytest.fixture
def officer(tmp_path):
    made = Officer(tmp_path)
    yield made
    if made.process and made.process.poll() is None:
        made.process.kill()


def test_an_officer_records_her_pack_in_three_sittings_and_one_word_anew(officer, spoken, built, capsys):
    officer.sits_down()
    officer.reads("ชื่อผู้ให้เสียง:")
    officer.presses("สมหญิง ใจดี\r")
    officer.reads("เท่านั้น)")
    officer.presses("\r")
    first, second, *rest = THAI
    assert f"คำที่ 1/{len(THAI)} บันทึกแล้ว 0 คำ" in officer.reads("ในประโยค: ขอเชิญหมายเลข เอ ศูนย์ หนึ่ง")
    officer.says(spoken[first])
    heard = [np.frombuffer(p.file.read_bytes(), "<i2") for p in officer.ears.heard()]
    kept, _ = read(officer.folder / "packs" / "office" / f"{READINGS[first].file}.wav", (RATE,))
    assert np.abs(heard[0][: len(kept)] / 32768 - kept).max() < 1e-3  # she hears what is kept
    officer.presses("\r")

    wrong = (spoken[second] * 0.06, "quiet"), (spoken[second] * 40, "clipped"), (np.zeros(9), "silent")
    for sound, fault in wrong:
        officer.speaks(in_room(sound, level=-90))
        officer.reads("Enter: บันทึก")
        officer.presses("\r")
        officer.reads(words("th")(WHY[fault]))
    officer.says(spoken[second])
    officer.presses("\r")
    officer.reads("คำที่ 3/")
    officer.presses("\x03")  # Ctrl-C
    officer.reads("บันทึกต่อ")
    assert officer.leaves() == 1

    folder = officer.folder / "packs" / "office"
    assert not (folder / "manifest.toml").exists()  # half a voice is none
    officer.sits_down()
    officer.reads("คำที่ 3/")  # she goes on where she stopped
    officer.reads("Enter: บันทึก")
    officer.presses("\x1b[C")  # skipped
    for word in rest[1:]:
        officer.says(spoken[word])
        officer.presses("\r")
    assert rest[0] in officer.reads("กด Y หากต้องการ")
    officer.presses("n")
    assert officer.leaves() == 1
    assert not (folder / "manifest.toml").exists()

    officer.sits_down()
    officer.reads("คำที่ 3/")
    officer.says(spoken[rest[0]])
    officer.presses("ๆ")  # the key of q, with the Thai keyboard on
    officer.reads("พร้อมใช้งาน")
    assert officer.leaves() == 0

    pack = Pack.load(folder)
    about = pack.manifest
    assert (about.speaker, about.label, about.language) == ("สมหญิง ใจดี", "เสียงของ สมหญิง ใจดี", "th")
    assert about.licence == "ใช้สำหรับประกาศในศูนย์บริการนี้เท่านั้น"
    assert set(pack.words) == set(THAI)
    assert {word: loudness(sound, RATE) for word, sound in pack.words.items()} == pytest.approx(
        dict.fromkeys(THAI, -19.0), abs=1
    )
    (officer.folder / "packs" / "english").symlink_to(built / "english")
    assert command.main(["check", str(officer.folder / "packs")]) == 0, capsys.readouterr().out

    before = {file: file.read_bytes() for file in folder.iterdir()}
    officer.sits_down("--word", "สอง", "--language", "en")
    officer.speaks(in_room(spoken["สาม"]))
    officer.reads("Enter: record")
    officer.presses("\r")
    officer.reads("Enter: next word")
    officer.presses("\r")
    assert officer.leaves() == 0
    changed = [file.name for file in folder.iterdir() if before.get(file) != file.read_bytes()]
    assert changed == ["2-song.wav"]
    assert not list(folder.glob(".*"))


def test_a_take_with_a_fault_is_kept_only_if_she_says_so(officer, spoken):
    officer.sits_down("--word", "ห้า", "--language", "en")
    officer.reads("Name:")
    officer.presses("Somying\r")
    officer.reads("only)")
    officer.presses("\r")
    officer.speaks(in_room(spoken["ห้า"], level=-38))
    officer.reads("Enter: record")
    officer.presses("\r")
    officer.reads("Too noisy")
    officer.reads("Q: quit")
    assert Draft(officer.folder / "packs" / "office", "th").sound("ห้า") is None
    officer.presses("า")  # the key of k
    officer.reads("Recorded")
    officer.reads("Q: quit")
    officer.presses("q")
    assert officer.leaves() == 0
    assert Draft(officer.folder / "packs" / "office", "th").sound("ห้า") is not None


def test_a_microphone_that_is_not_there_is_told_and_asked_again(officer):
    officer.sits_down("--microphone", "hw:99", "--language", "en")
    officer.reads("Name:")
    officer.presses("Somying\r")
    officer.reads("only)")
    officer.presses("\r")
    for _ in range(2):
        officer.reads("Enter: record")
        officer.presses("\r")
        officer.reads("The microphone does not record:")
    officer.process.send_signal(signal.SIGHUP)  # the line to her terminal breaks
    os.close(officer._tty)
    officer.process.wait(10)


def test_ctrl_c_while_she_speaks_ends_the_recorder_too_and_loses_that_word_alone(officer, spoken):
    officer.sits_down("--language", "en")
    officer.reads("Name:")
    officer.presses("Somying\r")
    officer.reads("only)")
    officer.presses("\r")
    officer.speaks(in_room(spoken[THAI[0]]))
    officer.reads("Enter: record")
    officer.presses("\r")
    officer.reads("Enter: next word")
    (officer.folder / "speech.raw").unlink()
    os.mkfifo(officer.folder / "speech.raw")  # a microphone that gives nothing
    officer.presses("\r")
    officer.reads("Enter: record")
    officer.presses("\r")
    officer.reads("Speak now …")
    session = officer.process.pid
    until("arecord", lambda: b"arecord" in commands(session))
    officer.presses("\x03")
    officer.reads("to go on")
    assert officer.leaves() == 1
    assert b"arecord" not in commands(session)
    draft = Draft(officer.folder / "packs" / "office", "th")
    assert [draft.sound(word) is not None for word in THAI[:2]] == [True, False]


def commands(session: int) -> set[bytes]:
    """What runs in this session of a terminal."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(process.name)) == session:
                found.add((process / "cmdline").read_bytes().split(b"\0")[0])
        except OSError:  # it has just ended
            continue
    return found


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("exec sleep 30", "it gave no sound"),
        ("echo no such device >&2; exit 1", "no such device"),
        ("exit 0", "it gave no"),
        ("echo the card hangs >&2; sleep 8 & exec sleep 8", "the card hangs"),  # a child holds the pipes
    ],
)
def test_a_recorder_that_hangs_or_fails_is_killed_and_told(tmp_path, monkeypatch, script, complaint):
    (tmp_path / "arecord").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "arecord").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(microphone, "BOUND", 0.1)
    monkeypatch.setattr(microphone, "PATIENCE", 0.2)
    monkeypatch.setattr(player, "GIVE_UP", 0.2)
    began = time.monotonic()
    with pytest.raises(microphone.MicrophoneError, match=complaint):
        microphone.record(None)
    assert time.monotonic() - began < 5


def test_a_microphone_at_another_rate_is_refused_and_told_in_thai(officer, tmp_path, monkeypatch):
    (tmp_path / "arecord").write_text(
        f'#!/bin/sh\nexec {shutil.which("arecord")} "$@" -r 44100\n'
    )  # a card has no other
    (tmp_path / "arecord").chmod(0o755)
    for name, value in officer.env.items():
        monkeypatch.setenv(name, value)
    officer.speaks(room(2))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(microphone.MicrophoneError) as refused:
        microphone.record(None)
    assert str(refused.value) == microphone.WRONG_RATE
    assert words("th")(microphone.WRONG_RATE) != microphone.WRONG_RATE


def test_the_terminal_is_left_as_it_was(officer):
    officer.sits_down()
    before = termios.tcgetattr(officer._tty)[3]
    officer.reads("ชื่อผู้ให้เสียง:")
    time.sleep(0.2)  # Python asks for the line a moment after it shows the prompt
    officer.presses("\x03")
    officer.reads("บันทึกต่อ")
    officer.process.wait(10)
    assert termios.tcgetattr(officer._tty)[3] == before
    officer.leaves()


def test_without_a_terminal_nothing_is_recorded(tmp_path):
    arguments = ["voice", "record", "--directory", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "display.signage.app", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
    )
    assert (done.returncode, done.stdout) == (1, b"no terminal\n")
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_kept_that_is_told_before_the_first_question(officer):
    (officer.folder / "packs").write_bytes(b"")  # root, too, can make no folder in a file
    officer.sits_down()
    officer.reads("กรุณาพิมพ์ sudo นำหน้าคำสั่ง")
    assert officer.leaves() == 1


# ---------------------------------------------------------------- a take
@pytest.mark.parametrize(
    ("recording", "faults"),
    [
        (lambda word: in_room(word)[: -int(7 * RATE)], ()),
        (lambda word: in_room(word, before=0.0), ("early",)),
        (lambda word: in_room(np.tile(word, 20)), ("endless",)),
        (lambda word: in_room(word, level=-40), ("noisy",)),
        (lambda word: room(3, -30), ("noisy",)),
        (lambda word: room(3), ("silent",)),
        (lambda word: in_room(word * 30), ("clipped",)),
        (lambda word: in_room(word * 0.06, level=-90), ("quiet",)),
        (lambda word: in_room(knocked(word)), ("uneven",)),
    ],
)
def test_a_take_is_judged(spoken, recording, faults):
    sound = recording(spoken["สาม"])
    ear = Ear()
    for at in range(0, len(sound), 4800):
        if ear.hear(sound[at : at + 4800]):
            break
    take = ear.take() if faults != ("early",) else judged(sound)
    assert take.faults == faults


def knocked(word: Sound) -> Sound:
    knock = np.zeros(len(word))
    knock[RATE // 20 :][:48] = 0.6 * np.hanning(48)
    return word * 0.2 + knock


def test_an_ear_ends_a_word_at_a_microphone_with_an_offset(spoken):
    ear, sound = Ear(), in_room(spoken["สาม"]) + 0.1
    ended = next(at for at in range(0, len(sound), 4800) if ear.hear(sound[at : at + 4800]))
    assert ended / RATE < 0.5 + len(spoken["สาม"]) / RATE + 1.2
    assert ear.take().faults == ()


@pytest.mark.parametrize("seconds", [0.12, 0.15, 0.3, 1.0])
def test_a_word_of_any_length_is_as_loud_as_the_others_once_its_pack_is_read(tmp_path, seconds):
    at = np.arange(int(seconds * RATE)) / RATE
    take = judged(in_room(0.1 * np.sin(2 * np.pi * 300 * at), level=-85)[: int((1.7 + seconds) * RATE)])
    assert take.faults == ()
    draft = Draft(tmp_path / "office", "th")
    draft.begin("an officer", "the office's own", "a label")
    draft.keep("หนึ่ง", take.sound)
    draft.publish()
    assert loudness(Pack.load(tmp_path / "office").words["หนึ่ง"], RATE) == pytest.approx(-19, abs=1)


@pytest.mark.parametrize("word", ["สอง", "หก", "ที่จุดบริการที่", "แปด"])
def test_a_word_is_cut_out_whole_and_levelled(spoken, word):
    clean = spoken[word]
    take = judged(in_room(clean)[: int((1.7 + len(clean) / RATE) * RATE)])
    assert take.faults == ()
    assert len(clean) <= len(take.sound) <= len(clean) + 0.18 * RATE
    assert loudness(trimmed(take.sound, RATE), RATE) == pytest.approx(-19, abs=0.6)


def test_an_ear_stops_by_itself_after_the_word(spoken):
    ear, heard = Ear(), 0
    sound = in_room(spoken["หนึ่ง"])
    for at in range(0, len(sound), 4800):
        heard = at
        if ear.hear(sound[at : at + 4800]):
            break
    assert 1.1 < heard / RATE - len(spoken["หนึ่ง"]) / RATE < 1.6


# ---------------------------------------------------------------- on the disk
def test_a_pack_that_nobody_recorded_is_not_recorded_over(built, tmp_path):
    (tmp_path / "synthetic").symlink_to(built / "synthetic")
    with pytest.raises(DraftError, match="synthesised"):
        Draft(tmp_path / "synthetic", "th")


def test_a_draft_is_no_pack_until_it_is_published(tmp_path, spoken):
    draft = Draft(tmp_path / "office", "th")
    draft.begin("an officer", "the office's own", "a label")
    draft.keep("หนึ่ง", spoken["หนึ่ง"])
    assert Voice.load(tmp_path, "office").packs == ()
    draft.publish()
    assert list(Voice.load(tmp_path, "office").packs[0].words) == ["หนึ่ง"]
    with pytest.raises(DraftError, match="speaks 'th'"):
        Draft(tmp_path / "office", "en")


def test_a_full_disk_leaves_the_earlier_recording(tmp_path, spoken, monkeypatch):
    draft = Draft(tmp_path / "office", "th")
    draft.begin("an officer", "the office's own", "a label")
    draft.keep("หนึ่ง", spoken["หนึ่ง"])
    before = draft.sound("หนึ่ง")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        draft.keep("หนึ่ง", spoken["สอง"])
    monkeypatch.undo()
    assert np.array_equal(Draft(tmp_path / "office", "th").sound("หนึ่ง"), before)
