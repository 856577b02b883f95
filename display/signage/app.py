"""``khiu-screen``: the hall's screen and voice.  ``khiu-screen voice …`` builds and tries the voice."""

# ruff: noqa: PLC0415 -- `voice` needs no window, and Kivy must be configured before it is imported

from __future__ import annotations

import sys

from broker import node
from broker.window.configure import configure, run


def main() -> int:
    """0 after SIGTERM, 1 when something in it raised; `SystemExit` 78 for a wrong centre.toml."""
    if sys.argv[1:2] == ["voice"]:
        from display.voice import command

        return command.main(sys.argv[2:])
    setting = node.setting("screen", sys.argv[1:])
    configure("Khiu")
    from display.signage.live import LiveScreen

    return run(LiveScreen(setting))


if __name__ == "__main__":
    sys.exit(main())
