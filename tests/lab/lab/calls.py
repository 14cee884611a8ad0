"""AWS calls as they come in, and the record of them."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qsl

SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
INDEX = re.compile(r"^\d+$")


@dataclass
class Call:
    """One call. `status` 0 means that the client got no answer."""

    service: str
    action: str
    region: str
    parameters: dict[str, Any]
    user_agent: str
    access_key: str = ""
    number: int = 0
    status: int = 0
    error: str | None = None
    request_id: str | None = None
    fault: str | None = None
    time: float = field(default_factory=time.time)
    seconds: float = 0.0


class Journal:
    """All calls since the last reset, numbered from 1."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def add(self, call: Call) -> None:
        """Gives `call` the next number and keeps it."""
        with self._lock:
            self._calls.append(call)
            call.number = len(self._calls)

    def as_json(self) -> list[dict[str, Any]]:
        """All calls, oldest first."""
        with self._lock:
            return [asdict(call) for call in self._calls]

    def clear(self) -> None:
        """Forgets all calls; the next is number 1 again."""
        with self._lock:
            self._calls.clear()


def decode(headers: dict[str, str], body: bytes, query: str) -> Call:
    """Reads service and region from the signature's scope, action and parameters from the form."""
    scope = SCOPE.search(headers.get("authorization", ""))
    access_key, region, service = scope.groups() if scope else ("", "us-east-1", "sts")
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    form |= dict(parse_qsl(query, keep_blank_values=True))
    target = headers.get("x-amz-target", "")
    action = form.pop("Action", "") or target.rsplit(".", 1)[-1]
    form.pop("Version", None)
    return Call(service, action, region, nested(form), headers.get("user-agent", ""), access_key)


def nested(form: dict[str, str]) -> dict[str, Any]:
    """`{"Tag.1.Key": "a"}` as `{"Tag": [{"Key": "a"}]}`."""
    tree: dict[str, Any] = {}
    for key, value in form.items():
        here = tree
        *parents, last = key.split(".")
        for parent in parents:
            below = here.setdefault(parent, {})
            here = below if isinstance(below, dict) else here
        here[last] = value
    return {key: _lists(value) for key, value in tree.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if set(value) == {"member"}:
        return _lists(value["member"])
    if value and all(INDEX.match(key) for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(below) for key, below in value.items()}
