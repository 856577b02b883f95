"""The whole centre on one machine: broker, hall, kiosk, screen, points, printer.

For demonstrations, small offices and tests.  Every process is the one that runs on a Pi, with its
own user at the broker; only the printer's paper and the points' wires are virtual.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType

import msgspec

from broker import clock
from broker.centre import Centre
from broker.centre_printers import NetworkPrinter, Printer
from broker.hours import Open, Shut, hours
from broker.mosquitto import Mosquitto, free_port
from broker.node import voice_directory
from broker.program import Program


@dataclass(frozen=True)
class Windows:
    """Where each window stands: WIDTHxHEIGHT+X+Y."""

    kiosk: str
    screen: str
    points: str


ON_A_DESKTOP = Windows("506x900+0+0", "1080x608+506+0", "1414x420+506+608")
ON_A_VIRTUAL_SCREEN = Windows("1080x1920+0+0", "1920x1080+1080+0", "1440x630+1080+1080")
VIRTUAL_SCREEN_SIZE = (3000, 1920)
PRACTICE_SECONDS = 120.0  # twenty days take some seconds


class OneBox:
    """A centre in ``directory``; use as a context manager.  ``say`` hears each step in a line."""

    def __init__(
        self,
        centre: Centre,
        directory: Path,
        windows: Windows,
        *,
        env: dict[str, str] | None = None,
        begin: dt.datetime | None = None,
        show_paper: bool = False,
        practice: int = 0,
        say: Callable[[str], None] = print,
    ) -> None:
        """``begin``: the moment at which the centre's clocks stand at start (default: now).

        ``practice``: so many working days before it are made up where there is no ledger yet (`khiu-hall practice`).
        """
        self.directory = directory
        self.windows = windows
        self._say = say
        for part in ("state", "log", "targets", "paper"):
            (directory / part).mkdir(parents=True, exist_ok=True)
        self.broker = Mosquitto(directory / "secrets", centre)
        self._centre_as_given = centre
        self.clock_offset = (begin - clock.now()).total_seconds() if begin else 0.0
        self._env = {
            "KHIU_CENTRE": str(directory / "centre.toml"),
            "KHIU_PASSWORDS": str(directory / "secrets"),
            "KHIU_CLOCK_OFFSET": str(self.clock_offset),
            "KHIU_VOICE": str(voice_directory()),
            "GPIOZERO_PIN_FACTORY": "mock",
        } | (env or {})
        self._show_paper, self._practice = show_paper, practice
        self.programs: dict[str, Program] = {}

    def __enter__(self) -> OneBox:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        self._say("broker")
        self.broker.start()
        printer_port, self.printer_control = free_port(), free_port()
        self.centre = on_these_ports(self._centre_as_given, self.broker.port, printer_port)
        (self.directory / "centre.toml").write_bytes(msgspec.toml.encode(self.centre))
        if self._practice and not self.ledger.exists():
            self._practise()
        papers, control = self.directory / "paper", ("--control", str(self.printer_control))
        shown = ("--show",) if self._show_paper else ()
        self._virtual("kiosk_printer", self.centre.kiosks[0].printer, papers, *control, *shown)
        for each in self.centre.printers:  # no node has a name with "_" in it
            self._virtual(f"virtual_{each.name}", each.printer, papers / each.name)
        self._node("hall", "khiu-hall")
        if self.centre.desk:
            self._node(self.centre.desk.name, "khiu-desk", "--ledger", str(self.ledger))
        for kiosk in self.centre.kiosks:
            self._node(kiosk.name, "khiu-kiosk", window=self.windows.kiosk)
        for screen in self.centre.screens:
            self._node(screen.name, "khiu-screen", window=self.windows.screen)
        for buttons in self.centre.buttons:
            self._node(buttons.name, "khiu-panel", window=self.windows.points)
        for each in self.centre.printers:
            self._node(each.name, "khiu-paper")
        ears = [(program, program.launch()) for program in self.programs.values()]
        for program, ear in ears:
            program.await_ready(ear, 90)
            self._say(f"{program.name} ready")

    def _virtual(self, name: str, printer: Printer, papers: Path, *more: str) -> None:
        assert isinstance(printer, NetworkPrinter)  # `on_these_ports`
        where = ("--port", str(printer.port), "--folder", str(papers), "--paper", str(printer.paper_mm))
        self._add(name, "khiu-printer", *where, *more)

    def _practise(self) -> None:
        """A past to try reports on; the hall's program says how it went, and without one the centre is as good."""
        state = str(self.ledger.parent)
        command, env = self.command_line("khiu-hall", "practice", "--days", str(self._practice), "--state", state)
        with suppress(subprocess.TimeoutExpired):  # the days that it lived through by then are whole
            subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=False, timeout=PRACTICE_SECONDS)

    def _node(self, name: str, command: str, *arguments: str, window: str | None = None) -> None:
        state = self.directory / "state" / name
        state.mkdir(exist_ok=True)
        env = {}
        if window:
            env = {"KHIU_WINDOW": window, "KHIU_TARGETS": str(self.directory / "targets" / f"{name}.json")}
        self._add(name, command, "--name", name, "--state", str(state), *arguments, env=env)

    def _add(self, name: str, command: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        path = Path(sys.executable).with_name(command)
        self.programs[name] = Program(
            name, [str(path), *arguments], {**self._env, **(env or {})}, self.directory / "log" / f"{name}.log"
        )

    def command_line(self, command: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
        """A Khiu command as this centre would run it, with its environment."""
        return [str(Path(sys.executable).with_name(command)), *arguments], {**os.environ, **self._env}

    @property
    def ledger(self) -> Path:
        return self.directory / "state" / "hall" / "ledger.sqlite"

    def supervise(self) -> None:
        """Start again whatever ends by itself, after 2 s as systemd would (Restart=always); never returns."""
        gone: SimpleQueue[Program] = SimpleQueue()

        def watch(program: Program) -> None:
            program.wait()
            gone.put(program)

        for program in self.programs.values():
            threading.Thread(target=watch, args=(program,), daemon=True).start()
        while True:
            program = gone.get()
            self._say(f"{program.name} ended; starting it again\n{program.last_words(5)}")
            time.sleep(2)
            program.start()
            threading.Thread(target=watch, args=(program,), daemon=True).start()

    def stop(self) -> None:
        """Stop every process, the broker last, so that each can say it goes."""
        for program in reversed(self.programs.values()):
            program.stop()
        self.broker.stop()


def on_these_ports(centre: Centre, broker: int, printer: int) -> Centre:
    """The same centre with its broker, printers and desk on this machine's ports, without backups."""
    kiosks = tuple(msgspec.structs.replace(each, printer=_on(printer, each.printer)) for each in centre.kiosks)
    printers = tuple(msgspec.structs.replace(each, printer=_on(free_port(), each.printer)) for each in centre.printers)
    desk = centre.desk and msgspec.structs.replace(centre.desk, host="127.0.0.1", port=free_port(), names=())
    at = msgspec.structs.replace(centre.broker, host="127.0.0.1", port=broker)
    return msgspec.structs.replace(centre, broker=at, kiosks=kiosks, printers=printers, backup=None, desk=desk)


def _on(port: int, printer: Printer) -> NetworkPrinter:
    return NetworkPrinter("127.0.0.1", port, printer.paper_mm, printer.profile)


def opening(centre: Centre, now: dt.datetime, after: dt.timedelta) -> dt.datetime:
    """The moment ``after`` the first opening of the doors on or after today."""
    midnight = dt.datetime.combine(now.astimezone(centre.zone), dt.time(), centre.zone)
    match hours(midnight, centre.hours, centre.days_off):
        case Shut(until):
            return until + after
        case Open():
            return midnight + after


def is_open(centre: Centre, now: dt.datetime) -> bool:
    return isinstance(hours(now.astimezone(centre.zone), centre.hours, centre.days_off), Open)
