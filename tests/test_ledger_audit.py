"""`khiu-hall verify`: whatever was changed, removed or added afterwards is named."""

from __future__ import annotations

from contextlib import closing

import apsw
import pytest
from queue_script import MONDAY, NINE, Script

from broker import messages as m
from broker.store import StoreError, open_store
from display.ledger import schema
from display.ledger.audit import audit
from display.ledger.command import verify
from display.ledger.ledger import FILE, Ledger, Source
from display.queue.events import ServiceClosed

CLOSED = ServiceClosed(at=NINE, service="1.1")


@pytest.fixture
def file(tmp_path):
    """A morning of four tickets: one served and rated, one a no-show, one being served, one waiting."""
    room = Script()
    room.arrive("A001", "A002", "A003", "A004")
    for action in (m.Next(), m.Start(), m.Finish(), m.Next(), m.NoShow(), m.Next(), m.Start()):
        room.after(60)
        room.press(2, action)
        if survey := room.today.points[2].survey:
            room.fact("buttons-1", m.Rated(survey.visit, 2, 5, room.now))
    path = tmp_path / FILE
    with closing(Ledger(path)) as ledger:
        for place, event in enumerate(room.events):
            ledger.record(MONDAY, (event,), Source("kiosk-1", fact=place) if place else Source())
    return path


def tampered(file, sql: str) -> tuple[str, ...]:
    """What the audit says after somebody with the file in hand did this to it."""
    with closing(apsw.Connection(str(file))) as ledger:
        ledger.execute("DROP TRIGGER IF EXISTS event_stays; DROP TRIGGER IF EXISTS event_remains")
        ledger.execute(sql)
    return audit(file).faults


def test_an_honest_ledger_has_no_fault(file):
    assert audit(file).faults == ()


def test_an_empty_ledger_has_no_fault(tmp_path):
    Ledger(tmp_path / FILE).close()
    assert audit(tmp_path / FILE).faults == ()


@pytest.mark.parametrize(
    ("crime", "named"),
    [
        ("UPDATE event SET at = '2026-11-23T02:00:01+00:00' WHERE kind = 'called'", "called) is not the one"),
        ("UPDATE event SET node = 'buttons-2' WHERE seq = 7", "event 7"),
        ("DELETE FROM event WHERE seq = 8", "events 8 to 8 are missing"),
        ("DELETE FROM event WHERE seq = 1", "events 1 to 1 are missing"),
        ("UPDATE visit SET point = 3 WHERE number = 'A001'", "table visit"),
        ("DELETE FROM call WHERE times = 1", "table call"),
        ("INSERT INTO rating SELECT id, 1, 0 FROM visit WHERE number = 'A002'", "table rating"),
        ("UPDATE ticket SET state = 'served'", "table ticket"),
        ("DELETE FROM event WHERE seq <= 3; UPDATE forgotten SET through = 3", "no event says so"),
        ("UPDATE node SET acked = acked + 1", "kiosk-1"),
    ],
)
def test_what_was_changed_afterwards_is_named(file, crime, named):
    assert any(named in fault for fault in tampered(file, crime))


def test_events_cut_off_at_the_end_show_in_the_tables(file):
    assert any("table visit" in fault for fault in tampered(file, "DELETE FROM event WHERE seq > 9"))


def test_a_ledger_made_anew_without_a_call_does_not_hold_the_head_that_was_noted(file, tmp_path):
    noted = audit(file).head
    other = tmp_path / "other.sqlite"
    Ledger(other).close()
    assert audit(file, noted[:8]).faults == ()
    assert noted[:8] in audit(other, noted[:8]).faults[0]


def test_a_ledger_of_before_the_chain_is_chained_when_it_is_opened(file, monkeypatch):
    with closing(apsw.Connection(str(file))) as ledger:  # as the first version left it
        ledger.execute("DROP TRIGGER event_stays; ALTER TABLE event DROP COLUMN chain")
        ledger.execute(schema._UNCHANGING)
        ledger.execute("DELETE FROM migration WHERE name = 'events in a chain'")
    with pytest.raises(StoreError, match="older version"):
        audit(file)
    Ledger(file).close()
    assert audit(file).faults == ()
    with (
        pytest.raises(apsw.ConstraintError, match="append-only"),
        closing(open_store(file, schema.MIGRATIONS)) as ledger,
    ):
        ledger.execute("UPDATE event SET kind = 'x'")


def test_a_transaction_that_failed_leaves_the_chain_where_it_was(file):
    with closing(Ledger(file)) as ledger:
        with pytest.raises(apsw.ConstraintError):
            ledger.record(MONDAY, (CLOSED,), Source("kiosk-1", fact=1))
        ledger.record(MONDAY, (CLOSED,))
    assert audit(file).faults == ()


def test_it_reads_one_moment_while_the_hall_writes(file):
    with closing(Ledger(file)) as ledger:
        room = Script()
        room.arrive("A008", "A009")

        def write(done: int, _count: int) -> None:
            if not done:
                ledger.record(MONDAY, (CLOSED,))

        assert audit(file, progress=write).faults == ()


def test_the_command_names_the_head_and_exits_by_what_it_found(file, tmp_path, capsys):
    assert verify(["--state", str(file.parent)]) == 0
    assert audit(file).head in capsys.readouterr().out
    tampered(file, "DELETE FROM event WHERE seq = 5")
    assert verify(["--state", str(file.parent)]) == 1
    assert verify(["--state", str(tmp_path / "nowhere")]) == 2
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("head", ["123", "g" * 64, "0" * 65, "the head"])
def test_a_head_that_can_be_none_is_refused_as_a_word_of_the_command_and_says_nothing_of_the_ledger(file, head, capsys):
    with pytest.raises(SystemExit) as ended:
        verify(["--state", str(file.parent), "--head", head])
    assert ended.value.code == 2
    assert "one of 64 digits, 0 to 9 and a to f" in capsys.readouterr().err
