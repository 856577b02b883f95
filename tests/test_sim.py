"""Some hundred simulated days keep every promise; a day is the same whenever it is lived; a broken one is short."""

from __future__ import annotations

import pytest
import sim_day

from kiosk.store import KioskStore

DAYS = 18  # of each kind; `make faults` lives ten thousand


@pytest.mark.parametrize("kind", sim_day.KINDS)
def test_simulated_days_keep_every_promise(kind: str) -> None:
    tickets = calls = ratings = injected = 0
    for seed in range(DAYS):
        day = sim_day.live(seed, sim_day.plan(seed, kind))
        assert not day.verdict.breaches, f"python tests/faults_sim.py {kind} {seed}\n{day.verdict}"
        tickets, calls = tickets + day.verdict.tickets, calls + day.verdict.calls
        ratings, injected = ratings + day.verdict.ratings, injected + day.injected
    assert min(tickets, calls, ratings) > 3 * DAYS  # these days were no holidays
    assert bool(injected) == (kind != "calm")


def test_a_day_is_the_same_whenever_it_is_lived() -> None:
    plan = sim_day.plan(7)
    assert sim_day.story(7, plan) == sim_day.story(7, plan)


def test_a_broken_day_shrinks_to_what_broke_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KioskStore, "enter", lambda *_args, **_keywords: None)  # no ticket is told to the hall
    plan = sim_day.plan(1, "calm")
    short = sim_day.shrink(1, plan)
    assert [type(deed).__name__ for deed in short] == ["Citizen"]
    told = sim_day.story(1, short)
    assert "prints" in told
    assert "lost: " in told
