"""The nodes of the simulated centre: each a real core on a machine, with what is around it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import apsw
from msgspec.structs import replace
from promises import Begun, Press, Thanked
from sim_world import DISKS, Core, Machine, World

from broker import link
from broker import messages as m
from broker.centre import DEFAULT, Buttons, load
from broker.link import Event
from broker.store import open_store
from counter_buttons import counter
from counter_buttons.console import FACE
from counter_buttons.lamp import Light
from counter_buttons.votes import VOTE_MIGRATIONS
from display import hall
from display.ledger.ledger import FILE, Ledger
from display.signage import caller
from display.signage.said import Store

SPOKEN_SECONDS = 3.0, 9.0
PROMPT_SECONDS = 60.0  # a call that reached a screen which lives on so long is owed


def _centre():  # type: ignore[no-untyped-def]
    """A small centre: three points on two nodes, two services, two kiosks, one screen."""
    default = load(DEFAULT)
    by_id = {service.id: service for service in default.services}
    kiosk = default.kiosks[0]
    return replace(
        default,
        services=(replace(by_id["1.1"], points=(2, 3)), replace(by_id["1.2"], points=(4,))),
        points=tuple(
            replace(point, bindings={"more.long": f"transfer_or_pause:{'1.1' if point.number == 4 else '1.2'}"})
            for point in default.points
            if point.number in (2, 3, 4)
        ),
        kiosks=(replace(kiosk, numbers=(1, 499)), replace(kiosk, name="kiosk-2", numbers=(500, 999))),
        buttons=(Buttons("buttons-1", (2, 3)), Buttons("buttons-2", (4,))),
    )


CENTRE = _centre()


class HallMachine(Machine):
    """The hall, as `display.__main__` drives it."""

    role = "hall"

    def subscriptions(self) -> list[str]:
        return hall.subscriptions(CENTRE)

    def boot(self) -> Core:
        return _Hall(self)


class _Hall:
    def __init__(self, machine: Machine) -> None:
        self._clock = machine.clock
        self._ledger = Ledger(Path(f"/{machine.name}/{FILE}"), DISKS.name)
        self.hall = hall.Hall(CENTRE, self._ledger, machine, machine.world.new_id)
        self.hall.tick(self._clock.now())

    def take(self, event: Event) -> None:
        self.hall.tick(self._clock.now())
        self.hall.receive(event, self._clock.now())

    def tick(self) -> None:
        self.hall.tick(self._clock.now())

    def due(self) -> float:
        moment = self._clock.moment()
        wait = (self.hall.next_due(moment.now) - moment.now).total_seconds()
        return moment.at + min(max(wait, 0.0), 60.0)

    def close(self) -> None:
        with suppress(apsw.Error):
            self._ledger.close()


class CounterMachine(Machine):
    """Buttons, faces and lamps of some points; fingers work them by `edge`."""

    role = "buttons"

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self.presses: list[Press] = []
        self.thanks: list[Thanked] = []
        self.held: set[tuple[int, str]] = set()  # wires that a finger holds down
        self.shown: dict[int, m.PointStatus] = {}  # what officers see of their points
        self.asked: dict[int, float] = {}  # point → since when an officer waits for an answer
        self.outage = 0.0

    def subscriptions(self) -> list[str]:
        return counter.subscriptions(CENTRE, self.name)

    def boot(self) -> Core:
        return _Counter(self)

    def edge(self, point: int, wire: str, down: bool) -> None:
        (self.held.add if down else self.held.discard)((point, wire))
        if down and not wire.startswith(FACE) and not self._reaches_the_hall:
            self.asked.setdefault(point, self.world.now)
        self.work(lambda core: core.edge(counter.Edge(point, wire, down, self.world.now)))  # type: ignore[attr-defined]

    @property
    def _reaches_the_hall(self) -> bool:
        return all(m.alive and m.link.connected for m in (self, self.world.machines["hall"]))

    def answered(self, point: int) -> None:
        if (since := self.asked.pop(point, None)) is not None:
            self.outage = max(self.outage, self.world.now - since)

    def said(self, message: m.Message) -> None:
        if isinstance(message, m.Command):
            self.world.tell(self.name, f"asks at point {message.point}: {type(message.action).__name__}")
            self.asked.setdefault(message.point, self.world.now)
            self.presses.append(Press(self.name, message, self.world.true_time()))

    # ------------------------------------------------------------ `counter_buttons.counter.Points`
    def down(self, point: int, wire: str) -> bool:
        return (point, wire) in self.held

    def shine(self, point: int, light: Light) -> None:
        pass

    def heard(self, status: m.PointStatus) -> None:
        self.shown[status.point] = status

    def thanked(self, rated: m.Rated) -> None:
        self.boundary("before it thanks")
        self.world.tell(self.name, f"thanks for {rated.level} at point {rated.point}")
        self.thanks.append(Thanked(self.name, rated.visit))
        self.boundary("after it thanked")


class _Counter:
    def __init__(self, machine: CounterMachine) -> None:
        self._machine = machine
        self._store = open_store(f"/{machine.name}/buttons.sqlite", VOTE_MIGRATIONS, DISKS.name)
        at = machine.world.now
        self._counter = counter.Counter(CENTRE, machine.name, self._store, machine, machine, machine.world.new_id, at)

    def edge(self, edge: counter.Edge) -> None:
        self._counter.take(edge, self._machine.clock.moment())
        self.tick()

    def take(self, event: Event) -> None:
        self._counter.take(event, self._machine.clock.moment())
        match event:
            case link.Received(m.Reply(point=point)):
                self._machine.answered(point)
        self.tick()

    def tick(self) -> None:
        self._counter.tick(self._machine.clock.moment())

    def due(self) -> float | None:
        return self._counter.deadline(self._machine.world.now, lamps=False)

    def close(self) -> None:
        with suppress(apsw.Error):
            self._store.close()


class ScreenMachine(Machine):
    """A screen with a voice."""

    role = "screen"

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self.begun_calls: list[Begun] = []
        self.delivered: dict[str, float] = {}  # calls that reached it, and when
        self._deaths: list[float] = []
        self._unwritten: set[str] = set()  # calls that a full card did not take
        self._forgotten: set[str] = set()  # those, once it died: said again rather than not at all (`said.Store`)
        self.cut_short: set[str] = set()  # calls written down, and then it died before the first sound

    def subscriptions(self) -> list[str]:
        return caller.subscriptions(CENTRE)

    def boot(self) -> Core:
        return _Screen(self)

    def owed(self) -> set[str]:
        """The calls that it had heard and was alive to say."""
        life = [*self._deaths, float("inf")]
        lived = {call for call, at in self.delivered.items() if min(d for d in life if d >= at) > at + PROMPT_SECONDS}
        return lived - self.cut_short

    def died(self, power: bool) -> None:
        self._deaths.append(self.world.now)
        self._forgotten |= self._unwritten

    # ------------------------------------------------------------ `display.signage.caller.Wall`
    def begin(self, call: m.Call) -> None:
        if self.disk.full:
            self._unwritten.add(call.call)
        self.cut_short.add(call.call)
        self.boundary("before the first sound")
        self.cut_short.discard(call.call)
        self.world.tell(self.name, f"calls {call.ticket} to point {call.point} ({call.call[:4]})")
        if call.call not in self._forgotten:
            self.begun_calls.append(Begun(self.name, call.call))
        self.boundary("after the first sound")
        over = caller.SoundOver(call.call, self.world.dice.random() < 0.9)
        self.later(self.world.dice.uniform(*SPOKEN_SECONDS), lambda core: core.take(over))  # type: ignore[arg-type]

    def flash(self) -> None:
        pass

    def ended(self, *, another: bool) -> None:
        pass

    def show(self, board: m.Board | None) -> None:
        pass

    def lost(self, lost: bool) -> None:
        pass


class _Screen:
    def __init__(self, machine: ScreenMachine) -> None:
        self._machine = machine
        self._said = Store(Path(f"/{machine.name}/said.sqlite"), DISKS.name)
        self._caller = caller.Caller(CENTRE, self._said, machine, machine, True, machine.world.now)

    def take(self, event: Event | caller.SoundOver) -> None:
        match event:
            case link.Received(m.Call(call=call)):
                self._machine.delivered.setdefault(call, self._machine.world.now)
        self._caller.take(event, self._machine.clock.moment())

    def tick(self) -> None:
        self._caller.tick(self._machine.clock.moment())

    def due(self) -> float | None:
        return self._caller.deadline(self._machine.world.now)

    def close(self) -> None:
        with suppress(apsw.Error):
            self._said.close()
