"""The units: what systemd itself thinks of them, and that each node is watched and restarted."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).parent.parent / "systemd"
UNITS = sorted(file for end in ("service", "target", "timer") for file in SYSTEMD.glob(f"*.{end}"))
NODES = [SYSTEMD / f"khiu-{node}.service" for node in ("hall", "desk@", "kiosk@", "screen@", "buttons@", "printer@")]


def read(unit: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # systemd's keys have capitals
    parser.read_string(unit.read_text("utf-8"))
    return parser


def verified(folder: Path) -> str:
    """What systemd-analyze says of the units in a folder; it exits 0 even for keys it does not know."""
    stub = shutil.which("true")
    names = []
    for unit in folder.iterdir():
        text = re.sub(r"(?m)^(Exec\w+=)(/\S+)", rf"\1{stub}", unit.read_text("utf-8"))  # programs are not here yet
        name = unit.name.replace("@.", "@one-1.")
        (folder / name).write_text(text, "utf-8")
        names.append(name)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:", "SYSTEMD_LOG_LEVEL": "warning"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return "\n".join(line for line in (done.stdout + done.stderr).splitlines() if "khiu" in line or "one-1" in line)


def copies(folder: Path) -> Path:
    for unit in UNITS:
        shutil.copy(unit, folder)
    return folder


def test_systemd_finds_no_fault_in_any_unit(tmp_path: Path) -> None:
    assert verified(copies(tmp_path)) == ""


def test_a_misspelt_key_would_be_noticed(tmp_path: Path) -> None:
    unit = copies(tmp_path) / "khiu-hall.service"
    unit.write_text(unit.read_text("utf-8").replace("WatchdogSec=", "WatchdogSecs="), "utf-8")
    assert "WatchdogSecs" in verified(tmp_path)


@pytest.mark.parametrize("unit", NODES, ids=lambda unit: unit.stem)
def test_a_node_says_when_it_is_ready_is_watched_and_always_comes_back(unit: Path) -> None:
    service = read(unit)["Service"]
    wanted = {"Type": "notify", "WatchdogSec": "20", "Restart": "always", "RestartSec": "2"}
    assert {key: service.get(key) for key in wanted} == wanted
    assert read(unit)["Unit"]["StartLimitIntervalSec"] == "0"


@pytest.mark.parametrize("unit", NODES, ids=lambda unit: unit.stem)
def test_a_node_is_not_root_and_gets_its_own_secret_alone(unit: Path) -> None:
    service = read(unit)["Service"]
    instance = "%i" if "@" in unit.name else "hall"
    assert service["User"] == "khiu"
    secrets = re.findall(r"(?m)^LoadCredential=(.*/secrets/.*)$", unit.read_text("utf-8"))
    assert secrets == [f"mqtt-password:/etc/khiu/secrets/{instance}"]


@pytest.mark.parametrize("unit", NODES, ids=lambda unit: unit.stem)
def test_a_node_waits_until_the_clock_is_set(unit: Path) -> None:
    assert "time-set.target" in read(unit)["Unit"]["After"].split()


def test_every_program_a_unit_starts_is_one_that_is_installed() -> None:
    scripts = tomllib.loads((SYSTEMD.parent / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    started = {Path(read(unit)["Service"]["ExecStart"].split()[0]) for unit in NODES}
    assert started <= {Path("/opt/khiu/venv/bin", script) for script in scripts}


def test_every_unit_belongs_to_the_target() -> None:
    timed = {timer.with_suffix(".service") for timer in UNITS if timer.suffix == ".timer"}
    loose = [unit.name for unit in UNITS if unit.suffix != ".target" and unit not in timed and not _belongs(unit)]
    assert loose == []


def _belongs(unit: Path) -> bool:
    parsed = read(unit)
    parts = parsed["Unit"].get("PartOf", "").split()
    return "khiu.target" in parts and parsed["Install"].get("WantedBy") == "khiu.target"
