"""Whole machines killed at work: user-mode Linux with its stores on an ext4 image; killing it is a power cut.

Inside run a real Mosquitto, hall and counter node, and a kiosk without a window; presses and thanks, and each paper,
are written down on the host, which lives on.  After the last cut the machine boots once more, is left to finish, and
copies its stores out for the judge.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace as replaced
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from faults_centre import KIOSK, pressed, run, thanked, wait_for
from faults_plain import written
from faults_table import Options, Row, row
from promises import Breach, Evidence, judge

from broker import clock
from broker.centre import DEFAULT, load
from broker.onebox import opening

EACH, QUICK = 20, 2
BOOT_SECONDS, FINISH_SECONDS = 120.0, 240.0
WORKS, DONE = "works", "done"  # files that the machine makes on the host
IMAGE_MB = 64

INIT = """\
#!/bin/sh
export PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 HOME=/mnt TMPDIR=/mnt
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /mnt
mkdir /mnt/host /mnt/state
mount -t hostfs none /mnt/host -o {host}
mount -t ext4 /dev/ubda /mnt/state || exit 1
ip link set lo up
export PYTHONPATH={path}
{python} {inside} /mnt/host /mnt/state {offset} {last} >>/mnt/host/console 2>&1
umount /mnt/state
halt -f -p
"""


def rows(options: Options) -> list[Row]:
    cuts = options.some(EACH, QUICK)
    rng = random.Random(f"{options.seed} machine")
    with TemporaryDirectory(prefix="khiu-machine-") as name:
        host = Path(name)
        _make_card(host / "card.img")
        notes, longest = [], 0.0
        for n in range(cuts):
            began = time.monotonic()
            machine = _boot(host)
            try:
                wait_for(partial(_works_or_ended, host, machine), BOOT_SECONDS)
                if not (host / WORKS).exists():
                    notes.append(f"cut {n + 1}: the machine did not come to work: {_words(host)}")
                else:
                    longest = max(longest, time.monotonic() - began if n else 0.0)
                    moment = rng.uniform(0.2, 6)
                    time.sleep(moment)
                    print(f"  machine cut {n + 1}, {moment:.2f} s into its work", flush=True)
            finally:
                _power_off(machine)
        machine = _boot(host, last=True)
        try:
            wait_for(lambda: machine.poll() is not None, FINISH_SECONDS, 0.5)
        finally:
            _power_off(machine)
        if not (host / DONE).exists():
            notes.append(f"the machine did not finish: {_words(host)}")
        verdict = judge(_evidence(host))
    breaches = (*verdict.breaches, *(Breach("untrue", note) for note in notes))
    return [row("whole machine killed (ext4)", cuts, [("at the end", replaced(verdict, breaches=breaches))], longest)]


def _make_card(image: Path) -> None:
    with image.open("wb") as file:
        file.truncate(IMAGE_MB << 20)
    run("mkfs.ext4", "-q", image)


def _boot(host: Path, last: bool = False) -> subprocess.Popen[bytes]:
    """User-mode Linux on the host's own files, read-only, with the card as its one disk."""
    for told in (WORKS, DONE):
        (host / told).unlink(missing_ok=True)
    inside = Path(__file__).with_name("faults_machine_inside.py")
    values = {
        "host": host, "path": f"{inside.parent.parent}:{inside.parent}", "python": sys.executable, "inside": inside,
        "offset": _offset(host), "last": "last" if last else "cut",
    }  # fmt: skip
    init = host / "init"
    init.write_text(INIT.format(**{key: shlex.quote(str(value)) for key, value in values.items()}))
    init.chmod(0o755)
    command = ["linux.uml", "mem=768M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", f"init={init}"]
    command += [f"ubd0={host / 'card.img'}", "con=null", "con0=null,fd:1", "quiet"]
    with (host / "kernel").open("ab") as log:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=host
        )


def _works_or_ended(host: Path, machine: subprocess.Popen[bytes]) -> bool:
    return (host / WORKS).exists() or machine.poll() is not None


def _power_off(machine: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(machine.pid, signal.SIGKILL)
    machine.wait()


def _offset(host: Path) -> str:
    """The same for every boot: the machine's clock goes on while it is off, as a battery's would."""
    file = host / "offset"
    if not file.exists():
        now = clock.now()
        file.write_text(str((opening(load(DEFAULT), now, dt.timedelta(minutes=30)) - now).total_seconds()))
    return file.read_text()


def _words(host: Path) -> str:
    said = [file.read_text(errors="replace").splitlines()[-4:] for name in ("console", "kernel")
            if (file := host / name).exists()]  # fmt: skip
    return " | ".join(line for lines in said for line in lines)


def _evidence(host: Path) -> Evidence:
    return Evidence(
        host / "stores" / "ledger.sqlite",
        {KIOSK: host / "stores" / "kiosk.sqlite"},
        written(host / "papers"),
        pressed(host),
        thanked=thanked(host),
        heard=lambda _call, _at: False,  # there is no screen
        true_times=True,
        every_paper=True,
    )
