"""Gesture and the point's state → what the officer asks for (pure).

Most bindings of centre.toml name one command.  Five read the point's state, so that one button is enough for a point:

=========  ==========  ==========  =================  ==========  ==========================
           idle        called      serving            provided    for
=========  ==========  ==========  =================  ==========  ==========================
advance    next        start       provided, finish   finish      one button, short
step       –           start       provided, finish   finish      a button beside the call button
set_aside  resume      no_show     hold               hold        the same, long
insist     resume      recall      hold               hold        one button, long
=========  ==========  ==========  =================  ==========  ==========================

``transfer_or_pause:<service>`` transfers the ticket that is at the point; where none is, it closes an open point and
opens a closed one.

``serving`` gives *provided* where the service's standard counts until then (R2.2), else *finish*.  ``insist`` recalls
until the centre's limit, then gives the ticket up as a no-show.

``provided`` gives *finish*, not *next*, though *next* would spare a press: a press must never call a citizen for whom
the officer is not ready, and with one button there would be no other way to end a visit without calling.  Where fewest
presses matter, a second button bound to ``next`` finishes and calls at once.
"""

from __future__ import annotations

from collections.abc import Callable

from broker.centre import Centre
from broker.messages import (
    Action,
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
)  # fmt: skip

_DIRECT: dict[str, Callable[[], Action]] = {
    "next": Next, "recall": Recall, "start": Start, "provided": Provided, "finish": Finish, "no_show": NoShow,
    "hold": Hold, "resume": Resume, "call_back": CallBack, "open": Open, "close": Close,
}  # fmt: skip
_OF_A_SERVICE: dict[str, Callable[[str], Action]] = {
    "transfer": Transfer, "open_service": OpenService, "close_service": CloseService,
}  # fmt: skip

_PAUSE: dict[str, Callable[[], Action]] = {"idle": Close, "closed": Open}


def bindings(centre: Centre, point: int) -> dict[str, str]:
    """Gesture → binding of one point: the centre's, overlaid by its own.  Raises `KeyError` for an unknown point."""
    return centre.buttons_default.bindings | centre.point(point).bindings


def decide(gesture: str, status: PointStatus, centre: Centre) -> Action | None:
    """What this gesture ("call.short") asks for at the point in this state; None: nothing that makes sense now."""
    binding = bindings(centre, status.point).get(gesture, "")
    word, _, service = binding.partition(":")
    if word == "transfer_or_pause":
        return _PAUSE[status.state]() if status.state in _PAUSE else Transfer(service)
    if service:
        return _OF_A_SERVICE[word](service)
    if word in _DIRECT:
        return _DIRECT[word]()
    return _by_state(word, status, centre)


def _by_state(word: str, status: PointStatus, centre: Centre) -> Action | None:
    match word, status.state:
        case "advance", "closed" | "idle":
            return Next()
        case "advance" | "step", "called":
            return Start()
        case "advance" | "step", "serving":
            return Provided() if _counts_until_provided(status, centre) else Finish()
        case "advance" | "step", "provided":
            return Finish()
        case "set_aside", "called":
            return NoShow()
        case "insist", "called":
            return Recall() if status.calls < centre.calling.max_calls else NoShow()
        case "set_aside" | "insist", "serving" | "provided":
            return Hold()
        case "set_aside" | "insist", "idle":
            return Resume()
    return None


def _counts_until_provided(status: PointStatus, centre: Centre) -> bool:
    service = next((s for s in centre.services if s.id == status.service), None)
    return service is not None and service.standard is not None and service.standard.until == "provided"
