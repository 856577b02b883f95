"""Three ways to reach a ticket printer, each with its time limits.

python-escpos opens and closes them (it is imported only here); its own reads and writes have no limits worth the name.
"""

from __future__ import annotations

import contextlib
import errno
import termios
from collections.abc import Callable
from typing import Any, Protocol

from escpos.exceptions import Error as EscposError
from escpos.printer import Network, Serial, Usb
from serial import SerialTimeoutException

from broker import centre_printers
from kiosk.open_wire import LISTEN_SECONDS, TICK, OpenWire

OPEN_SECONDS = 2.0  # to connect, or to get rid of what is sent at once
_PACKET = 512  # bytes: the largest bulk packet of USB 2; a read for less fails when one comes


class Wire(Protocol):
    """One way to reach a printer.  Every call ends by itself.

    Raises `OSError` when nobody is there, `TimeoutError` among them when somebody is there and takes no more.
    """

    stays_open: bool  # so that the printer is heard between calls
    heard: Callable[[], object]  # see `Printer.listen`

    def open(self) -> None: ...
    def unasked(self) -> bytes: ...  # what came since `rest`
    def send(self, data: bytes) -> None: ...
    def receive(self) -> bytes: ...  # b"" when nothing came for a moment
    def rest(self) -> None: ...  # nothing more for now
    def close(self) -> None: ...  # nothing more at all


class NetworkWire:
    """Opened for each call: a printer serves one connection at a time, and one that is kept would shut out a second
    kiosk and whoever mends the printer; and a cable pulled meanwhile is noticed at once, where a kept connection
    stays silent.  So nothing is heard between calls."""

    stays_open = False

    def __init__(self, config: centre_printers.NetworkPrinter) -> None:
        self.heard: Callable[[], object] = lambda: None
        self._printer = Network(config.host, config.port, timeout=OPEN_SECONDS)
        self._socket: Any = None

    def open(self) -> None:
        _open(self._printer)
        self._socket = self._printer.device

    def unasked(self) -> bytes:
        return b""

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

    def close(self) -> None:
        self._printer.close()


class SerialWire(OpenWire):
    """A serial line; some printers start anew when a port is opened."""

    def __init__(self, config: centre_printers.SerialPrinter) -> None:
        super().__init__()
        self._printer = Serial(config.device, config.baud, timeout=LISTEN_SECONDS)

    def _connect(self) -> Any:
        _open(self._printer)
        port = self._printer.device
        port.write_timeout = OPEN_SECONDS
        return port

    def _write(self, port: Any, data: bytes) -> None:
        try:
            port.write(data)
        except SerialTimeoutException as full:
            port.reset_output_buffer()
            raise TimeoutError from full

    def _read(self, port: Any) -> bytes | None:
        if first := port.read(1):
            return bytes(first + port.read(port.in_waiting))
        return None

    def _interrupt(self, port: Any) -> None:
        port.cancel_read()

    def _close(self, port: Any) -> None:
        with contextlib.suppress(OSError, termios.error):
            port.reset_output_buffer()  # closing would wait for a printer that is gone, as escpos's own close does
        port.close()


class UsbWire(OpenWire):
    """USB; opening resets the printer.  Endpoints are those that the printer names."""

    def __init__(self, config: centre_printers.UsbPrinter) -> None:
        super().__init__()
        self._printer = Usb(config.vendor, config.product, timeout=int(OPEN_SECONDS * 1000))

    def _connect(self) -> Any:
        _open(self._printer)
        ends = [end.bEndpointAddress for end in self._printer.device.get_active_configuration()[(0, 0)]]
        into, out_of = [end for end in ends if not end & 0x80], [end for end in ends if end & 0x80]
        if not into or not out_of:
            raise ConnectionError("the printer has no way to answer")
        self._into, self._out_of = into[0], out_of[0]
        return self._printer.device

    def _write(self, device: Any, data: bytes) -> None:
        try:
            device.write(self._into, data, int(OPEN_SECONDS * 1000))
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                raise TimeoutError from error
            raise

    def _read(self, device: Any) -> bytes | None:
        try:
            return bytes(device.read(self._out_of, _PACKET, int(LISTEN_SECONDS * 1000)))
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                return None
            raise

    def _interrupt(self, device: Any) -> None:
        """A read of USB ends by itself."""

    def _close(self, _device: Any) -> None:
        with contextlib.suppress(OSError):
            self._printer.close()


def _open(printer: Network | Serial | Usb) -> None:
    try:
        printer.open()
    except (EscposError, ValueError) as error:  # ValueError: pyusb found no libusb (Debian package libusb-1.0-0)
        raise ConnectionError(str(error)) from error
