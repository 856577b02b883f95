"""A centre of real processes that can be broken one by one, and all that it leaves for the judge.

The kiosk and the screen are windows on a virtual display, touched by X events; the counter is the real node on mock
pins (`faults_counter`); the printer prints into files; a bystander at the broker writes down what passes.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import apsw
import faults_door
import msgspec
from faults_cables import Cable
from faults_papers import Papers
from faults_relay import Relay
from msgspec.structs import replace
from promises import Begun, Evidence, Press, Thanked

from broker import clock, topics
from broker.centre import DEFAULT, Centre, load
from broker.messages import Announced, Command, Message, PointStatus
from broker.morning.ears import Ears
from broker.morning.glass import Glass
from broker.morning.subscriber import Subscriber
from broker.morning.waiting import until
from broker.mosquitto import Mosquitto, free_port
from broker.node import voice_directory
from broker.onebox import on_these_ports, opening
from broker.program import Program
from kiosk.virtual_control import tell

RESTART_SECONDS = 2.0  # as systemd's RestartSec in our units
KIOSK, SCREEN, COUNTER = "kiosk-1", "screen-1", "buttons-1"
WINDOWS = {KIOSK: "360x640+0+0", SCREEN: "480x270+360+0"}
SIZE = (840, 640)
PYTHON = Path(sys.executable)


def quick_centre() -> Centre:
    """The default centre, whose pages turn as fast as its file allows."""
    centre = load(DEFAULT)
    return replace(
        centre,
        kiosk_screen=replace(centre.kiosk_screen, ticket_seconds=1, untaken_seconds=60),
        calling=replace(centre.calling, shown_seconds=1),
    )


class BrokenCentre:
    """Use as a context manager.  ``before`` names what a node's command is run by (another network, say)."""

    def __init__(
        self,
        folder: Path,
        display: str,
        centre: Centre | None = None,
        before: Mapping[str, Sequence[str]] | None = None,
        env: Mapping[str, str] | None = None,
        cable: Callable[[int, Path], Cable] | None = None,
        relay: Callable[[int], Relay] | None = None,
        disk: Callable[[Path], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self.folder = folder
        self.disk = disk(folder / "state")
        for part in ("state", "log", "targets", "paper"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        given = centre or quick_centre()
        self.broker = Mosquitto(folder / "secrets", given)
        self.broker.port = free_port()
        self.relay = relay(self.broker.port) if relay else None
        self.printer, self.printer_control = free_port(), free_port()
        self.centre = self._here(given)
        self.cable = cable(self.printer, folder) if cable else None
        if self.cable:
            (kiosk, *others) = self.centre.kiosks
            mine = replace(kiosk, printer=self.cable.printer)
            self.centre = replace(self.centre, kiosks=(mine, *others))
        self.ears = Ears(folder / "heard")
        begin = opening(given, clock.now(), dt.timedelta(minutes=30))
        self.offset = (begin - clock.now()).total_seconds()
        self._before = before or {}
        self._env = {
            "KHIU_CENTRE": str(folder / "centre.toml"),
            "KHIU_PASSWORDS": str(folder / "secrets"),
            clock.OFFSET: str(self.offset),
            "KHIU_VOICE": str(voice_directory()),
            "KHIU_DOOR": str(folder / "door"),
            "KHIU_RECORDS": str(folder),
            "GPIOZERO_PIN_FACTORY": "mock",
            "DISPLAY": display,
            **self.ears.env,
            **(env or {}),
        }
        self.programs: dict[str, Program] = {}
        self.presses: list[Press] = []  # of counter nodes that a test plays itself
        self.kiosk = Glass(display, WINDOWS[KIOSK], folder / "targets" / f"{KIOSK}.json")
        self._papers = Papers(folder / "paper", self.centre)

    def _here(self, given: Centre) -> Centre:
        """The given centre on this machine's ports; a broker on another address keeps that, and its nodes use TLS."""
        here = on_these_ports(given, self.relay.port if self.relay else self.broker.port, self.printer)
        if given.broker.loopback:
            return here
        far = replace(given.broker, port=self.broker.port, ca=str(self.folder / "secrets" / "ca.crt"))
        return replace(here, broker=far)

    # ---------------------------------------------------------------- starting and stopping
    def __enter__(self) -> BrokenCentre:
        self.disk.__enter__()
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
        self.broker.start()
        (self.folder / "centre.toml").write_bytes(msgspec.toml.encode(self.centre))
        paper = ["--port", str(self.printer), "--control", str(self.printer_control)]
        self._add("printer", [self._command("khiu-printer"), *paper, "--folder", str(self.folder / "paper")])
        self._node("hall", [self._command("khiu-hall")])
        self._node(COUNTER, [sys.executable, str(Path(__file__).with_name("faults_counter.py"))])
        self._node(KIOSK, [self._command("khiu-kiosk")])
        self._node(SCREEN, [self._command("khiu-screen")])
        self.subscriber = Subscriber(
            self.broker.port, self.broker.secret("monitor"), self.centre.centre.site, self.folder / "monitor"
        )
        printer = self.programs["printer"]
        printer.launch().close() if "printer" in self._before else printer.start()
        if self.cable:
            self.cable.plug()
        nodes = [program for program in self.programs.values() if program.name != "printer"]
        for program, ear in [(program, program.launch()) for program in nodes]:
            if program.name in self._before:  # the socket that hears READY does not reach into another network
                ear.close()
            else:
                program.await_ready(ear, 90)

    @staticmethod
    def _command(name: str) -> str:
        return str(PYTHON.with_name(name))

    def state(self, name: str) -> Path:
        return self.folder / "state" / name

    def _node(self, name: str, command: Sequence[str]) -> None:
        self.state(name).mkdir(exist_ok=True)
        env = {"KHIU_TARGETS": str(self.folder / "targets" / f"{name}.json")}
        if name in WINDOWS:
            env["KHIU_WINDOW"] = WINDOWS[name]
        self._add(name, [*command, "--name", name, "--state", str(self.state(name))], env)

    def _add(self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        whole = [*self._before.get(name, ()), *command]
        self.programs[name] = Program(name, whole, self._env | dict(env or {}), self.folder / "log" / f"{name}.log")

    def stop(self) -> None:
        for program in reversed(self.programs.values()):
            program.stop()
        if self.cable:
            self.cable.pull()
        if self.relay:
            self.relay.stop()
        if hasattr(self, "subscriber"):
            self.subscriber.stop()
        self.broker.stop()
        self.disk.__exit__(None, None, None)

    def now(self) -> dt.datetime:
        """What the clocks of this centre show."""
        return clock.now() + dt.timedelta(seconds=self.offset)

    # ---------------------------------------------------------------- what is done to it
    def kill(self, name: str) -> None:
        """kill -9; systemd starts it again 2 s later."""
        pid = self.broker.pid if name == "broker" else self.programs[name].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        (self.folder / "targets" / f"{name}.json").unlink(missing_ok=True)  # nobody sees a window that is gone
        time.sleep(RESTART_SECONDS)
        self.start(name)

    def start(self, name: str) -> None:
        """Start again what ended."""
        if name == "broker":
            self.broker.stop()
            self.broker.start()
        else:
            self.programs[name].start(60)

    def trouble(self, *faults: str) -> None:
        """Put the printer these faults; none: it is well."""
        tell(f"127.0.0.1:{self.printer_control}", faults or ("ready",))

    # ---------------------------------------------------------------- hands and eyes
    def press(self, point: int, wire: str) -> bool:
        """A finger on a button; False where no node runs behind it."""
        return faults_door.press(self.folder / "door", point, wire)

    def point(self, point: int) -> PointStatus | None:
        """The hall's last word about this point, as its counter node has it."""
        return faults_door.status(self.folder / "door", point)

    def select(self, node: str, file: str, query: str, *values: object) -> list[Any]:
        """Rows of a node's store, read as any bystander could; none where it cannot be read now."""
        with suppress(apsw.Error):
            connection = apsw.Connection(str(self.state(node) / file), flags=apsw.SQLITE_OPEN_READONLY)
            with closing(connection):
                connection.set_busy_timeout(2000)
                return connection.execute(query, values).fetchall()  # type: ignore[arg-type]
        return []

    def announced(self, number: str) -> bool:
        """Whether the screen has begun to announce the last call of this number."""
        calls = self.select(
            "hall", "ledger.sqlite",
            "SELECT call.id FROM call JOIN visit ON visit.id = visit WHERE number = ? ORDER BY at DESC LIMIT 1", number,
        )  # fmt: skip
        return bool(calls and self.select(SCREEN, "said.sqlite", "SELECT 1 FROM said WHERE call = ?", calls[0][0]))

    # ---------------------------------------------------------------- what is left
    def drained(self, within: float = 40) -> None:
        """Wait until every node is back and has nothing more to say.  Raises `NotSeen`."""
        until("every outbox empty", lambda: not any(self._waiting()), within)
        until("every call announced", lambda: not self._unsaid(), within)

    def _waiting(self) -> Iterator[bool]:
        for node, file in ((KIOSK, "kiosk.sqlite"), (COUNTER, "buttons.sqlite")):
            held = "SELECT count(*) FROM outbox WHERE seq > (SELECT coalesce(acknowledged, 0) FROM outbox_state)"
            yield self.select(node, file, held) != [(0,)]
        yield self.select(KIOSK, "kiosk.sqlite", "SELECT count(*) FROM number WHERE state = 'given'") != [(0,)]

    def _unsaid(self) -> set[str]:
        made = self.select("hall", "ledger.sqlite", "SELECT id FROM call")
        return {str(call) for (call,) in made} - {begun.call for begun in self._begun()}

    def evidence(self) -> Evidence:
        """All of it, since the centre was first opened."""
        return Evidence(
            self.state("hall") / "ledger.sqlite",
            {KIOSK: self.state(KIOSK) / "kiosk.sqlite"},
            self._papers.whole(),
            [*self.presses, *pressed(self.folder)],
            self._begun(),
            thanked(self.folder),
            [message for _, message in self._seen()],
            command_seconds=self.centre.calling.command_seconds,
            true_times=True,
            every_paper=True,
        )

    def _begun(self) -> list[Begun]:
        """In order.  What the screen's card could not take is known by what the screen said when it was done."""
        said = self.select(SCREEN, "said.sqlite", "SELECT call, at FROM said")
        begun = {str(call): dt.datetime.fromisoformat(at) for call, at in said}
        for node, message in self._seen():
            if isinstance(message, Announced) and node == SCREEN:
                begun.setdefault(message.call, message.at)
        return [Begun(SCREEN, call) for call in sorted(begun, key=begun.__getitem__)]

    def _seen(self) -> Iterator[tuple[str, Message]]:
        """Node or point of its topic, and the message, of all that passed the broker and was one."""
        for seen in list(self.subscriber.seen):
            with suppress(topics.BadMessage):
                kind, key = topics.kind_of(self.centre.centre.site, seen.topic)
                yield key, topics.decode(kind, json.dumps(seen.payload).encode())


def pressed(records: Path) -> list[Press]:
    """What the counter sent, as it wrote it down (`faults_counter`)."""
    return [
        Press(COUNTER, msgspec.convert(line["command"], Command), dt.datetime.fromisoformat(line["at"]))
        for line in _lines(records / "presses.jsonl")
    ]


def thanked(records: Path) -> list[Thanked]:
    """The votes that its lamp thanked for."""
    return [Thanked(COUNTER, line["visit"]) for line in _lines(records / "thanked.jsonl")]


def _lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text().splitlines() if line] if file.exists() else []


def wait_for(look: Callable[[], object], within: float, step: float = 0.05) -> bool:
    """Whether ``look`` became true in time."""
    end = time.monotonic() + within
    while not look():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


def resident(pid: int) -> int:
    """Bytes of memory that a process holds (proc(5), statm)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def run(*command: object, within: float = 60) -> str:
    """A command of the system.  Raises `RuntimeError` with its words where it fails."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=within)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()[-300:]}")
    return done.stdout
