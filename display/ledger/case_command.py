"""``khiu-hall cases | case | holidays``: cases, their papers, and a year of holidays, at the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from broker import clock, node
from broker.language.catalogue import languages
from broker.store import StoreError, reader
from broker.verbs import Verb, Verbs
from display.cases import numbers
from display.ledger import case_table
from display.ledger.cases import counts, history, numbered, open_cases, overdue
from display.ledger.ledger import FILE
from display.ledger.schema import MIGRATIONS
from display.paper import case as paper

EVERY = 1_000_000  # cases; more than a centre files in a century


def list_cases(argv: Sequence[str]) -> int:
    """Print the open cases, also while the hall runs.  1: there is no ledger, or the file cannot be written."""
    what = "The cases that have not ended, the most urgent first, while the hall runs or not."
    options = node.questions("khiu-hall cases", what)
    options.add_argument("--overdue", action="store_true", help="only those that are late")
    options.add_argument("--csv", type=Path, metavar="FILE", help="write them as CSV (UTF-8) instead")
    options.add_argument("--language", choices=languages(), help="(default: the centre's first)")
    given = options.parse_args(argv)
    setting = node.from_options("hall", given, reads=True)
    centre, language = setting.centre, given.language or setting.centre.centre.languages[0]
    today = clock.now().astimezone(centre.zone).date()
    try:
        with closing(reader(setting.state / FILE, MIGRATIONS)) as ledger:
            ledger.execute("BEGIN")  # one moment, whatever the hall writes meanwhile
            lines = overdue(ledger, today, EVERY) if given.overdue else open_cases(ledger, EVERY)
            count = counts(ledger, today)
        if given.csv:
            with given.csv.open("w", encoding="utf-8-sig", newline="") as file:  # Excel takes it for UTF-8 by the mark
                case_table.write(file, lines, centre, language, today)
            print(f"written: {given.csv.absolute()}")
    except (StoreError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    if not given.csv:
        print(case_table.table(lines, count, centre, language, today))
    return 0


def show_case(argv: Sequence[str]) -> int:
    """Print a case's history, or write its papers.  1: there is no such case, or a file cannot be written."""
    options = node.questions("khiu-hall case", "One case: what happened to it, or its papers as PDF (A5).")
    options.add_argument("number", help="as it is written: 12/2569")
    options.add_argument("--receipt", type=Path, metavar="FILE", help="write the citizen's receipt")
    options.add_argument("--missing", type=Path, metavar="FILE", help="write the slip of missing documents")
    options.add_argument("--language", choices=languages(), help="(default: the centre's first)")
    given = options.parse_args(argv)
    setting = node.from_options("hall", given, reads=True)
    centre, language = setting.centre, given.language or setting.centre.centre.languages[0]
    wanted = numbers.read(given.number)
    if wanted is None:
        options.error(f"{given.number}: a number like 12/2569")
    try:
        with closing(reader(setting.state / FILE, MIGRATIONS)) as ledger:
            found = numbered(ledger, *wanted)
            steps = history(ledger, found.id) if found else []
        if found is None:
            print(f"{given.number}: there is no such case", file=sys.stderr)
            return 1
        if given.missing and not found.missing:
            print(f"{given.number}: no document is missing", file=sys.stderr)
            return 1
        for make, file in ((paper.receipt, given.receipt), (paper.missing, given.missing)):
            if file:
                paper.write(make(found, steps[0].who, centre, language), file)
                print(f"written: {file.absolute()}")
    except (StoreError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    if not (given.receipt or given.missing):
        print(case_table.one(found, steps, centre, language))
    return 0


def seed_holidays(argv: Sequence[str]) -> int:
    """Print the holidays of a year as tables for the end of centre.toml.  2: a year that cannot be known."""
    from display.cases.seed import seed  # noqa: PLC0415 -- a large package that only this command needs

    what = "A year of public holidays to begin with, as tables for the end of centre.toml."
    options = node.questions("khiu-hall holidays", what)
    options.add_argument("year", type=int, help="of the Common Era (2028 is B.E. 2571)")
    given = options.parse_args(argv)
    try:
        days = list(seed(node.from_options("hall", given, reads=True).centre, given.year))
    except ValueError as fault:
        options.error(str(fault))
    print("# Compare each with the cabinet's announcement, add what it adds, then set holidays_confirmed.")
    for day in days:
        names = ", ".join(f"{language} = {json.dumps(name, ensure_ascii=False)}" for language, name in day.name.items())
        print(f"[[holiday]]\ndate = {day.date}\nname = {{ {names} }}")
    return 0


VERBS: Verbs = {
    "cases": Verb(list_cases, "the cases that have not ended, by due date"),
    "case": Verb(show_case, "one case, its receipt, and the slip of what is missing"),
    "holidays": Verb(seed_holidays, "a year of public holidays, to be written into centre.toml"),
}
