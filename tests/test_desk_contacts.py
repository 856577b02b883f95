"""A citizen's contact: kept at the desk alone, read on the record, erased once and for good."""

from __future__ import annotations

import datetime as dt

import apsw
import pytest
from msgspec.structs import replace

from broker.store import open_store
from display.cases import channels
from display.cases.channels import WrongContact
from display.desk.contacts import CONTACT_MIGRATIONS, Contact, Contacts, Erased, Logged

NOW = dt.datetime(2026, 11, 23, 2, 7, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MAY = dt.date(2027, 5, 22)
SOMEBODY = Contact("case-1", "มานี รักเรียน", "phone", "0812345678", NOW, MAY)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "desk.sqlite"


@pytest.fixture
def contacts(file):
    connection = open_store(file, CONTACT_MIGRATIONS)
    yield Contacts(connection)
    connection.close()


def deeds(contacts, case="case-1"):
    return [(logged.who, logged.deed) for logged in contacts.log(case)]


def test_every_read_is_written_down(contacts):
    contacts.keep(SOMEBODY, "namfon", NOW)
    assert contacts.read("case-1", "preecha", NOW + DAY) == SOMEBODY
    assert contacts.read("nobody", "preecha", NOW) is None
    assert contacts.log("case-1")[-1] == Logged(NOW + DAY, "preecha", "read", "phone")
    assert deeds(contacts) == [("namfon", "kept"), ("preecha", "read")]


def test_nothing_is_shown_when_the_read_cannot_be_written_down(contacts):
    contacts.keep(SOMEBODY, "namfon", NOW)
    contacts._connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON contact_log BEGIN SELECT raise(ABORT, 'disk full'); END"
    )
    with pytest.raises(apsw.ConstraintError, match="disk full"):
        contacts.read("case-1", "preecha", NOW)


def test_a_contact_is_erased_on_its_date_once_and_the_figures_stay(contacts):
    contacts.keep(SOMEBODY, "namfon", NOW)
    contacts.keep(replace(SOMEBODY, case="case-2", channel="line", value="manee.r", erase_on=MAY + DAY), "namfon", NOW)
    assert contacts.erase_due(MAY - DAY, NOW) == 0
    assert contacts.next_erasure() == MAY
    assert [contacts.erase_due(MAY, NOW) for _ in range(2)] == [1, 0]
    assert contacts.read("case-1", "preecha", NOW) is None
    assert deeds(contacts) == [("namfon", "kept"), ("", "erased")]
    figures = contacts.figures()
    assert (figures.held, figures.erased, figures.by_channel) == (1, 1, {"line": 1, "phone": 1})


def test_what_was_missed_while_the_desk_was_off_is_erased_at_the_next_look(contacts):
    contacts.keep(SOMEBODY, "namfon", NOW)
    assert contacts.erase_due(MAY + 30 * DAY, NOW) == 1
    assert contacts.next_erasure() is None


def test_no_byte_of_what_was_erased_is_left_in_the_files(contacts, file):
    contacts.keep(SOMEBODY, "namfon", NOW)
    letters = SOMEBODY.name.encode()
    assert any(letters in part.read_bytes() for part in file.parent.iterdir())
    contacts.erase_due(MAY, NOW)
    assert [part.name for part in file.parent.iterdir() if letters in part.read_bytes()] == []


def test_an_erased_contact_is_not_kept_again(contacts):
    contacts.keep(SOMEBODY, "namfon", NOW)
    contacts.erase_due(MAY, NOW)
    with pytest.raises(Erased):
        contacts.keep(SOMEBODY, "namfon", NOW)
    with pytest.raises(Erased):
        contacts.postpone("case-1", MAY + DAY, "namfon", NOW)


def test_a_contact_is_put_right_and_its_date_put_off_on_the_record(contacts):
    contacts.keep(SOMEBODY, "namfon", NOW)
    contacts.keep(replace(SOMEBODY, channel="email", value="manee@example.com"), "preecha", NOW)
    contacts.postpone("case-1", MAY + 30 * DAY, "preecha", NOW)
    with pytest.raises(ValueError, match="not after"):
        contacts.postpone("case-1", MAY, "preecha", NOW)
    assert contacts.erase_due(MAY, NOW) == 0
    assert deeds(contacts) == [("namfon", "kept"), ("preecha", "changed"), ("preecha", "postponed")]
    assert contacts.figures().by_channel == {"phone": 1}


def test_the_record_can_be_neither_changed_nor_deleted(contacts):
    contacts.keep(SOMEBODY, "namfon", NOW)
    for crime in ("UPDATE contact_log SET who = 'x'", "DELETE FROM contact_log"):
        with pytest.raises(apsw.ConstraintError, match="append-only"):
            contacts._connection.execute(crime)


@pytest.mark.parametrize(
    ("channel", "typed", "kept"),
    [
        ("phone", " 081-234-5678 ", "0812345678"),
        ("phone", "+66 81 234 5678", "0812345678"),
        ("phone", "๐๘๑ ๒๓๔ ๕๖๗๘", "0812345678"),
        ("phone", "02 140 6000", "021406000"),
        ("email", "manee.r@mail.example.co.th", "manee.r@mail.example.co.th"),
        ("line", "Manee.R", "manee.r"),
        ("post", "99/1 ถนนวิภาวดีรังสิต\nเขตจตุจักร กรุงเทพฯ 10900", "99/1 ถนนวิภาวดีรังสิต เขตจตุจักร กรุงเทพฯ 10900"),
    ],
)
def test_a_channel_is_brought_into_one_form(channel, typed, kept):
    assert channels.reached(channel, typed) == kept


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        ("phone", "12345"), ("phone", "0812345678901"), ("phone", "o812345678"),
        ("email", "manee"), ("email", "a@b"), ("email", "a b@example.com"), ("email", "a@" + "x." * 9 + "com"),
        ("line", "abc"), ("line", "มานี"), ("post", "here"), ("post", "x" * 301),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_with_what_is_wrong(contacts, channel, typed):
    with pytest.raises(WrongContact, match=channels.WRONG[channel]):
        contacts.keep(replace(SOMEBODY, channel=channel, value=typed), "namfon", NOW)
    assert contacts.log("case-1") == []


@pytest.mark.parametrize("nothing", ["", "   ", "\x00"])
def test_what_is_left_empty_is_asked_for_and_not_told_to_be_too_long(nothing):
    with pytest.raises(WrongContact, match=channels.EMPTY):
        channels.name(nothing)
    for channel in channels.CHANNELS:
        with pytest.raises(WrongContact, match=channels.EMPTY):
            channels.reached(channel, nothing)


def test_a_name_is_one_line_of_up_to_a_hundred_letters():
    with pytest.raises(WrongContact, match=channels.WRONG_NAME):
        channels.name("x" * 101)
    assert channels.name(" มานี\n\u202eรักเรียน ") == "มานี รักเรียน"
