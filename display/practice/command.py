"""``khiu-hall practice``: gives a new ledger some working days before today, all made up, to try the reports on."""

from __future__ import annotations

import random
import secrets
import sys
from collections.abc import Sequence
from contextlib import closing

from broker import clock, node
from broker.store import AtWork, alone
from broker.verbs import Verb, Verbs
from display.hall import Hall
from display.ledger.ledger import FILE, LOCK, Ledger

MOST = 60  # days; by then every page has enough to show


def practise(argv: Sequence[str]) -> int:
    """Make the ledger with its practice days, before the hall's first start.  1: there is a ledger, or no past."""
    from display.practice.draw import draw, with_stand_ins, working_days  # noqa: PLC0415 -- simpy, which the hall itself needs not
    from display.practice.play import Nobody, play  # noqa: PLC0415

    options = node.options(
        "khiu-hall practice", "Begins the ledger with working days that are made up, to try the reports on."
    )
    options.add_argument("--days", type=int, choices=range(1, MOST + 1), default=20, metavar="N", help="(default: 20)")
    options.add_argument("--seed", default="khiu", help="another one gives other days (default: %(default)s)")
    given = options.parse_args(argv)
    setting = node.from_options("hall", given)
    centre, file, now = setting.centre, setting.state / FILE, clock.now()
    today = now.astimezone(centre.zone).date()
    days = [day for day in working_days(centre, today, given.days) if day > clock.EARLIEST.date()]
    if not (clock.was_set(now) and days):
        print("no day before today: was this machine's clock set?", file=sys.stderr)
        return 1
    try:
        alone(setting.state / LOCK)
    except AtWork as fault:
        print(fault, file=sys.stderr)
        return 1
    if file.exists():
        print(f"{file}: there is a ledger already, and practice days never go into one", file=sys.stderr)
        return 1
    ledger = Ledger(file)
    with closing(ledger):
        hall = Hall(with_stand_ins(centre), ledger, Nobody(), _new_id)
        for done, day in enumerate(days, 1):
            play(hall, draw(centre, day, random.Random(f"{given.seed} {day}").random), _new_id)  # noqa: S311 -- no secret
            _progress(done, len(days))
    print(f"practice days: {len(days)}, {days[0]} to {days[-1]}; made up to try Reports and What if on, which say so")
    return 0


def _new_id() -> str:
    return secrets.token_hex(8)


def _progress(done: int, count: int) -> None:
    if sys.stderr.isatty():
        print(f"\rpractice days: {done} / {count}", end="" if done < count else "\n", file=sys.stderr, flush=True)


VERBS: Verbs = {"practice": Verb(practise, "a ledger that begins with days that are made up, to try the reports on")}
