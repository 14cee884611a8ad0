"""Measures what a rehearsal adds to its provisioners' own time.

    python3 benches/rehearse.py --binary PATH [--sandbox host] [--runs 20] [--limit 1.0]

The script in the sandbox sleeps for a second, and what a run takes beyond that is the overhead: the check of the template, the
sandbox, all steps in the model, and the report. Fails where the median is more than the limit (seconds, on a quiet machine).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OWN_SECONDS = 1.0
# Nothing comes near it but what hangs.
LONGEST_SECONDS = 120

TEMPLATE = {
    "builders": [
        {
            "type": "amazon-ebs",
            "region": "us-east-1",
            "source_ami_filter": {
                "filters": {"name": "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*"},
                "owners": ["099720109477"],
                "most_recent": True,
            },
            "instance_type": "t3.micro",
            "ami_name": "bench-{{timestamp}}",
            "ssh_username": "ubuntu",
        }
    ],
    "provisioners": [{"type": "shell", "inline": [f"sleep {OWN_SECONDS:.0f}"]}],
}


def main() -> int:
    """Runs the rounds; the exit code tells whether the median is within the limit."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="ami-build-bench-") as directory:
        template = Path(directory) / "template.json"
        template.write_text(json.dumps(TEMPLATE))
        command = [options.binary, "rehearse", f"-sandbox={options.sandbox}", str(template)]
        overheads = [measure(command) for _ in range(options.runs)]
    median = statistics.median(overheads)
    print(f"{options.sandbox}: median {median:.2f} s of {options.runs}, from {min(overheads):.2f} to {max(overheads):.2f} s")
    return int(median > options.limit)


def measure(command: list[str]) -> float:
    """One run, without the script's own time."""
    begin = time.monotonic()
    run = subprocess.run(command, capture_output=True, timeout=LONGEST_SECONDS, check=False)
    took = time.monotonic() - begin
    if run.returncode != 0:
        raise SystemExit(f"the rehearsal failed:\n{run.stdout.decode(errors='replace')}")
    return took - OWN_SECONDS


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--sandbox", default="host")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--limit", type=float, default=1.0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
