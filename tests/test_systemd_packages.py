"""What is installed from outside: Debian packages only when missing, libraries only by hash."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
LOCKS = [CHECKOUT / "requirements.lock", CHECKOUT / "requirements-dev.lock"]


def packages(tmp_path: Path, *roles: str, installed: str) -> subprocess.CompletedProcess[str]:
    """systemd/packages on a machine that has what matches ``installed``; apt-get only writes down what it is asked."""
    tools = tmp_path / "bin"
    tools.mkdir()
    stubs = {
        "dpkg-query": f'shift 3; for p; do echo "$p" | grep -qE "{installed}" && echo "installed $p"; done; true',
        "apt-get": f'echo "$*" >> {tmp_path}/asked',
        "id": "echo 0",
        "systemctl": "false",
    }
    for name, body in stubs.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)
    return subprocess.run(
        [CHECKOUT / "systemd/packages", *roles],
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )


def asked(tmp_path: Path) -> str:
    file = tmp_path / "asked"
    return file.read_text() if file.exists() else ""


def test_apt_is_not_called_when_nothing_is_missing(tmp_path: Path) -> None:
    packages(tmp_path, "dev", installed=".")
    assert asked(tmp_path) == ""


def test_only_what_is_missing_is_installed(tmp_path: Path) -> None:
    packages(tmp_path, "dev", installed="^[^x]")
    (install,) = (line for line in asked(tmp_path).splitlines() if " install " in line)
    assert re.sub(r".*--no-install-recommends ", "", install).split() == ["x11-utils", "xvfb", "xdotool"]


def test_a_role_is_given_only_what_it_needs(tmp_path: Path) -> None:
    packages(tmp_path, "buttons", installed="^$")
    assert asked(tmp_path).split("--no-install-recommends ")[-1].split() == ["python3-venv"]


def test_a_printer_at_points_needs_a_face_and_usb_and_no_display(tmp_path: Path) -> None:
    packages(tmp_path, "printer", installed="^$")
    wanted = asked(tmp_path).split("--no-install-recommends ")[-1].split()
    assert wanted == [
        "python3-venv", "fontconfig", "fonts-tlwg-loma-ttf", "libthai0", "hunspell-th", "libusb-1.0-0",
    ]  # fmt: skip


def test_each_package_has_its_reason() -> None:
    lines = (CHECKOUT / "systemd/packages.txt").read_text("utf-8").splitlines()
    unexplained = [line for line in lines if line and line[0] != "#" and len(line.split(maxsplit=2)) < 3]
    assert unexplained == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_says_what_and_never_from_where(lock: Path) -> None:
    told = [line for line in lock.read_text("utf-8").splitlines() if "/" in line or "index" in line or "@" in line]
    assert told == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_library_is_one_version_with_hashes(lock: Path) -> None:
    entries = re.split(r"(?m)^(?=\w)", lock.read_text("utf-8"))[1:]
    loose = [e.splitlines()[0] for e in entries if not re.match(r"[\w.-]+==\S+ ", e) or "--hash=sha256:" not in e]
    assert loose == []


def test_what_is_run_is_what_is_tested() -> None:
    run, dev = (set(re.findall(r"^[\w.-]+==\S+", lock.read_text("utf-8"), re.MULTILINE)) for lock in LOCKS)
    assert run - dev == set()


def test_every_dependency_is_locked() -> None:
    project = (CHECKOUT / "pyproject.toml").read_text("utf-8")
    names = set(re.findall(r'^  "([A-Za-z0-9_-]+)[\[>=<]', project, re.MULTILINE))
    locked = set(re.findall(r"^([\w-]+)==", LOCKS[1].read_text("utf-8"), re.MULTILINE))
    assert {name.lower().replace("_", "-") for name in names} - locked == set()
