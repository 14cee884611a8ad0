#!/usr/bin/env python3
"""Random templates, run by Packer and by ami-build: same verdict, same values.

    run.py --bin PATH [--packer PATH] [--first SEED] [--count N] [--jobs N] [--show SEED]

Each seed is one template. Differences that are meant are listed, with their reasons, in known.py. Exit 1 where there are others.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import compare
import known
import templates
import tools

VERSION = "Packer v1.6.6"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--packer", default=shutil.which("packer") or "packer")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--show", type=int, help="prints everything about one seed")
    parser.add_argument("--most", type=int, default=10, help="differences to show")
    return parser.parse_args()


def check(seed: int, packer: str, ours: str, directory: str) -> tuple[int, list[str], str | None, str]:
    template = templates.make(seed)
    directory = os.path.join(directory, str(os.getpid()))
    there, here = tools.run(packer, template, directory), tools.run(ours, template, directory)
    found = compare.differences(template, there, here)
    verdict = f"{template.commands[-1][0]} {'accepted' if not any(there.exits) else 'refused'}"
    return seed, found, known.reason(template, there, here, found) if found else None, verdict


def show(seed: int, options: argparse.Namespace, directory: str) -> None:
    template = templates.make(seed)
    for name, text in template.files.items():
        print(f"-- {name} --\n{text.encode('utf-8', errors='backslashreplace').decode()}")
    there, here = (tools.run(tool, template, directory) for tool in (options.packer, os.path.abspath(options.bin)))
    for title, outcome in (("PACKER", there), ("AMI-BUILD", here)):
        print(f"== {title} {template.commands} ended with {outcome.exits}\n{outcome.output}\n{outcome.files}")
    found = compare.differences(template, there, here)
    print("== DIFFERENCES", found, known.reason(template, there, here, found))


def version(packer: str) -> str:
    """What it calls itself; empty where there is none."""
    try:
        environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
        return subprocess.run([packer, "version"], env=environment, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def main() -> int:
    options = arguments()
    if (found := version(options.packer)) != VERSION:
        print(f"SKIPPED: the differential test needs {VERSION}, as Debian has it (apt-get install packer); there is {found or 'none'}")
        return 0
    directory = tempfile.mkdtemp(prefix="differential-")
    try:
        if options.show is not None:
            show(options.show, options, directory)
            return 0
        return sweep(options, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def sweep(options: argparse.Namespace, directory: str) -> int:
    verdicts, meant, wrong = Counter(), Counter(), []
    binary = os.path.abspath(options.bin)
    with ProcessPoolExecutor(options.jobs) as pool:
        running = [pool.submit(check, seed, options.packer, binary, directory) for seed in range(options.first, options.first + options.count)]
        for future in running:
            seed, found, reason, verdict = future.result()
            verdicts[verdict] += 1
            if found and reason:
                meant[reason] += 1
            elif found:
                wrong.append(seed)
                if len(wrong) <= options.most:
                    print(f"seed {seed}: " + "; ".join(found), flush=True)
    for verdict in sorted(verdicts):
        print(f"{verdicts[verdict]:6} {verdict}")
    for reason in sorted(meant):
        print(f"{meant[reason]:6} differ as meant: {reason}")
    print(f"{options.count} templates, seeds {options.first} to {options.first + options.count - 1}: {len(wrong)} differ {wrong[:50] or ''}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
