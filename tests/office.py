"""`make office`: a day's work at the desk in a real browser, in Thai, by an officer, a supervisor, an administrator.

Broker, hall, kiosk, counter, screen and desk are the real processes.  Every page of the desk is looked at in Thai and
English at two widths (pictures in build/office); axe must find nothing against WCAG 2.2 AA.  In the end the standard's
figures are counted again from the raw events, and the report's A4 pages become pictures.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import office_day
import office_edits
import office_figures
from faults_centre import COUNTER
from faults_morning import display
from office_centre import DESK, OfficeCentre
from office_eyes import eyes, table
from office_pages import round_of_pages, unseen
from office_past import INCOMPLETE, LATE

OUT = Path(__file__).parent.parent / "build" / "office"


def main() -> int:
    """0: the day went as told, and nothing was found on any page; 1: something was, and is told."""
    began = time.monotonic()
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    with (
        TemporaryDirectory(prefix="khiu-office-", ignore_cleanup_errors=True) as folder,
        display() as name,
        OfficeCentre(Path(folder), name) as centre,
    ):
        faults = day(centre, Path(folder))
        for program in (centre.programs[name] for name in ("hall", DESK, COUNTER)):
            if "Traceback" in program.log.read_text("utf-8", "replace"):
                faults.append(f"{program.name}: {program.last_words(3)}")
    for fault in faults:
        print(f"FAULT {fault}")
    print(f"{time.monotonic() - began:.0f} s, {len(faults) or 'no'} fault{'s' * (len(faults) != 1)}; pictures in {OUT}")
    return int(bool(faults))


def day(centre: OfficeCentre, folder: Path) -> list[str]:
    """All that was found."""
    faults: list[str] = []

    def act(name: str, work: Callable[..., object], *given: object) -> object:
        """An act that fails leaves its words; the pages are looked at all the same."""
        print(f"{name} …", flush=True)
        try:
            return work(*given)
        except Exception as error:  # noqa: BLE001 -- told in the end; the other acts are still worth their time
            traceback.print_exc()
            faults.append(f"{name}: {type(error).__name__}: {str(error).splitlines()[0]}")
        return None

    with eyes(centre.origin, centre.authority, folder / "home", OUT) as seen:
        people = office_day.opening(centre, seen)
        act("at the point", office_day.at_the_point, centre, people)
        act("with a case", office_day.with_a_case, centre, people)
        act("in the hall", office_day.in_the_hall, centre, people)
        act("in the office", office_edits.in_the_office, centre, people)
        act("barred", office_day.barred, people)
        act("every page", round_of_pages, people, told(centre))
        faults += [fault for row in seen.rows.values() for fault in row.faults]
        faults += unseen(seen, people)
        pages = table(seen.rows.values())
    different = act("figures", office_figures.compare, centre, OUT)
    faults += different if isinstance(different, list) else []
    print(pages)
    return faults


def told(centre: OfficeCentre) -> dict[str, str]:
    """What addresses of pages name."""
    return {
        "first": str(centre.past[0]),
        "last": str(centre.past[-1]),
        "year": str(centre.today.year),
        "service": "1.1",
        "officer": quote(office_day.STAFF["somying"][0]),
        "late": LATE,
        "incomplete": INCOMPLETE,
    }


if __name__ == "__main__":
    sys.exit(main())
