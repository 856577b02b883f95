"""A store survives power cuts, is brought up to date, and refuses what it does not understand."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import apsw
import pytest

from broker.store import SET_ASIDE, Damaged, StoreError, alive, open_healed, open_store, set_aside

FIRST = "-- first\nCREATE TABLE a (n INTEGER);"
SECOND = "-- second\nCREATE TABLE b (n INTEGER); INSERT INTO b VALUES (1);"


def test_every_commit_is_on_the_disk(tmp_path: Path) -> None:
    store = open_store(tmp_path / "s", [FIRST])
    assert store.execute("PRAGMA journal_mode").get == "wal"
    assert store.execute("PRAGMA synchronous").get == 2  # FULL


def test_a_migration_runs_once(tmp_path: Path) -> None:
    for migrations in ([FIRST], [FIRST, SECOND], [FIRST, SECOND]):
        store = open_store(tmp_path / "s", migrations)
    assert store.execute("SELECT count(*) FROM b").get == 1


def test_one_put_in_front_later_still_runs(tmp_path: Path) -> None:
    open_store(tmp_path / "s", [SECOND]).close()
    assert open_store(tmp_path / "s", [FIRST, SECOND]).execute("SELECT count(*) FROM a").get == 0


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    broken = "-- broken\nCREATE TABLE c (n INTEGER); INSERT INTO nowhere VALUES (1);"
    with pytest.raises(apsw.SQLError):
        open_store(tmp_path / "s", [FIRST, broken])
    assert open_store(tmp_path / "s", [FIRST]).execute("SELECT count(*) FROM sqlite_schema WHERE name = 'c'").get == 0


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    open_store(tmp_path / "s", [FIRST, SECOND]).close()
    with pytest.raises(StoreError, match=r"s: written by a newer version, with second"):
        open_store(tmp_path / "s", [FIRST])


def test_a_damaged_file_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="s: damaged"):
        open_store(tmp_path / "s", [FIRST])


def test_a_file_whose_pages_are_noise_is_damaged_though_it_opens(tmp_path: Path) -> None:
    store = open_store(tmp_path / "s", [FIRST])
    store.executemany("INSERT INTO a VALUES (?)", [(n,) for n in range(5000)])
    store.close()
    data = bytearray((tmp_path / "s").read_bytes())
    data[8192:12288] = b"\xa5" * 4096
    (tmp_path / "s").write_bytes(data)
    with pytest.raises(Damaged):
        open_store(tmp_path / "s", [FIRST])


def test_a_damaged_file_is_set_aside_whole_and_staff_is_told(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"no database at all" * 100)
    (tmp_path / "s-wal").write_bytes(b"torn")
    for place in range(2):
        store, warned = open_healed(tmp_path / "s", [FIRST])
        assert warned == ((), (SET_ASIDE,))[place == 0]
        store.close()
    (kept,) = tmp_path.glob("s.damaged-*[0-9]")
    assert kept.read_bytes().startswith(b"no database")
    assert kept.with_name(kept.name + "-wal").read_bytes() == b"torn"


def test_two_files_set_aside_in_one_second_do_not_meet(tmp_path: Path) -> None:
    kept = set()
    for content in (b"one", b"two"):
        (tmp_path / "s").write_bytes(content)
        kept.add(set_aside(tmp_path / "s", "damaged").read_bytes())
    assert kept == {b"one", b"two"}


def test_two_migrations_of_one_name_are_a_fault_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one name"):
        open_store(tmp_path / "s", [FIRST, FIRST])


def test_a_transaction_left_by_an_exception_leaves_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "s", [FIRST])
    with suppress(ZeroDivisionError), store:
        store.execute("INSERT INTO a VALUES (1)")
        raise ZeroDivisionError
    assert store.execute("SELECT count(*) FROM a").get == 0


def test_a_store_is_alive_as_long_as_it_can_be_read(tmp_path: Path) -> None:
    store = open_store(tmp_path / "s", [FIRST])
    assert alive(store)
    store.close()
    assert not alive(store)


def test_a_store_gives_back_the_room_that_a_killed_process_left_in_its_log(tmp_path: Path) -> None:
    killed = open_store(tmp_path / "killed", [FIRST])
    with killed:
        killed.execute("INSERT INTO a VALUES (zeroblob(100000))")
    for end in ("", "-wal"):  # as a power cut leaves them
        shutil.copy(tmp_path / f"killed{end}", tmp_path / f"found{end}")
    assert (tmp_path / "found-wal").stat().st_size > 100000
    found = open_store(tmp_path / "found", [FIRST])
    assert (tmp_path / "found-wal").stat().st_size == 0
    assert found.execute("SELECT length(n) FROM a").get == 100000
    killed.close()
    found.close()


def test_the_log_is_taken_into_the_file_long_before_a_card_is_full_of_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "s", [FIRST])
    for _ in range(512):
        with store:
            store.execute("INSERT INTO a VALUES (1)")
    assert (tmp_path / "s-wal").stat().st_size < 256 * store.pragma("page_size")
    store.close()
