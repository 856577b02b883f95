"""Cases that a test writes down line by line, told to a hall by its desk."""

from __future__ import annotations

import datetime as dt
from itertools import count

from hall_script import Morning
from msgspec.structs import replace
from queue_script import CENTRE, NINE

from broker import messages as m
from broker.centre import Desk

DESKED = replace(CENTRE, desk=Desk())
DAY = dt.timedelta(days=1)
ID_CARD, DEED = "สำเนาบัตรประจำตัวประชาชน", "สำเนาโฉนดที่ดิน"
OFFICER = "น้ำฝน ซื่อตรง"
BOTH = (m.Document(ID_CARD, True), m.Document(DEED, True))
ONE_MISSING = (m.Document(ID_CARD, True), m.Document(DEED, False))


class Office(Morning):
    """A hall, and a desk that speaks to it."""

    def __init__(self, directory, now=NINE):
        super().__init__(directory, now)
        self._ids = count(1)
        self.seq["desk"] = 0
        self.restart()

    def restart(self, centre=DESKED):
        super().restart(centre)

    def filed(self, documents=BOTH, case=None, at=None, **more):
        """A case filed now by its id; the id."""
        case = case or f"case-{next(self._ids)}"
        told = {"service": "1.2", "matter": "request", "by": OFFICER, "at": at or self.now} | more
        self.fact("desk", m.CaseFiled(case=case, documents=documents, **told))
        return case

    def move(self, case, *steps, expects=None, documents=(), at=None, by=OFFICER, note=None):
        """These steps one after the other, each by an officer who sees the case as it stands (or as of ``expects``)."""
        for step in steps:
            known = self.ledger.case(case)
            seen = expects or (known.revision if known else 1)
            when = at or self.now
            self.fact("desk", m.CaseMoved(by, when, case, step, seen, documents, note))

    def days(self, number):
        """So many days later, the clock having its due each morning."""
        for _ in range(number):
            self.now += DAY
            self.hall.tick(self.now)

    def row(self, case, columns):
        (row,) = self.ledger._connection.execute(f"SELECT {columns} FROM cases WHERE id = ?", (case,)).fetchall()
        return row if len(row) > 1 else row[0]
