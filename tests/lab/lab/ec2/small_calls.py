"""Calls of which moto misses one thing: key pairs, security groups, the console, lists."""

from __future__ import annotations

from typing import Any, Callable

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.utils import Base64EncodedString

from ..world import ACCOUNT, World
from .errors import error, malformed_or_missing
from .images import complete_snapshot
from .tags import specified


def check_key_name(response: Any) -> None:
    """Raises for a name that is taken or missing."""
    name = response._get_param("KeyName")
    if not name:
        raise error("MissingParameter", "The request must contain the parameter KeyName")
    if name in response.ec2_backend.key_pairs:
        raise error("InvalidKeyPair.Duplicate", f"The keypair '{name}' already exists.")
    specified(response, ("key-pair",))


def delete_key_pair(world: World, response: Any) -> ActionResult:
    """Deletes by name or by id; moto knows names alone. An unknown pair is no error, as on EC2."""
    pairs = response.ec2_backend.key_pairs
    wanted = response._get_param("KeyPairId")
    name = response._get_param("KeyName")
    if wanted:
        name = next((pair.key_name for pair in pairs.values() if pair.id == wanted), None)
        if name is None:
            raise malformed_or_missing("InvalidKeyPair", "key", "key pair", wanted)
    pair = pairs.pop(name, None)
    return ActionResult({"Return": True, "KeyPairId": pair.id if pair else None})


def check_group_creation(response: Any) -> None:
    """Raises for a VPC that does not exist and for a name that is taken in it."""
    backend = response.ec2_backend
    vpc_id = response._get_param("VpcId") or backend.default_vpc.id
    if vpc_id not in backend.vpcs:
        raise error("InvalidVpcID.NotFound", f"The vpc ID '{vpc_id}' does not exist")
    name = response._get_param("GroupName")
    if any(group.name == name for group in backend.groups[vpc_id].values()):
        raise error("InvalidGroup.Duplicate", f"The security group '{name}' already exists for VPC '{vpc_id}'")
    specified(response, ("security-group",))


def check_group_deletion(response: Any) -> None:
    """Raises for an unknown group, and while an instance that is not terminated is in it."""
    backend = response.ec2_backend
    group_id = response._get_param("GroupId")
    if not group_id:
        return
    if backend.get_security_group_from_id(group_id) is None:
        raise malformed_or_missing("InvalidGroup", "sg", "security group", group_id)
    for instance in backend.all_instances():
        if instance.state == "terminated":
            continue
        used = {group.id for group in instance.security_groups}
        used |= {group.id for interface in instance.nics.values() for group in interface.group_set}
        if group_id in used:
            raise error("DependencyViolation", f"resource {group_id} has a dependent object")


def get_console_output(world: World, response: Any) -> ActionResult:
    """What the machine wrote: its boot and sshd's log. EC2 keeps the last 64 KiB."""
    instance = response.ec2_backend.get_instance(response._get_param("InstanceId"))
    text = world.fleet.console(instance.id)[-65536:].decode("utf-8", "replace")
    return ActionResult(
        {"InstanceId": instance.id, "Timestamp": utcnow(), "Output": Base64EncodedString.from_raw_string(text)}
    )


def get_public_access(world: World, response: Any) -> ActionResult:
    """Whether images may become public, which moto does not know."""
    return ActionResult({"ImageBlockPublicAccessState": world.settings.public_access})


def describe_images(world: World, response: Any, original: Callable[[Any], ActionResult]) -> ActionResult:
    """A deregistered image is unknown; moto answers with an empty list. Others see what is shared."""
    for image_id in response._get_param("ImageIds", []):
        if image_id.startswith("ami-") and image_id not in response.ec2_backend.amis:
            raise error("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")
    return original(response)


def describe_snapshots(world: World, response: Any, original: Callable[[Any], ActionResult]) -> ActionResult:
    """With owners, which moto ignores, and the ids that are unknown named."""
    for snapshot_id in response._get_param("SnapshotIds", []):
        if snapshot_id not in response.ec2_backend.snapshots:
            raise malformed_or_missing("InvalidSnapshot", "snap", "snapshot", snapshot_id)
    found = original(response).result
    owners = {ACCOUNT if one == "self" else one for one in response._get_param("OwnerIds", [])}
    if owners:
        found["Snapshots"] = [one for one in found["Snapshots"] if one.owner_id in owners]
    return ActionResult(found)


def create_snapshot(world: World, response: Any, original: Callable[[Any], ActionResult]) -> ActionResult:
    """CreateSnapshot, CreateSnapshots and CopySnapshot take time; moto's are complete at once."""
    backend = response.ec2_backend
    before = set(backend.snapshots)
    answer = original(response)
    for snapshot_id in set(backend.snapshots) - before:
        backend.snapshots[snapshot_id].status = "pending"
        complete_snapshot(world, backend.snapshots[snapshot_id], world.settings.snapshot_completed)
    return answer


def add_vpc(backend: Any) -> None:
    """A VPC besides the default one, with a subnet per zone that gives no public addresses."""
    vpc = backend.create_vpc("10.99.0.0/16")
    vpc.add_tags({"Name": "lab-private"})
    zones = [zone.name for zone in backend.describe_availability_zones()]
    for number, zone in enumerate(zones[:3]):
        subnet = backend.create_subnet(vpc.id, f"10.99.{number}.0/24", availability_zone=zone)
        subnet.add_tags({"Name": f"lab-private-{zone}"})
