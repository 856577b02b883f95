"""What runs on the machine whose power is cut (`faults_machine`): HOST STATE OFFSET cut|last."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import apsw
import msgspec
from faults_centre import COUNTER, KIOSK
from faults_machine import DONE, WORKS
from faults_plain import POINTS, Kiosk, officer, served

from broker import clock
from broker.centre import DEFAULT, load
from broker.mosquitto import Mosquitto, free_port
from broker.onebox import on_these_ports
from broker.program import Program

EVERY = 0.25  # seconds between two citizens
LAST = 6  # citizens after the last boot
CALM = 200.0  # seconds for the rest to be served then


def main() -> int:
    host, state, offset, kind = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    os.environ |= {clock.OFFSET: offset, "GPIOZERO_PIN_FACTORY": "mock"}
    broker = Mosquitto(host / "secrets", load(DEFAULT))
    broker.start()
    centre = on_these_ports(load(DEFAULT), broker.port, free_port())
    scratch = Path(os.environ["TMPDIR"])
    (scratch / "centre.toml").write_bytes(msgspec.toml.encode(centre))
    door = scratch / "door"
    env = {
        "KHIU_CENTRE": str(scratch / "centre.toml"), "KHIU_PASSWORDS": str(host / "secrets"),
        "KHIU_DOOR": str(door), "KHIU_RECORDS": str(host),
    }  # fmt: skip
    here = Path(__file__)
    commands = {"hall": ["-m", "display", "run"], COUNTER: [str(here.with_name("faults_counter.py"))]}
    programs = []
    for name, command in commands.items():
        (state / name).mkdir(exist_ok=True)
        whole = [sys.executable, *command, "--state", str(state / name)]
        programs.append(Program(name, whole, env, host / f"{name}.log"))
        programs[-1].start(90)
    (state / KIOSK).mkdir(exist_ok=True)
    kiosk, over = Kiosk(centre, broker, host, state / KIOSK), threading.Event()
    officers = [threading.Thread(target=officer, args=(door, point, over)) for point in POINTS]
    for each in officers:
        each.start()
    (host / WORKS).touch()
    services, given, end = list(POINTS.values()), 0, time.monotonic() + CALM
    while time.monotonic() < end:  # until the power is cut, or all are served
        if kind == "cut" or given < LAST:
            kiosk.give(services[given % len(services)])
            given += 1
        elif served(state):
            break
        kiosk.listen(EVERY)
    over.set()
    for each in officers:
        each.join()
    kiosk.listen(3)
    kiosk.close()
    for program in reversed(programs):
        program.stop()
    broker.stop()
    copied(state, host / "stores")
    (host / DONE).touch()
    return 0


def copied(state: Path, out: Path) -> None:
    out.mkdir(exist_ok=True)
    for file in (state / "hall" / "ledger.sqlite", state / KIOSK / "kiosk.sqlite"):
        with closing(apsw.Connection(str(file))) as store:
            store.execute("VACUUM INTO ?", (str(out / file.name),))


if __name__ == "__main__":
    sys.exit(main())
