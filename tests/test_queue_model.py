"""The whole queue against a plain model: lists, loops and the rules of the design read again, nothing shared."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace
from queue_script import MONDAY, Script, with_calling

from broker import messages as m
from broker.centre import Desk
from display.queue import events as e
from display.queue.apply import apply
from display.queue.state import Today

points = st.sampled_from([2, 3, 4])
SERVICE = {2: "1.1", 3: "1.1", 4: "1.2"}
LIMIT, N, LATE, ANSWER = 3, 2, 2, 10
CENTRE = replace(
    with_calling(max_calls=LIMIT, others_per_priority=N, latecomer_within=LATE, answer_seconds=ANSWER), desk=Desk()
)


class AMorning(RuleBasedStateMachine):
    """``model`` maps a number to a plain dict; whose turn it is, is found by looking at all of them."""

    @initialize()
    def doors_open(self) -> None:
        self.room = Script(CENTRE)
        self.model: dict[str, dict] = {}
        self.ratio = {"1.1": N, "1.2": N}  # others called since the last priority ticket
        self.called: dict[str, list[str]] = {"1.1": [], "1.2": []}
        self.numbers = {"A": 0, "B": 0}
        self.missed_at: dict[int, str] = {}
        self.pages: dict[int, tuple[str, int, set[str]]] = {}  # point → a page of the desk: see `the_desk_looks`
        self.signed_in: dict[int, str] = {}

    # ------------------------------------------------------------ the model's own reading of the rules
    def there(self, point: int) -> str | None:
        found = [n for n, t in self.model.items() if t["point"] == point and t["state"] in ("called", "serving")]
        assert len(found) <= 1
        return found[0] if found else None

    def turn(self, service: str) -> str | None:
        waiting = sorted(
            (t["given"], n) for n, t in self.model.items() if t["state"] == "waiting" and t["service"] == service
        )
        priority = [n for _, n in waiting if self.model[n]["priority"]]
        others = [n for _, n in waiting if not self.model[n]["priority"]]
        if priority and (not others or self.ratio[service] >= N):
            return priority[0]
        return others[0] if others else None

    def call(self, number: str, point: int) -> None:
        ticket = self.model[number]
        if ticket["state"] == "waiting":
            service = ticket["service"]
            self.called[service].append(number)
            self.ratio[service] = 0 if ticket["priority"] else self.ratio[service] + 1
        ticket.update(state="called", point=point, calls=1, times=ticket["times"] + 1, heard=self.room.now)

    def seconds_since(self, number: str) -> float:
        return (self.room.now - self.model[number]["heard"]).total_seconds()

    def leave(self, number: str | None) -> None:
        if number and self.model[number]["state"] == "called":
            self.miss(number)
        elif number:
            self.model[number].update(state="served")

    def miss(self, number: str) -> None:
        ticket = self.model[number]
        ticket.update(state="no_show", missed=len(self.called[ticket["service"]]))
        self.missed_at[ticket["point"]] = number

    # ------------------------------------------------------------ what may happen
    @rule(letter=st.sampled_from("AB"), priority=st.booleans(), ago=st.integers(0, 900))
    def a_citizen_takes_a_number(self, letter: str, priority: bool, ago: int) -> None:
        self.numbers[letter] += 1
        number = f"{letter}{self.numbers[letter]:03}"
        self.room.arrive(number, priority=priority, ago=ago)
        self.model[number] = {
            "state": "waiting",
            "service": {"A": "1.1", "B": "1.2"}[letter],
            "priority": priority,
            "given": self.room.now - dt.timedelta(seconds=ago),
            "point": None,
            "times": 0,
        }

    @rule(seconds=st.integers(1, 300))
    def time_goes_by(self, seconds: int) -> None:
        self.room.after(seconds)

    @rule(point=points)
    def next(self, point: int, **at_desk: str) -> None:
        there, turn = self.there(point), self.turn(SERVICE[point])
        was_open = self.room.today.points[point].open
        answer = self.room.press(point, m.Next(), **at_desk)
        if there and self.model[there]["state"] == "called" and self.seconds_since(there) < ANSWER:
            assert answer == "point_busy"
            return
        self.leave(there)
        if turn:
            assert answer == turn
            self.call(turn, point)
        else:
            assert answer == (None if there or not was_open else "nobody_waiting")

    @rule(point=points)
    def recall(self, point: int) -> None:
        there = self.there(point)
        answer = self.room.press(point, m.Recall())
        if there is None:
            assert answer in ("nothing_called", "point_closed")
        elif self.model[there]["state"] == "serving":
            assert answer == "already_started"
        elif self.model[there]["calls"] == LIMIT:
            assert answer == "recall_limit"
        else:
            assert answer == there
            self.model[there]["calls"] += 1
            self.model[there]["times"] += 1
            self.model[there]["heard"] = self.room.now

    @rule(point=points)
    def start(self, point: int) -> None:
        there = self.there(point)
        answer = self.room.press(point, m.Start())
        if there and self.model[there]["state"] == "called":
            assert answer == there
            self.model[there]["state"] = "serving"
        else:
            assert answer in ("nothing_called", "point_closed", "already_started")

    @rule(point=points)
    def finish(self, point: int) -> None:
        there = self.there(point)
        served = bool(there) and self.model[there]["state"] == "serving"
        assert self.room.press(point, m.Finish()) == (None if served else "not_serving")
        if served:
            self.model[there]["state"] = "served"

    @rule(point=points)
    def no_show(self, point: int) -> None:
        there = self.there(point)
        answer = self.room.press(point, m.NoShow())
        if there and self.model[there]["state"] == "called":
            assert answer is None
            self.miss(there)
        else:
            assert answer == ("already_started" if there else "nothing_called")

    @rule(point=points)
    def hold(self, point: int) -> None:
        there = self.there(point)
        assert self.room.press(point, m.Hold()) == (None if there else "nothing_called")
        if there:
            self.model[there].update(state="held", held=len(self.room.events))

    @rule(point=points)
    def resume(self, point: int) -> None:
        there = self.there(point)
        held = sorted((t["held"], n) for n, t in self.model.items() if t["state"] == "held" and t["point"] == point)
        answer = self.room.press(point, m.Resume())
        if not held:
            assert answer == "nobody_waiting"
        elif there and self.model[there]["state"] == "called":
            assert answer == "point_busy"
        else:
            assert answer == held[0][1]
            self.leave(there)
            self.call(answer, point)

    @rule(point=points)
    @precondition(lambda self: self.missed_at)
    def call_back(self, point: int) -> None:
        there, missed = self.there(point), self.missed_at.get(point)
        answer = self.room.press(point, m.CallBack())
        ticket = self.model[missed] if missed else None
        if ticket is None:
            assert answer == "nobody_waiting"
        elif ticket["state"] == "no_show" and ticket["service"] != SERVICE[point] and ticket["point"] != point:
            assert answer == "service_not_here"  # it was sent elsewhere after it was missed here, and missed there
        elif ticket["state"] == "no_show" and len(self.called[ticket["service"]]) - ticket["missed"] >= LATE:
            assert answer == "too_late_to_recall"
        elif ticket["state"] == "no_show" and not (there and self.model[there]["state"] == "called"):
            assert answer == missed
            self.leave(there)
            self.call(missed, point)
        else:
            assert answer in ("point_busy", "too_late_to_recall", "ticket_elsewhere", "service_not_here", missed)
            if answer == missed:  # it was held meanwhile, or waits again
                self.leave(there)
                self.call(missed, point)

    @rule(point=points)
    def transfer(self, point: int) -> None:
        there = self.there(point)
        to = "1.2" if there and self.model[there]["service"] == "1.1" else "1.1"
        assert self.room.press(point, m.Transfer(to)) == (None if there else "nothing_called")
        if there:
            self.model[there].update(state="waiting", service=to, point=None, times=0)

    # ------------------------------------------------------------ what an officer does at the desk
    @rule(point=points)
    def the_desk_looks(self, point: int) -> None:
        held = {n for n, t in self.model.items() if t["state"] == "held" and t["point"] == point}
        self.pages[point] = self.room.stand(point), len(self.room.events), held

    def moved_since(self, point: int) -> bool:
        """Whether anything happened at the point, or to what it held, after the page of it was made."""
        _, count, held = self.pages[point]
        return any(
            getattr(event, "point", None) == point or (isinstance(event, e.Called) and event.number in held)
            for event in self.room.events[count:]
        )

    @rule(point=points, outcome=st.sampled_from([None, "advised"]))
    @precondition(lambda self: self.pages)
    def the_desk_calls_next_from_its_page(self, point: int, outcome: str | None) -> None:
        if point not in self.pages:
            return
        stand, before = self.pages[point][0], len(self.room.events)
        if self.moved_since(point):
            assert self.room.press(point, m.Next(outcome), node="desk", by="mali", expect=stand) == "changed"
            assert len(self.room.events) == before
        else:
            self.next(point, node="desk", by="mali", expect=stand)
            assert {event.who for event in self.room.events[before:]} <= {"mali"}

    @rule(point=points, name=st.sampled_from(["มะลิ", "ดวงใจ"]))
    def an_officer_signs_in(self, point: int, name: str) -> None:
        assert self.room.press(point, m.Open(name), node="desk", by=name) is None
        self.signed_in[point] = name

    @rule(point=points, how=st.sampled_from([("desk", "lunch"), ("buttons-1", None), ("desk", None)]))
    def an_officer_pauses_or_signs_out(self, point: int, how: tuple[str, str | None]) -> None:
        node, reason = how
        there = self.there(point)
        assert self.room.press(point, m.Close(reason), node=node) == ("point_busy" if there else None)
        if how == ("desk", None) and not there:
            self.signed_in.pop(point, None)

    # ------------------------------------------------------------ what always holds
    @invariant()
    def whoever_signed_in_is_the_officer_of_an_open_point(self) -> None:
        for point, name in self.signed_in.items():
            if self.room.today.points[point].open:
                assert self.room.today.points[point].officer == name

    @invariant()
    def every_ticket_is_where_the_model_has_it(self) -> None:
        assert {n: t.state for n, t in self.room.today.tickets.items()} == {
            n: t["state"] for n, t in self.model.items()
        }

    @invariant()
    def every_call_says_which_of_its_visit_it_is(self) -> None:
        assert {n: t.times for n, t in self.room.today.tickets.items()} == {
            n: t["times"] for n, t in self.model.items()
        }

    @invariant()
    def the_points_show_what_the_model_has_there(self) -> None:
        assert {p: self.room.at(p) for p in SERVICE} == {p: self.there(p) for p in SERVICE}

    @invariant()
    def as_many_wait_as_the_model_counts(self) -> None:
        for service in self.called:
            waiting = [t for t in self.model.values() if t["state"] == "waiting" and t["service"] == service]
            assert len(self.room.today.services[service].order) == len(waiting)

    def teardown(self) -> None:
        """The same day grows from the same events; and at its end nobody is left in between."""
        again = Today(CENTRE)
        for event in self.room.events:
            apply(again, event)
        assert again == self.room.today
        self.room.after(12 * 3600)
        assert self.room.today.day == MONDAY
        assert {t.state for t in self.room.today.tickets.values()} <= {"served", "no_show", "unserved"}


TestAMorning = AMorning.TestCase
TestAMorning.settings = settings(
    max_examples=150, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
