"""Every call is announced once: not twice after a restart, not at all when it is old."""

import datetime as dt
from pathlib import Path

import pytest
from msgspec.structs import replace

from broker.centre import DEFAULT, Calling, load
from broker.messages import Board, Call, CallView, PointView
from display.signage.announcing import Announcing
from display.signage.said import Store

NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)


def ago(seconds: float) -> dt.datetime:
    return NOW - dt.timedelta(seconds=seconds)


@pytest.fixture
def rules() -> Calling:
    return replace(load(DEFAULT).calling, announce_seconds=60, start_at_call=False)


@pytest.fixture
def said(tmp_path: Path) -> Store:
    return Store(tmp_path / "said.sqlite")


def board(*recent: CallView, state: str = "called") -> Board:
    awaited = {call.point: PointView(call.point, state, call.ticket) for call in reversed(recent)}  # type: ignore[arg-type]
    return Board(1, NOW.date(), NOW, (), tuple(awaited.values()), recent)


def announced(announcing: Announcing) -> list[str]:
    calls = []
    while call := announcing.start():
        calls.append(call.call)
        announcing.finish()
    return calls


def test_calls_at_once_are_announced_one_after_another(said: Store, rules: Calling) -> None:
    announcing = Announcing(said, rules)
    announcing.hear(Call("c1", "A001", 2, NOW))
    announcing.hear(Call("c2", "B001", 4, NOW))
    first = announcing.start()
    assert first
    assert first.call == "c1"
    assert announcing.start() is None  # c1 is not over
    announcing.finish()
    second = announcing.start()
    assert second
    assert second.call == "c2"


def test_a_call_that_the_broker_delivers_twice_is_announced_once(said: Store, rules: Calling) -> None:
    announcing = Announcing(said, rules)
    call = Call("c1", "A001", 2, NOW)
    assert announcing.hear(call)
    assert not announcing.hear(call)


def test_a_call_being_announced_is_not_lined_up_again(said: Store, rules: Calling) -> None:
    announcing = Announcing(said, rules)
    call = Call("c1", "A001", 2, NOW)
    announcing.hear(call)
    announcing.start()
    assert not announcing.hear(call)


def test_a_call_from_the_hall_is_announced_whatever_the_clock_of_the_screen_shows(said: Store, rules: Calling) -> None:
    assert Announcing(said, rules).hear(Call("c1", "A001", 2, ago(86400)))


def test_a_screen_that_comes_back_announces_what_nobody_announced_oldest_first(said: Store, rules: Calling) -> None:
    announcing = Announcing(said, rules)
    announcing.come_back(board(CallView("c2", "B001", 4, ago(5), 1), CallView("c1", "A001", 2, ago(20), 1)), NOW)
    assert announced(announcing) == ["c1", "c2"]


@pytest.mark.parametrize(
    "call",
    [CallView("c1", "A001", 2, ago(61), 1), CallView("c1", "A001", 2, ago(5), 1, announced=True)],
    ids=["old", "announced"],
)
def test_a_screen_that_comes_back_leaves_out_what_is_old_or_announced(
    said: Store, rules: Calling, call: CallView
) -> None:
    announcing = Announcing(said, rules)
    announcing.come_back(board(call), NOW)
    assert announced(announcing) == []


def test_a_citizen_who_is_already_served_is_not_called_again(said: Store, rules: Calling) -> None:
    announcing = Announcing(said, rules)
    announcing.come_back(board(CallView("c1", "A001", 2, ago(5), 1), state="serving"), NOW)
    assert announced(announcing) == []


def test_where_service_starts_at_the_call_a_served_ticket_may_still_be_called(said: Store, rules: Calling) -> None:
    announcing = Announcing(said, replace(rules, start_at_call=True))
    announcing.come_back(board(CallView("c1", "A001", 2, ago(5), 1), state="serving"), NOW)
    assert announced(announcing) == ["c1"]


def test_of_a_call_and_its_recall_only_the_recall_is_announced(said: Store, rules: Calling) -> None:
    announcing = Announcing(said, rules)
    announcing.come_back(board(CallView("c2", "A001", 2, ago(5), 2), CallView("c1", "A001", 2, ago(30), 1)), NOW)
    assert announced(announcing) == ["c2"]


def test_what_was_begun_before_a_restart_is_not_said_again(tmp_path: Path, rules: Calling) -> None:
    before = Store(tmp_path / "said.sqlite")
    before.add("c1", ago(5))
    before.close()
    announcing = Announcing(Store(tmp_path / "said.sqlite"), rules)
    announcing.come_back(board(CallView("c1", "A001", 2, ago(5), 1)), NOW)
    assert announced(announcing) == []


def test_what_a_full_card_does_not_take_is_known_until_the_end(said: Store) -> None:
    said._connection.execute("CREATE TRIGGER f BEFORE INSERT ON said BEGIN SELECT RAISE(ABORT, 'full'); END")
    said.add("c1", NOW)
    assert ("c1" in said, said.faulty) == (True, True)
    said._connection.execute("DROP TRIGGER f")
    said.add("c2", NOW)
    assert ("c1" in said, said.faulty) == (True, False)


def test_the_store_forgets_the_oldest_but_not_what_a_wrong_clock_wrote_a_moment_ago(
    said: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("display.signage.said._KEPT", 2)
    for place, call in enumerate(("c1", "c2", "c3", "c4")):
        said.add(call, NOW + dt.timedelta(seconds=place))
    said.add("c5", NOW + dt.timedelta(days=3))
    assert [call in said for call in ("c1", "c2", "c3", "c4", "c5")] == [False, True, True, True, True]
