"""Every row of the table of printer faults, played at a real kiosk core over a real wire."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from paper_rig import CENTRE, Rig, rig
from printer_table import ALL, IN_QUEUE, LANGUAGES, REMEMBER, TABLE, Row, WireName, told

import kiosk.press
import kiosk.printer
from broker.guide.pages import html
from broker.language.catalogue import words
from broker.messages import Status, TicketIssued, TicketVoided
from display.alerts import PRINTER, alerts
from kiosk.pages import Fault, Home, NumberTaken, Printing, Taken, TimeUp, Touched

NOTICE = "The printer cannot print now. Your number will be shown on this screen."
# where the wire makes no difference a row is played on one, the next row on the next
PLAYED = {
    f"{row.fault}, {row.when}, {row.then}, {wire}": (row, wire)
    for n, row in enumerate(TABLE)
    for wire in ((ALL[n % 3],) if row.wires == ALL else row.wires)
}


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch, row: Row | None) -> None:
    told()  # reads the catalogues, once
    for module, name, seconds in (
        (kiosk.printer, "ANSWER_SECONDS", 0.15),
        (kiosk.printer, "JOB_SECONDS", 0.6),
        (kiosk.printer, "_LOOK_SECONDS", 0.05),
        (kiosk.press, "SETTLE_SECONDS", 0.02),
        (kiosk.press, "CALM_SECONDS", 0.05),
        (kiosk.press, "TOLD_SECONDS", 0.05),
        (kiosk.press, "FAULTY_SECONDS", 0.4 if row and row.fault == "stuck" else 0.05),  # it would look well again
    ):
        monkeypatch.setattr(module, name, seconds)


@pytest.fixture
def row() -> None:
    """None where no row is played."""


def board(kiosk: Rig, language: str) -> tuple[str, ...]:
    return alerts({"kiosk-1": Status(online=True, role="kiosk", software="0", health=kiosk.told)}, (), language, 4000)


def break_it(kiosk: Rig, row: Row) -> None:
    if row.when == "before":
        kiosk.trouble(row.fault)
        kiosk.until("the fault", lambda: kiosk.told.printer == row.state)
        notice = words("th")(NOTICE) if row.glass[0] == REMEMBER else ""
        assert kiosk.glass("th")[1] == notice
    if row.when == "mid-ticket":
        kiosk.paper.halt()
    kiosk.act(Touched("1.1"))
    assert isinstance(kiosk.state.page, Printing)
    if row.when == "mid-ticket":
        kiosk.until("paper under the head", lambda: kiosk.paper.halted)
        kiosk.trouble(row.fault)
        kiosk.paper.go_on()
    if row.when == "after":
        kiosk.until("the ticket", lambda: isinstance(kiosk.state.page, Taken))
        kiosk.trouble(row.fault)
    kiosk.until("what became of it", lambda: isinstance(kiosk.state.page, Fault | Taken))


def end_it(kiosk: Rig, row: Row) -> None:
    if row.then.startswith("number taken"):
        kiosk.act(NumberTaken())
        assert kiosk.glass("en")[0] == IN_QUEUE
    if row.then.endswith("mended"):
        kiosk.trouble("")
        kiosk.until("it is well", lambda: kiosk.told.printer == "ready")
        kiosk.until("the paper", lambda: isinstance(kiosk.state.page, Taken) and kiosk.state.page.paper)
    kiosk.act(TimeUp(kiosk.state.turn))
    assert isinstance(kiosk.state.page, Home)


@pytest.mark.parametrize(("row", "wire"), PLAYED.values(), ids=PLAYED)
def test_what_citizen_staff_and_ledger_see(row: Row, wire: WireName, tmp_path: Path) -> None:
    with rig(wire, tmp_path) as kiosk:
        break_it(kiosk, row)
        kiosk.until("its state", lambda: kiosk.told.printer == row.state)
        owed = row.glass[0] == REMEMBER
        for language in LANGUAGES:
            say = words(language)
            assert kiosk.glass(language) == tuple(say(text) for text in row.glass)
            first, *more = board(kiosk, language)
            assert first == say(PRINTER[row.state]).format(node="kiosk-1")
            assert len(more) == owed, "that a number waits for its paper"
        end_it(kiosk, row)
        kiosk.until("all paper", lambda: len(kiosk.tickets()) == row.papers, 3)
        copies = [ticket for ticket in kiosk.tickets() if b"COPY" in ticket]
        assert (len(copies), kiosk.copies) == (row.copies, row.copies)
        (fact,) = kiosk.facts()
        assert fact.number == "A001"
        seen = {TicketIssued: "issued", TicketVoided: "voided"}[type(fact)]
        proof = {"paper": " on paper", "screen": " from the screen"}.get(getattr(fact, "proof", ""), "")
        assert seen + proof == row.ledger
        assert kiosk.told.unprinted == (row.then == "number taken"), "until the printer is well, and then forgiven"


def test_the_table_says_every_row_in_both_languages() -> None:
    table = told()
    assert table.count("citizen  ") == len(TABLE)
    assert "เครื่องพิมพ์" in table
    assert "Please remember" in table


def test_the_guide_names_every_word_that_the_board_has_for_a_printer() -> None:
    guide = re.sub("<[^>]*>", "", html(CENTRE))
    for text in PRINTER.values():
        assert words("th")(text).removeprefix("{node}: ") in guide
