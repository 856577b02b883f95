"""The ticket printer as a device: bytes out, and the truth about what became of them.

The only importer of python-escpos, which opens and closes the wire; status is read here (its own reads take a
closed connection for "paper adequate").  Status bytes: Epson's ESC/POS reference, DLE EOT, GS r, and "how to tell
the answers apart".
"""

from __future__ import annotations

import contextlib
import errno
import threading
import time
from typing import Any, Literal, Protocol

from escpos.exceptions import Error as EscposError
from escpos.printer import Network, Serial, Usb
from serial import SerialTimeoutException

from broker import centre
from broker.messages import PrinterState

Outcome = Literal["printed", "failed", "unknown"]
"""printed: paper is out and the printer is well · failed: not a dot was sent · unknown: anything in between."""

OPEN_SECONDS = 2.0  # to connect, or to get rid of one chunk
ANSWER_SECONDS = 1.0  # for one question
JOB_SECONDS = 5.0  # from a job's first byte to its confirmation, besides a slow wire's own time
_PRINT_SECONDS = 1.5  # what a ticket takes on paper, where the printer cannot say that it is done
_TICK = 0.1
_CHUNK = 1024

_STATUS = tuple(bytes((0x10, 0x04, n)) for n in (1, 2, 3, 4))  # DLE EOT n: answered at once, whatever is being printed
_IN_ORDER = b"\x1dr\x01"  # GS r 1: answered when all that was sent before has been printed


class PrinterFault(Exception):
    """The printer cannot be used; ``state`` says why."""

    def __init__(self, state: PrinterState) -> None:
        super().__init__(state)
        self.state = state


class Wire(Protocol):
    """One way to reach a printer.  Every call ends by itself.

    Raises `OSError` when nobody is there, `TimeoutError` among them when somebody is there and takes no more.
    """

    def open(self) -> None: ...
    def send(self, data: bytes) -> None: ...
    def receive(self) -> bytes: ...  # b"" when nothing came for a moment
    def rest(self) -> None: ...  # nothing more for now; may stay open


class Printer:
    """One printer.  Calls block: milliseconds when all is well, else at most `print` some 12 s, `state` some 6 s.

    Any thread; one call at a time.  ``seen`` is the state that the last call found, ``reason`` what its last fault
    said (for the log).
    """

    def __init__(self, wire: Wire, slow_seconds_per_byte: float = 0.0) -> None:
        self.seen: PrinterState = "unknown"
        self.reason = ""
        self._wire = wire
        self._slow = slow_seconds_per_byte
        self._asked_in_order = False
        self._knows_in_order = False
        self._done = False
        self._one_call = threading.Lock()

    def state(self) -> PrinterState:
        """How the printer is now."""
        with self._one_call:
            try:
                self._wire.open()
                self.seen = self._ask()
                if self.seen == "ready" and not self._asked_in_order:
                    self._asked_in_order = True
                    self._wire.send(_IN_ORDER)
                    self._printed_within(ANSWER_SECONDS)
            except (PrinterFault, OSError) as fault:
                self._see(fault)
            finally:
                self._wire.rest()
            return self.seen

    def print(self, job: bytes) -> Outcome:
        """Print one job, whole, and see it done."""
        outcome: Outcome = "failed"
        with self._one_call:
            try:
                self._wire.open()
                self._be_ready()
                outcome = "unknown"
                self._send(job)
                self._be_ready()
                outcome = "printed"
            except (PrinterFault, OSError) as fault:
                self._see(fault)
            finally:
                self._wire.rest()
            return outcome

    def _see(self, fault: PrinterFault | OSError) -> None:
        self.reason = str(fault)
        if isinstance(fault, PrinterFault):
            self.seen = fault.state
        else:
            self.seen = "silent" if isinstance(fault, TimeoutError) else "offline"

    def _be_ready(self) -> None:
        self.seen = self._ask()
        if self.seen not in ("ready", "near_end"):
            raise PrinterFault(self.seen)

    def _ask(self) -> PrinterState:
        general, offline, error, paper = (self._answer(question) for question in _STATUS)
        if offline & 0x04:
            return "cover_open"
        if offline & 0x20 or paper & 0x60:
            return "paper_out"
        if general & 0x08 or offline & 0x40 or error & 0x68:
            return "unknown"  # it answers, and something is wrong with it: cutter, heat, voltage
        return "near_end" if paper & 0x0C else "ready"

    def _answer(self, question: bytes) -> int:
        self._wire.send(question)
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            if (answer := self._hear()) is not None:
                return answer
        raise PrinterFault("silent")

    def _hear(self) -> int | None:
        """What came: a real-time answer reads 0xx1xx10; a GS r answer has bits 4 and 7 clear and sets ``_done``."""
        answer = None
        for byte in self._wire.receive():
            if byte & 0x93 == 0x12:
                answer = byte
            elif not byte & 0x90:
                self._done = self._knows_in_order = True
        return answer

    def _printed_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self._done and time.monotonic() < deadline:
            self._hear()
        return self._done

    def _send(self, job: bytes) -> None:
        """Send, and wait until it is on paper."""
        deadline = time.monotonic() + JOB_SECONDS + len(job) * self._slow
        self._done = False
        for start in range(0, len(job), _CHUNK):
            if time.monotonic() > deadline:
                raise TimeoutError
            self._wire.send(job[start : start + _CHUNK])
        self._wire.send(_IN_ORDER)
        if not self._knows_in_order:
            self._printed_within(_PRINT_SECONDS)  # it may never say so; the state after it must do
            return
        while not self._printed_within(2 * _TICK):
            self._be_ready()
            if time.monotonic() > deadline:
                raise PrinterFault("silent")  # it answers, but does not print


def open_printer(config: centre.Printer) -> Printer:
    """The printer of centre.toml.  Nothing is connected yet: a printer may be switched on later."""
    if isinstance(config, centre.NetworkPrinter):
        return Printer(_NetworkWire(config))
    if isinstance(config, centre.UsbPrinter):
        return Printer(_UsbWire(config))
    return Printer(_SerialWire(config), slow_seconds_per_byte=10 / config.baud)


class _NetworkWire:
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
        self._socket.settimeout(_TICK)
        try:
            answer: bytes = self._socket.recv(64)
        except TimeoutError:
            return b""
        if not answer:
            raise ConnectionError("the printer closed the connection")
        return answer

    def rest(self) -> None:
        self._printer.close()


class _SerialWire:
    """Stays open: some printers start anew when a port is opened."""

    def __init__(self, config: centre.SerialPrinter) -> None:
        self._printer = Serial(config.device, config.baud, timeout=_TICK)
        self._port: Any = None

    def open(self) -> None:
        if self._port is None:
            _open(self._printer)
            self._port = self._printer.device
            self._port.write_timeout = OPEN_SECONDS
            self._port.inter_byte_timeout = _TICK / 4  # else a one-byte answer waits for its whole time

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
        with contextlib.suppress(OSError):
            port.reset_output_buffer()  # closing would wait for a printer that is gone
            self._printer.close()


class _UsbWire:
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
            answer = bytes(self._device.read(self._out_of, 64, int(_TICK * 1000)))
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                return b""
            self._lose()
            raise
        if not answer:
            time.sleep(_TICK / 10)  # an empty packet comes at once
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
