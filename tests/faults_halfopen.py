"""Connections of which one end is gone and the other does not know: no FIN and no RST ever came."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from faults_centre import BrokenCentre, run
from faults_lan import NET, comes_back, plug, pull
from faults_morning import Fault

UNPLUGGED = 2.0  # seconds: shorter than any link takes to notice
SILENT = 12.0  # seconds without a reset: longer than a link takes to notice
PORTS = itertools.count(100)  # of the switch that nobody used yet


def moved(spaces: dict[str, str], nodes: tuple[str, ...]) -> Fault:
    """One machine's cable is pulled and put into another port, where it gets another address."""

    def fault(centre: BrokenCentre, rng: random.Random) -> None:
        node = rng.choice(nodes)
        with comes_back(centre, node):
            pull(spaces[node])
            time.sleep(UNPLUGGED)
            plug(spaces[node], next(PORTS))

    return fault


def forgotten(spaces: dict[str, str], nodes: tuple[str, ...], *, by_the_broker: bool) -> Fault:
    """The kernel of one end forgets the connection (`ss --kill`), and what it would say of that is lost."""

    def fault(centre: BrokenCentre, rng: random.Random) -> None:
        node = rng.choice(nodes)
        space = spaces[node]
        (its,) = run("ip", "-n", space, "-o", "-4", "address", "show", "eth0").split("inet ")[1:]
        address, there = its.split("/")[0], f"{NET}.1:{centre.broker.port}"
        within = [] if by_the_broker else ["ip", "netns", "exec", space]
        ends = ("src", there, "dst", address) if by_the_broker else ("dst", there)
        with comes_back(centre, node), no_resets(within):
            if not run(*within, "ss", "-HtnK", *ends):
                raise RuntimeError("this kernel does not let go of a socket (INET_DIAG_DESTROY), or there was none")
            time.sleep(SILENT if by_the_broker else UNPLUGGED)

    return fault


@contextmanager
def no_resets(within: list[str]) -> Iterator[None]:
    """No RST leaves this machine."""
    nft = (*within, "nft")
    run(*nft, "add", "table", "inet", "mute")
    try:
        run(*nft, "add", "chain", "inet", "mute", "out", "{ type filter hook output priority 0; }")
        run(*nft, "add", "rule", "inet", "mute", "out", "tcp", "flags", "rst", "drop")
        yield
    finally:
        run(*nft, "delete", "table", "inet", "mute")
