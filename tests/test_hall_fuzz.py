"""Whatever a permitted node says within the contract, the hall goes on, and what it says itself fits a message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from case_script import DESKED, Office
from hall_script import Morning
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec import inspect
from msgspec.structs import replace
from queue_script import CENTRE, MONDAY, NINE

from broker import messages as m
from broker.link import Received
from broker.topics import BadMessage, decode

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
    "action": st.sampled_from([{"do": "open", "officer": WOMAN * 60}, {"do": "next"}, {"do": "start"}, {"do": "hold"}]),
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
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    raise AssertionError(f"{kind}: a type that the contract had not")


def _text(kind: inspect.StrType) -> SearchStrategy[str]:
    longest = kind.max_length or 40
    full = st.sampled_from([WOMAN * longest, "ก" * longest, "\n" * longest])
    if kind.pattern:
        return st.just(WOMAN * longest) if kind.max_length else st.from_regex(kind.pattern, fullmatch=True)
    return full | st.text(LETTERS, max_size=longest)


def _field(field: inspect.Field) -> SearchStrategy[Any]:
    whole = anything(field.type)
    return LIKELY[field.encode_name] | whole if field.encode_name in LIKELY else whole


HEARD = (m.Status, m.Fact, m.Command, m.Announced)
SAID = st.one_of([st.tuples(st.just(kind), anything(inspect.type_info(kind))) for kind in (*HEARD, *HEARD, *m.ALL)])
NODES = st.sampled_from([*DESKED.nodes(), "nobody"])


def said_rightly(morning: Morning, node: str, message: m.Message) -> Iterator[tuple[str, m.Message]]:
    """This message as those say it who may: the next fact, a press at every point, a status of every role."""
    match message:
        case m.Fact():
            others = "buttons-1" if isinstance(message.fact, m.Rated) else "kiosk-1"
            giver = "desk" if isinstance(message.fact, m.DeskFact) else others
            yield giver, replace(message, seq=morning.hall.ledger.acked.get(giver, 0) + 1)
        case m.Command():
            for point in CENTRE.buttons[0].points:
                yield "buttons-1", replace(message, point=point, id=morning.new_id())
        case m.Status():
            for name, role in DESKED.nodes().items():
                yield name, replace(message, role=role)
        case _:
            yield node, message


WORRIED = {"v": 1, "online": True, "role": "kiosk", "software": "x", "health": {"warnings": [WOMAN * 200] * 9}}


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(NODES, SAID, st.booleans()), min_size=5, max_size=20))
@example([("kiosk-1", (m.Status, WORRIED), True)])  # longer than chance makes it
def test_no_message_of_any_kind_from_any_node_stops_the_hall_or_makes_its_board_too_long(said):
    with TemporaryDirectory() as directory:
        morning = Office(Path(directory))
        try:
            for node, (kind, fields), rightly in said:
                try:
                    message = decode(kind, msgspec.json.encode(fields))
                except BadMessage:
                    continue
                whose = said_rightly(morning, node, message) if rightly else [(node, message)]
                for sender, taken in whose:
                    morning.hall.receive(Received(taken, sender, False), NINE)
            assert "too_long" not in morning.hall.rejected
            morning.restart()
        finally:
            morning.ledger.close()
