"""The sockets: HTTP/1.1 with keep-alive, one thread a connection."""

from __future__ import annotations

import json
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from lab.github.check import Request
from lab.github.control import PREFIX, control
from lab.github.gateway import Delayed, Gateway, Lost
from lab.github.replies import Reply

# GitHub Enterprise Server has the API here: https://docs.github.com/enterprise-server@latest/rest
ENTERPRISE_BASE = "/api/v3"


class GitHubServer(ThreadingHTTPServer):
    """A listening server with its gateway."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], gateway: Gateway) -> None:
        super().__init__(address, Handler)
        self.gateway = gateway

    @property
    def url(self) -> str:
        """The URL to give as `GITHUB_API_URL`; with `/api/v3` behind it, it is an Enterprise Server."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Turns bytes into requests and replies into bytes."""

    protocol_version = "HTTP/1.1"
    server: GitHubServer
    # A reply goes out in two writes; with Nagle's algorithm the second would wait for the client's delayed ACK.
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        url = urlsplit(self.path)
        if url.path.startswith(PREFIX):
            self._send(control(self.server.gateway, self.command, url.path, json.loads(body) if body else None))
            return
        base = ENTERPRISE_BASE if url.path.startswith(ENTERPRISE_BASE + "/") else ""
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, url.path.removeprefix(base), url.query, headers, body)
        outcome = self.server.gateway.answer(request, self.server.url + base)
        if isinstance(outcome, Lost):
            self._reset_connection()
            return
        if isinstance(outcome, Delayed):
            time.sleep(outcome.seconds)
            outcome = outcome.reply
        self._send(outcome)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

    def _send(self, reply: Reply) -> None:
        body = b"" if reply.status == 204 else json.dumps(reply.body).encode()
        number = len(self.server.gateway.requests)
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-github-request-id": f"LAB:{number:04}",
            "x-github-media-type": "github.v3; format=json",
            "x-ratelimit-limit": "1000",
            "x-ratelimit-remaining": str(self.server.gateway.settings.remaining),
            "x-ratelimit-reset": "1800000000",
            "x-ratelimit-resource": "core",
            **reply.headers,
        }
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _reset_connection(self) -> None:
        """Lingering for 0 s makes `close` send RST instead of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def finish(self) -> None:
        """As the base class, but a connection that was reset has nothing left to flush."""
        if self.connection.fileno() != -1:
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: `/_lab/requests` is the log."""
