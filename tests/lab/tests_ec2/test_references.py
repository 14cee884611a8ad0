"""What refers to an image: DescribeImageReferences and parameters by type."""

from __future__ import annotations

from typing import Any

from conftest import Lab
from test_calls import available_image, code, stopped_instance


def kinds(ec2: Any, image_id: str, **more: Any) -> list[str]:
    asked = {"IncludeAllResourceTypes": True, **more}
    found = ec2.describe_image_references(ImageIds=[image_id], **asked)["ImageReferences"]
    assert all(one["Arn"].startswith("arn:aws:") for one in found)
    return sorted(one["ResourceType"] for one in found)


def test_whatever_names_an_image_refers_to_it(lab: Lab, ec2: Any) -> None:
    image_id = available_image(ec2, stopped_instance(ec2))
    assert kinds(ec2, image_id) == []
    owner = {"region": "us-east-1", "image": image_id}
    lab.post("owner", {**owner, "launch_template": "web", "parameter": "/images/web"})
    assert kinds(ec2, image_id) == ["ec2:LaunchTemplate", "ssm:Parameter"]
    assert kinds(ec2, image_id, IncludeAllResourceTypes=False, ResourceTypes=[{"ResourceType": "ec2:Instance"}]) == []
    by_type = [{"Key": "DataType", "Values": ["aws:ec2:image"]}]
    shown = lab.client("ssm").describe_parameters(ParameterFilters=by_type)["Parameters"]
    assert [one["Name"] for one in shown] == ["/images/web"]


def test_unknown_images_and_no_types_are_refused(ec2: Any) -> None:
    call = ec2.describe_image_references
    assert code(call, ImageIds=["ami-00000000000000000"], IncludeAllResourceTypes=True) == "InvalidAMIID.NotFound"
    known = [one["ImageId"] for one in ec2.describe_images(Owners=["self", "amazon"])["Images"]][:1]
    assert code(call, ImageIds=known) == "MissingParameter"
    assert code(call, ImageIds=known * 11, IncludeAllResourceTypes=True) == "InvalidParameterValue"


def test_what_the_owner_shares_is_shown(lab: Lab, ec2: Any) -> None:
    image_id = available_image(ec2, stopped_instance(ec2))
    deed = {"region": "us-east-1", "image": image_id, "share_with": "210987654321", "protect": True}
    lab.post("owner", deed)
    shown = ec2.describe_image_attribute(ImageId=image_id, Attribute="launchPermission")["LaunchPermissions"]
    assert [one["UserId"] for one in shown] == ["210987654321"]
    assert code(ec2.deregister_image, ImageId=image_id) == "OperationNotPermitted"
