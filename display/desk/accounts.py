"""Named accounts: argon2 secrets, roles, one-time codes.  Nobody has a default password, no account is ever deleted.

The first administrator comes in by a one-time code on the hall's screen; everybody else by one that an administrator
makes, for a new account or a forgotten password alike.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any, Literal

import apsw
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

Role = Literal["officer", "supervisor", "administrator"]
ROLES: tuple[Role, ...] = ("officer", "supervisor", "administrator")
SHORTEST, LONGEST = 10, 200  # characters of a password: length, and no rules of composition (NIST SP 800-63B, 5.1.1)
CODE_HOURS = 72  # a code made on Friday opens on Monday
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another


@dataclass(frozen=True)
class Account:
    name: str
    shown: str
    role: Role
    disabled: bool
    has_password: bool
    has_code: bool
    version: int


class Accounts:
    """The accounts of a store of `store.DESK_MIGRATIONS`; hashing is left to its callers' threads (`Hasher`)."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    @property
    def empty(self) -> bool:
        """Whether nobody can have entered yet."""
        return not self._connection.execute("SELECT 1 FROM account LIMIT 1").fetchall()

    def get(self, name: str) -> Account | None:
        rows = self._connection.execute(f"{_SELECT} WHERE name = ?", (name,)).fetchall()
        return _account(rows[0]) if rows else None

    def all(self) -> list[Account]:
        return [_account(row) for row in self._connection.execute(f"{_SELECT} ORDER BY disabled, name")]

    def anothers(self, shown: str, name: str) -> bool:
        """Whether an account but ``name`` is called so, or ever was."""
        others = "SELECT 1 FROM name_borne WHERE shown = ? AND account <> ?"
        return bool(self._connection.execute(others, (shown, name)).fetchall())

    def secret(self, name: str) -> str | None:
        """The hash of the password with which this account may enter now."""
        row = self._connection.execute("SELECT secret FROM account WHERE name = ? AND NOT disabled", (name,)).get
        return str(row) if row else None

    def code(self, name: str, now: dt.datetime) -> str | None:
        """The hash of the one-time code that this account may use now."""
        row = self._connection.execute(
            "SELECT code FROM account WHERE name = ? AND NOT disabled AND code_end > ?", (name, now.timestamp())
        ).get
        return str(row) if row else None

    def add(self, name: str, shown: str, role: Role) -> bool:
        """A new account, without a password yet; False where the name is taken."""
        self._connection.execute(
            "INSERT INTO account (name, shown, role) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (name, shown, role)
        )
        return self._connection.changes() == 1

    def change(self, before: Account, *, shown: str, role: Role, disabled: bool) -> bool:
        """False when somebody else changed it since ``before`` was read."""
        self._connection.execute(
            """UPDATE account SET shown = ?, role = ?, disabled = ?, version = version + 1
               WHERE name = ? AND version = ?""",
            (shown, role, int(disabled), before.name, before.version),
        )
        return self._connection.changes() == 1

    def set_code(self, name: str, hashed: str, now: dt.datetime) -> None:
        """A new one-time code, whatever code there was; the password stays until the code is used."""
        end = now + dt.timedelta(hours=CODE_HOURS)
        self._connection.execute(
            "UPDATE account SET code = ?, code_end = ?, version = version + 1 WHERE name = ?",
            (hashed, end.timestamp(), name),
        )

    def set_secret(self, name: str, hashed: str) -> None:
        """The password; a one-time code that was open is used up by it."""
        self._connection.execute(
            "UPDATE account SET secret = ?, code = NULL, code_end = NULL, version = version + 1 WHERE name = ?",
            (hashed, name),
        )

    def administrators(self) -> int:
        """How many can enter and give others the right to."""
        return int(
            self._connection.execute(
                "SELECT count(*) FROM account WHERE role = 'administrator' AND NOT disabled AND secret IS NOT NULL"
            ).get
        )


class Hasher:
    """argon2id; slow by design, so call it on a thread of its own.  ``argon2``: a cheaper one, for tests."""

    def __init__(self, argon2: PasswordHasher | None = None) -> None:
        self._argon2 = argon2 or PasswordHasher()
        self._nobodys = self._argon2.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        return self._argon2.hash(password)

    def verify(self, hashed: str | None, password: str) -> bool:
        """Whether it is this password's hash; takes as long where there is none, so that nobody can tell by time."""
        try:
            self._argon2.verify(hashed or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None


def new_code() -> str:
    """A one-time code: 60 random bits in letters and digits that are easily read out."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def plain_code(typed: str) -> str:
    """The code as `new_code` writes it, however it was typed."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return "-".join((letters[:4], letters[4:8], letters[8:]))


_SELECT = "SELECT name, shown, role, disabled, secret IS NOT NULL, code IS NOT NULL, version FROM account"


def _account(row: tuple[Any, ...]) -> Account:
    name, shown, role, disabled, has_password, has_code, version = row
    return Account(name, shown, role, bool(disabled), bool(has_password), bool(has_code), version)
