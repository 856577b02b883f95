"""Installing roles into a folder: the right units, a file that is checked first, secrets that stay."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from broker.centre import DEFAULT

CHECKOUT = Path(__file__).parent.parent
SECOND_KIOSK = """
[[kiosk]]
name = "kiosk-2"
numbers = [500, 999]
printer = { kind = "network", host = "127.0.0.1", port = 9101, paper_mm = 80 }
"""


def place(root: Path, *roles: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, CHECKOUT / "systemd/place.py", "--root", root, *roles],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def own_centre(root: Path, text: str) -> Path:
    file = root / "etc/khiu/centre.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    return file


POINT_PRINTER = """
[[printer]]
name = "printer-1"
points = [4, 5]
printer = { kind = "usb", vendor = 1208, product = 514, paper_mm = 80 }
"""


def with_printer() -> str:
    return DEFAULT.read_text("utf-8").replace("\n[[screen]]", POINT_PRINTER + "\n[[screen]]")


def two_kiosks() -> str:
    shipped = DEFAULT.read_text("utf-8").replace("numbers = [1, 999]", "numbers = [1, 499]")
    return shipped.replace("\n[[screen]]", SECOND_KIOSK + "\n[[screen]]")


@pytest.mark.parametrize(
    ("roles", "units"),
    [
        (["hall"], ["khiu-broker.service", "khiu-hall.service", "khiu-backup.timer", "khiu.target"]),
        (["screen"], ["khiu-display.service", "khiu-screen@screen-1.service", "khiu.target"]),
        (["kiosk@kiosk-1"], ["khiu-display.service", "khiu-kiosk@kiosk-1.service", "khiu.target"]),
        (
            ["hall", "desk"],
            ["khiu-broker.service", "khiu-hall.service", "khiu-backup.timer", "khiu-desk@desk.service", "khiu.target"],
        ),
        (["buttons"], ["khiu-buttons@buttons-1.service", "khiu.target"]),
    ],
)
def test_a_role_means_its_units(tmp_path: Path, roles: list[str], units: list[str]) -> None:
    assert place(tmp_path, *roles).stdout.split() == units


def test_a_printer_at_points_is_a_role_with_a_unit_and_a_secret_and_needs_no_display(tmp_path: Path) -> None:
    own_centre(tmp_path, with_printer())
    assert place(tmp_path, "printer").stdout.split() == ["khiu-printer@printer-1.service", "khiu.target"]
    assert (tmp_path / "etc/systemd/system/khiu-printer@.service").is_file()
    assert "khiu-printer@printer-1.service" in place(tmp_path, "centre").stdout.split()
    assert (tmp_path / "etc/khiu/secrets/printer-1").is_file()


def test_centre_means_every_node(tmp_path: Path) -> None:
    units = place(tmp_path, "centre").stdout
    assert [name for name in ("hall", "desk", "kiosk-1", "screen-1", "buttons-1") if name not in units] == []


def test_every_unit_named_is_there(tmp_path: Path) -> None:
    units = place(tmp_path, "centre").stdout.split()
    files = {file.name for file in (tmp_path / "etc/systemd/system").iterdir()}
    named = {unit.split("@")[0] + "@.service" if "@" in unit else unit for unit in units}
    assert named | {"khiu-backup.service"} == files  # the timer's own


def test_a_faulty_centre_starts_nothing_and_names_file_and_key(tmp_path: Path) -> None:
    file = own_centre(tmp_path, DEFAULT.read_text("utf-8").replace("max_calls = 3", "max_calls = 0"))
    done = place(tmp_path, "hall")
    assert (done.returncode, done.stdout) == (78, "")
    assert str(file) in done.stderr
    assert "max_calls" in done.stderr
    assert not (tmp_path / "etc/systemd").exists()


def test_ones_own_centre_is_kept_and_the_shipped_one_laid_beside_it(tmp_path: Path) -> None:
    changed = DEFAULT.read_text("utf-8") + "# ours\n"
    file = own_centre(tmp_path, changed)
    assert place(tmp_path, "hall").returncode == 0
    assert file.read_text("utf-8") == changed
    assert file.with_name("centre.toml.new").read_bytes() == DEFAULT.read_bytes()


def test_installing_again_keeps_the_secrets(tmp_path: Path) -> None:
    place(tmp_path, "hall")
    secret = tmp_path / "etc/khiu/secrets/kiosk-1"
    before = secret.read_text("utf-8")
    place(tmp_path, "hall")
    assert secret.read_text("utf-8") == before


def test_secrets_are_for_root_alone(tmp_path: Path) -> None:
    place(tmp_path, "hall")
    folder = tmp_path / "etc/khiu/secrets"
    assert [oct(path.stat().st_mode & 0o077) for path in (folder, *folder.iterdir())] == ["0o0"] * 7


def test_the_brokers_configuration_names_the_machines_paths(tmp_path: Path) -> None:
    place(tmp_path, "hall")
    configuration = (tmp_path / "etc/khiu/broker/mosquitto.conf").read_text("utf-8")
    assert "acl_file /etc/khiu/broker/acl" in configuration
    assert str(tmp_path) not in configuration


def test_a_machine_without_the_hall_is_told_which_secret_it_waits_for(tmp_path: Path) -> None:
    assert "/etc/khiu/secrets/screen-1" in place(tmp_path, "screen").stderr


def test_a_broker_on_the_network_has_a_guard_before_its_port_and_one_that_is_not_has_none(tmp_path: Path) -> None:
    lan = 'host = "10.1.2.3"\nport = 8883\nca = "x"'
    own_centre(tmp_path / "lan", DEFAULT.read_text("utf-8").replace('host = "127.0.0.1"\nport = 1883', lan))
    assert place(tmp_path / "lan", "hall").stdout.split()[0] == "khiu-door.service"
    assert "tcp dport 8883 " in (tmp_path / "lan/etc/khiu/door.nft").read_text("utf-8")
    assert "khiu-door.service" not in place(tmp_path / "lan", "screen").stdout
    assert "khiu-door.service" not in place(tmp_path / "alone", "hall").stdout


def test_a_role_of_two_nodes_must_be_told_which(tmp_path: Path) -> None:
    own_centre(tmp_path, two_kiosks())
    done = place(tmp_path, "kiosk")
    assert done.returncode == 78
    assert "kiosk@kiosk-2" in done.stderr


def test_one_of_two_nodes_can_be_named(tmp_path: Path) -> None:
    own_centre(tmp_path, two_kiosks())
    assert "khiu-kiosk@kiosk-2.service" in place(tmp_path, "kiosk@kiosk-2").stdout.split()


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    assert "allowed: centre, hall" in place(tmp_path, "office").stderr


def test_a_desk_stands_on_the_halls_machine_for_it_reads_the_ledger(tmp_path: Path) -> None:
    assert "allowed: hall desk" in place(tmp_path, "desk").stderr


def test_the_desk_has_a_certificate_of_the_centres_authority_for_each_of_its_names(tmp_path: Path) -> None:
    named = DEFAULT.read_text("utf-8").replace('# names = ["khiu.local"]', 'names = ["khiu.local", "10.0.0.5"]')
    own_centre(tmp_path, named)
    assert place(tmp_path, "hall", "desk").returncode == 0
    etc = tmp_path / "etc/khiu"
    check = ["openssl", "verify", "-CAfile", etc / "ca.crt"]
    for name in (["-verify_hostname", "khiu.local"], ["-verify_ip", "10.0.0.5"]):
        assert subprocess.run([*check, *name, etc / "authority/desk.crt"], capture_output=True).returncode == 0
    strange = [*check, "-verify_hostname", "other.local", etc / "authority/desk.crt"]
    assert subprocess.run(strange, capture_output=True).returncode != 0
    assert (etc / "authority/desk.key").stat().st_mode & 0o077 == 0
