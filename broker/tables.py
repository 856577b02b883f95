"""Reads TOML tables into structs and tells every fault it finds, where msgspec alone would tell the first.

A key is written as people find it in the file: ``hours.open``, ``service[1.2].points[0]``; a table of a list is named
by its own id, number, name or date, and by its place (from 0) only where it has none.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
import types
import typing
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from broker.kinds import allowed
from broker.language.catalogue import N_
from broker.said import Said, fault

S = TypeVar("S", bound=msgspec.Struct)
NOT_ALLOWED = N_("{value} is not allowed; allowed: {allowed}")
IDENTITY = ("id", "number", "name", "date")


def read(data: dict[str, Any], kind: type[S]) -> tuple[S | None, list[Said]]:
    """The struct, or None and all faults as ``key: what is wrong; what is allowed``."""
    found = list(_faults(data, kind, ""))
    if found:
        return None, found
    try:
        return msgspec.convert(data, kind), []
    except msgspec.ValidationError as error:
        return None, [Said(f"{kind.__name__}: {error}")]


def _faults(value: Any, kind: Any, key: str) -> Iterator[Said]:
    kind = _without_none(kind)
    plain = typing.get_args(kind)[0] if typing.get_origin(kind) is typing.Annotated else kind
    origin, parts = typing.get_origin(plain), typing.get_args(plain)
    inner: list[Said] = []
    if members := _members(kind):  # a union of tagged tables
        yield from _union_faults(value, members, key)
        return
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        yield from _table_faults(value, plain, key)
        return
    if origin is tuple and parts[-1] is ... and isinstance(value, list):
        for place, each in enumerate(value):
            inner += _faults(each, parts[0], f"{key}[{_identity(each, place)}]")
    elif origin is tuple and parts[-1] is not ... and isinstance(value, list) and len(value) == len(parts):
        for place, (each, part) in enumerate(zip(value, parts, strict=True)):
            inner += _faults(each, part, f"{key}[{place}]")
    elif origin is dict and isinstance(value, dict):
        for name, each in value.items():
            inner += [*_faults(name, parts[0], f"{key}.{name}"), *_faults(each, parts[1], f"{key}.{name}")]
    yield from inner or _value_faults(value, kind, key)


def _table_faults(value: Any, kind: type[msgspec.Struct], key: str) -> Iterator[Said]:
    if not isinstance(value, dict):
        yield fault(key, N_("{value} is no table; write [{key}]"), value=_shown(value), key=key)
        return
    config = kind.__struct_config__
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    known = sorted(fields.keys() | ({str(config.tag_field)} if config.tag_field else set()))
    for name in sorted(value.keys() - set(known)):
        yield _unknown(_join(key, name), name, known)
    for name, field in fields.items():
        if name in value:
            yield from _faults(value[name], hints[field.name], _join(key, name))
        elif field.required:
            missing = N_("missing; to be written: {allowed}")
            yield fault(_join(key, name), missing, allowed=_allowed(hints[field.name], _join(key, name)))


def _union_faults(value: Any, members: dict[str, type[msgspec.Struct]], key: str) -> Iterator[Said]:
    tag_field = str(next(iter(members.values())).__struct_config__.tag_field)
    tag = value.get(tag_field) if isinstance(value, dict) else None
    if tag in members:
        yield from _table_faults(value, members[tag], key)
    else:
        yield fault(_join(key, tag_field), NOT_ALLOWED, value=_shown(tag), allowed=", ".join(sorted(members)))


def _value_faults(value: Any, kind: Any, key: str) -> Iterator[Said]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        yield fault(key, NOT_ALLOWED, value=_shown(value), allowed=_allowed(kind, key, value))


def _without_none(kind: Any) -> Any:
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        left = [member for member in typing.get_args(kind) if member is not type(None)]
        if len(left) == 1:
            return left[0]
    return kind


def _members(kind: Any) -> dict[str, type[msgspec.Struct]]:
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return {str(member.__struct_config__.tag): member for member in typing.get_args(kind)}
    return {}


def _allowed(kind: Any, key: str, value: object = None) -> Said:
    """What may stand at ``key``; a table by its head, and one of a list by that of a list."""
    kind = _without_none(kind)
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        origin, parts = typing.get_origin(parts[0]), typing.get_args(parts[0])
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return Said(f"[{key}]")
    if origin is tuple and isinstance(parts[0], type) and issubclass(parts[0], msgspec.Struct):
        return Said(f"[[{key}]]")
    return allowed(kind, value)


def _unknown(key: str, name: str, known: list[str]) -> Said:
    if near := difflib.get_close_matches(name, known, 1):
        nearest = N_("unknown key; did you mean {near}? Allowed here: {known}")
        return fault(key, nearest, near=near[0], known=", ".join(known))
    return fault(key, N_("unknown key; allowed here: {known}"), known=", ".join(known))


def _identity(table: Any, place: int) -> object:
    if isinstance(table, dict):
        return next((table[name] for name in IDENTITY if isinstance(table.get(name), str | int | dt.date)), place)
    return place


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool) else str(value)  # a newline as \\n
    return text if len(text) <= 60 else text[:57] + "…"
