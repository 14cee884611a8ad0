"""Fills in what a schema requires and a test does not care about, from the examples in GitHub's description.

A repository has 75 required fields. Writing them down here would be a second description, which would grow old.
"""

from __future__ import annotations

from typing import Any

from lab.github.openapi import Description

MOMENT = "2026-01-01T00:00:00Z"


def sample(description: Description, schema: dict[str, Any], **given: Any) -> Any:
    """The smallest value that meets a schema, with the given fields put in."""
    schema = description.follow(schema)
    if schema.get("nullable") and not given:
        return None
    if schema.get("type") == "object" or "properties" in schema:
        return _object(description, schema, given)
    return _scalar(description, schema)


def _object(description: Description, schema: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties", {})
    required = [name for name in schema.get("required", []) if name not in given]
    return {**{name: sample(description, properties[name]) for name in required}, **given}


def _scalar(description: Description, schema: dict[str, Any]) -> Any:
    for choice in ("allOf", "anyOf", "oneOf"):
        if choice in schema:
            return sample(description, schema[choice][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date-time":
        return MOMENT
    if schema.get("format") == "uri" or "example" not in schema:
        return _plain(schema)
    return schema["example"]


def _plain(schema: dict[str, Any]) -> Any:
    if schema.get("format") == "uri":
        return "https://github.example/unused"
    plain: dict[str, Any] = {"integer": 1, "number": 1, "boolean": False, "array": [], "string": "unused"}
    return plain[schema["type"]]
