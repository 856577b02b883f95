"""Puts what some roles need in place: centre.toml, secrets, the broker's configuration, units.

Run by `systemd/install` with the installed Python, as root; with ``--root DIR`` everything goes below that folder and
nothing is started, for images and tests.  Prints the units of this machine, one a line.  Exits 78 on a faulty
centre.toml, before any unit is touched.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from broker import door, mosquitto
from broker.centre import DEFAULT, Centre, CentreError, load
from broker.centre_desk import Desk
from broker.language.fonts import FontMissing
from broker.language.letters import require
from broker.node import DRAWING

HERE = Path(__file__).parent
CONFIG_FAULT = 78
WINDOWED = ("kiosk", "screen")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    known = "hall, desk, kiosk, screen, buttons, printer, kiosk@NAME …"
    parser.add_argument("roles", nargs="+", metavar="ROLE", help=known)
    parser.add_argument("--root", type=Path, default=Path("/"))
    given = parser.parse_args()
    etc = given.root / "etc"
    try:
        centre = load(_centre_file(etc / "khiu"))
        nodes = chosen(centre, given.roles)
        if given.root == Path("/") and set(nodes.values()) & set(DRAWING):
            require(centre)
    except (CentreError, FontMissing) as fault:
        print(f"{fault}\nnothing was started or changed", file=sys.stderr)
        return CONFIG_FAULT
    if "hall" in nodes:
        _broker(etc / "khiu", centre, given.root)
    if centre.desk and centre.desk.name in nodes:
        _desk(etc / "khiu", centre.desk)
    for name in nodes:
        if not (etc / "khiu/secrets" / name).is_file():
            print(
                f"{name} waits for its secret: copy /etc/khiu/secrets/{name} from the hall's machine", file=sys.stderr
            )
    units = [*units_of(nodes, guarded=not centre.broker.loopback), "khiu.target"]
    _units(etc, units, nodes)
    print("\n".join(units))
    return 0


def chosen(centre: Centre, roles: list[str]) -> dict[str, str]:
    """The nodes, name → role, that these roles mean.  Raises `CentreError` when one is unknown or means several."""
    known = centre.nodes()
    if "centre" in roles:
        return known
    nodes: dict[str, str] = {}
    for asked in roles:
        role, _, name = asked.partition("@")
        names = [name] if known.get(name) == role else [n for n, its in known.items() if its == role and not name]
        if len(names) != 1:
            allowed = ", ".join(["centre", "hall", *(f"{its}@{n}" for n, its in known.items() if its != "hall")])
            raise CentreError(f"ROLE: {asked}: {'means several nodes' if names else 'is no node'}; allowed: {allowed}")
        nodes[names[0]] = role
    if "desk" in nodes.values() and "hall" not in nodes:
        raise CentreError("ROLE: desk: it reads the hall's ledger, so it stands on that machine; allowed: hall desk")
    return nodes


def units_of(nodes: dict[str, str], *, guarded: bool) -> list[str]:
    """The units of these nodes, and what they stand on, in the order in which they start."""
    units = ["khiu-broker.service", "khiu-hall.service", "khiu-backup.timer"] if "hall" in nodes else []
    if guarded and units:
        units.insert(0, "khiu-door.service")
    if set(nodes.values()) & set(WINDOWED):
        units.append("khiu-display.service")
    return units + [f"khiu-{role}@{name}.service" for name, role in nodes.items() if role != "hall"]


def _centre_file(directory: Path) -> Path:
    """The machine's centre.toml: the one that is there, else the shipped one, which otherwise lies beside it."""
    directory.mkdir(parents=True, exist_ok=True)
    file, shipped = directory / "centre.toml", directory / "centre.toml.new"
    if not file.exists():
        shutil.copyfile(DEFAULT, file)
    elif file.read_bytes() != DEFAULT.read_bytes():
        shutil.copyfile(DEFAULT, shipped)
        print(f"{file} is kept; the shipped one is {shipped}", file=sys.stderr)
    return file


def _broker(directory: Path, centre: Centre, root: Path) -> None:
    """Users, access list and configuration of Mosquitto; the centre's authority where it is reached by network."""
    files = directory / "broker"
    mosquitto.enrol(directory / "secrets", centre)
    if not centre.broker.loopback:
        authority = directory / "authority"
        authority.mkdir(mode=0o700, exist_ok=True)
        mosquitto.certificates(authority, "server", centre.broker.host)
        files.mkdir(exist_ok=True)
        for name in ("ca.crt", "server.crt", "server.key"):
            shutil.copy(authority / name, files)
        shutil.copy(authority / "ca.crt", directory / "ca.crt")  # what the other machines need
        (directory / "door.nft").write_text(door.rules(centre.broker.port), "utf-8")
    written = mosquitto.write(files, centre, directory / "secrets", centre.broker.port)
    if root != Path("/"):
        written.write_text(written.read_text("utf-8").replace(str(root), ""), "utf-8")


def _desk(directory: Path, desk: Desk) -> None:
    """The desk's certificate, new at each install, by the centre's authority, which browsers are told to trust."""
    authority = directory / "authority"
    authority.mkdir(mode=0o700, exist_ok=True)
    mosquitto.certificates(authority, "desk", *desk.addresses, days=mosquitto.DESK_DAYS)
    shutil.copy(authority / "ca.crt", directory / "ca.crt")


def _units(etc: Path, units: list[str], nodes: dict[str, str]) -> None:
    for folder in ("systemd/system", "sysusers.d", "tmpfiles.d"):
        (etc / folder).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "khiu.sysusers", etc / "sysusers.d/khiu.conf")
    shutil.copyfile(HERE / "khiu.tmpfiles", etc / "tmpfiles.d/khiu.conf")
    sources = {f"{unit.partition('@')[0]}@.service" if "@" in unit else unit for unit in units}
    sources |= {unit.replace(".timer", ".service") for unit in units}  # what a timer starts
    for source in sources & {file.name for file in HERE.iterdir()}:
        shutil.copyfile(HERE / source, etc / "systemd/system" / source)
    if set(nodes.values()) & set(WINDOWED):
        (etc / "X11/xorg.conf.d").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / "khiu-xorg.conf", etc / "X11/xorg.conf.d/50-khiu.conf")


if __name__ == "__main__":
    sys.exit(main())
