"""Three ways to reach a ticket printer, each with its time limits.

python-escpos opens and closes them (it is imported only here); its own reads and writes have no limits worth the name.
"""

from __future__ import annotations

import contextlib
import errno
import termios
import time
from typing import Any, Protocol

from escpos.exceptions import Error as EscposError
from escpos.printer import Network, Serial, Usb
from serial import SerialTimeoutException

from broker import centre

OPEN_SECONDS = 2.0  # to connect, or to get rid of what is sent at once
TICK = 0.1  # how long `Wire.receive` listens


class Wire(Protocol):
    """One way to reach a printer.  Every call ends by itself.

    Raises `OSError` when nobody is there, `TimeoutError` among them when somebody is there and takes no more.
    """

    def open(self) -> None: ...
    def send(self, data: bytes) -> None: ...
    def receive(self) -> bytes: ...  # b"" when nothing came for a moment
    def rest(self) -> None: ...  # nothing more for now; may stay open


class NetworkWire:
    """Opened for each call: a cable pulled meanwhile is noticed at once."""

    def __init__(self, config: centre.NetworkPrinter) -> None:
        self._printer = Network(config.host, config.port, timeout=OPEN_SECONDS)
        self._socket: Any = None

    def open(self) -> None:
        _open(self._printer)
        self._socket = self._printer.device

    def send(self, data: bytes) -> None:
        self._socket.settimeout(OPEN_SECONDS)
        self._socket.sendall(data)

    def receive(self) -> bytes:
        self._socket.settimeout(TICK)
        try:
            answer: bytes = self._socket.recv(64)
        except TimeoutError:
            return b""
        if not answer:
            raise ConnectionError("the printer closed the connection")
        return answer

    def rest(self) -> None:
        self._printer.close()


class SerialWire:
    """Stays open: some printers start anew when a port is opened."""

    def __init__(self, config: centre.SerialPrinter) -> None:
        self._printer = Serial(config.device, config.baud, timeout=TICK)
        self._port: Any = None

    def open(self) -> None:
        if self._port is None:
            _open(self._printer)
            self._port = self._printer.device
            self._port.write_timeout = OPEN_SECONDS
            self._port.inter_byte_timeout = TICK / 4  # else a one-byte answer waits for its whole time

    def send(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except SerialTimeoutException as full:
            self._port.reset_output_buffer()
            raise TimeoutError from full
        except OSError:
            self._lose()
            raise

    def receive(self) -> bytes:
        try:
            return bytes(self._port.read(16))
        except OSError:
            self._lose()
            raise

    def rest(self) -> None:
        pass

    def _lose(self) -> None:
        port, self._port = self._port, None
        with contextlib.suppress(OSError, termios.error):
            port.reset_output_buffer()  # closing would wait for a printer that is gone, as escpos's own close does
        port.close()


class UsbWire:
    """Stays open: opening resets the printer.  Endpoints are those that the printer names."""

    def __init__(self, config: centre.UsbPrinter) -> None:
        self._printer = Usb(config.vendor, config.product, timeout=int(OPEN_SECONDS * 1000))
        self._device: Any = None

    def open(self) -> None:
        if self._device is None:
            _open(self._printer)
            endpoints = list(self._printer.device.get_active_configuration()[(0, 0)])
            self._into = next(e.bEndpointAddress for e in endpoints if not e.bEndpointAddress & 0x80)
            self._out_of = next(e.bEndpointAddress for e in endpoints if e.bEndpointAddress & 0x80)
            self._device = self._printer.device

    def send(self, data: bytes) -> None:
        try:
            self._device.write(self._into, data, int(OPEN_SECONDS * 1000))
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                raise TimeoutError from error
            self._lose()
            raise

    def receive(self) -> bytes:
        try:
            answer = bytes(self._device.read(self._out_of, 64, int(TICK * 1000)))
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                return b""
            self._lose()
            raise
        if not answer:
            time.sleep(TICK / 10)  # an empty packet comes at once
        return answer

    def rest(self) -> None:
        pass

    def _lose(self) -> None:
        self._device = None
        with contextlib.suppress(OSError):
            self._printer.close()


def _open(printer: Network | Serial | Usb) -> None:
    try:
        printer.open()
    except (EscposError, ValueError) as error:  # ValueError: pyusb found no libusb (Debian package libusb-1.0-0)
        raise ConnectionError(str(error)) from error
