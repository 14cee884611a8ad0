"""Shows one build from end to end: starts the lab, runs an example the way GitHub's runner runs the action, prints what came out."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

LAB = Path(__file__).resolve().parent
ROOT = LAB.parent.parent
# The lab takes any credentials; these are the ones that AWS's own documentation shows.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
START_LIMIT = 60.0


def main() -> int:
    """Runs the demonstration; the exit code is the action's."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="ami-build-demo-") as directory:
        work = Path(directory)
        servers: list[subprocess.Popen[bytes]] = []
        try:
            ec2 = start(servers, work, "ec2", ["lab", "serve", "--port", "0", "--state-dir", str(work / "state")])
            github = start(servers, work, "github", ["lab.github", "serve", "--port", "0", "--openapi", options.openapi])
            return show(options, work, f"http://127.0.0.1:{ec2}", json.loads(github)["url"])
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait()


def arguments() -> argparse.Namespace:
    """The command line; `./demo` writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("binary", "openapi", "example"):
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


def start(servers: list[subprocess.Popen[bytes]], work: Path, name: str, command: list[str]) -> str:
    """Starts a server of the lab and gives what it writes once it is ready."""
    ready = work / f"{name}.ready"
    log = (work / f"{name}.log").open("wb")
    server = subprocess.Popen([sys.executable, "-m", *command, "--ready-file", str(ready)], cwd=LAB, stdout=log, stderr=log)
    servers.append(server)
    end = time.monotonic() + START_LIMIT
    while time.monotonic() < end and server.poll() is None:
        if ready.exists() and (text := ready.read_text().strip()):
            return text
        time.sleep(0.05)
    raise SystemExit(f"demo: the lab's {name} server does not start:\n{(work / f'{name}.log').read_text()}")


def show(options: argparse.Namespace, work: Path, ec2: str, github: str) -> int:
    """Runs the action's main and post step and prints everything that a user would see."""
    workspace = work / "workspace"
    shutil.copytree(ROOT / "examples", workspace)
    result = run_action(options, work, ec2, github)
    main_step = result["main"]
    print("\n".join(main_step["log"]))
    if post_step := result.get("post"):
        heading("Post step")
        print("\n".join(post_step["log"]))
    heading("Step outputs")
    for name, value in main_step["outputs"].items():
        print(f"{name}={value}")
    heading("Job summary (Markdown)")
    print(main_step["summary"])
    heading("Comment on the pull request (Markdown)")
    for comment in fetch(f"{github}/_lab/state")["comments"]:
        print(comment["body"])
    heading("What is in the account now")
    account(fetch(f"{ec2}/_lab/inventory"))
    return int(main_step["exit_code"])


def run_action(options: argparse.Namespace, work: Path, ec2: str, github: str) -> dict[str, Any]:
    """One step of a workflow on a pull request, with its post step."""
    report = work / "result.json"
    environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": ec2, "EC2_ENDPOINT": ec2, "AMI_BUILD_ADDRESS_SERVICE": f"{ec2}/checkip", "PATH": os.environ["PATH"]}
    inputs = {"template": f"{options.example}/template.json"}
    if options.example == "nginx":
        inputs["var"] = "version=1.0"
    command = [sys.executable, "-m", "lab.runner", "run", "--action-yml", str(ROOT / "action.yml"), "--binary", options.binary]
    command += ["--workspace", str(work / "workspace"), "--event", "pull_request", "--api-url", github, "--post", "--json", str(report)]
    command += [word for name, value in inputs.items() for word in ("--with", f"{name}={value}")]
    command += [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
    heading(f"Building examples/{options.example} as a step of a pull request's workflow")
    subprocess.run(command, cwd=LAB, stdout=subprocess.DEVNULL, check=False)
    result: dict[str, Any] = json.loads(report.read_text())
    return result


def account(inventory: dict[str, list[dict[str, Any]]]) -> None:
    """Everything that the build left: it should be the images and their snapshots."""
    for kind, things in inventory.items():
        for thing in things:
            print(f"{kind[:-1].replace('_', ' ')} {thing['region']} {thing.get('id') or thing.get('name')} {thing.get('name', '')}".rstrip())


def fetch(url: str) -> Any:
    """What a control address of the lab answers."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def heading(text: str) -> None:
    """Stands out between two parts of the output."""
    print(f"\n\033[1m== {text}\033[0m", flush=True)


if __name__ == "__main__":
    sys.exit(main())
