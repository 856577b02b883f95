"""The desk's facts at a real hall: what the office edits is taken once, kept with who and when, and told to all."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

import apsw
import pytest
from hall_script import Morning
from msgspec.structs import replace
from queue_script import CENTRE, MONDAY, NINE
from test_broker_office import GUIDE, NIDA, PARTS

from broker import messages as m
from broker.centre import Desk, Retention
from broker.link import Connected
from broker.office import Opening
from display.ledger import office
from display.ledger.audit import audit
from display.queue import events

DAY = dt.timedelta(days=1)
DESK = replace(CENTRE, desk=Desk())
NOTICES, OTHERS = PARTS["notices"], PARTS["notices"].__class__(())


@pytest.fixture
def morning(tmp_path):
    it = Morning(tmp_path)
    it.restart(DESK)
    it.seq["desk"] = 0
    yield it
    it.ledger.close()


def edit(morning, part, based_on=0, by="Somying", node="desk"):
    morning.seq[node] += 1
    edited = m.OfficeEdited(by=by, at=morning.now, id=morning.new_id(), based_on=based_on, edit=part)
    morning.hear(node, m.Fact(morning.seq[node], edited))


def hand_out(morning, document="guide", count=1, point=2, node="desk"):
    morning.fact(node, m.HandedOut(by="Somying", at=morning.now, document=document, count=count, point=point))


def outcome(morning, node="desk"):
    """What the desk finds in the ledger about its last fact."""
    with closing(apsw.Connection(str(morning.file), flags=apsw.SQLITE_OPEN_READONLY)) as ledger:
        return office.outcome(ledger, node, morning.seq[node])


def mirrors(morning):
    return {said.part: said for said, _ in morning.wire.said if isinstance(said, m.Office)}


def test_an_edit_is_committed_then_told_then_acknowledged(morning):
    edit(morning, NOTICES)
    told = [message for message, _ in morning.wire.said if isinstance(message, m.Office | m.Ack)][-2:]
    assert told[0] == m.Office("notices", 1, NOTICES, outcome(morning).id, "Somying", NINE)
    assert (told[1].seq, audit(morning.file).faults) == (1, ())


def test_who_edits_what_another_changed_meanwhile_is_told_and_changes_nothing(morning):
    edit(morning, NOTICES, by="Somying")
    edit(morning, OTHERS, by="Wichai")
    refused = outcome(morning)
    assert (refused.cause, refused.why) == ("stale", ("notices: version 1 of Somying stands",))
    assert mirrors(morning)["notices"].by == "Somying"
    edit(morning, OTHERS, based_on=1, by="Wichai")
    assert (mirrors(morning)["notices"].by, mirrors(morning)["notices"].version) == ("Wichai", 2)


def test_the_ledger_remembers_every_version_and_who_wrote_it(morning):
    edit(morning, NOTICES, by="Somying")
    edit(morning, OTHERS, based_on=1, by="Wichai")
    with closing(apsw.Connection(str(morning.file))) as ledger:
        told = [(part.version, part.by, part.edit, part.at) for part in office.history(ledger, "notices")]
    assert told == [(2, "Wichai", OTHERS, NINE), (1, "Somying", NOTICES, NINE)]


def test_an_edit_that_does_not_fit_is_refused_with_words_and_its_text_is_kept(morning):
    wrong = Opening(replace(CENTRE.hours, close=dt.time(8, 0)))
    edit(morning, wrong)
    refused = outcome(morning)
    assert refused.why == ("hours.close: 08:00:00 is not after open; a time after 08:30:00",)
    assert (refused.fact.edit, morning.hall.centre.hours) == (wrong, CENTRE.hours)


def test_the_service_day_ends_at_the_hour_that_was_edited(morning):
    edit(morning, Opening(replace(CENTRE.hours, day_ends=dt.time(17, 0))))
    assert morning.hall.next_due(morning.now) == dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)
    morning.arrive("A001")
    morning.now = morning.hall.next_due(morning.now)
    morning.hall.tick(morning.now)
    assert (morning.hall.today.ended, morning.outcome("A001")) == (True, "unserved")


def test_no_edit_sends_home_who_waits(morning):
    morning.now += dt.timedelta(hours=8, minutes=30)  # 17:30
    morning.hall.tick(morning.now)
    edit(morning, Opening(replace(CENTRE.hours, day_ends=dt.time(17, 0))))
    assert outcome(morning).why[0].startswith("hours.day_ends: 17:00:00 is over already today;")
    assert not morning.hall.today.ended


def test_the_officer_of_the_new_roster_stands_on_the_board(morning):
    edit(morning, PARTS["roster"])
    morning.arrive("A001")
    morning.press(m.Next(), point=3)
    assert next(point.officer for point in morning.wire.last(m.Board).points if point.point == 3) == NIDA["th"]


def test_a_power_cut_between_commit_and_mirror_is_healed_by_the_next_connect(morning, monkeypatch):
    class PowerCut(Exception):
        pass

    def cut(_message, _point=None):
        raise PowerCut

    monkeypatch.setattr(morning.hall, "_mirror", cut)
    with pytest.raises(PowerCut):
        edit(morning, NOTICES)
    morning.wire.said.clear()
    morning.restart(DESK)
    morning.hall.receive(Connected(), morning.now)
    assert mirrors(morning)["notices"].edit == NOTICES
    assert morning.hall.centre.screen_texts.notices == NOTICES.notices
    edit_again = m.OfficeEdited(by="Somying", at=NINE, id="id-1", based_on=0, edit=NOTICES)
    morning.hear("desk", m.Fact(1, edit_again))  # the desk never heard the acknowledgement
    assert (mirrors(morning)["notices"].version, morning.hall.rejected) == (1, {})


def test_a_part_that_was_never_edited_is_told_too_so_that_no_node_keeps_another_ledgers(morning):
    morning.hall.receive(Connected(), morning.now)
    told = mirrors(morning)
    assert {"roster", "hours", "notices", "facility", "wording-1.1", "catalogue-1.3", "holidays-2026"} <= told.keys()
    assert told["hours"] == m.Office("hours")


@pytest.mark.parametrize("node", ["kiosk-1", "buttons-1"])
def test_only_the_desk_edits_and_counts(morning, node):
    edit(morning, NOTICES, node=node)
    hand_out(morning, node=node)
    assert (morning.hall.rejected, mirrors(morning)) == ({"wrong_role": 2}, {})
    assert morning.hall.centre == DESK


def test_hand_outs_are_counted_by_day_document_and_point(morning):
    edit(morning, PARTS["catalogue-1.1"])
    for count, point in ((2, 2), (3, 2), (1, 6), (4, None)):
        hand_out(morning, count=count, point=point)
    with closing(apsw.Connection(str(morning.file))) as ledger:
        counted = office.handed_out(ledger, MONDAY, MONDAY)
    assert [(each.document, each.point, each.count) for each in counted] == [
        (GUIDE.id, None, 4),
        (GUIDE.id, 2, 5),
        (GUIDE.id, 6, 1),
    ]
    assert audit(morning.file).faults == ()


def test_what_was_handed_out_yesterday_is_counted_yesterday(morning):
    edit(morning, PARTS["catalogue-1.1"])
    yesterday, morning.now = morning.now, morning.now + DAY
    morning.fact("desk", m.HandedOut(by="Somying", at=yesterday, document="guide", count=2, point=2))
    assert (outcome(morning).day, morning.hall.today.day) == (MONDAY, MONDAY + DAY)


@pytest.mark.parametrize(
    ("change", "cause"),
    [({"document": "novel"}, "document_unknown"), ({"point": 9}, "point_unknown")],
)
def test_what_the_catalogue_or_the_centre_does_not_have_is_not_counted(morning, change, cause):
    edit(morning, PARTS["catalogue-1.1"])
    hand_out(morning, **change)
    assert outcome(morning).cause == cause


def test_a_desk_is_heard_only_when_the_halls_clock_was_set(tmp_path):
    it = Morning(tmp_path, now=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    it.restart(DESK)
    it.seq["desk"] = 0
    edit(it, NOTICES)
    assert it.wire.last(m.Ack).seq == 0
    it.ledger.close()


def test_what_a_newer_centre_toml_does_not_bear_is_told_to_staff_and_stops_nothing(morning):
    edit(morning, PARTS["roster"])
    edit(morning, NOTICES)
    morning.now += DAY
    services = tuple(replace(s, points=tuple(p for p in s.points if p != 3)) for s in DESK.services)
    points = tuple(point for point in DESK.points if point.number != 3)
    buttons = tuple(replace(b, points=tuple(p for p in b.points if p != 3)) for b in DESK.buttons)
    morning.restart(replace(DESK, services=services, points=points, buttons=buttons))
    morning.hall.receive(Connected(), morning.now)
    assert "roster" in morning.wire.last(m.Board).alerts[0]
    assert morning.hall.centre.screen_texts.notices == NOTICES.notices


def test_what_stands_is_remembered_when_the_day_of_its_edit_is_forgotten(morning):
    edit(morning, NOTICES, by="Somying")
    edit(morning, OTHERS, based_on=1, by="Wichai")
    edit(morning, PARTS["catalogue-1.1"])
    hand_out(morning)
    morning.restart(replace(DESK, retention=Retention(62)))
    for _ in range(70):
        morning.now += DAY
        morning.hall.tick(morning.now)
    with closing(apsw.Connection(str(morning.file))) as ledger:
        assert [(part.version, part.by, part.at) for part in office.history(ledger, "notices")] == [(2, "Wichai", NINE)]
        assert office.handed_out(ledger, MONDAY, MONDAY) == []
        assert ledger.execute("SELECT count(*) FROM event WHERE day = ?", (MONDAY.isoformat(),)).get == 0
    assert audit(morning.file).faults == ()
    morning.restart(DESK)
    assert morning.hall.centre.screen_texts.notices == OTHERS.notices


def test_a_tampered_part_is_found_by_verify(morning):
    edit(morning, NOTICES)
    with closing(apsw.Connection(str(morning.file))) as ledger:
        ledger.execute("UPDATE office SET by = 'Nobody'")
    assert [fault for fault in audit(morning.file).faults if "table office" in fault]


def test_every_event_of_the_office_reads_back(morning):
    edit(morning, PARTS["catalogue-1.1"])
    assert isinstance(outcome(morning), events.OfficeChanged)
    hand_out(morning)
    assert isinstance(outcome(morning), events.HandedOut)
