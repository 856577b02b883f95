"""The network of the simulation: a broker, and links that break as connections do.

A connection is two channels.  By default each keeps order and loses nothing until it breaks, as TCP does; what was
under way is lost then, and what a cut held back comes late when it heals in time.  `Weather` makes it worse than any
TCP: single messages lost, doubled, and overtaking each other.  The broker keeps what is retained until it restarts,
keeps nothing for who is away (each link's session begins clean), and sends the last will of who vanished.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

from broker import topics
from broker.link import KEEPALIVE_SECONDS, RETRY_SECONDS, STATUS_SECONDS, Connected, Disconnected, Event, Received, Role
from broker.messages import Health, Message, Status

if TYPE_CHECKING:
    from sim_world import World

SITE = "moe"
LATENCY = 0.0005, 0.004  # seconds, one way
NOTICED = KEEPALIVE_SECONDS * 1.5, KEEPALIVE_SECONDS * 1.7  # seconds until a silent peer is given up


@dataclass
class Weather:
    """What befalls single messages."""

    lost: float = 0.0
    doubled: float = 0.0
    delayed: float = 0.0  # by up to `most` seconds, and overtaken
    most: float = 7.0

    @property
    def fair(self) -> bool:
        return not (self.lost or self.doubled or self.delayed)


@dataclass
class Cut:
    """Which directions of a node's way to the broker carry nothing now."""

    up: bool = False
    down: bool = False


@dataclass
class Session:
    """One connection of a node.  Each end learns by itself that it is over."""

    link: Link
    node_end: bool = True
    broker_end: bool = True
    filters: tuple[str, ...] = ()
    last: dict[str, float] = field(default_factory=lambda: {"up": 0.0, "down": 0.0})  # arrival of the newest
    held: dict[str, list[Callable[[], None]]] = field(default_factory=lambda: {"up": [], "down": []})


@cache
def fits(pattern: str, topic: str) -> bool:
    """Whether an MQTT topic filter (without ``#``) covers a topic."""
    ours, its = pattern.split("/"), topic.split("/")
    return len(ours) == len(its) and all(a in ("+", b) for a, b in zip(ours, its, strict=True))


class Broker:
    def __init__(self, world: World) -> None:
        self.world = world
        self.up = True
        self.seen: list[Message] = []
        self.weather = Weather()
        self._sessions: dict[str, Session] = {}
        self._retained: dict[str, tuple[str, Message]] = {}

    def restart(self, down: float) -> None:
        """Gone with all that it knew, and back after so many seconds."""
        self.up = False
        self._retained.clear()
        for session in list(self._sessions.values()):
            self._drop(session, will=False)
        self.world.after(down, self._back)

    def _back(self) -> None:
        self.up = True

    def accept(self, session: Session) -> None:
        name = session.link.name
        if old := self._sessions.get(name):
            self._drop(old)
        self._sessions[name] = session

    def closed(self, session: Session, will: bool = True) -> None:
        """The node's end hung up, or was silent for too long."""
        if session.broker_end:
            self._drop(session, will)

    def _drop(self, session: Session, will: bool = True) -> None:
        session.broker_end = False
        link = session.link
        self.send(session, "down", partial(link.broken, session, "closed by the broker"))
        if self._sessions.get(link.name) is session:
            del self._sessions[link.name]
        if will:
            status = Status(online=False, role=link.role, software="sim")
            self.route(topics.address(SITE, status, node=link.name), topics.encode(status))

    def subscribe(self, session: Session) -> None:
        session.filters = tuple(session.link.filters)
        for topic, (key, message) in list(self._retained.items()):
            if any(fits(pattern, topic) for pattern in session.filters):
                self._forward(session, Received(message, key, True))
        self.send(session, "down", partial(session.link.subscribed, session))

    def route(self, topic: str, payload: bytes) -> None:
        """Once read, for all: every receiver reads the same bytes the same way."""
        kind, key = topics.kind_of(SITE, topic)
        message = topics.decode(kind, payload)
        self.seen.append(message)
        if kind.retained:
            self._retained[topic] = key, message
        for session in list(self._sessions.values()):
            if any(fits(pattern, topic) for pattern in session.filters):
                self._forward(session, Received(message, key, False))

    def _forward(self, session: Session, received: Received) -> None:
        self.send(session, "down", partial(session.link.arrived, session, received), single=True)

    # ------------------------------------------------------------ the wires
    def send(self, session: Session, way: str, arrive: Callable[[], None], single: bool = False) -> None:
        """Carry something one way; ``single``: a message, to which the weather may happen."""
        dice, weather = self.world.dice, self.weather
        at = self.world.now + dice.uniform(*LATENCY)
        if single and not weather.fair:
            if dice.random() < weather.lost:
                return
            if dice.random() < weather.doubled:
                self.world.at(at + dice.uniform(0, weather.most), partial(self._arrive, session, way, arrive))
            if dice.random() < weather.delayed:
                self.world.at(at + dice.uniform(0, weather.most), partial(self._arrive, session, way, arrive))
                return
        session.last[way] = at = max(at, session.last[way] + 1e-6)
        self.world.at(at, partial(self._arrive, session, way, arrive))

    def _arrive(self, session: Session, way: str, arrive: Callable[[], None]) -> None:
        if session.held[way] or getattr(session.link.cut, way):
            session.held[way].append(arrive)
        elif session.broker_end if way == "up" else session.node_end:
            arrive()

    def healed(self, session: Session, way: str) -> None:
        """What the cut held back is sent again by the kernels, to ends that still listen."""
        held, session.held[way] = session.held[way], []
        for arrive in held:
            self.send(session, way, arrive)


class Link:
    """What `broker.link.Link` is to a node."""

    def __init__(
        self, broker: Broker, name: str, role: Role, filters: list[str], deliver: Callable[[Event], None]
    ) -> None:
        self.name, self.role, self.filters = name, role, filters
        self.cut = Cut()
        self._broker, self._world, self._deliver = broker, broker.world, deliver
        self.session: Session | None = None
        self.connected = False
        self._running = False
        self._told: Health | None = None
        self._health = Health()
        self._tell_at = 0.0
        self._lost = False  # that there is no broker was told

    # ------------------------------------------------------------ for the node
    def start(self) -> None:
        self._running, self._lost, self._told, self._health = True, False, None, Health()
        self._connect()

    def publish(
        self, message: Message, *, node: str | None = None, point: int | None = None, expires: int | None = None
    ) -> bool:
        if self.session is None or not self.connected:
            return False
        topic = topics.address(SITE, message, node=node or self.name, point="+" if point is None else point)
        payload = topics.encode(message)
        route = partial(self._broker.route, topic, payload)
        self._broker.send(self.session, "up", route, single=True)
        return True

    def health(self, health: Health) -> None:
        self._health = health
        self._tell()

    # ------------------------------------------------------------ for the world
    def die(self, power: bool) -> None:
        """The process is gone: its kernel hangs up, unless the kernel is gone as well."""
        self._running = self.connected = False
        session, self.session = self.session, None
        if session:
            session.node_end = False
            self._hang_up(session, power)

    def set_cut(self, up: bool, down: bool) -> None:
        """Cut the way to the broker, or heal it."""
        before, self.cut = self.cut, Cut(up, down)
        if self.session is None:
            return
        session = self.session
        if (up or down) and not (before.up or before.down):
            dice, cut = self._world.dice, self.cut
            self._world.after(dice.uniform(*NOTICED), partial(self._give_up, session, cut))
            if up:
                self._world.after(dice.uniform(*NOTICED), partial(self._given_up, session, cut))
        for way in ("up", "down"):
            if not getattr(self.cut, way):
                self._broker.healed(session, way)

    def _give_up(self, session: Session, cut: Cut) -> None:
        if self.cut is cut and self.session is session:
            self.broken(session, "keepalive")
            if not cut.up:
                self._broker.closed(session)

    def _given_up(self, session: Session, cut: Cut) -> None:
        if self.cut is cut:
            self._broker.closed(session)

    # ------------------------------------------------------------ the connection
    def _connect(self) -> None:
        if not self._running or self.session is not None:
            return
        if not self._broker.up or self.cut.up or self.cut.down:
            self._lose("no way")
            self._world.after(RETRY_SECONDS, self._connect)
            return
        self.session = Session(self)
        self._broker.accept(self.session)
        self._world.after(2 * LATENCY[1], partial(self._accepted, self.session))

    def _accepted(self, session: Session) -> None:
        if self.session is not session:
            return
        self.connected, self._lost, self._told = True, False, None
        self._tell()
        self._broker.send(session, "up", partial(self._broker.subscribe, session))

    def _tell(self) -> None:
        if self.connected and self._told != self._health:
            if self._world.now < self._tell_at:
                self._world.at(self._tell_at, self._tell)
                return
            self._told, self._tell_at = self._health, self._world.now + STATUS_SECONDS
            now = self._world.machines[self.name].clock.now()
            self.publish(Status(online=True, role=self.role, software="sim", at=now, health=self._health))

    def subscribed(self, session: Session) -> None:
        if self.session is session:
            self._deliver(Connected())

    def arrived(self, session: Session, received: Received) -> None:
        if self.session is session:
            self._deliver(received)

    def broken(self, session: Session, reason: str) -> None:
        """The node's end learns that the connection is over."""
        if self.session is not session:
            return
        session.node_end = False
        self.session = None
        self._hang_up(session, power=False)
        self._lose(reason)
        self._world.after(RETRY_SECONDS, self._connect)

    def _hang_up(self, session: Session, power: bool) -> None:
        dice = self._world.dice
        silent = power or self.cut.up
        delay = dice.uniform(*NOTICED) if silent else 0.02
        self._world.after(delay, partial(self._broker.closed, session))

    def _lose(self, reason: str) -> None:
        was, self.connected = self.connected, False
        if (was or not self._lost) and self._running:
            self._lost = True
            self._deliver(Disconnected(reason))
