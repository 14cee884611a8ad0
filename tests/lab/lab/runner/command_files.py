"""The files by which a step speaks to the runner, and how the runner reads them.

The rules are those of https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path

# https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
SUMMARY_LIMIT = 1024 * 1024
PREFIXES = {
    "GITHUB_OUTPUT": "set_output_",
    "GITHUB_STATE": "save_state_",
    "GITHUB_ENV": "set_env_",
    "GITHUB_PATH": "add_path_",
    "GITHUB_STEP_SUMMARY": "step_summary_",
}
CONTEXT_NAMES = {"GITHUB_OUTPUT": "output", "GITHUB_STATE": "state", "GITHUB_ENV": "env"}


class CommandFileError(Exception):
    """A command file that the runner cannot read. The step fails."""


@dataclass
class CommandFiles:
    """What a step wrote. `errors` fail the step; `summary_error` only loses the summary."""

    outputs: dict[str, str] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    summary: str = ""
    summary_error: str = ""
    errors: list[str] = field(default_factory=list)


def create(temp: Path) -> dict[str, str]:
    """Makes a fresh, empty set of files for one stage of a step, and returns their variables."""
    suffix = str(uuid.uuid4())
    variables = {}
    for variable, prefix in PREFIXES.items():
        path = temp / "_runner_file_commands" / (prefix + suffix)
        path.touch()
        variables[variable] = str(path)
    return variables


def read(variables: dict[str, str]) -> CommandFiles:
    """Reads the files after the process has ended, however it ended."""
    found = CommandFiles()
    targets = {"GITHUB_OUTPUT": found.outputs, "GITHUB_STATE": found.state, "GITHUB_ENV": found.environment}
    for variable, target in targets.items():
        try:
            # Pairs before the fault count: the runner takes them one by one.
            for name, value in Pairs(_text(variables[variable])):
                target[name] = value
        except CommandFileError as error:
            name = CONTEXT_NAMES[variable]
            found.errors += [f"Unable to process file command '{name}' successfully.", str(error)]
    found.path = [line for line in _text(variables["GITHUB_PATH"]).split("\n") if line]
    summary = _text(variables["GITHUB_STEP_SUMMARY"])
    size = len(summary.encode("utf-8", "surrogateescape"))
    if size > SUMMARY_LIMIT:
        limit = f"{SUMMARY_LIMIT // 1024}k, got {size // 1024}k"
        found.summary_error = f"$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of {limit}"
    else:
        found.summary = summary
    return found


class Pairs:
    """The `NAME=VALUE` and `NAME<<DELIMITER` records of a file; raises `CommandFileError` at what is neither."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._index = 0

    def __iter__(self) -> Pairs:
        return self

    def __next__(self) -> tuple[str, str]:
        while True:
            line, _ = self._line()
            if line is None:
                raise StopIteration
            if line:
                return self._record(line)

    def _record(self, line: str) -> tuple[str, str]:
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, _, delimiter = line.partition("<<")
            if not name or not delimiter:
                reason = "Name must not be empty and delimiter must not be empty"
                raise CommandFileError(f"Invalid format '{line}'. {reason}")
            return name, self._heredoc(delimiter)
        if equals < 0:
            raise CommandFileError(f"Invalid format '{line}'")
        name, _, value = line.partition("=")
        return name, value

    def _heredoc(self, delimiter: str) -> str:
        start = end = self._index
        line, newline = self._line()
        while line != delimiter:
            if line is None:
                raise CommandFileError(f"Invalid value. Matching delimiter not found '{delimiter}'")
            if not newline:
                raise CommandFileError("Invalid value. EOF marker missing new line.")
            end = self._index - 1
            line, newline = self._line()
        return self._text[start:end] if end > start else ""

    def _line(self) -> tuple[str | None, bool]:
        """The next line, and whether a newline ended it. Only `\\n` ends a line on Linux."""
        if self._index >= len(self._text):
            return None, False
        end = self._text.find("\n", self._index)
        start = self._index
        self._index = len(self._text) if end < 0 else end + 1
        return (self._text[start:], False) if end < 0 else (self._text[start:end], True)


def _text(path: str) -> str:
    file = Path(path)
    return file.read_bytes().decode("utf-8", "surrogateescape") if file.exists() else ""
