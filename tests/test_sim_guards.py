"""Each guard that keeps a promise is taken away in turn, and the simulation must find what then breaks.

A simulation that finds nothing without a guard would prove nothing with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sim_day
from promises import Promise
from sim_deeds import Deed, NewCard, Storm
from sim_network import Weather
from sim_world import Machine

from broker import store
from broker.clock import Moment
from broker.messages import AnyFact, Fact, Rated
from broker.outbox import Courier, Outbox
from counter_buttons.votes import Votes
from display.hall import Hall
from display.queue import rules, times
from display.signage.said import Store
from kiosk import flow, pages
from kiosk.store import KioskStore

LONGEST = 60  # days until it must be found


def finds(kind: str, *promises: Promise, more: tuple[Deed, ...] = ()) -> None:
    """Within some days of this kind, with these deeds added, one of these promises is broken."""
    for seed in range(LONGEST):
        day = sim_day.live(seed, (*sim_day.plan(seed, kind), *more))
        broken = {breach.promise for breach in day.verdict.breaches}
        if broken & set(promises):
            return
    raise AssertionError(f"{LONGEST} days of {kind}, and nothing was found")


def test_without_the_acknowledgement_the_simulation_finds_lost_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    send = Courier.send

    def forget(self: Courier, moment: Moment) -> None:
        send(self, moment)
        if sent := self._sent:
            self._outbox._connection.execute("DELETE FROM outbox WHERE seq <= ?", (sent,))

    monkeypatch.setattr(Courier, "send", forget)
    finds("cuts", "lost")


def test_without_the_order_of_facts_the_simulation_finds_them_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    take = Hall._fact

    def any_order(self: Hall, node: str, message: Fact, now: Any) -> None:
        self.ledger.acked[node] = message.seq - 1
        take(self, node, message, now)

    monkeypatch.setattr(Hall, "_fact", any_order)
    finds("storm", "doubled", "untrue", "out of order")


def test_without_the_memory_of_answers_the_simulation_finds_a_press_that_acts_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Hall, "_remember", lambda *_: None)
    finds("calm", "doubled", more=(Storm(3.0, Weather(doubled=1.0), 150.0),))


def test_without_the_deadline_the_simulation_finds_a_press_that_acts_late(monkeypatch: pytest.MonkeyPatch) -> None:
    barred = rules._barred

    def patient(today: Any, node: str, command: Any, now: Any) -> Any:
        reason = barred(today, node, command, now)
        return None if reason == "late" else reason

    monkeypatch.setattr(rules, "_barred", patient)
    finds("cuts", "late")


def test_without_the_screens_memory_the_simulation_finds_a_call_announced_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Store, "add", lambda *_: None)
    finds("kills", "doubled")


def test_without_a_durable_number_before_paper_the_simulation_finds_a_number_on_two_papers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give = KioskStore.give

    def carelessly(self: KioskStore, *args: Any, **more: Any) -> Any:
        self._connection.execute("PRAGMA wal_autocheckpoint = 0")  # unsynced, that would tear the file: another story
        self._connection.execute("PRAGMA synchronous = OFF")
        try:
            return give(self, *args, **more)
        finally:
            self._connection.execute("PRAGMA synchronous = FULL")

    monkeypatch.setattr(KioskStore, "give", carelessly)
    finds("power", "doubled", "lost")


def test_without_the_sync_the_simulation_finds_what_a_power_cut_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SYNCHRONOUS", "OFF")
    finds("power", "lost", "doubled", "untrue")


def test_without_the_uniqueness_of_votes_the_simulation_finds_a_visit_rated_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def every_tap(self: Votes, rated: Rated, since: Any = None) -> bool:
        with self._connection:
            self._outbox.add(rated, since)
        return True

    monkeypatch.setattr(Votes, "cast", every_tap)
    finds("cuts", "doubled")


def test_without_the_kept_outbox_the_simulation_finds_thanks_for_a_vote_that_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add: Callable[..., int] = Outbox.add

    def in_memory(self: Outbox, fact: AnyFact, since: Any = None) -> int:
        return 0 if isinstance(fact, Rated) else add(self, fact, since)

    monkeypatch.setattr(Outbox, "add", in_memory)
    finds("calm", "lost")


def test_without_the_age_of_a_ticket_the_simulation_finds_one_whose_time_is_not_that_of_the_touch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(times, "_when", lambda _told, _message, now: (now, "repaired"))
    finds("clocks", "untrue")


def test_without_the_patience_of_a_new_card_the_simulation_finds_a_number_given_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(flow.KNOWLEDGE, pages.CardKnown, lambda state, _event: state)
    finds("calm", "doubled", more=tuple(NewCard(at, "kiosk-1", 50.0) for at in (40.0, 60.0, 80.0)))


def test_machines_die_at_syncs_at_messages_and_at_what_people_see(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulation's own guard: it does kill, and at boundaries."""
    seen: list[str] = []
    fall = Machine._fall

    def noted(self: Machine) -> None:
        seen.append(self._at_boundary)
        fall(self)

    monkeypatch.setattr(Machine, "_fall", noted)
    for seed in range(20):
        sim_day.live(seed, sim_day.plan(seed, "kills"))
    assert {"before a sync", "after a sync", "before it says Command", "after it said Command"} <= set(seen)
    assert {"before the paper", "before the first sound"} & set(seen)
