"""khiu-centre: the whole centre on one machine."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

from broker import clock
from broker.centre import DEFAULT, Centre, CentreError, load
from broker.guide.pages import write
from broker.language.catalogue import N_, languages, spoken, words
from broker.language.fonts import FontMissing
from broker.language.letters import require
from broker.morning.direct import EARLY, morning
from broker.onebox import ON_A_DESKTOP, OneBox, is_open, opening
from broker.program import NotStarted
from broker.said import fault

READY = """\
ready; paper, logs and ledger are in {directory}; Ctrl+C ends it
messages: mosquitto_sub -p {port} -i monitor -u monitor -P "$(cat {directory}/secrets/monitor)" -t 'khiu/#' -v
figures: {programs}/khiu-hall summary --state {directory}/state/hall --centre {directory}/centre.toml
a copy of the ledger: {programs}/khiu-hall backup --state {directory}/state/hall --to {directory}/copies"""
DESK = """\
pages for officers: http://127.0.0.1:{port}
at /first with the one-time code, which stands on the screen and in {directory}/log/{name}.log"""
PRACTICE_DAYS = 20
EX_CONFIG = 78  # sysexits.h: the configuration is at fault


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="khiu-centre",
        description="Run a whole service centre on this machine: broker, hall, kiosk, screen, six points, printer. "
        "Without a display it plays a scripted morning on a virtual screen.",
    )
    parser.add_argument(
        "--centre", type=Path, default=DEFAULT, metavar="FILE", help="the centre's file (default: the Ministry's)"
    )
    parser.add_argument("--check", type=Path, metavar="FILE", help="only say whether this centre.toml is right")
    parser.add_argument(
        "--language", choices=languages(), help="in which --check tells what is wrong (default: that of $LANG, else th)"
    )
    parser.add_argument(
        "--morning", type=Path, metavar="DIR", help="play the scripted morning and keep what was seen in DIR"
    )
    parser.add_argument(
        "--guide", type=Path, metavar="PDF", help="write the staff guide of this centre, in Thai, to print on A4"
    )
    options = parser.parse_args(argv)
    say = words(options.language or spoken(os.environ, "th"))
    try:
        centre = load(options.check or options.centre)
        require(centre)
    except CentreError as error:
        print(error.told(say), file=sys.stderr)
        return EX_CONFIG
    except FontMissing as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    if options.check:
        right = N_("right: services {services}, points {points}")
        print(fault(str(options.check), right, services=len(centre.services), points=len(centre.points)).told(say))
        return 0
    if options.guide:
        write(centre, options.guide)
        print(f"{options.guide}: to be printed on A4")
        return 0
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell script's background jobs ignore SIGINT unless told
        signal.signal(number, signal.default_int_handler)
    try:
        if options.morning:
            return morning(centre, options.morning)
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            print("no display here: playing the scripted morning on a virtual screen, into ./out", flush=True)
            return morning(centre, Path("out"))
        return demonstrate(centre)
    except KeyboardInterrupt:  # every process that was started has been stopped on the way here
        print("stopped", file=sys.stderr)
        return 128 + signal.SIGINT
    except NotStarted as error:
        print(error, file=sys.stderr)
        return 1


def demonstrate(centre: Centre) -> int:
    """The centre in windows on this desktop until Ctrl+C."""
    begin = None
    if not is_open(centre, clock.now()):
        begin = opening(centre, clock.now(), EARLY)
        print(f"the centre is closed now; its clocks are set to {begin:%A %d %B %Y %H:%M}")
    directory = Path(os.environ.get("KHIU_DEMO") or tempfile.mkdtemp(prefix="khiu-demo-"))
    try:
        with OneBox(centre, directory, ON_A_DESKTOP, begin=begin, show_paper=True, practice=PRACTICE_DAYS) as box:
            print(
                READY.format(directory=directory, port=box.broker.port, programs=Path(sys.executable).parent),
                flush=True,
            )
            if desk := box.centre.desk:
                print(DESK.format(port=desk.port, directory=directory, name=desk.name), flush=True)
            box.supervise()
    except KeyboardInterrupt:
        print("closing")
    return 0


if __name__ == "__main__":
    sys.exit(main())
