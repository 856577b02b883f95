"""The standard's figures of `make office`: a report against a count of the raw events, and its pages to look at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
from office_centre import OfficeCentre
from office_eyes import pages_of
from test_reports_figures import same

from display.reports.report import Report


def compare(centre: OfficeCentre, out: Path) -> list[str]:
    """What differs, in words; today and the days before, each with a script that knows nothing of Khiu."""
    faults: list[str] = []
    for first, last in ((centre.today, centre.today), (centre.past[0], centre.today)):
        span = "--from", str(first), "--to", str(last)
        made = msgspec.json.decode(command(centre, "report", *span, "--json"), type=Report)
        script = [sys.executable, Path(__file__).with_name("recount.py"), centre.ledger, str(first), str(last)]
        counted = json.loads(subprocess.run(script, check=True, capture_output=True, text=True, timeout=60).stdout)
        lines = {line.key: line for line in made.lines}
        pairs = {"all": (made.all.figures, counted["all"])}
        pairs |= {key: (line.figures, counted["services"].get(key)) for key, line in lines.items()}
        for name, (figures, again) in pairs.items():
            try:
                same(figures, again)
            except (AssertionError, TypeError, KeyError) as error:
                faults.append(f"{first} to {last}, {name}: {type(error).__name__} {error}")
        if lines.keys() != counted["services"].keys():
            faults.append(f"{first} to {last}: lines {[*lines]} against {[*counted['services']]}")
        within, again = made.all.within.get("1.1"), counted["within_15_minutes_1.1"]
        if ((within.n, within.within) if within else (0, 0)) != (again["n"], again["within"]):
            faults.append(f"{first} to {last}: within 15 minutes {within} against {again}")
        if made.peak.most != counted["most_waiting"]:
            faults.append(f"{first} to {last}: {made.peak.most} waited at once, against {counted['most_waiting']}")
        print(f"{first} to {last}: {made.all.figures.tickets} visits counted again from raw events", flush=True)
    return faults + [f"verify: {fault}" for fault in verified(centre)] + pages(centre, out)


def verified(centre: OfficeCentre) -> list[str]:
    """The chain of events, and every table following from them."""
    said = command(centre, "verify")
    return [] if "The chain is unbroken" in said else said.splitlines()


def pages(centre: OfficeCentre, out: Path) -> list[str]:
    """The A4 report, turned into pictures."""
    file = out / "report.pdf"
    command(centre, "report", "--from", str(centre.past[0]), "--to", str(centre.today), "--pdf", str(file))
    made = pages_of(file)
    print(f"report.pdf: {len(made)} pages", flush=True)
    return [] if made else ["report.pdf has no page"]


def command(centre: OfficeCentre, *arguments: str) -> str:
    """A command of khiu-hall, as a person at the hall's machine gives it."""
    command = [Path(sys.executable).with_name("khiu-hall"), *arguments]
    where = ["--centre", centre.folder / "centre.toml", "--state", centre.state("hall")]
    done = subprocess.run(
        [*command, *where], env={**os.environ, "KHIU_CLOCK_OFFSET": str(centre.offset)}, capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"khiu-hall {' '.join(arguments)}: {done.stderr.strip()[-300:]}")
    return done.stdout
