"""EC2's token buckets, as published: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html."""

from __future__ import annotations

import threading
import time

from .calls import Call

# Size and refill a second; calls named here have a bucket of their own.
OWN = {
    "RunInstances": (5, 2),
    "CopyImage": (100, 1),
    "CreateTags": (100, 10),
    "DeleteTags": (100, 10),
    "EnableFastLaunch": (5, 2),
    "TerminateInstances": (100, 5),
    "CreateSnapshot": (100, 5),
    "DeleteSnapshot": (100, 5),
    "DeregisterImage": (100, 5),
    "ModifyImageAttribute": (100, 5),
    "ModifySnapshotAttribute": (100, 5),
}
INTENSIVE = ("AuthorizeSecurityGroupIngress", "CreateKeyPair")


class Throttle:
    """How full each bucket is, by region."""

    def __init__(self) -> None:
        self._levels: dict[tuple[str, str], tuple[float, float]] = {}
        self._lock = threading.Lock()

    def refuses(self, call: Call) -> bool:
        """Takes a token for the call; true where there is none."""
        if call.service != "ec2":
            return False
        name, (size, refill) = _bucket(call.action)
        now = time.monotonic()
        with self._lock:
            tokens, at = self._levels.get((call.region, name), (float(size), now))
            tokens = min(float(size), tokens + (now - at) * refill)
            refused = tokens < 1
            self._levels[call.region, name] = (tokens if refused else tokens - 1, now)
        return refused

    def clear(self) -> None:
        """Fills all buckets."""
        with self._lock:
            self._levels.clear()


def _bucket(action: str) -> tuple[str, tuple[int, int]]:
    if action in OWN:
        return action, OWN[action]
    if action in INTENSIVE:
        return "resource-intensive", (50, 5)
    if action.startswith(("Describe", "Get")):
        return "non-mutating", (100, 20)
    return "mutating", (50, 5)
