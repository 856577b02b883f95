"""The guard before the broker's port, in a network of its own: a stranger, an honest machine, and the hall's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from faults_centre import run
from faults_lan import HALL, machines
from faults_strangers import HALF_A_HANDSHAKE, STRANGER, guard, held
from msgspec.structs import replace

from broker import door
from broker.centre import DEFAULT, load
from broker.mosquitto import CONNECTIONS, Mosquitto

NEIGHBOUR, NODE = "neighbour", "kiosk-1"
LACKS = [tool for tool in ("unshare", "ip", "nft") if not shutil.which(tool)]
needs_a_network = pytest.mark.skipif(
    os.geteuid() != 0 or bool(LACKS), reason=f"a network of its own needs root{' and '.join(['', *LACKS])}"
)


@pytest.fixture(scope="module")
def seen() -> dict[str, dict[str, int]]:
    """Guard → how many connections the stranger held, and whether nodes of two machines were taken in meanwhile."""
    inside = ["unshare", "--net", sys.executable, __file__]
    done = subprocess.run(inside, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@needs_a_network
def test_a_stranger_who_says_nothing_gets_a_few_connections_and_every_node_is_taken_in(seen) -> None:
    assert seen["on"] == {"stranger": door.OF_ONE, "from another machine": 1, "from this machine": 1}


@needs_a_network
def test_without_the_guard_he_takes_them_all_and_keeps_every_node_out(seen) -> None:
    assert seen["off"].pop("stranger") >= CONNECTIONS  # one more where the broker dropped one meanwhile
    assert seen["off"] == {"from another machine": 0, "from this machine": 0}


@needs_a_network
def test_who_takes_many_addresses_leaves_some_for_the_nodes_of_this_machine(seen) -> None:
    his = seen["many addresses"].pop("stranger")
    assert 10 * door.OF_ONE < his <= CONNECTIONS - door.KEPT
    assert seen["many addresses"] == {"from another machine": 0, "from this machine": 1}


# ------------------------------------------------------------------ inside that network
def told() -> dict[str, dict[str, int]]:
    default = load(DEFAULT)
    centre = replace(default, broker=replace(default.broker, host=HALL, ca="made below"))
    made = {}
    with (
        machines((STRANGER, NEIGHBOUR)) as spaces,
        TemporaryDirectory() as folder,
        Mosquitto(Path(folder), centre) as broker,
    ):
        for name in ("off", "on", "many addresses"):
            if name != "off":
                guard(broker.port)
            if name == "many addresses":  # no rule about one: as if each connection came from its own
                _drop_rules("open4", "fast4")
            with held(spaces[STRANGER], broker.port, HALF_A_HANDSHAKE) as his:
                neighbour = ["ip", "netns", "exec", spaces[NEIGHBOUR]]
                made[name] = {
                    "stranger": his,
                    "from another machine": _knock(neighbour, broker, folder),
                    "from this machine": _knock([], broker, folder),
                }
    return made


def _drop_rules(*about: str) -> None:
    of_all = ["nft", "-a", "list", "chain", "inet", door.TABLE, "door"]
    listed = subprocess.run(of_all, capture_output=True, text=True, timeout=10, check=True).stdout.splitlines()
    for rule in (line for line in listed if any(word in line for word in about)):
        run("nft", "delete", "rule", "inet", door.TABLE, "door", "handle", rule.split()[-1])


def _knock(where: list[str], broker: Mosquitto, folder: str) -> int:
    """1 when a node with its secret is taken in, from that machine."""
    login = ["-i", NODE, "-u", NODE, "-P", broker.secret(NODE), "--cafile", f"{folder}/ca.crt"]
    command = [*where, "mosquitto_pub", "-h", HALL, "-p", str(broker.port), "-V", "5", *login]
    said = ["-t", f"khiu/{load(DEFAULT).centre.site}/{NODE}/status", "-m", "x", "-q", "1"]
    return int(subprocess.run([*command, *said], capture_output=True, timeout=20, check=False).returncode == 0)


if __name__ == "__main__":
    print(json.dumps(told()))
