"""Whatever a permitted node says within the contract, the hall goes on, and what it says itself fits a message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from anything import WOMAN, anything
from case_script import DESKED, Office
from hall_script import Morning
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import inspect
from msgspec.structs import replace
from queue_script import CENTRE, NINE

from broker import messages as m
from broker.link import Received
from broker.topics import BadMessage, decode

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
