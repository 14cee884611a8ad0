"""GitHub's OpenAPI description: which operation a request is, and what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft4Validator, validators
from referencing import Registry
from referencing.jsonschema import DRAFT4

METHODS = ("get", "post", "put", "patch", "delete")
ROOT = "urn:github-openapi"


@dataclass(frozen=True)
class Operation:
    """One method of one path template, with the values that the request's path gave its parameters."""

    method: str
    template: str
    path_values: dict[str, str]


class Description:
    """A loaded OpenAPI 3.0 document. Holds no state of the server."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = DRAFT4.create_resource(document)
        self._registry: Registry = Registry().with_resource(ROOT, resource)
        self._templates = [(_pattern(template), template) for template in document["paths"]]

    @classmethod
    def load(cls, path: Path) -> Description:
        """Reads the description that `prepare-github.sh` fetched."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def find(self, method: str, path: str) -> Operation | None:
        """The operation that a path means. A literal segment beats a parameter, as in `/issues/comments/{id}`."""
        found: list[Operation] = []
        for pattern, template in self._templates:
            match = pattern.fullmatch(path)
            if match and method.lower() in self.document["paths"][template]:
                found.append(Operation(method.lower(), template, dict(zip(_names(template), map(unquote, match.groups())))))
        return min(found, key=lambda operation: operation.template.count("{"), default=None)

    def parameters(self, operation: Operation) -> list[dict[str, Any]]:
        """The declared parameters, with references followed."""
        declared = self._node(operation).get("parameters", [])
        return [self.follow(parameter) for parameter in declared]

    def follow(self, node: dict[str, Any]) -> dict[str, Any]:
        """The node itself, or what its `$ref` points to."""
        while "$ref" in node:
            target: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def body_schema(self, operation: Operation) -> dict[str, Any] | None:
        """The schema of the JSON request body, if the operation takes one."""
        body = self._node(operation).get("requestBody")
        return _json_schema(self.follow(body)) if body else None

    def body_is_required(self, operation: Operation) -> bool:
        """Whether a request without a body is wrong."""
        body = self._node(operation).get("requestBody")
        return bool(body and self.follow(body).get("required"))

    def reply_schema(self, operation: Operation, status: int) -> dict[str, Any] | None:
        """The schema that a reply of this status must meet, if the description gives one."""
        reply = self._node(operation)["responses"].get(str(status))
        return _json_schema(self.follow(reply)) if reply else None

    def mismatches(self, schema: dict[str, Any], value: Any) -> list[str]:
        """Every way in which a value does not meet a schema, as `where: what`."""
        checker = OpenApiValidator(_rooted(schema), registry=self._registry)
        errors = sorted(checker.iter_errors(value), key=lambda error: list(map(str, error.absolute_path)))
        return [f"{'/'.join(map(str, error.absolute_path)) or '(body)'}: {error.message[:300]}" for error in errors]

    def _node(self, operation: Operation) -> dict[str, Any]:
        node: dict[str, Any] = self.document["paths"][operation.template][operation.method]
        return node


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "([^/]+)", re.escape(template)))


def _names(template: str) -> list[str]:
    return re.findall(r"\{([^}]+)\}", template)


def _json_schema(node: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of the JSON form of a body."""
    schema: dict[str, Any] | None = node.get("content", {}).get("application/json", {}).get("schema")
    return schema


def _rooted(node: Any) -> Any:
    """A copy whose references start at the document, since the fragment has left it."""
    if isinstance(node, dict):
        return {key: _absolute(key, _rooted(value)) for key, value in node.items()}
    return [_rooted(item) for item in node] if isinstance(node, list) else node


def _absolute(key: str, value: Any) -> Any:
    return ROOT + value if key == "$ref" and isinstance(value, str) and value.startswith("#") else value


def _unless_null(keyword: str) -> Any:
    """OpenAPI 3.0 says `nullable: true` where JSON Schema has a type `null`."""
    original = Draft4Validator.VALIDATORS[keyword]

    def check(validator: Any, value: Any, instance: Any, schema: dict[str, Any]) -> Iterator[Any]:
        if instance is None and schema.get("nullable"):
            return
        yield from original(validator, value, instance, schema) or ()

    return check


OpenApiValidator = validators.extend(
    Draft4Validator, {keyword: _unless_null(keyword) for keyword in ("type", "enum", "allOf", "anyOf", "oneOf")}
)
