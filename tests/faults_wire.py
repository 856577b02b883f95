"""MQTT 5 by hand, for peers that no library would be: floods at a set rate, broken packets, and far too much of it.

As a program: ``faults_wire.py PORT USER RATE SECONDS``, on stdin a line of the secret, then lines of topic and payload
in hexadecimal, which are sent in turn (QoS 1) at RATE messages a second; without a secret, so many strangers knock
instead.  Prints at SIGTERM or after SECONDS how many it sent.
"""

from __future__ import annotations

import contextlib
import itertools
import signal
import socket
import sys
import time

BATCHES = 50  # a second


def text(words: str | bytes) -> bytes:
    raw = words.encode() if isinstance(words, str) else words
    return len(raw).to_bytes(2, "big") + raw


def length(n: int) -> bytes:
    """A variable byte integer (MQTT 5, 1.5.5)."""
    out = bytearray()
    while True:
        n, low = n >> 7, n & 0x7F
        out.append(low | (0x80 if n else 0))
        if not n:
            return bytes(out)


def connect(user: str, secret: str) -> bytes:
    body = text("MQTT") + b"\x05\xc2" + (60).to_bytes(2, "big") + b"\x00" + text(user) + text(user) + text(secret)
    return b"\x10" + length(len(body)) + body


def publish(topic: str | bytes, payload: bytes, packet: int, retain: bool = False) -> bytes:
    body = text(topic) + packet.to_bytes(2, "big") + b"\x00" + payload
    return (b"\x33" if retain else b"\x32") + length(len(body)) + body


class Peer:
    """A connection to the broker that hears nothing it is told."""

    def __init__(self, port: int, user: str = "", secret: str = "") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 5)
        self.socket.settimeout(5)
        self._packet = itertools.cycle(range(1, 65536))
        if user:
            self.socket.sendall(connect(user, secret))
            head = self.socket.recv(4)
            if len(head) < 4 or head[0] != 0x20 or head[3]:  # not CONNACK, or one with a reason code
                self.close()
                raise ConnectionError("not taken in")

    def say(self, topic: str | bytes, payload: bytes, retain: bool = False) -> None:
        self.socket.sendall(publish(topic, payload, next(self._packet), retain))
        self.drain()

    def hear(self, topic: str) -> None:
        """Subscribe (QoS 1); what comes is never read."""
        body = next(self._packet).to_bytes(2, "big") + b"\x00" + text(topic) + b"\x01"
        self.socket.sendall(b"\x82" + length(len(body)) + body)
        self.socket.recv(16)  # SUBACK

    def drain(self) -> None:
        """Forget what the broker says."""
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while self.socket.recv(65536):
                pass
        self.socket.settimeout(5)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.close()


def main() -> int:
    port, user, rate, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
    secret, *lines = sys.stdin.read().splitlines()
    messages = itertools.cycle([(topic, bytes.fromhex(body)) for topic, body in (line.split() for line in lines)])
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: ended.append(number))
    peer, sent, began = Peer(port, user, secret) if secret else None, 0, time.monotonic()
    while not ended and (at := time.monotonic() - began) < seconds:
        for topic, payload in itertools.islice(messages, max(0, int(at * rate) - sent)):
            peer.say(topic, payload) if peer else knock(port, user)
            sent += 1
        time.sleep(1 / BATCHES)
    print(sent)
    return 0


def knock(port: int, user: str) -> None:
    """A stranger who tries a secret and is sent away."""
    with contextlib.suppress(OSError):
        Peer(port, user, "guess").close()


if __name__ == "__main__":
    sys.exit(main())
