"""How long things take in the lab, in seconds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any


@dataclass(frozen=True)
class Settings:
    """Delays of state changes, and the first lines of every machine's console."""

    pending_to_running: float = 0.3
    stopping: float = 0.3
    shutting_down: float = 0.3
    image_available: float = 0.3
    snapshot_completed: float = 0.3
    copy_available: float = 0.3
    fast_launch_enabled: float = 0.3
    volume_moved: float = 0.3
    # How long Systems Manager looks at an image before a parameter holds it.
    parameter_checked: float = 0.3
    sshd_delay: float = 0.0
    console_text: str = "[    0.000000] Linux version 6.1.0 (lab)\n"
    max_instances: int = 64
    # A region (or `*`) in which new images end as `failed`.
    image_failure: str = ""
    # A state reason's code with which new instances end instead of running.
    launch_failure: str = ""
    # The reason with which fast launch does not come about.
    fast_launch_failure: str = ""
    # The error code of so many attempts of fleets to launch.
    fleet_failure: str = ""
    fleet_failures: int = 0
    # How long the sessions of AssumeRole last, whatever the call asks for; 0: as long as it asks.
    session: float = 0.0
    # How long EC2 does not know an instance profile after it got its role.
    profile_propagation: float = 0.0
    # Whether EC2's published token buckets count.
    throttle: bool = False
    # Whether the account lets images become public: `unblocked` or `block-new-sharing`.
    public_access: str = "unblocked"
    # EC2's quotas by code, in every region; nobody knows any other.
    quotas: dict[str, float] = field(default_factory=lambda: {"L-1216C47A": 640.0, "L-34B43A08": 640.0, "L-0E3CBAB9": 5.0})


# What a small image on real EC2 takes, rounded; for figures that are compared with Packer's.
PROFILES: dict[str, dict[str, Any]] = {
    "fast": asdict(Settings()),
    "real": {
        "pending_to_running": 8.0,
        "stopping": 12.0,
        "shutting_down": 15.0,
        "image_available": 30.0,
        "snapshot_completed": 30.0,
        "copy_available": 25.0,
        "volume_moved": 5.0,
        "sshd_delay": 10.0,
    },
}


def changed(settings: Settings, wishes: dict[str, Any]) -> Settings:
    """`settings` with `wishes` applied; `profile` first, then single keys.

    Raises ValueError for a key or a profile that does not exist.
    """
    wishes = dict(wishes)
    profile = wishes.pop("profile", None)
    if profile is not None:
        if profile not in PROFILES:
            raise ValueError(f"no profile `{profile}`")
        settings = replace(settings, **PROFILES[profile])
    known = {field.name for field in fields(Settings)}
    unknown = sorted(set(wishes) - known)
    if unknown:
        raise ValueError(f"no setting {', '.join(unknown)}")
    return replace(settings, **wishes)
