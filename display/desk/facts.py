"""What officers did at the desk, on its way to the hall: numbered, and kept until the ledger has it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import apsw

from broker import messages as m
from broker.clock import Moment
from broker.link import Connected, Event, Received, Wire
from broker.outbox import Courier, Outbox

TICK_SECONDS = 1.0  # while a fact is under way

log = logging.getLogger(__name__)


class Facts:
    """The facts of a store of `store.DESK_MIGRATIONS`; use on the event loop's thread."""

    def __init__(self, connection: apsw.Connection, wire: Wire, moment: Callable[[], Moment]) -> None:
        self._connection, self._wire, self._moment = connection, wire, moment
        self._outbox = Outbox(connection)
        self._courier = Courier(self._outbox, self._publish)
        self._added = asyncio.Event()
        self._added.set()  # what an earlier life of this process left

    @property
    def numbered(self) -> bool:
        """Whether the hall ever acknowledged this store: before, a fact's number may still change."""
        return self._outbox.joined

    def add(self, fact: m.CaseFact | m.OfficeFact) -> int:
        """Durable when it returns, and sent.  Its number.  Raises `apsw.Error` when the card cannot be written."""
        with self._connection:
            seq = self._outbox.add(fact)
        self._courier.send(self._moment())
        self._added.set()
        return seq

    def has(self, seq: int) -> bool:
        """Whether the ledger has the fact of this number, taken or rejected."""
        return self._outbox.hall_has >= seq

    def pending(self) -> list[m.Fact]:
        """What the ledger does not have yet, in order."""
        return self._outbox.pending()

    def hear(self, event: Event) -> None:
        """One event of the link."""
        try:
            match event:
                case Connected():
                    self._courier.connected(self._moment())
                case Received(message=m.Ack() as ack):
                    self._courier.acked(ack, self._moment())
        except apsw.Error:  # the hall acknowledges again, and the courier goes on with the next tick
            log.exception("the store fails")

    def _publish(self, fact: m.Fact) -> bool:
        return self._wire.publish(fact)

    async def carry(self) -> None:
        """Until cancelled: send again what stays unacknowledged; asleep while there is nothing."""
        while True:
            await self._added.wait()
            self._added.clear()
            while self._outbox.pending(1):
                try:
                    self._courier.tick(self._moment())
                except apsw.Error:
                    log.exception("the store fails")
                await asyncio.sleep(TICK_SECONDS)
