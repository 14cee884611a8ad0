"""Faults that a test asks for, by rules."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, get_args, Literal

from .calls import Call

Kind = Literal["error", "throttle", "500", "reset_before", "reset_after", "delay", "hang"]


@dataclass
class Rule:
    """Which calls are hit, and by what.

    `nth` counts the matching calls since the rule was set, `call_number` all calls since the
    reset; with neither, every matching call is hit, `times` times where that is given.
    """

    kind: Kind
    action: str = "*"
    region: str | None = None
    service: str | None = None
    nth: int | None = None
    call_number: int | None = None
    times: int | None = None
    always: bool = False
    code: str = "InternalError"
    message: str = "An internal error has occurred"
    status: int = 400
    seconds: float = 0.0
    seen: int = 0
    hits: int = 0


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def set(self, rules: list[dict[str, Any]]) -> None:
        """Replaces all rules. Raises ValueError for one that makes no sense."""
        made = []
        for rule in rules:
            if rule.get("kind") not in get_args(Kind):
                raise ValueError(f"no fault kind `{rule.get('kind')}`; there are {', '.join(get_args(Kind))}")
            try:
                made.append(Rule(**rule))
            except TypeError as error:
                raise ValueError(str(error)) from error
        with self._lock:
            self._rules = made

    def hit(self, call: Call) -> Rule | None:
        """The first rule that hits `call`, counted."""
        with self._lock:
            hitting = [rule for rule in self._rules if _counts(rule, call) and _hits(rule, call)]
            if not hitting:
                return None
            hitting[0].hits += 1
            return hitting[0]

    def clear(self) -> None:
        """Drops all rules."""
        with self._lock:
            self._rules = []


def _counts(rule: Rule, call: Call) -> bool:
    matches = (
        rule.action in ("*", call.action)
        and rule.region in (None, call.region)
        and rule.service in (None, call.service)
    )
    rule.seen += matches
    return matches


def _hits(rule: Rule, call: Call) -> bool:
    if rule.call_number is not None:
        return call.number == rule.call_number
    if rule.nth is not None and rule.times is None:
        return rule.seen == rule.nth
    if rule.nth is not None and rule.seen < rule.nth:
        return False
    return rule.times is None or rule.hits < rule.times
