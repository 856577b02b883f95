"""`make thai`, paper: every ticket printed by the virtual printer, looked at, read back and weighed."""

from __future__ import annotations

from pathlib import Path

from thai_page import Picture, Section, Table
from ticket_eyes import ALIKE, BEHIND, HARD, LETTERS, WORDS, Reading, Score, alike, look, other_hand
from tickets import FONT, PROFILES, QUARTER, Printed, Ticket, able, every_ticket

from kiosk.paper import render
from kiosk.raster import picture
from kiosk.sizes import POINTS, type_dots
from kiosk.slip import Line, Space, Text

BITS_A_BYTE, BAUD = 10, 115200  # on a serial line: start and stop bit too

_SIZES = ", ".join(f"{size} {points} pt ({points * 25.4 / 72:.1f} mm)" for size, points in POINTS.items())
TEXT = f"""
Every ticket of the shipped centre (each service, Thai and English, first print and priority copy, 58 and 80 mm, with a
profile and without, set in the middle and at the left edge) is printed by the virtual printer, which decodes the bytes
without knowing the encoder.  Tesseract
(tha+eng) reads the lines, and as a baseline the same words set at 300 dots an inch; zbar reads the code.
Bounds: {LETTERS:.0%} of letters and {WORDS:.0%} of words right, at most {BEHIND:.0%} of letters behind the baseline,
number and code exact, {QUARTER:.0%} of a full raster's bytes.  Hard words are compared dot by dot with Pango's setting:
{ALIKE:.1%} of the dots of each within one dot of the other's.
Sizes: {_SIZES}, the number as large as the paper allows.
Not proved: how the type of a real printer looks, how black it is, and how old eyes fare.
""".strip()


def section(folder: Path) -> Section:
    """Takes a minute or two."""
    readings = {ticket: look(ticket, ticket.paper) for ticket in every_ticket()}
    faults = [fault for ticket, reading in readings.items() for fault in reading.faults(ticket)]
    faults += [
        f"{ticket}: {len(ticket.job)} bytes are more than {QUARTER:.0%} of {ticket.full_raster}"
        for ticket in readings
        if len(ticket.job) > QUARTER * ticket.full_raster
    ]
    hard, unlike = _hard_words()
    pictures = [*_tickets(folder), *_sheets(folder)]
    tables = (_read(readings), _codes(readings), _bytes(list(readings)), hard)
    return Section("Paper", TEXT, tables, tuple(pictures), faults=(*faults, *unlike))


def _tickets(folder: Path) -> list[Picture]:
    """One service's, of each kind."""
    shown = []
    for ticket in every_ticket():
        if ticket.service == "1.1":
            paper, name = ticket.paper, f"{ticket}.png".replace(" ", "-")
            paper.save(folder / name, dpi=(ticket.able.dpi, ticket.able.dpi))
            shown.append(Picture(name, f"{ticket}: {paper.height / ticket.able.dpi * 25.4:.0f} mm long"))
    return shown


def _sheets(folder: Path) -> list[Picture]:
    """The hard words at every size, on both papers."""
    lines: list[Line] = []
    for size in POINTS:
        for bold in (False, True):
            lines += [Text(" ".join(HARD), size, bold), Space(2)]
    shown = []
    for paper_mm in PROFILES:
        (paper,) = Printed(render(lines, able(paper_mm), FONT), paper_mm).papers
        paper.save(folder / f"hard-words-{paper_mm}.png", dpi=(203, 203))
        shown.append(Picture(f"hard-words-{paper_mm}.png", f"Hard words, regular and bold, {paper_mm} mm"))
    return shown


def _hard_words() -> tuple[Table, list[str]]:
    rows, faults = [], []
    columns = {size: other_hand(HARD, type_dots(size, 203)) for size in POINTS}
    for n, word in enumerate(HARD):
        parts = {s: alike(picture([Text(word, s)], able(80), FONT), hands[n]) for s, hands in columns.items()}
        rows.append((word, *(f"{part:.1%}" for part in parts.values())))
        faults += [f"{word}, {size}: {part:.1%} as Pango sets it" for size, part in parts.items() if part < ALIKE]
    head = ("word", *(f"{size}, {points} pt" for size, points in POINTS.items()))
    return Table("Dots within one dot of Pango's setting of the same word", head, tuple(rows)), faults


def _read(readings: dict[Ticket, Reading]) -> Table:
    def row(name: str, score: Score, clean: Score, numbers: str) -> tuple[str, ...]:
        return (name, *(f"{part:.1%}" for s in (score, clean) for part in (s.of_letters, s.of_words)), numbers)

    rows = [row(str(ticket), one.score, one.clean, one.number) for ticket, one in readings.items()]
    total = (
        sum((one.score for one in readings.values()), Score()),
        sum((one.clean for one in readings.values()), Score()),
    )
    rows.append(row(f"all {len(readings)}", *total, ""))
    head = ("ticket", "letters", "words", "letters, 300 dpi", "words, 300 dpi", "number")
    return Table("What tesseract reads", head, tuple(rows))


def _codes(readings: dict[Ticket, Reading]) -> Table:
    rows: dict[tuple[str, str], int] = {}
    for ticket, one in readings.items():
        key = ("the printer's own" if ticket.able.qr else "picture", one.code)
        rows[key] = rows.get(key, 0) + 1
    return Table("What zbar reads", ("code", "text", "papers"), tuple((*key, str(n)) for key, n in rows.items()))


def _bytes(tickets: list[Ticket]) -> Table:
    rows = []
    for ticket in tickets:
        sent, full = len(ticket.job), ticket.full_raster
        seconds = (f"{count * BITS_A_BYTE / BAUD:.2f} s" for count in (sent, full))
        rows.append((str(ticket), str(sent), str(full), f"{sent / full:.1%}", *seconds))
    head = ("ticket", "bytes", "full raster", "part", f"at {BAUD} baud", "full raster")
    return Table("Bytes, and the time they take on a serial line (reckoned)", head, tuple(rows))
