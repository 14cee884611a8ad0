"""An `action.yml`, and the `INPUT_` variables that the runner makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from lab.runner.expressions import evaluate


@dataclass(frozen=True)
class Action:
    """The parts of a container action's manifest that matter at run time."""

    inputs: dict[str, str]
    outputs: tuple[str, ...]
    entrypoint: str
    post_entrypoint: str | None

    @classmethod
    def load(cls, path: Path) -> Action:
        """Reads a manifest; raises `ValueError` where it is not one of a container action."""
        manifest: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        runs = manifest.get("runs") or {}
        if runs.get("using") != "docker":
            raise ValueError(f"`{path}` is not a container action: `runs.using` is `{runs.get('using')}`")
        declared = manifest.get("inputs") or {}
        inputs = {name: _text((entry or {}).get("default")) for name, entry in declared.items()}
        post = runs.get("post-entrypoint")
        return cls(
            inputs=inputs,
            outputs=tuple(manifest.get("outputs") or {}),
            entrypoint=PurePosixPath(runs.get("entrypoint") or "ami-build").name,
            post_entrypoint=PurePosixPath(post).name if post else None,
        )


def input_environment(action: Action, given: dict[str, str], contexts: dict[str, Any]) -> dict[str, str]:
    """Every declared input is set, to an empty string if need be; every given one too, declared or not.

    Upper case, and only spaces become `_`, so `role-to-assume` stays `INPUT_ROLE-TO-ASSUME`:
    https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/Handler.cs (AddInputsToEnvironment).
    """
    values = {name: evaluate(default, contexts) for name, default in action.inputs.items()}
    lowered = {name.lower(): name for name in action.inputs}
    for name, value in given.items():
        values[lowered.get(name.lower(), name)] = value
    return {f"INPUT_{name.replace(' ', '_').upper()}": value for name, value in values.items()}


def unexpected_inputs(action: Action, given: dict[str, str]) -> list[str]:
    """The warning that the runner gives for inputs that the manifest does not declare."""
    known = {name.lower() for name in action.inputs}
    unknown = [name for name in given if name.lower() not in known]
    return [f"Unexpected input(s) '{', '.join(unknown)}', valid inputs are {sorted(action.inputs)}"] if unknown else []


def _text(value: Any) -> str:
    """A default as the runner sees it: YAML's booleans and numbers are text to it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
