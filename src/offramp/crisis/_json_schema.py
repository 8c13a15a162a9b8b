"""The JSON Schema of a crisis file, within draft-07, for editors that complete and check.

Draft-07 has no ``$defs`` and no ``prefixItems``, and ignores what stands beside a ``$ref``; the
schema that the model emits is rewritten accordingly. The short ways of writing a number are
added, since the model only knows the long one.
"""

from __future__ import annotations

from typing import Any

from offramp.crisis._schema import Crisis

DRAFT = "http://json-schema.org/draft-07/schema#"

_RANGE_PATTERN = r"^\s*[-+]?[0-9.eE+-]+\s*%?\s+to\s+[-+]?[0-9.eE+-]+\s*%?\s*$"

_SHORT_NUMBERS: list[dict[str, Any]] = [
    {"type": "number", "description": "The central value, without a range."},
    {
        "type": "string",
        "pattern": _RANGE_PATTERN,
        "description": "`low to high`: a 90 % interval; the central value is its midpoint.",
    },
    {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 3,
        "maxItems": 3,
        "description": "[central, low, high].",
    },
]

_SHORT_SOURCES = {"type": "string", "description": "`key` or `key:locator`, separated by `;`."}


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft-07) of a crisis file."""
    schema = _draft_07(Crisis.model_json_schema())
    quantity = schema["definitions"]["Quantity"]
    long = {key: quantity[key] for key in ("type", "properties", "additionalProperties")}
    long["properties"]["value"] = {
        "anyOf": _SHORT_NUMBERS,
        "description": long["properties"]["value"]["description"],
    }
    long["anyOf"] = [{"required": ["value"]}, {"required": ["experts"]}]
    schema["definitions"]["Quantity"] = {
        "title": "Quantity",
        "description": quantity["description"],
        "anyOf": [*_SHORT_NUMBERS, long],
    }
    return {"$schema": DRAFT, **schema}


def _draft_07(node: Any) -> Any:
    if isinstance(node, list):
        return [_draft_07(item) for item in node]
    if not isinstance(node, dict):
        return node
    done: dict[str, Any] = {}
    for key, value in node.items():
        if key == "$defs":
            done["definitions"] = _fields(value)
        elif key == "properties":
            done["properties"] = _fields(value)
        elif key == "$ref":
            done["$ref"] = value.replace("#/$defs/", "#/definitions/")
        elif key == "prefixItems":
            done["items"] = _draft_07(value)
            done["additionalItems"] = False
        else:
            done[key] = _draft_07(value)
    if "$ref" in done and len(done) > 1:
        done = {"allOf": [{"$ref": done.pop("$ref")}], **done}
    return done


def _fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Properties by name: their names are not keywords."""
    done = {name: _draft_07(field) for name, field in fields.items()}
    if "source" in done and done["source"].get("type") == "array":
        listed = done["source"]
        about = listed.pop("description", "Source references.")
        default = {"default": listed.pop("default")} if "default" in listed else {}
        listed.pop("title", None)
        done["source"] = {"anyOf": [_SHORT_SOURCES, listed], "description": about, **default}
    return done
