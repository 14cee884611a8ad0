"""What a handler answers, and the error bodies as GitHub words them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(frozen=True)
class Reply:
    """A status, a JSON body (`None` means no body) and extra headers."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


def problem(status: int, message: str, **more: Any) -> Reply:
    """An error body in GitHub's form: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api"""
    return Reply(status, {"message": message, **more, "documentation_url": DOCUMENTATION, "status": str(status)})


def not_found() -> Reply:
    """GitHub answers 404 both for what does not exist and for what the caller may not see."""
    return problem(404, "Not Found")


def not_accessible() -> Reply:
    """The answer that a workflow's token gets where its permissions end."""
    return problem(403, "Resource not accessible by integration")


def unprocessable(resource: str, field_name: str, code: str, message: str) -> Reply:
    """A failed validation, with the one error that caused it."""
    error = {"resource": resource, "code": code, "field": field_name, "message": message}
    return problem(422, "Validation Failed", errors=[error])
