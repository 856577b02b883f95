"""The table of printer faults, as data: what citizen, staff and ledger see of each.

`tests/test_kiosk_printer_table.py` plays every row at a real kiosk core; `make faults` prints it under its figures.
Words are msgids of the catalogues; they are shown in each language of the centre.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from broker.language.catalogue import words
from broker.words import PrinterState
from display.alerts import PRINTER

When = Literal["before", "mid-ticket", "after"]
Then = Literal["mended", "number taken", "number taken, then mended", "left"]
WireName = Literal["network", "serial", "usb"]
ALL: tuple[WireName, ...] = ("network", "serial", "usb")
LINES: tuple[WireName, ...] = ("serial", "usb")
LANGUAGES = ("th", "en")

REMEMBER = "Please remember or photograph this number"
OUT = "The printer has run out of paper"
CANNOT = "The printer cannot print now"
TAKE, WAIT = "Please take your ticket", "Please wait until your number is called on the screen"
IN_QUEUE = "Your number is in the queue"


@dataclass(frozen=True)
class Row:
    """One fault of one ticket, and its end.

    ``fault``: as of `paper_rig.Rig.trouble`.  ``state``: in the kiosk's health while it lasts; `display.alerts` has its
    words on the board.  ``glass``: title and hint while it lasts.  ``ledger``: the one fact about the number, at the
    end.  ``papers``: whole ones that came out, of which ``copies`` are marked as copies.
    """

    fault: str
    name: str
    when: When
    wires: tuple[WireName, ...]
    state: PrinterState
    glass: tuple[str, str]
    then: Then
    ledger: Literal["issued on paper", "issued from the screen", "voided"]
    papers: int
    copies: int


def _failing(
    fault: str, name: str, state: PrinterState, when: When, *, wires: tuple[WireName, ...] = ALL, papers: int = 1
) -> Row:
    """No paper: the number stands on the glass, and comes as a copy once staff has seen to the printer."""
    hint = OUT if state == "paper_out" else CANNOT
    return Row(fault, name, when, wires, state, (REMEMBER, hint), "mended", "issued on paper", papers, 1)


def _harmless(fault: str, name: str, state: PrinterState, when: When) -> Row:
    return Row(fault, name, when, ALL, state, (TAKE, WAIT), "mended", "issued on paper", 1, 0)


def _paper_out(then: Then, ledger: Literal["issued from the screen", "voided"], papers: int) -> Row:
    return Row("paper_out", "paper out", "before", ALL, "paper_out", (REMEMBER, OUT), then, ledger, papers, papers)


TABLE = (
    _harmless("near_end", "paper near its end", "near_end", "before"),
    _failing("paper_out", "paper out", "paper_out", "before"),
    _paper_out("number taken", "issued from the screen", 0),
    _paper_out("number taken, then mended", "issued from the screen", 1),
    _paper_out("left", "voided", 0),
    _failing("paper_out", "paper out", "paper_out", "mid-ticket"),
    _harmless("paper_out", "paper out", "paper_out", "after"),
    _failing("cover_open", "cover open", "cover_open", "before"),
    _failing("cover_open", "cover open", "cover_open", "mid-ticket"),
    _harmless("cover_open", "cover open", "cover_open", "after"),
    _failing("cutter", "cutter or another error", "unknown", "before"),
    _failing("cutter", "cutter or another error", "unknown", "mid-ticket"),
    # what the printer still holds is printed when it comes to itself: the ticket, and after it its copy
    _failing("stuck", "head stuck, says all is well", "silent", "mid-ticket", papers=2),
    _failing("silent", "does not answer", "silent", "before"),
    _failing("silent", "does not answer", "silent", "mid-ticket", papers=2),
    _failing("nonsense", "answers nonsense", "silent", "before"),
    _failing("nonsense", "answers nonsense", "silent", "mid-ticket", papers=2),
    _failing("pulled", "cable pulled", "offline", "before"),
    _failing("pulled", "cable pulled", "offline", "mid-ticket", wires=("network",)),
    _failing("pulled", "cable pulled", "offline", "mid-ticket", wires=LINES, papers=2),
    _failing("off", "its power off", "silent", "before", wires=("network", "serial")),
    _failing("off", "its power off", "silent", "mid-ticket", wires=("network", "serial")),
    _failing("off", "its power off", "offline", "before", wires=("usb",)),
    _failing("off", "its power off", "offline", "mid-ticket", wires=("usb",)),
)


def told() -> str:
    """The table for a terminal: three lines a fault."""
    return "What citizen, staff and ledger see of the printer's faults\n\n" + "\n".join(_lines())


def _lines() -> Iterator[str]:
    for row in TABLE:
        wires = "" if row.wires == ALL else f" ({', '.join(row.wires)})"
        yield f"{row.name}, {row.when}{wires}; {row.then}"
        yield "    citizen  " + " | ".join(": ".join(words(each)(text) for text in row.glass) for each in LANGUAGES)
        board = " | ".join(words(each)(PRINTER[row.state]).format(node="kiosk-1") for each in LANGUAGES)
        yield f"    staff    {row.state}; board: {board}"
        copies = ", a copy" if row.copies == 1 == row.papers else ", one of them a copy" if row.copies else ""
        yield f"    ledger   {row.ledger}, once; whole tickets out: {row.papers}{copies}"
