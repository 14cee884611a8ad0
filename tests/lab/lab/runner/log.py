"""A step's log: every line of output goes through here as it comes, as in the runner's OutputManager."""

from __future__ import annotations

import os
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lab.runner.masks import Masker
from lab.runner.workflow_commands import DEPRECATED, DISABLED, REGISTERED, Command, parse, unknown_name

# ExecutionContext.cs: _maxCountPerIssueType and _maxIssueMessageLength.
ANNOTATIONS_PER_KIND = 10
MESSAGE_LIMIT = 4096


@dataclass(frozen=True)
class Annotation:
    """An `::error::`, `::warning::` or `::notice::`. `file` is relative to the workspace if it lies in it."""

    kind: str
    message: str
    file: str = ""
    properties: dict[str, str] = field(default_factory=dict)


@dataclass
class Log:
    """Collects the lines of both streams. `shown` is the log as a reader sees it, `raw` what was written."""

    masker: Masker
    workspace: Path
    raw: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    dropped: int = 0
    groups: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    failed: bool = False
    _resume: str = ""
    _open_group: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def line(self, text: str) -> None:
        """Takes one line, without its newline. Safe to call from the threads of both streams."""
        with self._lock:
            self.raw.append(text)
            if self._resume:
                self._wait_for_resume(text)
                return
            command = parse(text, REGISTERED)
            if command:
                self._act(command)
                return
            name = unknown_name(text)
            if name:
                self.faults.append(f"`{name}` is no workflow command")
            self._show(text)

    def holds(self, text: str) -> bool:
        """Whether the raw output so far holds a text."""
        with self._lock:
            return any(text in line for line in self.raw)

    def annotations_as_json(self) -> list[dict[str, Any]]:
        """The annotations, for the result."""
        return [asdict(annotation) for annotation in self.annotations]

    def _wait_for_resume(self, text: str) -> None:
        """Between `::stop-commands::token` and `::token::` nothing is a command, not even our own masks."""
        if parse(text, frozenset({self._resume.lower()})):
            self._resume = ""
        self._show(text)

    def _act(self, command: Command) -> None:
        if command.name == "add-mask":
            self._add_mask(command.data)
        elif command.name in ("error", "warning", "notice"):
            self._annotate(command)
        elif command.name == "group":
            self._start_group(command.data)
        elif command.name == "endgroup":
            self._end_group()
        elif command.name == "stop-commands":
            self._resume = command.data
        elif command.name in DISABLED:
            self.failed = True
            self.faults.append(f"`{command.name}` is disabled and fails the step")
        elif command.name in DEPRECATED:
            self.faults.append(f"`{command.name}` is deprecated")
        elif command.name == "debug":
            self._show(f"##[debug]{command.data}")

    def _add_mask(self, value: str) -> None:
        if value.strip():
            self.masker.add(value)
        else:
            self.faults.append("`add-mask` without a value")

    def _annotate(self, command: Command) -> None:
        message = command.data[:MESSAGE_LIMIT]
        self._show(f"##[{command.name}]{message}")
        if sum(annotation.kind == command.name for annotation in self.annotations) >= ANNOTATIONS_PER_KIND:
            self.dropped += 1
            return
        file = self._relative(command.properties.get("file", ""))
        shown = self.masker.mask(message)
        self.annotations.append(Annotation(command.name, shown, file, command.properties))

    def _relative(self, file: str) -> str:
        root = f"{self.workspace}{os.sep}"
        return file.removeprefix(root)

    def _start_group(self, title: str) -> None:
        if self._open_group:
            self.faults.append(f"group `{title}` starts inside another; groups do not nest")
        self._open_group = True
        self.groups.append(self.masker.mask(title))
        self._show(f"##[group]{title}")

    def _end_group(self) -> None:
        if not self._open_group:
            self.faults.append("`endgroup` without a group")
        self._open_group = False
        self._show("##[endgroup]")

    def _show(self, text: str) -> None:
        self.shown.append(self.masker.mask(text))
