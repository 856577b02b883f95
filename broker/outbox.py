"""A node's durable, numbered log of facts, and the courier that carries them to the hall.

The rule between node and hall, in which each fact arrives once and in order whatever the transport does:

- The node numbers its facts 1, 2, 3 …, sends each until the hall's `Ack` reaches it, and keeps it for a week more.
- The hall applies fact ``seq`` only when it is the one after its last, commits, then publishes `Ack`.  It ignores
  a repeat, and answers a gap by publishing its `Ack` again.
- The hall may know more of this node than its store does: a replaced card was never acknowledged, and an `Ack` past
  all that a store ever numbered shows a card restored from an older copy.  Then what it holds is renumbered to follow
  that `Ack`.  A store never acknowledged sends nothing before its first `Ack`, so the hall publishes one for every
  node of the centre at each connect, 0 for one that never spoke.
- The hall may know less than it said before: its ledger was damaged and is new, or was restored from a backup.  Such a
  ledger bears another name (`Ack.ledger`), and then its lower word counts: what it lacks is sent again, a week back.
- A card may be put back from an older copy, and number its facts as it did before.  So each number also bears the life
  in which it was given: a start of its node, or a renumbering.  The hall takes a fact only after one of the life that
  it `follows`, and where its last one (`Ack.life`) is of another life than ours, it never had ours: they are numbered
  anew.
- A fact tells the ``oldest`` fact its sender still holds.  That is never past the hall's next one, unless the
  hall's own ledger was replaced; then the hall takes ``oldest`` as the next one instead of waiting for ever.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

import apsw
import msgspec

from broker.clock import Moment, Since
from broker.messages import Ack, AnyFact, DeskFact, Fact, Rated

RESEND_SECONDS = 2.0
WINDOW = 50  # facts under way at once
KEPT = dt.timedelta(days=7)  # a fact outlives its acknowledgement so long, by the times of the facts themselves

OUTBOX_MIGRATIONS = (
    """-- outbox
    CREATE TABLE outbox (seq INTEGER PRIMARY KEY, fact TEXT NOT NULL) STRICT;
    CREATE TABLE outbox_state (last INTEGER NOT NULL, acknowledged INTEGER) STRICT;
    INSERT INTO outbox_state VALUES (0, NULL);
    """,
    """-- outbox keeps a week
    ALTER TABLE outbox ADD COLUMN at TEXT NOT NULL DEFAULT '';
    ALTER TABLE outbox_state ADD COLUMN ledger TEXT;
    """,
    """-- outbox knows how long ago
    ALTER TABLE outbox ADD COLUMN boot TEXT;   -- of an unsure time: the moment by the steady clock of that boot
    ALTER TABLE outbox ADD COLUMN steady REAL;
    """,
    """-- outbox knows its lives
    ALTER TABLE outbox ADD COLUMN life TEXT;
    """,
)


class Outbox:
    """The facts that the hall has not acknowledged, and those of a week before, in a store of `OUTBOX_MIGRATIONS`."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.life = _new_life()  # of the numbers given from now on

    def add(self, fact: AnyFact, since: Since | None = None) -> int:
        """Appends a fact and returns its number.  Call inside the transaction that makes the fact true.

        ``since`` is when an unsure one happened.
        """
        row = self._connection.execute("UPDATE outbox_state SET last = last + 1 RETURNING last").get
        body = msgspec.json.encode(fact).decode()
        at = _happened(fact)
        values = (row, body, at, *(since or (None, None)), self.life)
        self._connection.execute("INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?)", values)
        return int(row)

    def acknowledged(self, seq: int, ledger: str | None = None, life: str | None = None) -> None:
        """The hall has committed this node's facts up to ``seq``, one of this ``life``, to the ledger of this name.

        A repeat writes nothing.  A lower number than before counts only where it is another ledger's.
        """
        state: Any = self._connection.execute("SELECT last, acknowledged, ledger FROM outbox_state").fetchone()
        last, known, its = state
        another = None not in (ledger, its) and ledger != its
        anothers = known is not None and seq >= known and self._is_anothers(seq, life)
        news = another or anothers or (ledger is not None and its is None)
        if known is not None and seq <= known and not news:
            return
        with self._connection:
            if known is None or seq > last or anothers:
                self._renumber_after(seq, known or 0)
            elif seq > known or another:
                self._connection.execute("UPDATE outbox_state SET acknowledged = ?", (seq,))
                self._forget()
            self._connection.execute("UPDATE outbox_state SET ledger = coalesce(?, ledger)", (ledger,))

    def _is_anothers(self, seq: int, life: str | None) -> bool:
        ours = self._connection.execute("SELECT life FROM outbox WHERE seq = ?", (seq,)).get
        return None not in (life, ours) and life != ours

    def _renumber_after(self, seq: int, known: int) -> None:
        # what was acknowledged belongs to another life of this card: its numbers mean nothing to this ledger
        self._connection.execute("DELETE FROM outbox WHERE seq <= ?", (min(seq, known),))
        pending: list[Any] = self._connection.execute("SELECT seq FROM outbox ORDER BY seq").fetchall()
        # by way of negative numbers: SQLite checks the key row by row
        numbered = [(-following, old) for following, (old,) in enumerate(pending, seq + 1)]
        self._connection.executemany("UPDATE outbox SET seq = ? WHERE seq = ?", numbered)
        self.life = _new_life()  # what is under way bears the number that another fact has now
        self._connection.execute("UPDATE outbox SET seq = -seq, life = ?", (self.life,))
        self._connection.execute("UPDATE outbox_state SET acknowledged = ?1, last = ?1 + ?2", (seq, len(pending)))

    def _forget(self) -> None:
        """Facts acknowledged and older than the youngest by `KEPT`; from the front, so that no hole comes about."""
        youngest = self._connection.execute("SELECT max(at) FROM outbox").get
        if youngest:
            horizon = (dt.datetime.fromisoformat(str(youngest)) - KEPT).isoformat()
            self._connection.execute(
                """DELETE FROM outbox WHERE seq <= (SELECT acknowledged FROM outbox_state)
                   AND seq < (SELECT min(seq) FROM outbox WHERE at >= ?)""",
                (horizon,),
            )

    @property
    def joined(self) -> bool:
        """Whether the hall ever acknowledged this store; before, its numbers may still change."""
        return bool(self._connection.execute("SELECT acknowledged IS NOT NULL FROM outbox_state").get)

    @property
    def hall_has(self) -> int:
        """The last fact that the hall acknowledged; 0 before it ever did."""
        return int(self._connection.execute("SELECT coalesce(acknowledged, 0) FROM outbox_state").get)

    def pending(self, limit: int = WINDOW, moment: Moment | None = None) -> list[Fact]:
        """The oldest facts not yet acknowledged, in order; unsure ones with their age at this moment."""
        rows = self._connection.execute(
            "SELECT seq, fact, (SELECT min(seq) FROM outbox), boot, steady, life,"
            " (SELECT life FROM outbox AS before WHERE before.seq = outbox.seq - 1) FROM outbox"
            " WHERE seq > coalesce((SELECT acknowledged FROM outbox_state), 0) ORDER BY seq LIMIT ?",
            (limit,),
        )
        return [
            Fact(
                seq=seq,
                fact=msgspec.json.decode(fact, type=AnyFact),
                oldest=oldest,
                age=moment.after(Since(boot, steady)) if moment and boot is not None else None,
                over=moment.up if moment and boot not in (None, moment.boot) else None,
                life=life,
                follows=follows,
            )
            for seq, fact, oldest, boot, steady, life, follows in rows
        ]


def _new_life() -> str:
    return secrets.token_hex(4)


def _happened(fact: AnyFact) -> str:
    """In ISO; empty where its sender could not know."""
    if isinstance(fact, DeskFact):
        return fact.at.isoformat()
    return "" if fact.unsure else (fact.rated_at if isinstance(fact, Rated) else fact.given_at).isoformat()


class Courier:
    """Sends an outbox's facts until the hall's `Ack` reaches them.

    ``publish`` may lose them without a word; what is not acknowledged within `RESEND_SECONDS` goes again.
    Use from the thread that owns the outbox.
    """

    def __init__(self, outbox: Outbox, publish: Callable[[Fact], object]) -> None:
        self._outbox = outbox
        self._publish = publish
        self._sent = 0  # highest number sent since the last start over
        self._awaited = 0  # the fact whose acknowledgement is due at `_resend_at`
        self._resend_at = 0.0

    def connected(self, moment: Moment) -> None:
        """The link came up: what was under way is lost, start over."""
        self._sent = 0
        self.send(moment)

    def acked(self, ack: Ack, moment: Moment) -> None:
        """An `Ack` for this node arrived."""
        before, life = self._outbox.hall_has, self._outbox.life
        self._outbox.acknowledged(ack.seq, ack.ledger, ack.life)
        if (
            self._outbox.hall_has < before or self._outbox.life != life
        ):  # a ledger that lacks what was sent long ago, or other numbers
            self._sent = 0
        self.send(moment)

    def send(self, moment: Moment) -> None:
        """Sends what was not sent yet.  Call after each transaction that added a fact."""
        if not self._outbox.joined:
            return
        for fact in self._outbox.pending(moment=moment):
            if fact.seq > self._sent and self._publish(fact) is not False:
                self._sent = fact.seq

    def tick(self, moment: Moment) -> None:
        """Call about once a second: resends what stays unacknowledged."""
        for oldest in self._outbox.pending(1):
            if oldest.seq != self._awaited:
                self._awaited, self._resend_at = oldest.seq, moment.at + RESEND_SECONDS
            elif moment.at >= self._resend_at:
                self._resend_at = moment.at + RESEND_SECONDS
                self._sent = 0
                self.send(moment)
