"""Eventual consistency: new ids that other calls do not know yet."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable

ID = re.compile(r"\b(?:ami|i|snap|vol|sg|key|lt|eni)-[0-9a-f]{17}\b")

# The kind of a resource by the prefix of its ids, and the error that EC2 answers for an unknown one.
NOT_FOUND = {
    "ami": ("image", "InvalidAMIID.NotFound", "The image id '[{}]' does not exist"),
    "i": ("instance", "InvalidInstanceID.NotFound", "The instance ID '{}' does not exist"),
    "snap": ("snapshot", "InvalidSnapshot.NotFound", "The snapshot '{}' does not exist."),
    "vol": ("volume", "InvalidVolume.NotFound", "The volume '{}' does not exist."),
    "sg": ("security-group", "InvalidGroup.NotFound", "The security group '{}' does not exist"),
    "key": ("key-pair", "InvalidKeyPair.NotFound", "The key pair '{}' does not exist"),
    "lt": (
        "launch-template",
        "InvalidLaunchTemplateId.NotFound",
        "The specified launch template, '{}', does not exist.",
    ),
    "eni": ("network-interface", "InvalidNetworkInterfaceID.NotFound", "The network interface '{}' does not exist"),
}
KINDS = frozenset(kind for kind, _, _ in NOT_FOUND.values())


class Births:
    """When every id was first seen, and for how long new ids of a kind stay hidden."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}
        self._hidden_for: dict[str, float] = {}
        self._lock = threading.Lock()

    def hide(self, seconds: dict[str, float]) -> None:
        """Sets for how long new ids are hidden, by kind. Raises ValueError for an unknown kind."""
        unknown = sorted(set(seconds) - KINDS)
        if unknown:
            raise ValueError(f"no resource kind {', '.join(unknown)}; there are {', '.join(sorted(KINDS))}")
        with self._lock:
            self._hidden_for = dict(seconds)

    def note(self, names: Iterable[str]) -> None:
        """Remembers when these were first seen."""
        now = time.monotonic()
        with self._lock:
            for name in names:
                self._seen.setdefault(name, now)

    def note_text(self, text: str) -> None:
        """Remembers every id in the answer to a call."""
        self.note(ID.findall(text))

    def hidden(self, name: str) -> bool:
        """Whether a call must not see `name` yet."""
        prefix = name.split("-", 1)[0]
        if not self._hidden_for or prefix not in NOT_FOUND:
            return False
        seconds = self._hidden_for.get(NOT_FOUND[prefix][0], 0.0)
        born = self._seen.get(name)
        return born is not None and time.monotonic() - born < seconds

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._seen.clear()
            self._hidden_for.clear()
