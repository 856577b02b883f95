"""Who did what, and when: appended, never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import apsw

from broker.language.catalogue import N_

Kind = Literal[
    "signed_in", "sign_in_failed", "sign_in_paused", "signed_out", "signed_out_everywhere",
    "password_changed", "code_used", "code_failed", "account_added", "account_changed", "code_made",
    "account_disabled", "account_enabled", "refused", "service_opened", "service_closed",
    "office_edited", "case_filed", "fact_rejected",
]  # fmt: skip
KINDS: Mapping[str, str] = {
    "signed_in": N_("Signed in"),
    "sign_in_failed": N_("Sign-in failed"),
    "sign_in_paused": N_("Sign-in refused: too many attempts"),
    "signed_out": N_("Signed out"),
    "signed_out_everywhere": N_("Signed out on all devices"),
    "password_changed": N_("Changed the password"),
    "code_used": N_("Set a password with a one-time code"),
    "code_failed": N_("Wrong one-time code"),
    "account_added": N_("Added a user"),
    "account_changed": N_("Changed a user"),
    "code_made": N_("Made a one-time code"),
    "account_disabled": N_("Disabled a user"),
    "account_enabled": N_("Enabled a user"),
    "refused": N_("Asked for a page without the right to it"),
    "service_opened": N_("Opened a service"),
    "service_closed": N_("Closed a service"),
    "office_edited": N_("Changed what the office edits"),
    "case_filed": N_("Filed a case"),
    "fact_rejected": N_("The hall did not take what was sent"),
}
PAGE = 50


@dataclass(frozen=True)
class Entry:
    seq: int
    at: dt.datetime
    account: str
    kind: str
    about: str
    address: str


class Audit:
    """The audit of a store of `store.DESK_MIGRATIONS`."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def note(self, kind: Kind, *, account: str, about: str, address: str, now: dt.datetime) -> None:
        self._connection.execute(
            "INSERT INTO audit (at, account, kind, about, address) VALUES (?, ?, ?, ?, ?)",
            (now.timestamp(), account, kind, about[:200], address),
        )

    def entries(self, before: int | None = None, limit: int = PAGE) -> list[Entry]:
        """The newest first; ``before``: only those with a smaller number."""
        rows = self._connection.execute(
            "SELECT seq, at, account, kind, about, address FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?",
            (before if before is not None else 2**62, limit),
        )
        return [
            Entry(seq, dt.datetime.fromtimestamp(at, dt.UTC), account, kind, about, address)
            for seq, at, account, kind, about, address in rows
        ]
