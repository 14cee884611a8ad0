"""Starts one lab for all tests, and gives each a fresh account in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

LAB = Path(__file__).parent.parent


class Lab:
    """A running lab, as a test sees it."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.directory = directory
        ready = directory / "port"
        command = [sys.executable, "-m", "lab", "serve", "--state-dir", str(directory / "state")]
        self.log = (directory / "log").open("ab")
        ready.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [*command, "--ready-file", str(ready), *arguments], cwd=LAB, stdout=self.log, stderr=self.log
        )
        wait_until(lambda: ready.exists() or self.process.poll() is not None, 60)
        assert ready.exists(), (directory / "log").read_text()
        self.url = f"http://127.0.0.1:{ready.read_text().strip()}"

    def get(self, path: str) -> Any:
        """What the control API answers to a GET; bytes for a file."""
        with urllib.request.urlopen(f"{self.url}/_lab/{path}", timeout=30) as answer:
            body = answer.read()
            return json.loads(body) if "json" in answer.headers["Content-Type"] else body

    def post(self, path: str, body: Any = None) -> Any:
        """What the control API answers to a POST."""
        request = urllib.request.Request(f"{self.url}/_lab/{path}", method="POST", data=json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def client(self, service: str = "ec2", region: str = "us-east-1") -> Any:
        """A boto3 client that tries once."""
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=10)
        keys = {"aws_access_key_id": "AKIALAB", "aws_secret_access_key": "secret"}
        return boto3.client(service, region_name=region, endpoint_url=self.url, config=config, **keys)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ends the lab and gives its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


def wait_until(holds: Callable[[], Any], seconds: float = 10) -> Any:
    """Waits until `holds` gives something true, and gives that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


@pytest.fixture(scope="session")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The lab of all tests."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    yield lab
    assert lab.stop() == 0


@pytest.fixture
def lab(running_lab: Lab) -> Lab:
    """The lab with a fresh account."""
    running_lab.post("reset")
    return running_lab


@pytest.fixture
def ec2(lab: Lab) -> Any:
    """EC2 of the first region."""
    return lab.client()


@pytest.fixture(scope="session")
def ssh_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private key; its public half lies beside it."""
    path = tmp_path_factory.mktemp("key") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def ssh(key: Path, address: str, command: str, user: str = "ubuntu") -> subprocess.CompletedProcess[str]:
    """Runs `command` on a machine."""
    options = ["-F", "none", "-i", str(key), "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"]
    options += ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=3"]
    full = ["ssh", *options, f"{user}@{address}", command]
    environment = {key: value for key, value in os.environ.items() if key != "SSH_AUTH_SOCK"}
    return subprocess.run(full, capture_output=True, text=True, timeout=30, check=False, env=environment)
