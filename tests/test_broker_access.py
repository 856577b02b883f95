"""What the real broker lets each user do, seen from outside by mosquitto's own clients."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults_centre import resident
from faults_wire import Peer
from msgspec.structs import replace

from broker.centre import DEFAULT, Desk, load
from broker.centre_printers import PointPrinter
from broker.mosquitto import QUEUED_BYTES, Mosquitto, enrol
from broker.roles import MONITOR

SITE = "khiu/moe"
WAIT = 5

# who tries, where, and whether it may
WRITES = [
    ("hall", "hall/board", True),
    ("hall", "hall/ack/kiosk-1", True),
    ("hall", "kiosk-1/fact", False),
    ("kiosk-1", "kiosk-1/fact", True),
    ("kiosk-1", "kiosk-1/command", False),
    ("kiosk-1", "buttons-1/command", False),
    ("kiosk-1", "hall/board", False),
    ("kiosk-1", "hall/ack/kiosk-1", False),
    ("kiosk-1", "hall/status", False),
    ("buttons-1", "buttons-1/command", True),
    ("buttons-1", "kiosk-1/fact", False),
    ("desk", "desk/command", True),
    ("desk", "desk/fact", True),
    ("desk", "buttons-1/command", False),
    ("desk", "hall/board", False),
    ("screen-1", "screen-1/announced", True),
    ("screen-1", "screen-1/fact", False),
    ("desk", "desk/command", True),
    ("desk", "buttons-1/command", False),
    ("desk", "hall/point/2", False),
    ("hall", "hall/office/catalogue-1.1", True),
    ("kiosk-1", "hall/office/hours", False),
    ("screen-1", "hall/office/hours", False),
    ("desk", "desk/fact", True),
    ("desk", "hall/office/hours", False),
    ("desk", "kiosk-1/fact", False),
    ("desk", "desk/print/kiosk-1", True),
    ("hall", "desk/print/kiosk-1", False),
    ("kiosk-1", "desk/print/kiosk-1", False),
    ("kiosk-1", "kiosk-1/printed", True),
    ("screen-1", "kiosk-1/printed", False),
    ("desk", "kiosk-1/printed", False),
    ("printer-1", "printer-1/printed", True),
    ("printer-1", "printer-1/status", True),
    ("printer-1", "printer-1/fact", False),
    ("printer-1", "kiosk-1/printed", False),
    ("printer-1", "desk/print/printer-1", False),
    ("desk", "desk/print/printer-1", True),
    (MONITOR, "monitor/status", False),
    (MONITOR, "hall/board", False),
]
READS = [
    ("hall", "buttons-1/command", True),
    ("kiosk-1", "hall/board", True),
    ("kiosk-1", "hall/ack/kiosk-1", True),
    ("kiosk-1", "hall/ack/buttons-1", False),
    ("kiosk-1", "buttons-1/command", False),
    ("kiosk-1", "hall/status", True),
    ("kiosk-1", "screen-1/status", False),
    ("kiosk-1", "hall/point/2", False),
    ("screen-1", "hall/point/2", False),
    ("buttons-1", "hall/point/2", True),
    ("buttons-1", "hall/point/99", False),
    ("buttons-1", "hall/board", False),
    ("buttons-1", "hall/reply/buttons-1", True),
    ("buttons-1", "hall/reply/kiosk-1", False),
    ("buttons-1", "kiosk-1/fact", False),
    ("desk", "hall/board", True),
    ("desk", "hall/point/2", True),
    ("desk", "kiosk-1/status", True),
    ("desk", "hall/reply/desk", True),
    ("desk", "hall/reply/buttons-1", False),
    ("desk", "kiosk-1/fact", False),
    ("screen-1", "hall/call", True),
    ("screen-1", "hall/reply/buttons-1", False),
    ("desk", "hall/board", True),
    ("desk", "hall/point/2", True),
    ("desk", "kiosk-1/status", True),
    ("desk", "buttons-1/command", False),
    ("desk", "kiosk-1/fact", False),
    ("kiosk-1", "hall/office/hours", True),
    ("screen-1", "hall/office/hours", True),
    ("desk", "hall/office/hours", True),
    ("buttons-1", "hall/office/hours", False),
    ("kiosk-1", "desk/print/kiosk-1", True),
    ("kiosk-1", "desk/print/kiosk-2", False),
    ("screen-1", "desk/print/kiosk-1", False),
    ("desk", "kiosk-1/printed", True),
    ("hall", "kiosk-1/printed", False),
    ("printer-1", "desk/print/printer-1", True),
    ("printer-1", "desk/print/kiosk-1", False),
    ("printer-1", "hall/board", True),
    ("printer-1", "hall/ack/printer-1", True),
    ("printer-1", "hall/ack/kiosk-1", False),
    ("printer-1", "hall/office/hours", True),
    ("printer-1", "hall/point/2", False),
    ("printer-1", "kiosk-1/fact", False),
    ("kiosk-1", "desk/print/printer-1", False),
    ("desk", "printer-1/printed", True),
    ("desk", "printer-1/status", True),
    (MONITOR, "buttons-1/command", True),
    (MONITOR, "hall/reply/buttons-1", True),
]


class Ear:
    """A mosquitto_sub that hears all it may hear."""

    def __init__(self, broker: Mosquitto, user: str) -> None:
        self._child = subprocess.Popen(
            [
                "stdbuf",
                "-oL",
                "mosquitto_sub",
                *login(broker, user),
                "-i",
                user,
                "-v",
                "-d",
                "-W",
                "9",
                "-q",
                "1",
                "-t",
                f"{SITE}/#",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self._until("Subscribed")

    def _until(self, word: str) -> list[str]:
        assert self._child.stdout
        heard = []
        for line in self._child.stdout:
            heard.append(line)
            if word in line:
                return heard
        raise AssertionError(f"mosquitto_sub ended before {word}: {heard}")

    def heard_before(self, word: str) -> str:
        """All that came before the message that holds this word."""
        return "".join(self._until(word))

    def close(self) -> None:
        self._child.terminate()
        self._child.wait(WAIT)


def login(broker: Mosquitto, user: str, password: str | None = None) -> list[str]:
    secret = broker.secret(user) if password is None else password
    return ["-h", "127.0.0.1", "-p", str(broker.port), "-V", "5", "-u", user, "-P", secret]


def say(broker: Mosquitto, user: str, topic: str, text: str, *more: str) -> subprocess.CompletedProcess[str]:
    command = ["mosquitto_pub", *login(broker, user), "-q", "1", "-t", f"{SITE}/{topic}", "-m", text, *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=WAIT)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """One of their own, for tests that leave retained messages.

    A user has one session, so nobody here listens and speaks at once: what is said is retained, and heard later.
    """
    centre = load(DEFAULT)
    printer = PointPrinter("printer-1", (4,), centre.kiosks[0].printer)
    with Mosquitto(tmp_path, replace(centre, desk=Desk(), printers=(printer,))) as own:
        yield own


def heard_by(broker: Mosquitto, user: str) -> str:
    """All retained messages that this user hears."""
    ear = Ear(broker, user)
    other = "kiosk-1" if user == "hall" else "hall"
    say(broker, other, "hall/board" if user == "printer-1" else f"{other}/status", "the end")
    heard = ear.heard_before("the end")
    ear.close()
    return heard


def test_each_node_writes_its_own_topics_and_no_other(broker: Mosquitto) -> None:
    wrote = {}
    for user, topic, _ in WRITES:
        say(broker, user, topic, f"from {user}", "-r")
        wrote[user, topic] = f"{topic} from {user}" in heard_by(broker, MONITOR)
    assert wrote == {(user, topic): may for user, topic, may in WRITES}


def test_what_is_addressed_to_one_node_is_heard_by_no_other(broker: Mosquitto) -> None:
    for topic in {topic for _, topic, _ in READS}:
        say(broker, topic.partition("/")[0], topic, "a secret", "-r")
    heard = {user: heard_by(broker, user) for user in {user for user, _, _ in READS}}
    assert {(user, topic): f"{topic} a secret" in heard[user] for user, topic, _ in READS} == {
        (user, topic): may for user, topic, may in READS
    }


@pytest.mark.parametrize(("user", "password"), [("kiosk-1", "wrong"), ("stranger", "x"), ("kiosk-1", "")])
def test_nobody_enters_without_the_right_secret(mosquitto: Mosquitto, user: str, password: str) -> None:
    command = ["mosquitto_pub", *login(mosquitto, user, password), "-t", f"{SITE}/kiosk-1/fact", "-m", "x"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT)
    assert "not authorized" in done.stderr.lower()


def test_nobody_enters_without_a_name(mosquitto: Mosquitto) -> None:
    command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(mosquitto.port), "-t", "x", "-m", "x"]
    assert subprocess.run(command, capture_output=True, timeout=WAIT).returncode != 0


def test_no_client_can_push_another_out_by_its_id(mosquitto: Mosquitto) -> None:
    ear = Ear(mosquitto, "kiosk-1")
    say(mosquitto, "buttons-1", "buttons-1/status", "x", "-i", "kiosk-1")
    say(mosquitto, "hall", "hall/board", "still there")
    assert "CONNACK" not in ear.heard_before("still there")
    ear.close()


def test_a_message_longer_than_the_contract_is_not_passed_on(mosquitto: Mosquitto) -> None:
    ear = Ear(mosquitto, MONITOR)
    say(mosquitto, "hall", "hall/board", "long" * 2500)
    say(mosquitto, "hall", "hall/board", "the end")
    heard = ear.heard_before("the end")
    ear.close()
    assert "longlong" not in heard


def test_a_hall_that_does_not_read_costs_the_broker_a_few_megabytes_whatever_a_node_sends(broker: Mosquitto) -> None:
    hall, kiosk = (Peer(broker.port, name, broker.secret(name)) for name in ("hall", "kiosk-1"))
    hall.hear(f"{SITE}/+/fact")
    assert broker.pid
    before = resident(broker.pid)
    for _ in range(4000):  # 32 MB
        kiosk.say(f"{SITE}/kiosk-1/fact", b"x" * 8000)
    assert 1 << 20 < resident(broker.pid) - before < 2 * QUEUED_BYTES
    assert say(broker, "buttons-1", "buttons-1/status", "x").returncode == 0
    for peer in (hall, kiosk):
        peer.close()


def test_secrets_stay_when_a_node_is_added(tmp_path: Path) -> None:
    enrol(tmp_path, load(DEFAULT))
    before = (tmp_path / "kiosk-1").read_text()
    (tmp_path / "screen-1").unlink()
    enrol(tmp_path, load(DEFAULT))
    assert (tmp_path / "kiosk-1").read_text() == before
    assert (tmp_path / "screen-1").stat().st_mode & 0o777 == 0o600
