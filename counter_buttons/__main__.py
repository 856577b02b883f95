"""khiu-buttons: the call buttons, lamps and smileys of one point or of several."""

from __future__ import annotations

import sys

from broker import node
from counter_buttons.buttons import chips
from counter_buttons.node import Node


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    setting = node.setting("buttons", sys.argv[1:], "Call buttons, lamps and smileys of the points.")
    points = next(buttons.points for buttons in setting.centre.buttons if buttons.name == setting.node)
    counter = Node(setting, chips(setting.centre, points))
    node.on_stop(counter.stop)
    counter.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
