"""A printer at points as it is installed: its own process, a real broker, paper out of a virtual printer."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from conftest import Inbox
from msgspec.structs import replace
from test_kiosk_case_prints import WISH
from tickets import FONT, able

from broker import clock
from broker import messages as m
from broker.centre import DEFAULT, load
from broker.centre_printers import NetworkPrinter, PointPrinter
from broker.link import Connected, Disconnected, Link, Received
from broker.mosquitto import Mosquitto, free_port
from broker.node import Setting
from broker.office import Wording
from broker.program import Program
from broker.topics import address
from kiosk.case_slip import case_slip
from kiosk.paper import render
from kiosk.virtual_printer import VirtualPrinter

NAME = "printer-4"
# the program itself; it ends well only if nothing in it ever drew a window
WITHOUT_GLASS = "import sys, kiosk.point_printer as node; end = node.main(); sys.exit(end or 'kivy' in sys.modules)"


class Rig:
    """A printer at point 4 that has said how it is, and a desk and a hall beside it."""

    def __init__(self, folder: Path, paper: VirtualPrinter) -> None:
        self.paper = paper
        table = PointPrinter(NAME, (4,), NetworkPrinter("127.0.0.1", paper.port, 80))
        port = free_port()
        shipped = load(DEFAULT)
        self.centre = replace(shipped, printers=(table,), broker=replace(shipped.broker, port=port))
        (folder / "centre.toml").write_bytes(msgspec.toml.encode(self.centre))
        self.broker = Mosquitto(folder / "secrets", self.centre, port)
        self.broker.start()
        options = ["--centre", str(folder / "centre.toml"), "--state", str(folder / "state")]
        env = {"KHIU_PASSWORDS": str(folder / "secrets")}
        self.program = Program(NAME, [sys.executable, "-c", WITHOUT_GLASS, *options], env, folder / "log")
        ear = self.program.launch()
        self.desk, self.heard = self._link("desk", (m.Printed, m.Status), folder)
        self.hall, _ = self._link("hall", (), folder)
        self.program.await_ready(ear, 30)
        self.told("ready")

    def _link(self, name: str, kinds: tuple[type[m.Message], ...], folder: Path) -> tuple[Link, Inbox]:
        inbox = Inbox()
        topics = [address(self.centre.centre.site, kind) for kind in kinds]
        role = self.centre.nodes()[name]
        link = Link(Setting(self.centre, name, folder, self.broker.secret(name)), role, topics, inbox.events.put)
        link.start()
        inbox.wait(Connected)
        return link, inbox

    def told(self, printer: str) -> None:
        """Wait until it says that its printer is so."""
        self.heard.wait(
            Received, lambda said: isinstance(said.message, m.Status) and said.message.health.printer == printer, 15
        )

    def ask(self, wish: m.Print) -> m.Printed:
        assert self.desk.publish(wish, node=NAME, expires=20)
        said = self.heard.wait(Received, lambda said: isinstance(said.message, m.Printed), 15)
        assert said.key == NAME
        return said.message  # type: ignore[return-value]

    def papers(self) -> list[bytes]:
        return [file.read_bytes() for file in sorted(self.paper.folder.glob("*.escpos"))]

    def close(self) -> None:
        self.desk.stop()
        self.hall.stop()
        self.program.stop()
        self.broker.stop()


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("point-printer")
    with VirtualPrinter(folder / "paper", rows_a_second=20000) as paper:
        made = Rig(folder, paper)
        yield made
        made.close()


def wish(id: str, **changed: object) -> m.Print:
    return replace(WISH, **{"id": id, "deadline": clock.now() + dt.timedelta(seconds=20)} | changed)


def test_one_press_is_one_slip_and_none_comes_twice_after_a_reconnect(rig: Rig) -> None:
    assert rig.ask(wish("p1")) == m.Printed("p1", "printed", "ready")
    rig.broker.stop()
    rig.heard.wait(Disconnected)
    rig.broker.start()
    rig.heard.wait(Connected)
    rig.told("ready")  # it is back
    assert rig.ask(wish("p1")) == m.Printed("p1", "printed", "ready")
    (paper,) = rig.papers()
    assert paper.endswith(render(case_slip(WISH, rig.centre), able(80), FONT))


def test_without_paper_staff_is_told_the_officer_too_and_nothing_is_printed(rig: Rig) -> None:
    before = rig.papers()
    rig.paper.trouble("paper_out")
    assert rig.ask(wish("p2")) == m.Printed("p2", "not_printed", "paper_out")
    rig.told("paper_out")
    rig.paper.trouble()
    assert rig.ask(wish("p2")) == m.Printed("p2", "not_printed", "paper_out")
    assert rig.papers() == before


def test_it_goes_by_the_halls_clock_and_prints_what_the_office_calls_a_service_now(rig: Rig) -> None:
    before = len(rig.papers())
    service = rig.centre.service("1.2")
    named = Wording("1.2", {"th": "รับเรื่อง", "en": "Requests"}, service.steps)
    tomorrow = clock.now() + dt.timedelta(days=1)
    rig.hall.publish(m.Office("wording-1.2", 1, named))
    rig.hall.publish(m.Ack(0, at=tomorrow), node=NAME)  # as to each node that comes
    asked = wish("", deadline=tomorrow + dt.timedelta(seconds=20))
    answers = (rig.ask(replace(asked, id=f"n{n}")).outcome for n in range(200))
    assert next(answer for answer in answers if answer != "clock_ahead") == "printed"  # it has heard the hall
    assert rig.ask(wish("p3")).outcome == "late"
    services = tuple(replace(s, name=named.name) if s.id == "1.2" else s for s in rig.centre.services)
    lines = case_slip(asked, replace(rig.centre, services=services))
    assert rig.papers()[before].endswith(render(lines, able(80), FONT))


def test_it_says_goodbye_and_has_drawn_no_window(rig: Rig) -> None:
    pid = rig.program.pid
    assert pid
    os.kill(pid, signal.SIGTERM)
    rig.heard.wait(Received, lambda said: isinstance(said.message, m.Status) and not said.message.online)
    assert rig.program.wait() == 0
