"""Fast launch, reasons of refusals, MFA devices: what moto does not have."""

from __future__ import annotations

import json
from typing import Any

from conftest import Lab, wait_until
from test_calls import available_image, code, source_image, stopped_instance


def fast_launch(ec2: Any, image_id: str) -> str:
    return ec2.describe_fast_launch_images(ImageIds=[image_id])["FastLaunchImages"][0]["State"]


def test_fast_launch_takes_time_and_outlives_its_image(lab: Lab, ec2: Any) -> None:
    image_id = available_image(ec2, stopped_instance(ec2))
    assert code(ec2.enable_fast_launch, ImageId=image_id, MaxParallelLaunches=5) == "InvalidParameterValue"
    assert ec2.enable_fast_launch(ImageId=image_id, MaxParallelLaunches=6)["State"] == "enabling"
    wait_until(lambda: fast_launch(ec2, image_id) == "enabled")
    assert lab.get("inventory")["images"][0]["fast_launch"]["MaxParallelLaunches"] == 6
    ec2.deregister_image(ImageId=image_id)
    assert lab.get("inventory")["fast_launches_without_image"] == [{"region": "us-east-1", "id": image_id}]


def test_fast_launch_can_fail_and_be_switched_off(lab: Lab, ec2: Any) -> None:
    lab.post("settings", {"fast_launch_failure": "no default VPC"})
    image_id = available_image(ec2, stopped_instance(ec2))
    ec2.enable_fast_launch(ImageId=image_id)
    wait_until(lambda: fast_launch(ec2, image_id) == "enabling-failed")
    ec2.disable_fast_launch(ImageId=image_id)
    assert ec2.describe_fast_launch_images(ImageIds=[image_id])["FastLaunchImages"] == []


def test_sts_decodes_why_a_call_is_not_allowed(lab: Lab, ec2: Any) -> None:
    lab.post("policy", {"allow": ["sts:DecodeAuthorizationMessage"]})
    try:
        ec2.describe_regions()
    except ec2.exceptions.ClientError as refused:
        message = refused.response["Error"]["Message"]
    encoded = message.rsplit(" ", 1)[-1]
    decoded = lab.client("sts").decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"]
    assert json.loads(decoded)["context"] == {"action": "ec2:DescribeRegions"}
    wrong = lab.client("sts").decode_authorization_message
    assert code(wrong, EncodedMessage="nonsense") == "InvalidAuthorizationMessageException"


def test_a_code_is_good_for_one_call_and_needs_its_device(lab: Lab) -> None:
    assume = lab.client("sts").assume_role
    role = {"RoleArn": "arn:aws:iam::123456789012:role/mfa-only", "RoleSessionName": "me"}
    assert code(assume, **role) == "AccessDenied"
    assert code(assume, **role, TokenCode="123456") == "ValidationError"
    device = {"SerialNumber": "arn:aws:iam::123456789012:mfa/me", "TokenCode": "123456"}
    assert assume(**role, **device)["Credentials"]["SessionToken"]
    assert code(assume, **role, **device) == "AccessDenied"


def test_a_launch_takes_its_terms(lab: Lab, ec2: Any) -> None:
    wishes = {"ImageId": source_image(ec2), "InstanceType": "c5.xlarge", "MinCount": 1, "MaxCount": 1}
    wishes |= {"Placement": {"Tenancy": "dedicated", "AvailabilityZone": "us-east-1b"}}
    wishes |= {"EnclaveOptions": {"Enabled": True}, "LicenseSpecifications": [{"LicenseConfigurationArn": "arn:l"}]}
    wishes |= {"CapacityReservationSpecification": {"CapacityReservationPreference": "none"}}
    made = ec2.run_instances(**wishes)["Instances"][0]
    assert made["Placement"]["AvailabilityZone"] == "us-east-1b"
