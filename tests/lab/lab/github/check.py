"""Says what is wrong with a request, by GitHub's description and by its rules on headers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from lab.github.openapi import Description, Operation

# https://docs.github.com/rest/about-the-rest-api/api-versions
API_VERSIONS = ("2022-11-28", "2026-03-10")
ACCEPTED = ("application/vnd.github", "application/json", "application/*", "*/*")


@dataclass(frozen=True)
class Request:
    """A request as it came, the base path taken off. Header names are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Checked:
    """The operation with its typed parameters, and every problem found."""

    operation: Operation | None = None
    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    problems: list[str] = field(default_factory=list)


def check(description: Description, request: Request) -> Checked:
    """Checks path, method, query, headers and body; never stops at the first problem."""
    checked = Checked(problems=header_problems(request))
    checked.operation = description.find(request.method, request.path)
    if checked.operation is None:
        checked.problems.append(f"the description has no operation `{request.method} {request.path}`")
        return checked
    _check_parameters(description, request, checked)
    _check_body(description, request, checked)
    return checked


def header_problems(request: Request) -> list[str]:
    """What GitHub asks of every request.

    https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api
    """
    problems = []
    headers = request.headers
    if not headers.get("user-agent"):
        problems.append("no `User-Agent` header")
    accept = headers.get("accept", "")
    if not any(kind in accept for kind in ACCEPTED):
        problems.append(f"`Accept` is `{accept}`, which asks for nothing that GitHub has")
    version = headers.get("x-github-api-version")
    if version is not None and version not in API_VERSIONS:
        problems.append(f"`X-GitHub-Api-Version` is `{version}`, which is not one of {', '.join(API_VERSIONS)}")
    scheme = headers.get("authorization", "Bearer none").split(" ")[0].lower()
    if scheme not in ("bearer", "token"):
        problems.append(f"`Authorization` has the scheme `{scheme}`, not `Bearer` or `token`")
    return problems


def _check_parameters(description: Description, request: Request, checked: Checked) -> None:
    assert checked.operation is not None
    declared = {(item["in"], item["name"]): item for item in description.parameters(checked.operation)}
    for name, text in checked.operation.path_values.items():
        checked.path[name] = _typed(declared.get(("path", name), {}), name, text, checked.problems)
    for name, text in parse_qsl(request.query, keep_blank_values=True):
        if ("query", name) not in declared:
            checked.problems.append(f"unknown query parameter `{name}`")
        elif name in checked.query:
            checked.problems.append(f"query parameter `{name}` is given twice")
        else:
            checked.query[name] = _typed(declared["query", name], name, text, checked.problems)
    for (place, name), item in declared.items():
        if place == "query" and item.get("required") and name not in checked.query:
            checked.problems.append(f"query parameter `{name}` is required")


def _typed(parameter: dict[str, Any], name: str, text: str, problems: list[str]) -> Any:
    """The value of a parameter in its declared type; a problem and the text where it has another."""
    schema = parameter.get("schema", {})
    try:
        value: Any = int(text) if schema.get("type") == "integer" else text
    except ValueError:
        problems.append(f"parameter `{name}` is `{text}`, which is not an integer")
        return text
    if schema.get("type") == "boolean" and text not in ("true", "false"):
        problems.append(f"parameter `{name}` is `{text}`, which is not a boolean")
    if "enum" in schema and value not in schema["enum"]:
        problems.append(f"parameter `{name}` is `{text}`, which is not one of {schema['enum']}")
    return value


def _check_body(description: Description, request: Request, checked: Checked) -> None:
    assert checked.operation is not None
    schema = description.body_schema(checked.operation)
    if not request.body:
        if description.body_is_required(checked.operation):
            checked.problems.append("the body is required")
        return
    if schema is None:
        checked.problems.append("a body was sent, and the operation takes none")
        return
    if "json" not in request.headers.get("content-type", ""):
        checked.problems.append(f"`Content-Type` is `{request.headers.get('content-type', '')}`, not JSON")
    try:
        checked.body = json.loads(request.body)
    except ValueError as error:
        checked.problems.append(f"the body is not JSON: {error}")
        return
    checked.problems += description.mismatches(schema, checked.body)
    known = description.follow(schema).get("properties")
    if known and isinstance(checked.body, dict):
        checked.problems += [f"unknown body field `{name}`" for name in checked.body if name not in known]
