"""The points' window as it runs in the demo: touches from outside, the real node under it, a real broker."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from broker import clock
from broker.centre import Centre
from broker.link import Received
from broker.messages import Ack, Command, Fact, Next, PointStatus, Recall, Status, Survey
from broker.morning.glass import VirtualScreen
from broker.mosquitto import Mosquitto


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    glass = VirtualScreen((960, 420))
    yield glass.display
    glass.stop()


class Hand:
    """A hand before the window, which finds its way by the targets' file."""

    def __init__(self, display: str, targets: Path) -> None:
        self._env = os.environ | {"DISPLAY": display}
        self._targets = targets

    def page(self) -> dict:
        return json.loads(self._targets.read_text()) if self._targets.exists() else {}

    def until(self, holds: Callable[[dict], bool], seconds: float = 20) -> None:
        give_up = clock.monotonic() + seconds
        while not holds(self.page()):
            assert clock.monotonic() < give_up, self.page().get("page")
            time.sleep(0.05)

    def press(self, target: str, hold: float = 0.0) -> None:
        x, y, width, height = self.page()[target]
        self._xdotool("mousemove", str(x + width // 2), str(y + height // 2), "mousedown", "1", "sleep", str(hold))
        self._xdotool("mouseup", "1")

    def _xdotool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self._env, check=True, timeout=10)


@pytest.fixture
def hand(centre: Centre, mosquitto: Mosquitto, display: str, tmp_path: Path) -> Iterator[Hand]:
    (tmp_path / "centre.toml").write_bytes(msgspec.toml.encode(centre))
    (tmp_path / "buttons-1").write_text(mosquitto.secret("buttons-1") or "")
    env = os.environ | {
        "DISPLAY": display,
        "GPIOZERO_PIN_FACTORY": "mock",
        "KHIU_CENTRE": str(tmp_path / "centre.toml"),
        "KHIU_PASSWORDS": str(tmp_path),
        "KHIU_TARGETS": str(tmp_path / "targets.json"),
        "KHIU_WINDOW": "960x420+0+0",
    }
    command = [sys.executable, "-m", "counter_buttons.panel", "--state", str(tmp_path / "state"), "--chatter"]
    with subprocess.Popen(command, env=env) as panel:
        yield Hand(display, tmp_path / "targets.json")
        panel.terminate()
        assert panel.wait(15) == 0


def test_touches_become_commands_and_one_vote(hand: Hand, link_as) -> None:
    hall, inbox = link_as("hall", [Command, Fact, Status])
    hall.publish(Ack(seq=0), node="buttons-1")

    def command() -> tuple:
        message = inbox.wait(Received, lambda e: isinstance(e.message, Command)).message
        return message.point, message.action

    inbox.wait(Received, lambda e: e.key == "buttons-1" and getattr(e.message, "online", False), seconds=20)
    hand.until(lambda page: page.get("page") == "points")
    survey = Survey(visit="v-panel", ticket="A001", until=clock.now() + dt.timedelta(seconds=8))
    hall.publish(PointStatus(revision=1, point=6, state="idle", waiting=1), point=6)
    hall.publish(PointStatus(revision=1, point=3, state="called", waiting=0, ticket="A001", calls=1), point=3)
    hall.publish(PointStatus(revision=2, point=2, state="idle", waiting=0, survey=survey), point=2)
    hand.until(lambda page: page["page"] == "survey")  # so the node has heard the two words before, too

    hand.press("6-call")
    assert command() == (6, Next())
    hand.press("3-call", hold=1.1)
    assert command() == (3, Recall())
    hand.press("2-smiley-4")
    hand.press("2-smiley-1")
    fact = inbox.wait(Received, lambda e: isinstance(e.message, Fact)).message
    hall.publish(Ack(seq=1), node="buttons-1")
    hand.until(lambda page: "2-thanks" in page and "3-thanks" not in page)
    assert (fact.seq, fact.fact.point, fact.fact.level, fact.fact.visit) == (1, 2, 4, "v-panel")
    hand.until(lambda page: page["page"] == "points", seconds=10)
    hand.until(lambda page: "2-thanks" not in page, seconds=10)
