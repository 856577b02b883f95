"""A node that sends a thousand messages a second is heard at a sane pace, and the others as if it were not there."""

from __future__ import annotations

import datetime as dt

from broker import messages as m
from broker.link import Connected, Received
from display.turnstile import A_SECOND, A_STATUS, AT_ONCE, TurnedAway, Turnstile

AT = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def door() -> tuple[Turnstile, Clock, list]:
    heard: list = []
    clock = Clock()
    return Turnstile(heard.append, clock), clock, heard


def said(node: str) -> Received:
    return Received(m.Announced("call", True, AT), node, False)


def test_a_flood_passes_at_the_pace_of_a_busy_day_and_is_counted() -> None:
    turnstile, clock, heard = door()
    for n in range(10_000):  # ten seconds of a thousand
        clock.now = n / 1000
        turnstile(said("kiosk-1"))
    passed = sum(isinstance(event, Received) for event in heard)
    turned_away = [event.count for event in heard if isinstance(event, TurnedAway)]
    assert passed == AT_ONCE + 10 * A_SECOND - 1
    assert len(turned_away) == 10
    assert 10_000 - passed - 1000 < sum(turned_away) <= 10_000 - passed


def test_the_others_pass_meanwhile_and_so_does_the_links_own_word() -> None:
    turnstile, _, heard = door()
    for _ in range(1000):
        turnstile(said("kiosk-1"))
    turnstile(said("buttons-1"))
    turnstile(Connected())
    assert heard[-2:] == [said("buttons-1"), Connected()]


def test_a_node_that_calmed_down_may_bring_a_mornings_facts_at_once() -> None:
    turnstile, clock, heard = door()
    for _ in range(1000):
        turnstile(said("kiosk-1"))
    clock.now = AT_ONCE / A_SECOND
    heard.clear()
    for _ in range(int(AT_ONCE)):
        turnstile(said("kiosk-1"))
    assert heard == [said("kiosk-1")] * int(AT_ONCE)


def test_statuses_pass_at_a_slower_pace_than_facts_for_each_may_change_every_screen() -> None:
    turnstile, clock, heard = door()
    for n in range(1000):
        clock.now = n / 100
        turnstile(Received(m.Status(True, "kiosk", "x", AT), "kiosk-1", False))
    passed = sum(isinstance(event, Received) for event in heard)
    assert passed == int((AT_ONCE + 9.99 * A_SECOND) / A_STATUS)
