"""The hall's screen, whole: a real window, a real broker, and a test that stands for the hall."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from broker import clock
from broker.centre import Centre
from broker.link import Disconnected, Link, Received
from broker.messages import Announced, Board, Call, CallView, PointView, ServiceView, Status
from broker.morning.ears import Ears
from broker.morning.glass import Glass, VirtualScreen
from broker.morning.waiting import until
from broker.mosquitto import Mosquitto
from broker.store import CARD_FAULT
from display.voice.build import build
from display.voice.speaker import NO_PACK, NO_SOUND

GEOMETRY = "960x540+0+0"
Links = Callable[..., tuple[Link, "object"]]


class Screen:
    """khiu-screen on a virtual screen; `start` again after `stop` is a restart with the same store."""

    def __init__(self, centre: Centre, mosquitto: Mosquitto, folder: Path) -> None:
        self._server = VirtualScreen((960, 540))
        self.glass = Glass(self._server.display, GEOMETRY, folder / "targets.json")
        (folder / "centre.toml").write_bytes(msgspec.toml.encode(centre))
        (folder / "screen-1").write_text(mosquitto.secret("screen-1"))
        self._folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **more: str) -> None:
        self.glass.targets.unlink(missing_ok=True)
        env = os.environ | {"DISPLAY": self._server.display, "KHIU_WINDOW": GEOMETRY}
        env |= {"KHIU_TARGETS": str(self.glass.targets), "KHIU_PASSWORDS": str(self._folder)}
        env |= {"KHIU_VOICE": str(self._folder / "no-voice")} | more
        options = ["--centre", str(self._folder / "centre.toml"), "--state", str(self._folder)]
        self.process = subprocess.Popen([sys.executable, "-m", "display.signage.app", *options], env=env)
        until("a window", self.glass.page, within=30)

    def stop(self) -> int:
        assert self.process
        self.process.terminate()
        return self.process.wait(15)

    def pixels(self, target: str) -> bytes:
        picture = self.glass.picture(self._folder / "eye.png", self.glass.find(target))
        return subprocess.run(["convert", picture, "rgb:-"], capture_output=True, check=True, timeout=30).stdout

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        self._server.stop()


@pytest.fixture
def screen(centre: Centre, mosquitto: Mosquitto, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Screen]:
    """With a parameter, a call that nobody hears is shown for so many seconds."""
    shown = getattr(request, "param", centre.calling.shown_seconds)
    made = Screen(replace(centre, calling=replace(centre.calling, shown_seconds=shown)), mosquitto, tmp_path)
    yield made
    made.close()


def board(*calls: CallView) -> Board:
    now = clock.now()
    points = tuple(PointView(c.point, "called", c.ticket, "น้ำฝน ซื่อตรง") for c in calls)
    return Board(1, now.date(), now, (ServiceView("1.1", True, 3, 300),), points, calls)


def called(ticket: str, point: int, seconds_ago: float = 0) -> CallView:
    return CallView(f"{ticket}-{point}".lower(), ticket, point, clock.now() - dt.timedelta(seconds=seconds_ago), 1)


def test_a_call_takes_the_stage_is_confirmed_and_gives_it_back_and_no_key_stops_that(
    screen: Screen, link_as: Links
) -> None:
    hall, inbox = link_as("hall", [Announced, Status])
    hall.publish(board())
    screen.start()
    inbox.wait(Received, lambda e: e.key == "screen-1" and getattr(e.message, "online", False), 15)
    idle = screen.pixels("point-2-number")

    hall.publish(board(called("A015", 2)))
    hall.publish(Call("a015-2", "A015", 2, clock.now()))
    screen.glass.shows("calling")
    until("the number at its point", lambda: screen.pixels("point-2-number") != idle)
    for key in ("Escape", "F1", "alt+F4", "ctrl+c"):
        screen.glass.key(key)
    digits = screen.pixels("called-number")
    white = sum(digits[i : i + 3] == b"\xff\xff\xff" for i in range(0, len(digits), 3)) / (len(digits) / 3)
    assert min(white, 1 - white) > 0.15  # the digits fill their box, white or, as it flashes, on white

    done = inbox.wait(Received, lambda e: isinstance(e.message, Announced), 15)
    assert (done.message.call, done.message.spoken) == ("a015-2", False)
    screen.glass.shows("idle")
    assert screen.stop() == 0


def flashes(screen: Screen, count: int) -> tuple[list[float], float]:
    """When the ground beside the called number turned light or dark, so often, and the share of the window that turns.

    A picture takes its time, so turns may be missed, never invented.
    """
    x, y, *_ = screen.glass.find("called-number")
    times, light, shots = [], None, {}
    give_up = time.monotonic() + 6.5  # then the call leaves the stage
    while len(times) < count and time.monotonic() < give_up:
        now = time.monotonic()
        shot = screen.glass.shot(screen.glass.box)
        pixels = np.asarray(shot)
        is_light = pixels[y + 8, x + 8].min() > 240
        if light is not None and is_light != light:
            times.append(now)
        light, shots[is_light] = is_light, pixels
    turned = np.abs(shots[True].astype(int) - shots[False]).max(axis=2) > 60 if len(shots) == 2 else np.zeros(1)
    return times, float(turned.mean())


@pytest.mark.parametrize("device", [True, False], ids=["chimed", "no sound device"])
def test_a_call_that_nobody_hears_flashes(screen: Screen, link_as: Links, tmp_path: Path, device: bool) -> None:
    hall, inbox = link_as("hall", [Status])
    hall.publish(board(called("A015", 2)))
    ears = Ears(tmp_path / "heard")
    screen.start(**(ears.env if device else {"KHIU_AUDIO_DEVICE": "hw:99", "KHIU_VOICE": str(built())}))
    told = NO_PACK if device else NO_SOUND
    if device:  # told before anybody is called
        inbox.wait(Received, lambda e: isinstance(e.message, Status) and told in e.message.health.warnings, 15)
    hall.publish(Call("a015-2", "A015", 2, clock.now()))
    screen.glass.shows("calling")
    time.sleep(0.7)
    turns, share = flashes(screen, 4)
    assert share > 0.2  # of the whole window: seen from the far end of the hall
    assert len(turns) == 4
    assert 3 / (turns[-1] - turns[0]) < 6  # two turns are a flash; three flashes a second are the most allowed
    if not device:
        inbox.wait(Received, lambda e: isinstance(e.message, Status) and told in e.message.health.warnings)
    assert len(ears.heard()) == device  # the chime
    assert screen.stop() == 0


@pytest.mark.parametrize("screen", [3], indirect=True)
def test_a_restarted_screen_shows_the_truth_and_announces_only_what_nobody_did(screen: Screen, link_as: Links) -> None:
    hall, inbox = link_as("hall", [Announced])
    shown_before = called("A001", 2)
    hall.publish(board(called("B002", 4), called("R003", 6, seconds_ago=3600), shown_before))
    begun_before(screen.glass.targets.parent, shown_before.call)
    screen.start()
    screen.glass.find("point-6-number")
    screen.glass.shows("calling")
    first = inbox.wait(Received, lambda e: isinstance(e.message, Announced), 15)
    assert first.message.call == "b002-4"
    screen.glass.shows("idle")  # neither the old one nor the one begun before follows
    screen.stop()


def test_a_hall_that_is_gone_is_told_and_its_last_numbers_stay(screen: Screen, link_as: Links) -> None:
    hall, _ = link_as("hall", [])
    hall.publish(replace(board(), points=(PointView(2, "serving", "A001"),)))
    screen.start()
    until("no banner", lambda: "link-lost" not in screen.glass.targets.read_text())
    hall.stop()
    screen.glass.find("link-lost", within=10)
    screen.glass.find("point-2-number")
    screen.stop()


def test_a_broker_that_comes_back_without_the_hall_leaves_the_banner(
    screen: Screen, link_as: Links, mosquitto: Mosquitto
) -> None:
    hall, inbox = link_as("hall", [])
    hall.publish(board())
    screen.start()
    until("no banner", lambda: "link-lost" not in screen.glass.targets.read_text())
    os.kill(mosquitto.pid, signal.SIGKILL)  # a power cut: no last will is sent
    mosquitto.stop()
    inbox.wait(Disconnected)
    hall.stop()
    mosquitto.start()
    _, office = link_as("monitor", [Status])
    office.wait(Received, lambda e: e.key == "screen-1" and e.message.online, seconds=8)
    time.sleep(0.5)  # so that a banner that goes has gone
    assert "link-lost" in screen.glass.targets.read_text()
    link_as("hall", [])[0].publish(board())
    until("no banner", lambda: "link-lost" not in screen.glass.targets.read_text())
    screen.stop()


@pytest.mark.parametrize("screen", [3], indirect=True)
def test_a_card_that_cannot_be_written_is_told_and_the_call_announced(
    screen: Screen, link_as: Links, tmp_path: Path
) -> None:
    hall, inbox = link_as("hall", [Announced])
    _, office = link_as("monitor", [Status])
    hall.publish(board())
    screen.start()
    office.wait(Received, lambda e: e.key == "screen-1" and e.message.online, 15)
    with apsw.Connection(str(tmp_path / "said.sqlite")) as card:
        card.execute("CREATE TRIGGER f BEFORE INSERT ON said BEGIN SELECT RAISE(ABORT, 'the card is full'); END")
    hall.publish(Call("c1", "A015", 2, clock.now()))
    inbox.wait(Received, lambda e: isinstance(e.message, Announced), 15)
    office.wait(Received, lambda e: CARD_FAULT in e.message.health.warnings)
    assert screen.stop() == 0


def test_systemd_hears_of_the_screen_without_a_broker_but_not_without_its_store(
    screen: Screen, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    mosquitto.stop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "systemd"))
        systemd.settimeout(5)
        screen.start(NOTIFY_SOCKET=str(tmp_path / "systemd"), WATCHDOG_USEC="600000")
        assert [systemd.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
        with apsw.Connection(str(tmp_path / "said.sqlite")) as card:
            card.execute("DROP TABLE migration")
        systemd.settimeout(1.5)
        with pytest.raises(TimeoutError):  # one may have been on its way
            [systemd.recv(100) for _ in range(3)]
    mosquitto.start()
    screen.stop()


def built() -> Path:
    directory = Path(__file__).parent.parent / "build" / "voice"
    build(directory)
    return directory


def begun_before(state: Path, call: str) -> None:
    from display.signage.said import Store

    store = Store(state / "said.sqlite")
    store.add(call, clock.now())
    store.close()
