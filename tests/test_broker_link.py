"""The link stays up through what a real broker, a bad network and hostile neighbours do to it."""

from __future__ import annotations

import datetime as dt
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from conftest import Inbox
from msgspec.structs import replace
from paho.mqtt.enums import CallbackAPIVersion

from broker.centre import DEFAULT, Centre, load
from broker.link import Connected, Disconnected, Link, Received, Rejected
from broker.messages import Ack, Board, Fact, Health, Rated, Status
from broker.mosquitto import Mosquitto, certificates
from broker.node import Setting
from broker.topics import BadMessage, address

NOON = dt.datetime(2026, 11, 23, 5, tzinfo=dt.UTC)
FACT = Fact(seq=1, fact=Rated(visit="v", point=2, level=5, rated_at=NOON))
HERE = "0.0.0.0"  # reaches this machine, and is no loopback address
LinkAs = Callable[..., tuple[Link, Inbox]]


def shout(broker: Mosquitto, user: str, topic: str, payloads: list[bytes]) -> None:
    """Publishes raw bytes as a node that is broken, then disconnects without a word."""
    client = paho.Client(CallbackAPIVersion.VERSION2, user, protocol=paho.MQTTv5)
    client.username_pw_set(user, broker.secret(user))
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    for payload in payloads:
        info = client.publish(topic, payload, qos=1)
    info.wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def board(revision: int) -> Board:
    return Board(revision=revision, day=NOON.date(), at=NOON, services=(), points=(), recent=())


def test_a_fact_arrives_with_the_name_of_its_sender(link_as: LinkAs) -> None:
    _, inbox = link_as("hall", [Fact])
    kiosk, _ = link_as("kiosk-1")
    assert kiosk.publish(FACT)
    assert inbox.wait(Received) == Received(FACT, "kiosk-1", retained=False)


def test_who_comes_later_hears_what_is_retained(link_as: LinkAs) -> None:
    hall, _ = link_as("hall")
    hall.publish(Ack(seq=7), node="kiosk-1")
    _, inbox = link_as("kiosk-1", [Ack])
    assert inbox.wait(Received) == Received(Ack(seq=7), "kiosk-1", retained=True)


def test_a_link_is_alive_until_it_is_stopped_though_its_broker_is_away(centre: Centre, tmp_path: Path) -> None:
    nowhere = replace(centre, broker=replace(centre.broker, port=1))
    inbox = Inbox()
    link = Link(Setting(nowhere, "hall", tmp_path, None), "hall", [], inbox.events.put)
    link.start()
    inbox.wait(Disconnected)
    assert link.alive
    link.stop()
    assert not link.alive


def test_a_node_says_that_it_is_there_and_that_it_goes(link_as: LinkAs) -> None:
    _, inbox = link_as("hall", [Status])
    kiosk, _ = link_as("kiosk-1")
    inbox.wait(Received, lambda e: e.key == "kiosk-1" and e.message.online)
    kiosk.stop()
    assert inbox.wait(Received, lambda e: e.key == "kiosk-1").message.at  # its own word, not the last will's


def test_a_node_with_too_much_to_tell_still_says_that_it_is_there_and_that_it_goes(link_as: LinkAs) -> None:
    _, inbox = link_as("hall", [Status])
    kiosk, _ = link_as("kiosk-1")
    kiosk.health(Health(printer="paper_out", warnings=("ก" * 200,) * 20))
    told = inbox.wait(Received, lambda e: e.key == "kiosk-1" and e.message.health.printer).message
    assert (told.online, told.health) == (True, Health(printer="paper_out"))
    kiosk.stop()
    assert inbox.wait(Received, lambda e: e.key == "kiosk-1" and not e.message.online).message.at


def test_the_broker_says_that_a_node_is_lost(link_as: LinkAs) -> None:
    _, inbox = link_as("hall", [Status])
    kiosk, _ = link_as("kiosk-1")
    inbox.wait(Received, lambda e: e.key == "kiosk-1" and e.message.online)
    kiosk._client.socket().shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
    will = inbox.wait(Received, lambda e: e.key == "kiosk-1").message
    assert isinstance(will, Status)
    assert (will.online, will.at) == (False, None)
    inbox.wait(Received, lambda e: e.key == "kiosk-1" and e.message.online)


def test_it_is_back_within_three_seconds_of_the_broker_and_says_so_again(centre: Centre, tmp_path: Path) -> None:
    with Mosquitto(tmp_path, load(DEFAULT)) as broker:
        at = replace(centre, broker=replace(centre.broker, port=broker.port))
        inbox = Inbox()
        link = Link(
            Setting(at, "hall", tmp_path, broker.secret("hall")), "hall", [address("moe", Status)], inbox.events.put
        )
        link.start()
        inbox.wait(Connected)
        broker.stop()
        inbox.wait(Disconnected)
        assert not link.publish(board(1))
        broker.start()
        began = time.monotonic()
        inbox.wait(Connected, seconds=3)
        inbox.wait(Received, lambda e: e.key == "hall" and e.message.online)  # subscribed again, told again
        assert time.monotonic() - began < 3
        link.stop()


def test_nothing_said_while_disconnected_is_said_later(centre: Centre, tmp_path: Path) -> None:
    with Mosquitto(tmp_path, load(DEFAULT)) as broker:
        at = replace(centre, broker=replace(centre.broker, port=broker.port))
        kiosk_inbox, hall_inbox = Inbox(), Inbox()
        kiosk = Link(
            Setting(at, "kiosk-1", tmp_path, broker.secret("kiosk-1")),
            "kiosk",
            [address("moe", Board)],
            kiosk_inbox.events.put,
        )
        hall = Link(Setting(at, "hall", tmp_path, broker.secret("hall")), "hall", [], hall_inbox.events.put)
        for link, inbox in ((kiosk, kiosk_inbox), (hall, hall_inbox)):
            link.start()
            inbox.wait(Connected)
        broker.stop()
        hall.publish(board(1))  # the link may not have noticed yet
        hall_inbox.wait(Disconnected)
        hall.publish(board(2))
        broker.start()
        hall_inbox.wait(Connected)
        kiosk_inbox.wait(Connected)
        hall.publish(board(3))
        assert kiosk_inbox.wait(Received).message == board(3)
        kiosk.stop()
        hall.stop()


@pytest.mark.parametrize(
    ("payload", "cause"),
    [
        (b"", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b"[" * 5000, "malformed"),
        (b'{"v":1,"seq":1}', "malformed"),
        (b'{"v":2,"seq":1,"fact":{}}', "version"),
    ],
    ids=["empty", "no-utf-8", "deep", "incomplete", "other-version"],
)
def test_garbage_is_told_by_its_cause(link_as: LinkAs, mosquitto: Mosquitto, payload: bytes, cause: str) -> None:
    _, inbox = link_as("hall", [Fact])
    shout(mosquitto, "buttons-1", "khiu/moe/buttons-1/fact", [payload])
    assert inbox.wait(Rejected) == Rejected(cause, "khiu/moe/buttons-1/fact")


def test_a_flood_of_garbage_is_counted_whole_and_told_once_a_second(link_as: LinkAs, mosquitto: Mosquitto) -> None:
    _, inbox = link_as("hall", [Fact, Status])
    kiosk, _ = link_as("kiosk-1")
    began = time.monotonic()
    shout(mosquitto, "buttons-1", "khiu/moe/buttons-1/fact", [b"x"] * 2000)
    kiosk.publish(FACT)
    told = 0
    while not (isinstance(event := inbox.events.get(timeout=5), Received) and event.message == FACT):
        told += isinstance(event, Rejected)
    assert 1 <= told <= 1 + (time.monotonic() - began)
    inbox.wait(Received, lambda e: e.key == "hall" and e.message.health.rejected == {"malformed": 2000})


def test_a_receiver_that_fails_does_not_take_the_link_with_it(
    centre: Centre, mosquitto: Mosquitto, link_as: LinkAs, tmp_path: Path
) -> None:
    heard = threading.Event()

    def deliver(event: object) -> None:
        if isinstance(event, Received) and event.message == board(99):
            heard.set()
        raise ZeroDivisionError

    link = Link(
        Setting(centre, "screen-1", tmp_path, mosquitto.secret("screen-1")), "screen", [address("moe", Board)], deliver
    )
    link.start()
    hall, _ = link_as("hall")
    hall.publish(board(98))
    hall.publish(board(99))
    assert heard.wait(5)
    link.stop()


def test_health_is_told_when_it_changes_and_its_last_word_is_not_lost(link_as: LinkAs) -> None:
    _, inbox = link_as("hall", [Status])
    kiosk, _ = link_as("kiosk-1")
    inbox.wait(Received, lambda e: e.key == "kiosk-1" and e.message.online)
    began = time.monotonic()
    for unprinted in range(1, 200):
        kiosk.health(Health(unprinted=unprinted))
    told = 1
    while inbox.wait(Received, lambda e: e.key == "kiosk-1").message.health.unprinted != 199:
        told += 1
    assert told <= 1 + (time.monotonic() - began)


def test_the_same_health_is_not_told_twice(link_as: LinkAs) -> None:
    _, inbox = link_as("hall", [Status])
    kiosk, _ = link_as("kiosk-1")
    for unprinted in (5, 5, 5):
        kiosk.health(Health(unprinted=unprinted))
        time.sleep(1.1)
    kiosk.health(Health(unprinted=6))
    live = lambda e: e.key == "kiosk-1" and not e.retained  # noqa: E731
    heard = [inbox.wait(Received, live).message.health.unprinted for _ in range(3)]
    assert heard == [0, 5, 6]


def test_a_refused_publish_is_logged_by_its_topic(link_as: LinkAs, caplog: pytest.LogCaptureFixture) -> None:
    kiosk, _ = link_as("kiosk-1")
    kiosk.publish(board(1))
    give_up = time.monotonic() + 5
    while "refused khiu/moe/hall/board" not in caplog.text and time.monotonic() < give_up:
        time.sleep(0.01)
    assert "refused khiu/moe/hall/board: Not authorized" in caplog.text


def test_a_message_too_long_for_the_contract_is_never_sent(link_as: LinkAs) -> None:
    hall, _ = link_as("hall")
    with pytest.raises(BadMessage, match="too_long"):
        hall.publish(replace(board(1), alerts=("ก" * 200,) * 20))


def test_a_message_older_than_its_expiry_is_not_delivered(link_as: LinkAs) -> None:
    hall, _ = link_as("hall")
    hall.publish(replace(board(70)), expires=1)
    time.sleep(2.1)
    _, inbox = link_as("screen-1", [Board])
    hall.publish(board(71))
    assert inbox.wait(Received).message == board(71)


def test_without_the_right_secret_it_says_why(centre: Centre, tmp_path: Path) -> None:
    inbox = Inbox()
    link = Link(Setting(centre, "kiosk-1", tmp_path, "wrong"), "kiosk", [], inbox.events.put)
    link.start()
    assert inbox.wait(Disconnected).reason == "Not authorized"
    link.stop()


def test_a_refusal_is_told_also_to_those_who_know_that_the_link_is_down(centre: Centre, tmp_path: Path) -> None:
    with Mosquitto(tmp_path, load(DEFAULT)) as broker:
        at = replace(centre, broker=replace(centre.broker, port=broker.port))
        inbox = Inbox()
        broker.stop()
        link = Link(Setting(at, "kiosk-1", tmp_path, "wrong"), "kiosk", [], inbox.events.put)
        link.start()
        assert "refused" in inbox.wait(Disconnected).reason
        broker.start()
        assert inbox.wait(Disconnected).reason == "Not authorized"
        link.stop()


def test_it_stops_in_peace_when_the_broker_ends_at_the_same_moment(link_as, monkeypatch) -> None:
    link, _ = link_as("hall", [])
    unsent = paho.MQTTMessageInfo(1)
    unsent.rc = paho.MQTT_ERR_NO_CONN
    monkeypatch.setattr(paho.Client, "publish", lambda *_: unsent)
    link.stop()
    assert not link.alive


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A machine that takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        yield server.getsockname()[1]


def test_it_stops_at_once_while_a_silent_broker_keeps_it_waiting(
    centre: Centre, silent_port: int, tmp_path: Path
) -> None:
    at = replace(centre, broker=replace(centre.broker, port=silent_port))
    link = Link(Setting(at, "kiosk-1", tmp_path, None), "kiosk", [], lambda _: None)
    link.start()
    time.sleep(0.2)
    began = time.monotonic()
    link.stop()
    assert time.monotonic() - began < 2


def test_between_machines_it_goes_by_tls_and_trusts_only_the_centres_own_authority(tmp_path: Path) -> None:
    default = load(DEFAULT)
    far = replace(default, broker=replace(default.broker, host=HERE, ca=str(tmp_path / "ca.crt")))
    with Mosquitto(tmp_path, far) as broker:
        far = replace(far, broker=replace(far.broker, port=broker.port))
        inbox = Inbox()
        link = Link(Setting(far, "kiosk-1", tmp_path, broker.secret("kiosk-1")), "kiosk", [], inbox.events.put)
        link.start()
        inbox.wait(Connected)
        link.stop()
        certificates(tmp_path / "other", "server", HERE)
        stranger = replace(far, broker=replace(far.broker, ca=str(tmp_path / "other" / "ca.crt")))
        link = Link(Setting(stranger, "kiosk-1", tmp_path, broker.secret("kiosk-1")), "kiosk", [], inbox.events.put)
        link.start()
        assert "CERTIFICATE_VERIFY_FAILED" in inbox.wait(Disconnected).reason
        link.stop()
