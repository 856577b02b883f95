"""A local network of the hall's machine and others, each a network namespace, joined by a bridge.

To be used in a fresh namespace (unshare --net), which is the hall's machine: see `faults_network`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from faults_centre import BrokenCentre, run, wait_for

NET = "10.77.0"
HALL = f"{NET}.1"
BACK = 20.0  # seconds in which a node that lost its connection must be taken in again


@contextmanager
def machines(names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Each name → the namespace that is its machine."""
    spaces = {name: f"khiu-{os.getpid()}-{n}" for n, name in enumerate(names)}
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "khiu-br", "type", "bridge")
    run("ip", "address", "add", f"{HALL}/24", "dev", "khiu-br")
    run("ip", "link", "set", "khiu-br", "up")
    try:
        for n, space in enumerate(spaces.values()):
            run("ip", "netns", "add", space)
            run("ip", "-n", space, "link", "set", "lo", "up")
            plug(space, n + 2)
        yield spaces
    finally:
        for space in spaces.values():
            with suppress(RuntimeError):
                run("ip", "netns", "delete", space)


def plug(space: str, number: int) -> None:
    """A cable from this machine to a free port of the switch; its address there ends in ``number``."""
    run("ip", "link", "add", f"port{number}", "type", "veth", "peer", "name", "eth0", "netns", space)
    run("ip", "link", "set", f"port{number}", "master", "khiu-br", "up")
    run("ip", "-n", space, "address", "add", f"{NET}.{number}/24", "dev", "eth0")
    run("ip", "-n", space, "link", "set", "eth0", "up")


def pull(space: str) -> None:
    """The cable is gone, and with it the address; who had a connection hears nothing of it."""
    run("ip", "-n", space, "link", "delete", "eth0")


@contextmanager
def comes_back(centre: BrokenCentre, node: str) -> Iterator[None]:
    """What is done in the block puts this node out.  Raises `RuntimeError` when it is not taken in again in time."""
    before = taken_in(centre, node)
    yield
    if not wait_for(lambda: taken_in(centre, node) > before, BACK, 0.1):
        raise RuntimeError(f"{node} was not taken in again within {BACK:.0f} s")


def taken_in(centre: BrokenCentre, node: str) -> int:
    """How often the broker says that it took in this node, in the log to which it writes."""
    log = Path(f"/proc/{centre.broker.pid}/fd/2").read_text("utf-8", "replace")
    return sum(" connected from " in line and f" as {node} (" in line for line in log.splitlines())
