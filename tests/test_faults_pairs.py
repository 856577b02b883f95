"""Two broken centres at a time, each in a process of its own: what one of them dies of is told and cleaned away."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from faults_centre import wait_for
from faults_morning import in_pairs


def test_results_come_in_the_order_of_the_jobs() -> None:
    assert in_pairs([lambda n=n: time.sleep(0.2 / (n + 1)) or n for n in range(4)]) == [0, 1, 2, 3]


def test_a_job_that_dies_is_told_and_leaves_nothing_running(tmp_path: Path) -> None:
    def dies() -> None:
        child = subprocess.Popen(["sleep", "60"], process_group=0)
        (tmp_path / "child").write_text(str(child.pid))
        os.kill(os.getpid(), signal.SIGSEGV)

    with pytest.raises(RuntimeError, match="died with -11"):
        in_pairs([dies])
    child = int((tmp_path / "child").read_text())
    assert wait_for(lambda: not Path(f"/proc/{child}/fd").exists() or "Z" in _state(child), 5)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def test_what_a_job_raised_is_raised() -> None:
    def fails() -> None:
        raise ValueError("of its own")

    with pytest.raises(RuntimeError, match="ValueError: of its own"):
        in_pairs([fails, lambda: 1])
