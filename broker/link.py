"""A node's connection to the broker; the only file that imports paho.

MQTT is transport, not storage: what is published while disconnected is dropped and `Link.publish` says so.  Each
connection has a paho client of its own, because a client that reconnects sends its unacknowledged messages
again *after* the newer ones of the connect callback, and so leaves an old retained state standing as the truth.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from msgspec.structs import replace
from paho.mqtt.client import MQTT_ERR_SUCCESS, Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from broker import clock, topics
from broker.messages import Health, Message, Status
from broker.node import Setting, software

KEEPALIVE_SECONDS = 5  # a black-holed link is noticed after one and a half of these
RETRY_SECONDS = 1.0
STATUS_SECONDS = 1.0  # at most one Status, and one Rejected of a cause, in this time
STOP_SECONDS = 6.0  # longer than a connection attempt takes to fail

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Connected:
    """The broker took us in and its subscriptions: what is said from now on is sent, and heard.

    Retained messages may come before it.
    """


@dataclass(frozen=True)
class Disconnected:
    """The connection is gone, or cannot be made, for this reason."""

    reason: str


@dataclass(frozen=True)
class Received:
    """A message of the contract; ``key`` is the node or point of its topic, "" where it has neither."""

    message: Message
    key: str
    retained: bool  # it was said before we subscribed


@dataclass(frozen=True)
class Rejected:
    """A message that changed nothing; the link counts them all, and delivers one of a cause a second."""

    cause: str
    topic: str


Event = Connected | Disconnected | Received | Rejected


class Wire(Protocol):
    """What a node's core needs of its `Link`."""

    def publish(
        self, message: Message, *, node: str | None = None, point: int | None = None, expires: int | None = None
    ) -> bool:
        """As `Link.publish`."""

    def health(self, health: Health) -> None:
        """As `Link.health`."""


Role = Literal["hall", "screen", "kiosk", "buttons", "desk", "printer"]


class Link:
    """Keeps a node connected until `stop`.

    ``subscribe`` are full topic filters (`topics.address`).  ``deliver`` is called on the link's own thread and
    must return at once.  ``warned`` stands in every health.  `publish` and `health` may be called from any thread.
    """

    def __init__(
        self,
        setting: Setting,
        role: Role,
        subscribe: Sequence[str],
        deliver: Callable[[Event], object],
        warned: tuple[str, ...] = (),
    ) -> None:
        self.connected = False
        self._setting = setting
        self._site = setting.centre.centre.site
        self._role = role
        self._subscribe = subscribe
        self._deliver = deliver
        self._warned = warned
        self._client: Client | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_connected, name=f"link-{setting.node}", daemon=True)
        self._reason = ""  # why there is no connection, as last delivered
        self._sent: deque[tuple[int, str]] = deque(maxlen=100)  # packet id and topic, to name a refused publish
        self._rejected: Counter[str] = Counter()
        self._rejected_at: dict[str, float] = {}
        self._lock = threading.Lock()  # guards the four below
        self._health = Health()
        self._told: Health | None = None
        self._told_at = float("-inf")
        self._timer: threading.Timer | None = None

    def start(self) -> None:
        """Connects in the background, for ever, a second between attempts."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """It works, whether or not there is a broker: to be asked before systemd is told that all is well."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Says goodbye, so that no last will is sent, and disconnects.  Not from ``deliver``."""
        self._stopping.set()
        with self._lock:
            if self._timer:
                self._timer.cancel()
        client = self._client
        if client is not None:
            if self.connected:
                goodbye = Status(online=False, role=self._role, software=software(), at=clock.now())
                with suppress(RuntimeError):  # a broker that ends at this very moment hears no goodbye
                    self._send(client, goodbye, self._setting.node, None, None).wait_for_publish(1.0)
            client.disconnect()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def publish(
        self, message: Message, *, node: str | None = None, point: int | None = None, expires: int | None = None
    ) -> bool:
        """Sends a message; ``node`` (default: this one) and ``point`` fill in its topic.

        ``expires``: seconds after which the broker no longer delivers it.  False: not sent, for there is no connection.
        True does not mean that it arrived.  Raises `topics.BadMessage` when it is too long for the contract.
        """
        client = self._client
        if client is None or not self.connected:
            return False
        info = self._send(client, message, node or self._setting.node, point, expires)
        return bool(info.rc == MQTT_ERR_SUCCESS)

    def health(self, health: Health) -> None:
        """Tells the centre how this node is, when it changed, at most once a second; the last word is never lost."""
        with self._lock:
            self._health = health
        self._tell_soon()

    # ------------------------------------------------------------ the connection
    def _keep_connected(self) -> None:
        while not self._stopping.is_set():
            client = self._client = self._fresh_client()
            at = self._setting.centre.broker
            try:
                client.connect(at.host, at.port, keepalive=KEEPALIVE_SECONDS)
                while client.loop(timeout=1.0) == MQTT_ERR_SUCCESS:
                    pass
                self._lost("connection lost")
            except Exception as error:
                if not isinstance(error, OSError):
                    log.exception("the connection broke")
                self._lost(str(error) or type(error).__name__)
            self._stopping.wait(RETRY_SECONDS)

    def _fresh_client(self) -> Client:
        name, password = self._setting.node, self._setting.password
        client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5)
        client.username_pw_set(name, password)
        if ca := self._setting.centre.broker.ca:
            client.tls_set(ca_certs=ca)
        last_will = Status(online=False, role=self._role, software=software())
        client.will_set(topics.address(self._site, Status, node=name), topics.encode(last_will), qos=1, retain=True)
        # with this set, paho writes on the thread of loop() alone and other threads only wake it
        client.on_socket_register_write = lambda *_: None
        client.on_socket_open = _without_delay
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _on_connect(self, client: Client, _data: object, _flags: object, code: ReasonCode, _properties: object) -> None:
        if code.is_failure:
            if self._reason != str(code):  # a refusal is news, also to those who know that the link is down
                self._reason = ""
            self._lost(str(code))
            return
        self.connected, self._reason = True, ""
        with self._lock:
            self._told = None
        if self._subscribe:
            client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in self._subscribe])
        self._tell()  # after the subscription, so that what the hall answers is heard
        if not self._subscribe:
            self._hand_over(Connected())

    def _on_disconnect(self, _client: Client, _data: object, _flags: object, code: ReasonCode, _p: object) -> None:
        self._lost(str(code))

    def _on_subscribe(self, _client: Client, _data: object, _mid: int, codes: list[ReasonCode], _p: object) -> None:
        for topic, code in zip(self._subscribe, codes, strict=False):
            if code.is_failure:
                log.error("the broker refused the subscription %s: %s", topic, code)
        self._hand_over(Connected())

    def _on_publish(self, _client: Client, _data: object, mid: int, code: ReasonCode, _properties: object) -> None:
        if code.is_failure:
            log.error("the broker refused %s: %s", dict(self._sent).get(mid, "a message"), code)

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        topic = "?"
        try:
            topic = message.topic
            kind, key = topics.kind_of(self._site, topic)
            received = Received(topics.decode(kind, bytes(message.payload)), key, message.retain)
        except topics.BadMessage as bad:
            self._reject(bad.cause, topic, bad)
        except UnicodeDecodeError as bad:  # a topic that is no UTF-8
            self._reject("topic", topic, bad)
        else:
            self._hand_over(received)

    def _reject(self, cause: str, topic: str, why: Exception) -> None:
        self._rejected[cause] += 1
        self._tell_soon()
        now = clock.monotonic()
        if now - self._rejected_at.get(cause, float("-inf")) >= STATUS_SECONDS:
            self._rejected_at[cause] = now
            log.warning("rejected on %s: %s", topic, why)
            self._hand_over(Rejected(cause, topic))

    def _lost(self, reason: str) -> None:
        if (self.connected or not self._reason) and not self._stopping.is_set():
            self.connected, self._reason = False, reason
            log.warning("no broker: %s", reason)
            self._hand_over(Disconnected(reason))
        self.connected = False

    def _hand_over(self, event: Event) -> None:
        try:
            self._deliver(event)
        except Exception:  # the receiver's fault must not take the connection with it
            log.exception("%s was not taken", type(event).__name__)

    def _send(self, client: Client, message: Message, node: str, point: int | None, expires: int | None) -> Any:
        topic = topics.address(self._site, message, node=node, point="+" if point is None else point)
        properties = None
        if expires is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.MessageExpiryInterval = expires
        info = client.publish(topic, topics.encode(message), message.qos, message.retained, properties)
        self._sent.append((info.mid, topic))
        return info

    # ------------------------------------------------------------ status
    def _status(self) -> Status:
        rejected = dict(Counter(self._health.rejected) + self._rejected)
        health = replace(self._health, rejected=rejected, warnings=(*self._warned, *self._health.warnings))
        status = Status(online=True, role=self._role, software=software(), at=clock.now(), health=health)
        try:
            topics.encode(status)
        except topics.BadMessage:  # that it is there, and its printer, is told whatever else there would be to tell
            log.warning("too much to tell of this node's health: %s", health)
            return replace(status, health=Health(printer=health.printer, unprinted=health.unprinted))
        return status

    def _tell_soon(self) -> None:
        with self._lock:
            if self._timer is None and self.connected and not self._stopping.is_set():
                wait = max(0.0, self._told_at + STATUS_SECONDS - clock.monotonic())
                self._timer = threading.Timer(wait, self._tell)
                self._timer.daemon = True
                self._timer.start()

    def _tell(self) -> None:
        with self._lock:
            self._timer = None
            status = self._status()
            if status.health == self._told or self._stopping.is_set():
                return
            if self.publish(status):
                self._told, self._told_at = status.health, clock.monotonic()


def _without_delay(_client: Client, _data: object, connection: Any) -> None:
    """Send at once: else a packet waits for the broker's delayed acknowledgement of the one before, 40 ms (RFC 896)."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
