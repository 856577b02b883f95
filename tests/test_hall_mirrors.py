"""What the hall says to all: in which order, whom it misses, and that no node's words make it too long to be said."""

from __future__ import annotations

import datetime as dt

import pytest
from hall_script import Morning
from queue_script import CENTRE

from broker import messages as m
from broker.link import Connected, Disconnected
from broker.topics import encode
from display import hall as hall_module

EMOJI = "\U0001f469"
ROLES = {"buttons-1": "buttons", "kiosk-1": "kiosk", "screen-1": "screen", "desk": "desk"}


@pytest.fixture
def morning(tmp_path):
    it = Morning(tmp_path)
    yield it
    it.ledger.close()


def status(node, *warnings):
    return m.Status(online=True, role=ROLES[node], software="x", health=m.Health(warnings=warnings))


def board(morning):
    return morning.wire.last(m.Board)


def calls(morning):
    return [message for message, _ in morning.wire.said if isinstance(message, m.Call)]


def connect(morning, *heard):
    """A new connection; what the broker remembers of these nodes comes before it is told."""
    morning.hall.receive(Disconnected("gone"), morning.now)
    for node in heard:
        morning.hear(node, status(node))
    morning.wire.said.clear()
    morning.hall.receive(Connected(), morning.now)


# ------------------------------------------------------------ order
def test_a_press_is_answered_first_then_shown_and_then_called(morning):
    morning.arrive("A001")
    morning.wire.said.clear()
    morning.press(m.Next())
    kinds = [type(message) for message, _ in morning.wire.said]
    assert list(dict.fromkeys(kinds)) == [m.Reply, m.PointStatus, m.Board, m.Call]


def test_the_first_call_of_a_closed_point_finds_its_officer_on_the_board(morning):
    morning.arrive("A001")
    morning.wire.said.clear()
    morning.press(m.Next())
    said = [message for message, _ in morning.wire.said]
    before = [message for message in said[: said.index(calls(morning)[0])] if isinstance(message, m.Board)]
    assert next(p.officer for p in before[-1].points if p.point == 2) == CENTRE.point(2).officer["th"]


# ------------------------------------------------------------ calls again at a connect
def test_a_call_that_was_answered_is_not_said_again_at_a_connect(morning):
    morning.arrive("A001")
    morning.press(m.Next())
    morning.press(m.Start())
    connect(morning)
    assert calls(morning) == []


def test_of_two_calls_of_a_ticket_the_newer_is_said_again_at_a_connect(morning):
    morning.arrive("A001")
    for action in (m.Next(), m.Recall()):
        morning.press(action)
    connect(morning)
    assert [call.times for call in calls(morning)] == [2]


# ------------------------------------------------------------ nodes that say nothing
def test_a_node_that_never_reports_is_told_after_a_while(morning):
    connect(morning, "kiosk-1", "screen-1", "desk")
    assert board(morning).alerts == ()
    morning.now = morning.hall.next_due(morning.now)
    morning.hall.tick(morning.now)
    assert board(morning).alerts == ("buttons-1: ขาดการติดต่อ",)
    assert morning.hall.next_due(morning.now) > morning.now
    morning.hear("buttons-1", status("buttons-1"))
    assert board(morning).alerts == ()


def test_what_a_node_said_on_an_earlier_connection_is_no_sign_of_life(morning):
    connect(morning, *ROLES)
    connect(morning, "kiosk-1")
    morning.hall.tick(morning.now + hall_module.PATIENCE)
    assert [line.partition(":")[0] for line in board(morning).alerts] == ["buttons-1", "desk", "screen-1"]


# ------------------------------------------------------------ size
def test_an_empty_warning_is_no_alert(morning):
    morning.hear("kiosk-1", status("kiosk-1", "", "  ", "toner"))
    assert board(morning).alerts == ("kiosk-1: toner",)


def test_alerts_take_only_the_room_that_the_board_leaves(morning):
    for node in ROLES:
        morning.hear(node, status(node, *(EMOJI * 200,) * 10))
    shown = board(morning)
    assert 1 <= len(shown.alerts) < 12
    assert len(encode(shown)) <= m.MAX_BYTES
    assert morning.hall.rejected == {}


def test_officers_of_sixty_emojis_at_every_point_fit_the_board(morning):
    for point in (2, 3, 4, 5, 6, 7):
        morning.press(m.Open(EMOJI * 60), point)
    assert [p.officer for p in board(morning).points] == [EMOJI * 60] * 6


def test_a_mirror_too_long_to_be_said_is_counted_and_the_hall_goes_on(morning, monkeypatch):
    monkeypatch.setattr(hall_module, "alerts", lambda *_: ("x" * 9000,))
    morning.arrive("A001")
    assert morning.press(m.Next()) == m.Accepted("A001")
    assert morning.hall.rejected["too_long"] >= 1


def test_a_node_known_to_be_offline_is_told_once(morning):
    connect(morning, *ROLES)
    morning.hear("kiosk-1", m.Status(online=False, role="kiosk", software="x"))
    morning.hall.tick(morning.now + dt.timedelta(hours=1))
    assert board(morning).alerts == ("kiosk-1: ขาดการติดต่อ",)
