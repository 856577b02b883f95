"""``khiu-panel``: the buttons, lamps and faces of all points as one window, for demonstrations.

Under it works the real counter node, on mock pins: a touch pulls a pin low as a finger does, and the lamps show what
the node makes its LED pins do.
"""

# ruff: noqa: PLC0415 -- Kivy must be configured before it is imported

from __future__ import annotations

import sys

from broker import node
from broker.window.configure import configure, run


def main() -> int:
    """0 after SIGTERM, 1 when something in it raised; `SystemExit` 78 for a wrong centre.toml."""
    options = node.options("khiu-panel", "The points of a centre in one window, on mock pins.")
    options.add_argument("--chatter", action="store_true", help="every contact bounces as cheap ones do")
    given = options.parse_args()
    setting = node.from_options("buttons", given, draws=True)
    configure("Khiu points")
    from counter_buttons.view import PanelApp

    app = PanelApp(setting, given.chatter)
    return run(app) or int(app.failed)


if __name__ == "__main__":
    sys.exit(main())
