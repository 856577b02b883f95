"""What every page may reach: the store, what was heard, and a voice towards the hall."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import secrets
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw

from broker import clock
from broker import messages as m
from broker.centre import Centre
from broker.centre_desk import Desk as Rules
from broker.language.catalogue import N_, words
from broker.link import Event, Received, Wire
from broker.office_copy import OfficeCopy, OfficeShelf
from broker.store import StoreError, reader
from display.desk.accounts import Accounts, Hasher, new_code
from display.desk.audit import Audit
from display.desk.contacts import Contacts
from display.desk.drawings import Drawings
from display.desk.facts import Facts
from display.desk.late import Late
from display.desk.mirror import Mirror
from display.desk.sessions import Sessions
from display.desk.throttle import Throttle
from display.ledger.office import outcome
from display.ledger.schema import MIGRATIONS
from display.queue.events import Event as Occurred

ANSWER_SECONDS = 3.0  # a press is answered in milliseconds, or something is wrong
HASHING = 2  # passwords at once: each takes a core and 64 MB for a moment

log = logging.getLogger(__name__)


class Bell:
    """Rings for all who wait; use on the event loop's thread."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.closing = False

    def ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    def close(self) -> None:
        """The process ends: whoever waits, or will, goes home."""
        self.closing = True
        self.ring()

    async def wait(self, seconds: float) -> bool:
        """True when it rang within this time."""
        if self.closing:
            return True
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        return True


class Desk:
    """One desk; all of it is used on the event loop's thread but for hashing (`off_thread`)."""

    def __init__(
        self,
        centre: Centre,
        connection: apsw.Connection,
        wire: Wire,
        *,
        ledger: Path,
        secure: bool,
        hasher: Hasher | None = None,
        now: Callable[[], dt.datetime] = clock.now,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        """``ledger``: the hall's, which pages read.  ``secure``: served by HTTPS, which its cookies then insist on."""
        if centre.desk is None:
            raise ValueError("this centre has no [desk]")
        self.base, self.rules, self.connection, self.wire = centre, centre.desk, connection, wire
        self.ledger, self.secure, self.now, self.monotonic = ledger, secure, now, monotonic
        self.mirror, self.bell, self.drawings = Mirror(centre), Bell(), Drawings()
        self.facts = Facts(connection, wire, lambda: clock.Moment(self.monotonic(), self.now()))
        self.late = Late(connection, self.became)
        self._shelf = OfficeShelf(connection)
        self._office = OfficeCopy(centre, self._shelf.parts())
        self.contacts = Contacts(connection)
        self.accounts, self.audit, self.throttle = Accounts(connection), Audit(connection), Throttle()
        self.hasher = hasher or Hasher()
        self.sessions = Sessions(connection, *_limits(centre.desk))
        self.first_code = new_code() if self.accounts.empty else None  # of the first administrator; told, kept nowhere
        self._hashing = asyncio.Semaphore(HASHING)

    @property
    def centre(self) -> Centre:
        """The centre as centre.toml (``base``) and what the office edited make it."""
        return self._office.centre

    def hear(self, event: Event) -> None:
        """One event of the link."""
        before = self.mirror.revision
        self.facts.hear(event)
        if isinstance(event, Received) and isinstance(event.message, m.Office):
            self._hear_office(event.message, event.key)
        self.mirror.hear(event, self.now())
        if isinstance(event, Received) and isinstance(event.message, m.Ack):
            self._settle()
        if self.mirror.revision != before:
            self.bell.ring()

    async def ask(
        self, point: int, action: m.Action, *, by: str, id: str | None = None, expect: str | None = None
    ) -> m.Accepted | m.Refused | None:
        """A command to the hall and its answer; None: no connection, or no answer in `ANSWER_SECONDS`.

        ``by``: the account that asks.  ``id``, ``expect``: as in `Command`; without an id it is a new command.
        """
        fresh = self.centre.calling.command_seconds
        deadline = self.now() + dt.timedelta(seconds=fresh)
        command = m.Command(id or secrets.token_hex(8), point, deadline, action, by, expect)
        answer: asyncio.Future[m.Accepted | m.Refused] = asyncio.get_running_loop().create_future()
        self.mirror.await_reply(command.id, answer.set_result)
        try:
            if not self.wire.publish(command, expires=fresh):
                return None
            return await asyncio.wait_for(answer, ANSWER_SECONDS)
        except TimeoutError:
            return None
        finally:
            self.mirror.forget(command.id)

    async def say(self, fact: m.CaseFact | m.OfficeFact, by: str) -> int | None:
        """Keep this fact and carry it to the hall: its number, once the ledger has it; None where it has not within
        `ANSWER_SECONDS`, and will when it can.  Should it be rejected then, account ``by`` is told (`late`).
        """
        self.late.send(fact, by)
        told = False
        try:
            seq, until = self.facts.add(fact), self.monotonic() + ANSWER_SECONDS
            while not self.facts.has(seq):
                if self.bell.closing or not await self.bell.wait(max(0.0, until - self.monotonic())):
                    return None
            told = True
            return seq
        finally:
            self.late.waited(fact, told)

    def _settle(self) -> None:
        """Whoever no longer waits for an answer that came now is told on the next page, and it stands in the audit."""
        try:
            for late in self.late.settle():
                about = f"{late.path} {late.cause}"
                self.audit.note("fact_rejected", account=late.account, about=about, address="", now=self.now())
        except apsw.Error:  # the next acknowledgement tries again
            log.exception("the store fails")

    def became(self, seq: int) -> Occurred | None:
        """What the ledger made of the fact of this number; None while that cannot be read."""
        try:
            with closing(reader(self.ledger, MIGRATIONS)) as ledger:
                return outcome(ledger, self.rules.name, seq)
        except (StoreError, apsw.Error):
            return None

    def _hear_office(self, said: m.Office, part: str) -> None:
        if self._office.hear(said, part):
            try:
                self._shelf.keep(said)
            except apsw.Error:  # it is heard anew at the next connection
                log.exception("%s of the office is not kept", part)

    def show_code(self) -> None:
        """The first administrator's code on the board's line for staff, for as long as there is one."""
        told = words(self.centre.centre.languages[0])(N_("code of the first administrator: {code}"))
        self.wire.health(m.Health(warnings=(told.format(code=self.first_code),) if self.first_code else ()))

    async def verify(self, hashed: str | None, password: str) -> bool:
        """As `Hasher.verify`, while the pages of others go on."""
        async with self._hashing:
            return await asyncio.to_thread(self.hasher.verify, hashed, password)

    async def hash(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(self.hasher.hash, password)


def _limits(rules: Rules) -> tuple[dt.timedelta, dt.timedelta]:
    return dt.timedelta(minutes=rules.idle_minutes), dt.timedelta(hours=rules.session_hours)
