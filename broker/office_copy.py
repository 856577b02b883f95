"""A node's own copy of what the office edited: live from the hall, else as it was last known."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import apsw
import msgspec

from broker.centre import Centre
from broker.messages import Office
from broker.office import AnyPart, key
from broker.office_rules import faults, furnished

OFFICE_MIGRATIONS = (
    """-- the office as last heard
    CREATE TABLE office (part TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """,
)

log = logging.getLogger(__name__)


class OfficeCopy:
    """The centre as this node knows it.  ``centre`` is centre.toml's, with the parts that were heard and fit it."""

    def __init__(self, base: Centre, kept: Iterable[AnyPart]) -> None:
        self._base = base
        self._parts = {key(part): part for part in kept}
        self.centre, _ = furnished(base, self._parts.values())

    def hear(self, said: Office, topic_part: str) -> bool:
        """Take the hall's word; whether the centre reads otherwise now.

        What does not fit this node's centre.toml, or stands under another part's name, changes nothing.
        """
        edit = said.edit
        if topic_part != said.part or (edit and key(edit) != said.part) or self._parts.get(said.part) == edit:
            return False
        if edit and (wrong := faults(self._base, edit)):
            log.warning("%s of the office is not taken: %s", said.part, "; ".join(wrong))
            return False
        if edit:
            self._parts[said.part] = edit
        else:
            del self._parts[said.part]
        self.centre, _ = furnished(self._base, self._parts.values())
        return True


class OfficeShelf:
    """The parts as last heard, in a store of `OFFICE_MIGRATIONS`."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def parts(self) -> list[AnyPart]:
        """What was kept, without what this software cannot read any more."""
        kept: list[AnyPart] = []
        for (body,) in self._connection.execute("SELECT body FROM office ORDER BY part"):
            try:
                kept.append(msgspec.json.decode(str(body), type=AnyPart))
            except msgspec.ValidationError:
                log.exception("a part of the office that was kept is left out")
        return kept

    def keep(self, said: Office) -> None:
        """Durable when it returns.  Raises `apsw.Error` when the card cannot be written."""
        with self._connection:
            if said.edit is None:
                self._connection.execute("DELETE FROM office WHERE part = ?", (said.part,))
            else:
                body = msgspec.json.encode(said.edit).decode()
                self._connection.execute("INSERT OR REPLACE INTO office VALUES (?, ?)", (said.part, body))
