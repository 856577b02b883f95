"""The verbs of a program: what may stand before its options, as ``khiu-hall summary --day 2569-11-23``.

A verb may be of two words (``voice say``).  Without one, a program is the node that it is named after.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

USAGE = 2  # what argparse too leaves with where the command line is wrong


class Verb(NamedTuple):
    run: Callable[[Sequence[str]], int]  # what follows the verb → the exit code
    does: str  # in a line


Verbs = Mapping[str, Verb]


def dispatch(program: str, verbs: Verbs, argv: Sequence[str]) -> int | None:
    """Run the verb that ``argv`` begins with: its exit code, or None where it begins with none.

    A word that is no verb is answered on stderr with all of them, the nearest first; the exit code is 2.
    """
    words = list(takewhile(lambda word: not word.startswith("-"), argv))[:2]
    if not words:
        return None
    kin = {name: verb for name, verb in verbs.items() if name.startswith(f"{words[0]} ")}
    if kin and argv[1:2] in (["-h"], ["--help"]):
        print(listed(program, kin))
        return 0
    for count in range(len(words), 0, -1):
        if verb := verbs.get(" ".join(words[:count])):
            return verb.run(argv[count:])
    said = " ".join(words if kin else words[:1])
    print(f"{program}: {said!r} is none of its verbs; the nearest first, they are:", file=sys.stderr)
    print(listed(program, {name: verbs[name] for name in _nearest(said, verbs)}), file=sys.stderr)
    return USAGE


def listed(program: str, verbs: Verbs) -> str:
    """A line for each: how it is written, and what it does."""
    width = max(map(len, verbs), default=0)
    lines = [f"  {program} {name:{width}}  {verb.does}" for name, verb in verbs.items()]
    return "\n".join([*lines, f"{program} VERB --help tells the options of each."])


def _nearest(said: str, verbs: Verbs) -> list[str]:
    return sorted(verbs, key=lambda name: difflib.SequenceMatcher(None, said, name).ratio(), reverse=True)
