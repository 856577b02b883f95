"""The AsyncAPI document is current, and is what AsyncAPI 3.0 asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from broker import asyncapi
from broker.messages import ALL
from broker.roles import HEARS, SAYS

DOCUMENT = asyncapi.document()


def test_the_file_is_what_the_messages_make() -> None:
    assert asyncapi.FILE.read_text("utf-8") == asyncapi.text(), "run python -m broker.asyncapi"


def test_its_yaml_reads_back_as_the_document() -> None:
    assert yaml.safe_load(asyncapi.text()) == DOCUMENT


def test_every_reference_leads_somewhere() -> None:
    references = [value for path, value in _leaves(DOCUMENT) if path[-1] == "$ref"]
    assert references
    for reference in references:
        there: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            there = there[step]
        assert isinstance(there, dict)


def test_every_address_explains_each_of_its_parameters() -> None:
    for channel in DOCUMENT["channels"].values():
        assert set(channel["parameters"]) == set(re.findall(r"{(\w+)}", channel["address"]))


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_message_has_one_that_says_and_one_that_hears_it(kind: type) -> None:
    operations = DOCUMENT["operations"].values()
    actions = [o["action"] for o in operations if o["messages"][0]["$ref"].endswith(f"/messages/{kind.__name__}")]
    assert set(actions) == {"send", "receive"}


def test_operations_are_the_access_lists_own() -> None:
    assert len(DOCUMENT["operations"]) == sum(len(kinds) for table in (SAYS, HEARS) for kinds in table.values())


def test_objects_have_only_the_keys_of_the_specification() -> None:
    allowed = {
        "channels": {"address", "description", "parameters", "messages"},
        "operations": {"action", "channel", "messages", "bindings"},
    }
    for part, keys in allowed.items():
        for each in DOCUMENT[part].values():
            assert set(each) == keys
    assert set(DOCUMENT) == {"asyncapi", "info", "defaultContentType", "channels", "operations", "components"}


def test_payloads_refuse_unknown_properties() -> None:
    objects = [s for s in DOCUMENT["components"]["schemas"].values() if s.get("type") == "object"]
    assert objects
    assert all(schema["additionalProperties"] is False for schema in objects)


def _leaves(value: Any, path: tuple[object, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, (*path, key))
    else:
        yield path, value
