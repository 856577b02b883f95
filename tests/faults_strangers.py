"""A stranger on the network who opens as many connections to the broker as he gets, and says nothing on them.

As a program, on the stranger's machine: ``faults_strangers.py HOST PORT MANY WORDS``, WORDS being what he says, in
hexadecimal, a byte at a time on each.  Prints how many he holds as soon as he gets no more, and holds them.
"""

from __future__ import annotations

import os
import random
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from faults_centre import COUNTER, KIOSK, RESTART_SECONDS, BrokenCentre
from faults_lan import HALL, comes_back
from faults_morning import Fault

from broker import door

STRANGER = "stranger"
MANY = 1000  # connections that he would like
TICK = 0.3  # seconds between two bytes
NOTHING = b""
HALF_A_HANDSHAKE = bytes.fromhex("1603010200010001fc0303") + b"\x2a" * 100  # the beginning of a TLS ClientHello


def holding(spaces: dict[str, str], words: bytes) -> Fault:
    """Meanwhile a counter, a kiosk and the hall itself are started again, and must be taken in."""

    def fault(centre: BrokenCentre, _rng: random.Random) -> None:
        guard(centre.broker.port)
        with held(spaces[STRANGER], centre.broker.port, words):
            for node in (COUNTER, KIOSK, "hall"):
                with comes_back(centre, node):
                    again(centre, node)

    return fault


def guard(port: int) -> None:
    """The firewall's rules, as khiu-door.service loads them."""
    subprocess.run(["nft", "-f", "-"], input=door.rules(port), text=True, check=True, timeout=10)


@contextmanager
def held(space: str, port: int, words: bytes) -> Iterator[int]:
    """How many connections the stranger holds, for as long as the block lasts."""
    command = ["ip", "netns", "exec", space, sys.executable, __file__, HALL, port, MANY, f"-{words.hex()}"]
    child = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    try:
        yield int(child.stdout.readline())
    finally:
        child.terminate()
        child.wait(10)


def again(centre: BrokenCentre, node: str) -> None:
    """kill -9, and started again where it was, as systemd does; not waited for: it may be on another machine."""
    pid = centre.programs[node].pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    (centre.folder / "targets" / f"{node}.json").unlink(missing_ok=True)
    time.sleep(RESTART_SECONDS)
    centre.programs[node].launch().close()


# ------------------------------------------------------------------ the stranger
def main() -> int:
    host, port, many, words = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), bytes.fromhex(sys.argv[4][1:])
    mine: list[socket.socket] = []
    said, told = 0, False
    while True:
        before = len(mine)
        with suppress(OSError):
            while len(mine) < many:
                mine.append(socket.create_connection((host, port), 0.3))
        for line in select.select(mine, [], [], 0)[0]:  # he would be told something, or was put out
            line.close()
        mine = [line for line in mine if line.fileno() >= 0]
        if said < len(words):
            for line in mine:
                with suppress(OSError):
                    line.send(words[said : said + 1])
            said += 1
        if not told and len(mine) == before:
            print(len(mine), flush=True)
            told = True
        time.sleep(TICK)


if __name__ == "__main__":
    sys.exit(main())
