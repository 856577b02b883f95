"""The receipt of a case, and the slip of the documents that it lacks: one page A5 each, for any printer.

What is missing is asked for once, on one slip.  Neither page bears a citizen's name or contact: whoever finds it learns
nothing of a person.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import BinaryIO

from broker.centre import Centre
from broker.language.catalogue import plurals, words
from broker.language.dates import clock, long_date
from broker.language.lists import listed
from broker.language.web import STYLE, mark
from broker.messages import Document
from display.cases.channels import NOTICE
from display.ledger.case_table import unconfirmed
from display.ledger.cases import CaseLine

_PAGE = Path(__file__).with_name("case.html")


def receipt(case: CaseLine, officer: str, centre: Centre, language: str) -> str:
    """What the citizen takes home: number, what was handed in, by when it is forwarded and answered."""
    _ = words(language)
    deadlines = centre.cases.of(case.matter)
    facts = [*_filing(case, officer, centre, language)]
    for name, due, deadline in (
        (_("To be forwarded by"), case.forward_due, deadlines.forward),
        (_("To be answered by"), case.answer_due, deadlines.answer),
    ):
        if due and deadline:
            facts.append((name, f"{long_date(due, language)} ({_working_days(deadline.days, language)})", "due"))
    held, asked = _documents(case, language)
    begins = _begins(case, centre, language) if asked[1] else []
    notes = [*begins, *unconfirmed([case.forward_due, case.answer_due], centre, language), _(NOTICE)]
    return _page(_("Receipt of your case"), case, centre, language, facts, [held, asked], notes)


def missing(case: CaseLine, officer: str, centre: Centre, language: str) -> str:
    """What the citizen is asked to bring, all at once."""
    _ = words(language)
    held, asked = _documents(case, language)
    facts = [*_filing(case, officer, centre, language)]
    points = [str(point) for point in centre.service(case.service).points]
    where = (_("Points {points}") if len(points) > 1 else _("Point {points}")).format(points=listed(points, language))
    facts.append((_("Where to bring them"), where, ""))
    notes = _begins(case, centre, language)
    return _page(_("Documents to bring"), case, centre, language, facts, [asked, held], notes)


def write(page: str, file: Path | BinaryIO) -> None:
    """Set it as a PDF.  Raises `OSError` where it cannot be written."""
    logging.getLogger("weasyprint").setLevel(logging.WARNING)  # it tells each step of its own, the first at its import
    from weasyprint import HTML  # noqa: PLC0415 -- half a second that only a printed page needs

    HTML(string=page).write_pdf(file)


def _documents(case: CaseLine, language: str) -> tuple[tuple[str, list[Document]], tuple[str, list[Document]]]:
    """Those that are here, and those that are asked for, each under its head."""
    _ = words(language)
    here = [document for document in case.documents if document.held]
    lacking = [document for document in case.documents if not document.held]
    return (_("We have already received"), here), (_("Please bring all of these together"), lacking)


def _begins(case: CaseLine, centre: Centre, language: str) -> list[str]:
    """When the time begins, where that is not at once."""
    forward = centre.cases.of(case.matter).forward
    waits = forward is not None and forward.start == "complete"
    return [words(language)("The time to forward your case begins when all documents are here")] if waits else []


def _filing(case: CaseLine, officer: str, centre: Centre, language: str) -> Iterable[tuple[str, str, str]]:
    _ = words(language)
    filed: dt.datetime = case.filed.astimezone(centre.zone)
    yield _("Filed"), f"{long_date(filed.date(), language)} {clock(filed.time(), language)}", ""
    yield _("Service"), f"{case.service} {centre.service(case.service).name.get(language, '')}".strip(), ""
    yield _("Received by"), officer, ""


def _page(
    title: str,
    case: CaseLine,
    centre: Centre,
    language: str,
    facts: Iterable[tuple[str, str, str]],
    lists: Iterable[tuple[str, Sequence[Document]]],
    notes: Iterable[str],
) -> str:
    _ = words(language)
    page = Template(_PAGE.read_text("utf-8")).substitute(
        language=language,
        lines=STYLE,
        font=escape(centre.centre.font),
        centre=escape(_name(centre, language)),
        title=escape(title),
        numbered=escape(_("Case number")),
        number=case.written,
        facts="".join(f'<tr><th>{escape(name)}<td class="{kind}">{escape(what)}</tr>' for name, what, kind in facts),
        lists="".join(_list(head, documents) for head, documents in lists),
        notes="".join(f'<p class="note">{escape(note)}</p>' for note in notes),
    )
    return mark(page)


def _list(head: str, documents: Sequence[Document]) -> str:
    if not documents:
        return ""
    lines = (f'<li><span class="box{" held" if d.held else ""}"></span>{escape(d.name)}</li>' for d in documents)
    return f"<h2>{escape(head)}</h2><ul>{''.join(lines)}</ul>"


def _working_days(count: int, language: str) -> str:
    return plurals(language)("{count} working day", "{count} working days", count).format(count=count)


def _name(centre: Centre, language: str) -> str:
    return centre.centre.name.get(language) or next(iter(centre.centre.name.values()))
