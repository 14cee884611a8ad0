"""CreateImage: one snapshot per volume, the request's devices merged in, tags on both, names unique."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.utils import random_ami_id

from ..world import World
from .errors import error
from .images import Image, Mapping, VolumeFacts, inherited, make_available, make_snapshot, merged, used_name
from .kms import key_arn
from .tags import specified


def check(response: Any) -> None:
    """Raises what keeps the image from being made."""
    backend = response.ec2_backend
    name = response._get_param("Name")
    if not name:
        raise error("MissingParameter", "The request must contain the parameter name")
    specified(response, ("image", "snapshot"))
    instance = backend.get_instance(response._get_param("InstanceId"))
    if instance.state in ("shutting-down", "terminated"):
        raise error(
            "IncorrectInstanceState", f"The instance '{instance.id}' is not in a state from which an image can be made"
        )
    if instance.state not in ("running", "stopped"):
        raise error("InvalidParameterValue", "Instance is not in state 'running' or 'stopped'.")
    check_name(backend, name)


def check_name(backend: Any, name: str) -> None:
    """Raises when one of our images in the region has the name."""
    if not 3 <= len(name) <= 128:
        raise error("InvalidAMIName.Malformed", "AMI names must be between 3 and 128 characters long")
    taken = used_name(backend, name)
    if taken:
        raise error("InvalidAMIName.Duplicate", f"AMI name {name} is already in use by AMI {taken}")


def create_image(world: World, response: Any) -> ActionResult:
    """Makes the image; what the machine wrote goes with it."""
    backend = response.ec2_backend
    instance = backend.get_instance(response._get_param("InstanceId"))
    tags = specified(response, ("image", "snapshot"))
    image_id = random_ami_id()
    no_reboot = response._get_bool_param("NoReboot", False)
    if instance.state == "running" and not no_reboot:
        world.fleet.stop(instance.id)
    world.fleet.capture(instance.id, image_id)
    if instance.state == "running" and not no_reboot:
        world.fleet.start(instance.id)
    source = backend.amis.get(instance.image_id)
    image = Image(
        backend,
        image_id,
        response._get_param("Name"),
        _mappings(world, response, instance, image_id),
        description=response._get_param("Description", ""),
        **(inherited(source) if source else {"root_device_name": instance.root_device_name}),
    )
    image.ena_support = getattr(instance, "ena_support", image.ena_support)
    image.sriov_net_support = getattr(instance, "sriov_net_support", image.sriov_net_support)
    image.instance_id = instance.id
    image.source_instance_image_id = instance.image_id
    backend.amis[image_id] = image
    image.add_tags(tags.get("image", {}))
    for snapshot_id in image.snapshot_ids:
        backend.create_tags([snapshot_id], tags["snapshot"]) if tags.get("snapshot") else None
    make_available(world, image, "image_available")
    return ActionResult({"ImageId": image_id})


def _mappings(world: World, response: Any, instance: Any, image_id: str) -> list[Mapping]:
    """The image's devices. A snapshot is made of every attached volume that the request does not leave out."""
    backend = response.ec2_backend
    attached = [_of_volume(backend, name, block) for name, block in instance.get_block_device_mapping]
    wished = merged(attached, response._get_param("BlockDeviceMappings", []))
    volumes = {name: backend.volumes[block.volume_id] for name, block in instance.get_block_device_mapping}
    for one in wished:
        volume = volumes.get(one["DeviceName"])
        ebs = one.get("Ebs")
        if ebs is None:
            continue
        if volume is not None:
            description = f"Created by CreateImage({instance.id}) for {image_id}"
            key = key_arn(volume.kms_key_id, backend.region_name) if volume.encrypted else None
            snapshot = make_snapshot(world, backend, VolumeFacts(volume.id, volume.size), description, key)
            snapshot.from_ami = image_id
            ebs["SnapshotId"] = snapshot.id
            ebs["Encrypted"] = volume.encrypted
        else:
            ebs.setdefault("VolumeType", "gp2")
            ebs.setdefault("Encrypted", False)
        ebs.setdefault("DeleteOnTermination", True)
        ebs.pop("KmsKeyId", None)  # DescribeImages does not show it
    return wished


def _of_volume(backend: Any, name: str, block: Any) -> Mapping:
    volume = backend.volumes[block.volume_id]
    ebs: dict[str, Any] = {
        "VolumeSize": volume.size,
        "VolumeType": volume.volume_type,
        "DeleteOnTermination": bool(block.delete_on_termination),
    }
    if volume.iops:
        ebs["Iops"] = volume.iops
    if volume.throughput:
        ebs["Throughput"] = volume.throughput
    return {"DeviceName": name, "Ebs": ebs}
