"""Everything that one lab has, joined; made once, handed to whoever needs a part."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from typing import Any

from .births import Births
from .calls import Journal
from .clock import Clock
from .faults import Faults
from .identity import Identity
from .machines.fleet import Fleet
from .settings import Settings
from .stores import Stores
from .throttle import Throttle
from .transitions import Transitions

ACCOUNT = "123456789012"


@dataclass
class World:
    """The lab's parts. `lock` stands before moto's models, which are not made for threads."""

    clock: Clock
    fleet: Fleet
    settings: Settings = field(default_factory=Settings)
    allowed: frozenset[str] | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    journal: Journal = field(default_factory=Journal)
    faults: Faults = field(default_factory=Faults)
    births: Births = field(default_factory=Births)
    stores: Stores = field(default_factory=Stores)
    identity: Identity = field(default_factory=Identity)
    throttle: Throttle = field(default_factory=Throttle)
    transitions: Transitions = field(default_factory=Transitions)
    tokens: dict[tuple[str, str, str], tuple[str, Any]] = field(default_factory=dict)
    used_codes: set[str] = field(default_factory=set)
    failed_fleets: int = 0
    started: float = field(default_factory=time.time)

    def reset(self) -> None:
        """Back to a fresh account, with default settings."""
        from moto.moto_api._internal.models import moto_api_backend

        with self.lock:
            self.clock.forget()
            self.settings = replace(Settings())
            self.allowed = None
            self.tokens.clear()
            self.used_codes.clear()
            self.failed_fleets = 0
            self.faults.clear()
            self.births.clear()
            self.throttle.clear()
            self.transitions.clear()
            self.stores = Stores()
            self.identity = Identity()
            moto_api_backend.reset()
        self.fleet.clear()
        self.journal.clear()
