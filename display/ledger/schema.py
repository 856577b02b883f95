"""The ledger's tables.  Times in derived tables are seconds since 1970 (UTC), so that they subtract; in ``event``, ISO.

``event`` is the ledger: nothing in it is ever changed, and triggers see to that; whole old days go by the centre's
rule, and an event says so (`display.ledger.retention`).  All other tables follow from it and
are written in the same transaction, by `display.ledger.projection`.
"""

from __future__ import annotations

import datetime as dt
import json

import apsw

from broker.store import Migration
from display.ledger.chain import START, Row, link
from display.ledger.columns import columns_one_by_one, every_ended_day

_UNCHANGING = """
    CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
"""


def events_in_a_chain(ledger: apsw.Connection) -> None:
    """Every event has its link (`display.ledger.chain`); those of before get theirs now."""
    ledger.execute("ALTER TABLE event ADD COLUMN chain BLOB NOT NULL DEFAULT x''; DROP TRIGGER event_stays")
    before, rows = START, ledger.execute("SELECT seq, day, at, kind, body, node, fact, command FROM event ORDER BY seq")
    for row in rows.fetchall():
        before = link(before, Row(*row))  # type: ignore[arg-type]
        ledger.execute("UPDATE event SET chain = ? WHERE seq = ?", (before, row[0]))
    ledger.execute(_UNCHANGING)


def what_officers_say(ledger: apsw.Connection) -> None:
    """Outcomes, notes and pauses, which no event of before has; since when a ticket is aside, which they tell."""
    ledger.execute("""
        ALTER TABLE visit ADD COLUMN outcome_code TEXT;  -- what the officer said of it, of the centre's list
        ALTER TABLE visit ADD COLUMN note TEXT;          -- from the officer who transferred it here
        ALTER TABLE visit ADD COLUMN aside REAL;         -- when it was last held or missed
        DROP INDEX visit_of_day;
        CREATE INDEX visit_of_day ON visit (day, outcome);  -- those still open stand together
        CREATE INDEX visit_called ON visit (day, service, first_called);
        CREATE TABLE pause (                             -- an officer left a point and stayed signed in
            day     TEXT NOT NULL,
            point   INTEGER NOT NULL,
            officer TEXT,
            reason  TEXT,                                -- of the centre's list; NULL: a button, which knows none
            began   REAL NOT NULL,
            ended   REAL                                 -- NULL: nobody came back that day
        ) STRICT;
        CREATE INDEX pause_of_day ON pause (day, point);
    """)
    rows = ledger.execute("SELECT at, body FROM event WHERE kind IN ('held', 'no_show') ORDER BY seq")
    for at, body in rows.fetchall():
        moment = dt.datetime.fromisoformat(str(at)).timestamp()
        ledger.execute("UPDATE visit SET aside = ? WHERE id = ?", (moment, json.loads(str(body))["visit"]))


MIGRATIONS: tuple[Migration, ...] = (
    """-- events and what follows from them
    CREATE TABLE event (
        seq      INTEGER PRIMARY KEY,
        day      TEXT NOT NULL,              -- the service day it belongs to
        at       TEXT NOT NULL,
        kind     TEXT NOT NULL,
        body     TEXT NOT NULL,              -- the event in JSON
        node     TEXT,                       -- whose fact or command brought it about; NULL: the clock, or a screen
        fact     INTEGER,                    -- that node's number of the fact
        command  TEXT,                       -- the id of the command
        UNIQUE (node, fact)
    ) STRICT;
    CREATE INDEX event_of_day ON event (day, seq);
    CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
    CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;

    CREATE TABLE node (
        name  TEXT PRIMARY KEY,
        acked INTEGER NOT NULL               -- its facts up to this one are in the ledger
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE ticket (
        day      TEXT NOT NULL,
        number   TEXT NOT NULL,
        service  TEXT NOT NULL,              -- the one it was given for
        given_at REAL NOT NULL,
        priority INTEGER NOT NULL,
        proof    TEXT,
        state    TEXT NOT NULL,
        PRIMARY KEY (day, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE visit (                     -- a ticket's stay at one service
        id           TEXT PRIMARY KEY,
        day          TEXT NOT NULL,
        number       TEXT NOT NULL,
        service      TEXT NOT NULL,
        priority     INTEGER NOT NULL,
        issued       REAL NOT NULL,          -- its waiting began: the touch, or the transfer
        point        INTEGER,                -- where it was last called
        officer      TEXT,
        calls        INTEGER NOT NULL DEFAULT 0,
        first_called REAL,
        called       REAL,                   -- the last call before service started: walking begins here
        started      REAL,
        provided     REAL,
        finished     REAL,                   -- NULL though served: only the day's end closed it
        outcome      TEXT                    -- served, transferred, no_show, unserved, voided; NULL: still open
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX visit_of_day ON visit (day);

    CREATE TABLE call (
        id        TEXT PRIMARY KEY,
        day       TEXT NOT NULL,
        visit     TEXT NOT NULL REFERENCES visit,
        point     INTEGER NOT NULL,
        at        REAL NOT NULL,
        times     INTEGER NOT NULL,
        announced REAL                       -- when a screen had spoken it
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX call_of_visit ON call (visit);

    CREATE TABLE rating (
        visit    TEXT PRIMARY KEY REFERENCES visit,
        level    INTEGER NOT NULL,
        rated_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    events_in_a_chain,
    """-- a name
    CREATE TABLE identity (name TEXT NOT NULL) STRICT;  -- one row: nodes tell by it a ledger that was replaced
    INSERT INTO identity VALUES (lower(hex(randomblob(8))));
    """,
    """-- old days go
    CREATE TABLE forgotten (through INTEGER NOT NULL, link BLOB NOT NULL) STRICT;  -- one row: where the chain begins
    INSERT INTO forgotten VALUES (0, zeroblob(32));
    DROP TRIGGER event_remains;
    CREATE TRIGGER event_remains BEFORE DELETE ON event WHEN old.seq > (SELECT through FROM forgotten)
        BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
    """,
    """-- times that nobody knew
    ALTER TABLE visit ADD COLUMN guessed INTEGER NOT NULL DEFAULT 0;  -- when it was issued: no waiting time of it
    """,
    what_officers_say,
    """-- cases
    CREATE TABLE cases (                     -- CASE is a word of SQL
        id               TEXT PRIMARY KEY,
        day              TEXT NOT NULL,      -- the service day among whose events its filing stands
        year             INTEGER NOT NULL,   -- A.D.
        number           INTEGER NOT NULL,
        service          TEXT NOT NULL,
        matter           TEXT NOT NULL,
        visit            TEXT,               -- as the desk said it: no reference, for it may be of another ledger
        state            TEXT NOT NULL,
        revision         INTEGER NOT NULL,
        documents        TEXT NOT NULL,      -- the checklist, in JSON
        filed            REAL NOT NULL,
        moved            REAL NOT NULL,      -- the latest step
        completed        REAL,
        forwarded        REAL,
        answered         REAL,
        citizen_informed REAL,
        centre_informed  REAL,
        delay_noticed    REAL,               -- the latest notice
        ended            REAL,               -- closed or withdrawn
        forward_due      TEXT,
        answer_due       TEXT,
        due              TEXT,               -- the one it must meet next; NULL: none, or it has ended
        UNIQUE (year, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX case_open ON cases (due, year, number, ended) WHERE ended IS NULL;  -- by `ended` it counts alone
    CREATE INDEX case_of_visit ON cases (visit) WHERE visit IS NOT NULL;
    CREATE INDEX case_in_state ON cases (state, year, number);

    CREATE TABLE case_step (
        "case"    TEXT NOT NULL,
        revision  INTEGER NOT NULL,
        step      TEXT NOT NULL,             -- filed, or one of `broker.words.CaseStep`
        state     TEXT NOT NULL,             -- after it
        at        REAL NOT NULL,             -- when it happened, by the officer's word
        taken     REAL NOT NULL,             -- when the hall took it up
        who       TEXT NOT NULL,
        documents TEXT NOT NULL,
        PRIMARY KEY ("case", revision)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE case_year (year INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;  -- the highest number given in it
    """,
    """-- the office
    CREATE TABLE office (                    -- every version of every part; the highest stands
        part    TEXT NOT NULL,
        version INTEGER NOT NULL,
        day     TEXT NOT NULL,               -- the service day of its event
        at      TEXT NOT NULL,
        by      TEXT NOT NULL,
        id      TEXT NOT NULL,               -- of the edit
        body    TEXT NOT NULL,               -- the part in JSON
        PRIMARY KEY (part, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE handed_out (
        day      TEXT NOT NULL,
        document TEXT NOT NULL,
        point    INTEGER NOT NULL,           -- 0: at none that calls
        count    INTEGER NOT NULL,
        PRIMARY KEY (day, document, point)
    ) STRICT, WITHOUT ROWID;
    """,
    """-- days in columns
    ALTER TABLE visit ADD COLUMN estimate INTEGER;  -- seconds that its ticket was told; NULL: none, or by a transfer
    CREATE TABLE day_columns (               -- days that ended (`display.ledger.columns`)
        day  TEXT PRIMARY KEY,
        n    INTEGER NOT NULL,               -- visits
        body BLOB NOT NULL
    ) STRICT;
    """,
    every_ended_day,  # a column that belongs into the layout is added before it
    """-- lives of nodes
    ALTER TABLE node ADD COLUMN life TEXT;   -- of its last fact, see broker.outbox
    """,
    """-- notes of cases
    ALTER TABLE case_step ADD COLUMN note TEXT;  -- what the matter is, to whom it went: nothing personal
    """,
    columns_one_by_one,
    """-- practice days
    CREATE TABLE practice (day TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;  -- made up, see display.practice
    """,
)
