"""What a test can set: whose token it is, what it may do, and which requests go wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lab.github.state import BOT

FAULTS = ("status", "secondary-rate-limit", "primary-rate-limit", "reset", "delay", "removed", "overwritten")
# https://github.com/pulumi/actions/issues/482 shows the answer that goes with it.
BODY_LIMIT = 65_536


@dataclass
class Settings:
    """The caller as GitHub sees it.

    `token`: the only token let in; empty lets every one in. `login`: who the caller is; only a `[bot]` is an
    integration, so only a bot gets 403 from `/user`. `fork`: the token of a pull request from a fork, which can read
    at most, whatever the workflow asks for. `remaining`: what is left of the rate limit. `body_limit`: characters of a
    comment.
    """

    token: str = ""
    login: str = BOT
    pull_requests: str = "write"
    fork: bool = False
    remaining: int = 1000
    body_limit: int = BODY_LIMIT

    def may_write(self) -> bool:
        """Whether the token can create, edit and delete comments."""
        return self.pull_requests == "write" and not self.fork

    def may_read(self) -> bool:
        """Whether the token can read pull requests and comments of a private repository."""
        return self.pull_requests != "none"

    def change(self, fields: dict[str, Any]) -> None:
        """Sets fields by name (with `-` or `_`); raises `ValueError` for a name or value that means nothing."""
        for name, value in fields.items():
            attribute = name.replace("-", "_")
            if attribute not in self.__dataclass_fields__:
                raise ValueError(f"no setting `{name}`")
            if attribute == "pull_requests" and value not in ("write", "read", "none"):
                raise ValueError(f"`{name}` is write, read or none, not `{value}`")
            setattr(self, attribute, value)


@dataclass
class Fault:
    """Makes the n-th request (from 1, of those that match) and the `times - 1` after it go wrong.

    `after`: the request takes effect, and only its answer is lost or replaced. `seconds` is the `retry-after` of a
    rate limit, or the length of a delay. `opens`: in so many seconds the primary rate limit is reset; far in the future
    where it is left out. `removed`: somebody removes the comment before the request, and `overwritten`: somebody writes
    `body` over it after; both take effect.
    """

    kind: str
    nth: int = 1
    times: int = 1
    method: str = ""
    path: str = ""
    status: int = 500
    seconds: float = 1
    after: bool = False
    opens: float = 0
    body: str = ""
    seen: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise ValueError(f"a fault's kind is one of {', '.join(FAULTS)}, not `{self.kind}`")

    def strikes(self, method: str, path: str) -> bool:
        """Counts a request, and says whether this is one to spoil."""
        if self.method and self.method.upper() != method or not re.search(self.path, path):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times
