"""A case's paper out of a real press at a printer's wire, and what the desk is then told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from msgspec.structs import replace
from paper_rig import FONT, Rig, rig
from test_kiosk_case_prints import WISH
from tickets import CENTRE, able

from broker import messages as m
from kiosk import pages
from kiosk.case_prints import PrintCase
from kiosk.case_slip import case_slip
from kiosk.paper import render


def wish(at: Rig, id: str) -> m.Print:
    return replace(WISH, id=id, deadline=at.moment().now + dt.timedelta(seconds=20))


def answered(at: Rig, count: int) -> list[tuple[str, str, str | None]]:
    at.until("an answer", lambda: len(at.answers) >= count)
    return at.answers


def test_the_paper_comes_out_once_and_then_it_is_said(tmp_path: Path) -> None:
    with rig("network", tmp_path) as at:
        at.hear(wish(at, "p1"))
        assert answered(at, 1) == [("p1", "printed", "ready")]
        at.hear(wish(at, "p1"))
        assert answered(at, 2)[1] == ("p1", "printed", "ready")
        (paper,) = at.tickets()
        assert paper.endswith(render(case_slip(WISH, CENTRE), able(80), FONT))


def test_what_the_press_comes_to_too_late_is_not_printed(tmp_path: Path) -> None:
    with rig("network", tmp_path) as at:
        at.press.print(PrintCase(wish(at, "p1"), until=at.moment().at))
        assert answered(at, 1) == [("p1", "late", None)]
        assert at.tickets() == []


def test_out_of_paper_it_is_said_and_a_ticket_of_later_is_printed_as_ever(tmp_path: Path) -> None:
    with rig("network", tmp_path) as at:
        at.trouble("paper_out")
        at.hear(wish(at, "p1"))
        assert answered(at, 1) == [("p1", "not_printed", "paper_out")]
        at.trouble("")
        at.until("a printer that is well", lambda: at.told.printer == "ready")
        at.act(pages.Touched("1.1"))
        at.until("a ticket", lambda: isinstance(at.state.page, pages.Taken))
        assert [b"A001" in ticket for ticket in at.tickets()] == [True]


def test_a_printer_that_stops_in_the_middle_leaves_it_unsure_and_nothing_is_printed_again(tmp_path: Path) -> None:
    with rig("network", tmp_path) as at:
        at.paper.halt()
        at.hear(wish(at, "p1"))
        at.until("half a paper", lambda: at.paper.halted)
        at.trouble("paper_out")
        at.paper.go_on()
        assert answered(at, 1) == [("p1", "unsure", "paper_out")]
        at.trouble("")
        at.until("a printer that is well", lambda: at.told.printer == "ready")
        at.hear(wish(at, "p1"))
        assert answered(at, 2)[1] == ("p1", "unsure", "paper_out")
        assert at.tickets() == []
