"""Fast launch of images, which moto does not have."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from ..world import ACCOUNT, World
from .deregister import own_image
from .errors import error

LEAST_LAUNCHES = 6  # EC2 User Guide, "Configure EC2 Fast Launch settings"


def launches(backend: Any) -> dict[str, dict[str, Any]]:
    """What is switched on in the region, by image; it outlives its image, as on EC2."""
    if not hasattr(backend, "lab_fast_launches"):
        backend.lab_fast_launches = {}
    return backend.lab_fast_launches


def check(response: Any) -> None:
    """Raises for an image that is not there or not ready, and for wishes that EC2 refuses."""
    image = own_image(response)
    if image.state != "available":
        raise error("IncorrectState", f"The image '{image.id}' is in state '{image.state}'")
    wished = response._get_param("MaxParallelLaunches")
    if wished is not None and int(wished) < LEAST_LAUNCHES:
        raise error("InvalidParameterValue", f"MaxParallelLaunches must be at least {LEAST_LAUNCHES}")
    template = response._get_param("LaunchTemplate", {}).get("LaunchTemplateId")
    if template and template not in response.ec2_backend.launch_templates:
        raise error("InvalidLaunchTemplateId.NotFound", f"The specified launch template, '{template}', does not exist.")


def check_templates(response: Any) -> None:
    """Raises for a launch template that is not there, which moto leaves out of its list."""
    known = response.ec2_backend.launch_templates
    for template in response._get_param("LaunchTemplateIds", []):
        if template not in known:
            raise error("InvalidLaunchTemplateId.NotFound", f"The specified launch template, '{template}', does not exist.")
    for name in response._get_param("LaunchTemplateNames", []):
        if all(one.name != name for one in known.values()):
            words = f"At least one of the launch templates specified in the request does not exist: {name}"
            raise error("InvalidLaunchTemplateName.NotFoundException", words)


def enable(world: World, response: Any) -> ActionResult:
    """EnableFastLaunch: on its way at first."""
    image_id = own_image(response).id
    made = {
        "ImageId": image_id,
        "ResourceType": "snapshot",
        "SnapshotConfiguration": response._get_param("SnapshotConfiguration") or {"TargetResourceCount": 5},
        "LaunchTemplate": response._get_param("LaunchTemplate") or None,
        "MaxParallelLaunches": int(response._get_param("MaxParallelLaunches") or LEAST_LAUNCHES),
        "OwnerId": ACCOUNT,
        "State": "enabling",
        "StateTransitionReason": "Client.UserInitiated",
        "StateTransitionTime": utcnow(),
    }
    launches(response.ec2_backend)[image_id] = made

    def finish() -> None:
        if made["State"] == "enabling":
            fails = world.settings.fast_launch_failure
            made["State"] = "enabling-failed" if fails else "enabled"
            made["StateTransitionReason"] = fails or "Client.UserInitiated - Lifecycle state transition"

    world.clock.after(world.settings.fast_launch_enabled, finish)
    return ActionResult(made)


def describe(world: World, response: Any) -> ActionResult:
    """DescribeFastLaunchImages, by image."""
    wanted = response._get_param("ImageIds", [])
    found = launches(response.ec2_backend)
    return ActionResult(
        {"FastLaunchImages": [one for image_id, one in found.items() if not wanted or image_id in wanted]}
    )


def disable(world: World, response: Any) -> ActionResult:
    """DisableFastLaunch."""
    image_id = own_image(response).id
    made = launches(response.ec2_backend).pop(image_id, None)
    if made is None:
        raise error("InvalidRequest", f"Fast launch is not enabled for '{image_id}'")
    made["State"] = "disabling"
    return ActionResult(made)
