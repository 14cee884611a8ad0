"""RunInstances: EC2's checks, tokens, the image's devices, tags on everything, and a machine."""

from __future__ import annotations

import base64
from typing import Any, Callable

from moto.core.responses import ActionResult
from moto.ec2.models.instance_types import INSTANCE_TYPES

from ..machines.machine import Spec
from ..world import World
from . import profiles
from .errors import error, malformed_or_missing
from .images import Mapping, merged
from .instance_states import begin_pending
from .tags import specified
from .tokens import fingerprint, recall, remember

TAGGED = ("instance", "volume", "network-interface", "spot-instances-request", "elastic-gpu")
USER_DATA_LIMIT = 16384  # bytes before base64; EC2 User Guide, "instance user data"


def check(response: Any) -> None:
    """Raises what keeps the instance from being launched."""
    if response._get_param("LaunchTemplate"):
        return
    backend = response.ec2_backend
    image = _image(backend, response._get_param("ImageId"))
    _check_type(response._get_param("InstanceType") or "m1.small", image)
    key = response._get_param("KeyName")
    if key and key not in backend.key_pairs:
        raise error("InvalidKeyPair.NotFound", f"The key pair '{key}' does not exist")
    _check_network(response, backend)
    profiles.check(response)
    specified(response, TAGGED)
    _check_devices(image, response._get_param("BlockDeviceMappings", []))
    if len(_user_data(response)) > USER_DATA_LIMIT:
        raise error("InvalidParameterValue", "User data is limited to 16384 bytes")


def run_instances(world: World, response: Any, original: Callable[[Any], ActionResult]) -> ActionResult:
    """Launches, or answers with what the same token launched."""
    same = recall(world, response, "RunInstances")
    if same is not None:
        return ActionResult(same)
    backend = response.ec2_backend
    alive = sum(one.state != "terminated" for one in backend.all_instances())
    if alive >= world.settings.max_instances:
        raise error("InstanceLimitExceeded", f"You have requested more instances than your limit of {alive} allows")
    parameters = fingerprint(response)
    tags = specified(response, TAGGED)
    _prepare(backend, response)
    try:
        reservation = original(response).result
    finally:
        backend.lab_launch = None
    for instance in reservation.instances:
        for interface in instance.nics.values():
            interface.add_tags(tags.get("network-interface", {}))
    remember(world, response, "RunInstances", reservation, parameters)
    return ActionResult(reservation)


def setup_volumes(instance: Any) -> None:
    """Makes and attaches the instance's volumes. In place of moto's single 8 GB volume on /dev/sda1."""
    backend = instance.ec2_backend
    mappings: list[Mapping] | None = getattr(backend, "lab_launch", None)
    if mappings is None:
        image = backend.amis.get(instance.image_id)
        mappings = merged(image.block_device_mappings, []) if image else []
    for one in mappings:
        ebs = one.get("Ebs")
        if ebs is None:
            continue
        volume = _make_volume(instance, ebs)
        attachment = backend.attach_volume(
            volume.id, instance.id, one["DeviceName"], ebs.get("DeleteOnTermination", True)
        )
        attachment.status = "attached"


def add_machine(world: World, instance: Any) -> None:
    """Gives a new instance, however it was launched, its address and its machine, and lets it boot."""
    address = world.fleet.addresses.take()
    instance.lab_address = address
    # moto gives every instance of the default network a public address, and another by its interface.
    instance.lab_public = bool(instance.associate_public_ip) or any(one.public_ip for one in instance.nics.values())
    for interface in instance.nics.values():
        # EC2's default for an interface that the launch makes; moto keeps it for ever.
        interface.delete_on_termination = True
        interface.private_ip_address = address
        interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
        interface.public_ip = address if instance.lab_public else None
    pair = instance.ec2_backend.key_pairs.get(instance.key_name)
    key = ""
    if pair is not None:
        # The instance gets the key's name for its comment, whatever was imported.
        key = " ".join([*pair.public_key.split()[:2], pair.key_name])
    user_data = base64.b64decode(str(instance.user_data)) if instance.user_data else b""
    spec = Spec(instance.id, address, key, user_data, world.settings.console_text)
    world.fleet.create(spec, instance.image_id)
    begin_pending(world, instance)


def _make_volume(instance: Any, ebs: dict[str, Any]) -> Any:
    from moto.ec2.models.elastic_block_store import Volume
    from moto.ec2.utils import random_volume_id

    from .kms import key_arn

    backend = instance.ec2_backend
    encrypted = bool(ebs.get("Encrypted"))
    snapshot = backend.snapshots.get(ebs.get("SnapshotId"))
    if snapshot is not None and snapshot.encrypted:
        encrypted = True
    key = ebs.get("KmsKeyId") or (snapshot.kms_key_id if snapshot is not None else None)
    kind = ebs.get("VolumeType") or "gp2"
    volume = Volume(
        backend,
        random_volume_id(),
        int(ebs["VolumeSize"]),
        backend.get_zone_by_name(instance.placement.zone),
        ebs.get("SnapshotId"),
        encrypted,
        key_arn(key, backend.region_name) if encrypted else None,
        kind,
        int(ebs["Iops"]) if ebs.get("Iops") and kind != "gp2" else (3000 if kind == "gp3" else None),
        int(ebs.get("Throughput") or 125) if kind == "gp3" else None,
    )
    backend.volumes[volume.id] = volume
    return volume


def _prepare(backend: Any, response: Any) -> None:
    """Leaves to moto what it knows; devices go to `setup_volumes`, empty strings go nowhere."""
    parameters = response.params
    for key in ("SubnetId", "KeyName", "PrivateIpAddress"):
        if parameters.get(key) == "":
            del parameters[key]
    profile = parameters.get("IamInstanceProfile") or {}
    if not any(profile.values()):
        parameters.pop("IamInstanceProfile", None)
    placement = parameters.get("Placement") or {}
    if placement.get("AvailabilityZone") == "":
        del placement["AvailabilityZone"]
    image = backend.amis.get(parameters.get("ImageId"))
    wished = parameters.pop("BlockDeviceMappings", [])
    backend.lab_launch = merged(image.block_device_mappings, wished) if image else None


def _image(backend: Any, image_id: str | None) -> Any:
    if not image_id:
        raise error("MissingParameter", "The request must contain the parameter ImageId")
    if not image_id.startswith("ami-"):
        raise error("InvalidAMIID.Malformed", f'Invalid id: "{image_id}" (expecting "ami-...")')
    image = backend.amis.get(image_id)
    if image is None:
        raise error("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")
    if image.state != "available":
        raise error("InvalidAMIID.Unavailable", f"The image ID '{image_id}' is not available (state: {image.state})")
    return image


def _check_type(name: str, image: Any) -> None:
    facts = INSTANCE_TYPES.get(name)
    if facts is None:
        raise error("InvalidParameterValue", f"Invalid value '{name}' for InstanceType.")
    can = facts.get("ProcessorInfo", {}).get("SupportedArchitectures", [image.architecture])
    if image.architecture not in can:
        raise error(
            "InvalidParameterValue",
            f"The architecture '{','.join(can)}' of the specified instance type does not match the architecture "
            f"'{image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching "
            "architectures, and try again.",
        )


def _check_network(response: Any, backend: Any) -> None:
    interfaces = response._get_param("NetworkInterfaces", [])
    subnets = [response._get_param("SubnetId"), *(one.get("SubnetId") for one in interfaces)]
    groups = [*response._get_param("SecurityGroupIds", []), *(g for one in interfaces for g in one.get("Groups", []))]
    known = {one.id: one for zone in backend.subnets.values() for one in zone.values()}
    for subnet_id in filter(None, subnets):
        if subnet_id not in known:
            raise error("InvalidSubnetID.NotFound", f"The subnet ID '{subnet_id}' does not exist")
    subnet = next((known[one] for one in subnets if one), None)
    vpc_id = subnet.vpc_id if subnet else backend.default_vpc.id
    for group_id in filter(None, groups):
        group = backend.get_security_group_from_id(group_id)
        if group is None:
            raise malformed_or_missing(
                "InvalidGroup" if group_id.startswith("sg-") else "InvalidGroupId", "sg", "security group", group_id
            )
        if group.vpc_id != vpc_id:
            where = f"subnet {subnet.id}" if subnet else "the default VPC"
            raise error("InvalidParameter", f"Security group {group_id} and {where} belong to different networks.")


def _check_devices(image: Any, wished: list[Mapping]) -> None:
    sizes = {one["DeviceName"]: one.get("Ebs", {}).get("VolumeSize") for one in image.block_device_mappings}
    for one in wished:
        ebs = one.get("Ebs", {})
        least = sizes.get(one.get("DeviceName"))
        size = ebs.get("VolumeSize")
        if size and least and int(size) < least:
            raise error(
                "InvalidBlockDeviceMapping",
                f"Volume of size {size}GB is smaller than snapshot, expect size>= {least}GB",
            )
        if ebs and not size and not least and not ebs.get("SnapshotId"):
            raise error("MissingParameter", "The request must contain the parameter size or snapshotId")
        if ebs.get("KmsKeyId") and not ebs.get("Encrypted"):
            raise error(
                "InvalidParameterDependency", "The parameter KmsKeyId requires the parameter Encrypted to be set."
            )


def _user_data(response: Any) -> bytes:
    try:
        return base64.b64decode(response._get_param("UserData") or "", validate=False)
    except ValueError as wrong:
        raise error("InvalidParameterValue", "Invalid BASE64 encoding of user data.") from wrong
