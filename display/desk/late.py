"""What the hall rejected after whoever sent it had stopped waiting for an answer: told on their pages until seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import apsw
import msgspec

from broker import messages as m
from broker.language.catalogue import N_
from broker.office import key
from display.queue.events import Event, FactRejected

LATE_MIGRATIONS = (
    """-- facts whose senders do not know yet what became of them
    CREATE TABLE late (
        id      INTEGER PRIMARY KEY,
        fact    TEXT NOT NULL UNIQUE,        -- as outbox.fact: a fact's number may change until the ledger has it
        account TEXT NOT NULL,               -- who sent it
        cause   TEXT                         -- why the ledger rejected it; NULL: nothing is known
    ) STRICT;
    """,
)
_ANSWERED = """
    SELECT late.fact, account, seq FROM late LEFT JOIN outbox USING (fact)
    WHERE cause IS NULL AND coalesce(seq <= (SELECT acknowledged FROM outbox_state), seq IS NULL)
"""
WHAT: Mapping[type[m.DeskFact], str] = {
    m.CaseFiled: N_("Filing of a case"),
    m.CaseMoved: N_("Step of a case"),
    m.OfficeEdited: N_("Edit of the office"),
    m.HandedOut: N_("Documents handed out"),
}
WHY: Mapping[str, str] = {  # how a cause begins → what officers read; any other as it stands
    "stale": N_("somebody else changed it before"),
    "case_moved_on": N_("the case had moved on"),
    "step_impossible": N_("the case had moved on"),
    "document_unknown": N_("the catalogue has changed"),
    "hours.day_ends": N_("this time was over by then"),
}


class Rejected(NamedTuple):
    id: int
    account: str
    fact: m.CaseFact | m.OfficeFact
    cause: str

    @property
    def what(self) -> str:
        """As a msgid."""
        return WHAT[type(self.fact)]

    @property
    def why(self) -> str:
        """As a msgid, where there are words for it."""
        return next((text for begin, text in WHY.items() if self.cause.startswith(begin)), self.cause)

    @property
    def path(self) -> str:
        """Where it can be looked at, and entered again."""
        match self.fact:
            case m.CaseMoved(case=case):
                return f"/cases/{case}"
            case m.OfficeEdited(edit=part):
                return f"/office/{key(part)}"
            case m.HandedOut():
                return "/documents"
        return "/cases"


class Late:
    """The facts of a store of `LATE_MIGRATIONS` and `broker.outbox`; use on the event loop's thread."""

    def __init__(self, connection: apsw.Connection, became: Callable[[int], Event | None]) -> None:
        """``became``: what the ledger made of the fact of this number; None while that cannot be read."""
        self._connection, self._became = connection, became
        self._awaited: set[str] = set()  # their senders wait for the answer

    def send(self, fact: m.CaseFact | m.OfficeFact, account: str) -> None:
        """This fact is about to be sent, and its sender will wait.  An untold one outlives this process."""
        body = _body(fact)
        self._connection.execute("INSERT OR IGNORE INTO late (fact, account) VALUES (?, ?)", (body, account))
        self._awaited.add(body)

    def waited(self, fact: m.CaseFact | m.OfficeFact, told: bool) -> None:
        """The sender waits no more; ``told``: the page that sent it says what became of it."""
        self._awaited.discard(body := _body(fact))
        if told:
            self._forget(body)

    def settle(self) -> list[Rejected]:
        """Those that the ledger has rejected since, each once; what it took needs no word."""
        found = []
        for body, account, seq in self._connection.execute(_ANSWERED).fetchall():
            if body in self._awaited:
                continue
            became = self._became(int(str(seq))) if seq is not None else None
            fact = msgspec.json.decode(str(body), type=m.AnyFact)
            if isinstance(became, FactRejected) and became.fact == fact:
                why = "; ".join(became.why) or became.cause
                self._connection.execute("UPDATE late SET cause = ? WHERE fact = ?", (why, body))
                found.append(Rejected(0, str(account), fact, why))
            elif became is not None or seq is None:  # taken; or acknowledged so long ago that the outbox forgot it
                self._forget(str(body))
        return found

    def of(self, account: str) -> list[Rejected]:
        """What this account has not seen yet, in the order in which it was sent."""
        rows = self._connection.execute(
            "SELECT id, account, fact, cause FROM late WHERE account = ? AND cause IS NOT NULL ORDER BY id", (account,)
        )
        return [
            Rejected(id, account, msgspec.json.decode(fact, type=m.AnyFact), cause) for id, account, fact, cause in rows
        ]

    def seen(self, account: str, id: int) -> None:
        """This account has read of it."""
        self._connection.execute("DELETE FROM late WHERE id = ? AND account = ? AND cause IS NOT NULL", (id, account))

    def _forget(self, body: str) -> None:
        self._connection.execute("DELETE FROM late WHERE fact = ?", (body,))


def _body(fact: m.CaseFact | m.OfficeFact) -> str:
    """As `broker.outbox` keeps it."""
    return msgspec.json.encode(fact).decode()
