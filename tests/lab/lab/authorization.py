"""The reasons of a refusal, which EC2 tells in code and STS decodes."""

from __future__ import annotations

import base64
import json


def encoded(action: str) -> str:
    """Why `action` is not allowed, as EC2 writes it into its message."""
    reasons = {"allowed": False, "explicitDeny": False, "context": {"action": action}}
    return base64.urlsafe_b64encode(json.dumps(reasons).encode()).decode().rstrip("=")


def decoded(code: str) -> str:
    """The reasons as JSON. Raises ValueError for what is not `encoded`'s."""
    text = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode()
    json.loads(text)
    return text


def refusal(service: str, action: str) -> tuple[str, str]:
    """Code and message of a call that the policy does not allow."""
    if service != "ec2":
        return "AccessDenied", f"User is not authorized to perform: {service}:{action}"
    words = "You are not authorized to perform this operation."
    return "UnauthorizedOperation", f"{words} Encoded authorization failure message: {encoded(f'ec2:{action}')}"
