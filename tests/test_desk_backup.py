"""Copies of the desk's store, and the way back."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import apsw
import msgspec
import pytest
from msgspec.structs import replace
from queue_script import CENTRE, NINE

from broker.centre import Backup, Desk
from broker.store import alone, open_store
from display.desk.backup import copies
from display.desk.store import DESK_MIGRATIONS, FILE, LOCK


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "second-medium"


@pytest.fixture
def desk(tmp_path):
    """A store with one account, signed in."""
    store = open_store(tmp_path / FILE, DESK_MIGRATIONS)
    store.execute("INSERT INTO account (name, shown, role) VALUES ('somsri', 'สมศรี', 'officer')")
    store.execute("INSERT INTO session VALUES (x'00', 'somsri', 0, 0)")
    yield store
    store.close()


@pytest.fixture
def command(folder, tmp_path):
    """``command(verb, …)`` as a technician would type it."""
    centre = tmp_path / "centre.toml"
    its = replace(CENTRE, backup=Backup(str(folder)), desk=CENTRE.desk or Desk())
    centre.write_bytes(msgspec.toml.encode(its))

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        given = [*map(str, words), "--centre", str(centre), "--state", str(tmp_path)]
        return subprocess.run(
            [sys.executable, "-m", "display.desk", *given], capture_output=True, text=True, timeout=60
        )

    return run


def accounts(file: Path) -> list[str]:
    with closing(apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)) as store:
        return [name for (name,) in store.execute("SELECT name FROM account ORDER BY name")]


def test_a_copy_is_taken_while_the_desk_works_and_restored_without_its_sessions(desk, command, folder, tmp_path):
    assert command("backup").returncode == 0
    (copy,) = copies(folder).files()
    desk.execute("INSERT INTO account (name, shown, role) VALUES ('wrong', 'x', 'administrator')")
    desk.close()
    told = command("restore")
    assert (told.returncode, str(copy) in told.stdout) == (0, True), told
    assert accounts(tmp_path / FILE) == ["somsri"]
    with closing(open_store(tmp_path / FILE, DESK_MIGRATIONS)) as store:
        assert store.execute("SELECT count(*) FROM session").get == 0
    (kept,) = tmp_path.glob(f"{FILE}.replaced-*[0-9]")
    assert accounts(kept) == ["somsri", "wrong"]


def test_nothing_is_restored_under_a_desk_that_works(desk, command, tmp_path):
    command("backup")
    alone(tmp_path / LOCK)  # this process is the desk
    told = command("restore")
    assert told.returncode == 75
    assert "systemctl stop khiu-desk@desk" in told.stderr


@pytest.mark.parametrize("left", [0, 9000])
def test_a_torn_copy_is_passed_over_for_the_one_before(desk, command, folder, tmp_path, left):
    good = copies(folder).take(tmp_path / FILE, DESK_MIGRATIONS, NINE)
    torn = copies(folder).take(tmp_path / FILE, DESK_MIGRATIONS, NINE + dt.timedelta(hours=1))
    torn.write_bytes(torn.read_bytes()[:left])
    desk.close()
    told = command("restore")
    assert (told.returncode, f"restored from {good}" in told.stdout, str(torn) in told.stderr) == (0, True, True), told
    assert list(tmp_path.glob(".*")) == []


def test_no_copy_with_a_citizens_contact_is_kept_beyond_sixty_days():
    now = NINE
    files = [Path(f"{now - dt.timedelta(days=age):desk-%Y%m%dT%H%M%SZ.sqlite}") for age in range(400, -1, -1)]
    kept = set(files) - set(copies(Path()).superfluous(files, now))
    assert min(kept, key=str) == files[-61]
