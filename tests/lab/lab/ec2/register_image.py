"""RegisterImage: the request's devices as they are, of snapshots that are complete, under a name that is free."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.utils import random_ami_id

from ..world import World
from .create_image import check_name
from .errors import error, malformed_or_missing
from .images import Image, Mapping, make_available, merged
from .tags import specified

ARCHITECTURES = ("i386", "x86_64", "arm64", "x86_64_mac", "arm64_mac")
BOOT_MODES = (None, "", "legacy-bios", "uefi", "uefi-preferred")


def check(response: Any) -> None:
    """Raises what keeps the image from being registered."""
    backend = response.ec2_backend
    name = response._get_param("Name")
    if not name:
        raise error("MissingParameter", "The request must contain the parameter name")
    specified(response, ("image",))
    mappings = response._get_param("BlockDeviceMappings", [])
    root = response._get_param("RootDeviceName")
    if root not in {one.get("DeviceName") for one in mappings}:
        raise error("InvalidBlockDeviceMapping", f"The root device '{root}' has no mapping")
    if (response._get_param("Architecture") or "i386") not in ARCHITECTURES:
        raise error("InvalidParameterValue", "Invalid value for architecture.")
    if response._get_param("BootMode") not in BOOT_MODES:
        raise error("InvalidParameterValue", "Invalid value for boot mode.")
    for one in mappings:
        _check_snapshot(backend, one.get("Ebs", {}))
    if not next(one for one in mappings if one["DeviceName"] == root).get("Ebs", {}).get("SnapshotId"):
        raise error("InvalidParameterCombination", "The root device must be made from a snapshot")
    check_name(backend, name)


def _check_snapshot(backend: Any, ebs: dict[str, Any]) -> None:
    snapshot_id = ebs.get("SnapshotId")
    if not snapshot_id:
        return
    snapshot = backend.snapshots.get(snapshot_id)
    if snapshot is None:
        raise malformed_or_missing("InvalidSnapshot", "snap", "snapshot", snapshot_id)
    if snapshot.status != "completed":
        raise error("IncorrectState", f"Snapshot {snapshot_id} is not completed.")
    if ebs.get("Encrypted") not in (None, ""):
        raise error(
            "InvalidBlockDeviceMapping", "The encrypted flag cannot be specified since a snapshot is specified."
        )
    size = ebs.get("VolumeSize")
    if size and int(size) < int(snapshot.volume_size):
        raise error("InvalidBlockDeviceMapping", f"Volume of size {size}GB is smaller than snapshot")


def register_image(world: World, response: Any) -> ActionResult:
    """Makes the image. It has no files: nothing that a machine wrote leads to it."""
    backend = response.ec2_backend
    tags = specified(response, ("image",))
    image_id = random_ami_id()
    image = Image(
        backend,
        image_id,
        response._get_param("Name"),
        _mappings(backend, response),
        description=response._get_param("Description", ""),
        architecture=response._get_param("Architecture") or "i386",
        virtualization_type=response._get_param("VirtualizationType") or "paravirtual",
        root_device_name=response._get_param("RootDeviceName"),
        boot_mode=response._get_param("BootMode"),
        ena_support=response._get_bool_param("EnaSupport", False),
        sriov=response._get_param("SriovNetSupport"),
    )
    image.tpm_support = response._get_param("TpmSupport")
    image.imds_support = response._get_param("ImdsSupport")
    for snapshot_id in image.snapshot_ids:
        # For the inventory alone: whose snapshot it is.
        backend.snapshots[snapshot_id].from_ami = image_id
    backend.amis[image_id] = image
    image.add_tags(tags.get("image", {}))
    make_available(world, image, "image_available")
    return ActionResult({"ImageId": image_id})


def _mappings(backend: Any, response: Any) -> list[Mapping]:
    wished = merged([], response._get_param("BlockDeviceMappings", []))
    for one in wished:
        ebs = one.get("Ebs")
        if ebs is None:
            continue
        snapshot = backend.snapshots.get(ebs.get("SnapshotId"))
        if snapshot is not None:
            ebs.setdefault("VolumeSize", snapshot.volume_size)
            ebs["Encrypted"] = snapshot.encrypted
        ebs.setdefault("VolumeType", "gp2")
        ebs.setdefault("DeleteOnTermination", True)
    return wished
