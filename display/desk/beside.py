"""What stands beside a part's form: notes beneath its rows, announcements that run, the look of the screen."""

from __future__ import annotations

from collections.abc import Mapping

from broker.language.catalogue import N_
from broker.office import Announcements, AnyPart, Catalogue, Facility, Notices
from display.desk.facility import last_checks
from display.desk.handouts import counts
from display.desk.inputs import Reader
from display.desk.page import Visit

HANDED = N_("Handed out: {today} today, {year} this fiscal year")


def announced(visit: Visit, part: AnyPart) -> list[tuple[int, str, bool]]:
    """Place and text of each announcement that is not over, and whether the screen tells it now."""
    if not isinstance(part, Announcements):
        return []
    told = enumerate(part.announcements)
    return [(place, visit.named(each.text), each.begin <= visit.now) for place, each in told if each.until > visit.now]


def slides(visit: Visit, part: AnyPart) -> list[tuple[str, str]]:
    """As the screen sets notices: in the centre's first language, and beneath in the second."""
    first, *others = visit.desk.centre.centre.languages
    match part:
        case Notices(notices):
            texts = list(notices)
        case Announcements(announcements):
            texts = [each.text for each in announcements]
        case _:
            texts = []
    return [(text[first], text[others[0]] if others else "") for text in texts]


def notes(visit: Visit, part: AnyPart, reads: Reader) -> Mapping[str, str]:
    """What is told beneath the row of this id: who checked it last, or how many copies were handed out."""
    if isinstance(part, Facility):
        return last_checks(part, reads)
    if not isinstance(part, Catalogue):
        return {}
    counted, text = counts(visit.desk, visit.now), visit.say(HANDED)
    return {
        each.id: text.format(today=counted.today[each.id], year=counted.year[each.id])
        for each in part.documents
        if counted.year[each.id]
    }


def of_now(visit: Visit, part: AnyPart) -> AnyPart:
    """The part to be edited: announcements that are over need no more editing."""
    if not isinstance(part, Announcements):
        return part
    return Announcements(tuple(each for each in part.announcements if each.until > visit.now))
