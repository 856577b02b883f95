"""The ticket printer as a device: bytes out, and the truth about what became of them.

Status is read here, for python-escpos takes a closed connection for "paper adequate".  A state always comes from
DLE EOT (`kiosk.answers`), asked and answered: before a ticket, while it prints and after it.  Automatic status is no
more than a tap on the shoulder: whatever the printer says unasked makes the kiosk look, and torn or false words of it
can make no state.  A job begins by turning it off (`kiosk.paper`) and ends by turning it on again, so that on the way
nothing but the answer to GS r looks like one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from broker import centre_printers
from broker.words import PrinterState
from kiosk.answers import DLE_EOT, GS_A, GS_R, Answers
from kiosk.wires import NetworkWire, SerialWire, UsbWire, Wire

Outcome = Literal["printed", "failed", "unknown"]
"""printed: paper is out, be it the last of the roll · failed: not a dot was sent · unknown: anything in between."""

ANSWER_SECONDS = 1.0  # for one question
JOB_SECONDS = 5.0  # from a job's first byte to its confirmation, besides a slow wire's own time
_PRINT_SECONDS = 1.5  # what a ticket takes on paper, where the printer cannot say that it is done
_LOOK_SECONDS = 0.2  # between looks at the state of a printer that is printing
_CHUNK = 1024
AFRESH = b"\x1b@\x1dVB\x00"  # ESC @, and cut off what hangs out
WELL: frozenset[PrinterState] = frozenset({"ready", "near_end"})


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
        self.tells = False  # it has shown that it says by itself what changes
        self._wire = wire
        self._slow = slow_seconds_per_byte
        self._end = GS_R + (GS_A if wire.stays_open else b"")  # of a job
        self._met = False
        self._knows_in_order = False
        self._answers = Answers()
        self._torn = 0  # bytes of the job that may have ended in the middle
        self._one_call = threading.Lock()

    def listen(self, heard: Callable[[], object]) -> None:
        """``heard`` is told, on a thread of the wire's own, that the printer said something between calls, or is gone.

        Once until the next call.  A wire that is opened for each call never tells.
        """
        self._wire.heard = heard

    def state(self) -> PrinterState:
        """How the printer is now."""
        with self._one_call:
            self.reason = ""
            try:
                self._open()
                self.seen = self._ask()
                if self.seen in WELL and (self.tells or not self._met):
                    self._meet()
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
                self._open()
                self._be_ready()
                outcome, torn, self._torn = "unknown", self._torn, max(self._torn, len(job))
                self._send(job, torn)
                self._be_well_after()
                self._torn = 0
                outcome = "printed"
            except (PrinterFault, OSError) as fault:
                self._see(fault)
                if outcome == "unknown" and self._answers.in_order == 1:
                    outcome = "printed"  # its answer in order came: what ails it now is no longer this ticket's matter
            finally:
                self._wire.rest()
            return outcome

    def close(self) -> None:
        """Let go of the wire; a later call opens it again."""
        with self._one_call:
            self._wire.close()

    def _open(self) -> None:
        self._wire.open()
        self._answers.hear(self._wire.unasked())  # a late answer to an earlier question is none to the next one

    def _meet(self) -> None:
        """Ask for what it may not know: an answer in order, and automatic status.

        Once; but one that tells is asked at each look, for if it was switched off and on meanwhile it tells no more.
        """
        self._met = True
        self._answers = Answers()
        self._wire.send(self._end)
        deadline = time.monotonic() + ANSWER_SECONDS
        self._printed_within(ANSWER_SECONDS)
        while self._wire.stays_open and not self._answers.automatic and time.monotonic() < deadline:
            self._answers.hear(self._wire.receive())
        self.tells = self._wire.stays_open and self._answers.automatic > 0

    def _see(self, fault: PrinterFault | OSError) -> None:
        self.reason = str(fault)
        if isinstance(fault, PrinterFault):
            self.seen = fault.state
        else:
            self.seen = "silent" if isinstance(fault, TimeoutError) else "offline"

    def _be_ready(self) -> None:
        self.seen = self._ask()
        if self.seen not in WELL:
            raise PrinterFault(self.seen)

    def _be_well_after(self) -> None:
        self._be_ready()
        if self._answers.in_order > 1:
            raise PrinterFault("unknown")  # one was asked for: which of them was it?

    def _ask(self) -> PrinterState:
        general, offline, error, paper = (self._answer(question) for question in DLE_EOT)
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
            if answers := self._answers.hear(self._wire.receive()):
                if len(answers) > 1:
                    raise PrinterFault("unknown")  # to one question
                return answers[0]
        raise PrinterFault("silent")

    def _printed_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self._answers.in_order and time.monotonic() < deadline:
            self._answers.hear(self._wire.receive())
        self._knows_in_order = self._knows_in_order or self._answers.in_order == 1
        return self._answers.in_order > 0

    def _send(self, job: bytes, torn: int = 0) -> None:
        """Send, and wait until it is on paper.

        A printer whose line was cut in the middle of a picture takes what comes next for the rest of it: the next
        ticket would lose its head, with its number, and hang on the torn one.  As many zeros as that job had bytes end
        every command that may be open and mean nothing to a printer that waits for one; then the torn paper is cut off.
        """
        if torn:
            job = bytes(torn) + AFRESH + job
        self._answers = Answers()
        deadline = time.monotonic() + JOB_SECONDS + len(job) * self._slow
        for start in range(0, len(job), _CHUNK):
            if time.monotonic() > deadline:
                raise TimeoutError
            self._wire.send(job[start : start + _CHUNK])
        self._wire.send(self._end)
        if not self._knows_in_order:
            self._printed_within(_PRINT_SECONDS)  # it may never say so; the state after it must do
            return
        while not self._printed_within(_LOOK_SECONDS):
            self._be_ready()
            if time.monotonic() > deadline:
                raise PrinterFault("silent")  # it answers, but does not print


def open_printer(config: centre_printers.Printer) -> Printer:
    """The printer of centre.toml.  Nothing is connected yet: a printer may be switched on later."""
    if isinstance(config, centre_printers.NetworkPrinter):
        return Printer(NetworkWire(config))
    if isinstance(config, centre_printers.UsbPrinter):
        return Printer(UsbWire(config))
    return Printer(SerialWire(config), slow_seconds_per_byte=10 / config.baud)
