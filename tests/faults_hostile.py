"""Broken and hostile peers: bytes that are no message, messages that are nobody's to say, and floods.

The centre has three nodes more, whose secrets the enemy has: a kiosk, a screen and a point.  While honest people go on
with their morning it is judged as any other (`faults_flood` has the floods).
"""

from __future__ import annotations

import datetime as dt
import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from unittest import mock

import msgspec
from faults_centre import KIOSK, BrokenCentre
from faults_flood import ENEMY_AT, ENEMY_KIOSK, ENEMY_POINT, ENEMY_SCREEN, besieged, floods
from faults_morning import series
from faults_table import Options, Row
from faults_wire import Peer
from msgspec.structs import replace

from broker import messages as m
from broker import mosquitto, topics
from broker.centre import Centre

WRECKS = 1500  # broken messages a morning
RETAINED = 0.3  # of those that the broker keeps
ASTRAY = 0.1  # of all: on no topic of the contract
KEPT = [kind for kind in m.ALL if kind.retained and kind is not m.PointStatus]  # without it no officer knows his point
LIES = 200  # rounds of a dozen


def rows(options: Options) -> list[Row]:
    count = options.some(6, 1)
    with everything_may_be_said_by(ENEMY_KIOSK):
        wrecks = series("broken bytes on every topic", wreck, count, options.seed, centre=besieged())
    lies = series("lies and replays of enrolled nodes", lie, count, options.seed, centre=besieged())
    return [wrecks, lies, *floods(options)]


# ------------------------------------------------------------------ broken bytes
@contextmanager
def everything_may_be_said_by(node: str) -> Iterator[None]:
    """A broker whose access list was forgotten for one node: the others must stand by themselves."""
    was = mosquitto.access_list

    def open_wide(of: Centre) -> str:
        return was(of).replace(f"user {node}\n", f"user {node}\ntopic write khiu/{of.centre.site}/#\n")

    with mock.patch.object(mosquitto, "access_list", open_wide):
        yield


def wreck(centre: BrokenCentre, rng: random.Random) -> None:
    """Nothing of this is a message of the contract, on all topics and under all names.

    Much of it is kept by the broker, in the place of what the hall had said there: a kiosk that starts hears it first.
    """
    peer = None
    for n in range(WRECKS):
        kind = rng.choice(m.ALL)
        topic = somewhere(centre.centre, kind, rng)
        with suppress(OSError):  # the broker throws out who sends too much, or on a topic that is none
            peer = peer or Peer(centre.broker.port, ENEMY_KIOSK, centre.broker.secret(ENEMY_KIOSK))
            peer.say(topic, broken(kind, rng), retain=kind in KEPT and rng.random() < RETAINED)
            continue
        peer = None
        if n % 50 == 0:
            no_mqtt(centre.broker.port, rng)
    if peer:
        peer.close()
    centre.kill(KIOSK)


def somewhere(centre: Centre, kind: type[m.Message], rng: random.Random) -> str | bytes:
    """A topic of this kind under any name, or one that is next to it."""
    name = rng.choice([*centre.nodes(), "nobody", "x" * 40, "Ünode", "hall/ack", ""])
    topic = topics.address(centre.centre.site, kind, node=name, point=rng.choice([2, 4, 0, 77]))
    if rng.random() > ASTRAY:
        return topic
    makers = [
        topic + "/more",
        topic.rpartition("/")[0],
        topic.replace("/", "//"),
        topic + "/" * 100,
        topic + "x" * 9000,
    ]
    return rng.choice([*makers, topic.encode() + b"\xff\xfe", topic.encode() + b"\x00", topic + "\ufeff", topic + "#"])


def broken(kind: type[m.Message], rng: random.Random) -> bytes:
    """Bytes that do not decode as this kind of message."""
    whole = rng.choice(SPECIMENS)
    makers: list[Callable[[], bytes]] = [
        lambda: rng.randbytes(rng.randint(0, 300)),
        lambda: flipped(whole, rng),
        lambda: whole[: rng.randint(0, len(whole))],
        lambda: retyped(whole, rng),
        lambda: b"[" * rng.choice([10, 1000, 8000]),
        lambda: b'{"v":1,"a":' * 700 + b"1" + b"}" * 700,
        lambda: whole.replace(b'"v":1', b'"v":%d' % rng.randint(-9, 10**9)),
        lambda: whole + b" " * rng.choice([9000, 20_000, 300_000]),
        lambda: b'{"v":1e999,"seq":NaN}',
        lambda: "ก".encode() * 3000,
        lambda: b"\x00" * 100,
    ]
    while True:
        made = rng.choice(makers)()
        try:
            topics.decode(kind, made)
        except topics.BadMessage:
            return made


def retyped(whole: bytes, rng: random.Random) -> bytes:
    """One of its values is of another type, or out of all bounds."""
    fields = msgspec.json.decode(whole)
    others = (None, True, -1, 1.5, 10**18, "", "x" * 2000, [], [[[]]], {}, {"": {}}, "9999-12-31T23:59:59.999999Z")
    fields[rng.choice(list(fields))] = rng.choice(others)
    return msgspec.json.encode(fields)


def flipped(whole: bytes, rng: random.Random) -> bytes:
    out = bytearray(whole)
    for _ in range(rng.randint(1, 4)):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def no_mqtt(port: int, rng: random.Random) -> None:
    """What is no MQTT at all, or ends in the middle."""
    with suppress(OSError):
        peer = Peer(port)
        peer.socket.sendall(rng.choice([rng.randbytes(500), b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\x7f"]))
        peer.close()


AT = dt.datetime(2026, 11, 25, 2, 30, tzinfo=dt.UTC)
SPECIMENS = [
    topics.encode(message)
    for message in (
        m.Status(True, "kiosk", "khiu", AT),
        m.Fact(1, m.TicketIssued("A001", AT.date(), "1.1", AT)),
        m.Fact(2, m.Rated("visit", 2, 5, AT)),
        m.Ack(3, AT.date(), {"A": 3}),
        m.Command("id", 2, AT, m.Next()),
        m.Reply("id", 2, m.Accepted("A001")),
        m.PointStatus(1, 2, "idle", 3),
        m.Call("call", "A001", 2, AT),
        m.Announced("call", True, AT),
    )
]


# ------------------------------------------------------------------ lies
def lie(centre: BrokenCentre, rng: random.Random) -> None:
    """Well-formed words of enrolled nodes that are not theirs to say, or were said before."""
    site, today = centre.centre.centre.site, dt.datetime.now(dt.UTC) + dt.timedelta(seconds=centre.offset)
    date = today.astimezone(centre.centre.zone).date()
    peers = {n: Peer(centre.broker.port, n, centre.broker.secret(n)) for n in (ENEMY_KIOSK, ENEMY_SCREEN, ENEMY_POINT)}
    mine = m.TicketIssued("R900", date, "1.3", today, proof="screen")
    others = [
        m.TicketIssued("A001", date, "1.1", today),
        m.TicketVoided("A001", date, "1.1", today),
        m.TicketIssued("A950", date + dt.timedelta(days=1), "1.1", today),
        m.TicketIssued("A950", date, "9.9", today),
        m.Rated("visit", 2, 1, today),
    ]
    for n in range(LIES):
        acked = centre.select("hall", "ledger.sqlite", "SELECT acked FROM node WHERE name = ?", ENEMY_KIOSK)
        following = acked[0][0] + 1 if acked else 1
        press = m.Command(uuid.uuid4().hex, rng.choice([2, 3, 4, 99]), today + dt.timedelta(seconds=3), m.Next())
        for sender, whose, message in (
            (ENEMY_KIOSK, ENEMY_KIOSK, m.Fact(1, mine)),  # told once, and again and again
            (ENEMY_KIOSK, ENEMY_KIOSK, m.Fact(following + (n > 0), rng.choice(others), oldest=1)),
            (ENEMY_KIOSK, ENEMY_KIOSK, m.Fact(following + 7, mine)),
            (ENEMY_KIOSK, "kiosk-1", m.Fact(rng.randint(1, 9), mine)),
            (ENEMY_KIOSK, ENEMY_KIOSK, m.Status(True, "hall", "x", today)),
            (ENEMY_SCREEN, ENEMY_SCREEN, m.Announced(uuid.uuid4().hex, True, today)),
            (ENEMY_POINT, ENEMY_POINT, press),
            (ENEMY_POINT, "buttons-1", press),
            (ENEMY_POINT, ENEMY_POINT, replace(press, point=ENEMY_AT, deadline=today - dt.timedelta(minutes=1))),
            (ENEMY_POINT, ENEMY_POINT, replace(press, point=ENEMY_AT, deadline=today + dt.timedelta(days=1))),
            (ENEMY_POINT, ENEMY_POINT, m.Fact(n + 1, m.Rated("visit", 2, 1, today))),
            (ENEMY_SCREEN, "hall", m.Call("call", "A001", 2, today)),
        ):
            peers[sender].say(topics.address(site, message, node=whose), topics.encode(message))
        time.sleep(0.02)
    for peer in peers.values():
        peer.close()
