"""Images and snapshots with true sizes, devices and encryption, in place of moto's single 15 GB snapshot."""

from __future__ import annotations

import time
from copy import deepcopy
from datetime import datetime, timezone
from typing import Any

from moto.ec2.models.amis import Ami
from moto.ec2.models.elastic_block_store import Snapshot
from moto.ec2.utils import random_snapshot_id

from ..transitions import end
from ..world import ACCOUNT, World

Mapping = dict[str, Any]


class Image(Ami):
    """An image whose block devices are what it was made from. Takes attributes by name."""

    def __init__(self, backend: Any, image_id: str, name: str, mappings: list[Mapping], **attributes: Any) -> None:
        # Not `super().__init__`: it makes a volume and a snapshot of 15 GB for every image.
        self.ec2_backend = backend
        self.id = image_id
        self.name = name
        self.mappings = mappings
        self.state = "pending"
        self.owner_id = ACCOUNT
        self.image_location = f"{ACCOUNT}/{name}"
        self.creation_date = datetime.now(timezone.utc).replace(tzinfo=None)
        self.product_codes: set[str] = set()
        self.launch_permissions: list[dict[str, str]] = []
        for key, value in {**DEFAULTS, **attributes}.items():
            setattr(self, key, value)

    @property
    def block_device_mappings(self) -> list[Mapping]:
        """As DescribeImages shows them."""
        return self.mappings

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        """The snapshots too, which moto has no filter for."""
        if filter_name == "block-device-mapping.snapshot-id":
            return self.snapshot_ids
        return super().get_filter_value(filter_name, method_name)

    @property
    def snapshot_ids(self) -> list[str]:
        """The snapshots behind the image."""
        return [one["Ebs"]["SnapshotId"] for one in self.mappings if one.get("Ebs", {}).get("SnapshotId")]


DEFAULTS: dict[str, Any] = {
    "image_type": "machine",
    "owner_alias": None,
    "description": "",
    "virtualization_type": "hvm",
    "architecture": "x86_64",
    "kernel_id": None,
    "platform": None,
    "platform_details": "Linux/UNIX",
    "usage_operation": "RunInstances",
    "hypervisor": "xen",
    "root_device_name": "/dev/sda1",
    "root_device_type": "ebs",
    "sriov": "simple",
    "sriov_net_support": "simple",
    "ena_support": True,
    "boot_mode": None,
    "instance_id": None,
    "source_image_id": None,
    "source_image_region": None,
    "imds_support": None,
    "deprecation_time": None,
    "deregistration_protection": "disabled",
    "state_reason": None,
}
# What an image takes over from the instance's image or from the image it is a copy of.
INHERITED = (
    "virtualization_type architecture kernel_id platform platform_details usage_operation hypervisor "
    "root_device_name root_device_type sriov sriov_net_support ena_support boot_mode imds_support"
).split()


class VolumeFacts:
    """What moto asks of a snapshot's volume: its id and its size. The volume itself may be gone."""

    def __init__(self, volume_id: str, size: int) -> None:
        self.id = volume_id
        self.size = size


def inherited(image: Any) -> dict[str, Any]:
    """The attributes of `image` that one made from it has too."""
    return {name: getattr(image, name, DEFAULTS.get(name)) for name in INHERITED}


def make_snapshot(
    world: World, backend: Any, volume: VolumeFacts, description: str, encryption: str | None
) -> Snapshot:
    """A pending snapshot. `encryption` is the ARN of its key; None leaves it plain."""
    snapshot = Snapshot(backend, random_snapshot_id(), volume, description, encryption is not None, encryption)
    snapshot.status = "pending"
    backend.snapshots[snapshot.id] = snapshot
    world.births.note([snapshot.id])
    return snapshot


def complete_snapshot(world: World, snapshot: Snapshot, seconds: float) -> None:
    """Lets the snapshot progress to its end within `seconds` of the lab's time."""
    real = world.clock.real(seconds)
    snapshot.lab_begun = time.monotonic()  # type: ignore[attr-defined]
    snapshot.lab_seconds = real  # type: ignore[attr-defined]

    def finish() -> None:
        snapshot.status = "completed"

    world.clock.after(seconds, finish)


def progress(snapshot: Any) -> str:
    """`Progress` as DescribeSnapshots shows it."""
    if snapshot.status == "completed":
        return "100%"
    begun = getattr(snapshot, "lab_begun", None)
    if begun is None or snapshot.lab_seconds == 0:
        return "0%"
    return f"{min(99, int(100 * (time.monotonic() - begun) / snapshot.lab_seconds))}%"


def make_available(world: World, image: Image, kind: str) -> None:
    """Turns the image and its snapshots available after the time that the setting `kind` says."""
    seconds = getattr(world.settings, kind)
    for snapshot_id in image.snapshot_ids:
        snapshot = image.ec2_backend.snapshots.get(snapshot_id)
        if snapshot and snapshot.status != "completed":
            complete_snapshot(world, snapshot, seconds)

    made = world.transitions.begin(kind, image.id)
    fails = world.settings.image_failure in ("*", image.ec2_backend.region_name)

    def finish() -> None:
        with world.lock:
            if image.state != "pending":
                return
            end(made)
            image.state = "failed" if fails else "available"
            if fails:
                image.state_reason = {
                    "Code": "Client.InternalError",
                    "Message": "Client.InternalError: Client error on launch",
                }

    world.clock.after(seconds, finish)


def merged(under: list[Mapping], over: list[Mapping]) -> list[Mapping]:
    """Block devices of an image (`under`) with those of a request (`over`), as EC2 merges them."""
    devices = {one["DeviceName"]: deepcopy(one) for one in under}
    for one in over:
        name = one["DeviceName"]
        if "NoDevice" in one:
            devices.pop(name, None)
            continue
        wished = {key: value for key, value in one.get("Ebs", {}).items() if value not in (None, "")}
        if one.get("VirtualName"):
            devices[name] = {"DeviceName": name, "VirtualName": one["VirtualName"]}
        else:
            kept = devices.get(name, {}).get("Ebs", {})
            devices[name] = {"DeviceName": name, "Ebs": {**kept, **wished}}
    return list(devices.values())


def used_name(backend: Any, name: str) -> str | None:
    """The id of our image that has this name in the region."""
    return next((one.id for one in backend.amis.values() if one.owner_id == ACCOUNT and one.name == name), None)
