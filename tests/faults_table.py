"""The one table of `make faults`: what was done to the centre, and what it lost by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from promises import Verdict

HEAD = ("fault", "injected", "tickets", "calls", "ratings", "lost", "doubled", "late", "out of order", "longest outage")
T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """What every part is given: ``def rows(options) -> list[Row]``."""

    mornings: int  # of each kind of fault; a part may need fewer where one takes long, never none
    seed: int
    quick: bool = False  # for those who write on it: as little of each as still shows that it works

    def some(self, full: int, quick: int) -> int:
        """How often to do what is done ``full`` times for ten mornings, and ``quick`` times for those in a hurry."""
        return quick if self.quick else max(1, full * self.mornings // 10)


@dataclass(frozen=True)
class Row:
    """One fault; the middle four must be zero, and so must the length of ``notes``."""

    fault: str
    injected: int
    tickets: int
    calls: int
    ratings: int
    lost: int = 0
    doubled: int = 0
    late: int = 0
    out_of_order: int = 0
    outage: float = 0.0  # seconds: the longest that an honest press or touch went without an answer
    notes: tuple[str, ...] = ()  # every breach in words, with what it takes to see it again

    @property
    def kept(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.doubled or self.late or self.out_of_order or self.notes)

    def cells(self) -> tuple[str, ...]:
        counts = (self.injected, self.tickets, self.calls, self.ratings, self.lost, self.doubled, self.late)
        return (self.fault, *(f"{n:,}" for n in counts), f"{self.out_of_order:,}", f"{self.outage:.1f} s")


def row(fault: str, injected: int, verdicts: Iterable[tuple[str, Verdict]], outage: float) -> Row:
    """The row of a fault, from its mornings' verdicts, each with the words that name its morning."""
    judged = list(verdicts)
    total = {p: sum(v.count(p) for _, v in judged) for p in ("lost", "doubled", "late", "out of order")}  # type: ignore[arg-type]
    return Row(
        fault,
        injected,
        sum(v.tickets for _, v in judged),
        sum(v.calls for _, v in judged),
        sum(v.ratings for _, v in judged),
        total["lost"],
        total["doubled"],
        total["late"],
        total["out of order"],
        outage,
        tuple(f"{name}: {b.promise}: {b.what}" for name, verdict in judged for b in verdict.breaches),
    )


def table(rows: Sequence[Row]) -> str:
    """The table for a terminal, with a line for every breach under it."""
    cells = [HEAD, *(r.cells() for r in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(HEAD))]
    lines = [
        "  ".join(
            cell.ljust(w) if n == 0 else cell.rjust(w) for n, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    ]
    notes = [f"BROKEN  {r.fault}: {note}" for r in rows for note in r.notes]
    return "\n".join([lines[0], "─" * len(lines[0]), *lines[1:], *notes])
