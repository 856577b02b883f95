"""The AsyncAPI 3.0 document of everything that is said in a centre, made from `broker.messages` and `broker.roles`.

``python -m broker.asyncapi`` writes asyncapi.yaml beside this file; a test holds it current.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from broker.messages import ALL, VERSION, Message
from broker.roles import HEARS, SAYS

FILE = Path(__file__).with_name("asyncapi.yaml")
PARAMETERS = {
    "site": "The centre's site, as its centre.toml names it.",
    "node": "A node's name, which is its user at the broker.",
    "point": "The number of a service point.",
    "part": "A part of what the office edits: hours, holidays-2027, catalogue-1.1.",
}
BINDING_VERSION = "0.2.0"  # of the MQTT bindings


def document() -> dict[str, Any]:
    """The whole document as plain data."""
    names = {kind: kind.__name__[0].lower() + kind.__name__[1:] for kind in ALL}
    _, schemas = msgspec.json.schema_components(ALL, ref_template="#/components/schemas/{name}")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Khiu",
            "version": f"{VERSION}.0.0",
            "description": "What the nodes of a walk-in queue say to each other through the centre's MQTT broker. "
            "Every payload is checked to the letter; one that does not fit is counted and changes nothing.",
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(kind) for kind, name in names.items()},
        "operations": {
            f"{role}{'Says' if action == 'send' else 'Hears'}{kind.__name__}": _operation(action, kind, names[kind])
            for action, table in (("send", SAYS), ("receive", HEARS))
            for role, kinds in table.items()
            for kind in kinds
        },
        "components": {
            "messages": {kind.__name__: _message(kind) for kind in ALL},
            "schemas": _plain(schemas),
        },
    }


def yaml(value: Any, indent: str = "") -> Iterator[str]:
    """The lines of this plain data as YAML: blocks, with scalars as JSON writes them, which YAML reads alike."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if inner and isinstance(inner, dict | list):
                yield f"{indent}{_scalar(key)}:"
                yield from yaml(inner, indent + "  ")
            else:
                yield f"{indent}{_scalar(key)}: {_scalar(inner)}"
    else:
        for inner in value:
            if inner and isinstance(inner, dict | list):
                first, *rest = yaml(inner, indent + "  ")
                yield f"{indent}- {first.strip()}"
                yield from rest
            else:
                yield f"{indent}- {_scalar(inner)}"


def text() -> str:
    """The document as it stands in asyncapi.yaml."""
    head = "# Made by `python -m broker.asyncapi`; change broker/messages.py instead."
    return "\n".join([head, *yaml(document()), ""])


def _channel(kind: type[Message]) -> dict[str, Any]:
    address = f"khiu/{{site}}/{kind.topic}"
    return {
        "address": address,
        "description": _doc(kind),
        "parameters": {name: {"description": PARAMETERS[name]} for name in re.findall(r"{(\w+)}", address)},
        "messages": {kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"}},
    }


def _operation(action: str, kind: type[Message], channel: str) -> dict[str, Any]:
    mqtt: dict[str, Any] = {"qos": kind.qos, "bindingVersion": BINDING_VERSION}
    if action == "send":
        mqtt = {"retain": kind.retained, **mqtt}
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{kind.__name__}"}],
        "bindings": {"mqtt": mqtt},
    }


def _message(kind: type[Message]) -> dict[str, Any]:
    return {
        "name": kind.__name__,
        "summary": _doc(kind),
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
    }


def _plain(schema: Any) -> Any:
    """The schema without discriminators, which mean another thing to AsyncAPI than to OpenAPI, for which msgspec writes
    them; each alternative's tag decides alone.  A choice of one is written as ``const``."""
    if isinstance(schema, list | tuple):
        return [_plain(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.keys() == {"enum"} and len(schema["enum"]) == 1:
        return {"const": schema["enum"][0]}
    if isinstance(said := schema.get("description"), str):  # from 3.13 on Python takes a docstring's indent away
        schema = {**schema, "description": " ".join(said.split())}
    return {name: _plain(inner) for name, inner in schema.items() if name != "discriminator"}


def _doc(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())


def _scalar(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", value) and value.lower() not in _YAML_WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


_YAML_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
