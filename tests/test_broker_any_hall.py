"""Whatever the hall, or who got hold of its secret, says within the contract: kiosk, counter and screen go on."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from anything import anything
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect
from queue_script import CENTRE, NINE

from broker import link
from broker import messages as m
from broker.clock import Moment
from broker.store import open_store
from broker.topics import BadMessage, decode
from counter_buttons.counter import Counter, Edge
from counter_buttons.votes import VOTE_MIGRATIONS
from display.signage import board
from display.signage.caller import Caller, SoundOver
from display.signage.said import Store
from kiosk import pages
from kiosk.issuer import Issuer
from kiosk.spoken import statement
from kiosk.store import KioskStore
from kiosk.view import view, wording


class Wire:
    """Takes what a node says."""

    def __init__(self) -> None:
        self.said: list[m.Message] = []

    def publish(self, message: m.Message, **_more: object) -> bool:
        self.said.append(message)
        return True

    def health(self, health: m.Health) -> None:
        pass


class AKiosk:
    """The kiosk's core, and all that its windows and voice would draw and say."""

    hears = (m.Board, m.Ack, m.Status)

    def __init__(self, folder: Path, moment: Moment) -> None:
        self.wire = Wire()
        self.store = KioskStore.open(folder / "kiosk.sqlite", (1, 999))
        self.core = Issuer(CENTRE, self.store, self.wire, self, moment)
        self.core.begin(moment)

    def do(self, effect: pages.Effect) -> None:
        pass

    def show(self, state: pages.State) -> None:
        wording(state, CENTRE)
        for tile in view(state, CENTRE).tiles:
            statement(state, CENTRE, f"service-{tile.service}", lambda _clip: True)

    def works(self, moment: Moment) -> bool:
        """It still hears the hall and looks at its clock."""
        self.core.take(link.Received(m.Status(True, "hall", "x"), "hall", False), moment)
        self.core.tick(moment)
        return self.core.deadline() > moment.at

    def close(self) -> None:
        self.store.close()


class ACounter:
    """The counter's core; every press goes out."""

    hears = (m.PointStatus, m.Reply, m.Ack, m.Status)
    name = CENTRE.buttons[0].name

    def __init__(self, folder: Path, moment: Moment) -> None:
        self.wire = Wire()
        self.held = ""  # the button under a finger
        self.ids = map(str, itertools.count())
        self.store = open_store(folder / "buttons.sqlite", VOTE_MIGRATIONS)
        self.core = Counter(CENTRE, self.name, self.store, self.wire, self, lambda: next(self.ids), moment.at)

    def down(self, point: int, wire: str) -> bool:
        return wire == self.held

    def shine(self, point: int, light: object) -> None:
        pass

    def heard(self, status: m.PointStatus) -> None:
        pass

    def thanked(self, rated: m.Rated) -> None:
        pass

    def works(self, moment: Moment) -> bool:
        """A press becomes a command."""
        at = moment.at
        self.core.take(link.Received(m.Status(True, "hall", "x"), "hall", False), moment)
        self.core.take(link.Received(m.PointStatus(1, 2, "idle", 3), "2", False), moment)
        self.core.tick(Moment(at + 100, moment.now))
        before = len(self.wire.said)
        for self.held, when in (("call", at + 101), ("", at + 101.2)):
            self.core.take(Edge(2, "call", bool(self.held), when), Moment(when, moment.now))
            self.core.tick(Moment(when + 0.05, moment.now))
        self.core.shine(at + 102)
        return any(isinstance(said, m.Command) for said in self.wire.said[before:])

    def close(self) -> None:
        self.store.close()


class AScreen:
    """The screen's core, and all that it would draw; a call that it says is over at once."""

    hears = (m.Board, m.Call, m.Status)

    def __init__(self, folder: Path, moment: Moment) -> None:
        self.wire = Wire()
        self.store = Store(folder / "said.sqlite")
        self.begun: list[str] = []
        self.core = Caller(CENTRE, self.store, self.wire, self, True, moment.at)

    def begin(self, call: m.Call) -> None:
        self.begun.append(call.call)
        board.calling(call, self.core.board, CENTRE)

    def flash(self) -> None:
        pass

    def ended(self, *, another: bool) -> None:
        pass

    def show(self, of: m.Board) -> None:
        board.view(of, CENTRE)

    def lost(self, lost: bool) -> None:
        pass

    def works(self, moment: Moment) -> bool:
        """A call is announced, when those before it are over."""
        fresh = m.Call("a call after all that", "A001", 2, moment.now)
        self.core.take(link.Received(fresh, "", False), moment)
        for n in range(200):
            if fresh.call in self.begun:
                return True
            later = Moment(moment.at + 100 * n, moment.now)
            if self.begun:
                self.core.take(SoundOver(self.begun[-1], True), later)
            self.core.tick(later)
        return False

    def close(self) -> None:
        self.store.close()


@pytest.mark.parametrize("node", [AKiosk, ACounter, AScreen])
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_word_of_the_hall_stops_a_node(node, data):
    said = st.one_of([st.tuples(st.just(kind), anything(inspect.type_info(kind))) for kind in node.hears])
    with TemporaryDirectory() as directory:
        moment = Moment(1000.0, NINE)
        one = node(Path(directory), moment)
        try:
            one.core.take(link.Connected(), moment)
            for kind, fields in data.draw(st.lists(said, min_size=1, max_size=6)):
                try:
                    message = decode(kind, msgspec.json.encode(fields))
                except BadMessage:
                    continue
                moment = Moment(moment.at + 1, moment.now + dt.timedelta(seconds=1))
                one.core.take(link.Received(message, "hall", data.draw(st.booleans())), moment)
                one.core.tick(moment)
            assert one.works(Moment(moment.at + 1, moment.now))
        finally:
            one.close()
