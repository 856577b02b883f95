"""The kiosk as citizen and hall know it: a real window under real touches, a real broker, paper over a socket."""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from PIL import ImageGrab

from broker import clock
from broker.centre import Centre
from broker.centre_printers import NetworkPrinter
from broker.hours import Open
from broker.link import Disconnected, Link, Received
from broker.messages import Ack, Board, Document, Fact, Print, Printed, ServiceView, Status, TicketIssued, TicketVoided
from broker.morning.ears import Ears
from broker.morning.glass import VirtualScreen
from broker.mosquitto import Mosquitto
from broker.store import CARD_FAULT
from broker.voice.pack import Voice
from broker.voice.sound import RATE, wav
from kiosk.looks import GLASS_UNKNOWN
from kiosk.pages import Home, State, Taken, Ticket
from kiosk.spoken import statement
from kiosk.store import KioskStore
from kiosk.view import OTHER_DAY
from kiosk.virtual_printer import VirtualPrinter

SIZE = "540x960"
SCREEN = (540, 960)
Hall = tuple[Link, Any]


def until(what: str, seen: Callable[[], Any], seconds: float = 15.0) -> Any:
    give_up = time.monotonic() + seconds
    while not (found := seen()):
        assert time.monotonic() < give_up, f"not seen: {what}"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    glass = VirtualScreen(SCREEN)
    yield glass.display
    glass.stop()


@dataclass
class Kiosk:
    """A running khiu-kiosk, by its window and its printer."""

    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes]
    display: str
    targets: Path
    printer: VirtualPrinter

    def page(self) -> str:
        return str(self._places().get("page", ""))

    def shows(self, page: str, seconds: float = 15.0) -> None:
        until(f"page {page}, but {self.page()}", lambda: self.page() == page, seconds)

    def touch(self, name: str) -> None:
        x, y, width, height = until(name, lambda: self._places().get(name))
        self._x("mousemove", 1, 1, "sleep", 0.1)  # SDL hears no press of a pointer that it never saw moving
        self._x("mousemove", x + width // 2, y + height // 2, "mousedown", 1, "sleep", 0.05, "mouseup", 1)
        time.sleep(0.3)  # one touch, not two of a trembling hand

    def key(self, *names: str) -> None:
        self._x("key", *names)

    def papers(self) -> list[Path]:
        return sorted(self.printer.folder.glob("*.png"))

    def ground(self) -> str:
        """The colour behind everything, beside the page."""
        return "#{:02X}{:02X}{:02X}".format(*ImageGrab.grab((3, 480, 4, 481), xdisplay=self.display).getpixel((0, 0)))

    def _x(self, *words: object) -> None:
        subprocess.run(
            ["xdotool", *map(str, words)], check=True, timeout=10, env={**os.environ, "DISPLAY": self.display}
        )

    def _places(self) -> dict[str, Any]:
        return dict(json.loads(self.targets.read_text())) if self.targets.exists() else {}


@pytest.fixture
def ears(tmp_path: Path) -> Ears:
    return Ears(tmp_path / "heard")


@pytest.fixture
def kiosk(
    display: str, centre: Centre, mosquitto: Mosquitto, ears: Ears, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Kiosk]:
    voice, idle_seconds, inches = getattr(request, "param", (False, 30, 21.5))
    with VirtualPrinter(tmp_path / "paper", rows_a_second=20000) as printer:
        paper = NetworkPrinter(host=printer.host, port=printer.port, paper_mm=80)
        at_nine = replace(
            centre,
            kiosks=(replace(centre.kiosks[0], printer=paper, voice=voice, inches=inches),),
            kiosk_screen=replace(centre.kiosk_screen, ticket_seconds=1, untaken_seconds=6, idle_seconds=idle_seconds),
        )
        (tmp_path / "centre.toml").write_bytes(msgspec.toml.encode(at_nine))
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets" / "kiosk-1").write_text(str(mosquitto.secret("kiosk-1")))
        (tmp_path / "state").mkdir()
        with closing(KioskStore.open(tmp_path / "state" / "kiosk.sqlite", (1, 999))) as card:
            card.outbox.acknowledged(0)  # else it is a new one, which gives nothing before it has heard the hall
        targets = tmp_path / "targets.json"
        monday = clock.dt.datetime(2026, 11, 23, 9, tzinfo=centre.zone)
        env = {
            **os.environ,
            "DISPLAY": display,
            "KHIU_WINDOW": SIZE + "+0+0",
            "KHIU_TARGETS": str(targets),
            "KHIU_PASSWORDS": str(tmp_path / "secrets"),
            "KHIU_CLOCK_OFFSET": str((monday - clock.now()).total_seconds()),
            **ears.env,
        }

        def start() -> subprocess.Popen[bytes]:
            targets.unlink(missing_ok=True)
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "kiosk.app",
                    "--centre",
                    tmp_path / "centre.toml",
                    "--state",
                    tmp_path / "state",
                ],
                env=env,
            )

        running = Kiosk(start, start(), display, targets, printer)
        until("home, or an end", lambda: running.page() == "home" or running.process.poll() is not None, 30)
        assert running.process.poll() is None
        yield running
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(15) == 0


@pytest.fixture
def hall(link_as: Callable[..., Hall]) -> Hall:
    link, inbox = link_as("hall", [Fact, Status])
    link.publish(Ack(seq=0), node="kiosk-1")
    return link, inbox


def fact(hall: Hall, kind: type = TicketIssued) -> Fact:
    """The kiosk's next new fact, acknowledged."""
    link, inbox = hall
    heard = inbox.wait(Received, lambda event: isinstance(event.message, Fact), 15).message
    link.publish(Ack(seq=heard.seq), node="kiosk-1")
    assert isinstance(heard.fact, kind)
    return heard


def test_a_touch_gives_paper_and_a_fact_and_goes_home(kiosk: Kiosk, hall: Hall) -> None:
    kiosk.touch("service-1.1")
    kiosk.shows("ticket")
    issued = fact(hall).fact
    assert (issued.number, issued.service, issued.proof) == ("A001", "1.1", "paper")
    assert len(kiosk.papers()) == 1
    kiosk.shows("home")


def test_priority_language_and_steps_lead_to_one_priority_ticket(kiosk: Kiosk, hall: Hall) -> None:
    kiosk.touch("language")
    kiosk.touch("steps-1.2")
    kiosk.shows("steps")
    kiosk.touch("home")
    kiosk.shows("home")
    kiosk.touch("priority")
    kiosk.touch("service-1.2")
    issued = fact(hall).fact
    assert (issued.number, issued.priority) == ("B001", True)


def test_out_of_paper_shows_the_number_and_prints_the_same_once_mended(kiosk: Kiosk, hall: Hall) -> None:
    kiosk.printer.trouble("paper_out")
    kiosk.touch("service-1.1")
    kiosk.shows("fault")
    sick = hall[1].wait(
        Received, lambda e: isinstance(e.message, Status) and e.message.health.printer == "paper_out", 5
    )
    assert sick.message.health.unprinted == 1
    kiosk.printer.trouble()
    kiosk.shows("ticket")
    issued = fact(hall).fact
    assert (issued.number, issued.proof) == ("A001", "paper")


def test_a_number_taken_from_the_screen_enters_the_queue_and_an_untaken_one_does_not(kiosk: Kiosk, hall: Hall) -> None:
    kiosk.printer.trouble("offline")
    kiosk.touch("service-1.1")
    kiosk.shows("fault")
    kiosk.touch("taken")
    assert fact(hall).fact.proof == "screen"
    kiosk.shows("home")
    kiosk.touch("service-1.1")
    kiosk.shows("fault")
    assert fact(hall, TicketVoided).fact.number == "A002"
    kiosk.shows("home")


def test_a_service_that_the_hall_closed_gives_nothing(kiosk: Kiosk, hall: Hall) -> None:
    shut = ServiceView(service="1.1", open=False, waiting=0)
    hall[0].publish(Board(revision=1, day=MONDAY, at=NINE, services=(shut,), points=(), recent=()))
    time.sleep(1)
    kiosk.touch("service-1.1")
    time.sleep(0.5)
    kiosk.touch("service-1.2")
    assert fact(hall).fact.number == "B001"
    hall[0].publish(Board(revision=2, day=MONDAY, at=NINE, services=(), points=(), recent=()))


def test_numbers_are_given_without_a_hall_and_told_when_it_comes(kiosk: Kiosk, link_as: Callable[..., Hall]) -> None:
    kiosk.touch("service-1.3")
    kiosk.shows("ticket")
    assert len(kiosk.papers()) == 1
    link, inbox = link_as("hall", [Fact])
    link.publish(Ack(seq=0), node="kiosk-1")
    assert fact((link, inbox)).fact.number == "R001"


def test_a_number_given_just_before_a_power_cut_is_back_on_the_screen_and_printed_as_a_copy(
    kiosk: Kiosk, hall: Hall
) -> None:
    kiosk.printer.trouble("paper_out")
    kiosk.touch("service-1.1")
    kiosk.shows("fault")
    kiosk.process.kill()
    kiosk.process.wait(10)
    kiosk.targets.unlink()  # what the dead one showed last
    kiosk.process = kiosk.start()
    kiosk.shows("fault", 30)
    kiosk.printer.trouble()
    issued = fact(hall).fact
    assert (issued.number, issued.proof) == ("A001", "paper")
    assert len(kiosk.papers()) == 1
    kiosk.shows("home")
    kiosk.touch("service-1.1")
    assert fact(hall).fact.number == "A002"


def board(hall: Hall, day: clock.dt.date, revision: int) -> None:
    hall[0].publish(Board(revision=revision, day=day, at=NINE, services=(), points=(), recent=()))


def warned(hall: Hall, *warnings: str) -> bool:
    """Whether the kiosk comes to say exactly this of itself."""
    return bool(
        hall[1].wait(
            Received, lambda e: isinstance(e.message, Status) and e.message.health.warnings == warnings, seconds=15
        )
    )


MONDAY = clock.dt.date(2026, 11, 23)
NINE = clock.dt.datetime(2026, 11, 23, 2, tzinfo=clock.dt.UTC)  # by the kiosk's clock and by the hall's


@pytest.mark.parametrize("days", [-1, 1])
def test_a_kiosk_in_another_day_than_the_hall_gives_no_numbers_and_tells_staff(
    kiosk: Kiosk, hall: Hall, days: int
) -> None:
    board(hall, MONDAY + clock.dt.timedelta(days=days), 1)
    kiosk.shows("stopped")
    assert warned(hall, OTHER_DAY)
    board(hall, MONDAY, 2)
    kiosk.shows("home")
    assert warned(hall)


def test_a_broker_that_comes_back_without_the_hall_leaves_the_kiosk_alone(
    kiosk: Kiosk, hall: Hall, link_as: Callable[..., Hall], mosquitto: Mosquitto
) -> None:
    board(hall, MONDAY - clock.dt.timedelta(days=1), 1)
    kiosk.shows("stopped")  # the hall has a say
    assert mosquitto.pid
    os.kill(mosquitto.pid, signal.SIGKILL)  # the power: no last will is sent
    hall[1].wait(Disconnected)
    hall[0].stop()
    kiosk.shows("home")
    mosquitto.stop()
    mosquitto.start()
    _, office = link_as("monitor", [Status])
    office.wait(Received, lambda e: e.key == "kiosk-1" and e.message.online, seconds=10)
    kiosk.touch("service-1.1")
    kiosk.shows("ticket")


def test_a_new_card_begins_after_the_numbers_that_the_hall_knows_of_today(kiosk: Kiosk, hall: Hall) -> None:
    hall[0].publish(Ack(seq=0, day=MONDAY, numbers={"A": 56}), node="kiosk-1")
    time.sleep(0.5)
    kiosk.touch("service-1.1")
    assert fact(hall).fact.number == "A057"


@contextmanager
def full_card(kiosk: Kiosk) -> Iterator[None]:
    """No file of the kiosk's grows."""
    unlimited = resource.prlimit(kiosk.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(kiosk.process.pid, resource.RLIMIT_FSIZE, (8192, unlimited[1]))
    yield
    resource.prlimit(kiosk.process.pid, resource.RLIMIT_FSIZE, unlimited)


def test_a_card_that_cannot_be_written_stops_the_numbers_until_it_can(kiosk: Kiosk, hall: Hall) -> None:
    with full_card(kiosk):
        kiosk.touch("service-1.1")
        kiosk.shows("stopped")
        assert warned(hall, CARD_FAULT)
    kiosk.shows("home")
    kiosk.touch("service-1.1")
    assert fact(hall).fact.number == "A001"


def test_a_number_that_its_citizen_holds_enters_the_queue_when_the_card_can_be_written(
    kiosk: Kiosk, hall: Hall
) -> None:
    kiosk.printer.trouble("offline")
    kiosk.touch("service-1.1")
    kiosk.shows("fault")
    with full_card(kiosk):
        kiosk.touch("taken")
        kiosk.shows("ticket")
        kiosk.shows("stopped")
    assert fact(hall).fact.number == "A001"
    kiosk.shows("home")


def test_no_key_leaves_the_app(kiosk: Kiosk) -> None:
    kiosk.key("Escape", "F1", "F11", "alt+F4", "ctrl+c", "ctrl+q", "super", "Tab", "Return")
    time.sleep(0.5)
    assert kiosk.process.poll() is None
    kiosk.shows("home")


# ---------------------------------------------------------------- what the desk may ask of the printer
def test_the_desk_has_a_slip_printed_once_and_is_told(
    kiosk: Kiosk, hall: Hall, link_as: Callable[..., Hall], centre: Centre
) -> None:
    nine = dt.datetime(2026, 11, 23, 9, tzinfo=centre.zone)
    hall[0].publish(Ack(seq=0, at=nine), node="kiosk-1")
    desk, inbox = link_as("desk", [Printed])
    papers = (Document("สำเนาทะเบียนบ้าน", held=False),)
    wish = Print(
        id="p1", deadline=nine + dt.timedelta(seconds=55), paper="missing", language="th", number="12/2569",
        service="1.2", matter="request", filed=nine, officer="น้ำฝน ซื่อตรง", documents=papers,
    )  # fmt: skip
    for _ in range(2):
        desk.publish(wish, node="kiosk-1", expires=20)
        assert inbox.wait(Received, seconds=15).message == Printed("p1", "printed", "ready")
    assert (len(kiosk.papers()), kiosk.page()) == (1, "home")


# ---------------------------------------------------------------- what a citizen may ask of the glass
@pytest.mark.parametrize("kiosk", [(False, 1, 21.5)], indirect=True)
def test_high_contrast_blackens_the_glass_until_the_citizen_has_left(kiosk: Kiosk, hall: Hall) -> None:
    usual = kiosk.ground()
    kiosk.touch("contrast")
    until("black behind everything", lambda: kiosk.ground() == "#000000")
    until(f"{usual} behind everything again", lambda: kiosk.ground() == usual, 10)


@pytest.mark.parametrize("kiosk", [(False, 30, None)], indirect=True)
def test_staff_is_told_of_a_glass_whose_size_nobody_knows(kiosk: Kiosk, hall: Hall) -> None:
    assert warned(hall, GLASS_UNKNOWN)


@pytest.mark.parametrize("kiosk", [(True, 30, 21.5)], indirect=True)
def test_a_spoken_kiosk_reads_what_is_touched_and_gives_the_ticket_at_the_second_touch(
    kiosk: Kiosk, hall: Hall, ears: Ears, built: Path, centre: Centre
) -> None:
    kiosk.touch("spoken")
    kiosk.touch("service-1.1")
    time.sleep(1)  # aplay is quick where the sound is only written down
    assert kiosk.page() == "home"
    kiosk.touch("service-1.1")
    kiosk.shows("ticket")
    issued = fact(hall).fact
    assert (issued.number, len(kiosk.papers())) == ("A001", 1)
    kiosk.shows("home")
    at = dt.datetime(2026, 11, 23, 16, 30, tzinfo=centre.zone)
    home = State(Home(), "th", Open(at), printer="ready")
    taken = State(Taken(Ticket(1, "A001", "1.1", MONDAY, at), paper=True), "th", Open(at))
    voice = Voice.load(built, centre.voice.pack)
    recorded = [playback.file.read_bytes() for playback in ears.heard()]
    for state, target in ((home, "service-1.1"), (taken, "")):
        sound = voice.mix(statement(state, centre, target, lambda clip: voice.sound(clip) is not None))
        assert any(file.startswith(wav(sound, RATE)[44:]) for file in recorded), (target, list(map(len, recorded)))
