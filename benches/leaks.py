"""Counts what killed and cancelled builds leave in the account, Packer's beside ours.

Each program's build is ended after each of the EC2 calls that a clean build of it makes (of polls that repeat: the first, the middle
and the last), and at some instants of its provisioner, once by SIGKILL and once as GitHub's runner cancels a step. What the lab's
account then holds is counted: what the program alone left, and for ours also what is left after the net that comes next, either the
post step's `settle` or, without it, the machine's timer and a sweep. Packer has nothing that would come next.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import queue
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from build import control
from figures import environment, start_lab

HERE = Path(__file__).resolve().parent
PHASES = ("before launch", "launch and connect", "provision", "stop", "image", "clean up")
# The first call of a phase; a dry run is none.
BEGINS = {"RunInstances": 1, "StopInstances": 3, "CreateImage": 4, "TerminateInstances": 5}
PROVISION = PHASES.index("provision")
RUNS_ON = "the provisioner runs"
# What a provisioner does: it waits so long.
PROVISION_SECONDS = 4
# When it is interrupted, after its first line.
INSTANTS = (0.0, 1.0, 2.0, 3.0)
# Signals, and how long the runner waits after each (ProcessInvoker.cs: _sigintTimeout and _sigtermTimeout).
CANCEL = ((signal.SIGINT, 7.5), (signal.SIGTERM, 2.5), (signal.SIGKILL, 60.0))
# The runner signals the process that it started. Packer's first process does nothing but start another one, and ignores SIGINT
# since a terminal sends it to both: so here is, for Packer alone, what happens where both get it.
TO_ALL = "cancel of all processes"
ENDINGS = {"SIGKILL": ((signal.SIGKILL, 60.0),), "cancel": CANCEL, TO_ALL: CANCEL}
LIFETIME = 10
# A call that changes something takes so long, as EC2's do: long enough to be told from the next one.
CHANGING = 0.3
LOOK_EVERY = 0.1
READING = ("Describe", "Get")
CHANGES = (
    *("AuthorizeSecurityGroupIngress", "CreateImage", "CreateKeyPair", "CreateSecurityGroup", "CreateTags", "DeleteKeyPair"),
    *("DeleteSecurityGroup", "DeregisterImage", "ImportKeyPair", "RunInstances", "StopInstances", "TerminateInstances"),
)
LONGEST_SECONDS = 300
KINDS = {
    "instances": "machine",
    "volumes": "volume",
    "key_pairs": "key pair",
    "security_groups": "security group",
    "images": "image",
    "snapshots": "snapshot",
}


@dataclass(frozen=True)
class Case:
    """A build that is ended: by which signals, and after which call or at which instant of its provisioner."""

    program: str
    ending: str
    # An action and how many calls of it there are by then, or seconds.
    moment: tuple[str, int] | float
    # The net that comes next.
    net: str = ""


@dataclass
class Outcome:
    """What is left of a case."""

    phase: int
    alone: Counter[str]
    after: Counter[str]
    seconds: float


def main() -> int:
    """Prints Markdown tables; 1 where something of ours is left once a net ran."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="our binary")
    parser.add_argument("--packer", help="Packer's binary, to stand beside it")
    parser.add_argument("--ending", action="append", choices=ENDINGS, help="only this one; may be given again")
    parser.add_argument("--jobs", type=int, default=4, help="labs side by side")
    options = parser.parse_args()
    programs = {"ami-build": options.binary} | ({"Packer": options.packer} if options.packer else {})
    with ExitStack() as stack:
        labs: queue.Queue[str] = queue.Queue()
        for _ in range(options.jobs):
            lab, port = start_lab(Path(stack.enter_context(tempfile.TemporaryDirectory())))
            stack.callback(end, lab)
            labs.put(f"http://127.0.0.1:{port}")
        with ThreadPoolExecutor(options.jobs) as pool:
            clean = {name: pool.submit(in_a_lab, labs, lambda at, path=path: actions_of(path, at)) for name, path in programs.items()}
            cases = [case for name, run in clean.items() for case in cases_of(name, run.result())]
            cases = [case for case in cases if case.ending in (options.ending or ENDINGS)]
            # The long ones are spread evenly.
            random.Random(0).shuffle(cases)
            runs = {case: pool.submit(in_a_lab, labs, lambda at, case=case: ended(case, programs[case.program], at)) for case in cases}
            for case, run in runs.items():
                print(f"{case}: {run.result()}", file=sys.stderr, flush=True)
    found = {case: run.result() for case, run in runs.items() if run.result() is not None}
    for ending in options.ending or ENDINGS:
        print_table(ending, list(programs), found)
    return judge(found)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a lab."""
    process.terminate()
    process.wait()


def in_a_lab(labs: queue.Queue[str], work: Callable[[str], Any]) -> Any:
    """Works in a lab of its own, in a fresh account whose states take as long as real ones."""
    endpoint = labs.get()
    try:
        control(endpoint, "reset", {})
        control(endpoint, "settings", {"profile": "real"})
        control(endpoint, "faults", [{"kind": "delay", "seconds": CHANGING, "action": action} for action in CHANGES])
        return work(endpoint)
    finally:
        labs.put(endpoint)


def cases_of(program: str, actions: list[str]) -> list[Case]:
    """Everything that happens to a program."""
    nets = ("settle", "sweep") if program == "ami-build" else ("",)
    moments = [*moments_of(actions), *INSTANTS]
    endings = [ending for ending in ENDINGS if ending != TO_ALL or program == "Packer"]
    return [Case(program, ending, moment, net) for ending in endings for net in nets for moment in moments]


def moments_of(actions: list[str]) -> list[tuple[str, int]]:
    """Every call of a clean build; of calls in a row that only read, the first, the middle and the last."""
    chosen: set[int] = set()
    for reads, row in itertools.groupby(range(len(actions)), lambda number: actions[number].startswith(READING)):
        numbers = list(row)
        chosen |= {numbers[0], numbers[len(numbers) // 2], numbers[-1]} if reads else set(numbers)
    return [(actions[number], actions[: number + 1].count(actions[number])) for number in sorted(chosen)]


def actions_of(path: str, endpoint: str) -> list[str]:
    """The calls of a build that nothing ends."""
    with tempfile.TemporaryDirectory() as directory:
        build = start(path, endpoint, Path(directory))
        if build.wait(LONGEST_SECONDS) != 0:
            raise SystemExit(f"{path} failed:\n{(Path(directory) / 'log').read_text()}")
    actions = [call["action"] for call in control(endpoint, "calls")]
    print(f"{path}: {len(actions)} calls: {' '.join(actions)}", file=sys.stderr)
    return actions


def ended(case: Case, path: str, endpoint: str) -> Outcome | None:
    """Runs a case. None where the build was over before its turn: how often a program polls differs from run to run."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        build = start(path, endpoint, place)
        if not wait_for_turn(case, build, endpoint, place):
            return None
        phase = phase_of(control(endpoint, "calls")) if isinstance(case.moment, tuple) else PROVISION
        seconds = interrupt(build, case.ending)
        is_finished = finished(phase, case.program, place)
        alone = left(endpoint, is_finished)
        if case.net == "settle":
            for journal in place.glob("state/ami-build/*.journal"):
                ours(path, ["settle", str(journal)], endpoint, place)
        elif case.net == "sweep":
            let_the_machine_end(endpoint)
            control(endpoint, "tags", {"name": "ami-build:deadline", "value": "2026-01-01T00:00:00Z", "unless": "kept"})
            ours(path, ["sweep", "-region", "us-east-1"], endpoint, place)
        return Outcome(phase, alone, left(endpoint, is_finished), seconds)


def start(path: str, endpoint: str, place: Path) -> subprocess.Popen[bytes]:
    """A build in a session of its own, so that a kill reaches all its processes, Packer's plugins too."""
    template = place / "template.json"
    template.write_text(json.dumps(template_of()))
    command = [path, "build", "-color=false", "-var", "name=leaks", str(template)]
    with (place / "log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=place,
            env=variables(endpoint, place),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def template_of() -> dict[str, Any]:
    """`quick.json` with a provisioner that takes a while."""
    quick = json.loads((HERE / "quick.json").read_text())
    quick["provisioners"] = [{"type": "shell", "inline": [f"echo {RUNS_ON}", f"sleep {PROVISION_SECONDS}"]}]
    return quick


def variables(endpoint: str, place: Path) -> dict[str, str]:
    """The same for both programs."""
    own = {"HOME": str(place), "XDG_STATE_HOME": str(place / "state"), "USER": "leaks"}
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
    return {**environment(endpoint), **own, **keys, "AMI_BUILD_MACHINE_TIMER": f"{LIFETIME}s"}


def ours(path: str, arguments: list[str], endpoint: str, place: Path) -> None:
    """Runs a command that cleans up; what it did not do is counted."""
    done = subprocess.run(
        [path, *arguments], env=variables(endpoint, place), stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST_SECONDS
    )
    if done.returncode != 0:
        print(f"{arguments[0]} ended with {done.returncode}:\n{done.stdout.decode()}{done.stderr.decode()}", file=sys.stderr)


def wait_for_turn(case: Case, build: subprocess.Popen[bytes], endpoint: str, place: Path) -> bool:
    """Whether the build lives at the moment when its call got an answer, or its provisioner ran for so long."""
    until = time.monotonic() + LONGEST_SECONDS
    while build.poll() is None:
        if time.monotonic() > until:
            os.killpg(build.pid, signal.SIGKILL)
            raise SystemExit(f"{case} hangs:\n{(place / 'log').read_text()}")
        if isinstance(case.moment, tuple):
            action, count = case.moment
            answered = [call for call in control(endpoint, "calls") if call["action"] == action and call["status"]]
            if len(answered) >= count:
                return True
        elif RUNS_ON in (place / "log").read_text(errors="replace"):
            time.sleep(case.moment)
            return build.poll() is None
        time.sleep(LOOK_EVERY)
    return False


def phase_of(calls: list[dict[str, Any]]) -> int:
    """How far a build came by the calls that it got an answer to."""
    made = [call["action"] for call in calls if call["status"] and call["error"] != "DryRunOperation"]
    return max((BEGINS.get(action, 0) for action in made), default=0)


def interrupt(build: subprocess.Popen[bytes], ending: str) -> float:
    """Sends one signal after the other until the build ends; how long that took. A kill ends all its processes."""
    began = time.monotonic()
    for number, patience in ENDINGS[ending]:
        try:
            if number == signal.SIGKILL or ending == TO_ALL:
                os.killpg(build.pid, number)
            else:
                build.send_signal(number)
            build.wait(patience)
            break
        except subprocess.TimeoutExpired:
            continue
    seconds = time.monotonic() - began
    try:
        # The runner ends what a step started and left behind.
        os.killpg(build.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    return seconds


def finished(phase: int, program: str, place: Path) -> Callable[[dict[str, Any]], bool]:
    """What tells a finished image, which is not left behind: the output has it, or ours declared it so, or Packer was cleaning up."""
    told = (place / "log").read_text(errors="replace").partition("AMIs were created:")[2]
    is_over = program == "Packer" and phase == len(PHASES) - 1
    return lambda image: is_over or image["id"] in told or image["tags"].get("ami-build:deadline") == "kept"


def left(endpoint: str, is_finished: Callable[[dict[str, Any]], bool]) -> Counter[str]:
    """What the account holds once no machine is on its way out any more, without finished images and their snapshots."""
    # A call that was under way takes effect after its client is gone.
    time.sleep(CHANGING + 0.2)
    while True:
        holds = control(endpoint, "inventory")
        if all(machine["state"] != "shutting-down" for machine in holds["instances"]):
            break
        time.sleep(LOOK_EVERY)
    product = {image["id"] for image in holds["images"] if is_finished(image)}
    count = lambda kind: sum(not {thing["id"], thing.get("image_id")} & product for thing in holds[kind])  # noqa: E731
    return Counter({kind: count(kind) for kind in KINDS})


def let_the_machine_end(endpoint: str) -> None:
    """Gives a machine that runs the time in which its own timer ends it; one without a timer outlives that."""
    until = time.monotonic() + LIFETIME + 8
    while time.monotonic() < until and any(one["state"] == "running" for one in control(endpoint, "inventory")["instances"]):
        time.sleep(LOOK_EVERY)


def print_table(ending: str, programs: list[str], found: dict[Case, Outcome]) -> None:
    """One row a phase: in how many builds of how many something was left, and what."""
    ours = [("ami-build", "", "alone"), ("ami-build", "settle", "after"), ("ami-build", "sweep", "after")]
    columns = [(name, "", "alone") for name in programs[1:]] + (ours if ending != TO_ALL else [])
    titles = [*programs[1:], "ami-build, the process alone", "then the post step", "or timer and sweep"][: len(columns)]
    print(f"| {ending} during | {' | '.join(titles)} |\n|---|{'---|' * len(columns)}")
    for number, phase in enumerate(PHASES):
        cells = []
        for program, net, when in columns:
            runs = [
                getattr(outcome, when)
                for case, outcome in found.items()
                if (case.program, case.ending, outcome.phase) == (program, ending, number) and net in ("", case.net)
            ]
            cells.append(cell(runs))
        print(f"| {phase} | {' | '.join(cells)} |")
    for program in programs:
        took = [outcome.seconds for case, outcome in found.items() if (case.program, case.ending) == (program, ending)]
        print(f"{program}: {len(took)} builds, from the first signal to the end {max(took, default=0.0):.1f} s at most", file=sys.stderr)
    print()


def cell(runs: list[Counter[str]]) -> str:
    """Such as `3 of 4: 3 machines, 3 volumes`."""
    things = sum(runs, Counter())
    dirty = sum(run.total() > 0 for run in runs)
    names = [f"{things[kind]} {name}{'s' * (things[kind] != 1)}" for kind, name in KINDS.items() if things[kind]]
    return f"{dirty} of {len(runs)}" + (f": {', '.join(names)}" if names else "")


def judge(found: dict[Case, Outcome]) -> int:
    """Says of which cases a net of ours left something."""
    leaks = [case for case, outcome in found.items() if case.net and outcome.after.total()]
    for case in leaks:
        print(f"left: {case}: {found[case]}", file=sys.stderr)
    return 1 if leaks else 0


if __name__ == "__main__":
    sys.exit(main())
