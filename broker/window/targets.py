"""Where things stand on the window, for hands and eyes outside of it (tests, the demo's scripted morning).

When the environment variable ``KHIU_TARGETS`` names a file, it holds JSON {"page": name, id: [x, y, width, height] …}:
pixels of the window, origin at the top left, every registered widget that is visible.  It is written after the frame
that shows it, whole or not at all, and only when it changed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from weakref import WeakSet

_named: dict[str, WeakSet[Any]] = {}
_shown = {"page": "", "written": ""}


def target(widget: Any, name: str) -> Any:
    """Register a widget; gives it back.  Of several with one name the visible one counts."""
    _named.setdefault(name, WeakSet()).add(widget.__self__)  # an id in a kv file is only a proxy
    return widget


def page(name: str) -> None:
    """Name the page that is shown now."""
    _shown["page"] = name


def watch(window: Any) -> None:
    """Write the file, if the environment asks for one, after every frame that changed it."""
    if file := os.environ.get("KHIU_TARGETS"):
        window.bind(on_flip=lambda *_event: _write(Path(file), window.height))


def _write(file: Path, height: float) -> None:
    places: dict[str, Any] = {"page": _shown["page"]}
    for name, widgets in _named.items():
        for widget in widgets:
            if _visible(widget):
                x, y = widget.to_window(*widget.pos)
                places[name] = [round(x), round(height - y - widget.height), round(widget.width), round(widget.height)]
    text = json.dumps(places, ensure_ascii=False)
    if text != _shown["written"]:
        _shown["written"] = text
        draft = file.with_name(file.name + ".draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)


def _visible(widget: Any) -> bool:
    if widget.get_parent_window() is None:
        return False
    while widget is not widget.parent:
        if widget is None or widget.opacity == 0 or widget.width <= 0 or widget.height <= 0:
            return False
        parent = widget.parent
        if parent is None or not hasattr(parent, "opacity"):
            return True
        widget = parent
    return True
