"""The hall over a real broker: a press answered, facts taken once, nonsense counted and without effect."""

from __future__ import annotations

import datetime as dt
import threading
from queue import SimpleQueue

import pytest
from msgspec.structs import replace
from queue_script import MONDAY, NINE, ids

from broker import messages as m
from broker.link import Connected, Link, Received
from broker.node import Setting
from broker.topics import address
from display.hall import Hall
from display.ledger.ledger import FILE, Ledger

SOON = NINE + dt.timedelta(seconds=5)


class RunningHall:
    """A hall on its own thread, at nine on a Monday for ever; `stop` and `start` are a restart."""

    def __init__(self, centre, secret, directory):
        self.centre, self.secret, self.directory = centre, secret, directory
        self.new_id = ids()
        self.start()

    def start(self):
        self.inbox = SimpleQueue()
        self.ledger = Ledger(self.directory / FILE)
        setting = Setting(self.centre, "hall", self.directory, self.secret)
        kinds = (m.Status, m.Fact, m.Command, m.Announced)
        self.link = Link(setting, "hall", [address("moe", kind) for kind in kinds], self.inbox.put)
        self.hall = Hall(self.centre, self.ledger, self.link, self.new_id)
        self.told_all = threading.Event()
        self.thread = threading.Thread(target=self._work)
        self.thread.start()
        self.link.start()
        assert self.told_all.wait(5)

    def _work(self):
        self.hall.tick(NINE)
        while (event := self.inbox.get(timeout=30)) is not None:
            self.hall.receive(event, NINE)
            if isinstance(event, Connected):
                self.told_all.set()

    def stop(self):
        self.inbox.put(None)
        self.thread.join(10)
        self.link.stop()
        self.ledger.close()


@pytest.fixture
def hall(centre, mosquitto, tmp_path):
    running = RunningHall(centre, mosquitto.secret("hall"), tmp_path)
    yield running
    running.stop()


@pytest.fixture
def kiosk(link_as, hall):
    link, inbox = link_as("kiosk-1", [m.Ack, m.Board])
    inbox.wait(Received, lambda r: isinstance(r.message, m.Ack))
    return link, inbox


@pytest.fixture
def buttons(link_as, hall):
    link, inbox = link_as("buttons-1", [m.Reply, m.PointStatus, m.Ack])
    inbox.wait(Received, lambda r: isinstance(r.message, m.Ack))
    return link, inbox


def issued(seq, number, **changes):
    return m.Fact(seq, m.TicketIssued(number, MONDAY, "1.1", NINE, **changes))


def acked(inbox, seq, key="kiosk-1"):
    inbox.wait(Received, lambda r: isinstance(r.message, m.Ack) and r.key == key and r.message.seq == seq)


def answer(inbox, id):
    return inbox.wait(Received, lambda r: isinstance(r.message, m.Reply) and r.message.id == id).message.answer


def test_a_press_is_answered_and_the_board_shows_it_before_the_call_is_made(kiosk, buttons, link_as):
    kiosk[0].publish(issued(1, "A001"))
    acked(kiosk[1], 1)
    _, ears = link_as("screen-1", [m.Call, m.Board])
    buttons[0].publish(m.Command("press-1", 2, SOON, m.Next()))
    assert answer(buttons[1], "press-1") == m.Accepted("A001")
    board = ears.wait(Received, lambda r: isinstance(r.message, m.Board) and r.message.recent).message
    assert [(p.ticket, p.state) for p in board.points if p.point == 2] == [("A001", "called")]
    call = ears.wait(Received, lambda r: isinstance(r.message, m.Call)).message
    assert (call.ticket, call.point, call.times) == ("A001", 2, 1)


def test_a_repeated_press_gets_the_same_answer_and_calls_nobody_else(kiosk, buttons, hall):
    kiosk[0].publish(issued(1, "A001"))
    kiosk[0].publish(issued(2, "A002"))
    acked(kiosk[1], 2)
    for _ in range(2):
        buttons[0].publish(m.Command("press-1", 2, SOON, m.Next()))
        assert answer(buttons[1], "press-1") == m.Accepted("A001")
    assert hall.hall.today.tickets["A002"].state == "waiting"


def test_a_press_repeated_after_a_restart_of_the_hall_is_not_acted_on_again(kiosk, buttons, hall):
    kiosk[0].publish(issued(1, "A001"))
    kiosk[0].publish(issued(2, "A002"))
    acked(kiosk[1], 2)
    buttons[0].publish(m.Command("press-1", 2, SOON, m.Next()))
    answer(buttons[1], "press-1")
    before = hall.hall.today
    hall.stop()
    hall.start()
    acked(buttons[1], 0, "buttons-1")
    buttons[0].publish(m.Command("press-1", 2, SOON, m.Next()))
    assert answer(buttons[1], "press-1") == m.Accepted("A001")
    assert hall.hall.today == before


def test_facts_that_are_repeated_reordered_or_missing_are_taken_once_and_in_order(kiosk, hall):
    link, inbox = kiosk
    for seq, number in [(2, "A002"), (1, "A001"), (3, "A003"), (1, "A001"), (2, "A002"), (2, "A002"), (3, "A003")]:
        link.publish(issued(seq, number))
    acked(inbox, 3)
    recorded = hall.ledger._connection.execute("SELECT fact, kind FROM event WHERE node = 'kiosk-1' ORDER BY seq")
    assert list(recorded) == [(1, "ticket_queued"), (2, "ticket_queued"), (3, "ticket_queued")]


def test_a_fact_that_cannot_be_true_is_acknowledged_so_that_the_next_one_comes(kiosk, hall):
    link, inbox = kiosk
    link.publish(issued(1, "B001"))
    acked(inbox, 1)
    link.publish(issued(2, "A001"))
    acked(inbox, 2)
    assert (hall.hall.rejected["wrong_number"], list(hall.hall.today.tickets)) == (1, ["A001"])


def test_a_node_whose_facts_this_ledger_never_saw_goes_on_from_its_oldest(kiosk, hall):
    link, inbox = kiosk
    link.publish(replace(issued(8, "A001"), oldest=8))
    acked(inbox, 8)
    assert list(hall.hall.today.tickets) == ["A001"]


def test_who_comes_back_hears_all_that_is_retained(kiosk, hall, link_as):
    kiosk[0].publish(issued(1, "A001"))
    acked(kiosk[1], 1)
    _, inbox = link_as("monitor", [m.Ack, m.Board, m.PointStatus])
    heard = [inbox.wait(Received) for _ in range(1 + 6 + 4)]
    assert all(r.retained for r in heard)
    assert {r.key: r.message.seq for r in heard if isinstance(r.message, m.Ack)} == {
        "kiosk-1": 1,
        "screen-1": 0,
        "buttons-1": 0,
        "desk": 0,
    }
    assert {r.message.point: r.message.waiting for r in heard if isinstance(r.message, m.PointStatus)} == {
        2: 1,
        3: 1,
        4: 0,
        5: 0,
        6: 0,
        7: 0,
    }
    assert [r.message.services[0].waiting for r in heard if isinstance(r.message, m.Board)] == [1]


def test_a_call_that_was_spoken_is_marked_so_on_the_board(kiosk, buttons, link_as):
    kiosk[0].publish(issued(1, "A001"))
    acked(kiosk[1], 1)
    link, ears = link_as("screen-1", [m.Call, m.Board])
    buttons[0].publish(m.Command("press-1", 2, SOON, m.Next()))
    call = ears.wait(Received, lambda r: isinstance(r.message, m.Call)).message
    link.publish(m.Announced(call.call, True, NINE))
    ears.wait(Received, lambda r: isinstance(r.message, m.Board) and any(c.announced for c in r.message.recent))


def test_a_paper_out_is_told_to_staff_on_the_board(kiosk):
    link, inbox = kiosk
    link.health(m.Health(printer="paper_out"))
    inbox.wait(Received, lambda r: isinstance(r.message, m.Board) and "kiosk-1: กระดาษหมด" in r.message.alerts)


GARBAGE = [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"v":1}', b'{"v":2}', b"[" * 3000, b'{"v":1,"seq":0,"fact":{}}']


@pytest.mark.parametrize("topic", ["kiosk-1/fact", "kiosk-1/status"])
def test_garbage_changes_nothing_and_is_counted(kiosk, hall, link_as, topic):
    kiosk[0].publish(issued(1, "A001"))
    acked(kiosk[1], 1)
    _, inbox = link_as("monitor", [m.Status])
    before, seq = repr(hall.hall.today), hall.ledger._connection.execute("SELECT max(seq) FROM event").get
    for garbage in GARBAGE:
        kiosk[0]._client.publish(f"khiu/moe/{topic}", garbage, qos=1)

    def all_counted(r):
        return r.key == "hall" and sum(r.message.health.rejected.values()) >= len(GARBAGE)

    inbox.wait(Received, all_counted)
    assert repr(hall.hall.today) == before
    assert hall.ledger._connection.execute("SELECT max(seq) FROM event").get == seq


def test_a_press_is_answered_exactly_once(kiosk, buttons):
    buttons[0].publish(m.Command("press-1", 9, SOON, m.Next()))
    assert answer(buttons[1], "press-1") == m.Refused("point_unknown")
    buttons[0].publish(m.Command("press-2", 2, SOON, m.Next()))
    replies = []
    while "press-2" not in replies:
        replies.append(buttons[1].wait(Received, lambda r: isinstance(r.message, m.Reply)).message.id)
    assert replies == ["press-2"]
