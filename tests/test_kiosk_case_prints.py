"""A case's paper at a kiosk: once at most, in time or never, after whoever stands at the glass; and what it says."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from msgspec.structs import replace
from paper_rig import CENTRE, NINE
from tickets import FONT, able
from tickets import Printed as Out

from broker import messages as m
from broker.clock import Moment
from broker.link import Received
from broker.topics import BadMessage, decode, encode
from kiosk import pages
from kiosk.case_prints import KEPT, MOST_WAITING, CaseTried, PrintCase
from kiosk.case_slip import case_slip
from kiosk.issuer import Issuer
from kiosk.paper import render
from kiosk.raster import picture, rows
from kiosk.slip import Item, Number, Text
from kiosk.store import KioskStore

SECOND = dt.timedelta(seconds=1)
DOCUMENTS = (m.Document("สำเนาบัตรประชาชน", True), m.Document("สำเนาทะเบียนบ้าน", False))
WISH = m.Print(
    "p1", NINE + 20 * SECOND, "receipt", "th", "12/2569", "1.2", "request", NINE, "น้ำฝน ซื่อตรง", DOCUMENTS,
    dt.date(2026, 11, 24), dt.date(2027, 1, 6),
)  # fmt: skip


class Kiosk:
    """A real core on a real store; its printer answers when told to."""

    def __init__(self, folder):
        self.folder, self.at = folder, 0.0
        self.start()

    def start(self):
        self.printed, self.answers = [], []
        self.store = KioskStore.open(self.folder / "kiosk.sqlite", (1, 999))
        self.issuer = Issuer(CENTRE, self.store, self, self, self.moment())
        self.issuer.begin(self.moment())
        self.issuer.act(pages.CardKnown(True), self.moment())

    def restart(self):
        """A power cut: what is not on the card is gone."""
        self.store.close()
        self.start()

    def moment(self):
        return Moment(self.at, NINE + self.at * SECOND)

    def hear(self, wish, retained=False):
        self.issuer.take(Received(wish, "kiosk-1", retained), self.moment())

    def tried(self, id, outcome="printed", printer="ready"):
        self.issuer.tried(CaseTried(id, outcome, printer), self.moment())

    def act(self, event):
        self.issuer.act(event, self.moment())

    def wait(self, seconds):
        self.at += seconds
        self.issuer.tick(self.moment())

    @property
    def ids(self):
        return [each.wish.id for each in self.printed]

    # what the issuer asks for
    def do(self, effect):
        if isinstance(effect, PrintCase):
            self.printed.append(effect)

    def publish(self, message, **_way):
        if isinstance(message, m.Printed):
            self.answers.append((message.id, message.outcome))
        return True

    def show(self, _state): ...
    def health(self, _health): ...


@pytest.fixture
def kiosk(tmp_path):
    kiosk = Kiosk(tmp_path)
    yield kiosk
    kiosk.store.close()


def test_a_paper_is_printed_and_answered(kiosk):
    kiosk.hear(WISH)
    assert (kiosk.ids, kiosk.answers) == (["p1"], [])
    kiosk.tried("p1")
    assert kiosk.answers == [("p1", "printed")]


def test_what_is_asked_for_again_is_answered_again_and_never_printed_twice(kiosk):
    kiosk.hear(WISH)
    kiosk.hear(WISH)
    kiosk.tried("p1", "not_printed", "paper_out")
    kiosk.hear(WISH)
    assert (kiosk.ids, kiosk.answers) == (["p1"], [("p1", "not_printed")] * 2)


def test_after_a_power_cut_between_print_and_answer_it_is_unsure_and_not_printed_again(kiosk):
    kiosk.hear(WISH)
    kiosk.restart()
    kiosk.hear(WISH)
    assert (kiosk.ids, kiosk.answers) == ([], [("p1", "unsure")])


def test_what_was_answered_before_a_power_cut_is_answered_alike_after_it(kiosk):
    kiosk.hear(WISH)
    kiosk.tried("p1")
    kiosk.restart()
    kiosk.hear(WISH)
    assert (kiosk.ids, kiosk.answers) == ([], [("p1", "printed")])


def test_what_waited_at_a_power_cut_is_printed_only_if_it_is_asked_for_again(kiosk):
    kiosk.hear(WISH)
    kiosk.hear(replace(WISH, id="p2"))
    kiosk.restart()
    assert kiosk.ids == []
    kiosk.hear(replace(WISH, id="p2"))
    assert kiosk.ids == ["p2"]


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"deadline": NINE}, "late"),
        ({"deadline": NINE + 61 * SECOND}, "clock_ahead"),
        ({"service": "9.9"}, "service_unknown"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(kiosk, changed, outcome):
    kiosk.hear(replace(WISH, **changed))
    assert (kiosk.ids, kiosk.answers) == ([], [("p1", outcome)])


def test_a_retained_wish_is_of_nobody_knows_when(kiosk):
    kiosk.hear(WISH, retained=True)
    assert (kiosk.ids, kiosk.answers) == ([], [])


def test_papers_come_one_after_the_other_and_a_few_may_wait(kiosk):
    for n in range(MOST_WAITING + 2):
        kiosk.hear(replace(WISH, id=f"n{n}"))
    assert (kiosk.ids, kiosk.answers) == (["n0"], [(f"n{MOST_WAITING + 1}", "busy")])
    kiosk.tried("n0")
    assert kiosk.ids == ["n0", "n1"]


def touch(kiosk):
    """A citizen takes a ticket; its job."""
    kiosk.act(pages.Touched("1.1"))
    return kiosk.issuer.state.page.job


def test_whoever_stands_at_the_glass_goes_first(kiosk):
    job = touch(kiosk)
    kiosk.hear(WISH)
    kiosk.act(pages.Printed(job))
    assert kiosk.ids == []  # the ticket still lies there
    kiosk.wait(CENTRE.kiosk_screen.ticket_seconds)
    assert kiosk.ids == ["p1"]


def test_what_waited_past_its_deadline_is_refused_then_and_never_printed(kiosk):
    touch(kiosk)
    kiosk.hear(WISH)
    assert kiosk.issuer.deadline() <= 20
    kiosk.wait(20)
    assert kiosk.answers == [("p1", "late")]
    kiosk.wait(100)
    kiosk.act(pages.PrintFailed(1, "paper_out"))
    kiosk.wait(1000)
    assert kiosk.ids == []


def test_a_card_that_cannot_be_written_prints_nothing_that_it_would_forget(kiosk):
    kiosk.store._connection.execute("PRAGMA query_only = 1")
    kiosk.hear(WISH)
    assert (kiosk.ids, kiosk.answers) == ([], [("p1", "not_printed")])


def test_a_card_that_cannot_be_read_does_not_know_whether_it_was_printed(kiosk):
    kiosk.store._connection.execute("DROP TABLE case_print")
    kiosk.hear(WISH)
    assert (kiosk.ids, kiosk.answers) == ([], [("p1", "unsure")])


def test_the_card_keeps_so_many_ids_and_the_latest(kiosk):
    for n in range(KEPT + 5):
        kiosk.store._connection.execute("INSERT INTO case_print (id) VALUES (?)", (f"n{n}",))
    kiosk.hear(WISH)
    ids = [id for (id,) in kiosk.store._connection.execute("SELECT id FROM case_print ORDER BY key")]
    assert (len(ids), ids[-1]) == (KEPT, "p1")


# ---------------------------------------------------------------- bytes from strangers
PLAIN = json.loads(encode(WISH))


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 2},
        {"id": "a b"},
        {"number": "12/2026"},
        {"number": "0/2569"},
        {"number": "12/2569\n"},
        {"paper": "passport"},
        {"language": "../th"},
        {"officer": "a\u0007"},
        {"documents": [{"name": "x", "held": True}] * 21},
        {"documents": [{"name": "x", "held": "yes"}]},
        {"documents": [{"name": "\x1b@", "held": False}]},
        {"filed": "2026-11-23T09:00:00"},
        {"answer_due": "tomorrow"},
        {"citizen": "สมชาย"},
        {"matter": "x" * 8192},
    ],
)
def test_a_wish_that_does_not_fit_the_contract_is_none(changed):
    with pytest.raises(BadMessage):
        decode(m.Print, json.dumps(PLAIN | changed).encode())


def test_the_fullest_checklist_fits_into_a_message_and_onto_paper():
    full = replace(WISH, officer="น" * 60, documents=(m.Document("กั้" * 26 + "กก", False),) * 20)
    assert decode(m.Print, encode(full)) == full
    for wish in (full, replace(full, paper="missing", number="9999999/2999", language="xx")):
        (paper,) = Out(render(case_slip(wish, CENTRE), able(58), FONT), 58).papers
        assert paper.height > 20 * 2 * 30


def test_a_ticked_box_can_be_told_from_an_empty_one():
    empty, ticked = (picture([Item("ก", ticked)], able(80), FONT) for ticked in (False, True))
    assert empty.size == ticked.size
    assert sum(map(int.bit_count, b"".join(rows(ticked)))) > sum(map(int.bit_count, b"".join(rows(empty)))) + 40


# ---------------------------------------------------------------- what it says
def words(wish):
    return [line.text for line in case_slip(wish, CENTRE) if isinstance(line, Text | Number)]


def test_a_receipt_has_number_days_due_and_the_whole_checklist():
    lines = case_slip(WISH, CENTRE)
    assert {"24 พ.ย. 2569", "6 ม.ค. 2570", "1 วันทำการ", "30 วันทำการ"} <= set(words(WISH))
    assert Number("12/2569") in lines
    assert [line for line in lines if isinstance(line, Item)] == [
        Item("สำเนาบัตรประชาชน", True), Item("สำเนาทะเบียนบ้าน", False),
    ]  # fmt: skip


def test_a_slip_of_what_is_missing_asks_for_that_first():
    missing = replace(WISH, paper="missing", language="en")
    assert [line.text for line in case_slip(missing, CENTRE) if isinstance(line, Item)] == [
        "สำเนาทะเบียนบ้าน",
        "สำเนาบัตรประชาชน",
    ]
    assert "24 Nov 2026" not in words(missing)


def test_days_that_may_change_say_so():
    warning = "These dates may change, for not all public holidays are confirmed yet"
    english = replace(WISH, language="en")
    assert warning not in words(english)
    assert warning in words(replace(english, provisional=True))
