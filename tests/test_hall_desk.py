"""A desk and a hall, message by message: what a page must know to act, and what a page sent twice does."""

from __future__ import annotations

import datetime as dt

import pytest
from hall_script import Morning
from msgspec.structs import replace
from queue_script import CENTRE

from broker import messages as m
from broker.centre import Desk

WITH_DESK = replace(CENTRE, desk=Desk())


class Office(Morning):
    """A hall whose centre has a desk."""

    def restart(self, centre=WITH_DESK):
        super().restart(centre)

    def order(self, action, id, point=2, expect=None):
        """A command of the desk's, by the number of the form that it came from."""
        self.hear("desk", m.Command(id, point, self.now + dt.timedelta(seconds=5), action, "mali", expect))
        return self.wire.last(m.Reply).answer

    def page(self, point=2):
        """What a page of this point was last told."""
        told = (said for said, _ in reversed(self.wire.said) if isinstance(said, m.PointStatus))
        return next(status for status in told if status.point == point)


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    office.restart()
    for number in ("A001", "A002", "A003"):
        office.arrive(number)
    yield office
    office.ledger.close()


def test_of_two_pages_of_one_point_the_slower_is_refused_and_its_new_page_is_not(office):
    stand = office.page().stand
    assert office.order(m.Next(), "form-1", expect=stand) == m.Accepted("A001")
    assert office.order(m.NoShow(), "form-2", expect=stand) == m.Refused("changed")
    assert office.order(m.NoShow(), "form-3", expect=office.page().stand) == m.Accepted()
    assert office.outcome("A001") == "no_show"


def test_a_form_that_is_sent_again_by_the_back_button_gets_its_first_answer_and_does_no_more(office):
    stand = office.page().stand
    answers = [office.order(m.Next(), "form-1", expect=stand) for _ in range(3)]
    assert answers == [m.Accepted("A001")] * 3
    assert office.hall.today.tickets["A002"].state == "waiting"


def test_a_page_made_before_a_restart_of_the_hall_is_good_after_it(office):
    office.order(m.Next(), "form-1")
    stand = office.page().stand
    office.restart()
    assert office.order(m.Start(), "form-2", expect=stand) == m.Accepted("A001")


def test_the_name_of_who_signs_in_is_on_the_board_and_the_note_on_the_page_of_who_gets_the_ticket(office):
    office.order(m.Open("มะลิ สดใส"), "form-1")
    office.order(m.Next(), "form-2")
    office.order(m.Transfer("1.2", note="ขอแบบฟอร์ม 3"), "form-3")
    office.order(m.Next(), "form-4", point=4)
    board = office.wire.last(m.Board)
    assert next(point.officer for point in board.points if point.point == 2) == "มะลิ สดใส"
    assert (office.page(4).ticket, office.page(4).note) == ("A001", "ขอแบบฟอร์ม 3")


def test_the_ledger_knows_that_it_was_the_desk_and_who(office):
    office.order(m.Next(), "form-1")
    query = "SELECT node, command, body ->> 'who' FROM event WHERE kind = 'called'"
    assert office.ledger._connection.execute(query).fetchall() == [("desk", "form-1", "mali")]


def test_what_is_in_no_list_of_the_centre_is_refused_and_leaves_no_event(office):
    before = office.ledger._connection.execute("SELECT max(seq) FROM event").get
    assert office.order(m.Close("siesta"), "form-1") == m.Refused("code_unknown")
    assert office.ledger._connection.execute("SELECT max(seq) FROM event").get == before
