"""What an officer may press at a point, and the command that a sent form asks for (pure)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from broker import messages as m
from broker.centre import Centre
from broker.language.catalogue import N_
from broker.words import Id, Note, PointState

WITH_TICKET: tuple[PointState, ...] = ("called", "serving", "provided")
TAKEN: tuple[PointState, ...] = ("serving", "provided")  # somebody sits here
ASIDE: tuple[PointState, ...] = ("closed", "idle", *TAKEN)  # a call out of turn ends the visit here


@dataclass(frozen=True)
class Key:
    """A command with one key: its letter on the keyboard, and the states of a point in which it makes sense.

    The hall alone decides; in the other states a page only does not offer it.
    """

    do: str
    letter: str
    label: str  # a msgid
    states: tuple[PointState, ...]
    on_its_way: bool = False  # also while serving, where service starts at the call: nobody may have come


KEYS = (
    Key("next", "N", N_("Call next"), ("closed", "idle", *WITH_TICKET)),
    Key("recall", "R", N_("Call again"), ("called",), on_its_way=True),
    Key("start", "S", N_("Start service"), ("called",)),
    Key("provided", "P", N_("Information provided"), ("serving",)),
    Key("finish", "F", N_("Finish"), TAKEN),
    Key("no_show", "X", N_("No-show"), ("called",), on_its_way=True),
    Key("hold", "H", N_("Set aside"), WITH_TICKET),
    Key("resume", "U", N_("Resume"), ASIDE),
    Key("call_back", "B", N_("Call back a skipped ticket"), ASIDE),
)
TRANSFER, PICK, PAUSE, OPEN, CASE = "T", "C", "Z", "O", "K"  # letters of what has a form of its own, and of opening

_PLAIN: Mapping[str, type[Any]] = {
    "recall": m.Recall,
    "start": m.Start,
    "provided": m.Provided,
    "no_show": m.NoShow,
    "hold": m.Hold,
    "resume": m.Resume,
    "call_back": m.CallBack,
    "open": m.Open,
    "sign_out": m.Close,
}


class Fault(ValueError):
    """A field of the form that is not as it should be; its words are a msgid."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = field, text


class Nonsense(ValueError):
    """What no page of ours sends."""


def offered(key: Key, state: PointState, start_at_call: bool) -> bool:
    """Whether a page of a point in this state lets this key be pressed."""
    return state in key.states or (key.on_its_way and start_at_call and state == "serving")


def action(centre: Centre, form: Mapping[str, str], shown: str) -> m.Action:
    """What the form asks for, ``shown`` being the name of who sent it.  Raises `Fault`, `Nonsense`."""
    do, _, ticket = form["do"].partition(":")
    if do in _PLAIN:
        return _PLAIN[do]()  # type: ignore[no-any-return]
    match do:
        case "next" | "finish":
            outcome = form["outcome"] or None
            if outcome is not None and outcome not in centre.outcomes:
                raise Nonsense("outcome")
            return m.Next(outcome) if do == "next" else m.Finish(outcome)
        case "sign_in":
            return m.Open(shown)
        case "pause":
            if form["reason"] not in centre.pauses:
                raise Fault("reason", N_("Please choose one."))
            return m.Close(form["reason"])
        case "transfer":
            return _transfer(centre, form)
        case "call":
            return m.CallTicket(number(ticket or form["number"]))
    raise Nonsense("do")


def number(typed: str) -> str:
    """A ticket's number, however it was typed: a5 is A005.  Raises `Fault`."""
    found = re.fullmatch(r"([A-Z])[ -]?([0-9]{1,3})", typed.strip().upper(), re.ASCII)
    if found is None:
        raise Fault("number", N_("A letter and up to three digits, as on the ticket: A005."))
    return found[1] + found[2].zfill(3)


def press_id(form: Mapping[str, str], action: m.Action) -> str:
    """The id of the command: of one page, the same press has the same, so that sent twice it acts once; and no other
    press has it, so that none is taken for another.  Raises `Nonsense` for a form without an id or a stand of ours.
    """
    try:
        page = msgspec.convert(form["id"], Id)
        stand = msgspec.convert(form["expect"], Id) if form["expect"] else ""
    except msgspec.ValidationError as error:
        raise Nonsense("id") from error
    told = hashlib.sha256(msgspec.json.encode((page, stand, action))).hexdigest()
    return f"{page[:16]}-{told[:16]}"


def _transfer(centre: Centre, form: Mapping[str, str]) -> m.Transfer:
    if form["service"] not in [service.id for service in centre.services]:
        raise Fault("service", N_("Please choose one."))
    try:
        note = msgspec.convert(form["note"], Note) if form["note"] else None
    except msgspec.ValidationError:
        raise Fault("note", N_("Up to 120 characters, on one line.")) from None
    return m.Transfer(form["service"], note)
