"""The table of `make faults`: any figure but zero in the middle is a failure, and says where it came from."""

from __future__ import annotations

import pytest
from faults import broken
from faults_table import Options, Row, row, table
from promises import Breach, Promise, Verdict


def test_what_was_kept_is_a_row_of_zeros_in_the_middle() -> None:
    kept = row("kill -9 hall", 3, [("morning 1", Verdict(4, 3, 2, ())), ("morning 2", Verdict(5, 4, 3, ()))], 2.25)
    assert kept == Row("kill -9 hall", 3, 9, 7, 5, outage=2.25)
    assert kept.kept
    assert table([kept]).splitlines()[2].split()[3:] == ["3", "9", "7", "5", "0", "0", "0", "0", "2.2", "s"]


@pytest.mark.parametrize("promise", ["lost", "doubled", "late", "out of order", "untrue"])
def test_each_promise_that_was_broken_fails_and_is_told_with_its_morning(promise: Promise) -> None:
    made = row("a fault", 1, [("morning 7", Verdict(1, 1, 1, (Breach(promise, "A001 of today"),)))], 0)
    assert not made.kept
    assert f"BROKEN  a fault: morning 7: {promise}: A001 of today" in table([made])


def test_a_part_that_fails_itself_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    (made,) = broken("which_there_is_not", Options(1, 1))
    assert not made.kept
