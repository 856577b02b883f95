"""`make thai`: everything Thai that can be seen, read back or measured, in one page, ``build/thai/index.html``.

Each section is measured anew by its own file, ``thai_<part>.py``, in a process of its own; what lies outside its bound
is named on the page and makes the command exit 1.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from html import escape
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote

PARTS = ("lines", "screens", "kiosk", "paper", "voice", "sounds")  # in the order of the page
HOUSE = Path(__file__).parent.parent


@dataclass(frozen=True)
class Table:
    """Rows of words under a head; every row as long as the head."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A file in the section's folder and what it shows (or, of a sound, says)."""

    file: str
    caption: str


@dataclass(frozen=True)
class Section:
    """One part of the page; ``faults`` has a line for each thing outside its bound."""

    title: str
    text: str
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    sounds: tuple[Picture, ...] = ()
    faults: tuple[str, ...] = ()


def main(argv: Sequence[str] | None = None) -> int:
    """0: every figure within its bound; 1: some are not, or a section failed (the page says which)."""
    parser = argparse.ArgumentParser(prog="thai", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"only these, of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--folder", type=Path, default=HOUSE / "build" / "thai")
    asked = parser.parse_args(argv)
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    sections: dict[str, Section] = {}
    for part in asked.parts or PARTS:
        print(f"{part} …", end="", flush=True)
        began = time.monotonic()
        sections[part] = measured(part, asked.folder / part)
        faults = sections[part].faults
        print(f" {time.monotonic() - began:.0f} s, {len(faults) or 'no'} fault{'s' * (len(faults) != 1)}", flush=True)
        for fault in faults:
            print(f"  {fault}")
    page = asked.folder / "index.html"
    page.write_text("".join(html(sections)), "utf-8")
    print(page)
    return int(any(section.faults for section in sections.values()))


def measured(part: str, folder: Path) -> Section:
    """The section, made in a fresh process and an empty folder; one that raised is a section with that fault."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_section, part, folder).result()


def _section(part: str, folder: Path) -> Section:
    try:
        made: Section = importlib.import_module(f"thai_{part}").section(folder)
    except Exception as fault:  # noqa: BLE001 -- the other sections are still worth reading
        made = Section(part, traceback.format_exc(), faults=(f"{type(fault).__name__}: {fault}",))
    for table in made.tables:
        assert all(len(row) == len(table.head) for row in table.rows), f"{part}: {table.caption}: a row is too short"
    missing = [p.file for p in (*made.pictures, *made.sounds) if not (folder / p.file).is_file()]
    assert not missing, f"{part}: no {missing}"
    return made


# ------------------------------------------------------------------ the page
STYLE = """
body { font: 17px/1.6 Loma, "Noto Sans Thai", sans-serif; color: #14202e; background: #eef1f5; margin: 0 auto; max-width: 1500px; padding: 0 24px 80px }
h1, h2 { color: #10243e } h2 { margin-top: 56px; border-top: 3px solid #10243e; padding-top: 12px }
p { max-width: 60em; white-space: pre-line }
nav a { margin-right: 18px }
table { border-collapse: collapse; background: #fff; margin: 18px 0; font-size: 15px }
caption { text-align: left; font-weight: bold; padding: 6px 0 }
th, td { border: 1px solid #cfd7e1; padding: 4px 10px; text-align: left; vertical-align: top } th { background: #e3eaf2 }
.tall { max-height: 26em; overflow: auto; display: inline-block; max-width: 100% }
.pictures { display: flex; flex-wrap: wrap; gap: 18px; align-items: flex-start }
figure { margin: 0; max-width: 420px } figure img { max-width: 100%; max-height: 520px; border: 1px solid #cfd7e1; background: #fff }
figcaption { font-size: 14px; color: #4f5d6e }
.faults { background: #fde8e6; border-left: 6px solid #a8231c; padding: 8px 18px } .well { color: #1b6e3c; font-weight: bold }
"""  # noqa: E501 -- a rule a line


def html(sections: dict[str, Section]) -> Iterator[str]:
    """The page; pictures and sounds are named by their place in the sections' folders."""
    yield '<!doctype html><html lang="en"><meta charset="utf-8"><title>Khiu: Thai</title>'
    yield f"<style>{STYLE}</style><h1>Khiu: Thai on screen, on paper and in the air</h1><nav>"
    yield from (f'<a href="#{part}">{escape(section.title)}</a>' for part, section in sections.items())
    yield "</nav>"
    yield from _faults([f"{section.title}: {fault}" for section in sections.values() for fault in section.faults])
    for part, section in sections.items():
        yield f'<h2 id="{part}">{escape(section.title)}</h2><p>{escape(section.text)}</p>'
        yield from _faults(section.faults)
        for table in section.tables:
            yield from _table(table)
        if section.sounds:
            yield '<div class="pictures">'
            for sound in section.sounds:
                yield f'<figure><audio controls preload="none" src="{quote(f"{part}/{sound.file}")}"></audio>'
                yield f"<figcaption>{escape(sound.caption)}</figcaption></figure>"
            yield "</div>"
        yield '<div class="pictures">'
        for picture in section.pictures:
            source = quote(f"{part}/{picture.file}")
            yield f'<figure><a href="{source}"><img loading="lazy" src="{source}" alt="{escape(picture.caption)}"></a>'
            yield f"<figcaption>{escape(picture.caption)}</figcaption></figure>"
        yield "</div>"
    yield "</html>\n"


def _faults(faults: Sequence[str]) -> Iterator[str]:
    if faults:
        yield '<ul class="faults">' + "".join(f"<li>{escape(fault)}" for fault in faults) + "</ul>"
    else:
        yield '<p class="well">Everything measured here lies within its bound.</p>'


def _table(table: Table) -> Iterator[str]:
    yield f'<div class="tall"><table><caption>{escape(table.caption)}</caption><tr>'
    yield "".join(f"<th>{escape(cell)}" for cell in table.head)
    yield from ("<tr>" + "".join(f"<td>{escape(cell)}" for cell in row) for row in table.rows)
    yield "</table></div>"


if __name__ == "__main__":
    sys.exit(main())
