"""``khiu-hall [run]``: the hall.  ``khiu-hall summary | verify | backup | restore``: see `display.ledger.command`;
``cases | case | holidays``: `display.ledger.case_command`; ``practice``: `display.practice.command`.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue

from broker import clock, node
from broker.language.catalogue import N_
from broker.link import Connected, Disconnected, Event, Link
from broker.store import SET_ASIDE, AtWork, Damaged, StoreError, alone
from broker.verbs import Verb, Verbs, dispatch
from display.hall import CentreChanged, Hall, subscriptions
from display.ledger import case_command, command
from display.ledger.backup import copies, heal
from display.ledger.ledger import FILE, LOCK, Ledger
from display.practice import command as practice
from display.turnstile import TurnedAway, Turnstile

RESTORED = N_("The ledger was damaged and restored from a backup: calls since that backup are missing")
BACKUP_OLD = N_("The last backup of the ledger is too old: please check where it is kept")
BACKUP_SECONDS = 3600.0  # how often it is looked at, and so long after the start for the first time
CLOCK_SECONDS = 60.0  # no wait is longer, so that a clock set anew is noticed

log = logging.getLogger(__name__)


def main() -> int:
    """The entry of ``khiu-hall``; the exit code."""
    told = dispatch("khiu-hall", VERBS, sys.argv[1:])
    return run(sys.argv[1:]) if told is None else told


def run(argv: Sequence[str]) -> int:
    """Be the hall until told to stop.

    Raises `SystemExit` 78 for a centre's file or a ledger that a person must see to; starting again would not help.
    """
    options = node.options("khiu-hall", "The hall: keeps the queue and the ledger.", VERBS)
    setting = node.from_options("hall", options.parse_args(argv))
    inbox: SimpleQueue[Event | TurnedAway | None] = SimpleQueue()
    link = Link(setting, "hall", subscriptions(setting.centre), Turnstile(inbox.put))
    try:
        alone(setting.state / LOCK)
        ledger, damage = _ledger(setting)
        hall = Hall(setting.centre, ledger, link, lambda: secrets.token_hex(8), damage)
        hall.tick(clock.now())
    except (StoreError, CentreChanged, AtWork) as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(node.CONFIG_FAULT) from fault
    node.on_stop(lambda: inbox.put(None))
    link.start()
    try:
        _work(hall, inbox, setting.centre.backup_folder)
    finally:
        link.stop()
        ledger.close()
    return 0


VERBS: Verbs = {
    "run": Verb(run, "be the hall, as without a verb"),
    **command.VERBS,
    **case_command.VERBS,
    **practice.VERBS,
}


def _ledger(setting: node.Setting) -> tuple[Ledger, tuple[str, ...]]:
    """The ledger, healed where it is damaged; and what staff should know of that."""
    try:
        return Ledger(setting.state / FILE), ()
    except Damaged:
        aside, copy = heal(setting.state, setting.centre.backup_folder)
        log.exception("kept as %s; %s", aside, f"restored from {copy}" if copy else "no backup: a new one is begun")
        return Ledger(setting.state / FILE), (RESTORED if copy else SET_ASIDE,)


def _work(hall: Hall, inbox: SimpleQueue[Event | TurnedAway | None], backups: Path | None) -> None:
    watchdog = node.watchdog_seconds()
    longest = min(CLOCK_SECONDS, watchdog / 2) if watchdog else CLOCK_SECONDS
    ready, warned, look_at = False, hall.warned, clock.monotonic() + BACKUP_SECONDS
    while True:
        now = clock.now()
        if backups and clock.monotonic() >= look_at:
            look_at = clock.monotonic() + BACKUP_SECONDS
            hall.warned = (*warned, BACKUP_OLD) if _old(copies(backups).youngest(), now) else warned
        hall.tick(now)
        if watchdog and hall.ledger.alive():
            node.notify("WATCHDOG=1")
        wait = (hall.next_due(now) - now).total_seconds()
        try:
            event = inbox.get(timeout=min(max(wait, 0.0), longest))
        except Empty:
            continue
        if event is None:
            return
        hall.receive(event, clock.now())
        if not ready and isinstance(event, Connected | Disconnected):
            node.notify("READY=1")
            ready = True


def _old(taken: dt.datetime | None, now: dt.datetime) -> bool:
    """One that failed is no news; three in a row are (khiu-backup.timer)."""
    return taken is None or now - taken > dt.timedelta(hours=3)


if __name__ == "__main__":
    sys.exit(main())
