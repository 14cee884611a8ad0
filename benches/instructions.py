"""Counts the instructions of commands that need neither network nor clock, and compares them with what was recorded.

    python3 benches/instructions.py --binary PATH [--record]

Needs valgrind. The record, `instructions.json`, is of the development build, since that is what continuous integration has. Fails where a
count is more than 5 % above the record; `--record` writes a new one, which a change that costs or saves something commits with it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import validate

HERE = Path(__file__).resolve().parent
RECORD = HERE / "instructions.json"
# Two counts of the same binary differ by some thousandths of a percent: the seeds of hash maps.
MOST_RISE = 0.05


def main() -> int:
    """Prints a line for each command; 1 where one costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True, help="a development build")
    parser.add_argument("--record", action="store_true", help="writes the counts down")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        counts = {name: instructions([str(options.binary.resolve()), *words]) for name, words in commands(Path(directory))}
    if options.record:
        RECORD.write_text(json.dumps({"machine": platform.machine(), "rustc": compiler(), "instructions": counts}, indent=2) + "\n")
        return 0
    record = json.loads(RECORD.read_text())
    if record["machine"] != platform.machine():
        print(f"NOT COMPARED: recorded on {record['machine']}, and this is {platform.machine()}: {counts}")
        return 0
    if record["rustc"] != compiler():
        print(f"recorded with {record['rustc']}, measured with {compiler()}: another compiler may count otherwise")
    return 1 if worse(counts, record["instructions"]) else 0


def commands(directory: Path) -> Iterator[tuple[str, list[str]]]:
    """Start-up alone, templates of every size, and what a mistake costs."""
    yield "version", ["version"]
    for kind, make in (("null", validate.null_builders), ("amazon-ebs", validate.amazon_builders)):
        for count in (1, 50):
            path = directory / f"{kind}-{count}.json"
            path.write_text(json.dumps(make(count)))
            yield f"validate {count} {kind}", ["validate", str(path)]
    wrong = validate.amazon_builders(50)
    wrong["builders"][0]["instance_typ"] = "t3.micro"
    path = directory / "wrong.json"
    path.write_text(json.dumps(wrong))
    yield "validate a misspelled key", ["validate", str(path)]


def instructions(command: list[str]) -> int:
    """What callgrind counts for one run."""
    tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    ended = subprocess.run([*tool, *command], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    counted = re.search(r"Collected : (\d+)", ended.stderr)
    if counted is None:
        raise SystemExit(f"{command} under valgrind ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
    return int(counted[1])


def compiler() -> str:
    """The version that counts depend on."""
    return subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()


def worse(counts: dict[str, int], record: dict[str, int]) -> list[str]:
    """The commands that cost more than they may; every command is printed."""
    found = []
    for name, count in counts.items():
        if name not in record:
            print(f"{name}: {count:,} instructions, not recorded")
            found.append(name)
            continue
        change = count / record[name] - 1
        print(f"{name}: {count:,} instructions, {change:+.1%} of {record[name]:,}")
        if change > MOST_RISE:
            print(f"  more than {MOST_RISE:.0%} above the record: mend it, or record it (--record) and say why", file=sys.stderr)
            found.append(name)
    return found


if __name__ == "__main__":
    sys.exit(main())
