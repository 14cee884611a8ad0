"""Workflow commands in the output, parsed as in the runner.

https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""

from __future__ import annotations

import re
from dataclasses import dataclass

REGISTERED = frozenset(
    "add-mask add-matcher remove-matcher debug warning error notice group endgroup echo stop-commands".split()
    + "set-output save-state set-env add-path".split()
)
DEPRECATED = frozenset({"set-output", "save-state"})
DISABLED = frozenset({"set-env", "add-path"})
ESCAPES_OF_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
ESCAPES_OF_PROPERTIES = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
ESCAPES_OF_LEGACY = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))


@dataclass(frozen=True)
class Command:
    """A command that the runner would act on. Names are in lower case."""

    name: str
    properties: dict[str, str]
    data: str


def parse(line: str, names: frozenset[str]) -> Command | None:
    """The command of a line: `::name k=v,k=v::data` at its start, or `##[name k=v;k=v]data` anywhere in it."""
    return _parse_current(line, names) or _parse_legacy(line, names)


def unknown_name(line: str) -> str | None:
    """The name in a line that has the form of a command and is none: a slip, which the runner prints as it is."""
    match = re.match(r"\s*::([A-Za-z-]+)(?: [^:]*)?::", line)
    return match[1] if match and match[1].lower() not in REGISTERED else None


def _parse_current(line: str, names: frozenset[str]) -> Command | None:
    text = line.lstrip()
    end = text.find("::", 2)
    if not text.startswith("::") or end < 0:
        return None
    name, _, properties = text[2:end].partition(" ")
    if name.lower() not in names:
        return None
    data = _unescape(text[end + 2 :], ESCAPES_OF_DATA)
    return Command(name.lower(), _properties(properties.strip(), ",", ESCAPES_OF_PROPERTIES), data)


def _parse_legacy(line: str, names: frozenset[str]) -> Command | None:
    start = line.find("##[")
    end = line.find("]", start) if start >= 0 else -1
    if end < 0:
        return None
    name, _, properties = line[start + 3 : end].partition(" ")
    if name.lower() not in names:
        return None
    data = _unescape(line[end + 1 :], ESCAPES_OF_LEGACY)
    return Command(name.lower(), _properties(properties, ";", ESCAPES_OF_LEGACY), data)


def _properties(text: str, separator: str, escapes: tuple[tuple[str, str], ...]) -> dict[str, str]:
    pairs = (item.partition("=") for item in text.split(separator) if item)
    return {name: _unescape(value, escapes) for name, _, value in pairs if name and value}


def _unescape(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for token, plain in escapes:
        text = text.replace(token, plain)
    return text
