"""What every process of the centre shares: its setting, its log, its signals and its word to systemd.

A main reads like this::

    setting = node.setting("hall", sys.argv[1:], "Keeps the queue.")
    link = Link(setting, "hall", [...], inbox.put)
    node.on_stop(lambda: inbox.put(None))
    link.start()
    node.notify("READY=1")
"""

from __future__ import annotations

import argparse
import importlib.metadata
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from broker.centre import DEFAULT, Centre, CentreError, load
from broker.language import letters
from broker.language.fonts import FontMissing
from broker.verbs import Verbs, listed

DRAWING = ("kiosk", "screen", "printer")  # roles that set texts in the centre's face
INSTALLED = Path("/etc/khiu/centre.toml")
CONFIG_FAULT = 78  # EX_CONFIG of sysexits.h: systemd units do not restart on it


@dataclass(frozen=True)
class Setting:
    """Which node of which centre this process is."""

    centre: Centre
    node: str
    state: Path  # the directory of the node's store; it exists, but where a command only reads
    password: str | None  # None: not enrolled; the broker will refuse


def options(program: str | None, description: str, verbs: Verbs = MappingProxyType({})) -> argparse.ArgumentParser:
    """A parser with the options of every node; a main may add its own and give the result to `from_options`."""
    parser = argparse.ArgumentParser(
        prog=program,
        description=description,
        epilog=f"Besides, it answers to verbs:\n{listed(program or '', verbs)}" if verbs else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    centre = os.environ.get("KHIU_CENTRE") or INSTALLED
    parser.add_argument("--centre", type=Path, default=centre, metavar="FILE", help="(default: %(default)s)")
    parser.add_argument("--name", help="this node's name in the file (default: the first node of its role)")
    state = os.environ.get("STATE_DIRECTORY", "").split(":")[0] or "/var/lib/khiu"
    parser.add_argument(
        "--state", type=Path, default=state, metavar="FOLDER", help="of this node's store (default: %(default)s)"
    )
    return parser


def questions(command: str, description: str) -> argparse.ArgumentParser:
    """As `options`, for a command that asks and is no node: where no centre is installed, it means the shipped one."""
    parser = options(command, description)
    parser.set_defaults(centre=centre_file())
    return parser


def centre_file() -> Path:
    """The file of this machine's centre: $KHIU_CENTRE, else the installed one, else the shipped one."""
    if named := os.environ.get("KHIU_CENTRE"):
        return Path(named)
    return INSTALLED if INSTALLED.exists() else DEFAULT


def setting(role: str, argv: Sequence[str], description: str = "") -> Setting:
    """The setting told by command line and environment.

    Raises `SystemExit` 78 after printing every fault of the centre's file, or that it holds no such node.
    """
    return from_options(role, options(None, description).parse_args(argv))


def from_options(role: str, given: argparse.Namespace, draws: bool = False, reads: bool = False) -> Setting:
    """As `setting`, from options already parsed; also sets up the log.  ``reads``: it leaves no folder behind."""
    log_to_stderr()
    try:
        centre = load(Path(given.centre))
        if draws or role in DRAWING:
            letters.require(centre)
        name = _name(centre, role, given.name, given.centre)
        state = Path(given.state)
        if not reads:
            state.mkdir(parents=True, exist_ok=True)
    except (CentreError, FontMissing, OSError) as fault:
        print(fault, file=sys.stderr)
        if not Path(given.centre).exists():
            print(f"name the centre's file with --centre FILE; the Ministry's is {DEFAULT}", file=sys.stderr)
        raise SystemExit(CONFIG_FAULT) from fault
    return Setting(centre, name, state, password(name))


def password(name: str) -> str | None:
    """The node's secret: a systemd credential, or a file of its name under $KHIU_PASSWORDS; None where neither is."""
    places = []
    if credentials := os.environ.get("CREDENTIALS_DIRECTORY"):
        places.append(Path(credentials, "mqtt-password"))
    if directory := os.environ.get("KHIU_PASSWORDS"):
        places.append(Path(directory, name))
    for place in places:
        if place.is_file():
            return place.read_text("utf-8").strip()
    return None


def voice_directory() -> Path:
    """Where the voice packs lie: $KHIU_VOICE, else the machine's, else what `make setup` built beside the code."""
    if named := os.environ.get("KHIU_VOICE"):
        return Path(named)
    installed = Path("/usr/share/khiu/voice")
    return installed if installed.is_dir() else Path(__file__).parent.parent / "build" / "voice"


def software() -> str:
    """Name and version of this software, as `Status` tells it."""
    try:
        return f"khiu {importlib.metadata.version('khiu')}"
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that was not installed
        return "khiu"


def notify(state: str) -> bool:
    """Tells systemd (sd_notify(3)); False where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address[0] == "@":  # an abstract name: no file stands for it
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.connect(address)
            channel.send(state.encode())
    except OSError as error:
        logging.getLogger(__name__).warning("systemd was not told %s: %s", state, error)
        return False
    return True


def watchdog_seconds() -> float | None:
    """Seconds after which systemd gives this process up without a ``WATCHDOG=1``; ping at half.  None: no watchdog."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        return int(os.environ["WATCHDOG_USEC"]) / 1_000_000
    except (KeyError, ValueError):
        return None


def on_stop(stop: Callable[[], object]) -> None:
    """Calls ``stop`` once, on a thread of its own, at the first SIGTERM or SIGINT; the second one kills.

    Not from the signal handler itself: that runs between two instructions of the main thread, which may hold
    the very lock that ``stop`` (an `Event.set`, a `Queue.put`) needs.  Call from the main thread.
    """
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told)

    def handler(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)

    def wait() -> None:
        os.read(heard, 1)
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)
    threading.Thread(target=wait, name="on-stop", daemon=True).start()


def log_to_stderr() -> None:
    """Warnings and notices to stderr, where journald picks them up; with the time only where nobody adds it."""
    stamp = "" if "JOURNAL_STREAM" in os.environ else "%(asctime)s "
    logging.basicConfig(level=logging.INFO, format=stamp + "%(levelname)s %(name)s: %(message)s", stream=sys.stderr)


def _name(centre: Centre, role: str, wanted: str | None, file: object) -> str:
    names = [name for name, its in centre.nodes().items() if its == role]
    if wanted in names:
        return str(wanted)
    if wanted is None and names:
        return names[0]
    said = f"{wanted} is no {role}" if wanted else f"there is no {role}"
    raise CentreError(f"{file}: {role}: {said}; allowed: {', '.join(names) or 'add one'}")
