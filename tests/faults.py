"""`make faults`: breaks the centre in every way we know, and prints what was lost, doubled, late or out of order.

Each part is a module ``faults_<part>.py`` with ``rows(options)``; it breaks real processes (or, in `sim`, simulated
ones) and lets `promises.judge` look at what is left.  0: every promise was kept; 1: the lines under the table say
which were not, and the seed to see it again.
"""

from __future__ import annotations

import argparse
import importlib
import json
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile

from faults_table import Options, Row, table
from printer_table import told

HERE = Path(__file__).parent
PARTS = (
    "sim",
    "kill",
    "broker",
    "network",
    "disk",
    "power",
    "machine",
    "printer",
    "hostile",
    "year",
)  # in the table's order
BESIDE = "sim"  # it takes what the others leave of the processors: they mostly wait


def main(argv: Sequence[str] | None = None) -> int:
    parts = [part for part in PARTS if (HERE / f"faults_{part}.py").exists()]
    parser = argparse.ArgumentParser(
        prog="faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"only these, of {', '.join(parts)} (default: all)")
    parser.add_argument("--mornings", type=int, default=10, help="of each kind of fault, about (default: 10)")
    parser.add_argument("--seed", type=int, default=1, help="of all chance (default: 1)")
    parser.add_argument("--json", action="store_true", help="the rows as JSON, after the table")
    parser.add_argument("--quick", action="store_true", help="a few of each: some minutes in all")
    asked = parser.parse_args(argv)
    if unknown := set(asked.parts) - set(parts):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    options = Options(asked.mornings, asked.seed, asked.quick)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended on the way out
    wanted = asked.parts or parts
    if BESIDE in wanted and len(wanted) > 1:
        with beside(options) as its_rows:
            rows = lived([part for part in wanted if part != BESIDE], options)
            rows = its_rows() + rows
    else:
        rows = lived(wanted, options)
    print(table(rows))
    if asked.json:
        print(json.dumps([asdict(row) for row in rows]))
    return int(not all(row.kept for row in rows))


def lived(parts: Sequence[str], options: Options) -> list[Row]:
    """The rows of these parts, one part after another."""
    rows: list[Row] = []
    for part in parts:
        began = time.monotonic()
        print(f"{part} …", flush=True)
        made = broken(part, options)
        rows += made
        print(f"{part}: {time.monotonic() - began:.0f} s\n{table(made)}\n", flush=True)
        if part == "printer":
            print(told(), "\n")
    return rows


@contextmanager
def beside(options: Options) -> Iterator[Callable[[], list[Row]]]:
    """That part in a process of its own, which yields to all others; what is given waits for its rows."""
    quick = ["--quick"] if options.quick else []
    chosen = ["--mornings", str(options.mornings), "--seed", str(options.seed), *quick]
    command = ["nice", sys.executable, __file__, BESIDE, "--json", *chosen]
    with TemporaryFile("w+") as said:
        child = subprocess.Popen(command, stdout=said)

        def rows() -> list[Row]:
            child.wait()
            said.seek(0)
            *words, last = said.read().splitlines() or [""]
            print(*words, sep="\n", flush=True)
            if not last.startswith("["):
                return [Row(BESIDE, 0, 0, 0, 0, notes=(f"the part itself ended with {child.returncode}",))]
            return [Row(**{**row, "notes": tuple(row["notes"])}) for row in json.loads(last)]

        try:
            yield rows
        finally:
            child.terminate()  # of no effect on one that has ended
            child.wait(60)


def broken(part: str, options: Options) -> list[Row]:
    """The rows of a part; one that raised is a row with that note, and the others are still worth their time."""
    try:
        made: list[Row] = importlib.import_module(f"faults_{part}").rows(options)
    except Exception as fault:  # noqa: BLE001
        traceback.print_exc()
        return [Row(part, 0, 0, 0, 0, notes=(f"the part itself failed: {type(fault).__name__}: {fault}",))]
    return made


if __name__ == "__main__":
    sys.exit(main())
