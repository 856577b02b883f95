"""``khiu-kiosk``: touch, number, paper at point 1 (R4.2, R5)."""

# ruff: noqa: PLC0415 -- Kivy must be configured before it is imported

from __future__ import annotations

import sys

from broker import node
from broker.window.configure import configure, run


def main() -> int:
    """0 after SIGTERM, 1 when something in it raised; `SystemExit` 78 for a wrong centre.toml."""
    setting = node.setting("kiosk", sys.argv[1:], "The touch screen at point 1 and its ticket printer.")
    configure("Khiu kiosk")
    from kiosk.live import LiveKiosk

    return run(LiveKiosk(setting))


if __name__ == "__main__":
    sys.exit(main())
