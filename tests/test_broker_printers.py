"""What a printer of python-escpos's list is taken to be able to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from broker.centre import DEFAULT, Centre, load
from broker.centre_printers import NetworkPrinter, PointPrinter, SerialPrinter, UsbPrinter
from broker.onebox import on_these_ports
from broker.printers import Abilities, abilities, faults

PRINTERS: dict[str, dict[str, Any]] = {
    "network": {"host": "10.0.0.9", "port": 9100},
    "usb": {"vendor": 1208, "product": 514},
    "serial": {"device": "/dev/ttyUSB0", "baud": 115200},
}


def printer(paper_mm: int, profile: str | None = None, centres: bool | None = None) -> NetworkPrinter:
    return NetworkPrinter("127.0.0.1", 9100, paper_mm, profile, centres)  # type: ignore[arg-type]


def with_printer(profile: str, paper_mm: int) -> Centre:
    centre = load(DEFAULT)
    kiosk = msgspec.structs.replace(centre.kiosks[0], printer=printer(paper_mm, profile))
    return msgspec.structs.replace(centre, kiosks=(kiosk,))


@pytest.mark.parametrize(("paper_mm", "dots"), [(58, 384), (80, 576)])
def test_of_a_printer_without_a_profile_only_the_paper_is_known(paper_mm: int, dots: int) -> None:
    assert abilities(printer(paper_mm)) == Abilities(dots, 203, columns=0, qr=False, centres=False)


@pytest.mark.parametrize(("profile", "centres"), [(None, False), ("TM-T20II", True)])
def test_only_a_listed_printer_is_taken_to_centre_pictures_unless_the_key_says_so(
    profile: str | None, centres: bool
) -> None:
    assert abilities(printer(80, profile)).centres is centres
    assert abilities(printer(80, profile, not centres)).centres is not centres


@pytest.mark.parametrize(
    ("profile", "paper_mm", "able"),
    [
        ("TM-T20II", 80, Abilities(576, 203, 48, qr=True, centres=True)),
        ("TM-T88V", 80, Abilities(512, 180, 42, qr=True, centres=True)),
        ("POS-5890", 58, Abilities(384, 203, 32, qr=False, centres=True)),
        ("default", 58, Abilities(384, 203, 32, qr=True, centres=True)),
        ("default", 80, Abilities(576, 203, 42, qr=True, centres=True)),
    ],
)
def test_a_profile_says_width_type_and_codes(profile: str, paper_mm: int, able: Abilities) -> None:
    assert abilities(printer(paper_mm, profile)) == able


def test_columns_that_cannot_be_are_not_believed() -> None:
    """The list gives this one 12 columns on 576 dots: the width of a letter, not their number."""
    assert abilities(printer(80, "NT-80-V-UL")).columns == 0


def test_every_profile_that_is_allowed_can_be_printed_with() -> None:
    (told,) = faults(with_printer("none of them", 80))
    names = told.partition("; one of ")[2].removesuffix(", or none at all").split(", ")
    assert len(names) > 20
    for name in names:
        fits = [paper_mm for paper_mm in (58, 80) if not list(faults(with_printer(name, paper_mm)))]
        assert fits, name
        for paper_mm in fits:
            able = abilities(printer(paper_mm, name))
            assert 380 <= able.dots <= 640, name
            assert able.columns * 12 <= able.dots, name


def test_displays_needle_printers_and_other_tongues_are_no_profiles() -> None:
    for name in ("OCD-300", "TM-U220", "TSP600"):
        assert [fault for fault in faults(with_printer(name, 80)) if f'"{name}" is no picture printer' in fault]


@pytest.mark.parametrize("kind", PRINTERS)
def test_every_way_to_reach_a_printer_may_name_a_profile_and_say_whether_it_centres(kind: str) -> None:
    table = {"kind": kind, "paper_mm": 80, "profile": "TM-T20II", "centres": False, **PRINTERS[kind]}
    got = msgspec.convert(table, NetworkPrinter | UsbPrinter | SerialPrinter)
    assert abilities(got).qr
    assert not abilities(got).centres


def test_the_check_names_the_key_and_what_is_allowed(tmp_path: Path) -> None:
    file = tmp_path / "centre.toml"
    text = DEFAULT.read_text("utf-8")
    file.write_text(text.replace('"TM-T20II"', '"TM-T2000"'), "utf-8")
    command = [Path(sys.executable).with_name("khiu-centre"), "--language", "en", "--check", file]
    told = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert told.returncode == 78
    assert 'kiosk[kiosk-1].printer.profile: "TM-T2000" is no picture printer' in told.stderr
    assert "TM-T20II, " in told.stderr


def test_on_one_machine_each_printer_at_points_has_a_port_of_its_own_and_the_kiosks_share_theirs() -> None:
    usb = UsbPrinter(1208, 514, 58)
    given = msgspec.structs.replace(
        load(DEFAULT), printers=(PointPrinter("a", (2,), usb), PointPrinter("b", (4,), usb))
    )
    here = on_these_ports(given, 1883, 9100)
    assert here.kiosks[0].printer.port == 9100  # type: ignore[union-attr]
    ports = {each.printer.port for each in here.printers}  # type: ignore[union-attr]
    assert len(ports - {9100, 1883}) == 2
    assert [each.printer.paper_mm for each in here.printers] == [58, 58]
