"""What a ticket printer can do by itself, as python-escpos's list of printers has it, by the printer's name there.

Without a name nothing is taken for granted but the paper's usual width and that it takes pictures (GS v 0): all of a
ticket then goes as pictures, from the left edge, for many printers centre type and not pictures.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from broker.language.catalogue import N_
from broker.said import Said, fault

if TYPE_CHECKING:
    from broker.centre import Centre
    from broker.centre_printers import Printer

USUAL_DOTS = {58: 384, 80: 576}  # across, by paper in mm, of printers of the usual resolution
USUAL_DPI = 203
CELL = 12  # dots across of a character of font A, on every printer that has one
_BELIEVED_CELL = range(10, 15)  # the list has a printer whose columns are no columns


@dataclass(frozen=True)
class Abilities:
    """``columns``: characters of font A in a line, 0 where its own type is not to be used; ``qr``: its own QR codes;
    ``centres``: pictures as well as type stand in the middle after ESC a 1.
    """

    dots: int
    dpi: int = USUAL_DPI
    columns: int = 0
    qr: bool = False
    centres: bool = False


def abilities(printer: Printer) -> Abilities:
    """What this printer of centre.toml can do.  Raises `KeyError` for a profile that `faults` would tell."""
    usual = USUAL_DOTS[printer.paper_mm]
    centres = printer.profile is not None if printer.centres is None else printer.centres
    if printer.profile is None:
        return Abilities(usual, centres=centres)
    profile = _profiles()[printer.profile]
    dots, columns = _dots(profile) or usual, int(profile["fonts"]["0"]["columns"])
    if _dots(profile) and dots // columns not in _BELIEVED_CELL:
        columns = 0
    return Abilities(dots, _dpi(profile), min(columns, dots // CELL), bool(profile["features"]["qrCode"]), centres)


def faults(centre: Centre) -> Iterator[Said]:
    """Every printer of centre.toml whose profile is none, or is one for other paper."""
    owners = (("kiosk", centre.kiosks), ("printer", centre.printers))
    for key, printer in ((f"{table}[{one.name}].printer", one.printer) for table, its in owners for one in its):
        name, paper_mm = printer.profile, printer.paper_mm
        if name is not None and name not in _profiles():
            known = ", ".join(_profiles())
            unknown = N_('"{value}" is no picture printer of python-escpos; one of {known}, or none at all')
            yield fault(f"{key}.profile", unknown, value=name, known=known)
        elif name is not None and _paper(_profiles()[name]) not in (None, paper_mm):
            right = _paper(_profiles()[name])
            wrong = N_("{value} is not the paper of {name}; {right}, or another profile")
            yield fault(f"{key}.paper_mm", wrong, value=paper_mm, name=name, right=right)


@cache
def _profiles() -> dict[str, dict[str, Any]]:
    """The printers that take pictures in the common way, by name.

    The list is read as the file that it is: the library's own reader takes 200 ms and leaves a directory in /tmp.
    """
    file = importlib.resources.files("escpos") / "capabilities.json"
    listed: dict[str, dict[str, Any]] = json.loads(file.read_text("utf-8"))["profiles"]
    return {
        name: profile
        for name, profile in sorted(listed.items())
        if profile["features"]["bitImageRaster"] and not profile["features"]["starCommands"]
    }


def _paper(profile: dict[str, Any]) -> int | None:
    """The narrowest paper, in mm, that holds what it prints; None where the list does not say how wide that is."""
    dots = _dots(profile)
    if dots is None:
        return None
    return 58 if dots / _dpi(profile) * 25.4 <= 58 else 80


def _dots(profile: dict[str, Any]) -> int | None:
    dots = profile["media"]["width"].get("pixels")
    return dots if isinstance(dots, int) else None


def _dpi(profile: dict[str, Any]) -> int:
    dpi = profile["media"].get("dpi")
    return dpi if isinstance(dpi, int) else USUAL_DPI
