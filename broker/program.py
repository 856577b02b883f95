"""One process of a centre that runs on one machine: started, seen to be ready, stopped.

Stands in for systemd where there is none to ask: it speaks the same sd_notify protocol
(sd_notify(3)), so a node says READY=1 once, to whichever of the two started it.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class NotStarted(RuntimeError):
    """The process ended, or did not say it was ready in time; ``str()`` ends with its last words."""


class Program:
    """A child process whose output goes to ``log``; stopped by its own id, never by name."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self.name, self.log = name, log
        self._command, self._env = list(command), dict(env)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def launch(self) -> socket.socket:
        """Start without waiting; the socket returned hears its READY=1 (`await_ready`)."""
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        ear.bind("")  # Linux picks a free abstract name
        name = ear.getsockname().decode().replace("\0", "@", 1)
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command,
                env={**os.environ, **self._env, "NOTIFY_SOCKET": name},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,  # Ctrl+C is for whoever started the centre, who then stops this in its turn
            )
        return ear

    def await_ready(self, ear: socket.socket, within: float) -> None:
        """Wait for READY=1.  Raises `NotStarted`."""
        assert self._child is not None
        gone = os.pidfd_open(self._child.pid)
        try:
            with ear, selectors.DefaultSelector() as wait:
                wait.register(ear, selectors.EVENT_READ)
                wait.register(gone, selectors.EVENT_READ)
                while ready := wait.select(within):
                    if any(key.fileobj is ear for key, _ in ready):
                        if b"READY=1" in ear.recv(4096).split(b"\n"):
                            return
                    else:
                        raise NotStarted(f"{self.name} ended at its start\n{self.last_words()}")
        finally:
            os.close(gone)
        self.stop()
        raise NotStarted(f"{self.name} was not ready within {within:.0f} s\n{self.last_words()}")

    def start(self, within: float = 60) -> None:
        """Start and wait until it is ready.  Raises `NotStarted`."""
        self.await_ready(self.launch(), within)

    def stop(self, within: float = 8) -> None:
        """Ask it to end; after ``within`` seconds make it."""
        if self._child is None:
            return
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
            try:
                self._child.wait(within)
            except subprocess.TimeoutExpired:
                self._child.kill()
        self._child.wait()
        self._child = None

    def wait(self) -> int:
        """Block until the process ends; its exit code."""
        assert self._child is not None
        return self._child.wait()

    def last_words(self, lines: int = 15) -> str:
        """The end of its log, for the person who has to mend it."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""
