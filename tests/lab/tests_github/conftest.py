"""One server for all tests: reading GitHub's description takes a second. Every test starts from a reset."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

LAB = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(LAB))

from lab.github.gateway import Gateway  # noqa: E402
from lab.github.openapi import Description  # noqa: E402
from lab.github.server import GitHubServer  # noqa: E402

HEADERS = {"Authorization": "Bearer t", "User-Agent": "test", "Accept": "application/vnd.github+json"}


class Answer(NamedTuple):
    """Status, JSON body and headers."""

    status: int
    body: Any
    headers: Any


class Client:
    """Sends requests as a well-behaved client does, unless told otherwise."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        chosen = HEADERS if headers is None else headers
        request = urllib.request.Request(self.url + path, data, {**kind, **chosen}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                text = reply.read()
                return Answer(reply.status, json.loads(text) if text else None, reply.headers)
        except urllib.error.HTTPError as error:
            return Answer(error.code, json.loads(error.read()), error.headers)

    def lab(self, method: str, name: str, body: Any = None) -> Any:
        answer = self.send(method, f"/_lab/{name}", body)
        assert answer.status == 200, answer
        return answer.body


@pytest.fixture(scope="session")
def server() -> Iterator[GitHubServer]:
    prepared = subprocess.run([LAB / "prepare-github.sh"], check=True, capture_output=True, text=True)
    found = GitHubServer(("127.0.0.1", 0), Gateway(Description.load(Path(prepared.stdout.strip()))))
    threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield found
    found.shutdown()


@pytest.fixture
def client(server: GitHubServer) -> Client:
    server.gateway.reset()
    return Client(server.url)
