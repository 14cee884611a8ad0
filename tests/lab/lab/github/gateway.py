"""The story of one request: note it, spoil it if a fault says so, check it, answer it, check the answer."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from lab.github.api import HANDLERS, Call
from lab.github.check import Checked, Request, check
from lab.github.openapi import Description
from lab.github.render import Renderer
from lab.github.replies import Reply, problem
from lab.github.settings import Fault, Settings
from lab.github.state import State

# Far in the future: a client that sleeps until then shows up as a test that hangs.
RATE_RESET = 4_102_444_800
# What becomes of the comment and not of the request.
HARMLESS = ("delay", "removed", "overwritten")
NO_USER_AGENT = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"


@dataclass(frozen=True)
class Lost:
    """No answer: the connection is reset."""


@dataclass(frozen=True)
class Delayed:
    """An answer that comes late."""

    seconds: float
    reply: Reply


Outcome = Reply | Lost | Delayed


class Gateway:
    """The server without its sockets. One lock makes requests take effect one at a time."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Back to the first state: the default repository, every permission, nothing recorded."""
        self.state = State()
        self.settings = Settings()
        self.faults: list[Fault] = []
        self.requests: list[dict[str, Any]] = []
        self.violations: list[dict[str, Any]] = []

    def answer(self, request: Request, base: str) -> Outcome:
        """Answers an API request; `base` is the URL before the request's path, for links."""
        with self.lock:
            entry = self._note(request)
            fault = next((item for item in self.faults if item.strikes(request.method, request.path)), None)
            spoiled = fault is not None and fault.kind not in HARMLESS
            if fault and fault.kind == "removed":
                self.state.remove_comment_at(request.path)
            takes_effect = not spoiled or (fault is not None and fault.after)
            reply = self._reply(request, base, entry) if takes_effect else None
            outcome = _spoil(fault, reply) if fault else reply
            assert outcome is not None
            if fault and fault.kind == "overwritten":
                self.state.overwrite_comment_at(request.path, fault.body)
            entry["fault"] = fault.kind if fault else None
            entry["status"] = None if isinstance(outcome, Lost) else _reply_in(outcome).status
            return outcome

    def _note(self, request: Request) -> dict[str, Any]:
        shown = {name: value for name, value in request.headers.items() if name != "authorization"}
        body = request.body.decode("utf-8", "replace")
        entry = {
            "number": len(self.requests) + 1,
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": shown,
            "body": body,
        }
        self.requests.append(entry)
        return entry

    def _reply(self, request: Request, base: str, entry: dict[str, Any]) -> Reply:
        checked = check(self.description, request)
        if checked.problems:
            self.violations.append({"request": entry["number"], "by": "client", "problems": checked.problems})
        refusal = self._refuse(request, checked)
        if refusal:
            return refusal
        assert checked.operation is not None
        handler = HANDLERS.get((checked.operation.method, checked.operation.template))
        if handler is None:
            self.violations.append({"request": entry["number"], "by": "lab", "problems": ["not served by the lab"]})
            return problem(501, "The lab does not serve this operation")
        render = Renderer(self.description, base)
        url = base + request.path
        reply = handler(Call(self.state, self.settings, render, url, checked.path, checked.query, checked.body))
        self._check_reply(checked, reply, entry)
        return reply

    def _refuse(self, request: Request, checked: Checked) -> Reply | None:
        """What GitHub says before it looks at the operation, in its order."""
        if not request.headers.get("user-agent"):
            return problem(403, NO_USER_AGENT)
        token = request.headers.get("authorization", "").partition(" ")[2]
        if not token:
            return problem(401, "Requires authentication")
        if self.settings.token and token != self.settings.token:
            return problem(401, "Bad credentials")
        if checked.operation is None:
            return problem(404, "Not Found")
        return problem(400, "; ".join(checked.problems)) if checked.problems else None

    def _check_reply(self, checked: Checked, reply: Reply, entry: dict[str, Any]) -> None:
        """The lab's own answers are held to the description too; a client tested against wrong ones proves nothing."""
        assert checked.operation is not None
        schema = self.description.reply_schema(checked.operation, reply.status)
        found = self.description.mismatches(schema, reply.body) if schema and reply.status < 400 else []
        if found:
            self.violations.append({"request": entry["number"], "by": "lab", "problems": found})


def _reply_in(outcome: Reply | Delayed) -> Reply:
    return outcome.reply if isinstance(outcome, Delayed) else outcome


def _spoil(fault: Fault, reply: Reply | None) -> Outcome:
    """https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api says how the limits look."""
    if fault.kind == "reset":
        return Lost()
    if fault.kind == "delay":
        assert reply is not None
        return Delayed(fault.seconds, reply)
    if fault.kind in HARMLESS:
        assert reply is not None
        return reply
    retry = {"retry-after": str(int(fault.seconds))}
    if fault.kind == "secondary-rate-limit":
        status = fault.status if fault.status in (403, 429) else 403
        text = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        return _with_headers(problem(status, text), retry)
    if fault.kind == "primary-rate-limit":
        reset = int(time.time() + fault.opens) if fault.opens else RATE_RESET
        spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
        return _with_headers(problem(403, "API rate limit exceeded for installation ID 1."), spent)
    message = "Resource not accessible by integration" if fault.status == 403 else _phrase(fault.status)
    return _with_headers(problem(fault.status, message), retry if fault.status == 429 else {})


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


def _with_headers(reply: Reply, headers: dict[str, str]) -> Reply:
    return Reply(reply.status, reply.body, headers)
