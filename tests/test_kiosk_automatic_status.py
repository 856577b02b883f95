"""What the printer says by itself between tickets, over real bytes on all three wires."""

from __future__ import annotations

import random
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from paper_rig import cable, rig
from printer_table import ALL, WireName
from usb_cable import OUT_OF, Usb

from broker.centre_printers import NetworkPrinter
from kiosk import press
from kiosk import printer as device
from kiosk.answers import Answers
from kiosk.pages import Home, Printing, Taken, TimeUp, Touched
from kiosk.printer import WELL, open_printer
from kiosk.virtual_printer import VirtualPrinter
from kiosk.wires import SerialWire

JOB = b"\x1b@\x1da\x00A001\n\x1dVB\x00"
OPEN: tuple[WireName, ...] = ("serial", "usb")
COVER_OPEN = b"\x38\x00\x00\x00"  # as automatic status


@pytest.fixture
def no_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kiosk looks only when it is told."""
    for seconds in ("CALM_SECONDS", "TOLD_SECONDS", "FAULTY_SECONDS"):
        monkeypatch.setattr(press, seconds, 1000.0)


@pytest.mark.usefixtures("no_looks")
@pytest.mark.parametrize("wire", OPEN)
def test_what_changes_between_tickets_is_told_at_once(wire: WireName, tmp_path: Path) -> None:
    with rig(wire, tmp_path) as kiosk:
        for fault, state in (("cover_open", "cover_open"), ("", "ready"), ("near_end", "near_end"), ("paper_out",) * 2):
            kiosk.trouble(fault)
            kiosk.until(state, lambda state=state: kiosk.told.printer == state, 2)


@pytest.mark.usefixtures("no_looks")
@pytest.mark.parametrize("wire", OPEN)
def test_it_goes_on_telling_after_a_ticket(wire: WireName, tmp_path: Path) -> None:
    with rig(wire, tmp_path) as kiosk:
        kiosk.act(Touched("1.1"))
        kiosk.until("a ticket", lambda: isinstance(kiosk.state.page, Taken))
        kiosk.trouble("cover_open")
        kiosk.until("the open cover", lambda: kiosk.told.printer == "cover_open", 2)


@pytest.mark.usefixtures("no_looks")
@pytest.mark.parametrize("wire", OPEN)
def test_a_cable_pulled_between_tickets_is_told_at_once(wire: WireName, tmp_path: Path) -> None:
    with rig(wire, tmp_path) as kiosk:
        kiosk.trouble("pulled")
        kiosk.until("nobody there", lambda: kiosk.told.printer == "offline", 3)


@pytest.mark.parametrize("wire", OPEN)
def test_a_printer_that_was_switched_off_and_on_is_asked_to_tell_again(
    wire: WireName, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(press, "FAULTY_SECONDS", 0.1)
    monkeypatch.setattr(press, "TOLD_SECONDS", 0.1)
    with rig(wire, tmp_path) as kiosk:
        kiosk.trouble("off")  # no longer than between two looks, on a line that does not show it
        kiosk.trouble("")
        kiosk.until("a look", lambda: kiosk.paper._reported)
        monkeypatch.setattr(press, "TOLD_SECONDS", 1000.0)
        time.sleep(0.2)
        kiosk.trouble("cover_open")
        kiosk.until("the open cover", lambda: kiosk.told.printer == "cover_open", 2)


@pytest.mark.parametrize("wire", ALL)
def test_a_printer_that_knows_no_automatic_status_works_as_ever(wire: WireName, tmp_path: Path) -> None:
    with (
        VirtualPrinter(tmp_path / "paper", rows_a_second=20000, reports=False) as paper,
        cable(wire, paper, tmp_path) as laid,
    ):
        printer = open_printer(laid.printer)
        assert printer.state() == "ready"
        assert not printer.tells
        assert printer.print(JOB) == "printed"
        paper.trouble("paper_out")
        assert printer.state() == "paper_out"
        printer.close()


@pytest.mark.parametrize("wire", ALL)
def test_near_the_end_of_the_roll_staff_is_warned_and_tickets_go_on(wire: WireName, tmp_path: Path) -> None:
    with rig(wire, tmp_path) as kiosk:
        kiosk.trouble("near_end")
        for count in (1, 2):
            kiosk.act(Touched("1.1"))
            kiosk.until("a ticket", lambda: isinstance(kiosk.state.page, Taken))
            kiosk.until("the warning", lambda: kiosk.told.printer == "near_end")
            assert (len(kiosk.tickets()), len(kiosk.facts()), kiosk.copies) == (count, count, 0)
            kiosk.act(TimeUp(kiosk.state.turn))
            assert isinstance(kiosk.state.page, Home)


def test_a_usb_printer_that_cannot_answer_is_told_as_not_connected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with VirtualPrinter(tmp_path) as paper:
        laid = Usb(paper.port, tmp_path)
        laid.ends = (1, 2)  # both from host to printer
        laid.install(monkeypatch)
        laid.plug()
        printer = open_printer(laid.printer)
        assert (printer.state(), printer.print(JOB)) == ("offline", "failed")
        assert "no way to answer" in printer.reason


def test_a_usb_printer_that_sends_empty_packets_costs_nothing_between_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with VirtualPrinter(tmp_path, rows_a_second=20000) as paper:
        laid = Usb(paper.port, tmp_path)
        laid.install(monkeypatch)
        laid.empty = True
        laid.plug()
        printer = open_printer(laid.printer)
        assert (printer.state(), printer.print(JOB)) == ("ready", "printed")
        before = laid.reads
        time.sleep(0.25)
        assert laid.reads - before <= 2, "of the hundred a second of a call"
        assert OUT_OF in laid.ends


# ---------------------------------------------------------------- answers, told apart
def test_automatic_status_is_no_answer_in_order_wherever_it_comes() -> None:
    heard = Answers()
    assert heard.hear(COVER_OPEN + b"\x12" + COVER_OPEN[:2] + b"\x13\x16\x11" + COVER_OPEN[2:]) == [0x12, 0x16]
    assert (heard.in_order, heard.automatic) == (0, 2)
    assert heard.hear(b"\x00") == []
    assert heard.in_order == 1


def test_a_torn_automatic_status_swallows_an_answer_rather_than_make_one() -> None:
    heard = Answers()
    heard.hear(COVER_OPEN[:2] + b"\xff\x12" + b"\x00")
    assert heard.in_order == 0


def test_an_automatic_status_that_lost_its_first_byte_is_more_answers_than_were_asked_for() -> None:
    heard = Answers()
    heard.hear(COVER_OPEN[1:])
    assert heard.in_order > 1


# ---------------------------------------------------------------- printers of few words
class Liar:
    """A printer of our own on a socket: ``says`` gives what it answers to what it was just sent."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.answers: dict[bytes, bytes] = {}
        self.noise: Iterator[bytes] = iter(())
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                line.settimeout(0.02)
                while True:
                    try:
                        data = line.recv(4096)
                        if not data:
                            break
                        for question, answer in self.answers.items():
                            for _ in range(data.count(question)):
                                line.sendall(answer)
                    except TimeoutError:
                        pass
                    except OSError:
                        break
                    try:
                        line.sendall(next(self.noise, b""))
                    except OSError:
                        break

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def liar() -> Iterator[Liar]:
    made = Liar()
    yield made
    made.close()


WELL_ANSWERS = {bytes((0x10, 4, n)): b"\x12" for n in (1, 2, 3, 4)}


def test_automatic_status_that_nobody_asked_for_does_not_pass_for_a_printed_ticket(
    liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some printers have it on from the factory; and the paper of this one never comes."""
    monkeypatch.setattr(device, "JOB_SECONDS", 0.5)
    liar.answers = {**WELL_ANSWERS, b"\x1dr\x01": b"\x00"}
    printer = open_printer(NetworkPrinter("127.0.0.1", liar.port, 80))
    assert printer.state() == "ready"
    liar.answers = WELL_ANSWERS
    liar.noise = iter([COVER_OPEN] * 1000)
    assert printer.print(JOB) == "unknown"
    liar.noise = iter([COVER_OPEN[1:]] * 1000)  # and its first byte was lost on the way
    assert printer.print(JOB) == "unknown"


def nonsense(seed: int) -> Iterator[bytes]:
    """Bytes of any kind but those of a valid answer."""
    chance = random.Random(seed)
    silly = [byte for byte in range(256) if byte & 0x93 != 0x12 and byte & 0x90]
    while True:
        yield bytes(chance.choices(silly, k=chance.randrange(1, 400)))


def test_no_nonsense_makes_a_state_or_a_printed_ticket(liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also during a job, and within the bound that is stated."""
    monkeypatch.setattr(device, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(device, "JOB_SECONDS", 0.2)
    printer = open_printer(NetworkPrinter("127.0.0.1", liar.port, 80))
    liar.noise = nonsense(1)
    for _ in range(2):
        begun = time.monotonic()
        assert printer.state() == "silent"
        assert printer.print(JOB) == "failed"
        assert time.monotonic() - begun < 2
    liar.answers, liar.noise = {**WELL_ANSWERS, b"\x1dr\x01": b"\x00"}, iter(())
    assert printer.state() == "ready"
    liar.answers, liar.noise = WELL_ANSWERS, nonsense(2)
    begun = time.monotonic()
    assert printer.print(JOB) == "unknown"
    assert time.monotonic() - begun < 3


def test_what_nobody_asks_for_is_kept_up_to_a_limit(tmp_path: Path) -> None:
    with VirtualPrinter(tmp_path / "paper") as paper, cable("serial", paper, tmp_path) as laid:
        wire = SerialWire(laid.printer)  # type: ignore[arg-type]
        wire.open()
        wire.rest()
        lines = []
        while not lines:
            lines.extend(paper._connections)
        for _ in range(100):
            lines[0].sendall(b"\xff" * 400)
        time.sleep(0.2)
        kept = wire.unasked()
        wire.close()
    assert 1000 < len(kept) <= 4096


@pytest.mark.parametrize("wire", OPEN)
def test_a_line_that_babbles_between_tickets_fills_no_memory_and_holds_up_no_ticket(
    wire: WireName, tmp_path: Path
) -> None:
    with rig(wire, tmp_path) as kiosk:
        babble = nonsense(3)
        stop = time.monotonic() + 0.3
        grown = 0
        tracemalloc.start()
        try:
            while time.monotonic() < stop:
                for line in list(kiosk.paper._connections):
                    line.sendall(next(babble))
                kiosk.turn()
                time.sleep(0.001)
            grown = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        assert grown < 500_000
        assert kiosk.told.printer in WELL
        kiosk.act(Touched("1.1"))
        assert isinstance(kiosk.state.page, Printing)
        kiosk.until("a ticket", lambda: isinstance(kiosk.state.page, Taken))
        assert [fact.proof for fact in kiosk.facts()] == ["paper"]  # type: ignore[union-attr]
