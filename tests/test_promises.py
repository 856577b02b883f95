"""The judge of all fault tests: an honest day passes, and each promise that is broken is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from promises import Begun, Evidence, Paper, Press, Promise, Thanked, Verdict, judge
from queue_script import MONDAY, NINE, Script

from broker import messages as m
from display.ledger.ledger import FILE, Ledger, Source
from display.queue import events as e
from kiosk.store import KioskStore

A, B = "A001", "A002"
NODE = "buttons-1"


class Day:
    """A small day whose evidence a test may spoil before it is judged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        room = self.room = Script()
        self.rows: list[tuple[e.Event, Source]] = [(room.events[0], Source())]
        self.presses: list[Press] = []
        self.papers = [Paper("kiosk-1", MONDAY, number, copy=False) for number in (A, B)]
        self.thanked: list[Thanked] = []
        self.seen: list[m.Message] = []
        self.facts = {"kiosk-1": 0, NODE: 0}
        for number in (A, B):
            self.fact("kiosk-1", m.TicketIssued(number, MONDAY, "1.1", room.now))
            room.after(1)
        for action in (m.Next(), m.Start(), m.Finish()):
            self.press(action)
        visit = room.today.points[2].survey.visit
        self.fact(NODE, m.Rated(visit, 2, 5, room.now))
        self.thanked.append(Thanked(NODE, visit))
        self.begun = [Begun("screen-1", event.call) for event in room.events if isinstance(event, e.Called)]

    def write(self, since: int, source: Source) -> None:
        later = Source(source.node, command=source.command)
        events = self.room.events[since:]
        self.rows += zip(events, [source, *[later] * (len(events) - 1)], strict=True)

    def fact(self, node: str, fact: m.AnyFact) -> None:
        since = len(self.room.events)
        assert isinstance(self.room.fact(node, fact), tuple)
        self.facts[node] += 1
        self.write(since, Source(node, fact=self.facts[node]))

    def press(self, action: m.Action, id: str = "", delay: float = 0.1, expect: str | None = None) -> None:
        room, since = self.room, len(self.room.events)
        command = m.Command(
            id or f"press-{len(self.presses)}", 2, room.now + dt.timedelta(seconds=5), action, expect=expect
        )
        self.presses.append(Press(NODE, command, room.now))
        room.after(delay)
        room.press(2, action)
        assert len(room.events) > since, "refused"
        self.write(since, Source(NODE, command=command.id))

    def verdict(self, kiosks: Mapping[str, Path] | None = None, **changes: Any) -> Verdict:
        path = self.folder / FILE
        with closing(Ledger(path)) as ledger:
            for event, source in self.rows:
                ledger.record(MONDAY, (event,), source)
        left = (self.papers, self.presses, self.begun, self.thanked, self.seen)
        evidence = Evidence(path, kiosks or {}, *left, true_times=True, **changes)
        return judge(evidence)

    def breaks(self, promise: Promise, of: str, **changes: object) -> None:
        verdict = self.verdict(**changes)
        assert [b.promise for b in verdict.breaches] == [promise], verdict
        assert of in verdict.breaches[0].what


@pytest.fixture
def day(tmp_path) -> Day:
    return Day(tmp_path)


def test_an_honest_day_keeps_every_promise_and_is_counted(day):
    verdict = day.verdict()
    assert verdict.breaches == ()
    assert (verdict.tickets, verdict.calls, verdict.ratings) == (2, 1, 1)


def test_a_press_that_expected_what_it_found_keeps_every_promise(day):
    day.press(m.Next(), expect=day.room.stand(2))
    day.press(m.Hold(), expect=day.room.stand(2))
    day.press(m.Resume(), expect=day.room.stand(2))
    day.begun += [Begun("screen-1", x.call) for x in day.room.events if isinstance(x, e.Called)][1:]
    assert day.verdict().breaches == ()


def test_a_press_that_acted_on_a_point_that_had_moved_on_is_late(day):
    stand = day.room.stand(2)
    day.press(m.Close())
    day.press(m.Open(), expect=stand)
    day.breaks("late", f"expected {stand}")


def test_paper_of_a_number_that_the_ledger_does_not_hold_is_a_loss(day):
    day.papers.append(Paper("kiosk-1", MONDAY, "A009", copy=False))
    day.breaks("lost", "A009")


def test_a_number_on_two_papers_is_doubled_unless_one_says_that_it_is_a_copy(day):
    day.papers.append(Paper("kiosk-1", MONDAY, A, copy=True))
    assert day.verdict().breaches == ()


def test_a_number_on_two_papers_is_doubled(day):
    day.papers.append(Paper("kiosk-1", MONDAY, A, copy=False))
    day.breaks("doubled", A)


def test_a_number_that_a_kiosk_holds_and_the_ledger_does_not_is_a_loss(day, tmp_path):
    store = KioskStore.open(tmp_path / "kiosk.sqlite", (1, 999))
    given = [store.give(day.room.today.centre.service("1.1"), False, NINE, MONDAY) for _ in range(3)]
    store.enter(given[2].key, paper=True)
    store.close()
    day.breaks("lost", "A003", kiosks={"kiosk-1": tmp_path / "kiosk.sqlite"})


def test_a_fact_that_is_skipped_is_a_loss(day):
    day.rows = [(event, replaced(source, fact=9) if source.fact == 2 else source) for event, source in day.rows]
    day.breaks("lost", "facts 2 to 8")


def test_a_press_that_acts_again_later_is_doubled(day):
    day.press(m.Next())
    day.press(m.Start(), id="press-0")
    del day.presses[-1]
    day.breaks("doubled", "press-0", heard=lambda *_: False)


def test_a_press_that_acts_after_its_deadline_is_late(day):
    day.press(m.Next(), delay=6)
    day.breaks("late", "pressed", heard=lambda *_: False)


def test_an_act_that_nobody_pressed_for_is_untrue(day):
    del day.presses[2]
    day.breaks("untrue", "never sent")


def test_an_answer_that_the_ledger_does_not_bear_out_is_a_loss(day):
    day.seen.append(m.Reply("press-9", 2, m.Accepted(A)))
    day.breaks("lost", "press-9")


def test_a_call_that_nobody_announced_is_a_loss_where_a_screen_could_hear_it(day):
    day.begun.clear()
    assert day.verdict(heard=lambda *_: False).breaches == ()


def test_a_call_that_nobody_announced_is_a_loss(day):
    day.begun.clear()
    day.breaks("lost", "never announced")


def test_a_call_that_is_announced_twice_is_doubled(day):
    day.begun *= 2
    day.breaks("doubled", "2 times")


def test_a_call_announced_after_a_later_one_is_out_of_order(day):
    day.press(m.Next())
    later = Begun("screen-1", day.room.today.recent[0].call)
    day.begun.insert(0, later)
    day.breaks("out of order", "announced event")


def test_where_the_network_kept_no_order_a_call_may_be_announced_after_a_later_one(day):
    day.press(m.Next())
    day.begun.insert(0, Begun("screen-1", day.room.today.recent[0].call))
    assert day.verdict(kept_order=False).breaches == ()


def test_a_command_that_finds_things_as_it_asks_for_is_accepted_without_an_event(day):
    day.presses.append(Press(NODE, m.Command("press-9", 2, day.room.now, m.Close()), day.room.now))
    day.seen.append(m.Reply("press-9", 2, m.Accepted()))
    assert day.verdict().breaches == ()


def test_an_announcement_of_what_nobody_called_is_untrue(day):
    day.begun.append(Begun("screen-1", "ghost"))
    day.breaks("untrue", "ghost")


def test_a_call_published_before_the_ledger_holds_it_is_untrue(day):
    day.seen.append(m.Call("ghost", A, 2, NINE))
    day.breaks("untrue", "ghost")


def test_the_later_of_two_called_first_is_out_of_order(tmp_path):
    day = Day(tmp_path)
    day.fact("kiosk-1", m.TicketIssued("A003", MONDAY, "1.1", day.room.now))
    day.press(m.CallTicket("A003"))
    day.presses[-1] = replace_action(day.presses[-1], m.Next())
    day.breaks("out of order", "A003 before A002", heard=lambda *_: False)


def test_a_ticket_shown_at_two_points_is_doubled(day):
    points = tuple(m.PointView(point, "called", A) for point in (2, 3))
    day.seen.append(m.Board(1, MONDAY, NINE, (), points, ()))
    day.breaks("doubled", "at 2 points")


def test_a_vote_that_was_thanked_for_and_is_not_in_the_ledger_is_a_loss(day):
    day.thanked.append(Thanked(NODE, "nowhere"))
    day.breaks("lost", "nowhere")


def test_a_vote_that_was_thanked_for_twice_is_doubled(day):
    day.thanked *= 2
    day.breaks("doubled", "thanked for 2 times")


def test_a_ledger_that_was_tampered_with_is_untrue(day, monkeypatch):
    monkeypatch.setattr("display.ledger.ledger.link", lambda before, row: before)
    assert {b.promise for b in day.verdict().breaches} == {"untrue"}


def replace_action(press: Press, action: m.Action) -> Press:
    return Press(press.node, replace(press.command, action=action), press.at)
