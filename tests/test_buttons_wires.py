"""Pins of several gpiochips in one process, and the process itself as systemd starts it."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import msgspec
import pytest
from gpiozero.pins.local import LocalPiFactory
from gpiozero.pins.mock import MockPin

from broker import clock
from broker.centre import DEFAULT, Centre, load
from broker.link import Received
from broker.messages import Status
from broker.mosquitto import Mosquitto
from broker.program import Program
from counter_buttons.buttons import Bench, Wires, chips
from counter_buttons.lamp import Light

CENTRE = load(DEFAULT)


class Chip(LocalPiFactory):
    """As gpiozero's lgpio factory, which shares its tables of pins with all others, but with mock pins."""

    def __init__(self, chip: int) -> None:
        super().__init__()
        self.chip, self.pin_class = chip, MockPin

    def _get_revision(self) -> int:
        return 0xA02082


def test_the_same_pin_of_two_real_chips_is_two_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    library = types.SimpleNamespace(LGPIOFactory=Chip)
    monkeypatch.setitem(sys.modules, "gpiozero.pins.lgpio", library)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    heard: list[tuple[int, str, bool]] = []
    boards = chips(CENTRE, [2, 3])
    wires = Wires(CENTRE, [2, 3], boards, lambda point, wire, down, at: heard.append((point, wire, down)))
    assert [boards[n].chip for n in (0, 1)] == [0, 1]
    boards[1].pin(17).drive_low()
    wires.shine(2, Light(green=True, red=False))
    assert heard == [(3, "call", True)]
    assert (boards[0].pin(23).state, boards[1].pin(23).state) == (1, 0)
    wires.close()


def test_an_edge_stamped_by_another_clock_is_dated_by_ours() -> None:
    bench, dates = Bench(CENTRE, [2]), []
    wires = Wires(CENTRE, [2], bench.chips, lambda point, wire, down, at: dates.append(at))
    pin = bench.chips[0].pin(17)
    before = clock.monotonic()
    pin.when_changed(1.8e9, 0)  # seconds since 1970
    assert before <= dates[0] <= clock.monotonic()
    wires.close()


def test_an_edge_that_comes_long_after_it_happened_keeps_its_date() -> None:
    bench, dates = Bench(CENTRE, [2]), []
    wires = Wires(CENTRE, [2], bench.chips, lambda point, wire, down, at: dates.append(at))
    then = clock.monotonic() - 20
    bench.chips[0].pin(17).when_changed(then, 0)
    assert dates == [then]
    wires.close()


def test_closing_leaves_the_lamps_dark() -> None:
    bench = Bench(CENTRE, [2])
    wires = Wires(CENTRE, [2], bench.chips, lambda *edge: None)
    wires.shine(2, Light(green=True, red=True))
    assert bench.light(2) == Light(green=True, red=True)
    wires.close()
    assert bench.light(2) == Light(green=False, red=False)


def test_the_process_says_it_is_ready_and_ends_with_goodbye(
    centre: Centre, mosquitto: Mosquitto, link_as, tmp_path: Path
) -> None:
    _, inbox = link_as("hall", [Status])
    (tmp_path / "centre.toml").write_bytes(msgspec.toml.encode(centre))
    (tmp_path / "buttons-1").write_text(mosquitto.secret("buttons-1") or "")
    env = {
        "GPIOZERO_PIN_FACTORY": "mock",
        "KHIU_CENTRE": str(tmp_path / "centre.toml"),
        "KHIU_PASSWORDS": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "counter_buttons", "--state", str(tmp_path)]
    program = Program("buttons-1", command, env, tmp_path / "log")
    program.start(within=20)
    inbox.wait(Received, lambda e: e.key == "buttons-1" and e.message.online and not e.retained)
    program.stop()
    inbox.wait(Received, lambda e: e.key == "buttons-1" and not e.message.online)
    assert "Traceback" not in program.last_words(50)
