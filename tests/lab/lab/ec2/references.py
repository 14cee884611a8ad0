"""DescribeImageReferences, which moto does not have: instances, launch templates and parameters that name an image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult

from ..world import ACCOUNT, World
from .errors import error, malformed_or_missing

KINDS = (
    "ec2:Instance",
    "ec2:LaunchTemplate",
    "ssm:Parameter",
    "imagebuilder:ImageRecipe",
    "imagebuilder:ContainerRecipe",
)
STATES = ("pending", "running", "shutting-down", "terminated", "stopping", "stopped")


def check(response: Any) -> None:
    """Raises for unknown images, for more than ten of them, and where nothing is asked for."""
    images = response._get_param("ImageIds", [])
    if not 1 <= len(images) <= 10:
        raise error("InvalidParameterValue", "The request must name 1 to 10 images")
    for image_id in images:
        if image_id not in response.ec2_backend.amis:
            raise malformed_or_missing("InvalidAMIID", "ami", "image id", image_id)
    kinds = response._get_param("ResourceTypes", [])
    if not kinds and not response._get_bool_param("IncludeAllResourceTypes", False):
        raise error("MissingParameter", "Either IncludeAllResourceTypes or ResourceTypes must be specified")
    for kind in kinds:
        if kind.get("ResourceType") not in KINDS:
            raise error("InvalidParameterValue", f"'{kind.get('ResourceType')}' is not a resource type")


def describe(world: World, response: Any) -> ActionResult:
    """What names the images, as an ARN each."""
    images = response._get_param("ImageIds", [])
    named = {one["ResourceType"]: _options(one) for one in response._get_param("ResourceTypes", [])}
    everything = response._get_bool_param("IncludeAllResourceTypes", False)
    found = [
        {"ImageId": image_id, "ResourceType": kind, "Arn": arn}
        for kind, image_id, arn in _references(response, named)
        if image_id in images and (everything or kind in named)
    ]
    return ActionResult({"ImageReferences": found})


def _options(kind: dict[str, Any]) -> dict[str, list[str]]:
    return {one["OptionName"]: one.get("OptionValues", []) for one in kind.get("ResourceTypeOptions", [])}


def _references(response: Any, named: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, str, str]]:
    from moto.ssm.models import ssm_backends

    backend = response.ec2_backend
    region = backend.region_name
    states = named.get("ec2:Instance", {}).get("state-name", STATES)
    depth = int(named.get("ec2:LaunchTemplate", {}).get("version-depth", ["10"])[0])
    for instance in backend.all_instances():
        if instance.state in states:
            yield "ec2:Instance", instance.image_id, f"arn:aws:ec2:{region}:{ACCOUNT}:instance/{instance.id}"
    for template in backend.launch_templates.values():
        for version in template.versions[-depth:]:
            arn = f"arn:aws:ec2:{region}:{ACCOUNT}:launch-template/{template.id}"
            yield "ec2:LaunchTemplate", version.data.get("ImageId", ""), arn
    parameters = ssm_backends[ACCOUNT][region]
    for name in list(parameters._parameters):
        parameter = parameters.get_parameter(name)
        if parameter.data_type == "aws:ec2:image":
            arn = f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/{name.lstrip('/')}"
            yield "ssm:Parameter", parameter.value, arn
