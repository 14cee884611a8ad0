"""`python3 -m lab.runner run --action-yml action.yml --binary PATH --event push --with k=v … --json OUT`

Exits with 0 when the step succeeded, 1 when it failed, 130 when it was cancelled. The result is in the JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from lab.runner.event import EVENTS, Scene
from lab.runner.job import Job
from lab.runner.log import Log
from lab.runner.manifest import Action
from lab.runner.process import CANCEL, KILL, Interruption
from lab.runner.step import Step, new_log, run_stage, stage_as_json, warnings
from lab.runner.triggers import AfterSeconds, AtCount, OnText, Trigger

EXIT_CODES = {"success": 0, "failure": 1, "cancelled": 130}


def main() -> int:
    """Runs the stages that the arguments ask for and writes the result."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="runner-") as scratch:
        temp = Path(arguments.temp or scratch).resolve()
        result = _run(arguments, _step(arguments, temp))
    text = json.dumps(result, indent=2)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")
    print("\n".join(result["main"]["log"]) if arguments.json else text)
    return EXIT_CODES[result["main"]["conclusion"]]


def _run(arguments: argparse.Namespace, step: Step) -> dict[str, Any]:
    step.job.prepare()
    log = new_log(step)
    main = run_stage(step, step.action.entrypoint, log, {}, _interruption(arguments, log))
    post = None
    if arguments.post and step.action.post_entrypoint:
        # Never cancelled: the job's cancellation is already spent on main.
        post = run_stage(step, step.action.post_entrypoint, new_log(step), main.files.state, None)
    stages = [stage for stage in (main, post) if stage]
    return {
        "warnings": warnings(step),
        "violations": [f"{stage.name}: {text}" for stage in stages for text in stage.violations],
        "main": stage_as_json(main),
        "post": stage_as_json(post) if post else None,
    }


def _step(arguments: argparse.Namespace, temp: Path) -> Step:
    fork = "mona/images" if arguments.fork else ""
    scene = Scene(
        arguments.event,
        arguments.repository,
        arguments.pr_number,
        arguments.head_ref,
        arguments.sha,
        fork,
        arguments.action,
        arguments.merged,
    )
    workspace = arguments.workspace.resolve()
    job = Job(scene, workspace, temp, arguments.api_url, arguments.token, dict(arguments.env))
    return Step(
        action=Action.load(arguments.action_yml),
        binary=arguments.binary,
        job=job,
        given=dict(arguments.given),
        secrets=tuple(arguments.secret),
        registered=tuple(arguments.registered_secret),
        limit=arguments.limit,
    )


def _interruption(arguments: argparse.Namespace, log: Log) -> Interruption | None:
    for kind, signals in (("cancel", CANCEL), ("kill", KILL)):
        trigger = _trigger(arguments, kind, log)
        if trigger:
            return Interruption(trigger, signals)
    return None


def _trigger(arguments: argparse.Namespace, kind: str, log: Log) -> Trigger | None:
    after = getattr(arguments, f"{kind}_after")
    text = getattr(arguments, f"{kind}_on")
    count = getattr(arguments, f"{kind}_at_call")
    if after is not None:
        return AfterSeconds(after)
    if text is not None:
        return OnText(text, log.holds)
    return AtCount(arguments.calls_url, count) if count is not None else None


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"`{text}` is not NAME=VALUE")
    return name, value


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab.runner", description=__doc__)
    run = parser.add_subparsers(dest="command", required=True).add_parser("run")
    run.add_argument("--action-yml", type=Path, required=True)
    run.add_argument("--binary", type=Path, required=True)
    run.add_argument("--workspace", type=Path, default=Path())
    run.add_argument("--temp", help="RUNNER_TEMP; kept if given")
    run.add_argument("--with", dest="given", type=_pair, action="append", default=[], metavar="INPUT=VALUE")
    run.add_argument("--env", type=_pair, action="append", default=[], metavar="NAME=VALUE")
    run.add_argument("--secret", action="append", default=[], help="a value that must not be seen")
    run.add_argument("--registered-secret", action="append", default=[], help="the same, and known to the runner")
    run.add_argument("--post", action="store_true", help="run the post stage too")
    run.add_argument("--limit", type=float, default=300.0, help="seconds after which a stage is killed as hanging")
    run.add_argument("--json", type=Path)
    _add_scene(run)
    _add_interruptions(run)
    return parser.parse_args()


def _add_scene(run: argparse.ArgumentParser) -> None:
    defaults = Scene("push")
    run.add_argument("--event", choices=EVENTS, default="push")
    run.add_argument("--action", default=defaults.action, help="what happened to the pull request, such as closed")
    run.add_argument("--merged", action="store_true", help="it was closed by merging it")
    run.add_argument("--fork", action="store_true", help="the pull request comes from a fork")
    run.add_argument("--repository", default=defaults.repository)
    run.add_argument("--pr-number", type=int, default=defaults.number)
    run.add_argument("--head-ref", default=defaults.head_ref)
    run.add_argument("--sha", default=defaults.sha)
    run.add_argument("--api-url", default="https://api.github.example")
    run.add_argument("--token", default=Job.token)


def _add_interruptions(run: argparse.ArgumentParser) -> None:
    for kind, meaning in (("cancel", "SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL"), ("kill", "SIGKILL")):
        run.add_argument(f"--{kind}-after", type=float, metavar="SECONDS", help=meaning)
        run.add_argument(f"--{kind}-on", metavar="TEXT", help=f"{meaning}, when a line of output holds the text")
        run.add_argument(f"--{kind}-at-call", type=int, metavar="N", help=f"{meaning}, when --calls-url counts N")
    run.add_argument("--calls-url", help="answers JSON: a number, a list, or an object with a `count`")


if __name__ == "__main__":
    sys.exit(main())
