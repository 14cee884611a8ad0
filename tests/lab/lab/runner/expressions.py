"""`${{ context.name }}`, the one kind of expression that an input's default needs."""

from __future__ import annotations

import re
from typing import Any

EXPRESSION = re.compile(r"\$\{\{\s*([a-z]+)\.([A-Za-z0-9_.-]+)\s*\}\}")


def evaluate(text: str, contexts: dict[str, Any]) -> str:
    """Replaces every expression; raises `ValueError` for one that is more than a look-up."""
    replaced = EXPRESSION.sub(lambda match: _look_up(contexts, match[1], match[2]), text)
    if "${{" in replaced:
        raise ValueError(f"the lab's runner cannot evaluate `{text}`")
    return replaced


def _look_up(contexts: dict[str, Any], context: str, path: str) -> str:
    value: Any = contexts.get(context, {})
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return "" if value is None else str(value)
