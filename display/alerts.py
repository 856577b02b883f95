"""What staff should know of the other machines, in a few words for the corner of the board."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from broker.language.catalogue import N_
from broker.messages import PrinterState, Status

MOST = 12  # lines that fit the board and its message
LONGEST = 200  # characters; the contract's limit of a text

PRINTER: Mapping[PrinterState, str] = {
    "near_end": N_("{node}: paper runs low"),
    "paper_out": N_("{node}: paper out"),
    "cover_open": N_("{node}: printer cover open"),
    "offline": N_("{node}: printer not connected"),
    "silent": N_("{node}: printer does not answer"),
}  # "ready" and "unknown" need nobody


def alerts(nodes: Mapping[str, Status], warnings: Iterable[str], _: Callable[[str], str]) -> tuple[str, ...]:
    """One line for each thing to see to: the hall's own warnings, then each node's, by name."""
    said = [_(warning) for warning in warnings]
    for node, status in sorted(nodes.items()):
        said += _of_node(node, status, _)
    return tuple(line[:LONGEST] for line in said[:MOST])


def _of_node(node: str, status: Status, _: Callable[[str], str]) -> list[str]:
    if not status.online:
        return [_("{node}: offline").format(node=node)]
    health = status.health
    said = []
    if health.printer and health.printer in PRINTER:
        said.append(_(PRINTER[health.printer]).format(node=node))
    if health.unprinted:
        said.append(_("{node}: {count} not printed").format(node=node, count=health.unprinted))
    return said + [f"{node}: {_(warning)}" for warning in health.warnings]
