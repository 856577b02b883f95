"""Messages ↔ topics and bytes: strict both ways, for every node alike."""

from __future__ import annotations

import re
from functools import cache
from typing import TypeVar

import msgspec

from broker.messages import ALL, MAX_BYTES, VERSION, Message, Office

M = TypeVar("M", bound=Message)


class BadMessage(ValueError):
    """These bytes on this topic are no message of the contract; ``cause`` is one word to count it by."""

    def __init__(self, cause: str, detail: str) -> None:
        super().__init__(f"{cause}: {detail}")
        self.cause = cause


def address(site: str, kind: type[Message] | Message, *, node: str = "+", point: int | str = "+") -> str:
    """The full topic of a message; with nothing filled in, the filter that subscribes to all of its kind."""
    part = kind.part if isinstance(kind, Office) else "+"
    return f"khiu/{site}/" + kind.topic.format(node=node, point=point, part=part)


def encode(message: Message) -> bytes:
    """The payload of a message: JSON in UTF-8.  Raises `BadMessage` (``too_long``) past the broker's limit."""
    payload = msgspec.json.encode(message)
    if len(payload) > MAX_BYTES:
        raise BadMessage("too_long", f"{type(message).__name__} of {len(payload)} bytes, at most {MAX_BYTES}")
    return payload


def decode(kind: type[M], payload: bytes) -> M:
    """The message in these bytes.  Raises `BadMessage`: ``too_long``, ``version`` or ``malformed``."""
    if len(payload) > MAX_BYTES:
        raise BadMessage("too_long", f"{len(payload)} bytes, at most {MAX_BYTES}")
    try:
        version = msgspec.json.decode(payload, type=_Version).v
        if version != VERSION:
            raise BadMessage("version", f"version {version}, this is {VERSION}")
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage("malformed", str(error)) from error


def kind_of(site: str, topic: str) -> tuple[type[Message], str]:
    """The kind of message a full topic carries, and what fills in its `{node}`, `{point}` or `{part}` ("" where none).

    Raises `BadMessage` (``topic``) for a topic that is not of the contract.
    """
    prefix = f"khiu/{site}/"
    if topic.startswith(prefix):
        for pattern, kind in _patterns():
            if match := pattern.fullmatch(topic[len(prefix) :]):
                return kind, match[1] if match.groups() else ""
    raise BadMessage("topic", topic[:80])


class _Version(msgspec.Struct):
    v: int


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], type[Message]], ...]:
    filled = {"{node}": "([a-z][a-z0-9-]{0,31})", "{point}": "([1-9][0-9]?)", "{part}": "([a-z0-9.-]{1,21})"}
    return tuple(
        (re.compile(re.sub(r"{\w+}", lambda name: filled[name[0]], kind.topic)), kind)
        for kind in sorted(ALL, key=lambda kind: "{node}/" in kind.topic)  # hall/… before <node>/…
    )
