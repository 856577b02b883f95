"""Sets the stage for the morning, plays it, and keeps what was seen."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from broker import clock
from broker.centre import Centre
from broker.morning.ears import Ears
from broker.morning.glass import VirtualScreen
from broker.morning.stage import Stage
from broker.morning.story import keep_ledger, play
from broker.morning.waiting import NotSeen
from broker.onebox import ON_A_VIRTUAL_SCREEN, VIRTUAL_SCREEN_SIZE, OneBox, opening

EARLY = dt.timedelta(minutes=30)  # the morning begins half an hour after the doors opened


def morning(centre: Centre, out: Path) -> int:
    """Play the morning; 0 if every step was seen.  What was seen lies in ``out`` either way."""
    out.mkdir(parents=True, exist_ok=True)
    for kept in ("tickets", "speech", "screens"):  # of an earlier morning, which this one must not be taken for
        shutil.rmtree(out / kept, ignore_errors=True)
    for kept in ("messages.jsonl", "ledger.sqlite", "summary.json"):
        (out / kept).unlink(missing_ok=True)
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {line}", flush=True)

    # eyes that take a picture need less time than people
    tickets = msgspec.structs.replace(centre.kiosk_screen, ticket_seconds=1)
    calls = msgspec.structs.replace(centre.calling, shown_seconds=3)
    centre = msgspec.structs.replace(centre, kiosk_screen=tickets, calling=calls)
    glass = VirtualScreen(VIRTUAL_SCREEN_SIZE)
    try:
        with tempfile.TemporaryDirectory(prefix="khiu-", ignore_cleanup_errors=True) as folder:
            return _play(centre, glass.display, Path(folder), out, say)
    finally:
        glass.stop()
        say(f"kept in {out}")


def _play(centre: Centre, display: str, folder: Path, out: Path, say: Callable[[str], None]) -> int:
    ears = Ears(folder / "heard")
    begin = opening(centre, clock.now(), EARLY)
    box = OneBox(centre, folder, ON_A_VIRTUAL_SCREEN, env={"DISPLAY": display, **ears.env}, begin=begin, say=say)
    try:
        with box:
            stage = Stage(box, display, ears, out, say)
            try:
                with stage.pictures_of_failure():
                    play(stage)
                summary = stage.summary()
                (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
                keep_ledger(stage)
            finally:
                stage.subscriber.write(out / "messages.jsonl")
                stage.subscriber.stop()
    except NotSeen as error:
        say(f"FAILED: {error}")
        for program in box.programs.values():
            (out / f"{program.name}.log").write_text(program.last_words(200) + "\n")
        return 1
    return 0
