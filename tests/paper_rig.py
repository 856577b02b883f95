"""A real kiosk core at a real printer's wire: issuer, store, press and printer, and paper out of a virtual printer."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from faults_cables import Cable, Serial
from printer_table import WireName
from usb_cable import Usb

import kiosk.wires
from broker.centre import DEFAULT, load
from broker.centre_printers import NetworkPrinter
from broker.centre_printers import Printer as PrinterTable
from broker.clock import Moment
from broker.link import Received
from broker.messages import Health, Message, Print, Printed, TicketIssued, TicketVoided
from broker.printers import abilities
from kiosk import pages
from kiosk.case_prints import CaseTried, PrintCase
from kiosk.case_slip import case_slip
from kiosk.issuer import Issuer
from kiosk.paper import render
from kiosk.press import Press, Wish
from kiosk.printer import AFRESH, open_printer
from kiosk.store import KioskStore
from kiosk.view import view
from kiosk.virtual_printer import VirtualPrinter

CENTRE = load(DEFAULT)
FONT = CENTRE.centre.font
NINE = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)  # a Monday morning in Bangkok
MOST_SECONDS = 15.0
HALF = 200  # rows, of a ticket of 500


class Network:
    """No more than where the printer is; pulled, nobody is there."""

    def __init__(self, port: int, _folder: Path) -> None:
        self.printer: PrinterTable = NetworkPrinter("127.0.0.1", port, 80)

    def plug(self) -> None: ...
    def pull(self) -> None: ...


@contextmanager
def cable(wire: WireName, paper: VirtualPrinter, folder: Path) -> Iterator[Cable]:
    """This cable, plugged in."""
    laid: Cable = {"network": Network, "serial": Serial, "usb": Usb}[wire](paper.port, folder)
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(laid, Usb):
            laid.install(patch)
            patch.setattr(kiosk.wires, "LISTEN_SECONDS", 0.2)  # how long the end of a read is awaited at the end
        laid.plug()
        try:
            yield laid
        finally:
            laid.pull()


class Babbler(VirtualPrinter):
    """While ``nonsense`` holds, it says what no printer says; `halt` stops a ticket in the middle."""

    nonsense = False
    _halts: threading.Event | None = None

    def halt(self) -> None:
        """The next ticket stands still after some rows, until `go_on`; `halted` says so."""
        self.halted, self._halts, self._from = False, threading.Event(), self.rows

    def go_on(self) -> None:
        if self._halts:
            self._halts.set()

    def moved(self, rows: int) -> None:
        super().moved(rows)
        if self._halts and not self._halts.is_set() and self.rows - self._from > HALF:
            self.halted = True
            self._halts.wait(MOST_SECONDS)

    def _send(self, connection: socket.socket, data: bytes) -> None:
        super()._send(connection, b"\xff\x91\xd1" if self.nonsense else data)


class Rig:
    """A kiosk that is worked by `act`; its own time runs as ours, its clock shows a Monday morning."""

    def __init__(self, wire: WireName, folder: Path, paper: Babbler, laid: Cable) -> None:
        self.wire, self.paper, self._cable = wire, paper, laid
        self.told = Health()
        self.copies = 0  # asked for
        self.answers: list[tuple[str, str, str | None]] = []  # to the desk
        self._inbox: deque[object] = deque()
        self._store = KioskStore.open(folder / "kiosk.sqlite", (1, 999))
        self.press = Press(open_printer(laid.printer), self._draw, self._inbox.append)
        self._begun = time.monotonic()
        self._issuer = Issuer(CENTRE, self._store, self, self, self.moment())
        self._issuer.begin(self.moment())
        self.act(pages.CardKnown(True))
        self.press.start()
        self.until("a look at the printer", lambda: self.told.printer is not None)

    @property
    def state(self) -> pages.State:
        return self._issuer.state

    def moment(self) -> Moment:
        at = time.monotonic()
        return Moment(at, NINE + dt.timedelta(seconds=at - self._begun))

    def act(self, event: pages.Event) -> None:
        self._issuer.act(event, self.moment())

    def hear(self, wish: Print) -> None:
        """The desk asks for a paper."""
        self._issuer.take(Received(wish, "kiosk-1", retained=False), self.moment())

    def turn(self) -> None:
        """Let what was told be taken, and time pass."""
        while self._inbox:
            word = self._inbox.popleft()
            if isinstance(word, Exception):
                raise word
            if isinstance(word, CaseTried):
                self._issuer.tried(word, self.moment())
            else:
                self.act(word)  # type: ignore[arg-type]
        self._issuer.tick(self.moment())

    def until(self, what: str, seen: Callable[[], object], seconds: float = MOST_SECONDS) -> None:
        end = time.monotonic() + seconds
        while not seen():
            self.turn()
            assert time.monotonic() < end, f"not seen on {self.wire}: {what}; {self.state.page}, {self.told}"
            time.sleep(0.005)

    def glass(self, language: str) -> tuple[str, str]:
        """Title and hint, or the notice of the home page, in one language."""
        page = view(self.state, CENTRE)
        place = 0 if self.state.language == language else 1
        title, hint = page.title[place], page.hint[place]
        return title, hint or page.notice

    def trouble(self, fault: str) -> None:
        """As of `VirtualPrinter`, and ``pulled``; "" mends it.  A USB printer without power is gone as a pulled one."""
        self.paper.nonsense = fault == "nonsense"
        if fault == "nonsense":
            return
        if fault == "pulled" and self.wire == "network":
            fault = "offline"
        if fault == "pulled" or (fault == "off" and self.wire == "usb"):
            self._cable.pull()
        if fault != "pulled":
            self.paper.trouble(*([fault] if fault else []))
        if not fault:
            with suppress(FileExistsError):
                self._cable.plug()

    def facts(self) -> list[TicketIssued | TicketVoided]:
        return [fact.fact for fact in self._store.outbox.pending()]  # type: ignore[misc]

    def tickets(self) -> list[bytes]:
        """The bytes of each ticket that came out whole; torn ones, and what is cut off after one, are none."""
        files = sorted(file for file in self.paper.folder.glob("*.escpos") if "torn" not in file.name)
        return [ticket for ticket in (file.read_bytes() for file in files) if not ticket.endswith(AFRESH)]

    def close(self) -> None:
        self.press.stop()
        self._store.close()

    # ------------------------------------------------------------ what the issuer asks for
    def do(self, effect: pages.Effect | PrintCase) -> None:
        if isinstance(effect, pages.Print):
            self.copies += effect.copy
            self.press.print(effect)
        if isinstance(effect, PrintCase):
            self.press.print(effect)

    def show(self, state: pages.State) -> None: ...

    def publish(self, message: Message, **_where: object) -> bool:
        if isinstance(message, Printed):
            self.answers.append((message.id, message.outcome, message.printer))
        return False  # the hall is away: facts stay where a test can read them

    def health(self, health: Health) -> None:
        self.told = health

    @staticmethod
    def _draw(wish: Wish) -> bytes:
        """A case's paper as it is; of a ticket 500 rows, on which its number and whether it is a copy can be read."""
        if isinstance(wish, PrintCase):
            return render(case_slip(wish.wish, CENTRE), abilities(NetworkPrinter("127.0.0.1", 9100, 80)), FONT)
        words = f"{wish.ticket.number}{' COPY' if wish.copy else ''}\n".encode()
        return b"\x1b@\x1da\x00" + words + b"\x1dv0\x00\x01\x00\xf4\x01" + b"\x80" * 500 + b"\x1dVB\x00"


@contextmanager
def rig(wire: WireName, folder: Path, *, rows_a_second: float = 20000) -> Iterator[Rig]:
    """A kiosk that has looked at its printer."""
    with Babbler(folder / "paper", rows_a_second=rows_a_second) as paper, cable(wire, paper, folder) as laid:
        made = Rig(wire, folder, paper, laid)
        try:
            yield made
        finally:
            made.close()
