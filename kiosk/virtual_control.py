"""How a running virtual printer is told its faults from outside: a line of words on a TCP port of its own."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Sequence
from typing import Protocol


class Troubled(Protocol):
    """What can be in trouble."""

    host: str

    def trouble(self, *faults: str) -> None: ...


def tell(address: str, faults: Sequence[str]) -> str:
    """Put a running printer's control port (HOST:PORT) these faults; its answer.  Raises `OSError`, `ValueError`."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host or "127.0.0.1", int(port)), timeout=5) as line:
        line.sendall((" ".join(faults) + "\n").encode())
        answer = line.makefile().readline().strip()
    if not answer.startswith("ok"):
        raise ValueError(answer or "no answer")
    return answer


class _Control(socketserver.StreamRequestHandler):
    """A line of faults, or "ready" for none; answered by "ok" and the faults that hold, or "error" and why."""

    timeout = 5

    def handle(self) -> None:
        words = self.rfile.readline(200).decode("ascii", "replace").split()
        printer: Troubled = self.server.printer  # type: ignore[attr-defined]
        try:
            printer.trouble(*(word for word in words if word != "ready"))
            answer = f"ok {' '.join(words)}"
        except ValueError as fault:
            answer = f"error {fault}"
        self.wfile.write(f"{answer}\n".encode())


class ControlPort(socketserver.ThreadingTCPServer):
    """Where a running printer is told its faults, a line a connection."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, printer: Troubled, port: int) -> None:
        self.printer = printer
        super().__init__((printer.host, port), _Control)
        threading.Thread(target=self.serve_forever, name="printer control", daemon=True).start()
