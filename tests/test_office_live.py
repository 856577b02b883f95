"""What the desk edits reaches a running kiosk and a running screen, each its real core on its real store, by a real
hall; each remembers it when nobody can be asked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import apsw
import pytest
from case_script import DESKED
from hall_script import Wire
from msgspec.structs import replace
from queue_script import NINE, ids
from test_broker_office import GUIDE, NIDA, PARTS

from broker import messages as m
from broker.clock import Moment
from broker.hours import Open, Shut
from broker.link import Connected, Received
from broker.office import Announcement, Announcements, Facility, Notices, Opening, Wording
from broker.office_copy import OfficeShelf
from display.hall import Hall
from display.ledger.ledger import FILE, Ledger
from display.signage import board as model
from display.signage.caller import Caller
from display.signage.said import Store
from kiosk import pages
from kiosk.issuer import Issuer
from kiosk.store import KioskStore
from kiosk.view import view, wording

BEGIN = Moment(100.0, NINE, "boot")  # a time server keeps it
LATER = replace(DESKED.hours, close=dt.time(19, 0), day_ends=dt.time(20, 0))


class Front:
    """What a citizen sees of a kiosk, and a hall of its screen."""

    def __init__(self):
        self.shown = 0

    def show(self, _state):
        self.shown += 1

    def do(self, _effect): ...
    def lost(self, _lost): ...


class Centre:
    """A hall, a kiosk and a screen; `edit` is the desk, `pass_on` the broker."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wire, self.told, self.seq = folder, Wire(), 0, 0
        self.ledger = Ledger(folder / FILE)
        self.hall = Hall(DESKED, self.ledger, self.wire, ids())
        self.hall.receive(Connected(), NINE)
        self.start()
        self.kiosk.take(Received(m.Ack(0, NINE.date(), ledger="one", at=NINE), "kiosk-1", False), BEGIN)

    def start(self) -> None:
        """Kiosk and screen, without a link."""
        self.front, self.wall = Front(), Front()
        self.kiosk_store = KioskStore.open(self.folder / "kiosk.sqlite", (1, 899))
        self.kiosk = Issuer(DESKED, self.kiosk_store, Wire(), self.front, BEGIN)
        self.kiosk.begin(BEGIN)
        self.said = Store(self.folder / "said.sqlite")
        self.screen = Caller(DESKED, self.said, Wire(), self.wall, False, BEGIN.at)

    def restart(self) -> None:
        self.close_nodes()
        self.start()

    def edit(self, part: object, based_on: int = 0) -> None:
        self.seq += 1
        edited = m.OfficeEdited(by="Somying", at=NINE, id=f"edit-{self.seq}", based_on=based_on, edit=part)
        self.hall.receive(Received(m.Fact(self.seq, edited), "desk", False), NINE)
        self.pass_on()

    def pass_on(self) -> None:
        said, self.told = self.wire.said[self.told :], len(self.wire.said)
        for message, _ in said:
            if isinstance(message, m.Office):
                self.hear(message, message.part)

    def hear(self, message: m.Office, topic_part: str) -> None:
        self.kiosk.take(Received(message, topic_part, True), BEGIN)
        self.screen.take(Received(message, topic_part, True), BEGIN)

    def slides(self) -> list[str]:
        """The notices that the screen shows."""
        return [s.text[0] for s in model.view(None, self.screen.centre).slides if isinstance(s, model.Notice)]

    def tile(self, place: int) -> str:
        """The name of a service, as the kiosk has it."""
        state = self.kiosk.state
        return view(state, self.kiosk.centre).tiles[place].name[0]

    def close_nodes(self) -> None:
        self.kiosk_store.close()
        self.said.close()

    def close(self) -> None:
        self.close_nodes()
        self.ledger.close()


@pytest.fixture
def centre(tmp_path):
    it = Centre(tmp_path)
    yield it
    it.close()


def test_new_notices_stand_on_the_screen_at_once(centre):
    centre.edit(PARTS["notices"])
    assert (centre.slides(), centre.wall.shown) == (["วันนี้"], 1)


def test_an_announcement_stands_before_the_notices_from_its_beginning_until_its_end(centre):
    text, minute = {"th": "ประชุม", "en": "A meeting"}, dt.timedelta(minutes=1)
    centre.edit(Announcements((Announcement(text, NINE + minute, NINE + 2 * minute),)))
    shown = centre.wall.shown
    seen = []
    for minutes in (0, 1, 2):
        now = Moment(BEGIN.at + 60 * minutes, NINE + minutes * minute, "boot")
        centre.screen.tick(now)
        seen.append((centre.slides()[0], centre.screen.deadline(now.at)))
    usual = DESKED.screen_texts.notices[0]["th"]
    patient = BEGIN.at + 5  # for the hall's first word
    assert [slide for slide, _ in seen] == [usual, "ประชุม", usual]
    assert [due for _, due in seen] == [patient, BEGIN.at + 120, None]
    assert centre.wall.shown == shown + 2


def test_a_service_is_called_by_its_new_name_on_kiosk_and_screen(centre):
    before = centre.front.shown
    centre.edit(PARTS["wording-1.1"])
    assert (centre.tile(0), centre.front.shown) == ("ข้อมูล", before + 1)
    assert model.view(None, centre.screen.centre).services[0].name == ("ข้อมูล", "Facts")


def test_the_kiosk_closes_and_opens_by_the_hours_that_were_edited(centre):
    centre.edit(Opening(replace(DESKED.hours, open=dt.time(8, 0), close=dt.time(8, 45))))
    assert isinstance(centre.kiosk.state.page, pages.Closed)
    assert isinstance(centre.kiosk.state.hours, Shut)
    centre.edit(Opening(LATER), based_on=1)
    assert centre.kiosk.state.hours == Open(dt.datetime(2026, 11, 23, 19, 0, tzinfo=DESKED.zone))
    assert isinstance(centre.kiosk.state.page, pages.Home)


def test_a_citizen_before_the_glass_is_served_to_the_end_when_hours_change(centre):
    centre.kiosk.act(pages.Touched("1.1"), BEGIN)
    assert isinstance(centre.kiosk.state.page, pages.Printing)
    centre.edit(Opening(replace(DESKED.hours, open=dt.time(8, 0), close=dt.time(8, 45))))
    assert isinstance(centre.kiosk.state.page, pages.Printing)


def test_an_officer_of_the_roster_stands_on_the_screen_in_both_languages(centre):
    centre.edit(PARTS["roster"])
    row = m.PointView(2, "idle", None, NIDA["th"])
    board = m.Board(1, NINE.date(), NINE, (), (row,), ())
    assert model.view(board, centre.screen.centre).points[0].name == (NIDA["th"], NIDA["en"])


def test_kiosk_and_screen_that_start_without_a_link_show_what_they_last_knew(centre):
    centre.edit(PARTS["notices"])
    centre.edit(PARTS["wording-1.1"])
    centre.restart()
    assert (centre.slides(), centre.tile(0)) == (["วันนี้"], "ข้อมูล")


def test_a_hall_that_knows_of_no_edit_takes_them_back(centre):
    centre.edit(PARTS["notices"])
    centre.hear(m.Office("notices"), "notices")
    assert centre.slides() == [notice["th"] for notice in DESKED.screen_texts.notices]
    centre.restart()
    assert centre.slides() == [notice["th"] for notice in DESKED.screen_texts.notices]


def test_what_is_heard_again_at_each_connection_draws_and_writes_nothing(centre):
    centre.edit(PARTS["notices"])
    shown = centre.wall.shown, centre.front.shown
    changes = centre.kiosk_store._connection.total_changes()
    centre.hall.receive(Connected(), NINE)
    centre.pass_on()
    assert (centre.wall.shown, centre.front.shown) == shown
    assert centre.kiosk_store._connection.total_changes() == changes


@pytest.mark.parametrize(
    ("message", "topic_part"),
    [
        (m.Office("notices", 1, Notices(({"th": "ไทย"},))), "notices"),  # a language is missing
        (m.Office("notices", 1, PARTS["notices"]), "roster"),  # under another's name
        (m.Office("roster", 1, PARTS["notices"]), "roster"),
        (m.Office("wording-9.9", 1, Wording("9.9", {"th": "ก", "en": "a"}, ())), "wording-9.9"),
        (m.Office("hours", 1, Opening(replace(LATER, close=dt.time(7, 0)))), "hours"),
    ],
)
def test_a_hostile_word_about_the_office_changes_nothing(centre, message, topic_part):
    centre.hear(message, topic_part)
    assert (centre.kiosk.centre, centre.screen.centre, centre.wall.shown) == (DESKED, DESKED, 0)
    assert centre.kiosk_store.office.parts() == centre.said.office.parts() == []


def test_a_file_that_lost_a_point_starts_without_what_was_kept_of_it(centre):
    centre.edit(PARTS["roster"])
    centre.edit(PARTS["notices"])
    centre.close_nodes()
    store = KioskStore.open(centre.folder / "kiosk.sqlite", (1, 899))
    fewer = replace(
        DESKED,
        services=tuple(replace(s, points=tuple(p for p in s.points if p != 3)) for s in DESKED.services),
        points=tuple(point for point in DESKED.points if point.number != 3),
        buttons=tuple(replace(b, points=tuple(p for p in b.points if p != 3)) for b in DESKED.buttons),
    )
    kiosk = Issuer(fewer, store, Wire(), Front(), BEGIN)
    assert (kiosk.centre.officers, kiosk.centre.screen_texts.notices) == ((), PARTS["notices"].notices)
    store.close()
    centre.start()


def test_a_card_that_fails_keeps_no_edit_from_the_glass_and_writes_it_when_it_works_again(centre, monkeypatch):
    works = False
    keep = OfficeShelf.keep

    def of_a_full_card(shelf, said):
        if not works:
            raise apsw.FullError
        keep(shelf, said)

    monkeypatch.setattr(OfficeShelf, "keep", of_a_full_card)
    centre.edit(PARTS["notices"])
    assert (centre.slides(), centre.said.faulty, centre.kiosk.state.disk_works) == (["วันนี้"], True, False)
    works = True
    centre.kiosk.write_what_waits(BEGIN)
    assert (centre.kiosk_store.office.parts(), centre.kiosk.state.disk_works) == ([PARTS["notices"]], True)


def test_the_documents_and_the_checklist_reach_the_kiosk(centre):
    centre.edit(PARTS["catalogue-1.1"])
    centre.edit(Facility(PARTS["facility"].items))
    assert centre.kiosk.centre.service("1.1").documents == (GUIDE,)
    assert centre.kiosk.centre.facility == PARTS["facility"].items


def test_the_closed_kiosk_tells_the_hours_that_were_edited(centre):
    centre.edit(Opening(replace(LATER, open=dt.time(10, 0))))
    state = centre.kiosk.state
    assert isinstance(state.page, pages.Closed)
    assert "10:00" in view(state, centre.kiosk.centre).hint[1]
    assert wording(state, centre.kiosk.centre).centre is centre.kiosk.centre
