"""Gesture and state → command, and a point run by one button from morning to evening."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from broker.centre import DEFAULT, Centre, ServicePoint, load
from broker.messages import (
    CallBack,
    Close,
    CloseService,
    Finish,
    Hold,
    Next,
    NoShow,
    Open,
    OpenService,
    PointStatus,
    Provided,
    Recall,
    Resume,
    Start,
    Transfer,
)
from broker.words import PointState
from counter_buttons.bindings import bindings, decide

CENTRE = load(DEFAULT)


def with_buttons(bound: dict[str, str], point: int = 2) -> Centre:
    """The default centre with this point bound so."""
    points: list[ServicePoint] = [replace(p, bindings=bound) if p.number == point else p for p in CENTRE.points]
    return replace(CENTRE, points=tuple(points))


def at(state: PointState, service: str | None = "1.1", calls: int = 1, point: int = 2) -> PointStatus:
    return PointStatus(revision=1, point=point, state=state, waiting=0, service=service, calls=calls)


@pytest.mark.parametrize(
    ("binding", "actions"),
    [
        ("advance", {"closed": Next(), "idle": Next(), "called": Start(), "serving": Provided(), "provided": Finish()}),
        ("step", {"closed": None, "idle": None, "called": Start(), "serving": Provided(), "provided": Finish()}),
        (
            "set_aside",
            {"closed": None, "idle": Resume(), "called": NoShow(), "serving": Hold(), "provided": Hold()},
        ),
        ("insist", {"closed": None, "idle": Resume(), "called": Recall(), "serving": Hold(), "provided": Hold()}),
    ],
)
def test_a_binding_that_reads_the_state_asks_for_what_fits_it(binding: str, actions: dict) -> None:
    centre = with_buttons({"only.short": binding})
    assert {state: decide("only.short", at(state), centre) for state in actions} == actions


@pytest.mark.parametrize("service", ["1.2", "1.3", None])
def test_a_service_without_a_standard_until_provided_is_finished_in_one_step(service: str | None) -> None:
    assert decide("only.short", at("serving", service), with_buttons({"only.short": "step"})) == Finish()


def test_insisting_recalls_up_to_the_limit_and_then_gives_up() -> None:
    centre = with_buttons({"only.long": "insist"})
    limit = centre.calling.max_calls
    asked = [decide("only.long", at("called", calls=calls), centre) for calls in range(1, limit + 1)]
    assert asked == [Recall()] * (limit - 1) + [NoShow()]


def test_a_service_is_closed_and_opened_from_a_point() -> None:
    centre = with_buttons({"more.short": "close_service:1.1", "more.long": "open_service:1.1"})
    assert decide("more.short", at("idle"), centre) == CloseService("1.1")
    assert decide("more.long", at("idle"), centre) == OpenService("1.1")


def test_a_transfer_names_its_service() -> None:
    assert decide("more.long", at("serving"), with_buttons({"more.long": "transfer:1.2"})) == Transfer("1.2")


def test_an_officer_pauses_an_empty_point_and_opens_it_again_with_the_button_that_else_transfers() -> None:
    assert decide("more.long", at("called"), CENTRE) == Transfer("1.2")
    assert decide("more.long", at("idle"), CENTRE) == Close()
    assert decide("more.long", at("closed"), CENTRE) == Open()


def test_a_point_overlays_the_centres_bindings() -> None:
    centre = with_buttons({"call.long": "insist"})
    assert bindings(centre, 2) == CENTRE.buttons_default.bindings | {"call.long": "insist"}
    assert decide("more.short", at("idle"), centre) == CallBack()


def test_a_gesture_that_is_not_bound_asks_for_nothing() -> None:
    assert decide("nowhere.long", at("idle"), CENTRE) is None


# What the hall makes of each command at a point (the part of its rules that a button's officer meets).
AFTER = {
    ("idle", Next()): "called",
    ("idle", Resume()): "called",
    ("called", Start()): "serving",
    ("called", Recall()): "called",
    ("called", NoShow()): "idle",
    ("serving", Provided()): "provided",
    ("serving", Finish()): "idle",
    ("serving", Hold()): "idle",
    ("provided", Finish()): "idle",
    ("provided", Hold()): "idle",
}


def run(gestures: str, service: str) -> list[str]:
    """The states of a point with one button: s is a short press, l a long one."""
    centre = with_buttons({"only.short": "advance", "only.long": "insist"})
    status, states = at("idle", None, 0), ["idle"]
    for gesture in gestures:
        action = decide("only.short" if gesture == "s" else "only.long", status, centre)
        state: PointState = AFTER[status.state, action]  # a command that the hall would refuse fails here
        calls = status.calls + 1 if isinstance(action, Recall) else 1
        status = at(state, service, calls)
        states.append(state)
    return states


def test_one_button_runs_a_visit_to_its_end_by_short_presses() -> None:
    assert run("ssss", "1.1") == ["idle", "called", "serving", "provided", "idle"]
    assert run("sss", "1.2") == ["idle", "called", "serving", "idle"]


def test_one_button_gives_up_an_absent_citizen_by_long_presses() -> None:
    assert run("slll", "1.1") == ["idle", "called", "called", "called", "idle"]


def test_one_button_sets_a_ticket_aside_and_takes_it_back() -> None:
    assert run("ssllss", "1.2") == ["idle", "called", "serving", "idle", "called", "serving", "idle"]


def test_no_single_press_both_ends_a_visit_and_calls_the_next_citizen() -> None:
    states = run("ssss" * 5, "1.1")
    assert ("provided", "called") not in set(pairwise(states))
    assert ("serving", "called") not in set(pairwise(states))
