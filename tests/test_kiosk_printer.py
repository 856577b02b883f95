"""The printer over a real socket: what it says of itself, and what became of a job."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

import kiosk.printer
from broker.centre_printers import NetworkPrinter, SerialPrinter
from broker.printers import Abilities
from kiosk.paper import render
from kiosk.printer import Printer, open_printer
from kiosk.slip import Line, Number, Rule, Space, Text
from kiosk.virtual_printer import VirtualPrinter

TICKET: tuple[Line, ...] = (Text("บัตรคิว"), Rule(), Number("A015"), Space(5), Text("ที่นั่ง น้ำดื่ม"))
JOB = render(TICKET, Abilities(576), "Loma")


@pytest.fixture
def device(tmp_path: Path) -> Iterator[VirtualPrinter]:
    with VirtualPrinter(tmp_path, rows_a_second=20000) as device:
        yield device


def at(port: int) -> Printer:
    return open_printer(NetworkPrinter("127.0.0.1", port, 80))


def within(seconds: float, true: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


@pytest.mark.parametrize("fault", ["near_end", "paper_out", "cover_open", "offline", "silent"])
def test_each_fault_gives_its_state(device: VirtualPrinter, fault: str) -> None:
    printer = at(device.port)
    device.trouble(fault)
    assert printer.state() == fault
    device.trouble()
    assert printer.state() == "ready"


@pytest.mark.parametrize("fault", ["paper_out", "cover_open", "offline", "silent"])
def test_to_a_printer_in_trouble_nothing_is_sent(device: VirtualPrinter, fault: str) -> None:
    device.trouble(fault)
    printer = at(device.port)
    assert printer.print(JOB) == "failed"
    assert printer.seen == fault
    device.trouble()
    assert not within(0.2, lambda: device.papers > 0)


@pytest.mark.parametrize("fault", [(), ("near_end",)])
def test_a_ticket_that_came_out_is_printed(device: VirtualPrinter, fault: tuple[str, ...]) -> None:
    device.trouble(*fault)
    printer = at(device.port)
    assert printer.state() == (fault[0] if fault else "ready")
    assert printer.print(JOB) == "printed"
    assert device.papers == 1, "it was called printed before it was cut"


def test_each_ticket_leaves_its_bytes_and_its_paper(device: VirtualPrinter) -> None:
    printer = at(device.port)
    for n in (1, 2):
        assert printer.print(JOB) == "printed"
        assert JOB in (device.folder / f"{n}.escpos").read_bytes()
        with Image.open(device.folder / f"{n}.png") as paper:
            assert paper.width == 640
            assert paper.getextrema() == (0x28, 255)
    assert not list(device.folder.glob(".*"))


@pytest.mark.parametrize("fault", ["paper_out", "cover_open", "silent", "stuck", "offline"])
def test_trouble_in_the_middle_of_a_ticket_is_never_called_printed(
    tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk.printer, "JOB_SECONDS", 2.0)
    with VirtualPrinter(tmp_path, rows_a_second=400) as device:
        printer = at(device.port)
        assert printer.state() == "ready"
        outcome: list[str] = []
        begin = time.monotonic()
        work = threading.Thread(target=lambda: outcome.append(printer.print(JOB)))
        work.start()
        assert within(2, lambda: device.rows > 40)
        device.trouble(fault)
        work.join(10)
        assert outcome == ["unknown"]
        assert printer.seen == {"stuck": "silent"}.get(fault, fault)
        assert time.monotonic() - begin < 8
        assert device.papers == 0


class LastOfTheRoll(VirtualPrinter):
    """Its paper ends the moment the ticket is done."""

    def answer(self, n: int) -> None:
        if self.papers:
            self.trouble("paper_out")  # before the answer: whoever has it looks again at once
        super().answer(n)


def test_a_ticket_with_which_the_roll_ends_is_printed(tmp_path: Path) -> None:
    with LastOfTheRoll(tmp_path, rows_a_second=20000) as device:
        printer = at(device.port)
        assert printer.state() == "ready"
        assert printer.print(JOB) == "printed"
        assert printer.seen == "paper_out"
        assert device.papers == 1


def test_paper_put_back_leaves_the_ticket_torn_and_the_next_one_whole(tmp_path: Path) -> None:
    with VirtualPrinter(tmp_path, rows_a_second=400) as device:
        printer = at(device.port)
        work = threading.Thread(target=printer.print, args=(JOB,))
        work.start()
        assert within(2, lambda: device.rows > 40)
        device.trouble("paper_out")
        work.join(10)
        device.trouble()
        assert printer.print(JOB) == "printed"
        assert within(1, (tmp_path / "3.png").exists)
    with VirtualPrinter(tmp_path) as again:
        assert again.papers == 3, "started again, it counts on"
    with Image.open(tmp_path / "1-torn.png") as torn, Image.open(tmp_path / "3.png") as whole:
        assert torn.height < whole.height
    with Image.open(tmp_path / "2.png") as cut_off:
        assert cut_off.getextrema() == (255, 255), "what hung out of it came first, by itself"


def test_a_printer_that_does_not_know_gs_r_can_still_print(tmp_path: Path) -> None:
    with VirtualPrinter(tmp_path, rows_a_second=20000, answers_in_order=False) as device:
        printer = at(device.port)
        assert printer.state() == "ready"
        assert printer.print(JOB) == "printed"
        assert device.papers == 1


def test_such_a_printer_s_last_word_counts(tmp_path: Path) -> None:
    with VirtualPrinter(tmp_path, rows_a_second=400, answers_in_order=False) as device:
        printer = at(device.port)
        outcome: list[str] = []
        work = threading.Thread(target=lambda: outcome.append(printer.print(JOB)))
        work.start()
        assert within(2, lambda: device.rows > 40)
        device.trouble("paper_out")
        work.join(10)
    assert (outcome, printer.seen) == (["unknown"], "paper_out")


def test_a_peer_that_closes_is_offline_and_never_paper_adequate() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def close_at_once() -> None:
            connection, _ = server.accept()
            connection.recv(3)
            connection.close()

        threading.Thread(target=close_at_once, daemon=True).start()
        printer = at(server.getsockname()[1])
        assert printer.print(JOB) == "failed"
        assert printer.seen == "offline"


def test_answers_of_another_kind_are_not_taken_for_status() -> None:
    """A web server on the printer's port, or noise: bytes that no printer says."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(3)
                while connection.recv(64):
                    connection.sendall(b"\xff\x91HTTP")

        threading.Thread(target=babble, daemon=True).start()
        assert at(server.getsockname()[1]).state() == "silent"


def test_a_serial_printer_that_is_not_there_is_offline(tmp_path: Path) -> None:
    printer = open_printer(SerialPrinter(str(tmp_path / "ttyUSB9"), 9600, 80))
    assert printer.state() == "offline"
    assert printer.print(JOB) == "failed"


def test_a_serial_printer_prints_and_is_known_by_its_answers(device: VirtualPrinter) -> None:
    """A pseudo-terminal stands for the line: its far end is the virtual printer's socket."""
    far, near = os.openpty()
    tty.setraw(near)
    wire = socket.create_connection(("127.0.0.1", device.port), 2)

    def carry(read: Callable[[int], bytes], write: Callable[[bytes], object]) -> None:
        with contextlib.suppress(OSError):
            while data := read(4096):
                write(data)

    for read, write in ((lambda n: os.read(far, n), wire.sendall), (wire.recv, lambda data: os.write(far, data))):
        threading.Thread(target=carry, args=(read, write), daemon=True).start()
    printer = open_printer(SerialPrinter(os.ttyname(near), 115200, 80))
    assert printer.state() == "ready"
    assert printer.print(JOB) == "printed"
    assert device.papers == 1
    device.trouble("paper_out")
    assert printer.print(JOB) == "failed"
    wire.close()
    os.close(far)
    assert printer.state() == "offline"
    os.close(near)


def test_status_is_answered_in_the_middle_of_a_picture_and_gs_r_only_after_it(tmp_path: Path) -> None:
    with (
        VirtualPrinter(tmp_path, rows_a_second=500) as device,
        socket.create_connection(("127.0.0.1", device.port), 2) as wire,
    ):
        wire.settimeout(3)
        picture = b"\x1dv0\x00\x01\x00\x90\x01" + b"\x80" * 400  # 400 rows, 0.8 s
        begin = time.monotonic()
        wire.sendall(picture + b"\x1dr\x01" + b"\x10\x04\x01")
        assert wire.recv(1) == b"\x12"
        first = time.monotonic() - begin
        assert wire.recv(1) == b"\x00"
        assert first < 0.75 < time.monotonic() - begin


def test_the_paper_out_bits_are_those_of_the_manual(device: VirtualPrinter) -> None:
    device.trouble("paper_out")
    with socket.create_connection(("127.0.0.1", device.port), 2) as wire:
        wire.settimeout(2)
        answers = []
        for n in (1, 2, 3, 4):
            wire.sendall(bytes((0x10, 0x04, n)))
            answers += wire.recv(1)
    assert answers == [0x1A, 0x32, 0x12, 0x7E]


def test_it_sets_the_printer_s_own_type_and_feeds(device: VirtualPrinter) -> None:
    with socket.create_connection(("127.0.0.1", device.port), 2) as wire:
        wire.sendall(b"\x1b@\x1ba\x01\x1d!\x11A015\x1d!\x00\nthanks\x1bd\x02\x1dVA\x00")
        assert within(2, lambda: device.papers == 1)
    with Image.open(device.folder / "1.png") as paper:
        left, top, right, bottom = paper.point(lambda level: 255 - level).getbbox() or (0, 0, 0, 0)
        assert abs((left + right) - paper.width) < 20, "centred"
        assert bottom - top > 48
        assert paper.height == 104 + 48 + 30 + 30 + 104


def test_automatic_status_tells_a_cover_that_opens(device: VirtualPrinter) -> None:
    with socket.create_connection(("127.0.0.1", device.port), 2) as wire:
        wire.settimeout(2)
        wire.sendall(b"\x1da\x04")
        assert wire.recv(4) == b"\x10\x00\x00\x00"
        device.trouble("cover_open")
        assert wire.recv(4) == b"\x38\x00\x00\x00"


def test_a_running_printer_is_told_its_faults_from_outside(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kiosk.virtual_printer"]
    arguments = ["--port", "0", "--control", "0", "--folder", str(tmp_path)]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            words = running.stdout.readline().replace(",", " ").split()
            port, control = (int(word.rpartition(":")[2]) for word in words if word.startswith("127.0.0.1:"))

            def told(*faults: str) -> subprocess.CompletedProcess[str]:
                tell = [*command, "--tell", f"127.0.0.1:{control}", *faults]
                return subprocess.run(tell, capture_output=True, text=True, timeout=10)

            assert told("paper_out").stdout == "ok paper_out\n"
            assert at(port).state() == "paper_out"
            assert told("ready").returncode == 0
            assert at(port).state() == "ready"
            wrong = told("on_fire")
            assert (wrong.returncode, "there are near_end, paper_out" in wrong.stderr) == (1, True)
        finally:
            running.terminate()
        assert running.wait(5) == 0


def test_a_ticket_after_one_torn_by_its_wire_is_whole_and_alone(tmp_path: Path) -> None:
    """The printer has half a picture, and waits for the rest of it on whatever line it comes."""
    half = len(JOB) // 2

    def carry_half(server: socket.socket) -> None:
        with server.accept()[0] as kiosk, socket.create_connection(("127.0.0.1", device.port), 2) as wire:
            for _ in range(4):  # questions before a ticket
                wire.sendall(kiosk.recv(3))
                kiosk.sendall(wire.recv(1))
            wire.sendall(kiosk.recv(half, socket.MSG_WAITALL))

    with VirtualPrinter(tmp_path, rows_a_second=20000) as device:
        assert at(device.port).print(JOB) == "printed"
        server = socket.create_server(("127.0.0.1", 0))
        printer = at(server.getsockname()[1])
        relay = threading.Thread(target=carry_half, args=(server,))
        relay.start()
        assert printer.print(JOB) == "unknown"
        relay.join(5)
        server.close()
        printer._wire._printer.port = device.port  # type: ignore[attr-defined]  # the cable is mended
        assert printer.print(JOB) == "printed"
        assert within(1, (tmp_path / "3.png").exists)
    with Image.open(tmp_path / "1.png") as whole, Image.open(tmp_path / "3.png") as after:
        assert after.tobytes() == whole.tobytes()
