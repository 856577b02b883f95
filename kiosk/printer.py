"""The ticket printer as a device: bytes out, and the truth about what became of them.

Status is read here, for python-escpos takes a closed connection for "paper adequate".  The bytes are those of Epson's
ESC/POS reference: DLE EOT, GS r, and how their answers are told apart.
"""

from __future__ import annotations

import threading
import time
from typing import Literal

from broker import centre
from broker.words import PrinterState
from kiosk.wires import NetworkWire, SerialWire, UsbWire, Wire

Outcome = Literal["printed", "failed", "unknown"]
"""printed: paper is out, be it the last of the roll · failed: not a dot was sent · unknown: anything in between."""

ANSWER_SECONDS = 1.0  # for one question
JOB_SECONDS = 5.0  # from a job's first byte to its confirmation, besides a slow wire's own time
_PRINT_SECONDS = 1.5  # what a ticket takes on paper, where the printer cannot say that it is done
_LOOK_SECONDS = 0.2  # between looks at the state of a printer that is printing
_CHUNK = 1024

_STATUS = tuple(bytes((0x10, 0x04, n)) for n in (1, 2, 3, 4))  # DLE EOT n: answered at once, whatever is being printed
_IN_ORDER = b"\x1dr\x01"  # GS r 1: answered when all that was sent before has been printed


class PrinterFault(Exception):
    """The printer cannot be used; ``state`` says why."""

    def __init__(self, state: PrinterState) -> None:
        super().__init__(state)
        self.state = state


class Printer:
    """One printer.  Calls block: milliseconds when all is well, else at most `print` some 12 s, `state` some 6 s.

    Any thread; one call at a time.  ``seen`` is the state that the last call found, ``reason`` what its fault said
    (for the log).
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
            self.reason = ""
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
            self.reason = ""
            try:
                self._wire.open()
                self._be_ready()
                outcome = "unknown"
                self._send(job)
                self._be_ready()
                outcome = "printed"
            except (PrinterFault, OSError) as fault:
                self._see(fault)
                if outcome == "unknown" and self._done:
                    outcome = "printed"  # its answer in order came: what ails it now is no longer this ticket's matter
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
        self._done = False
        deadline = time.monotonic() + JOB_SECONDS + len(job) * self._slow
        for start in range(0, len(job), _CHUNK):
            if time.monotonic() > deadline:
                raise TimeoutError
            self._wire.send(job[start : start + _CHUNK])
        self._wire.send(_IN_ORDER)
        if not self._knows_in_order:
            self._printed_within(_PRINT_SECONDS)  # it may never say so; the state after it must do
            return
        while not self._printed_within(_LOOK_SECONDS):
            self._be_ready()
            if time.monotonic() > deadline:
                raise PrinterFault("silent")  # it answers, but does not print


def open_printer(config: centre.Printer) -> Printer:
    """The printer of centre.toml.  Nothing is connected yet: a printer may be switched on later."""
    if isinstance(config, centre.NetworkPrinter):
        return Printer(NetworkWire(config))
    if isinstance(config, centre.UsbPrinter):
        return Printer(UsbWire(config))
    return Printer(SerialWire(config), slow_seconds_per_byte=10 / config.baud)
