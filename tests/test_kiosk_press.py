"""The printer's own thread tells what became of each ticket."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from broker.centre_printers import NetworkPrinter
from kiosk.pages import Print, Printed, PrinterSeen, PrintFailed, Ticket
from kiosk.press import Press, Word
from kiosk.printer import open_printer
from kiosk.virtual_printer import VirtualPrinter

NOW = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
WISH = Print(7, Ticket(1, "A001", "1.1", NOW.date(), NOW), "th", copy=False)
TICKET = b"\x1b@A001\n\x1dV\x00"


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[VirtualPrinter]:
    with VirtualPrinter(tmp_path, rows_a_second=20000) as printer:
        yield printer


def words(paper: VirtualPrinter, job: bytes | Exception, count: int) -> list[Word]:
    """What the press says first, given one ticket to print."""

    def draw(_wish: Print) -> bytes:
        if isinstance(job, Exception):
            raise job
        return job

    heard: SimpleQueue[Word] = SimpleQueue()
    printer = open_printer(NetworkPrinter(host=paper.host, port=paper.port, paper_mm=80))
    press = Press(printer, draw, heard.put)
    press.start()
    press.print(WISH)
    said = [heard.get(timeout=20) for _ in range(count)]
    press.stop()
    return said


def test_it_looks_at_the_printer_then_prints(paper: VirtualPrinter) -> None:
    assert words(paper, TICKET, 2) == [PrinterSeen("ready"), Printed(7)]


def test_a_ticket_that_did_not_print_is_told_with_the_reason(paper: VirtualPrinter) -> None:
    paper.trouble("cover_open")
    assert words(paper, TICKET, 2) == [PrinterSeen("cover_open"), PrintFailed(7, "cover_open")]


def test_a_fault_of_our_own_is_handed_on_so_that_the_kiosk_ends_by_it(paper: VirtualPrinter) -> None:
    fault = KeyError("no such service")
    assert words(paper, fault, 2) == [PrinterSeen("ready"), fault]
