"""GitHub's token service under `/oidc`, and what STS does with its tokens.

Tests set both with `POST /_lab/identity`. A token is signed by nobody; its audience, subject and end are looked at, by the
rules of https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html.
"""

from __future__ import annotations

import base64
import fnmatch
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

Answer = tuple[int, list[tuple[str, str]], bytes]

ISSUER = "https://token.actions.githubusercontent.com"
REQUEST_TOKEN = "lab-id-token-request-token"
# What a job of the lab's runner says of itself.
CLAIMS = {
    "iss": ISSUER,
    "sub": "repo:octo-org/images:ref:refs/heads/topic",
    "repository": "octo-org/images",
    "repository_id": "1296269",
    "repository_owner": "octo-org",
    "repository_owner_id": "583231",
}


@dataclass
class Identity:
    """The token service and the trust policies. What is named in `set` replaces what was there."""

    claims: dict[str, Any] = field(default_factory=lambda: dict(CLAIMS))
    # Patterns of the subjects that each role lets in; a role that is not named lets everybody in.
    trust: dict[str, list[str]] = field(default_factory=dict)
    # The audiences of the account's identity provider.
    audiences: list[str] = field(default_factory=lambda: ["sts.amazonaws.com"])
    # How long a token is good for, and a session; 0: as long as the call asks.
    token_seconds: float = 300.0
    session_seconds: float = 0.0
    # Statuses of the next answers of the token service; what comes after them is a token.
    failures: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    sessions: dict[str, float] = field(default_factory=dict)

    def set(self, wishes: dict[str, Any]) -> None:
        """Replaces what is named."""
        for name, value in wishes.items():
            if not hasattr(self, name):
                raise KeyError(name)
            setattr(self, name, value)

    def token(self, query: str, authorization: str) -> Answer:
        """What the address answers that a runner gives a job with `id-token: write`."""
        self.asked.append(query)
        if authorization != f"Bearer {REQUEST_TOKEN}":
            return _json(401, {"message": "unauthorized"})
        if self.failures:
            status = self.failures.pop(0)
            return _json(status, {"message": "not now"})
        now = time.time()
        audience = parse_qs(query).get("audience", [f"https://github.com/{self.claims['repository_owner']}"])[0]
        claims = {**self.claims, "aud": audience, "iat": int(now), "exp": now + self.token_seconds}
        return _json(200, {"value": _jwt({**claims, "jti": secrets.token_hex(8)})})

    def objection(self, token: str, role: str) -> tuple[str, str] | None:
        """Code and message where STS does not let the token in."""
        try:
            claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        except (IndexError, ValueError):
            return "InvalidIdentityToken", "The ID Token provided is not a valid JWT."
        if claims["iss"] != ISSUER:
            return "InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {claims['iss']}"
        if claims["aud"] not in self.audiences:
            return "InvalidIdentityToken", "Incorrect token audience"
        if claims["exp"] <= time.time():
            return "ExpiredTokenException", "Token expired: current date/time must be before the expiration date/time"
        patterns = self.trust.get(role, ["*"])
        if not any(fnmatch.fnmatchcase(claims["sub"], pattern) for pattern in patterns):
            return "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"
        return None

    def is_over(self, access_key: str) -> bool:
        """Whether the session of this key has ended."""
        return time.time() > self.sessions.get(access_key, float("inf"))


def _jwt(claims: dict[str, Any]) -> str:
    parts = [json.dumps({"alg": "RS256", "typ": "JWT"}), json.dumps(claims), secrets.token_hex(32)]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


def _json(status: int, body: dict[str, Any]) -> Answer:
    return status, [("Content-Type", "application/json")], json.dumps(body).encode()
