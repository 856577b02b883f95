"""The whole counter node on mock pins and a real broker, where the test plays the hall."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest
from msgspec.structs import replace

from broker import clock
from broker.centre import Centre
from broker.link import Disconnected, Link, Received
from broker.messages import (
    Accepted,
    Ack,
    Command,
    Fact,
    Next,
    PointStatus,
    Provided,
    Rated,
    Recall,
    Refused,
    Reply,
    Status,
    Survey,
)
from broker.mosquitto import Mosquitto
from broker.node import Setting
from broker.store import CARD_FAULT
from broker.words import PointState
from counter_buttons.buttons import Bench
from counter_buttons.lamp import Light
from counter_buttons.node import Node

GREEN, RED, DARK = Light(True, False), Light(False, True), Light(False, False)


class Counter:
    """The node's points as somebody standing there has them: fingers, and eyes that remember."""

    def __init__(self, centre: Centre, mosquitto: Mosquitto, state: Path) -> None:
        self.seen: list[tuple[float, int, Light]] = []
        self._changed = threading.Condition()
        points = centre.buttons[0].points
        self.bench = Bench(centre, points, self._see)
        setting = Setting(centre, "buttons-1", state, mosquitto.secret("buttons-1"))
        self.heard = threading.Semaphore(0)
        self.slow = 0.0  # seconds for which the node's thread is busy when it has heard the hall
        self.node = Node(setting, self.bench.chips, self._hear)
        self.thread = threading.Thread(target=self.node.run)
        self.thread.start()

    def _hear(self, _status: PointStatus) -> None:
        self.heard.release()
        time.sleep(self.slow)

    def _see(self, point: int, light: Light) -> None:
        with self._changed:
            self.seen.append((clock.monotonic(), point, light))
            self._changed.notify_all()

    def press(self, point: int, wire: str, seconds: float = 0.06, bounce: tuple[float, ...] = ()) -> None:
        """Down and up; ``bounce``: the gaps in seconds at which the contact chatters first, both times."""
        for down in (True, False):
            for gap in bounce:
                self.bench.contact(point, wire, down)
                time.sleep(gap)
                self.bench.contact(point, wire, not down)
                time.sleep(gap)
            self.bench.contact(point, wire, down)
            time.sleep(seconds if down else 0.03)

    def sees(self, point: int, *lights: Light, within: float = 6.0) -> None:
        """These lights came one after another, perhaps with others between."""
        give_up = clock.monotonic() + within
        with self._changed:
            while not self._in_order(point, lights):
                left = give_up - clock.monotonic()
                assert left > 0, f"saw {[light for _, at, light in self.seen if at == point]}"
                self._changed.wait(left)

    def _in_order(self, point: int, lights: tuple[Light, ...]) -> bool:
        seen = iter([light for _, at, light in self.seen if at == point])
        return all(light in seen for light in lights)

    def forget(self) -> None:
        with self._changed:
            self.seen.clear()


@pytest.fixture
def run(centre: Centre, mosquitto: Mosquitto, tmp_path: Path) -> Callable[..., object]:
    @contextmanager
    def counter(command_seconds: int = 5) -> Iterator[Counter]:
        patient = replace(centre, calling=replace(centre.calling, command_seconds=command_seconds))
        it = Counter(patient, mosquitto, tmp_path)
        try:
            yield it
        finally:
            it.node.stop()
            it.thread.join(10)
            assert not it.thread.is_alive()

    return counter


@pytest.fixture
def hall(link_as) -> Iterator[tuple]:
    link, inbox = link_as("hall", [Command, Fact, Status])
    link.publish(Ack(seq=0), node="buttons-1")
    yield link, inbox
    link.publish(Ack(seq=0), node="buttons-1")
    for point in (2, 3):
        link.publish(status(point, "closed"), point=point)


def status(point: int, state: PointState, **more) -> PointStatus:
    return PointStatus(revision=1, point=point, state=state, **({"waiting": 0} | more))


def say(hall: Link, counter: Counter, word: PointStatus) -> None:
    """Tell a point how it stands, and wait until the node knows."""
    while counter.heard.acquire(blocking=False):
        pass
    hall.publish(word, point=word.point)
    heard = counter.heard.acquire(timeout=5)
    assert heard
    time.sleep(0.05)


def survey(seconds: float = 30, visit: str = "v-1") -> Survey:
    return Survey(visit=visit, ticket="A001", until=clock.now() + dt.timedelta(seconds=seconds))


def test_a_bouncy_press_is_exactly_one_command_with_a_deadline(hall, run, centre: Centre) -> None:
    link, inbox = hall
    with run() as counter:
        say(link, counter, status(2, "idle", waiting=1))
        counter.press(2, "call", bounce=(0.001, 0.002, 0.004))
        command = inbox.wait(Received, lambda e: isinstance(e.message, Command)).message
        assert (command.point, command.action) == (2, Next())
        left = (command.deadline - clock.now()).total_seconds()
        assert 0 < left <= centre.calling.command_seconds
        with pytest.raises(AssertionError):
            inbox.wait(Received, lambda e: isinstance(e.message, Command), seconds=0.3)


def test_a_long_press_commands_while_still_held(hall, run) -> None:
    link, inbox = hall
    with run() as counter:
        say(link, counter, status(3, "called", ticket="A001", service="1.1", calls=1))
        counter.bench.contact(3, "call", True)
        assert inbox.wait(Received, lambda e: isinstance(e.message, Command)).message.action == Recall()
        counter.bench.contact(3, "call", False)


def test_points_on_different_chips_do_not_hear_each_other(hall, run) -> None:
    link, inbox = hall
    with run() as counter:
        say(link, counter, status(2, "idle"))
        say(link, counter, status(3, "serving", ticket="A001", service="1.1"))
        counter.press(3, "serve")
        command = inbox.wait(Received, lambda e: isinstance(e.message, Command)).message
        assert (command.point, command.action) == (3, Provided())


def test_accepted_is_two_green_flashes_and_refused_three_red_ones(hall, run) -> None:
    link, inbox = hall
    with run() as counter:
        say(link, counter, status(2, "idle"))
        for answer, light, times in ((Accepted("A001"), GREEN, 2), (Refused("nobody_waiting"), RED, 3)):
            counter.forget()
            counter.press(2, "call")
            command = inbox.wait(Received, lambda e: isinstance(e.message, Command)).message
            link.publish(Reply(id=command.id, point=2, answer=answer), node="buttons-1")
            counter.sees(2, *[light, DARK] * times)
            time.sleep(0.6)
            assert [lit for _, point, lit in counter.seen if point == 2] == [light, DARK] * times


def test_a_command_that_nobody_answers_is_shown_as_refused_after_its_deadline(hall, run) -> None:
    link, _ = hall
    with run(command_seconds=1) as counter:
        say(link, counter, status(2, "idle"))
        pressed = clock.monotonic()
        counter.press(2, "call")
        counter.forget()
        counter.sees(2, *[RED, DARK] * 3)
        first_red = next(at for at, point, light in counter.seen if (point, light) == (2, RED))
        assert first_red - pressed >= 1


def test_a_vote_is_one_fact_though_tapped_twice_and_restarted_between(hall, run) -> None:
    link, inbox = hall
    word = status(2, "idle", survey=survey())
    facts = []

    def is_fact(event: Received) -> bool:
        return isinstance(event.message, Fact)

    with run() as counter:
        say(link, counter, word)
        counter.press(2, "smiley-4", bounce=(0.001, 0.003))
        facts.append(inbox.wait(Received, is_fact).message)
        link.publish(Ack(seq=1), node="buttons-1")
        counter.press(2, "smiley-1")
        counter.sees(2, GREEN, RED, GREEN, RED)
    with run() as counter:
        say(link, counter, word)
        counter.press(2, "smiley-5")
        say(link, counter, status(2, "idle", survey=survey(visit="v-2")))
        counter.press(2, "smiley-2")
        facts.append(inbox.wait(Received, is_fact).message)
    assert [(f.seq, f.fact.visit, f.fact.level) for f in facts] == [(1, "v-1", 4), (2, "v-2", 2)]
    assert all(isinstance(f.fact, Rated) and f.fact.point == 2 for f in facts)


def test_a_vote_without_the_hall_is_kept_thanked_and_sent_when_it_is_back(hall, run, mosquitto: Mosquitto) -> None:
    link, inbox = hall
    with run() as counter:
        say(link, counter, status(2, "idle", survey=survey(60)))
        mosquitto.stop()
        counter.sees(2, RED)
        counter.forget()
        counter.press(2, "smiley-5")
        counter.sees(2, GREEN, RED, GREEN, RED)
        mosquitto.start()
        link.publish(Ack(seq=0), node="buttons-1")
        assert inbox.wait(Received, lambda e: isinstance(e.message, Fact), seconds=8).message.fact.level == 5


def test_the_faces_are_closed_after_their_time(hall, run) -> None:
    link, inbox = hall
    with run() as counter:
        say(link, counter, status(2, "idle", survey=survey(seconds=-1)))
        counter.press(2, "smiley-5")
        with pytest.raises(AssertionError):
            inbox.wait(Received, lambda e: isinstance(e.message, Fact), seconds=0.3)


def test_a_press_while_the_link_is_lost_blinks_red_and_is_never_sent_later(hall, run, mosquitto: Mosquitto) -> None:
    _, inbox = hall
    link = hall[0]
    with run() as counter:
        say(link, counter, status(2, "idle", waiting=1))
        mosquitto.stop()
        counter.forget()
        counter.sees(2, RED, DARK, RED)
        counter.press(2, "call")
        mosquitto.start()
        inbox.wait(Received, lambda e: isinstance(e.message, Status) and e.key == "buttons-1", seconds=8)
        with pytest.raises(AssertionError):
            inbox.wait(Received, lambda e: isinstance(e.message, Command), seconds=1)


def test_a_broker_that_comes_back_without_the_hall_leaves_the_lamps_at_lost(
    hall, run, link_as, mosquitto: Mosquitto
) -> None:
    link, inbox = hall
    with run() as counter:
        say(link, counter, status(2, "idle"))
        os.kill(mosquitto.pid, signal.SIGKILL)  # a power cut: no last will is sent
        mosquitto.stop()
        inbox.wait(Disconnected)
        link.stop()
        mosquitto.start()
        _, office = link_as("monitor", [Status])
        office.wait(Received, lambda e: e.key == "buttons-1" and e.message.online, seconds=8)
        counter.forget()
        counter.sees(2, RED, DARK, RED)


def test_a_press_older_than_a_command_may_be_is_refused_and_never_sent(hall, run) -> None:
    link, inbox = hall
    with run(command_seconds=1) as counter:
        counter.slow = 1.5
        say(link, counter, status(2, "idle", waiting=1))
        counter.press(2, "call")
        counter.sees(2, *[RED, DARK] * 3)
        with pytest.raises(AssertionError):
            inbox.wait(Received, lambda e: isinstance(e.message, Command), seconds=0.3)


def test_the_deadline_counts_from_the_press_however_late_the_node_comes_to_it(hall, run) -> None:
    link, inbox = hall
    with run(command_seconds=5) as counter:
        counter.slow = 1.5
        say(link, counter, status(2, "idle", waiting=1))
        before = clock.now()
        counter.press(2, "call")
        after = clock.now()
        command = inbox.wait(Received, lambda e: isinstance(e.message, Command)).message
        inexact = dt.timedelta(milliseconds=5)  # between the clocks of steady time and of the day
        assert before - inexact <= command.deadline - dt.timedelta(seconds=5) <= after + inexact


def test_nothing_is_asked_of_a_hall_that_said_goodbye(hall, run) -> None:
    link, inbox = hall
    with run() as counter:
        say(link, counter, status(2, "idle", waiting=1))
        counter.forget()
        link.publish(Status(online=False, role="hall", software="khiu"), node="hall")
        counter.sees(2, RED, DARK)
        counter.press(2, "call")
        with pytest.raises(AssertionError):
            inbox.wait(Received, lambda e: isinstance(e.message, Command), seconds=0.3)


def test_a_stuck_button_is_told_in_the_nodes_health(hall, run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counter_buttons.gestures.STUCK_SECONDS", 0.3)
    _, inbox = hall
    with run() as counter:
        counter.bench.contact(5, "more", True)
        told = inbox.wait(Received, lambda e: isinstance(e.message, Status) and bool(e.message.health.warnings))
        assert "5" in told.message.health.warnings[0]
        counter.bench.contact(5, "more", False)
        inbox.wait(Received, lambda e: isinstance(e.message, Status) and not e.message.health.warnings)


def test_a_vote_that_cannot_be_kept_is_not_thanked_and_the_buttons_go_on(hall, run, tmp_path: Path) -> None:
    link, inbox = hall
    with run() as counter:
        say(link, counter, status(2, "idle", survey=survey()))
        with apsw.Connection(str(tmp_path / "buttons.sqlite")) as card:
            card.execute("CREATE TRIGGER full BEFORE INSERT ON vote BEGIN SELECT RAISE(ABORT, 'the card is full'); END")
        counter.forget()
        counter.press(2, "smiley-5")
        counter.sees(2, *[RED, DARK] * 3)
        counter.press(2, "call")
        assert inbox.wait(Received, lambda e: isinstance(e.message, Command)).message.action == Next()


def test_an_ack_that_cannot_be_kept_is_told_and_the_buttons_go_on(hall, run, tmp_path: Path) -> None:
    link, inbox = hall
    with run() as counter:
        say(link, counter, status(2, "idle", survey=survey()))
        counter.press(2, "smiley-5")
        inbox.wait(Received, lambda e: isinstance(e.message, Fact))
        with apsw.Connection(str(tmp_path / "buttons.sqlite")) as card:
            card.execute(
                "CREATE TRIGGER f BEFORE UPDATE ON outbox_state BEGIN SELECT RAISE(ABORT, 'the card is full'); END"
            )
        link.publish(Ack(seq=1), node="buttons-1")
        inbox.wait(Received, lambda e: isinstance(e.message, Status) and e.message.health.warnings == (CARD_FAULT,))
        counter.press(2, "call")
        assert inbox.wait(Received, lambda e: isinstance(e.message, Command)).message.action == Next()


def test_systemd_hears_of_the_node_without_a_broker_but_not_without_its_store(
    run, mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "systemd"))
        systemd.settimeout(3)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "systemd"))
        monkeypatch.setenv("WATCHDOG_USEC", "400000")
        mosquitto.stop()
        with run():
            heard = [systemd.recv(100) for _ in range(4)]
            assert heard == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]
            with apsw.Connection(str(tmp_path / "buttons.sqlite")) as card:
                card.execute("DROP TABLE migration")
            systemd.settimeout(0.8)
            with pytest.raises(TimeoutError):  # one may have been on its way
                [systemd.recv(100) for _ in range(3)]
        mosquitto.start()
