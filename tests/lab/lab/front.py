"""The door: every request comes in here and goes to the control API, to `/checkip`, to the token service or to moto."""

from __future__ import annotations

import ctypes
import logging
import re
import select
import socket
import struct
import time
import uuid
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from .authorization import refusal
from .calls import Call, decode
from .control import Control
from .errors import error_body
from .faults import Rule
from .world import World

log = logging.getLogger("lab.front")
CODE = re.compile(rb"<Code>([^<]+)</Code>|\"__type\": ?\"([^\"]+)\"")
REQUEST_ID = re.compile(rb"(?<=<requestId>)[^<]*|(?<=<RequestId>)[^<]*|(?<=<RequestID>)[^<]*")
# How services say that a policy forbids a call.
HANG_SECONDS = 3600


class Gone(ConnectionError):
    """The connection was cut on purpose; the server drops it without a word."""


class Front:
    """The WSGI application of the lab."""

    def __init__(self, world: World, moto_app: Any) -> None:
        self._world = world
        self._moto = moto_app
        self._control = Control(world)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        if path.startswith("/_lab/"):
            status, content_type, body, headers = self._control.answer(
                environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), _body(environ)
            )
            return _send(start_response, status, [("Content-Type", content_type), *headers], body)
        if path.rstrip("/") == "/checkip":
            body = f"{environ.get('REMOTE_ADDR', '127.0.0.1')}\n".encode()
            return _send(start_response, 200, [("Content-Type", "text/plain")], body)
        if path == "/oidc/token":
            query, authorization = environ.get("QUERY_STRING", ""), environ.get("HTTP_AUTHORIZATION", "")
            status, headers, body = self._world.identity.token(query, authorization)
            return _send(start_response, status, headers, body)
        names = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
        if path.startswith(("/consul/", "/vault/", "/active/")):
            # The path as it was sent: `%2F` in it is not a slash.
            sent = environ.get("RAW_URI", path).partition("?")[0]
            answer = self._world.stores.answer(environ["REQUEST_METHOD"], sent, names, _body(environ))
            if answer is not None:
                status, headers, body = answer
                return _send(start_response, status, headers, body)
        return self._aws(environ, start_response)

    def _aws(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = _body(environ)
        names = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
        call = decode(names, body, environ.get("QUERY_STRING", ""))
        self._world.journal.add(call)
        began = time.monotonic()
        try:
            status, headers, answer = self._answer(call, environ, body)
        finally:
            call.seconds = round(time.monotonic() - began, 4)
        call.request_id = str(uuid.uuid4())
        answer = REQUEST_ID.sub(call.request_id.encode(), answer)
        headers = [one for one in headers if one[0].lower() != "x-amzn-requestid"]
        headers.append(("x-amzn-RequestId", call.request_id))
        _record(call, status, answer)
        return _send(start_response, status, headers, answer)

    def _answer(self, call: Call, environ: dict[str, Any], body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        rule = self._world.faults.hit(call)
        if rule is not None:
            call.fault = rule.kind
            refused = _before(rule, call, environ)
            if refused:
                return refused
        if self._world.settings.throttle and self._world.throttle.refuses(call):
            return _error(call.service, 503, "RequestLimitExceeded", "Request limit exceeded.")
        if self._world.identity.is_over(call.access_key):
            code = "RequestExpired" if call.service == "ec2" else "ExpiredToken"
            return _error(call.service, 400, code, "Request has expired.")
        # Who is not signed yet has no policy.
        allowed = self._world.allowed if call.access_key else None
        if allowed is not None and f"{call.service}:{call.action}" not in allowed:
            code, message = refusal(call.service, call.action)
            return _error(call.service, 403, code, message)
        answer = self._ask_moto(call, environ, body)
        if rule is not None and rule.kind == "reset_after":
            _cut(environ)
        return answer

    def _ask_moto(self, call: Call, environ: dict[str, Any], body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        inner = dict(environ)
        inner["wsgi.input"] = BytesIO(body)
        inner["CONTENT_LENGTH"] = str(len(body))
        inner.pop("HTTP_TRANSFER_ENCODING", None)
        got: dict[str, Any] = {}

        def collect(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            got["status"], got["headers"] = int(status.split(" ", 1)[0]), headers

        try:
            with self._world.lock:
                answer = b"".join(self._moto(inner, collect))
        except NotImplementedError as error:
            log.warning("%s:%s is not implemented: %s", call.service, call.action, error)
            return _error(call.service, 400, "InvalidAction", f"The lab does not have {call.action}: {error}")
        except Exception as error:
            log.exception("%s:%s failed", call.service, call.action)
            return _error(call.service, 500, "InternalError", f"the lab failed: {error!r}")
        dry = call.service == "ec2" and b"<Code>DryRunOperation</Code>" in answer
        return 412 if dry else got["status"], got["headers"], answer


def _before(rule: Rule, call: Call, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes] | None:
    """What a fault does before the call takes effect; None lets the call go on."""
    match rule.kind:
        case "error":
            return _error(call.service, rule.status, rule.code, rule.message)
        case "throttle":
            code = "RequestLimitExceeded" if call.service == "ec2" else "Throttling"
            return _error(call.service, 503, code, "Request limit exceeded.")
        case "500":
            return _error(call.service, 500, "InternalError", "An internal error has occurred")
        case "reset_before":
            _cut(environ)
        case "hang":
            _wait_for_close(environ["werkzeug.socket"], HANG_SECONDS)
            _cut(environ)
        case "delay":
            time.sleep(rule.seconds)
    return None


def _cut(environ: dict[str, Any]) -> None:
    """Ends the connection with a reset.

    Closing would not do: the server still holds the socket's files and ends with an orderly FIN.
    Linux sends RST at once when a socket is connected to AF_UNSPEC, see connect(2).
    """
    connection: socket.socket = environ["werkzeug.socket"]
    nobody = struct.pack("H14x", socket.AF_UNSPEC)
    ctypes.CDLL(None).connect(connection.fileno(), nobody, len(nobody))
    raise Gone("cut by a fault")


def _wait_for_close(connection: socket.socket, seconds: float) -> None:
    select.select([connection], [], [], seconds)


def _error(service: str, status: int, code: str, message: str) -> tuple[int, list[tuple[str, str]], bytes]:
    content_type, body = error_body(service, code, message)
    return status, [("Content-Type", content_type)], body


def _record(call: Call, status: int, answer: bytes) -> None:
    call.status = status
    found = CODE.search(answer) if status >= 400 else None
    if found:
        call.error = (found.group(1) or found.group(2)).decode()


def _body(environ: dict[str, Any]) -> bytes:
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        return environ["wsgi.input"].read()
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


def _send(start_response: Any, status: int, headers: list[tuple[str, str]], body: bytes) -> Iterable[bytes]:
    kept = [(key, value) for key, value in headers if key.lower() != "content-length"]
    start_response(f"{status} {'OK' if status < 400 else 'Error'}", [*kept, ("Content-Length", str(len(body)))])
    return [body]
