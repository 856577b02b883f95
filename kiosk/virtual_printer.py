"""An ESC/POS printer without a printer: a TCP server that prints into files and can be in trouble.

It behaves as the real ones do: what comes is buffered and obeyed in order, at a thermal head's pace; DLE EOT n is
answered the moment it comes in, even in the middle of a picture; GS r n is answered when its turn comes.  Out of paper
or with its cover open it stops where it is; once mended, what was left in its buffer is thrown away, so that the
interrupted ticket stays torn and has to be printed again.
"""

# ruff: noqa: PLC0415 -- Kivy must be configured before it is imported

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import re
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from PIL import Image

from broker import node
from broker.window.configure import configure, run
from kiosk.virtual_control import ControlPort, tell
from kiosk.virtual_paper import Paper
from kiosk.virtual_status import FAULTS, STOPPING, automatic_status, in_order_status, status

_MUTE = frozenset({"silent", "off", "offline"})
_STANDING = STOPPING | _MUTE | {"stuck"}
_FLUSHING = STOPPING | {"off", "offline"}
_BUFFER_BYTES = 65536
_ROWS_A_SECOND = 1600  # 200 mm/s
_REAL_TIME = re.compile(rb"\x10\x04([\x01-\x04])")

log = logging.getLogger(__name__)


class _Flushed(Exception):
    """The buffer was thrown away: what was being obeyed ends here."""


class _Off(Exception):
    """The printer is being switched off for good."""


class VirtualPrinter:
    """The printer.

    Each cut leaves ``<n>.escpos`` (its bytes) and ``<n>.png`` (its paper) in ``folder``, n = 1, 2, 3 … on from what is
    there; ``papers`` is the last n.  A ticket torn by a fault leaves ``<n>-torn.…``.

    Faults: ``near_end`` prints on · ``paper_out``, ``cover_open``, ``cutter`` stop and say so · ``stuck`` says all is
    well and prints nothing · ``silent`` takes connections and never answers · ``off`` too, and forgets what it was told
    · ``offline`` refuses connections.

    ``answers_in_order=False``, ``reports=False``: as the clones that do not know GS r or GS a.  ``shown`` is told each
    new picture, on the head's thread.
    """

    def __init__(
        self,
        folder: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        paper_mm: int = 80,
        rows_a_second: float = _ROWS_A_SECOND,
        answers_in_order: bool = True,
        reports: bool = True,
        shown: Callable[[Path], object] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.host, self.port = folder, host, port
        self.papers = max((int(file.stem.split("-")[0]) for file in folder.glob("[0-9]*.png")), default=0)
        self.rows = 0  # of paper moved so far
        self._pace, self._answers_in_order, self._shown = rows_a_second, answers_in_order, shown
        self._reports = reports
        self._faults: frozenset[str] = frozenset()
        self._news = threading.Condition()
        self._buffer: deque[tuple[socket.socket, bytes]] = deque()
        self._job = bytearray()  # obeyed since the last cut
        self._speaker: socket.socket | None = None  # whose bytes are being obeyed
        self._reported: set[socket.socket] = set()  # who asked for automatic status
        self._flush = self._off = False
        self._connections: set[socket.socket] = set()
        self._server: socket.socket | None = None
        self._paper = Paper(self, paper_mm)
        self._head = threading.Thread(target=self._print, name="printer head", daemon=True)

    def __enter__(self) -> VirtualPrinter:
        self._plug_in()
        self._head.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._news:
            self._off = True
            self._news.notify_all()
        self._unplug()
        self._head.join(5)

    def trouble(self, *faults: str) -> None:
        """These faults hold from now on, and no others; none means the printer is well.  Raises `ValueError`."""
        if unknown := set(faults) - set(FAULTS):
            raise ValueError(f"unknown {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
        with self._news:
            before, self._faults = self._faults, frozenset(faults)
            if before & _FLUSHING and not self._faults & _FLUSHING:
                self._flush = True
                self._buffer.clear()
            if "off" in self._faults:
                self._reported.clear()
            self._news.notify_all()
            listeners = list(self._reported)
        if "offline" in self._faults:
            self._unplug()
        elif self._server is None:
            self._plug_in()
        for listener in listeners:
            self._send(listener, automatic_status(self._faults))

    # ---------------------------------------------------------------- the cable
    def _plug_in(self) -> None:
        self._server = socket.create_server((self.host, self.port))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._server,), name="printer port", daemon=True).start()

    def _unplug(self) -> None:
        server, self._server = self._server, None
        for end in [*([server] if server else []), *self._connections]:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return  # unplugged
            self._connections.add(connection)
            threading.Thread(target=self._receive, args=(connection,), name="printer ear", daemon=True).start()

    def _receive(self, connection: socket.socket) -> None:
        """Real-time questions are answered here, before anything is printed."""
        tail = b""
        with contextlib.suppress(OSError), connection:
            while data := connection.recv(4096):
                heard = tail + data
                end = 0
                for question in _REAL_TIME.finditer(heard):
                    self._send(connection, bytes((status(self._faults, question[1][0]),)))
                    end = question.end()
                tail = heard[max(end, len(heard) - 2) :]
                with self._news:
                    self._news.wait_for(lambda: self._off or self._buffered() < _BUFFER_BYTES)
                    self._buffer.append((connection, data))
                    self._news.notify_all()
        self._connections.discard(connection)
        self._reported.discard(connection)

    def _send(self, connection: socket.socket, data: bytes) -> None:
        if not self._faults & _MUTE:
            with contextlib.suppress(OSError):
                connection.sendall(data)

    def _buffered(self) -> int:
        return sum(len(data) for _, data in self._buffer)

    # ---------------------------------------------------------------- the head (see `virtual_paper.Works`)
    def _print(self) -> None:
        with contextlib.suppress(_Off):
            while True:
                try:
                    self._paper.obey()
                except _Flushed:
                    if torn := self._paper.tear():
                        self._save(torn, "-torn")
                    self._job.clear()

    def take(self, count: int) -> bytes:
        taken = bytearray()
        with self._news:
            while len(taken) < count:
                self._wait_until(lambda: bool(self._buffer))
                self._speaker, data = self._buffer.popleft()
                rest = data[count - len(taken) :]
                taken += data[: count - len(taken)]
                if rest:
                    self._buffer.appendleft((self._speaker, rest))
                self._news.notify_all()
        self._job += taken
        return bytes(taken)

    def moved(self, rows: int) -> None:
        self.rows += rows
        time.sleep(rows / self._pace)
        with self._news:
            self._wait_until(lambda: True)

    def answer(self, n: int) -> None:
        if self._answers_in_order and self._speaker:
            self._send(self._speaker, bytes((in_order_status(self._faults, n),)))

    def report(self, on: bool) -> None:
        if not self._reports:
            return
        if self._speaker and on:
            self._reported.add(self._speaker)
            self._send(self._speaker, automatic_status(self._faults))
        elif self._speaker:
            self._reported.discard(self._speaker)

    def cut(self, paper: Image.Image) -> None:
        self._save(paper)
        self._job.clear()

    def _wait_until(self, ready: Callable[[], bool]) -> None:
        """The head stands still while something hinders it.  Raises `_Flushed`, `_Off`."""
        self._news.wait_for(lambda: self._off or self._flush or (ready() and not self._faults & _STANDING))
        if self._off:
            raise _Off
        if self._flush:
            self._flush = False
            raise _Flushed

    def _save(self, paper: Image.Image, suffix: str = "") -> None:
        name = f"{self.papers + 1}{suffix}"
        hidden = self.folder / f".{name}.part"
        hidden.write_bytes(self._job)
        hidden.replace(self.folder / f"{name}.escpos")
        paper.save(hidden, format="PNG", dpi=(203, 203))
        picture = hidden.replace(self.folder / f"{name}.png")
        self.papers += 1
        log.info("paper %s", name)
        if self._shown:
            self._shown(picture)


def main() -> int:
    """The ``khiu-printer`` command."""
    parser = argparse.ArgumentParser(
        prog="khiu-printer",
        description="A virtual ESC/POS printer on TCP: each cut ticket becomes FOLDER/<n>.escpos and FOLDER/<n>.png.",
        epilog=f"Faults: {', '.join(FAULTS)}; 'ready' ends them all. "
        "Paper put back or a cover closed throws away what was left of the interrupted ticket.",
    )
    parser.add_argument("--tell", nargs="+", metavar=("HOST:PORT", "FAULT"), help="tell a running printer its faults")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9100, help="where it prints (default 9100; 0: any free one)")
    parser.add_argument("--control", type=int, metavar="PORT", help="where it is told its faults, a line a connection")
    parser.add_argument("--folder", type=Path, default=Path("paper"))
    parser.add_argument("--paper", type=int, choices=(58, 80), default=80, help="width in mm (default 80)")
    parser.add_argument("--show", action="store_true", help="a window that shows the latest papers")
    given = parser.parse_args()
    if given.tell:
        try:
            print(tell(given.tell[0], given.tell[1:]))
        except (OSError, ValueError) as fault:
            print(fault, file=sys.stderr)
            return 1
        return 0
    node.log_to_stderr()
    if given.show:
        os.environ.setdefault("KHIU_WINDOW", "334x600+1586+0")  # beside the demo's other windows
        configure("Khiu: paper")
        from kiosk.virtual_tray import TrayApp

        tray = TrayApp()
        with _running(given, tray.show):
            return run(tray)
    stop = threading.Event()
    node.on_stop(stop.set)
    with _running(given):
        stop.wait()
    return 0


@contextlib.contextmanager
def _running(given: argparse.Namespace, shown: Callable[[Path], object] | None = None) -> Iterator[None]:
    with contextlib.ExitStack() as on:
        printer = VirtualPrinter(given.folder, given.host, given.port, paper_mm=given.paper, shown=shown)
        on.enter_context(printer)
        where = f"printing on {given.host}:{printer.port}, papers in {given.folder}"
        if given.control is not None:
            control = on.enter_context(ControlPort(printer, given.control))
            where += f", control on {given.host}:{control.server_address[1]}"
        print(where, flush=True)
        node.notify("READY=1")
        yield


if __name__ == "__main__":
    sys.exit(main())
