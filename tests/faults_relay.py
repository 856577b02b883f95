"""A relay between nodes and broker that delays, tears and repeats TCP streams, where the kernel has no netem."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from broker.mosquitto import free_port

KEPT = 200_000  # bytes of a stream that can be repeated


@dataclass
class Stream:
    """One connection: its two ends, what came from the node so far, and how much may still pass (None: all)."""

    node: socket.socket
    broker: socket.socket
    said: bytearray = field(default_factory=bytearray)
    left: int | None = None

    def end(self) -> None:
        for side in (self.node, self.broker):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)


class Relay:
    """Listens on `port` and hands on to the broker's."""

    def __init__(self, broker: int) -> None:
        self.port = free_port()
        self.delay = 0.0  # seconds, for each piece, both ways
        self._broker = broker
        self._streams: list[Stream] = []
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def tear(self, after: int) -> None:
        """Each stream ends after so many bytes more from its node."""
        for stream in self._open():
            stream.left = after

    def repeat(self) -> None:
        """Say to the broker, on a connection of its own, all that each node has said; it takes the node's place."""
        for stream in self._open():
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._broker), 5) as again:
                again.sendall(bytes(stream.said))
                time.sleep(0.2)

    def stop(self) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for stream in self._open():
            stream.end()

    def _open(self) -> list[Stream]:
        self._streams = [stream for stream in self._streams if stream.node.fileno() >= 0]
        return self._streams

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                node, _ = self._server.accept()
                threading.Thread(target=self._open_stream, args=(node,), daemon=True).start()

    def _open_stream(self, node: socket.socket) -> None:
        try:
            broker = socket.create_connection(("127.0.0.1", self._broker), 5)
        except OSError:
            node.close()
            return
        for end in (node, broker):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        broker.settimeout(None)
        stream = Stream(node, broker)
        self._streams.append(stream)
        back = threading.Thread(target=self._carry, args=(stream, broker, node), daemon=True)
        back.start()
        self._carry(stream, node, broker)
        back.join()
        node.close()
        broker.close()

    def _carry(self, stream: Stream, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while data := here.recv(4096):
                time.sleep(self.delay)
                if here is stream.node:
                    data = self._of_node(stream, data)
                there.sendall(data)
                if stream.left == 0:
                    break
        stream.end()

    @staticmethod
    def _of_node(stream: Stream, data: bytes) -> bytes:
        if stream.left is not None:
            data = data[: stream.left]
            stream.left -= len(data)
        if len(stream.said) < KEPT:
            stream.said += data
        return data
