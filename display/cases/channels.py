"""How a citizen can be reached: one channel, as typed, brought into one form or refused with what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from broker.language.catalogue import N_

Channel = Literal["phone", "email", "line", "post"]
CHANNELS: Mapping[Channel, str] = {
    "phone": N_("Telephone"),
    "email": N_("E-mail"),
    "line": N_("LINE ID"),
    "post": N_("Postal address"),
}
NOTICE = N_("Your contact details will be used only to tell you the outcome")
WRONG: Mapping[Channel, str] = {
    "phone": N_("A telephone number has 9 or 10 digits and begins with 0"),
    "email": N_("An e-mail address looks like name@example.com"),
    "line": N_("A LINE ID has 4 to 20 of a–z, 0–9, dot, hyphen and underscore"),
    "post": N_("A postal address has 10 to 300 letters"),
}
WRONG_NAME = N_("A name has 1 to 100 letters")
EMPTY = N_("Please fill this in.")
_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")  # those that turn the text's direction too


class WrongContact(ValueError):
    """What was typed cannot be right; ``str()`` is a msgid."""


def name(typed: str) -> str:
    """The name without stray spaces.  Raises `WrongContact`."""
    found = _line(typed)
    if not found:
        raise WrongContact(EMPTY)
    if len(found) > 100:
        raise WrongContact(WRONG_NAME)
    return found


def reached(channel: Channel, typed: str) -> str:
    """What was typed for this channel, in one form.  Raises `WrongContact`."""
    text = _line(typed)
    if not text:
        raise WrongContact(EMPTY)
    match channel:
        case "phone":
            digits = re.sub(r"[ ().-]", "", text).translate(_ARABIC)
            found = re.fullmatch(r"0[1-9][0-9]{7,8}", re.sub(r"^(\+66|0066)0?", "0", digits))
        case "email":
            found = re.fullmatch(r"[^@\s]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}", text)
        case "line":
            found = re.fullmatch(r"@?[a-z0-9._-]{4,20}", text.lower())
        case "post":
            found = re.fullmatch(r".{10,300}", text)
    if found is None:
        raise WrongContact(WRONG[channel])
    return found[0]


def _line(typed: str) -> str:
    return " ".join(_CONTROLS.sub(" ", typed).split())
