"""What people and misfortune do in a simulated day: each deed at its time, decided when it comes.

A day is a list of deeds, so a day that fails can be told again with fewer of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import partial

from sim_kiosk import KioskMachine
from sim_network import Weather
from sim_nodes import CENTRE, CounterMachine
from sim_world import World

from broker.words import PointState, PrinterState
from kiosk import pages

UNSET = -56 * 365.25 * 86400  # seconds from now to a clock that nobody set
CALL, RECALL = ("call", 0.06), ("call", 0.95)
STEP, SET_ASIDE = ("serve", 0.06), ("serve", 0.95)
CALL_BACK, TRANSFER_OR_PAUSE = ("more", 0.06), ("more", 0.95)
Gesture = tuple[str, float]  # button, seconds held
# What officers do, most of the time what makes sense: (share, gesture) by what their point shows.
HABITS: dict[PointState, tuple[tuple[float, Gesture], ...]] = {
    "closed": ((1.0, CALL),),
    "idle": ((0.86, CALL), (0.06, CALL_BACK), (0.06, SET_ASIDE), (0.02, TRANSFER_OR_PAUSE)),
    "called": ((0.7, STEP), (0.12, RECALL), (0.1, SET_ASIDE), (0.08, CALL)),
    "serving": ((0.7, STEP), (0.1, CALL), (0.1, SET_ASIDE), (0.1, TRANSFER_OR_PAUSE)),
    "provided": ((0.8, STEP), (0.2, CALL)),
}


@dataclass(frozen=True)
class Deed(ABC):
    at: float  # seconds since the day began

    @abstractmethod
    def do(self, world: World) -> None:
        """Let it happen."""

    @property
    def fault(self) -> bool:
        """Whether it is a misfortune, rather than what people do."""
        return True


class _ByPeople(Deed):
    @property
    def fault(self) -> bool:
        return False


@dataclass(frozen=True)
class Citizen(_ByPeople):
    """Wants a ticket; waits for those before, and for a kiosk that is dark; taps "I have my number" if ``stays``."""

    kiosk: str
    service: str
    priority: bool
    stays: bool
    patience: float = 25.0

    def do(self, world: World) -> None:
        self._try(world, world.now + self.patience)

    def _try(self, world: World, until: float) -> None:
        kiosk = world.machines[self.kiosk]
        assert isinstance(kiosk, KioskMachine)
        page = kiosk.state.page if kiosk.state else None
        if isinstance(page, pages.Home):
            if self.priority:
                kiosk.act(pages.PriorityToggled())
            kiosk.act(pages.Touched(self.service))
            world.after(4.0, partial(self._look, world, kiosk, 12))
        else:
            kiosk.refuses(page)
            if world.now < until:
                world.after(1.5, partial(self._try, world, until))

    def _look(self, world: World, kiosk: KioskMachine, looks: int) -> None:
        page = kiosk.state.page if kiosk.state else None
        if isinstance(page, pages.Fault) and self.stays:
            world.tell(kiosk.name, f"its citizen takes {page.ticket.number} from the screen")
            kiosk.act(pages.NumberTaken())
        elif page is None and looks:
            world.after(2.0, partial(self._look, world, kiosk, looks - 1))


@dataclass(frozen=True)
class Officer(_ByPeople):
    """Looks at the point and presses a button, perhaps twice."""

    point: int
    whim: float  # 0 … 1: which of the habits
    again: float | None  # seconds until the second tap

    def do(self, world: World) -> None:
        counter = serving(world, self.point)
        status = counter.shown.get(self.point)
        button, held = self._gesture(status.state if status else "closed")
        for begin in (0.0,) if self.again is None else (0.0, held + self.again):
            world.after(begin, partial(counter.edge, self.point, button, True))
            world.after(begin + held, partial(counter.edge, self.point, button, False))

    def _gesture(self, state: PointState) -> Gesture:
        whim = self.whim
        for share, gesture in HABITS[state]:
            if whim < share:
                return gesture
            whim -= share
        return HABITS[state][0][1]


@dataclass(frozen=True)
class Smiley(_ByPeople):
    """Taps a face where faces are open; perhaps twice, or two faces."""

    point: int
    levels: tuple[int, ...]

    def do(self, world: World) -> None:
        counter = serving(world, self.point)
        for place, level in enumerate(self.levels):
            for down in (True, False):
                after = 0.15 * place + (0.0 if down else 0.08)
                world.after(after, partial(counter.edge, self.point, f"smiley-{level}", down))


def serving(world: World, point: int) -> CounterMachine:
    name = next(buttons.name for buttons in CENTRE.buttons if point in buttons.points)
    machine = world.machines[name]
    assert isinstance(machine, CounterMachine)
    return machine


# ---------------------------------------------------------------- misfortune
@dataclass(frozen=True)
class Kill(Deed):
    """A machine dies at one of its next boundaries; ``power``: with what was not synced, and with its clock."""

    node: str
    boundaries: int
    power: bool
    down: float
    wakes: float | None = None  # its clock is so many seconds ahead when it starts again
    set_after: float = 40.0  # seconds until a time server sets it

    def do(self, world: World) -> None:
        machine = world.machines[self.node]
        if self.wakes is not None and self.power:
            right = machine.clock.offset
            machine.clock_at_boot = partial(machine.clock.set, self.wakes)
            world.after(self.down + self.set_after, partial(machine.clock.set, right))
        machine.doom(self.boundaries, self.power, self.down)


@dataclass(frozen=True)
class NewCard(Deed):
    """A kiosk that owes nothing gets an empty card, and for a while nothing gets through to the hall."""

    kiosk: str
    alone: float  # seconds

    def do(self, world: World) -> None:
        kiosk = world.machines[self.kiosk]
        assert isinstance(kiosk, KioskMachine)
        if kiosk.owes_nothing:
            world.tell(self.kiosk, f"gets a new card, and is alone for {self.alone:.0f} s")
            kiosk.link.set_cut(True, True)
            world.after(self.alone, partial(kiosk.link.set_cut, False, False))
            kiosk.swap_card()


@dataclass(frozen=True)
class BrokerRestart(Deed):
    down: float

    def do(self, world: World) -> None:
        world.tell("broker", "restarts and has forgotten everything")
        world.broker.restart(self.down)


@dataclass(frozen=True)
class CutOff(Deed):
    """A node's way to the broker carries nothing, one way or both."""

    node: str
    up: bool
    down: bool
    seconds: float

    def do(self, world: World) -> None:
        link = world.machines[self.node].link
        ways = " and ".join(way for way, cut in (("to", self.up), ("from", self.down)) if cut)
        world.tell(self.node, f"nothing gets through {ways} the broker for {self.seconds:.1f} s")
        link.set_cut(self.up, self.down)
        world.after(self.seconds, partial(link.set_cut, False, False))


@dataclass(frozen=True)
class Storm(Deed):
    """Single messages are lost, doubled and overtaken."""

    weather: Weather
    seconds: float

    def do(self, world: World) -> None:
        world.tell("broker", f"{self.weather} for {self.seconds:.0f} s")
        world.broker.weather = self.weather
        world.after(self.seconds, lambda: setattr(world.broker, "weather", Weather()))


@dataclass(frozen=True)
class ClockJumps(Deed):
    node: str
    seconds: float
    back_after: float

    def do(self, world: World) -> None:
        clock = world.machines[self.node].clock
        world.tell(self.node, f"its clock jumps by {self.seconds:.1f} s for {self.back_after:.0f} s")
        clock.set(clock.offset + self.seconds)
        world.machines[self.node].work(lambda core: core.tick())
        world.after(self.back_after, partial(clock.set, 0.0))


@dataclass(frozen=True)
class PrinterIll(Deed):
    kiosk: str
    ill: PrinterState | None
    mute: bool
    torn: bool
    seconds: float

    def do(self, world: World) -> None:
        printer = self._printer(world)
        ails = self.ill or ("prints but does not say so" if self.mute else "fails while it prints")
        world.tell(self.kiosk, f"its printer: {ails}")
        printer.ill, printer.mute, printer.torn = self.ill, self.mute, self.torn
        world.after(self.seconds, partial(self._heal, world))

    def _heal(self, world: World) -> None:
        printer = self._printer(world)
        printer.ill, printer.mute, printer.torn = None, False, False

    def _printer(self, world: World):  # type: ignore[no-untyped-def]
        kiosk = world.machines[self.kiosk]
        assert isinstance(kiosk, KioskMachine)
        return kiosk.printer


@dataclass(frozen=True)
class CardFull(Deed):
    node: str
    seconds: float

    def do(self, world: World) -> None:
        disk = world.machines[self.node].disk
        world.tell(self.node, f"its card is full for {self.seconds:.0f} s")
        disk.full = True
        world.after(self.seconds, partial(setattr, disk, "full", False))
