"""Values of all shapes that the contract lets through, for tests of those who hear them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec import inspect
from queue_script import CENTRE, MONDAY, NINE
from test_broker_office import PARTS

WHENEVER = st.sampled_from(
    [
        "0001-01-01T00:00:00+14:00",
        "0002-01-01T00:00:00+14:00",
        "2026-11-22T23:59:59Z",
        "2026-11-23T09:00:00+07:00",
        "9998-12-31T23:59:59-14:00",
    ]
)
WOMAN = "\U0001f469"  # four bytes
LETTERS = st.sampled_from(f'\x00\x1f\n"\\{{}}%aกำ{WOMAN}\x7f\u2028')
# what reaches deeper than chance does: words of this centre and of this morning, beside all others
LIKELY: dict[str, SearchStrategy[Any]] = {
    "number": st.sampled_from(["A001", "A002", "B001"]),
    "service": st.sampled_from([s.id for s in CENTRE.services]),
    "point": st.sampled_from([p.number for p in CENTRE.points]),
    "day": st.just(MONDAY),
    "case": st.sampled_from(["case-1", "case-2"]),
    "expects": st.integers(1, 3),
    "action": st.sampled_from(
        [
            {"do": "open", "officer": WOMAN * 60},
            {"do": "transfer", "service": "1.2", "note": WOMAN * 120},
            {"do": "next"},
            {"do": "start"},
            {"do": "hold"},
        ]
    ),
    "based_on": st.sampled_from([0, 1]),
    "edit": st.sampled_from([msgspec.to_builtins(part) for part in PARTS.values()]),
    "document": st.just("guide"),
    "deadline": st.just(NINE + dt.timedelta(seconds=5)),
}


def anything(kind: inspect.Type) -> SearchStrategy[Any]:
    """All plain values that this type of the contract lets through, its limits among them."""
    match kind:
        case inspect.Metadata(type=inner):
            return anything(inner)
        case inspect.StructType():
            tag = {kind.tag_field: st.just(kind.tag)} if kind.tag_field else {}
            return st.fixed_dictionaries(tag | {f.encode_name: _field(f) for f in kind.fields})
        case inspect.UnionType():
            return st.one_of([anything(inner) for inner in kind.types])
        case inspect.VarTupleType():
            item = anything(kind.item_type)
            return st.lists(item, max_size=10) | item.map(lambda one: [one] * 9)
        case inspect.DictType():
            return st.dictionaries(anything(kind.key_type), anything(kind.value_type), max_size=5)
        case _:
            return _plain(kind)


def _plain(kind: inspect.Type) -> SearchStrategy[Any]:
    match kind:
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.IntType():
            return st.sampled_from([kind.ge or 0, kind.le or 2**63]) | st.integers(kind.ge, kind.le)
        case inspect.FloatType():
            return st.floats(kind.ge, kind.le, allow_nan=False)
        case inspect.StrType():
            return _text(kind)
        case inspect.DateTimeType():
            return WHENEVER
        case inspect.DateType():
            return st.sampled_from([dt.date.min, MONDAY, dt.date.max])
        case inspect.TimeType():
            return st.sampled_from([dt.time.min, dt.time(15, 30), dt.time.max])
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    raise AssertionError(f"{kind}: a type that the contract had not")


def _text(kind: inspect.StrType) -> SearchStrategy[str]:
    longest = kind.max_length or 40
    full = st.sampled_from([WOMAN * longest, "ก" * longest, "\n" * longest])
    if kind.pattern:
        any_letter = kind.max_length and re.search(kind.pattern, WOMAN * longest)
        return st.just(WOMAN * longest) if any_letter else st.from_regex(kind.pattern, fullmatch=True)
    return full | st.text(LETTERS, max_size=longest)


def _field(field: inspect.Field) -> SearchStrategy[Any]:
    whole = anything(field.type)
    return LIKELY[field.encode_name] | whole if field.encode_name in LIKELY else whole
