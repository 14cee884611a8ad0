"""DeregisterImage with DeleteAssociatedSnapshots; DeleteSnapshot; deregistration protection; deprecation."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from ..world import ACCOUNT, World
from .errors import error, malformed_or_missing


def own_image(response: Any) -> Any:
    """The image that the call names. Raises when it is unknown or somebody else's."""
    backend = response.ec2_backend
    image_id = response._get_param("ImageId") or ""
    image = backend.amis.get(image_id)
    if image is None and image_id in backend.deleted_amis:
        raise error("InvalidAMIID.Unavailable", f"The image ID '{image_id}' is no longer available")
    if image is None:
        raise malformed_or_missing("InvalidAMIID", "ami", "image id", image_id)
    if image.owner_id != ACCOUNT:
        raise error("AuthFailure", f"Not authorized for image:{image_id}")
    return image


def check(response: Any) -> None:
    """Raises what keeps the image."""
    image = own_image(response)
    if image.deregistration_protection != "disabled":
        raise error("OperationNotPermitted", f"The image '{image.id}' has deregistration protection enabled.")


def deregister_image(world: World, response: Any) -> ActionResult:
    """Deregisters; deletes the snapshots too where that is asked for."""
    backend = response.ec2_backend
    image = own_image(response)
    backend.deregister_image(image.id)
    world.fleet.forget_image(image.id)
    results = []
    if response._get_bool_param("DeleteAssociatedSnapshots", False):
        for snapshot_id in image.snapshot_ids:
            backend.snapshots.pop(snapshot_id, None)
            results.append({"SnapshotId": snapshot_id, "ReturnCode": "success"})
    return ActionResult({"Return": True, "DeleteSnapshotResults": results})


def check_snapshot(response: Any) -> None:
    """Raises what keeps a snapshot: that it is unknown, or in use by an image."""
    backend = response.ec2_backend
    snapshot_id = response._get_param("SnapshotId") or ""
    if snapshot_id not in backend.snapshots:
        raise malformed_or_missing("InvalidSnapshot", "snap", "snapshot", snapshot_id)
    user = next((one.id for one in backend.amis.values() if snapshot_id in getattr(one, "snapshot_ids", [])), None)
    if user:
        raise error("InvalidSnapshot.InUse", f"The snapshot {snapshot_id} is currently in use by {user}")


def protect(world: World, response: Any) -> ActionResult:
    """EnableImageDeregistrationProtection."""
    cooldown = response._get_bool_param("WithCooldown", False)
    own_image(response).deregistration_protection = "enabled-with-cooldown" if cooldown else "enabled-without-cooldown"
    return ActionResult({"Return": "true"})


def unprotect(world: World, response: Any) -> ActionResult:
    """DisableImageDeregistrationProtection."""
    own_image(response).deregistration_protection = "disabled"
    return ActionResult({"Return": "true"})


def deprecate(world: World, response: Any) -> ActionResult:
    """EnableImageDeprecation."""
    when = response._get_param("DeprecateAt")
    own_image(response).deprecation_time = (
        when.strftime("%Y-%m-%dT%H:%M:%S.000Z") if hasattr(when, "strftime") else when
    )
    return ActionResult({"Return": True})


def undeprecate(world: World, response: Any) -> ActionResult:
    """DisableImageDeprecation."""
    own_image(response).deprecation_time = None
    return ActionResult({"Return": True})
