"""The control API under `/_lab/`: how a test sets the scene and looks at what happened.

    POST   /_lab/reset
    GET    /_lab/state        repositories, pulls, comments, deleted comments
    GET    /_lab/requests     every API request, numbered from 1, with its status and fault
    GET    /_lab/violations   what was wrong with requests (`by: client`) and with our own answers (`by: lab`)
    GET    /_lab/settings     POST changes the given fields: token, login, pull-requests, fork, remaining
    POST   /_lab/faults       {kind, nth, times, method, path, status, seconds, after}; DELETE removes all
    POST   /_lab/comments     {repository, number, author, body}: a comment by anybody; author "" gives `user: null`
    POST   /_lab/pulls        {repository, number, head_repository, head_ref, head_sha, state, merged, locked, commits}
    POST   /_lab/repositories {full_name, private, commits, files: {COMMIT: {PATH: TEXT}}}

Bodies and answers are JSON.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lab.github.gateway import Gateway
from lab.github.replies import Reply
from lab.github.settings import Fault

PREFIX = "/_lab/"


def control(gateway: Gateway, method: str, path: str, body: Any) -> Reply:
    """Answers a control request; what is wrong with one is answered 400 in plain words."""
    try:
        with gateway.lock:
            return Reply(200, _act(gateway, method, path.removeprefix(PREFIX), body or {}))
    except KeyError:
        return Reply(404, {"message": f"no control operation `{method} {path}`"})
    except (TypeError, ValueError) as error:
        return Reply(400, {"message": str(error)})


def _act(gateway: Gateway, method: str, name: str, body: dict[str, Any]) -> Any:
    state = gateway.state
    actions: dict[tuple[str, str], Any] = {
        ("POST", "reset"): gateway.reset,
        ("GET", "state"): state.as_json,
        ("GET", "requests"): lambda: gateway.requests,
        ("GET", "violations"): lambda: gateway.violations,
        ("GET", "settings"): lambda: asdict(gateway.settings),
        ("POST", "settings"): lambda: gateway.settings.change(body),
        ("GET", "faults"): lambda: [asdict(fault) for fault in gateway.faults],
        ("POST", "faults"): lambda: gateway.faults.append(Fault(**body)),
        ("DELETE", "faults"): gateway.faults.clear,
        ("POST", "comments"): lambda: asdict(state.add_comment(**body)),
        ("POST", "pulls"): lambda: asdict(state.add_pull(**body)),
        ("POST", "repositories"): lambda: asdict(state.add_repository(**body)),
    }
    return actions[method, name]()
