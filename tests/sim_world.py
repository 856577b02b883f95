"""A world of simulated machines: one clock that is true, one die for all chance, a list of what is due, a story.

A `Machine` runs a node's real core.  It can be killed wherever something becomes visible outside it or durable inside:
at every message, sync, paper, light and sound (`Machine.boundary`), with its process or with its power.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Protocol

from sim_disk import Disk, Disks
from sim_network import Broker, Link

from broker.clock import Moment
from broker.link import Event
from broker.messages import Health, Message

BEGIN = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)  # 09:00 on a Monday in Bangkok
RESTART_SECONDS = 2.0  # systemd's RestartSec in our units
IMPATIENCE = 60.0  # a kill that finds no boundary in this time happens between two
DISKS = Disks("khiu-simulated")


class Killed(BaseException):
    """The machine stops here; not to be caught by what runs on it."""


class Core(Protocol):
    """What `Machine` drives."""

    def take(self, event: Event) -> None: ...
    def tick(self) -> None: ...
    def due(self) -> float | None:
        """By the machine's monotonic clock."""

    def close(self) -> None: ...


@dataclass
class SimClock:
    """A machine's two clocks; wrong in every way that a clock without a battery can be."""

    world: World
    offset: float = 0.0  # seconds that wall time is ahead of the truth
    drift: float = 0.0  # seconds gained in a second
    since: float = 0.0  # true time at which it was last set
    boots: int = 0  # of the machine; nobody but the hall tells it the time
    booted: float = 0.0

    def now(self) -> dt.datetime:
        world = self.world
        ahead = self.offset + (world.now - self.since) * self.drift
        return BEGIN + dt.timedelta(seconds=world.now + ahead)

    def set(self, offset: float) -> None:
        self.offset, self.since = offset, self.world.now

    def moment(self) -> Moment:
        return Moment(self.world.now, self.now(), f"boot-{self.boots}", kept=False, began=self.booted)


@dataclass
class World:
    seed: int
    now: float = 0.0  # true seconds since `BEGIN`
    telling: bool = False
    story: list[str] = field(default_factory=list)
    machines: dict[str, Machine] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)  # what raised where nothing may

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.broker = Broker(self)
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._count = count()
        DISKS.of.clear()

    def at(self, when: float, do: Callable[[], object]) -> None:
        heapq.heappush(self._due, (max(when, self.now), next(self._count), do))

    def after(self, seconds: float, do: Callable[[], object]) -> None:
        self.at(self.now + seconds, do)

    def run(self, until: float) -> None:
        while self._due and self._due[0][0] <= until:
            self.now, _, do = heapq.heappop(self._due)
            do()
        self.now = until

    def true_time(self) -> dt.datetime:
        return BEGIN + dt.timedelta(seconds=self.now)

    def tell(self, who: str, what: str) -> None:
        if self.telling:
            self.story.append(f"{(BEGIN + dt.timedelta(seconds=self.now, hours=7)):%H:%M:%S.%f} {who:10} {what}")

    def new_id(self) -> str:
        return f"{self.dice.getrandbits(64):016x}"


class Machine(ABC):
    """One node: its disk, its clock, its link, and from start to death a core."""

    role = "hall"

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.clock = SimClock(world)
        self.disk = Disk(self._disk_boundary)
        DISKS.of[name] = self.disk
        self.link = Link(world.broker, name, self.role, self.subscriptions(), self.receive)
        self.core: Core | None = None
        self.life = 0
        self.deaths = 0
        self._doom: int | None = None  # boundaries left
        self._dead = False
        self._power = False  # the next death is the power's
        self._down = RESTART_SECONDS
        self._at_boundary = ""
        self._alarm: float | None = None
        self.clock_at_boot: Callable[[], object] | None = None
        world.machines[name] = self

    # ------------------------------------------------------------ what a kind of node fills in
    @abstractmethod
    def subscriptions(self) -> list[str]:
        """The topics that it hears."""

    @abstractmethod
    def boot(self) -> Core:
        """Open the store, make the core; the link starts afterwards."""

    def begun(self) -> None:  # noqa: B027 -- most have nothing to do
        """After the link has started."""

    # ------------------------------------------------------------ life and death
    @property
    def alive(self) -> bool:
        return self.core is not None

    def start(self) -> None:
        if self.core is not None:
            return
        self.life += 1
        self._dead, self._alarm = False, None
        if self.clock_at_boot:
            self.clock_at_boot()
            self.clock_at_boot = None
        self.world.tell(self.name, f"starts, its clock at {self.clock.now():%Y-%m-%d %H:%M:%S}")

        def wake() -> None:
            self.core = self.boot()
            self.link.start()
            self.begun()

        self.guarded(wake)

    def doom(self, boundaries: int, power: bool, down: float) -> None:
        """Let it die at one of its next boundaries."""
        if self.core is None:
            return
        self._doom, self._power, self._down = boundaries, power, down
        self.world.after(IMPATIENCE, partial(self._die_anyway, self.life))

    def _die_anyway(self, life: int) -> None:
        if self.life == life and self._doom is not None and self.core is not None:
            self._at_boundary = "between two events"
            self._dead = True
            self._fall()

    def fall(self, why: str) -> None:
        """Somebody switches it off."""
        self._dead, self._at_boundary = True, why
        self._fall()

    def boundary(self, what: str) -> None:
        """Something is about to be seen outside, or was.  Raises `Killed`."""
        if not self._lives(what):
            raise Killed

    def _disk_boundary(self, what: str) -> bool:
        return self._lives(what)

    def _lives(self, what: str) -> bool:
        if self._doom is not None and not self._dead:
            self._doom -= 1
            if self._doom < 0:
                self._dead = self.disk.dead = True
                self._at_boundary = what
        return not self._dead

    def _fall(self) -> None:
        """The machine is dead, and starts again."""
        self.world.tell(self.name, f"{'loses power' if self._power else 'is killed'} {self._at_boundary}")
        self.deaths += 1
        self._doom = None
        core, self.core = self.core, None
        self.disk.end_life(self.world.dice if self._power else None)
        if self._power:
            self.clock.boots, self.clock.booted = self.clock.boots + 1, self.world.now + self._down
        self.link.die(self._power)
        self.died(self._power)
        if core is not None:
            core.close()
        self.world.after(self._down, self.start)
        self._power, self._down = False, RESTART_SECONDS

    def died(self, power: bool) -> None:  # noqa: B027 -- most have nothing to do
        """What else ends with the process."""

    # ------------------------------------------------------------ what its core says
    def publish(
        self, message: Message, *, node: str | None = None, point: int | None = None, expires: int | None = None
    ) -> bool:
        """`broker.link.Wire`: a word is lost or said, and the machine may die before or after it."""
        what = type(message).__name__
        self.boundary(f"before it says {what}")
        said = self.link.publish(message, node=node, point=point, expires=expires)
        if said:
            self.said(message)
        self.boundary(f"after it said {what}")
        return said

    def health(self, health: Health) -> None:
        """`broker.link.Wire`."""
        self.link.health(health)

    def said(self, message: Message) -> None:  # noqa: B027 -- most have nothing to do
        """For a machine whose words are evidence."""

    # ------------------------------------------------------------ work
    def guarded(self, work: Callable[[], object]) -> None:
        """Do this on the machine; what raises ends its process, as it would end a real one."""
        try:
            work()
        except Killed:
            pass
        except Exception as fault:  # noqa: BLE001 - whatever it is
            if not self._dead:
                self._crashed(fault)
        if self._dead:
            self._fall()
        elif self.core is not None:
            self._plan()

    def _crashed(self, fault: Exception) -> None:
        self._dead, self._at_boundary = True, f"by its own fault: {type(fault).__name__}: {fault}"
        if not self.disk.full:
            self.world.faults.append(f"{self.name} fell {self._at_boundary}")

    def receive(self, event: Event) -> None:
        """A word of the link."""
        self.work(lambda core: core.take(event))

    def work(self, do: Callable[[Core], object]) -> None:
        """Let the core do this now, if there is one."""
        if (core := self.core) is not None:
            self.guarded(lambda: do(core))

    def later(self, seconds: float, do: Callable[[Core], object]) -> None:
        """The same after a while, unless the machine dies before."""
        life = self.life
        self.world.after(seconds, lambda: self.work(do) if self.life == life else None)

    def _plan(self) -> None:
        core = self.core
        due = core.due() if core else None
        if due is None or (self._alarm is not None and self.world.now < self._alarm <= due):
            return
        self._alarm = max(due, self.world.now + 1e-4)
        self.world.at(self._alarm, partial(self._ring, self.life, self._alarm))

    def _ring(self, life: int, alarm: float) -> None:
        if self.life == life and self.core is not None and self._alarm == alarm:
            self._alarm = None
            self.work(lambda core: core.tick())
