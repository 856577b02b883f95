"""The checklist of what the centre keeps ready: what a new one begins with, and who checked each thing last.  Pure."""

from __future__ import annotations

from collections.abc import Mapping

from broker.centre import Centre
from broker.language import dates
from broker.language.catalogue import N_, words
from broker.office import Facility, FacilityItem
from display.desk.inputs import Reader

# From the public service standard, by its clauses
SUGGESTED: Mapping[str, str] = {
    "step-diagrams": N_("Step diagrams and service times on display (R1)"),
    "leaflets": N_("Manuals, documents and leaflets laid out (R7)"),
    "counters": N_("Service points ready and enough (R9)"),
    "equipment": N_("Equipment ready for use (R10)"),
    "public-computer": N_("Public computer (R10)"),
    "drinking-water": N_("Drinking water (R11)"),
    "seats": N_("Seats for those who wait (R12)"),
    "officer-signs": N_("Signs with the officers' names (R13)"),
}


def suggested(centre: Centre) -> Facility:
    """What a centre without a checklist may begin with, in its languages."""
    languages = centre.centre.languages
    return Facility(
        tuple(FacilityItem(id, {each: words(each)(name) for each in languages}) for id, name in SUGGESTED.items())
    )


def last_checks(items: Facility, reader: Reader) -> dict[str, str]:
    """Of each item that was ever checked: when and by whom."""
    told = N_("Last checked: {when}, {who}")
    return {
        item.id: reader.say(told, when=dates.long_date(item.checked, reader.language), who=item.checked_by or "–")
        for item in items.items
        if item.checked
    }
