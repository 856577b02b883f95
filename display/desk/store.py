"""desk.sqlite: who may enter, who is inside, and who did what.  What it keeps never goes over MQTT."""

from __future__ import annotations

from broker.office_copy import OFFICE_MIGRATIONS
from broker.outbox import OUTBOX_MIGRATIONS
from display.desk.contacts import CONTACT_MIGRATIONS
from display.desk.late import LATE_MIGRATIONS

FILE = "desk.sqlite"
LOCK = "desk.lock"  # who has it may write; see `broker.store.alone`

DESK_MIGRATIONS = (
    """-- accounts, sessions, audit
    CREATE TABLE account (                   -- never deleted: the audit names them
        name     TEXT PRIMARY KEY,           -- what one signs in with
        shown    TEXT NOT NULL,              -- how people are called: on pages, on the signage at a point
        role     TEXT NOT NULL CHECK (role IN ('officer', 'supervisor', 'administrator')),
        secret   TEXT,                       -- argon2; NULL until the one-time code was used
        code     TEXT,                       -- argon2 of a one-time code; NULL: none is open
        code_end REAL,                       -- seconds since 1970 (UTC): from then on it opens nothing
        disabled INTEGER NOT NULL DEFAULT 0,
        version  INTEGER NOT NULL DEFAULT 1  -- grows with each change: two who edit at once are told
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE session (
        hash    BLOB PRIMARY KEY,            -- SHA-256 of the browser's token; the token itself is kept nowhere
        account TEXT NOT NULL REFERENCES account,
        began   REAL NOT NULL,
        used    REAL NOT NULL                -- when a person last asked for something
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX session_of_account ON session (account);
    CREATE TABLE audit (
        seq     INTEGER PRIMARY KEY,
        at      REAL NOT NULL,
        account TEXT NOT NULL,               -- who did it; '' for nobody who signed in
        kind    TEXT NOT NULL,               -- as of audit.KINDS
        about   TEXT NOT NULL,               -- whom or what it concerns
        address TEXT NOT NULL                -- from where
    ) STRICT;
    CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
    CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
    """,
    *OUTBOX_MIGRATIONS,
    *OFFICE_MIGRATIONS,
    *CONTACT_MIGRATIONS,
    *LATE_MIGRATIONS,
    """-- names that were borne
    CREATE TABLE name_borne (                -- by which accounts are or were called
        shown   TEXT NOT NULL,
        account TEXT NOT NULL REFERENCES account,
        PRIMARY KEY (shown, account)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO name_borne SELECT shown, name FROM account;
    CREATE TRIGGER first_name AFTER INSERT ON account
    BEGIN INSERT INTO name_borne VALUES (new.shown, new.name); END;
    CREATE TRIGGER next_name AFTER UPDATE OF shown ON account
    BEGIN INSERT OR IGNORE INTO name_borne VALUES (new.shown, new.name); END;
    """,
)
