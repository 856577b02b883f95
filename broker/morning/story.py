"""The morning itself: a dozen citizens, six points, and what goes wrong on such a day.

Every line is an act from outside followed by what must then be seen outside; `NotSeen` ends it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import pairwise

from broker.morning.stage import Stage
from broker.morning.waiting import NotSeen, until


def play(stage: Stage) -> None:
    """Raises `NotSeen` at the first thing that did not happen."""
    doors_open(stage)
    first_visit(stage)
    queues_fill(stage)
    calls_go_out(stage)
    the_screen_restarts(stage)
    the_broker_restarts(stage)
    the_paper_runs_out(stage)
    the_rest_is_served(stage)
    the_books_are_right(stage)


def doors_open(stage: Stage) -> None:
    stage.kiosk.shows("home", within=30)
    stage.board.shows("idle", within=30)
    stage.points.shows("points", within=30)
    stage.picture(stage.kiosk, "kiosk-home")
    stage.picture(stage.board, "board-opening")
    for key in ("Escape", "F1", "F11", "alt+F4", "ctrl+q"):
        stage.kiosk.key(key)
    stage.kiosk.touch("language")
    stage.picture(stage.kiosk, "kiosk-home-english")
    stage.kiosk.touch("language")
    stage.kiosk.touch("steps-1.2")
    stage.kiosk.shows("steps")
    stage.picture(stage.kiosk, "kiosk-steps")
    stage.kiosk.touch("home")
    stage.say("the kiosk, the board and the points are there; no key leaves the kiosk")


def first_visit(stage: Stage) -> None:
    """A001 from touch to smiley."""
    stage.same("number", stage.take("1.1"), "A001")
    stage.kiosk.shows("ticket")
    stage.picture(stage.kiosk, "kiosk-ticket")
    stage.call(2, "A001", picture="board-calling")
    stage.serve(2)
    stage.finish(2, presses=2)  # provided, then finished: the 15-minute clock stops at the first (R2.3a)
    stage.points.shows("survey")
    stage.picture(stage.points, "survey")
    stage.rate(2, 5)


def queues_fill(stage: Stage) -> None:
    for service, number in (
        ("1.2", "B001"),
        ("1.3", "R001"),
        ("1.1", "A002"),
        ("1.2", "B002"),
        ("1.3", "R002"),
        ("1.1", "A003"),
    ):
        stage.same("number", stage.take(service), number)
    stage.kiosk.shows("home")
    stage.kiosk.touch("priority")
    stage.same("number", stage.take("1.1"), "A004")


def calls_go_out(stage: Stage) -> None:
    stage.call(3, "A004")  # the priority ticket, though A002 and A003 came before it
    stage.serve(3)
    stage.finish(3, presses=2)
    stage.rate(3, 4)
    stage.call(4, "B001")
    stage.call(4, "B001", times=2, long=True)  # a recall
    stage.serve(4)
    stage.finish(4)
    stage.rate(4, 3)
    stage.call(5, "B002")
    stage.accepted(stage.press(5, "serve", long=True))  # nobody came
    stage.state(5, "idle")
    stage.say("B002: no-show")
    stage.call(6, "R001")
    stage.serve(6)
    stage.accepted(stage.press(6, "more", long=True))  # to the information line, keeping its place
    stage.say("R001: transferred to 1.1")
    stage.call(2, "R001")
    stage.serve(2)


def the_screen_restarts(stage: Stage) -> None:
    stage.all_spoken()
    stage.board.shows("idle")
    stage.picture(stage.board, "board-idle")
    mark, said = stage.subscriber.count(), len(stage.ears.heard())
    screen = stage.box.programs[stage.box.centre.screens[0].name]
    screen.stop()
    stage.subscriber.wait(
        "the screen gone", lambda m: m.topic.endswith(f"/{screen.name}/status") and not m.payload["online"], mark
    )
    screen.start()
    stage.board.shows("idle")
    stage.board.reads("point-2-number", "R001", stage.box.directory)
    stage.finish(2, presses=2)
    stage.rate(2, 5)
    stage.call(3, "A002")  # whatever it still had to say would have come before this
    stage.all_spoken()
    if len(stage.ears.heard()) != said + 1:
        raise NotSeen("the screen said something twice after its restart")
    stage.say("the screen came back, showed the truth and said nothing twice")
    stage.serve(3)


def the_broker_restarts(stage: Stage) -> None:
    stage.kiosk.shows("home")
    mark = stage.subscriber.count()
    stage.box.broker.stop()
    stage.kiosk.touch("service-1.3")  # the kiosk needs nobody to give a number
    stage.kiosk.shows("ticket")
    stage.box.broker.start()
    number = stage.issued("1.3", mark)
    stage.same("number", number, "R003")
    stage.paper(number)
    stage.state(3, "serving")
    stage.say("the broker was away; R003 was printed meanwhile and arrived once")
    stage.finish(3, presses=2)


def the_paper_runs_out(stage: Stage) -> None:
    stage.kiosk.shows("home")
    stage.printer("paper_out")
    mark = stage.subscriber.count()
    stage.kiosk.touch("service-1.2")
    stage.kiosk.shows("fault", within=20)
    stage.picture(stage.kiosk, "kiosk-printer-fault")
    stage.kiosk.reads("fault-number", "B003", stage.box.directory)
    until("the staff told of the paper", lambda: "kiosk-1: " in str(stage.board_now().get("alerts")))
    stage.picture(stage.board, "board-alert")
    if any(m.topic.endswith("/fact") for m in stage.subscriber.seen[mark:]):
        raise NotSeen("the ticket entered the queue before anybody held it")
    stage.printer("ready")
    stage.same("number", stage.issued("1.2", mark), "B003")
    stage.paper("B003")
    stage.say("B003: paper out, shown on the screen, printed once the paper was back")
    stage.printer("cover_open")
    stage.kiosk.shows("home", within=20)
    mark = stage.subscriber.count()
    stage.kiosk.touch("service-1.1")
    stage.kiosk.shows("fault", within=20)
    stage.kiosk.touch("taken")  # this citizen writes the number down
    stage.same("number", stage.issued("1.1", mark), "A005")
    stage.printer("ready")
    stage.say("A005: cover open, taken from the screen")


def the_rest_is_served(stage: Stage) -> None:
    for point, number, presses, level in (
        (2, "A003", 2, 5),
        (3, "A005", 2, 2),
        (4, "B003", 1, 4),
        (6, "R002", 1, 5),
        (7, "R003", 1, 1),
    ):
        stage.call(point, number)
        stage.serve(point)
        stage.finish(point, presses)
        stage.rate(point, level)
    stage.same("number", stage.take("1.3"), "R004")
    stage.call(6, "R004")
    stage.serve(6)
    stage.accepted(stage.press(6, "serve", long=True))  # held while the citizen fetches a paper
    stage.state(6, "idle")
    stage.call(6, "R004", times=2, button="serve", long=True)
    stage.serve(6)
    stage.finish(6)
    stage.call(5, "B002", times=2, button="more")  # the latecomer comes back
    stage.serve(5)
    stage.finish(5)


def the_books_are_right(stage: Stage) -> None:
    """The ledger, read from outside, tells the same morning as the paper and the air."""
    stage.all_spoken()
    tickets = stage.ledger("SELECT number FROM ticket ORDER BY number")
    printed = sorted(p.stem for p in (stage.out / "tickets").glob("*.png"))
    expected = sorted(
        [*(f"A00{n}" for n in range(1, 6)), *(f"B00{n}" for n in range(1, 4)), *(f"R00{n}" for n in range(1, 5))]
    )
    stage.same("tickets in the ledger", [t[0] for t in tickets], expected)
    stage.same("tickets on paper", printed, [n for n in expected if n != "A005"])
    heard = stage.ears.heard()
    if any(after.begin < before.end for before, after in pairwise(heard)):
        raise NotSeen("two announcements overlapped")
    stage.same("calls in the ledger", stage.ledger("SELECT count(*) FROM call")[0][0], len(heard))
    stage.same("ratings in the ledger", stage.ledger("SELECT count(*) FROM rating")[0][0], 9)
    stage.say("ledger, paper and air agree")


def keep_ledger(stage: Stage) -> None:
    """A whole copy of the ledger, as SQLite's own backup makes it."""
    with (
        closing(sqlite3.connect(stage.box.ledger)) as source,
        closing(sqlite3.connect(stage.out / "ledger.sqlite")) as copy,
    ):
        source.backup(copy)
