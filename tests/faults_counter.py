"""The real counter node on mock pins, as a process of its own with a door for the fingers of `make faults`.

The door is a Unix socket, a line a connection: ``press <point> <wire>`` makes the edges of a short press; ``point <n>``
is answered by the hall's last word about that point, as JSON, or ``null``.  What the node says and promises is written
down before it is said: commands in ``presses.jsonl``, votes it thanked for in ``thanked.jsonl``, in the folder that
``KHIU_RECORDS`` names.  Both files outlive a kill -9 of this process.
"""

from __future__ import annotations

import os
import socketserver
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec

from broker import clock, node
from broker.messages import Command, PointStatus, Rated
from counter_buttons.buttons import Bench
from counter_buttons.node import Node

PRESS_SECONDS = 0.06


class Counter:
    def __init__(self, setting: node.Setting) -> None:
        points = next(buttons.points for buttons in setting.centre.buttons if buttons.name == setting.node)
        self._folder = Path(os.environ["KHIU_RECORDS"])
        self._bench = Bench(setting.centre, points)
        self._last: dict[int, PointStatus] = {}
        self._pressed: dict[int, Any] = {}  # point → the wall time of its last press
        self.node = Node(setting, self._bench.chips, self._heard, self._thanked)
        self._publish = self.node._link.publish
        self.node._link.publish = self._said  # type: ignore[method-assign]

    def _heard(self, status: PointStatus) -> None:
        self._last[status.point] = status

    def _thanked(self, rated: Rated) -> None:
        self._write("thanked.jsonl", {"visit": rated.visit})

    def _said(self, message: Any, **where: Any) -> bool:
        if isinstance(message, Command):
            self._write("presses.jsonl", {"at": self._pressed.get(message.point), "command": message})
        return self._publish(message, **where)

    def _write(self, name: str, line: object) -> None:
        with (self._folder / name).open("ab") as file:
            file.write(msgspec.json.encode(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())  # the power of this machine may be what is cut

    def answer(self, line: str) -> bytes:
        word, point, *wire = line.split()
        if word == "point":
            return msgspec.json.encode(self._last.get(int(point)))
        self._pressed[int(point)] = clock.now()
        for down in (True, False):
            self._bench.contact(int(point), wire[0], down)
            time.sleep(PRESS_SECONDS)
        return b"pressed"


class Door(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, counter: Counter) -> None:
        path.unlink(missing_ok=True)
        self.counter = counter
        super().__init__(str(path), Knock)


class Knock(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Door)
        self.wfile.write(self.server.counter.answer(self.rfile.readline(200).decode()))


def main() -> int:
    counter = Counter(node.setting("buttons", sys.argv[1:]))
    door = Door(Path(os.environ["KHIU_DOOR"]), counter)
    threading.Thread(target=door.serve_forever, daemon=True).start()
    node.on_stop(counter.node.stop)
    counter.node.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
