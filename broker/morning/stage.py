"""What can be done to a running centre from outside, and what can be seen of it there."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import wave
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from broker.morning.ears import Ears
from broker.morning.glass import Glass
from broker.morning.subscriber import Seen, Subscriber
from broker.morning.waiting import NotSeen, until
from broker.onebox import OneBox


class Expected:
    """A sound that is being made."""

    def __init__(self, maker: subprocess.Popen[bytes], file: Path) -> None:
        self._maker, self._file = maker, file

    def sound(self) -> tuple[int, bytes]:
        """Sampling rate and samples.  Raises `NotSeen` where none could be made."""
        if self._maker.wait(60):
            raise NotSeen(f"no {self._file.name}: its maker ended with {self._maker.returncode}")
        with wave.open(str(self._file)) as wav:
            return wav.getframerate(), wav.readframes(wav.getnframes())


class Stage:
    """A citizen's and an officer's hands, and the eyes and ears of a bystander."""

    def __init__(self, box: OneBox, display: str, ears: Ears, out: Path, say: Callable[[str], None]) -> None:
        self.box, self.ears, self.out, self.say = box, ears, out, say
        targets = box.directory / "targets"
        self.kiosk = Glass(display, box.windows.kiosk, targets / f"{box.centre.kiosks[0].name}.json")
        self.board = Glass(display, box.windows.screen, targets / f"{box.centre.screens[0].name}.json")
        self.points = Glass(display, box.windows.points, targets / f"{box.centre.buttons[0].name}.json")
        self.day = ""
        for part in ("tickets", "speech", "screens"):
            (out / part).mkdir(parents=True, exist_ok=True)
        self.subscriber = Subscriber(
            box.broker.port, box.broker.secret("monitor"), box.centre.centre.site, box.directory / "monitor"
        )
        self._calls: list[tuple[Seen, Expected]] = []  # not yet heard
        self._heard = 0
        self._codes: dict[Path, str] = {}  # picture → what its QR code says

    # ---------------------------------------------------------------- the citizen
    def take(self, service: str) -> str:
        """Touch a service; the number that then stands on paper, at the broker and on the kiosk's glass."""
        self.kiosk.shows("home")
        mark = self.subscriber.count()
        self.kiosk.touch(f"service-{service}")
        number = self.issued(service, mark)
        self.paper(number)
        self.say(f"{number}: touched, printed, known to the hall")
        return number

    def issued(self, service: str, mark: int) -> str:
        """The number of the next ticket of this service that a kiosk reports after ``mark``."""
        fact = self.subscriber.wait(f"a ticket of service {service}", lambda m: _issued(m, service), mark, within=15)
        self.day = str(fact.payload["fact"]["day"])
        number = str(fact.payload["fact"]["number"])
        self.subscriber.wait(f"the hall's word that it has {number}", _acknowledges(fact), mark)
        return number

    def paper(self, number: str) -> None:
        """Wait for the paper that bears this number in its QR code, and keep it."""
        site, folder = self.box.centre.centre.site, self.box.directory / "paper"
        code = f"khiu:{site}:{self.day}:{number}"

        def look() -> Path | None:
            return next((p for p in sorted(folder.glob("*.png")) if code in self._qr(p)), None)

        picture = until(f"paper with {code}", look, 10)
        shutil.copyfile(picture, self.out / "tickets" / f"{number}.png")
        shutil.copyfile(picture.with_suffix(".escpos"), self.out / "tickets" / f"{number}.escpos")

    def _qr(self, picture: Path) -> str:
        if picture not in self._codes:
            answer = subprocess.run(
                ["zbarimg", "-q", "--raw", picture], check=False, capture_output=True, text=True, timeout=20
            )
            self._codes[picture] = answer.stdout
        return self._codes[picture]

    def printer(self, condition: str) -> None:
        """Open the virtual printer's cover, take its paper away, mend it."""
        command, env = self.box.command_line(
            "khiu-printer", "--tell", f"127.0.0.1:{self.box.printer_control}", condition
        )
        subprocess.run(command, env=env, check=True, timeout=20)

    # ---------------------------------------------------------------- the officer
    def press(self, point: int, button: str, *, long: bool = False) -> Seen:
        """Press a button of a point; the command that its node then sent, seen at the broker."""
        mark = self.subscriber.count()

        def command() -> Seen:
            return self.subscriber.wait(
                f"a command of point {point}",
                lambda m: m.topic.endswith("/command") and m.payload["point"] == point,
                mark,
            )

        if long:  # which commands while it is still held: a busy machine sees it begin late
            with self.points.held(f"{point}-{button}"):
                return command()
        self.points.touch(f"{point}-{button}", 0.1)
        return command()

    def accepted(self, command: Seen) -> str:
        """The ticket that the hall's acceptance of this command names.  Raises `NotSeen` if it refused."""
        reply = self.subscriber.wait(
            "the hall's reply", lambda m: "/hall/reply/" in m.topic and m.payload["id"] == command.payload["id"]
        )
        if reply.payload["answer"]["outcome"] != "accepted":
            raise NotSeen(f"the hall refused {command.payload['action']}: {reply.payload['answer']}")
        return str(reply.payload["answer"].get("ticket"))

    def call(
        self, point: int, expected: str, *, times: int = 1, button: str = "call", long: bool = False, picture: str = ""
    ) -> None:
        """Press; then the number is to be called, and read off the board (`all_spoken` listens)."""
        mark = self.subscriber.count()
        number = self.accepted(self.press(point, button, long=long))
        if number != expected:
            raise NotSeen(f"point {point} was given {number}, the rules say {expected}")
        call = self.subscriber.wait(
            f"{number} called to point {point}",
            lambda m: m.topic.endswith("/hall/call") and (m.payload["ticket"], m.payload["point"]) == (number, point),
            mark,
        )
        if call.payload["times"] != times:
            raise NotSeen(f"call {call.payload['times']} of {number}, not call {times}")
        if picture:
            self.board.pictured("calling", "called-number", number, self.out / "screens" / f"{picture}.png")
        self.board.reads(f"point-{point}-number", number, self.box.directory)
        self._calls.append((call, self._expected(call)))
        self.say(f"{number}: called to point {point}" + (f" for the {times}. time" if times > 1 else ""))

    def all_spoken(self) -> None:
        """Wait until every call so far was confirmed by the screen, and keep the sound of each."""
        while self._calls:
            self._spoken(*self._calls.pop(0))
        self.say(f"{self._heard} announcements heard, one after the other")

    def _spoken(self, call: Seen, expected: Expected) -> None:
        said = self.subscriber.wait(
            f"{call.payload['ticket']} announced",
            lambda m: m.topic.endswith("/announced") and m.payload["call"] == call.payload["call"],
            within=30,
        )
        times = "" if call.payload["times"] == 1 else f"-{call.payload['times']}"
        name = f"{call.payload['ticket']}-{call.payload['point']}{times}.wav"
        if not said.payload["spoken"]:
            raise NotSeen(f"the screen could not speak {name}")
        heard = until(f"playback of {name}", lambda: self.ears.heard()[self._heard : self._heard + 1])[0]
        rate, frames = expected.sound()
        if not heard.file.read_bytes().startswith(frames):
            raise NotSeen(f"what was played for {name} is not the announcement of the voice packs")
        self.ears.keep(heard, self.out / "speech" / name, rate)
        self._heard += 1

    def _expected(self, call: Seen) -> Expected:
        """The announcement as the voice packs have it: made while the morning goes on."""
        file = self.box.directory / f"{call.payload['call']}.wav"
        say = ["say", call.payload["ticket"], str(call.payload["point"])]
        say += ["--again"] if call.payload["times"] > 1 else []
        command, env = self.box.command_line("khiu-screen", "voice", *say, "-o", str(file))
        return Expected(subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL), file)

    def serve(self, point: int) -> None:
        """Start the visit with the second button."""
        self.accepted(self.press(point, "serve"))
        self.state(point, "serving")

    def finish(self, point: int, presses: int = 1) -> None:
        """End the visit with the second button; the smileys are then open."""
        for _ in range(presses):
            self.accepted(self.press(point, "serve"))
        self.state(point, "idle")

    def rate(self, point: int, level: int) -> None:
        """Tap a smiley twice; one vote is to arrive."""
        mark = self.subscriber.count()
        self.points.touch(f"{point}-smiley-{level}")
        self.subscriber.wait("a rating", lambda m: _rated(m, point, level), mark)
        self.points.touch(f"{point}-smiley-{level}")
        self.say(f"point {point}: rated {level}")

    def state(self, point: int, state: str) -> Seen:
        """Wait until the last word of the hall about a point is this."""

        def look() -> Seen | None:
            last = next((m for m in reversed(self.subscriber.seen) if m.topic.endswith(f"/hall/point/{point}")), None)
            return last if last and last.payload["state"] == state else None

        return until(f"point {point} {state}", look)

    # ---------------------------------------------------------------- the bystander
    def picture(self, glass: Glass, name: str) -> None:
        glass.picture(self.out / "screens" / f"{name}.png")

    @contextmanager
    def pictures_of_failure(self) -> Iterator[None]:
        """Where the story ends before its end, show where it ended."""
        try:
            yield
        except NotSeen:
            for name in ("kiosk", "board", "points"):
                self.picture(getattr(self, name), f"failed-{name}")
            raise

    def board_now(self) -> dict[str, Any]:
        """The last board that the hall published."""
        return next((m.payload for m in reversed(self.subscriber.seen) if m.topic.endswith("/hall/board")), {})

    def ledger(self, query: str) -> list[tuple[Any, ...]]:
        """Read the hall's ledger as any SQLite program would."""
        with closing(sqlite3.connect(f"file:{self.box.ledger}?mode=ro", uri=True, timeout=5)) as ledger:
            return ledger.execute(query).fetchall()

    @staticmethod
    def same(what: str, seen: object, expected: object) -> None:
        """Raises `NotSeen` where the two differ."""
        if seen != expected:
            raise NotSeen(f"{what}: {seen}, not {expected}")

    def summary(self) -> dict[str, Any]:
        """What `khiu-hall summary --json` prints for this day."""
        state = str(self.box.directory / "state" / "hall")
        command, env = self.box.command_line("khiu-hall", "summary", "--json", "--state", state, "--day", self.day)
        answer = subprocess.run(command, env=env, check=True, timeout=60, capture_output=True, text=True)
        return dict(json.loads(answer.stdout))


def _issued(m: Seen, service: str) -> bool:
    return (
        m.topic.endswith("/fact")
        and m.payload["fact"]["kind"] == "ticket_issued"
        and m.payload["fact"]["service"] == service
    )


def _rated(m: Seen, point: int, level: int) -> bool:
    fact = m.payload["fact"] if m.topic.endswith("/fact") else {}
    return bool(fact.get("kind") == "rated" and (fact["point"], fact["level"]) == (point, level))


def _acknowledges(fact: Seen) -> Callable[[Seen], bool]:
    node = fact.topic.split("/")[2]
    return lambda m: m.topic.endswith(f"/hall/ack/{node}") and m.payload["seq"] >= fact.payload["seq"]
