"""What an office may edit while its centre runs: laid over centre.toml, told by key what is wrong, never too long."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from msgspec.structs import replace

from broker import hours, messages, office_rules, topics
from broker.centre import DEFAULT, Desk, load
from broker.office import (
    Announcement,
    Announcements,
    Catalogue,
    DayOff,
    Facility,
    FacilityItem,
    Holidays,
    Notices,
    Opening,
    Publication,
    Roster,
    RosterOfficer,
    Wording,
    key,
)

CENTRE = load(DEFAULT)
NEW_YEAR = DayOff(dt.date(2027, 1, 1), {"th": "วันขึ้นปีใหม่", "en": "New Year's Day"})
FAR = replace(NEW_YEAR, date=dt.date(2031, 1, 1))
NIDA = {"th": "นิดา แสงทอง", "en": "Nida Saengthong"}
GUIDE = Publication("guide", {"th": "คู่มือประหยัดพลังงาน", "en": "Saving energy at home"}, "https://example.go.th/g")
NOON = dt.datetime(2026, 11, 23, 5, tzinfo=dt.UTC)
NAME = {"th": "ข้อมูล", "en": "Facts"}

PARTS = {
    "roster": Roster((RosterOfficer(NIDA, (2, 3)),)),
    "hours": Opening(replace(CENTRE.hours, close=dt.time(15, 30))),
    "holidays-2027": Holidays(2027, (NEW_YEAR,)),
    "notices": Notices(({"th": "วันนี้", "en": "Today"},)),
    "announcements": Announcements((Announcement(NAME, NOON, NOON + dt.timedelta(hours=1)),)),
    "wording-1.1": Wording("1.1", NAME, ()),
    "catalogue-1.1": Catalogue("1.1", (GUIDE,)),
    "facility": Facility((FacilityItem("water", {"th": "น้ำดื่ม", "en": "Drinking water"}),)),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_laid_over_the_centre_reads_back_as_it_was_edited(name):
    part = PARTS[name]
    assert (key(part), office_rules.faults(CENTRE, part)) == (name, [])
    assert office_rules.current(office_rules.overlay(CENTRE, part), name) == part


def test_a_part_that_nobody_edited_changes_nothing_when_it_is_saved():
    names = office_rules.keys(CENTRE, 2026)
    centre, unfit = office_rules.furnished(CENTRE, [office_rules.current(CENTRE, name) for name in names])
    assert (unfit, [p.officer for p in centre.points]) == ([], [p.officer for p in CENTRE.points])
    assert centre.cases.holidays_confirmed == 2027  # by being saved
    assert replace(centre, officers=(), cases=CENTRE.cases) == CENTRE


def test_every_point_of_an_officer_bears_the_name_and_others_bear_none():
    centre = office_rules.overlay(CENTRE, PARTS["roster"])
    assert {p.number: p.officer for p in centre.points} == {2: NIDA, 3: NIDA, 4: None, 5: None, 6: None, 7: None}


LONG = tuple(Publication(f"d{n}", {"th": "ก" * 120, "en": "e" * 120}, "https://" + "x" * 190) for n in range(20))
FAULTS = {
    "hours that run backwards": (
        Opening(replace(CENTRE.hours, close=dt.time(8, 0))),
        "hours.close: 08:00:00 is not after open; a time after 08:30:00",
    ),
    "no day": (Opening(replace(CENTRE.hours, days=())), "hours.days: empty; at least one of mon,"),
    "a point": (Roster((RosterOfficer(NIDA, (9,)),)), "officer[0].points: 9 is not a point; points are 2, 3,"),
    "a language": (Notices(({"th": "วันนี้"},)), "screen_texts.notices[0].en: missing; a text for each of th, en"),
    "a foreign language": (
        Notices(({"th": "วันนี้", "en": "Today", "de": "Heute"},)),
        "screen_texts.notices[0].de: not a language of this centre",
    ),
    "a service": (Wording("9.9", NAME, ()), "wording-9.9: 9.9 is not a service; services are 1.1, 1.2, 1.3"),
    "a day twice": (Holidays(2027, (NEW_YEAR, NEW_YEAR)), "holiday.date: 2027-01-01 stands there 2 times"),
    "a year": (Holidays(2030, (FAR,)), "holiday[2031-01-01].date: not in 2030; a day of that year"),
    "a document twice": (Catalogue("1.1", (GUIDE, GUIDE)), "service.documents.id: guide stands there 2 times"),
    "too long": (Catalogue("1.1", LONG), "catalogue-1.1: 14580 bytes long; at most 7552, so that it fits one message"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_with_an_edit_is_told_by_its_key_and_what_is_allowed(name):
    part, told = FAULTS[name]
    (fault,) = office_rules.faults(CENTRE, part)
    assert fault.startswith(told)


def test_a_part_that_a_newer_file_no_longer_bears_costs_itself_alone():
    parts = [Catalogue("1.9", (GUIDE,)), PARTS["notices"]]
    centre, unfit = office_rules.furnished(CENTRE, parts)
    assert (centre.screen_texts.notices, unfit) == (PARTS["notices"].notices, ["catalogue-1.9"])


@pytest.mark.parametrize("text", ["two\nlines", "\x07", "a\u202eb", "x" * 121])
def test_a_title_holds_one_line_that_every_glass_can_draw(text):
    wire = msgspec.json.encode(Catalogue("1.1", (Publication("d", {"th": text, "en": "d"}),)))
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(wire, type=Catalogue)


def test_the_longest_part_fits_its_fact_and_its_mirror():
    notices = tuple({"th": "ก" * 200, "en": "e" * 180} for _ in range(10))
    while len(msgspec.json.encode(part := Notices(notices))) > office_rules.MOST_BYTES:
        notices = (*notices[:-1], {language: text[:-1] for language, text in notices[-1].items()})
    assert office_rules.MOST_BYTES - len(msgspec.json.encode(part)) < 4
    by, at, most = "\U0001f469" * 60, dt.datetime(2026, 11, 23, 2, 0, 0, 999999, dt.UTC), 2**53 - 1
    edited = messages.OfficeEdited(by=by, at=at, id="i" * 40, based_on=most, edit=part)
    topics.encode(messages.Fact(most, edited, most))
    topics.encode(messages.Office("catalogue-9.9", most, part, "i" * 40, by, at))


def test_the_kiosk_is_shut_on_holidays_and_on_days_that_the_office_is():
    friday = dt.datetime(2026, 12, 31, 12, 0, tzinfo=CENTRE.zone)  # a Thursday; New Year's Day follows, then a weekend
    party = DayOff(dt.date(2027, 1, 4), {"th": "วันหยุดของศูนย์", "en": "The centre is closed"})
    parts = [Holidays(2027, (NEW_YEAR,)), Opening(replace(CENTRE.hours, closed=(party,)))]
    centre, _ = office_rules.furnished(CENTRE, parts)
    after = hours.hours(friday.replace(hour=17), centre.hours, centre.days_off)
    assert after == hours.Shut(dt.datetime(2027, 1, 5, 8, 30, tzinfo=CENTRE.zone))


def test_a_whole_year_of_days_off_still_has_an_end():
    off = {dt.date(2027, 1, 1) + dt.timedelta(days=n) for n in range(365)}
    now = dt.datetime(2027, 1, 1, 9, 0, tzinfo=CENTRE.zone)
    assert hours.hours(now, CENTRE.hours, off) == hours.Shut(dt.datetime(2028, 1, 3, 8, 30, tzinfo=CENTRE.zone))


def test_the_desk_is_a_node_of_its_own_name():
    assert "desk" not in replace(CENTRE, desk=None).nodes()
    assert replace(CENTRE, desk=Desk()).nodes()["desk"] == "desk"


def test_a_part_is_kept_under_its_name():
    topic = topics.address("moe", messages.Office("catalogue-1.1"))
    assert topic == "khiu/moe/hall/office/catalogue-1.1"
    assert topics.kind_of("moe", topic) == (messages.Office, "catalogue-1.1")
    assert topics.address("moe", messages.Office) == "khiu/moe/hall/office/+"
