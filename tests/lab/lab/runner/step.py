"""The two stages of a container action's step, main and post, and what is found wrong with them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.runner import command_files
from lab.runner.command_files import CommandFiles
from lab.runner.job import Job
from lab.runner.log import Log
from lab.runner.manifest import Action, input_environment, unexpected_inputs
from lab.runner.masks import Masker
from lab.runner.process import Ending, Interruption, Stop, run


@dataclass(frozen=True)
class Step:
    """What to run. `secrets` must never be seen; `registered` are the workflow's own, which the runner masks too."""

    action: Action
    binary: Path
    job: Job
    given: dict[str, str]
    secrets: tuple[str, ...] = ()
    registered: tuple[str, ...] = ()
    limit: float = 300.0


@dataclass
class Stage:
    """One finished stage."""

    name: str
    ending: Ending
    log: Log
    files: CommandFiles
    violations: list[str] = field(default_factory=list)

    @property
    def conclusion(self) -> str:
        """As the runner would mark the step."""
        signals = {str(signal["name"]) for signal in self.ending.signals}
        if "SIGINT" in signals:
            return "cancelled"
        return "failure" if self.ending.exit_code or self.files.errors or self.log.failed else "success"


def new_log(step: Step) -> Log:
    """A log with the masks that a job starts with: the workflow's secrets and the token."""
    return Log(Masker([*step.registered, step.job.token]), step.job.workspace)


def run_stage(step: Step, name: str, log: Log, state: dict[str, str], interruption: Interruption | None) -> Stage:
    """Runs `name`, an entrypoint of the action, in what is a fresh container: only files and state carry over."""
    variables = command_files.create(step.job.temp)
    environment = {
        **step.job.step_environment(),
        **input_environment(step.action, step.given, step.job.contexts()),
        **{f"STATE_{key}": value for key, value in state.items()},
        **variables,
        "RUNNER_TRACKING_ID": f"lab_{uuid.uuid4()}",
    }
    program = _entrypoint(step, name)
    ending = run(program, environment, step.job.workspace, log.line, Stop(interruption, step.limit))
    stage = Stage(name, ending, log, command_files.read(variables))
    stage.violations = _violations(step, stage)
    return stage


def stage_as_json(stage: Stage) -> dict[str, Any]:
    """A stage as the result has it. `log` is masked; `raw_log` is what the process wrote."""
    return {
        "name": stage.name,
        "conclusion": stage.conclusion,
        "exit_code": stage.ending.exit_code,
        "seconds": stage.ending.seconds,
        "signals": stage.ending.signals,
        "seconds_after_signal": stage.ending.seconds_after_signal,
        "outputs": stage.files.outputs,
        "state": stage.files.state,
        "environment": stage.files.environment,
        "path": stage.files.path,
        "summary": stage.log.masker.mask(stage.files.summary),
        "annotations": stage.log.annotations_as_json(),
        "annotations_dropped": stage.log.dropped,
        "groups": stage.log.groups,
        "masks": stage.log.masker.values,
        "log": stage.log.shown,
        "raw_log": stage.log.raw,
        "file_command_errors": stage.files.errors,
        "strays": stage.ending.strays,
        "violations": stage.violations,
    }


def warnings(step: Step) -> list[str]:
    """What the runner says before it starts the step."""
    return unexpected_inputs(step.action, step.given)


def _entrypoint(step: Step, name: str) -> Path:
    """The binary under the name of the entrypoint, since it tells main from post by that."""
    link = step.job.temp / "_entrypoints" / name
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(step.binary.resolve())
    return link


def _violations(step: Step, stage: Stage) -> list[str]:
    """What the runner would let pass and a good action does not do, and what only the runner would notice."""
    files, ending, log = stage.files, stage.ending, stage.log
    found = [*log.faults, *files.errors]
    found += [files.summary_error] if files.summary_error else []
    for name, value in files.outputs.items():
        if name not in step.action.outputs:
            found.append(f"output `{name}` is not declared in action.yml")
        if log.masker.changes(value):
            found.append(f"output `{name}` holds a masked value and is lost to other jobs")
    found += [f"ran for more than {step.limit} s"] if ending.timed_out else []
    signals = [str(signal["name"]) for signal in ending.signals]
    if signals[-1:] == ["SIGKILL"] and len(signals) > 1:
        found.append("still ran 10 s after the cancel; in a container it would go on without the runner")
    return found + _leaks(step, stage)


def _leaks(step: Step, stage: Stage) -> list[str]:
    """Where a secret can be seen. The masker covers the log, but neither files nor what other steps do with them."""
    files = stage.files
    places = {
        "the log": "\n".join(stage.log.shown),
        "the summary": files.summary,
        "an output": "\n".join(files.outputs.values()),
        "the state": "\n".join(files.state.values()),
        "an annotation": str(stage.log.annotations_as_json()),
    }
    secrets = [*step.secrets, *step.registered]
    seen = [(place, number) for place, text in places.items() for number in _seen(secrets, text)]
    return [f"secret {number} is in {place}" for place, number in seen]


def _seen(secrets: list[str], text: str) -> list[int]:
    """The numbers, from 1, of the secrets that a text holds."""
    return [number for number, secret in enumerate(secrets, 1) if secret and secret in text]
