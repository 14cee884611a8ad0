"""The moments at which a test stops a step."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class Trigger(Protocol):
    """Says whether the moment has come. Asked about a hundred times a second, with the seconds since the start."""

    def fired(self, seconds: float) -> bool: ...


@dataclass(frozen=True)
class AfterSeconds:
    """So many seconds after the start."""

    seconds: float

    def fired(self, seconds: float) -> bool:
        return seconds >= self.seconds


@dataclass(frozen=True)
class OnText:
    """When a line of output holds a text."""

    text: str
    holds: Callable[[str], bool]

    def fired(self, seconds: float) -> bool:
        return self.holds(self.text)


@dataclass(frozen=True)
class AtCount:
    """When a server in the lab has counted so many calls.

    The URL answers with JSON: a number, a list of calls, or an object with a `count`.
    """

    url: str
    count: int

    def fired(self, seconds: float) -> bool:
        return counted(self.url) >= self.count


def counted(url: str) -> int:
    """The number of calls that the server at the URL has seen. Not answering in time counts as none."""
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            found: Any = json.loads(reply.read())
    except OSError:
        return 0
    if isinstance(found, dict):
        found = found["count"]
    return len(found) if isinstance(found, list) else int(found)
