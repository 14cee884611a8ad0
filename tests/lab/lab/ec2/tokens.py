"""Client tokens: the same token makes nothing twice."""

from __future__ import annotations

import json
from typing import Any

from ..world import World
from .errors import error


def fingerprint(response: Any) -> str:
    """The parameters of a call, without what may differ when it is repeated."""
    kept = {key: value for key, value in response.params.items() if key not in ("ClientToken", "DryRun")}
    return json.dumps(kept, sort_keys=True, default=str)


def recall(world: World, response: Any, action: str) -> Any:
    """What the call's token made before; None when it is new. Raises for other parameters."""
    token = response._get_param("ClientToken")
    known = world.tokens.get((response.region, action, token)) if token else None
    if known is None:
        return None
    if known[0] != fingerprint(response):
        raise error(
            "IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
        )
    return known[1]


def remember(world: World, response: Any, action: str, made: Any, parameters: str | None = None) -> None:
    """Keeps what the call's token made."""
    token = response._get_param("ClientToken")
    if token:
        world.tokens[response.region, action, token] = (parameters or fingerprint(response), made)
