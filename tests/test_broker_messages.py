"""What the contract's words let through, and what they keep out of every node."""

from __future__ import annotations

import json

import pytest

from broker import messages as m
from broker.topics import BadMessage, decode

NOON = "2026-11-23T05:00:00Z"
CALL = {"v": 1, "call": "c", "ticket": "A001", "point": 2, "at": NOON}
OPEN = {"v": 1, "id": "c", "point": 2, "deadline": NOON, "action": {"do": "open", "officer": "น้ำฝน ซื่อตรง"}}


def heard(kind: type[m.Message], fields: object) -> m.Message:
    return decode(kind, json.dumps(fields).encode())


def opened_by(officer: str) -> dict[str, object]:
    return OPEN | {"action": {"do": "open", "officer": officer}}


def test_an_ordinary_call_and_an_officers_name_in_thai_pass() -> None:
    assert isinstance(heard(m.Call, CALL), m.Call)
    assert isinstance(heard(m.Command, OPEN), m.Command)


@pytest.mark.parametrize("field", ["ticket", "call"])
def test_a_newline_after_a_word_makes_it_another_word(field: str) -> None:
    with pytest.raises(BadMessage, match="malformed"):
        heard(m.Call, CALL | {field: f"{CALL[field]}\n"})


@pytest.mark.parametrize("time", ["9999-12-31T23:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_some_zone_cannot_name_is_none(time: str) -> None:
    with pytest.raises(BadMessage, match="no time of this world"):
        heard(m.Call, CALL | {"at": time})


@pytest.mark.parametrize("seq", [2**53, 2**63])
def test_nothing_is_counted_past_what_json_and_sqlite_hold_exactly(seq: int) -> None:
    with pytest.raises(BadMessage, match="malformed"):
        heard(
            m.Fact,
            {"v": 1, "seq": seq, "fact": {"kind": "rated", "visit": "v", "point": 2, "level": 5, "rated_at": NOON}},
        )


@pytest.mark.parametrize("officer", ["\x01", "สมหญิง\n", "\x7f", "ก" * 61])
def test_an_officers_name_has_sixty_characters_and_none_that_controls(officer: str) -> None:
    with pytest.raises(BadMessage, match="malformed"):
        heard(m.Command, opened_by(officer))
