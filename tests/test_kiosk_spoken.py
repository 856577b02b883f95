"""What a spoken kiosk says, and that it is heard at the jack as it was mixed, cut short, or told to staff if not."""

from __future__ import annotations

import datetime as dt
import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import pytest

from broker.centre import DEFAULT, load
from broker.hours import Open, Shut
from broker.language.catalogue import words
from broker.messages import ServiceView
from broker.morning.ears import Ears
from broker.voice import kiosk_phrases
from broker.voice.clips import Clip
from broker.voice.pack import Voice
from broker.voice.sound import RATE, wav
from kiosk.earphone import LACKS, NO_SOUND, Earphone
from kiosk.pages import MODES, Closed, Fault, Home, Page, Printing, State, Steps, Stopped, Taken, Ticket
from kiosk.spoken import statement

CENTRE = load(DEFAULT)
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=CENTRE.zone)
TICKET = Ticket(1, "A015", "1.1", NOW.date(), NOW)
BOTH = frozenset({"th", "en"})
SERVICES = (ServiceView("1.1", True, 21), ServiceView("1.2", True, 0), ServiceView("1.3", False, 3))
HOME = State(Home(), "th", Open(NOW), linked=True, printer="ready", voices=BOTH, services=SERVICES)
HOME = replace(HOME, modes=frozenset({"spoken"}))
PAGES: tuple[Page, ...] = (
    Home(), Steps("1.1"), Printing(TICKET, 1), Taken(TICKET, paper=True), Taken(TICKET, paper=False),
    Fault(TICKET, "silent"), Closed(), Stopped(),
)  # fmt: skip
TARGETS = (
    "service-1.1", "service-1.2", "service-1.3", "steps-1.1", "priority", "home", "give", "taken", "language", *MODES
)  # fmt: skip


def said(state: State, target: str = "", speaks: Callable[[Clip], bool] = lambda _clip: True) -> str:
    return " ".join(clip.word for clip in statement(state, CENTRE, target, speaks))


# ---------------------------------------------------------------- what is said
def test_a_service_says_its_name_how_many_wait_and_that_a_second_touch_chooses() -> None:
    assert said(HOME, "service-1.1") == "บริการข้อมูลข่าวสาร มีคิวรอ ยี่ สิบ เอ็ด คิว แตะซ้ำเพื่อเลือก"
    assert said(HOME, "service-1.2") == "บริการรับเรื่อง-ส่งต่อ ไม่ต้องรอคิว แตะซ้ำเพื่อเลือก"
    english = replace(HOME, language="en")
    assert said(english, "service-1.1") == "Information Waiting now twenty one Touch again to choose"


def test_a_service_that_gives_nothing_says_so_and_invites_no_second_touch() -> None:
    assert said(HOME, "service-1.3") == "บริการเบ็ดเสร็จ วันนี้งดออกบัตรคิวแล้ว"


def test_what_is_not_known_is_not_said() -> None:
    assert said(replace(HOME, linked=False), "service-1.1") == "บริการข้อมูลข่าวสาร แตะซ้ำเพื่อเลือก"


def test_a_service_whose_name_no_pack_has_is_called_by_its_letter() -> None:
    names = {service.name["th"] for service in CENTRE.services}
    assert said(HOME, "steps-1.3", lambda clip: clip.word not in names) == "ดูขั้นตอน บริการ อาร์ แตะซ้ำเพื่อเลือก"


def test_a_number_is_read_digit_by_digit() -> None:
    taken = replace(HOME, page=Taken(TICKET, paper=True))
    assert said(taken) == "กรุณารับบัตรคิว หมายเลขของท่าน เอ ศูนย์ หนึ่ง ห้า กรุณารอเรียกหมายเลข ค่ะ"
    fault = replace(HOME, page=Fault(TICKET, "paper_out"), language="en")
    assert said(fault) == (
        "The printer cannot print now Please remember this number Your number A zero one five "
        "then touch the large button above the bottom row twice or the number will be cancelled"
    )


@pytest.mark.parametrize(("on", "word"), [(True, "ใช้อยู่"), (False, "ไม่ได้ใช้")])
def test_a_switch_says_how_it_stands(on: bool, word: str) -> None:
    assert said(replace(HOME, priority=on), "priority") == f"คิวพิเศษ {word} แตะซ้ำเพื่อเลือก"
    modes = frozenset({"spoken", "low"} if on else {"spoken"})
    assert said(replace(HOME, modes=modes), "low") == f"ปุ่มระดับล่าง {word} แตะซ้ำเพื่อเลือก"


def test_a_printer_in_trouble_is_told_before_a_service_is_chosen() -> None:
    assert said(replace(HOME, printer="cover_open")).startswith("เครื่องพิมพ์ขัดข้อง แตะเพื่อฟัง")


def everything() -> Iterator[tuple[Clip, ...]]:
    for language in ("th", "en"):
        for page in PAGES:
            hours = Shut(NOW) if isinstance(page, Closed) else Open(NOW)
            yield statement(replace(HOME, page=page, hours=hours, language=language), CENTRE, "", lambda _clip: True)
        for target in TARGETS:
            yield statement(replace(HOME, language=language), CENTRE, target, lambda _clip: True)


def test_everything_that_is_ever_said_is_asked_of_the_packs_and_no_pause_falls_apart() -> None:
    asked = {(clip.language, clip.word) for clip in kiosk_phrases.needed(CENTRE)}
    for clips in everything():
        assert clips
        assert {(clip.language, clip.word) for clip in clips} <= asked
        assert max(clip.pause for clip in clips) <= 450


def test_no_phrase_is_recorded_for_nothing() -> None:
    spoken = {clip.word for clips in everything() for clip in clips}
    without_name = {w for target in TARGETS for w in said(HOME, target, lambda _clip: False).split()}
    assert {phrase.th for phrase in kiosk_phrases.PHRASES} - spoken - without_name == set()


# ---------------------------------------------------------------- at the jack
@pytest.fixture
def ears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ears:
    ears = Ears(tmp_path / "heard")
    for name, value in ears.env.items():
        monkeypatch.setenv(name, value)
    return ears


Told = tuple[frozenset[str], str]
Phone = tuple[Earphone, "queue.Queue[Told]"]


@pytest.fixture
def phone() -> Iterator[Callable[..., Phone]]:
    phones: list[Earphone] = []

    def start(directory: Path, centre=CENTRE) -> Phone:
        told: queue.Queue[Told] = queue.Queue()
        phones.append(Earphone(directory, centre, lambda *what: told.put(what)))
        phones[-1].start()
        return phones[-1], told

    yield start
    for one in phones:
        one.stop()


def heard(ears: Ears, count: int) -> list[np.ndarray]:
    until = time.monotonic() + 10
    while len(ears.heard()) < count and time.monotonic() < until:
        time.sleep(0.02)
    return [np.frombuffer(playback.file.read_bytes(), "<i2") for playback in ears.heard()]


def meant(directory: Path, state: State, target: str) -> np.ndarray:
    voice = Voice.load(directory, CENTRE.voice.pack)
    sound = voice.mix(statement(state, CENTRE, target, lambda clip: voice.sound(clip) is not None))
    assert len(sound)
    return np.frombuffer(wav(sound, RATE)[44:], "<i2")


@pytest.mark.parametrize("language", ["th", "en"])
def test_what_is_heard_is_the_mix_of_the_packs(built: Path, ears: Ears, phone, language: str) -> None:
    speaker, told = phone(built)
    assert told.get(timeout=10) == (BOTH, "")
    state = replace(HOME, language=language)
    speaker.say(partial(statement, state, CENTRE, "service-1.1"))
    (sound,) = heard(ears, 1)
    expected = meant(built, state, "service-1.1")
    assert np.array_equal(sound[: len(expected)], expected)
    assert not sound[len(expected) :].any()


def player(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts another `aplay` before the real one."""
    folder.mkdir(exist_ok=True)
    (folder / "aplay").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "aplay").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_newer_statement_cuts_the_older_short_and_what_lay_between_is_never_begun(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phone
) -> None:
    sizes = tmp_path / "sizes"
    slow = f"size=$(wc -c); echo $size >> {sizes}; test $size -lt 100 || exec sleep 30"
    player(tmp_path / "bin", slow, monkeypatch)
    speaker, told = phone(built)
    told.get(timeout=10)

    def begun() -> list[int]:
        return [int(size) for size in sizes.read_text().split() if int(size) > 100]

    speaker.say(partial(statement, HOME, CENTRE, "service-1.1"))
    until = time.monotonic() + 10
    while not begun() and time.monotonic() < until:
        time.sleep(0.01)
    for target in ("priority", "language", "service-1.2"):
        speaker.say(partial(statement, HOME, CENTRE, target))
    cut = time.monotonic()
    while len(begun()) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert time.monotonic() - cut < 2  # not after the 30 s of the one before
    speaker.hush()
    assert begun() == [len(meant(built, HOME, f"service-{id}")) * 2 + 44 for id in ("1.1", "1.2")]
    assert told.empty()  # a sound that was cut is no fault


def test_a_pack_that_changes_while_a_statement_is_mixed_takes_it_from_nobody(built: Path, ears: Ears, phone) -> None:
    speaker, told = phone(built)
    told.get(timeout=10)

    def slowly(speaks: Callable[[Clip], bool]) -> tuple[Clip, ...]:
        speaker._wishes.put(None)  # what the shelf says of a change
        return statement(HOME, CENTRE, "service-1.1", speaks)

    speaker.say(slowly)
    (sound,) = heard(ears, 1)
    expected = meant(built, HOME, "service-1.1")
    assert np.array_equal(sound[: len(expected)], expected)


def test_without_a_sound_device_nothing_is_offered_and_staff_are_told_until_it_is_back(
    built: Path, monkeypatch: pytest.MonkeyPatch, ears: Ears, phone
) -> None:
    monkeypatch.setenv("KHIU_AUDIO_DEVICE", "hw:99")
    monkeypatch.setattr("kiosk.earphone.LOOK_AGAIN", 0.2)
    _speaker, told = phone(built)
    assert told.get(timeout=10) == (frozenset(), NO_SOUND)
    monkeypatch.delenv("KHIU_AUDIO_DEVICE")
    assert told.get(timeout=10) == (BOTH, "")
    assert ears.heard() == []  # trying a device is not heard


def test_a_language_whose_phrases_no_pack_has_is_not_offered_and_staff_are_told(
    built: Path, tmp_path: Path, ears: Ears, phone
) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "english").symlink_to(built / "english")
    _speaker, told = phone(tmp_path / "packs")
    assert told.get(timeout=10) == (frozenset({"en"}), LACKS)


def test_a_service_that_no_pack_can_name_takes_no_language_away(built: Path, ears: Ears, phone) -> None:
    own = msgspec.structs.replace(CENTRE.services[0], name={"th": "บริการใหม่", "en": "Something new"})
    centre = msgspec.structs.replace(CENTRE, services=(own, *CENTRE.services[1:]))
    _speaker, told = phone(built, centre)
    assert told.get(timeout=10) == (BOTH, "")


def test_every_warning_has_its_thai() -> None:
    assert [warning for warning in (LACKS, NO_SOUND) if words("th")(warning) == warning] == []
