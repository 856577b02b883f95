"""What is filled in about cases: a filing, a step, a checklist, a contact (pure).

Every function puts the faults it finds into its form, in the visitor's language, and gives None where there are any.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from broker import messages as m
from broker.centre import Centre
from broker.language.catalogue import N_
from broker.words import CaseStep, Id, Note, Paper
from display.cases import channels
from display.cases.channels import CHANNELS, Channel, WrongContact
from display.cases.states import filing
from display.cases.words import MATTERS
from display.desk.contacts import Contact
from display.desk.page import Form

PAPERS = 8  # lines of a new checklist
MORE_PAPERS = 3  # empty ones below a checklist that there is
MOST_PAPERS = 20  # of `broker.messages.Documents`
GOING = dt.timedelta(days=14)  # so long before a contact goes, an open case says so
NOBODY = "none"  # of ``channel``: the citizen leaves no contact
KEEP = dt.timedelta(days=90)  # a contact, if nobody chooses another day
LONGEST = dt.timedelta(days=366)
CHOOSE = N_("Please choose one.")
PAPER = N_("Up to 80 characters, on one line.")
TWICE = N_("This document stands here twice.")
NOT_LATER = N_("A day after {day}, please.")
ERASED = N_("A day after today, within a year.")
NOT_YET = N_("This day has not come yet.")
BEFORE = N_("Before the step that came before it.")
LINE = N_("Up to 120 characters, on one line.")
PERSONAL = N_("No telephone number, no identity number and no e-mail address, please: they belong into the contact.")
_PERSONAL = re.compile(r"@|(?:\d[ .-]?){7}")
Say = Callable[[str], str]


@dataclass(frozen=True)
class Reading:
    """By whom, when and for which centre a form is read."""

    centre: Centre
    who: str
    now: dt.datetime
    say: Say
    language: str

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(self.centre.zone).date()


def labels(say: Say, papers: int) -> dict[str, str]:
    """Each field of these forms as people read it; ``papers``: lines of the checklist."""
    named = {
        "case": "", "visit": "", "expects": "",
        "service": say(N_("Service")),
        "matter": say(N_("Matter")),
        "name": say(N_("Name and surname")),
        "channel": say(N_("How shall we tell the outcome?")),
        "value": say(N_("Number or address")),
        "erase_on": say(N_("Erase the contact on")),
        "day": say(N_("When it happened")),
        "note": say(N_("Remark")),
    }  # fmt: skip
    for n in range(papers):
        named[f"paper{n}"] = say(N_("Document {n}")).format(n=n + 1)
        named[f"held{n}"] = say(N_("Received"))
    return named


def filed(form: Form, read: Reading, papers: int) -> m.CaseFiled | None:
    """The case that the form files."""
    if form["service"] not in [service.id for service in read.centre.services]:
        form.fault("service", read.say(CHOOSE))
    if form["matter"] not in MATTERS:
        form.fault("matter", read.say(CHOOSE))
    documents, note = checklist(form, read.say, papers), remark(form, read.say)
    if form.faults:
        return None
    return m.CaseFiled(
        by=read.who,
        at=read.now,
        case=form["case"],
        service=form["service"],
        matter=form["matter"],  # type: ignore[arg-type]  # one of MATTERS
        visit=form["visit"] or None,
        documents=documents,
        note=note,
    )


def moved(form: Form, read: Reading, case: str, step: CaseStep, last: dt.datetime, papers: int) -> m.CaseMoved | None:
    """The step that the form says; with ``missing`` or ``completed`` what the checklist says decides which.

    ``last``: when the step before it happened.
    """
    documents: tuple[m.Document, ...] = ()
    if step in ("missing", "completed"):
        documents = checklist(form, read.say, papers)
        step = filing(documents)
        if not documents:
            form.fault("paper0", read.say(N_("A checklist has at least one document.")))
    at, note = _moment(form, read, last), remark(form, read.say)
    if step == "withdrawn" and not note:
        form.fault("note", read.say(N_("Please write why: a case that is withdrawn cannot be taken up again.")))
    if form.faults or at is None:
        return None
    expects = int(form["expects"])
    return m.CaseMoved(by=read.who, at=at, case=case, step=step, expects=expects, documents=documents, note=note)


def contact(form: Form, read: Reading, case: str) -> Contact | None:
    """Whom to tell; None too where the citizen leaves no contact."""
    if form["channel"] == NOBODY:
        return None
    if form["channel"] not in CHANNELS:
        form.fault("channel", read.say(CHOOSE))
        return None
    channel: Channel = form["channel"]  # type: ignore[assignment]  # one of CHANNELS
    name, value = form["name"], form["value"]
    try:
        name = channels.name(name)
    except WrongContact as wrong:
        form.fault("name", read.say(str(wrong)))
    try:
        value = channels.reached(channel, value)
    except WrongContact as wrong:
        form.fault("value", read.say(str(wrong)))
    day = erasure(form, read)
    return Contact(case, name, channel, value, read.now, day) if day and not form.faults else None


def erasure(form: Form, read: Reading) -> dt.date | None:
    """The day on which a contact is to be erased."""
    day = form.day("erase_on", read.language)
    if day and not read.today < day <= read.today + LONGEST:
        form.fault("erase_on", read.say(ERASED))
    return day


def remark(form: Form, say: Say) -> str | None:
    """What an officer notes for others.  The ledger keeps it for years, so nothing by which a person is reached."""
    text = " ".join(form["note"].split())
    if not text:
        return None
    try:
        msgspec.convert(text, Note)
    except msgspec.ValidationError:
        form.fault("note", say(LINE))
    if _PERSONAL.search(text):
        form.fault("note", say(PERSONAL))
    return text


def checklist(form: Form, say: Say, papers: int) -> tuple[m.Document, ...]:
    """The lines that are filled in."""
    documents: dict[str, m.Document] = {}
    for n in range(papers):
        name = " ".join(form[f"paper{n}"].split())
        if not name:
            continue
        try:
            msgspec.convert(name, Paper)
        except msgspec.ValidationError:
            form.fault(f"paper{n}", say(PAPER))
        if name in documents:
            form.fault(f"paper{n}", say(TWICE))
        documents[name] = m.Document(name, form[f"held{n}"] == "on")
    return tuple(documents.values())


def filled(documents: Sequence[m.Document]) -> dict[str, str]:
    """A checklist as a form's values."""
    values = {f"paper{n}": document.name for n, document in enumerate(documents)}
    return values | {f"held{n}": "on" for n, document in enumerate(documents) if document.held}


def identified(text: str) -> str | None:
    """An id that a form of ours carries; None for anything else."""
    try:
        return msgspec.convert(text, Id)
    except msgspec.ValidationError:
        return None


def _moment(form: Form, read: Reading, last: dt.datetime) -> dt.datetime | None:
    """Now for today; the end of an earlier day: what was done then came after all else that was noted of it."""
    day = form.day("day", read.language)
    if day is None:
        return None
    if day > read.today:
        form.fault("day", read.say(NOT_YET))
    elif day < last.astimezone(read.centre.zone).date():
        form.fault("day", read.say(BEFORE))
    if day == read.today:
        return read.now
    return dt.datetime.combine(day, dt.time(23, 59), read.centre.zone).astimezone(dt.UTC)
