"""``khiu-screen``: the hall's screen and voice.  ``khiu-screen voice …``: see `display.voice.command`."""

# ruff: noqa: PLC0415 -- Kivy must be configured before it is imported, and `voice` needs no window

from __future__ import annotations

import sys

from broker import node
from broker.verbs import dispatch
from broker.window.configure import configure, run
from display.voice import command

VERBS = {f"voice {name}": verb for name, verb in command.VERBS.items()}


def main() -> int:
    """0 after SIGTERM, 1 when something in it raised; `SystemExit` 78 for a wrong centre.toml."""
    told = dispatch("khiu-screen", VERBS, sys.argv[1:])
    if told is not None:
        return told
    options = node.options("khiu-screen", "The screen of the hall, and its voice.", VERBS)
    setting = node.from_options("screen", options.parse_args(sys.argv[1:]))
    configure("Khiu")
    from display.signage.live import LiveScreen

    return run(LiveScreen(setting))


if __name__ == "__main__":
    sys.exit(main())
