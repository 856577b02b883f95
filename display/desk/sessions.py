"""Who is inside: a random token in the browser, its hash in the store, and two limits of time."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

import apsw

FRESH = 30.0  # seconds in which a second request of a person need not be written down
MOST = 20  # sessions of one account; the one unused longest goes


class Sessions:
    """The sessions of a store of `store.DESK_MIGRATIONS`."""

    def __init__(self, connection: apsw.Connection, idle: dt.timedelta, longest: dt.timedelta) -> None:
        self._connection = connection
        self._idle, self._longest = idle.total_seconds(), longest.total_seconds()

    def begin(self, account: str, now: dt.datetime) -> str:
        """A new session of this account; returns its token, to be set as a cookie and kept nowhere."""
        token, at = new_token(), now.timestamp()
        with self._connection:
            self._connection.execute("DELETE FROM session WHERE used < ? OR began < ?", self._bounds(at))
            self._connection.execute("INSERT INTO session VALUES (?, ?, ?, ?)", (_hash(token), account, at, at))
            self._connection.execute(
                """DELETE FROM session WHERE account = ?1 AND hash NOT IN
                   (SELECT hash FROM session WHERE account = ?1 ORDER BY used DESC, began DESC LIMIT ?2)""",
                (account, MOST),
            )
        return token

    def account(self, token: str, now: dt.datetime, *, touch: bool) -> str | None:
        """The account whose session this is; None for none, or one past its limits.

        ``touch``: a person asked, so that the session counts as used; not for what a page asks for by itself.
        """
        at = now.timestamp()
        row = self._connection.execute("SELECT account, began, used FROM session WHERE hash = ?", (_hash(token),)).get
        if row is None:
            return None
        account, began, used = row
        if (used, began) < (0, 0) or used < self._bounds(at)[0] or began < self._bounds(at)[1]:
            self.end(token)
            return None
        if touch and abs(at - used) > FRESH:
            self._connection.execute("UPDATE session SET used = ? WHERE hash = ?", (at, _hash(token)))
        return str(account)

    def end(self, token: str) -> None:
        self._connection.execute("DELETE FROM session WHERE hash = ?", (_hash(token),))

    def end_all(self, account: str) -> int:
        """Every session of this account; returns how many there were."""
        self._connection.execute("DELETE FROM session WHERE account = ?", (account,))
        return self._connection.changes()

    def _bounds(self, at: float) -> tuple[float, float]:
        return at - self._idle, at - self._longest


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def form_token(token: str) -> str:
    """What a form of this browser must bring back (CSRF): another site can neither read nor make it."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
