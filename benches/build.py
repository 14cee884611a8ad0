"""Measures whole builds in the lab, whose states take as long as real ones, Packer's beside ours.

Every round runs each case with each program, one after the other. P is what no program can be faster than: the lab's own states and
the provisioner's run time along the longest chain, measured in the very run that it is compared with.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from figures import environment, resident, start_lab

SAMPLE_EVERY = 0.1
# What a provisioner does: it waits so long.
PROVISION_SECONDS = 20
# The states between the launch and the image; each waits for the one before.
CHAIN = ("pending_to_running", "sshd_delay", "stopping", "image_available")
# What goes on side by side after it.
ENDS = ("shutting_down", "copy_available")
THROTTLED = ("RequestLimitExceeded", "Throttling")


@dataclass(frozen=True)
class Case:
    """A template, and how many builds it holds."""

    name: str
    builders: int = 1
    regions: tuple[str, ...] = ()


CASES = (
    Case("one build"),
    Case("three regions", regions=("eu-west-1", "us-west-2")),
    Case("ten builders", builders=10),
    Case("thirty builders", builders=30),
)


@dataclass
class Run:
    """One run of a program."""

    wall: float
    least: float
    calls: int
    throttled: int
    peak_kib: int


def main() -> int:
    """Prints a Markdown table; 1 where one build by itself took longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="our release binary")
    parser.add_argument("--packer", help="Packer's binary, to stand beside it")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--case", action="append", help="only this one; may be given again")
    parser.add_argument("--slower", type=float, default=1.0, help="every state takes so many times as long")
    options = parser.parse_args()
    programs = {"ami-build": options.binary} | ({"Packer": options.packer} if options.packer else {})
    cases = [case for case in CASES if not options.case or case.name in options.case]
    found: dict[tuple[str, str], list[Run]] = {}
    with tempfile.TemporaryDirectory() as directory:
        lab, port = start_lab(Path(directory))
        try:
            for number in range(options.rounds):
                for case in cases:
                    for name, path in programs.items():
                        run = measured(path, f"http://127.0.0.1:{port}", case, options.slower)
                        found.setdefault((case.name, name), []).append(run)
                        print(f"round {number + 1} of {options.rounds}, {case.name}, {name}: {run}", file=sys.stderr)
        finally:
            lab.terminate()
            lab.wait()
    print_table(cases, list(programs), found, options.rounds)
    return judge(found.get(("one build", "ami-build"), []))


def measured(path: str, endpoint: str, case: Case, slower: float) -> Run:
    """One run in a fresh account."""
    control(endpoint, "reset", {})
    control(endpoint, "settings", {"profile": "real"})
    settings = control(endpoint, "settings")
    delays = {kind: settings[kind] * slower for kind in (*CHAIN, *ENDS, "snapshot_completed")}
    control(endpoint, "settings", {**delays, "max_instances": 64, "throttle": True})
    with tempfile.TemporaryDirectory() as directory:
        template = Path(directory) / "template.json"
        template.write_text(json.dumps(template_of(case)))
        wall, peak, output = watched([path, "build", "-color=false", str(template)], environment(endpoint))
    calls = control(endpoint, "calls")
    throttled = sum(call["error"] in THROTTLED for call in calls)
    provisioned = max(float(line.split("provisioned-seconds ")[1].split()[0]) for line in output.splitlines() if "provisioned-seconds " in line)
    return Run(wall, least(control(endpoint, "transitions"), provisioned), len(calls), throttled, peak)


def least(transitions: list[dict[str, Any]], provisioned: float) -> float:
    """The longest chain: of every state the one that took longest, and of those at the end the longest of all."""

    def longest(kinds: tuple[str, ...]) -> float:
        took = [one["ended"] - one["begun"] for one in transitions if one["kind"] in kinds and one["ended"]]
        return max(took, default=0.0)

    return sum(longest((kind,)) for kind in CHAIN) + provisioned + longest(ENDS)


def template_of(case: Case) -> dict[str, Any]:
    """Builders that differ in their names alone."""
    script = [
        "begin=$(date +%s.%N)",
        f"sleep {PROVISION_SECONDS}",
        "echo done | sudo tee /etc/built",
        'echo "provisioned-seconds $(echo "$(date +%s.%N) $begin" | awk \'{print $1 - $2}\')"',
    ]
    return {
        "variables": {"endpoint": "{{env `EC2_ENDPOINT`}}"},
        "builders": [builder(case, number) for number in range(case.builders)],
        "provisioners": [{"type": "shell", "inline": script}],
    }


def builder(case: Case, number: int) -> dict[str, Any]:
    """As `quick.json`, with copies, tags and shares where the case asks for other regions."""
    quick = json.loads((Path(__file__).resolve().parent / "quick.json").read_text())["builders"][0]
    quick |= {"name": f"build-{number}", "ami_name": f"bench-{number}-{uuid.uuid4()}"}
    if case.regions:
        quick |= {"ami_regions": list(case.regions), "tags": {"Name": "bench", "Base": "{{ .SourceAMI }}"}}
        quick |= {"snapshot_tags": {"Part": "root"}, "ami_users": ["210987654321"], "snapshot_users": ["210987654321"]}
    return quick


def watched(command: list[str], variables: dict[str, str]) -> tuple[float, int, str]:
    """Wall time, peak memory and output of a command that has to succeed."""
    with tempfile.TemporaryFile() as output:
        begin = time.monotonic()
        process = subprocess.Popen(command, env=variables, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        peak = [0]
        watcher = threading.Thread(target=watch, args=(process, peak), daemon=True)
        watcher.start()
        process.wait()
        wall = time.monotonic() - begin
        watcher.join()
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    if process.returncode != 0:
        raise SystemExit(f"{command} ended with {process.returncode}:\n{text}")
    return wall, peak[0], text


def watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    """Keeps the largest memory that was seen."""
    while process.poll() is None:
        peak[0] = max(peak[0], resident(process.pid))
        time.sleep(SAMPLE_EVERY)


def control(endpoint: str, what: str, wishes: dict[str, Any] | None = None) -> Any:
    """Asks the lab, or tells it where there are wishes."""
    body = None if wishes is None else json.dumps(wishes).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{endpoint}/_lab/{what}", data=body)) as answer:
        return json.load(answer)


def print_table(cases: list[Case], programs: list[str], found: dict[tuple[str, str], list[Run]], rounds: int) -> None:
    """Means, one row for a case and a program."""
    print(f"| Mean of {rounds} rounds | Program | Wall | P | Wall / P | Calls a build | Throttled | Peak memory |")
    print("|---|---|---|---|---|---|---|---|")
    for case in cases:
        for name in programs:
            runs = found[case.name, name]
            wall, least_of_all = (statistics.mean(getattr(run, field) for run in runs) for field in ("wall", "least"))
            calls = statistics.mean(run.calls for run in runs) / case.builders
            throttled, peak = max(run.throttled for run in runs), max(run.peak_kib for run in runs) / 1024
            row = [case.name, name, f"{wall:.1f} s", f"{least_of_all:.1f} s", f"{wall / least_of_all:.3f}"]
            print(f"| {' | '.join([*row, f'{calls:.0f}', str(throttled), f'{peak:.0f} MiB'])} |")


def judge(runs: list[Run]) -> int:
    """A build by itself takes at most 1.03 times P and two seconds."""
    if not runs:
        return 0
    wall, allowed = statistics.mean(run.wall for run in runs), statistics.mean(1.03 * run.least + 2 for run in runs)
    print(f"\nOne build: {wall:.1f} s of {allowed:.1f} s that it may take.")
    return 0 if wall <= allowed else 1


if __name__ == "__main__":
    sys.exit(main())
