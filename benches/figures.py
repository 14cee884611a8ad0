"""Measures the figures of the README: size, start-up, wall time and peak memory, Packer's beside ours."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LAB = HERE.parent / "tests" / "lab"
SAMPLE_EVERY = 0.02


@dataclass
class Run:
    """One run of a program."""

    seconds: float
    peak_kib: int


def main() -> int:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="our release binary")
    parser.add_argument("--packer", help="Packer's binary, to stand beside it")
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    programs = {"ami-build": options.binary} | ({"Packer": options.packer} if options.packer else {})
    sizes = {name: os.path.getsize(path) / 1e6 for name, path in programs.items()}
    starts = alternate(programs, options.runs, lambda path: clocked([path, "version"], environment("")))
    with tempfile.TemporaryDirectory() as directory:
        lab, port = start_lab(Path(directory))
        try:
            builds = alternate(programs, options.runs, lambda path: build(path, f"http://127.0.0.1:{port}"))
        finally:
            lab.terminate()
            lab.wait()
    print_table(list(programs), sizes, starts, builds, options.runs)
    return 0


def alternate(programs: dict[str, str], runs: int, measure) -> dict[str, list[Run]]:
    """Each program once, then each again: noise of the machine hits all of them."""
    found: dict[str, list[Run]] = {name: [] for name in programs}
    for number in range(runs):
        for name, path in programs.items():
            found[name].append(measure(path))
            print(f"run {number + 1} of {runs}, {name}: {found[name][-1]}", file=sys.stderr)
    return found


def build(path: str, endpoint: str) -> Run:
    """One build of `quick.json`; it has to succeed."""
    command = [path, "build", "-color=false", "-var", f"name=figures-{uuid.uuid4()}", str(HERE / "quick.json")]
    return watched(command, environment(endpoint))


def environment(endpoint: str) -> dict[str, str]:
    """Nothing of the caller's but its paths."""
    lab = {"EC2_ENDPOINT": endpoint, "AWS_ENDPOINT_URL": endpoint, "AMI_BUILD_ADDRESS_SERVICE": f"{endpoint}/checkip"} if endpoint else {}
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "CHECKPOINT_DISABLE": "1", **lab}


def clocked(command: list[str], variables: dict[str, str]) -> Run:
    """Runs a short command; watching it would take longer than it does."""
    begin = time.perf_counter()
    subprocess.run(command, env=variables, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=True)
    return Run(time.perf_counter() - begin, 0)


def watched(command: list[str], variables: dict[str, str]) -> Run:
    """Runs a command, watching the memory of it and its children."""
    begin = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, env=variables, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        peak = 0
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(SAMPLE_EVERY)
        seconds = time.monotonic() - begin
        if process.returncode != 0:
            output.seek(0)
            raise SystemExit(f"{command} ended with {process.returncode}:\n{output.read().decode()}")
    return Run(seconds, peak)


def resident(root: int) -> int:
    """KiB of a process and everything below it."""
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)
        waiting += [int(child) for child in children.split()]
    return total


def start_lab(directory: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The lab's EC2 and its port."""
    ready = directory / "ready"
    command = [sys.executable, "-m", "lab", "serve", "--port", "0", "--state-dir", str(directory / "state"), "--ready-file", str(ready)]
    lab = subprocess.Popen(command, cwd=LAB, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not ready.exists() or not ready.read_text().strip():
        if lab.poll() is not None:
            raise SystemExit("the lab does not start; `tests/lab/prepare.sh` prints the Python to use")
        time.sleep(0.05)
    return lab, ready.read_text().strip()


def print_table(names: list[str], sizes: dict[str, float], starts: dict[str, list[Run]], builds: dict[str, list[Run]], runs: int) -> None:
    """Medians, one row a figure."""
    median = lambda values: statistics.median(list(values))  # noqa: E731
    rows = [
        ("Binary, stripped", [f"{sizes[name]:.1f} MB" for name in names]),
        ("`version`, start to end", [f"{1000 * median(run.seconds for run in starts[name]):.1f} ms" for name in names]),
        ("A build, wall time", [f"{median(run.seconds for run in builds[name]):.1f} s" for name in names]),
        ("A build, peak memory", [f"{median(run.peak_kib for run in builds[name]) / 1024:.0f} MiB" for name in names]),
    ]
    print(f"| Median of {runs} runs | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for title, values in rows:
        print(f"| {title} | {' | '.join(values)} |")


if __name__ == "__main__":
    sys.exit(main())
