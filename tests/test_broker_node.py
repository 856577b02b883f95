"""What every process shares: its setting, its word to systemd, its stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from broker import clock, node
from broker.centre import DEFAULT

STOPPER = """
import threading, sys
from broker import node
done = threading.Event()
node.on_stop(done.set)
print("ready", flush=True)
done.wait(20)
print("clean", flush=True)
"""


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KHIU_CENTRE", str(DEFAULT))
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    for name in ("CREDENTIALS_DIRECTORY", "KHIU_PASSWORDS", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)


def test_a_node_is_the_first_of_its_role_when_no_name_is_given() -> None:
    assert node.setting("buttons", []).node == "buttons-1"


def test_its_state_directory_is_there() -> None:
    assert node.setting("kiosk", []).state.is_dir()


def test_a_name_of_another_role_is_refused_with_the_names_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        node.setting("kiosk", ["--name", "screen-1"])
    assert left.value.code == 78
    assert "kiosk: screen-1 is no kiosk; allowed: kiosk-1" in capsys.readouterr().err


def test_a_wrong_file_stops_it_with_every_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "centre.toml").write_text("schema = 2")
    with pytest.raises(SystemExit) as left:
        node.setting("hall", ["--centre", str(tmp_path / "centre.toml")])
    assert left.value.code == 78
    assert "centre.toml: schema: 2 is not allowed; allowed: 1" in capsys.readouterr().err


def test_the_secret_is_systemds_credential_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hall").write_text("of the file\n")
    monkeypatch.setenv("KHIU_PASSWORDS", str(tmp_path))
    assert node.password("hall") == "of the file"
    (tmp_path / "mqtt-password").write_text("of systemd\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert node.password("hall") == "of systemd"


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told(abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"@khiu-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.settimeout(5)
        systemd.bind(name.replace("@", "\0") if abstract else name)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        assert node.notify("READY=1")
        assert systemd.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_told() -> None:
    assert not node.notify("READY=1")


def test_a_watchdog_of_another_process_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "20000000")
    assert node.watchdog_seconds() == 20
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert node.watchdog_seconds() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", STOPPER], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        child.send_signal(number)
        assert child.communicate(timeout=10)[0] == "clean\n"
    assert child.returncode == 0


def test_the_clock_can_be_set_for_a_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    real = clock.now()
    monkeypatch.setenv("KHIU_CLOCK_OFFSET", "-3600")
    assert -3601 < (clock.now() - real).total_seconds() < -3590


def test_a_node_with_a_window_does_not_start_without_the_face_that_its_centre_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = DEFAULT.read_text("utf-8").replace('font = "Loma"', 'font = "No Such Face"')
    (tmp_path / "centre.toml").write_text(text, "utf-8")
    with pytest.raises(SystemExit) as end:
        node.setting("kiosk", ["--centre", str(tmp_path / "centre.toml"), "--state", str(tmp_path)])
    assert end.value.code == 78
    assert "'No Such Face' is not installed" in capsys.readouterr().err
