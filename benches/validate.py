"""Measures what `validate` costs: a thousand builders, growth, and templates that are made to be slow.

    python3 benches/validate.py --binary PATH [--packer PATH] [--runs 5] [--limit 0.1]

The figures are processor time, so that another program's work does not count. With Packer's binary a hundred builders are validated by both,
in turn, by the clock: Packer starts processes, whose time is not its own.

Fails where a thousand builders take longer than the limit (seconds, for a release binary), where four times the builders take
more than six times as long, or where a hostile template hangs or ends in a signal.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Above what doubling twice costs, below what doubling twice costs where the cost is quadratic.
MOST_GROWTH = 6.0
# Nothing comes near it but what hangs.
LONGEST_SECONDS = 60

SHELL = {"type": "shell-local", "inline": ["echo {{build_name}} {{user `name`}}"]}


def null_builders(count: int) -> dict[str, Any]:
    """What Packer 1.6.6 took 148 s for, at a thousand."""
    builders = [{"type": "null", "name": f"b{number}", "communicator": "none"} for number in range(count)]
    return {"variables": {"name": "x"}, "builders": builders, "provisioners": [SHELL]}


def amazon_builders(count: int) -> dict[str, Any]:
    """The same with a real builder's keys."""
    builders = [
        {
            "type": "amazon-ebs",
            "name": f"b{number}",
            "region": "eu-west-1",
            "source_ami_filter": {"filters": {"name": "debian-12-*"}, "owners": ["136693071363"], "most_recent": True},
            "instance_type": "t3.micro",
            "ssh_username": "admin",
            "ami_name": f"web-{number}-{{{{timestamp}}}}",
            "tags": {"Name": "web-{{user `name`}}", "Base": "{{ .SourceAMIName }}"},
        }
        for number in range(count)
    ]
    return {"variables": {"name": "x"}, "builders": builders, "provisioners": [SHELL]}


def hostile() -> Iterator[tuple[str, str]]:
    """Templates that are made to be slow, deep or large; each is valid or ends in an error, soon."""
    one = {"type": "null", "communicator": "none"}
    variables = {f"v{number}": f"{{{{user `v{number + 1}`}}}}" for number in range(100_000)}
    yield "100,000 variables", json.dumps({"variables": {f"v{n}": str(n) for n in range(100_000)}, "builders": [one]})
    yield "100,000 variables in one chain", json.dumps({"variables": {**variables, "v100000": "end"}, "builders": [one]})
    yield "2,000 builders with 2,000 provisioners", json.dumps({**null_builders(2000), "provisioners": [SHELL] * 2000})
    yield "a text of 10 MB", json.dumps({"variables": {"v": "x" * 10_000_000}, "builders": [one]})
    yield "a text of a million actions", json.dumps({"variables": {"v": "{{1}}" * 1_000_000}, "builders": [one]})
    yield "a million open braces", json.dumps({"variables": {"v": "{{" * 1_000_000}, "builders": [one]})
    yield "a million nested arrays", "[" * 1_000_000
    yield "a million nested objects", '{"a":' * 1_000_000
    yield "nested blocks", json.dumps({"variables": {"v": "{{if 1}}" * 100_000}, "builders": [one]})
    yield "nested parentheses", json.dumps({"variables": {"v": "{{" + "(" * 100_000 + "1"}, "builders": [one]})
    yield "a loop of a billion", json.dumps({"variables": {"v": "{{range 1000000000}}{{end}}"}, "builders": [one]})
    yield "a pipeline of 100,000", json.dumps({"variables": {"v": "{{1" + "|print" * 100_000 + "}}"}, "builders": [one]})
    yield "100,000 unknown keys", json.dumps({"builders": [{**one, **{f"k{n}": 1 for n in range(100_000)}}]})
    yield "100,000 root keys", json.dumps({f"k{n}": 1 for n in range(100_000)})


def seconds(binary: Path, text: str) -> tuple[float, int]:
    """Processor time and exit code of one `validate`; the code of one that was killed for its slowness is -9."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(text)
        file.flush()
        command = [str(binary), "validate", file.name]
        child = subprocess.Popen(command, env={**os.environ, "CHECKPOINT_DISABLE": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        guard = threading.Timer(LONGEST_SECONDS, child.kill)
        guard.start()
        _, status, usage = os.wait4(child.pid, 0)
        guard.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime, child.returncode


def best(binary: Path, template: dict[str, Any], runs: int) -> float:
    """The shortest of several runs, which all have to succeed."""
    text = json.dumps(template)
    times = []
    for _ in range(runs):
        took, code = seconds(binary, text)
        if code != 0:
            raise SystemExit(f"validate ended with {code}")
        times.append(took)
    return min(times)


def beside(binary: Path, packer: Path, runs: int) -> None:
    """Prints the medians of both for a hundred builders."""
    for kind, make in (("null", null_builders), ("amazon-ebs", amazon_builders)):
        text, clocks = json.dumps(make(100)), ([], [])
        for _ in range(runs):
            for program, clock in zip((binary, packer), clocks):
                begin = time.monotonic()
                _, code = seconds(program, text)
                clock.append(time.monotonic() - begin)
                if code != 0:
                    raise SystemExit(f"{program} ended with {code}")
        ours, theirs = (statistics.median(clock) for clock in clocks)
        print(f"100 {kind} builders by the clock: {ours * 1000:.0f} ms, Packer {theirs * 1000:,.0f} ms, {theirs / ours:.0f} times as long")


def measure(binary: Path, runs: int, limit: float) -> list[str]:
    """Prints every figure and gives what is wrong."""
    wrong = []
    for kind, make in (("null", null_builders), ("amazon-ebs", amazon_builders)):
        times = {count: best(binary, make(count), runs) for count in (1, 250, 1000, 4000)}
        for count, took in times.items():
            print(f"{count:5} {kind} builders: {took * 1000:8.1f} ms")
        if times[1000] > limit:
            wrong.append(f"1,000 {kind} builders took {times[1000]:.3f} s, more than {limit} s")
        start = times[1]
        growth = (times[4000] - start) / max(times[1000] - start, 0.001)
        print(f"      growth from 1,000 to 4,000: {growth:.1f}")
        if growth > MOST_GROWTH:
            wrong.append(f"4,000 {kind} builders took {growth:.1f} times as long as 1,000")
    for name, text in hostile():
        took, code = seconds(binary, text)
        print(f"{name}: {took * 1000:.0f} ms, exit code {code}")
        if code not in (0, 1):
            wrong.append(f"{name}: ended with {code}, or was killed after {LONGEST_SECONDS} s")
    return wrong


def main() -> int:
    """Reads the command line and measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--packer", type=Path, help="Packer's binary, to stand beside it")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=0.1, help="seconds for a thousand builders")
    arguments = parser.parse_args()
    wrong = measure(arguments.binary.resolve(), arguments.runs, arguments.limit)
    if arguments.packer:
        beside(arguments.binary.resolve(), arguments.packer.resolve(), arguments.runs)
    for line in wrong:
        print(f"validate.py: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
