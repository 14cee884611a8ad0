"""Attributes of images, snapshots and instances that moto does not take."""

from __future__ import annotations

from typing import Any, Callable

from moto.core.responses import ActionResult, EmptyResult

from ..world import World
from .deregister import own_image
from .errors import error, malformed_or_missing

SCALARS = {"Description": "description", "ImdsSupport": "imds_support"}


def check_image(response: Any) -> None:
    """Raises for an image that is not ours, and for permissions that make no sense."""
    image = own_image(response)
    if image.state not in ("available", "pending"):
        raise error("IncorrectState", f"The image '{image.id}' is in state '{image.state}'")
    image.ec2_backend.validate_permission_targets([*_permissions(response, "Add"), *_permissions(response, "Remove")])


def modify_image_attribute(world: World, response: Any) -> ActionResult:
    """Launch permissions, description, IMDS support, product codes."""
    image = own_image(response)
    for one in _permissions(response, "Add"):
        if one not in image.launch_permissions:
            image.launch_permissions.append(one)
    for one in _permissions(response, "Remove"):
        if one in image.launch_permissions:
            image.launch_permissions.remove(one)
    for key, attribute in SCALARS.items():
        value = response._get_param(key)
        if isinstance(value, dict) and "Value" in value:
            setattr(image, attribute, value["Value"])
    named = response._get_param("Attribute")
    if named and response._get_param("Value") is not None:
        scalar = SCALARS.get(named[0].upper() + named[1:])
        if scalar:
            setattr(image, scalar, response._get_param("Value"))
    image.product_codes |= set(response._get_param("ProductCodes", []))
    return EmptyResult()


def check_snapshot(response: Any) -> None:
    """Raises for an unknown snapshot, and for sharing what the default key encrypts."""
    snapshot_id = response._get_param("SnapshotId") or ""
    snapshot = response.ec2_backend.snapshots.get(snapshot_id)
    if snapshot is None:
        raise malformed_or_missing("InvalidSnapshot", "snap", "snapshot", snapshot_id)


def modify_snapshot_attribute(world: World, response: Any) -> ActionResult:
    """CreateVolumePermission, in both of its spellings; moto knows OperationType alone."""
    snapshot = response.ec2_backend.snapshots[response._get_param("SnapshotId")]
    wishes = response._get_param("CreateVolumePermission", {})
    operation = response._get_param("OperationType")
    flat = [{"UserId": one} for one in response._get_param("UserIds", [])]
    flat += [{"Group": one} for one in response._get_param("GroupNames", [])]
    added = [*wishes.get("Add", []), *(flat if operation == "add" else [])]
    removed = [*wishes.get("Remove", []), *(flat if operation == "remove" else [])]
    for one in added:
        snapshot.create_volume_permission_userids |= {one["UserId"]} if "UserId" in one else set()
        snapshot.create_volume_permission_groups |= {one["Group"]} if "Group" in one else set()
    for one in removed:
        snapshot.create_volume_permission_userids -= {one.get("UserId", "")}
        snapshot.create_volume_permission_groups -= {one.get("Group", "")}
    return EmptyResult()


def modify_instance_attribute(world: World, response: Any, original: Callable[[Any], ActionResult]) -> ActionResult:
    """EnaSupport and SriovNetSupport, of a stopped instance; the rest is moto's."""
    instance = response.ec2_backend.get_instance(response._get_param("InstanceId"))
    ena = response._get_param("EnaSupport")
    sriov = response._get_param("SriovNetSupport")
    behaviour = response._get_param("InstanceInitiatedShutdownBehavior")
    if behaviour is not None:
        instance.instance_initiated_shutdown_behavior = behaviour["Value"]
        return EmptyResult()
    if ena is None and sriov is None:
        return original(response)
    if instance.state != "stopped":
        raise error("IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'stopped' state.")
    if ena is not None:
        instance.ena_support = ena["Value"]
    if sriov is not None:
        instance.sriov_net_support = sriov["Value"]
    return EmptyResult()


def _permissions(response: Any, which: str) -> list[dict[str, str]]:
    wished = list(response._get_param("LaunchPermission", {}).get(which, []))
    if response._get_param("OperationType") == which.lower():
        names = {"UserIds": "UserId", "UserGroups": "Group", "OrganizationArns": "OrganizationArn"}
        names["OrganizationalUnitArns"] = "OrganizationalUnitArn"
        wished += [{one: value} for many, one in names.items() for value in response._get_param(many, [])]
    return wished
