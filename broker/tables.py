"""Reads TOML tables into structs and tells every fault it finds, where msgspec alone would tell the first.

A key is written as people find it in the file: ``hours.open``, ``service[1.2].points[0]``; a table of a list is named
by its own id, number, name or date, and by its place (from 0) only where it has none.
"""

from __future__ import annotations

import datetime as dt
import json
import types
import typing
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)
IDENTITY = ("id", "number", "name", "date")


def read(data: dict[str, Any], kind: type[S]) -> tuple[S | None, list[str]]:
    """The struct, or None and all faults as ``key: what is wrong; what is allowed``."""
    found = list(_faults(data, kind, ""))
    if found:
        return None, found
    try:
        return msgspec.convert(data, kind), []
    except msgspec.ValidationError as error:
        return None, [f"{kind.__name__}: {error}"]


def _faults(value: Any, kind: Any, key: str) -> Iterator[str]:
    kind = _without_none(kind)
    plain = typing.get_args(kind)[0] if typing.get_origin(kind) is typing.Annotated else kind
    origin, parts = typing.get_origin(plain), typing.get_args(plain)
    inner: list[str] = []
    if members := _members(kind):  # a union of tagged tables
        yield from _union_faults(value, members, key)
        return
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        yield from _table_faults(value, plain, key)
        return
    if origin is tuple and parts[-1] is ... and isinstance(value, list):
        for place, each in enumerate(value):
            inner += _faults(each, parts[0], f"{key}[{_identity(each, place)}]")
    elif origin is dict and isinstance(value, dict):
        for name, each in value.items():
            inner += [*_faults(name, parts[0], f"{key}.{name}"), *_faults(each, parts[1], f"{key}.{name}")]
    yield from inner or _value_faults(value, kind, key)


def _table_faults(value: Any, kind: type[msgspec.Struct], key: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{key}: {_shown(value)} is no table; write [{key}]"
        return
    config = kind.__struct_config__
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    allowed = sorted(fields.keys() | ({str(config.tag_field)} if config.tag_field else set()))
    for name in sorted(value.keys() - set(allowed)):
        yield f"{_join(key, name)}: unknown key; allowed here: {', '.join(allowed)}"
    for name, field in fields.items():
        if name in value:
            yield from _faults(value[name], hints[field.name], _join(key, name))
        elif field.required:
            yield f"{_join(key, name)}: missing; it must be there"


def _union_faults(value: Any, members: dict[str, type[msgspec.Struct]], key: str) -> Iterator[str]:
    tag_field = str(next(iter(members.values())).__struct_config__.tag_field)
    tag = value.get(tag_field) if isinstance(value, dict) else None
    if tag in members:
        yield from _table_faults(value, members[tag], key)
    else:
        yield f"{_join(key, tag_field)}: {_shown(tag)} is not allowed; allowed: {', '.join(sorted(members))}"


def _value_faults(value: Any, kind: Any, key: str) -> Iterator[str]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        said, _, path = str(error).partition(" - at `")
        allowed = _allowed(kind, said) or said[:1].lower() + said[1:]
        yield f"{key}{path.removesuffix('`').removeprefix('$')}: {_shown(value)} is not allowed; {allowed}"


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


def _allowed(kind: Any, said: str) -> str:
    """The words of a `Literal`; for a pattern, which few can read, what its `Meta` says of it; else nothing."""
    if typing.get_origin(kind) is typing.Literal:
        return "allowed: " + ", ".join(map(str, typing.get_args(kind)))
    if "regex" in said and typing.get_origin(kind) is typing.Annotated:
        return "".join(f"allowed: {part.description}" for part in kind.__metadata__ if part.description)
    return ""


def _identity(table: Any, place: int) -> object:
    if isinstance(table, dict):
        return next((table[name] for name in IDENTITY if isinstance(table.get(name), str | int | dt.date)), place)
    return place


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)  # a newline as \\n
    return text if len(text) <= 60 else text[:57] + "…"
