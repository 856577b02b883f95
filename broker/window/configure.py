"""One window, locked and quiet: no way out by key or gesture, no settings panel, no redraw unless something changed.

Kivy draws only when a canvas changed, yet its loop ticks `maxfps` times a second whether it draws or not (0.043 % of a
core a tick).  So the loop ticks `RESTING` times a second, and `LIVELY` times while somebody touches the window or
something on it moves.
"""

# ruff: noqa: PLC0415 -- Kivy reads its settings when it is first imported, so it is imported late

from __future__ import annotations

import logging
import os
import re
import sys
from typing import Any

RESTING, LIVELY = 10, 30  # ticks a second
TOUCH_SECONDS = 2.0  # a hand that touched is likely to touch again

log = logging.getLogger(__name__)


def configure(title: str) -> None:
    """Prepare Kivy; call before importing anything of it.

    The environment variable ``KHIU_WINDOW`` ("1080x1920+0+0") places a borderless window of that size; without it the
    window fills the screen and hides the pointer.  Raises `ValueError` for a place that does not read so, and
    `RuntimeError` when Kivy was imported before.
    """
    if "kivy" in sys.modules:
        raise RuntimeError("configure() must come before any import of kivy")
    os.environ |= {
        "KIVY_NO_ARGS": "1",
        "KIVY_NO_CONFIG": "1",
        "KIVY_NO_FILELOG": "1",
        "KIVY_NO_ENV_CONFIG": "1",
        "KIVY_LOG_MODE": "PYTHON",
        "KIVY_METRICS_DENSITY": "1",  # sizes are relative to the window, never to a monitor's claimed dots per inch
        "SDL_MOUSE_AUTO_CAPTURE": "0",  # else a window slow to see a finger lifted takes the next one's touch
        "SDL_MOUSE_FOCUS_CLICKTHROUGH": "1",  # else the touch that brings focus to the window is swallowed
        "SDL_NO_SIGNAL_HANDLERS": "1",  # else SDL turns SIGTERM into a close request, which is refused
    }
    from kivy.config import Config
    from kivy.logger import Logger

    Logger.setLevel(logging.WARNING)
    Config.read_dict(_settings(os.environ.get("KHIU_WINDOW"), title))
    for device in Config.options("input"):
        Config.remove_option("input", device)
    # SDL turns a finger into mouse events, so this one provider hears both; a second one would make two touches of one
    Config.set("input", "mouse", "mouse,disable_multitouch")


def _settings(place: str | None, title: str) -> dict[str, dict[str, Any]]:
    graphics: dict[str, Any] = {"maxfps": RESTING, "resizable": 0, "multisamples": 0, "window_state": "visible"}
    if place:
        match = re.fullmatch(r"(\d+)x(\d+)\+(-?\d+)\+(-?\d+)", place)
        if not match:
            raise ValueError(f"KHIU_WINDOW is {place!r}, should read like 1080x1920+0+0")
        width, height, left, top = match.groups()
        graphics |= {"width": width, "height": height, "left": left, "top": top, "position": "custom"}
        graphics |= {"fullscreen": 0, "borderless": 1, "show_cursor": 1}
    else:
        graphics |= {"fullscreen": "auto", "borderless": 1, "show_cursor": 0}
    keys = {"exit_on_escape": 0, "pause_on_minimize": 0, "window_title": title, "log_enable": 0, "desktop": 0}
    return {"graphics": graphics, "kivy": keys}


def lively(seconds: float = TOUCH_SECONDS) -> None:
    """Tick fast for so long: something moves, or a hand is there.  Main thread only; the longer of two wishes wins."""
    from kivy.clock import Clock

    ends = getattr(Clock, "lively_until", 0.0)
    until = Clock.get_time() + seconds
    if until > ends:
        Clock.lively_until = until
        Clock._max_fps = LIVELY  # Kivy has no public way to change it once its clock runs
        Clock.schedule_once(_rest, seconds)


def _rest(_elapsed: float) -> None:
    from kivy.clock import Clock

    if Clock.get_time() >= Clock.lively_until - 0.001:
        Clock._max_fps = RESTING


def run(app: Any) -> int:
    """Run a Kivy App in its locked window until SIGTERM or SIGINT (0), or until something in it raised (1).

    A window whose callback raised is half dead: better that the process ends and systemd starts it anew.
    """
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.config import Config
    from kivy.core.window import Window

    from broker import node
    from broker.window import targets

    def refuse(*_event: Any, **_detail: Any) -> bool:
        return True

    def touched(*_event: Any) -> bool:
        lively()
        return False

    def lock(_app: Any) -> None:
        # bound after Kivy's own and so asked first: none of them hears a key
        for event in ("on_keyboard", "on_key_down", "on_key_up", "on_textinput", "on_request_close", "on_dropfile"):
            Window.bind(**{event: refuse})
        Window.bind(on_touch_down=touched)

    gone: list[bool] = []

    def stop(_elapsed: float) -> None:
        app.stop()
        gone.append(True)

    # within the loop, so that nothing is torn down half-way through a frame
    node.on_stop(lambda: Clock.schedule_once(stop, -1))
    app.open_settings = refuse
    app.title = Config.get("kivy", "window_title")  # else Kivy shows the name of the class
    app.bind(on_start=lock)
    targets.watch(Window)
    try:
        app.run()
    except Exception:
        if gone:  # what this frame had still to lay out found no app any more
            return 0
        log.exception("the window ends: something in it raised")
        EventLoop.close()
        return 1
    return 0
