"""Whatever a permitted node says within the contract, the hall goes on, and what it says itself fits a message."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hall_script import Morning
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec import inspect
from msgspec.structs import replace
from queue_script import CENTRE, MONDAY, NINE

from broker import messages as m
from broker.link import Received
from broker.topics import BadMessage, decode

TIMES = [f"{day}T12:00:00" for day in ("0001-01-01", "0002-01-01", "2026-11-23", "9998-12-31", "9999-12-31")]
WHENEVER = st.builds("".join, st.tuples(st.sampled_from(TIMES), st.sampled_from(["-14:00", "Z", "+07:00", "+14:00"])))
WOMAN = "\U0001f469"  # four bytes
LETTERS = st.sampled_from(f'\x00\x1f\n"\\{{}}%aกำ{WOMAN}\x7f\u2028')
# what reaches deeper than chance does: words of this centre and of this morning, beside all others
LIKELY: dict[str, SearchStrategy[Any]] = {
    "number": st.sampled_from(["A001", "A002", "B001"]),
    "service": st.sampled_from([s.id for s in CENTRE.services]),
    "point": st.sampled_from([p.number for p in CENTRE.points]),
    "day": st.just(MONDAY),
    "deadline": st.just(NINE + dt.timedelta(seconds=5)),
    "given_at": st.just(NINE),
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
            return st.lists(anything(kind.item_type), max_size=10)
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
        case inspect.StrType():
            return _text(kind)
        case inspect.DateTimeType():
            return WHENEVER
        case inspect.DateType():
            return st.sampled_from([dt.date.min, MONDAY, dt.date.max])
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    raise AssertionError(f"{kind}: a type that the contract had not")


def _text(kind: inspect.StrType) -> SearchStrategy[str]:
    longest = kind.max_length or 40
    full = LETTERS.map(lambda letter: letter * longest)
    if kind.pattern:
        return st.just(WOMAN * longest) if kind.max_length else st.from_regex(kind.pattern, fullmatch=True)
    return full | st.text(LETTERS, max_size=longest)


def _field(field: inspect.Field) -> SearchStrategy[Any]:
    whole = anything(field.type)
    return LIKELY[field.encode_name] | whole if field.encode_name in LIKELY else whole


SAID = st.one_of([st.tuples(st.just(kind), anything(inspect.type_info(kind))) for kind in m.ALL])
NODES = st.sampled_from([*CENTRE.nodes(), "nobody"])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(NODES, SAID, st.booleans()), min_size=5, max_size=20))
def test_no_message_of_any_kind_from_any_node_stops_the_hall_or_makes_its_board_too_long(said):
    with TemporaryDirectory() as directory:
        morning = Morning(Path(directory))
        try:
            for node, (kind, fields), in_turn in said:
                try:
                    message = decode(kind, msgspec.json.encode(fields))
                except BadMessage as bad:
                    event(f"{kind.__name__}: {bad.cause}")
                    continue
                event(f"{kind.__name__}: taken")
                if in_turn and isinstance(message, m.Fact):
                    message = replace(message, seq=morning.hall.ledger.acked.get(node, 0) + 1)
                if in_turn and isinstance(message, m.Status):
                    message = replace(message, role=CENTRE.nodes().get(node, "desk"))
                morning.hall.receive(Received(message, node, in_turn), NINE)
            assert "too_long" not in morning.hall.rejected
            morning.restart()
        finally:
            morning.ledger.close()
