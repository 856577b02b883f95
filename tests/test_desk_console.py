"""The console of a point over the real application, a real hall behind its wire and a real ledger beneath."""

from __future__ import annotations

import re

import pytest
from desk_pages import Office, text
from hall_script import Morning

from broker import messages as m
from broker.link import Connected, Received
from display.desk.presses import KEYS


class Centre(Office):
    """A desk whose commands go to a hall, and come back as what that hall says."""

    def __init__(self, directory):
        super().__init__(directory)
        self.morning = Morning(directory)
        self.there, self._told = True, 0
        self.wire.publish = self._to_the_hall
        self.desk.hear(Connected())
        self.hear(m.Status(online=True, role="hall", software="khiu"))
        self.tell()

    def _to_the_hall(self, command, **_way):
        if self.there:
            self.morning.now = self.now
            self.morning.hear("desk", command)
            self.tell()
        return self.wire.connected

    def tell(self):
        """All that the hall has said since."""
        said, self._told = self.morning.wire.said[self._told :], len(self.morning.wire.said)
        for message, node in said:
            if not isinstance(message, m.Reply | m.Ack) or node == "desk":
                key = message.part if isinstance(message, m.Office) else node or "hall"
                self.desk.hear(Received(message, key, False))

    def arrive(self, *numbers, service="1.1"):
        for number in numbers:
            self.morning.arrive(number, given=self.now, service=service)
        self.tell()

    def button(self, action, point=2):
        """Somebody presses a button at the point itself."""
        self.morning.now = self.now
        self.morning.press(action, point)
        self.tell()

    @property
    def points(self):
        return self.desk.mirror.points

    @property
    def signed_in_at(self):
        return {point: status.officer for point, status in self.points.items() if status.officer}

    def events(self):
        query = "SELECT kind, body ->> 'who' FROM event WHERE command IS NOT NULL ORDER BY seq"
        return self.morning.ledger._connection.execute(query).fetchall()


class Seat:
    """An officer's browser on the page of one point."""

    def __init__(self, centre, name="somsri", role="officer", point=2):
        self.browser, self.path = centre.signed_in(name, role), f"/points/{point}"

    def look(self):
        return self.browser.see(self.path)

    def form(self):
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.look().text)) | {"do": ""}

    def press(self, do, **fields):
        return self.send(self.form(), do, **fields)

    def send(self, form, do, **fields):
        return self.browser.client.post(self.path, data=form | {"do": do} | fields)


@pytest.fixture
def centre(tmp_path):
    centre = Centre(tmp_path)
    centre.arrive("A001", "A002", "A003")
    yield centre
    centre.morning.ledger.close()


@pytest.fixture
def seat(centre):
    seat = Seat(centre)
    assert seat.press("sign_in").status_code == 303
    return seat


def test_who_signs_in_at_a_point_stands_on_the_board_and_in_the_ledger(centre, seat):
    board = centre.desk.mirror.board
    assert next(point.officer for point in board.points if point.point == 2) == "Somsri"
    assert centre.events() == [("point_opened", "somsri")]
    assert "Somsri" in text(Seat(centre, "malee", point=3).browser.see("/points"))


def test_a_visit_goes_from_call_to_finish_with_its_outcome(centre, seat):
    for do, state in (("next", "called"), ("start", "serving"), ("provided", "provided")):
        assert seat.press(do).headers["location"] == "/points/2"
        assert (centre.points[2].state, centre.points[2].ticket) == (state, "A001")
        assert 'id="state"' in seat.look().text
        assert "A001" in text(seat.look())
    seat.press("finish", outcome="documents_given")
    assert centre.points[2].state == "idle"
    assert centre.morning.ledger._connection.execute(
        "SELECT body ->> 'outcome', body ->> 'who' FROM event WHERE kind = 'finished'"
    ).fetchall() == [("documents_given", "somsri")]


def test_a_ticket_is_called_again_set_aside_resumed_missed_and_called_back(centre, seat):
    seen = []
    for do in ("next", "recall", "hold", "resume", "no_show", "call_back"):
        assert seat.press(do).status_code == 303
        seen.append((centre.points[2].state, centre.points[2].ticket))
    called = ("called", "A001")
    assert seen == [called, called, ("idle", None), called, ("idle", None), called]


def test_a_transfer_carries_its_note_to_the_officer_who_gets_the_ticket(centre, seat):
    seat.press("next")
    assert "no names" in text(in_english(seat).look())
    seat.press("transfer", service="1.2", note="ขอแบบฟอร์ม 3")
    other = Seat(centre, "malee", point=4)
    other.press("sign_in")
    assert "ขอแบบฟอร์ม 3" in text(other.look())  # in the line
    other.press("next")
    assert (centre.points[4].ticket, centre.points[4].note) == ("A001", "ขอแบบฟอร์ม 3")
    assert "ขอแบบฟอร์ม 3" in text(other.look())


def test_a_given_ticket_is_called_from_the_list_or_as_somebody_types_it(centre, seat):
    assert 'value="call:A003"' in seat.look().text
    seat.press("call:A003")
    assert centre.points[2].ticket == "A003"
    seat.press("start")
    seat.press("call", number=" a2 ")
    assert centre.points[2].ticket == "A002"


def test_tickets_set_aside_and_missed_stand_in_the_list_and_those_of_other_points_do_not(centre, seat):
    centre.arrive("R001", service="1.3")
    for do in ("next", "hold", "next", "no_show"):
        seat.press(do)
    hand = seat.look().text.partition('id="hand"')[2]
    assert re.findall(r'value="call:(\w+)"', hand) == ["A001", "A002", "A003"]


def test_a_pause_has_a_reason_and_its_officer_stays_until_she_signs_out(centre, seat):
    assert seat.press("pause").status_code == 422
    seat.press("pause", reason="lunch")
    assert (centre.points[2].state, centre.points[2].pause, centre.signed_in_at) == ("closed", "lunch", {2: "Somsri"})
    assert "Lunch break" in text(in_english(seat).look())
    seat.press("open")
    assert (centre.points[2].state, centre.points[2].officer) == ("idle", "Somsri")
    seat.press("sign_out")
    assert (centre.points[2].state, centre.signed_in_at) == ("closed", {})


# ---------------------------------------------------------------- sent twice, and two at once
def test_a_form_that_is_sent_again_acts_once(centre, seat):
    form = seat.form()
    assert [seat.send(form, "next").status_code for _ in range(3)] == [303, 303, 303]
    assert [kind for kind, _ in centre.events()] == ["point_opened", "called"]


def test_an_old_page_does_nothing_with_another_press_and_shows_the_point_as_it_is_now(centre, seat):
    form = in_english(seat).form()
    seat.send(form, "next")
    answer = seat.send(form, "no_show")
    assert answer.status_code == 409
    assert "This point has changed in the meantime" in text(answer)
    assert "A001" in text(answer)
    assert centre.points[2].ticket == "A001"
    assert centre.points[2].stand in answer.text  # so that the next press counts


def test_of_two_officers_at_once_the_slower_is_told_and_takes_nothing_back(centre, seat):
    chief = Seat(centre, "chief", "supervisor")
    hers, his = seat.form(), chief.form()
    assert seat.send(hers, "next").status_code == 303
    assert chief.send(his, "no_show").status_code == 409
    assert (centre.points[2].state, centre.points[2].ticket) == ("called", "A001")


def test_a_press_of_the_points_own_button_makes_the_page_an_old_one(centre, seat):
    form = seat.form()
    centre.button(m.Next())
    assert seat.send(form, "transfer", service="1.2", note="ขอสำเนา").status_code == 409
    assert centre.points[2].ticket == "A001"


def test_a_note_that_was_written_is_not_lost_with_a_refusal(centre, seat):
    seat.press("next")
    form = seat.form()
    centre.button(m.Start())
    answer = seat.send(form, "transfer", service="1.2", note="ขอสำเนา")
    assert answer.status_code == 409
    assert 'value="ขอสำเนา"' in answer.text
    assert 'value="1.2" checked' in answer.text


def test_a_refusal_is_told_in_words_and_the_next_try_is_a_new_press(centre, seat):
    for _ in range(3):
        seat.press("next")
        seat.press("no_show")
    assert seat.press("next").status_code == 409
    centre.arrive("A004")
    seat.press("next")
    assert centre.points[2].ticket == "A004"


def test_a_hall_that_does_not_answer_is_told_and_the_page_stays(centre, seat, monkeypatch):
    monkeypatch.setattr("display.desk.desk.ANSWER_SECONDS", 0.01)
    centre.there = False
    assert seat.press("next").headers["location"] == "/points/2?said=unanswered"


# ---------------------------------------------------------------- who may
def test_an_officer_acts_only_where_she_is_signed_in(centre, seat):
    other = Seat(centre, "malee", point=2)
    assert 'value="next"' not in other.look().text
    assert other.press("next").status_code == 403
    assert [kind for kind, _ in centre.events()] == ["point_opened"]
    assert centre.audited[0] == ("malee", "refused", "/points/2")


def test_a_supervisor_acts_at_every_point(centre, seat):
    chief = Seat(centre, "chief", "supervisor")
    assert chief.press("next").status_code == 303
    assert centre.events()[-1] == ("called", "chief")
    assert centre.signed_in_at == {2: "Somsri"}


def test_no_single_key_puts_a_supervisor_in_an_officers_place(centre, seat):
    chief = Seat(centre, "chief", "supervisor")
    assert 'value="sign_in"' in chief.look().text
    assert 'data-key="O"' not in chief.look().text


def test_a_form_of_an_officer_who_was_relieved_in_the_meantime_does_nothing(centre, seat):
    form = seat.form()
    Seat(centre, "malee").press("sign_in")
    assert seat.send(form, "next").status_code == 403
    assert centre.points[2].state == "idle"


def test_an_officer_is_at_one_point_at_a_time(centre, seat):
    elsewhere = Seat(centre, point=3)
    assert "sign_in" not in elsewhere.look().text
    assert elsewhere.press("sign_in").status_code == 403
    assert centre.signed_in_at == {2: "Somsri"}


def test_who_takes_over_a_point_is_told_whose_it_is(centre, seat):
    relief = in_english(Seat(centre, "malee"))
    assert "Somsri is signed in here" in text(relief.look())
    relief.press("sign_in")
    assert centre.signed_in_at == {2: "Malee"}
    assert seat.press("next").status_code == 403


# ---------------------------------------------------------------- what was filled in wrongly
@pytest.mark.parametrize(
    ("do", "fields", "field"),
    [
        ("transfer", {}, "service"),
        ("transfer", {"service": "9.9"}, "service"),
        ("transfer", {"service": "1.2", "note": "ก" * 121}, "note"),
        ("transfer", {"service": "1.2", "note": "a\nb"}, "note"),
        ("call", {"number": "twelve"}, "number"),
        ("call", {"number": "A٣"}, "number"),
    ],
)
def test_a_fault_is_told_at_its_field_and_what_was_filled_in_stays(centre, seat, do, fields, field):
    seat.press("next")
    answer = seat.press(do, **fields)
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}"' in answer.text
    assert all(value in answer.text for name, value in fields.items() if name != "service" or value != "9.9")
    assert centre.points[2].state == "called"


@pytest.mark.parametrize(
    ("do", "fields"),
    [("dance", {}), ("next", {"outcome": "gold"}), ("next", {"id": "A B"}), ("next", {"expect": "<b>"}), ("", {})],
)
def test_what_no_page_of_ours_sends_is_refused(centre, seat, do, fields):
    assert seat.press(do, **fields).status_code == 400
    assert centre.points[2].state == "idle"


@pytest.mark.parametrize("path", ["/points/1", "/points/99", "/points/two"])
def test_a_point_that_the_centre_does_not_have_has_no_page(seat, path):
    assert seat.browser.see(path).status_code == 404


# ---------------------------------------------------------------- the page itself
def test_a_desk_that_has_heard_nothing_yet_says_so(tmp_path):
    seat = Seat(Office(tmp_path))
    assert "รอข้อมูล" in text(seat.look())


def test_a_ledger_that_cannot_be_read_takes_nothing_but_the_list(centre, seat, tmp_path):
    centre.desk.ledger = tmp_path / "torn.sqlite"
    centre.desk.ledger.write_bytes(b"no database" * 1000)
    assert seat.look().status_code == 200


def test_without_a_ledger_to_read_tickets_are_called_by_number(centre, seat, tmp_path):
    centre.desk.ledger = tmp_path / "none.sqlite"
    assert "called by its number" in text(in_english(seat).look())
    seat.press("call", number="A002")
    assert centre.points[2].ticket == "A002"


def test_the_clock_of_the_page_is_the_standards(centre, seat):
    seat.press("next")
    seat.press("start")
    levels = []
    for minutes in (0, 12, 3):
        centre.pass_time(minutes=minutes)
        levels += re.findall(r'data-level="(\w+)" data-amber="720" data-red="900"', seat.look().text)
    assert levels == ["calm", "amber", "red"]


def test_what_changes_by_itself_is_the_same_on_every_load_of_an_unchanged_point(seat):
    """A live part that differed each time would be redrawn under the officer's fingers."""
    seat.press("next")
    parts = [re.findall(r'<div id="(?:keys|transfer|outcomes|hand|pick-field)" data-live.*?(?=<div id="|</section>)',
                        seat.look().text, re.DOTALL) for _ in range(2)]  # fmt: skip
    assert len(parts[0]) == 5
    assert parts[0] == parts[1]


def test_every_command_has_one_key_of_its_own_on_its_button(seat):
    page = seat.look().text
    letters = [key.letter for key in KEYS] + ["Z", "C"]
    assert len(set(letters)) == len(letters)
    assert [letter for letter in letters if page.count(f'data-key="{letter}"') != 1] == []
    assert all(f"{key.letter}</kbd>" in page for key in KEYS)


def in_english(seat):
    seat.browser.send("/language", form="/", language="en", next="/")
    return seat
