"""What an officer chooses from and is told at the desk: in the centre's words, in every language."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from broker.centre import DEFAULT, Centre, CentreError, load
from broker.choices import OUTCOMES, PAUSES
from broker.language.catalogue import words
from broker.words import Reason
from display.refusals import REFUSALS


def with_desk(folder: Path, table: str) -> Centre:
    data = tomllib.loads(DEFAULT.read_text("utf-8")) | {"desk": tomllib.loads(table)}
    file = folder / "centre.toml"
    file.write_bytes(msgspec.toml.encode(data))
    return load(file)


def test_every_refusal_has_its_words_in_thai() -> None:
    assert REFUSALS.keys() == set(get_args(Reason))
    assert [reason for reason, text in REFUSALS.items() if words("th")(text) == text] == []


def test_a_centre_that_names_no_choices_has_the_usual_ones_in_its_languages(tmp_path: Path) -> None:
    centre = with_desk(tmp_path, "")
    assert (list(centre.outcomes), list(centre.pauses)) == (list(OUTCOMES), list(PAUSES))
    assert centre.pauses["lunch"] == {"th": "พักรับประทานอาหารกลางวัน", "en": "Lunch break"}


def test_an_office_names_its_own_choices_in_its_own_order(tmp_path: Path) -> None:
    centre = with_desk(tmp_path, 'outcomes = { sent = { th = "ส่งแล้ว", en = "Sent" }, a = { th = "ก", en = "A" } }')
    assert list(centre.outcomes) == ["sent", "a"]


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ('outcomes = { sent = { th = "ส่งแล้ว" } }', "desk.outcomes.sent.en: missing"),
        ('pauses = { "Lunch!" = { th = "ก", en = "A" } }', "desk.pauses.Lunch!: "),
        ('name = "kiosk-1"', "desk.name: kiosk-1 stands there 2 times"),
        ('name = "hall"', "desk.name: hall is reserved"),
    ],
)
def test_a_fault_in_the_desks_table_is_told_by_its_key(tmp_path: Path, table: str, named: str) -> None:
    with pytest.raises(CentreError) as faults:
        with_desk(tmp_path, table)
    assert named in str(faults.value)
