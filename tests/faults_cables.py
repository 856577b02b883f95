"""What lies between a kiosk and its printer and can go wrong: a serial line that is pulled, a printer that babbles."""

from __future__ import annotations

import os
import pty
import random
import select
import socket
import threading
import tty
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from broker.centre_printers import NetworkPrinter, Printer, SerialPrinter
from broker.mosquitto import free_port

LOOK = 0.1  # seconds after which a pump sees that it is to end


class Cable(Protocol):
    """Made with the port of the virtual printer and a folder of its own."""

    printer: Printer  # what the kiosk is told that it has

    def plug(self) -> None: ...
    def pull(self) -> None: ...


class Serial:
    """A pseudo terminal whose other end goes to the printer; pulled, the line hangs up and its device is gone."""

    def __init__(self, port: int, folder: Path) -> None:
        self._port, self._device = port, folder / "serial"
        self.printer: Printer = SerialPrinter(str(self._device), 115200, 80)
        self._gone = threading.Event()
        self._pump: threading.Thread | None = None

    def plug(self) -> None:
        master, slave = pty.openpty()
        tty.setraw(slave)
        self._device.symlink_to(os.ttyname(slave))
        self._gone = threading.Event()
        self._pump = threading.Thread(target=self._carry, args=(master, slave, self._gone), daemon=True)
        self._pump.start()

    def pull(self) -> None:
        self._device.unlink(missing_ok=True)
        self._gone.set()
        if self._pump:
            self._pump.join(5)

    def _carry(self, master: int, slave: int, gone: threading.Event) -> None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 5) as printer:
            while not gone.is_set():
                for end in select.select([master, printer], [], [], LOOK)[0]:
                    if end is printer:
                        os.write(master, printer.recv(4096))
                    else:
                        printer.sendall(os.read(master, 4096))
        os.close(master)
        os.close(slave)


class Babble:
    """A proxy that, while ``odds`` is above 0, replaces and adds bytes of what the printer says of itself."""

    def __init__(self, port: int, _folder: Path) -> None:
        self._port, here = port, free_port()
        self.printer: Printer = NetworkPrinter("127.0.0.1", here, 80)
        self._server: socket.socket | None = None
        self._here = here
        self.odds = 0.0
        self.said = 0  # bytes of nonsense
        self._chance = random.Random(port)

    def plug(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self._here))
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def pull(self) -> None:
        if self._server:
            with suppress(OSError):
                self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                kiosk, _ = server.accept()
                threading.Thread(target=self._carry, args=(kiosk,), daemon=True).start()

    def _carry(self, kiosk: socket.socket) -> None:
        with kiosk, suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 5) as printer:
            while True:
                for end in select.select([kiosk, printer], [], [], LOOK)[0]:
                    if not (data := end.recv(4096)):
                        return
                    if end is printer:
                        kiosk.sendall(self._garbled(data))
                    else:
                        printer.sendall(data)

    def _garbled(self, data: bytes) -> bytes:
        out = bytearray()
        for byte in data:
            while self._chance.random() < self.odds:
                out.append(self._chance.randrange(256))
                self.said += 1
            if self._chance.random() >= self.odds:
                out.append(byte)
        return bytes(out)
