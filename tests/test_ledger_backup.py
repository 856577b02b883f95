"""Copies of the ledger, and the way back."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import apsw
import msgspec
import pytest
from hall_script import Morning
from msgspec.structs import replace
from queue_script import CENTRE, MONDAY, NINE

from broker import messages as m
from broker.centre import Backup
from broker.clock import Moment
from broker.copies import NoBackup
from broker.link import Connected
from broker.outbox import OUTBOX_MIGRATIONS, Courier, Outbox
from broker.store import Damaged, alone, open_store
from display.__main__ import _old
from display.ledger.audit import audit
from display.ledger.backup import copies, heal, restore
from display.ledger.ledger import FILE, LOCK, Ledger
from display.ledger.schema import MIGRATIONS

HOUR = dt.timedelta(hours=1)
MOMENT = Moment(0.0, NINE)


@pytest.fixture
def morning(tmp_path: Path) -> Morning:
    (tmp_path / "hall").mkdir()
    made = Morning(tmp_path / "hall")
    made.arrive("A001")
    made.press(m.Next())
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "second-medium"


def ruin(file: Path) -> None:
    """What a dying card leaves: the file's middle is noise."""
    data = bytearray(file.read_bytes())
    data[4096 : len(data) // 2] = b"\xa5" * (len(data) // 2 - 4096)
    file.write_bytes(data)
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)


def test_a_copy_is_taken_while_the_hall_works_and_proves_itself(morning, folder):
    copy = copies(folder).take(morning.file, MIGRATIONS, NINE)
    morning.arrive("A002")
    assert audit(copy).faults == ()
    assert audit(copy).head != audit(morning.file).head
    assert copies(folder).youngest() == NINE


def test_a_medium_that_is_full_or_gone_leaves_no_half_copy(morning, folder, monkeypatch):
    def full(_connection: apsw.Connection) -> None:
        raise apsw.FullError("disk full")

    monkeypatch.setattr("broker.store.check", full)
    with pytest.raises(OSError, match="disk full"):
        copies(folder).take(morning.file, MIGRATIONS, NINE)
    assert copies(folder).files() == []


def test_every_copy_of_two_days_is_kept_then_one_a_day_then_one_a_month():
    now = NINE
    hourly = [now - n * HOUR for n in range(24 * 365, -1, -1)]
    files = [Path(f"{taken:ledger-%Y%m%dT%H%M%SZ.sqlite}") for taken in hourly]
    kept = set(files) - set(copies(Path()).superfluous(files, now))
    ages = sorted(
        now - dt.datetime.strptime(f.name, "ledger-%Y%m%dT%H%M%SZ.sqlite").replace(tzinfo=dt.UTC) for f in kept
    )
    assert sum(age <= dt.timedelta(days=2) for age in ages) == 49
    assert 57 <= sum(dt.timedelta(days=2) < age <= dt.timedelta(days=60) for age in ages) <= 59
    assert 10 <= sum(age > dt.timedelta(days=60) for age in ages) <= 11


def test_the_only_copy_is_kept_however_old_it_is():
    assert copies(Path()).superfluous([Path("ledger-20200101T000000Z.sqlite")], NINE) == []


def test_three_hours_without_a_copy_are_told():
    assert _old(None, NINE)
    assert _old(NINE - 4 * HOUR, NINE)
    assert not _old(NINE - 2 * HOUR, NINE)


def test_what_a_restored_ledger_lacks_is_told_again_by_the_kiosk(morning, folder, tmp_path):
    kiosk = open_store(tmp_path / "kiosk", OUTBOX_MIGRATIONS)
    courier = Courier(Outbox(kiosk), lambda fact: morning.hear("kiosk-1", fact))
    courier.acked(m.Ack(1, ledger=morning.ledger.name), MOMENT)  # A001, of the fixture
    copy = copies(folder).take(morning.file, MIGRATIONS, NINE)

    def give(*numbers: str) -> None:
        with kiosk:
            for number in numbers:
                Outbox(kiosk).add(m.TicketIssued(number, MONDAY, "1.1", NINE))
        courier.send(MOMENT)
        courier.acked(morning.wire.last(m.Ack), MOMENT)

    give("A002", "A003")
    assert set(morning.hall.today.tickets) == {"A001", "A002", "A003"}
    morning.ledger.close()
    restore(morning.file.parent, copy)
    morning.restart()
    assert set(morning.hall.today.tickets) == {"A001"}
    morning.hall.receive(Connected(), NINE)
    courier.acked(next(said for said, node in reversed(morning.wire.said) if node == "kiosk-1"), MOMENT)
    assert set(morning.hall.today.tickets) == {"A001", "A002", "A003"}
    assert audit(morning.file).faults == ()


def test_a_copy_that_was_tampered_with_is_not_restored(morning, folder):
    copy = copies(folder).take(morning.file, MIGRATIONS, NINE)
    with closing(apsw.Connection(str(copy))) as file:
        file.execute("DROP TRIGGER event_remains; DELETE FROM event WHERE kind = 'called'")
    morning.ledger.close()
    before = morning.file.read_bytes()
    with pytest.raises(NoBackup, match="is not what was written"):
        restore(morning.file.parent, copy)
    assert morning.file.read_bytes() == before
    assert list(morning.file.parent.glob(".*")) == []


def test_a_copy_of_an_older_version_is_restored_and_brought_up_to_date(morning, folder):
    copy = copies(folder).take(morning.file, MIGRATIONS, NINE)
    with closing(apsw.Connection(str(copy))) as old:  # as it was before there were practice days
        old.execute("DROP TABLE practice; DELETE FROM migration WHERE name = 'practice days'")
    morning.ledger.close()
    found, _aside = restore(morning.file.parent, copy)
    assert (found.faults, audit(morning.file).faults, found.events > 0) == ((), (), True)


@pytest.mark.parametrize("content", [b"", b"noise"])
def test_what_is_no_copy_takes_no_ledgers_place_and_leaves_nothing_behind(morning, content):
    copy, before = morning.file.with_name("copy"), morning.ledger.path.read_bytes()
    copy.write_bytes(content)
    with pytest.raises(NoBackup, match="copy"):
        restore(morning.file.parent, copy)
    assert morning.file.read_bytes() == before
    assert list(morning.file.parent.glob(".*")) == []


def test_a_damaged_ledger_is_kept_and_the_youngest_good_copy_takes_its_place(morning, folder):
    good = copies(folder).take(morning.file, MIGRATIONS, NINE)
    bad = copies(folder).take(morning.file, MIGRATIONS, NINE + HOUR)
    ruin(bad)
    morning.ledger.close()
    ruin(morning.file)
    with pytest.raises(Damaged):
        Ledger(morning.file)
    aside, copy = heal(morning.file.parent, folder)
    assert copy == good
    assert "damaged" in aside.name
    assert aside.exists()
    assert audit(morning.file).faults == ()


@pytest.fixture
def command(morning, folder, tmp_path):
    """``command(verb, …)`` as a technician would type it, with this morning's state."""
    centre = tmp_path / "centre.toml"
    centre.write_bytes(msgspec.toml.encode(replace(CENTRE, backup=Backup(str(folder)))))

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        given = [*map(str, words), "--centre", str(centre), "--state", str(morning.file.parent)]
        return subprocess.run([sys.executable, "-m", "display", *given], capture_output=True, text=True, timeout=60)

    return run


def test_the_commands_copy_prove_and_restore(command, morning, folder):
    assert command("backup").returncode == 0
    (copy,) = copies(folder).files()
    morning.arrive("A002")
    morning.ledger.close()
    assert command("verify", copy).returncode == 0
    told = command("restore")
    assert (told.returncode, str(copy) in told.stdout) == (0, True), told
    assert audit(morning.file).events == audit(copy).events
    kept = list(morning.file.parent.glob(f"{FILE}.replaced-*"))
    assert audit(kept[0]).events > audit(copy).events


def test_nothing_is_restored_under_a_hall_that_works(command, morning):
    command("backup")
    alone(morning.file.parent / LOCK)  # this process is the hall
    told = command("restore")
    assert told.returncode == 75
    assert "systemctl stop khiu-hall" in told.stderr


def test_without_a_copy_nothing_is_touched(command, morning):
    morning.ledger.close()
    before = morning.file.read_bytes()
    assert command("restore").returncode == 1
    assert morning.file.read_bytes() == before
