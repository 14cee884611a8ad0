"""How long the lab's own states took: what no client can be faster than."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Transition:
    """A state of one thing, from its begin to its end, by the clock of the lab's machine."""

    kind: str
    id: str
    begun: float
    ended: float | None = None


class Transitions:
    """All transitions since the last reset, in the order of their begin."""

    def __init__(self) -> None:
        self._all: list[Transition] = []
        self._lock = threading.Lock()

    def begin(self, kind: str, thing: str) -> Transition:
        """Notes that a state has begun."""
        transition = Transition(kind, thing, time.time())
        with self._lock:
            self._all.append(transition)
        return transition

    def as_json(self) -> list[dict[str, Any]]:
        """All of them; `ended` is null for what still goes on or never came to its end."""
        with self._lock:
            return [asdict(one) for one in self._all]

    def clear(self) -> None:
        """Forgets all."""
        with self._lock:
            self._all.clear()


def end(transition: Transition) -> None:
    """Notes that it is over."""
    transition.ended = time.time()
