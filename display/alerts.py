"""What staff should know of the other machines, in a few words for the corner of the board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from broker.language.catalogue import N_, plurals, words
from broker.messages import Status
from broker.words import PrinterState

MOST = 12  # lines that fit the board
LONGEST = 200  # characters; the contract's limit of a text

PRINTER: Mapping[PrinterState, str] = {
    "near_end": N_("{node}: paper runs low"),
    "paper_out": N_("{node}: paper out"),
    "cover_open": N_("{node}: printer cover open"),
    "offline": N_("{node}: printer not connected"),
    "silent": N_("{node}: printer does not answer"),
    "unknown": N_("{node}: printer has a fault"),
}  # "ready" needs nobody


def alerts(nodes: Mapping[str, Status | None], warnings: Iterable[str], language: str, room: int) -> tuple[str, ...]:
    """One line for each thing to see to: the hall's own warnings, then each node's, by name.

    ``nodes``: what each last said of itself, None where it ought to have said something by now.  ``room``: the bytes
    that are left for them in the board's message; lines that find none are left out.
    """
    said = [words(language)(warning) for warning in warnings]
    for node, status in sorted(nodes.items()):
        said += _of_node(node, status, language)
    shown = []
    for text in said[:MOST]:
        line = " ".join(text.split())[:LONGEST]
        room -= len(msgspec.json.encode(line)) + len(",")
        if room < 0:
            break
        shown.append(line)
    return tuple(shown)


def _of_node(node: str, status: Status | None, language: str) -> list[str]:
    _, n_ = words(language), plurals(language)
    if status is None or not status.online:
        return [_("{node}: offline").format(node=node)]
    health = status.health
    said = []
    if health.printer and health.printer in PRINTER:
        said.append(_(PRINTER[health.printer]).format(node=node))
    if health.unprinted:
        text = n_("{node}: {count} not printed", "{node}: {count} not printed", health.unprinted)
        said.append(text.format(node=node, count=health.unprinted))
    # of an empty text the catalogue has its own header
    return said + [f"{node}: {_(warning)}" for warning in health.warnings if warning.strip()]
