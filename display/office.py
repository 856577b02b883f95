"""What the desk's facts do: a part of the office reads anew, a document was handed out.  Pure.

An edit is taken whole or not at all, and only on the version that its writer had before him: of two people who edit
the same part at once the second is told, and nobody's words are lost unread.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from broker import messages as m
from broker import office_rules
from broker.centre import Centre
from broker.language.catalogue import N_, words
from broker.office import Opening, key
from display.queue import day
from display.queue import events as e
from display.queue.intake import Rejected
from display.queue.press import Events
from display.queue.state import Today
from display.queue.times import OLDEST

UNFIT = N_("What the office edited does not fit centre.toml any more, so the file's own words hold: {parts}")


class OfficeParts:
    """The parts as they stand over centre.toml.  ``centre`` is the centre with them."""

    def __init__(self, base: Centre, known: Iterable[m.Office]) -> None:
        self._base = base
        self._known = {part.part: part for part in known}
        self._lay()

    def take(self, role: str, fact: m.OfficeEdited | m.HandedOut, today: Today, now: dt.datetime) -> Events | Rejected:
        """What this fact of a node of this role means."""
        if role != "desk":
            return Rejected("wrong_role")
        if isinstance(fact, m.HandedOut):
            return self._handed_out(fact, today, now)
        return self._edited(fact, today, now)

    def changed(self, event: e.OfficeChanged) -> m.Office:
        """Let it have been edited; how the part now stands."""
        stands = m.Office(key(event.edit), event.version, event.edit, event.id, event.by, event.at)
        self._known[stands.part] = stands
        self._lay()
        return stands

    def mirrors(self, year: int) -> Iterator[m.Office]:
        """Every part as it stands; those that were never edited too, for a node may remember another ledger's."""
        names = dict.fromkeys((*office_rules.keys(self._base, year), *self._known))
        return (self._known.get(name, m.Office(name)) for name in names)

    def warnings(self, language: str) -> tuple[str, ...]:
        """What staff should know."""
        return (words(language)(UNFIT).format(parts=", ".join(self._unfit)),) if self._unfit else ()

    def _lay(self) -> None:
        edits = [part.edit for part in self._known.values() if part.edit]
        self.centre, self._unfit = office_rules.furnished(self._base, edits)

    def _edited(self, fact: m.OfficeEdited, today: Today, now: dt.datetime) -> Events | Rejected:
        name = key(fact.edit)
        stands = self._known.get(name, m.Office(name))
        if fact.based_on != stands.version:
            return Rejected("stale", (f"{name}: version {stands.version} of {stands.by or 'centre.toml'} stands",))
        found = [*map(str, office_rules.faults(self.centre, fact.edit)), *_ends_before_now(fact, today, now)]
        if found:
            return Rejected("not_allowed", tuple(found))
        return (e.OfficeChanged(at=now, id=fact.id, version=stands.version + 1, by=fact.by, edit=fact.edit),)

    def _handed_out(self, fact: m.HandedOut, today: Today, now: dt.datetime) -> Events | Rejected:
        date = min(fact.at.astimezone(self.centre.zone).date(), today.day)
        if date < today.day - OLDEST:
            return Rejected("wrong_day")
        if not any(fact.document == known.id for service in self.centre.services for known in service.documents):
            return Rejected("document_unknown")
        if fact.point is not None and fact.point not in today.points:
            return Rejected("point_unknown")
        return (e.HandedOut(at=now, day=date, document=fact.document, count=fact.count, point=fact.point, by=fact.by),)


def _ends_before_now(fact: m.OfficeEdited, today: Today, now: dt.datetime) -> Iterator[str]:
    """A service day that runs is not ended by an edit: whoever waits would be sent home unserved."""
    if isinstance(fact.edit, Opening) and not today.ended:
        rules = replace(today.centre, hours=fact.edit.hours)
        if day.ends(rules, today.day) <= now:
            yield f"hours.day_ends: {fact.edit.hours.day_ends} is over already today; a later time, or edit it tomorrow"
