"""Launch templates, instant fleets, interruptions, and instance profiles that EC2 does not know at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import Lab, ssh, wait_until
from test_calls import instance, source_image, state

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def code(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    return raised.value.response["Error"]["Code"]


def tagged(kind: str, **tags: str) -> dict[str, Any]:
    return {"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def template(ec2: Any, name: str = "templ", **data: Any) -> str:
    data = {"ImageId": source_image(ec2), "InstanceType": "t3.micro", "InstanceMarketOptions": {"MarketType": "spot"}} | data
    made = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    return made["LaunchTemplate"]["LaunchTemplateId"]


def fleet(ec2: Any, types: tuple[str, ...] = (), **more: Any) -> Any:
    config = {
        "LaunchTemplateSpecification": {"LaunchTemplateName": "templ", "Version": "1"},
        "Overrides": [{"InstanceType": one} for one in types],
    }
    capacity = {"TotalTargetCapacity": 1, "DefaultTargetCapacityType": "spot"}
    return ec2.create_fleet(
        Type="instant", LaunchTemplateConfigs=[config], TargetCapacitySpecification=capacity, **more
    )


def test_a_fleet_s_instance_is_a_machine_with_the_template_s_key_and_both_calls_tags(
    lab: Lab, ec2: Any, ssh_key: Path
) -> None:
    ec2.import_key_pair(KeyName="key", PublicKeyMaterial=ssh_key.with_suffix(".pub").read_bytes())
    template_id = template(
        ec2, KeyName="key", TagSpecifications=[tagged("volume", disk="d"), tagged("spot-instances-request", spot="s")]
    )
    made = fleet(ec2, ("t3a.micro",), TagSpecifications=[tagged("instance", Name="n")])
    found = made["Instances"][0]["InstanceIds"][0]
    shown = instance(ec2, found)
    assert (shown["InstanceType"], shown["InstanceLifecycle"]) == ("t3a.micro", "spot")
    wait_until(lambda: ssh(ssh_key, shown["PublicIpAddress"], "true").returncode == 0, 20)
    held = lab.get("inventory")
    assert held["instances"][0]["tags"] == {"Name": "n", "aws:ec2launchtemplate:id": template_id}
    assert held["instances"][0]["spot_tags"] == {"spot": "s"}
    assert held["volumes"][0]["tags"] == {"disk": "d"}


def test_the_same_token_makes_one_template_and_one_instance(lab: Lab, ec2: Any) -> None:
    data = {"ImageId": source_image(ec2), "InstanceType": "t3.micro"}
    first, second = (
        ec2.create_launch_template(LaunchTemplateName="templ", LaunchTemplateData=data, ClientToken="a") for _ in range(2)
    )
    assert first["LaunchTemplate"]["LaunchTemplateId"] == second["LaunchTemplate"]["LaunchTemplateId"]
    one, two = fleet(ec2, ClientToken="b"), fleet(ec2, ClientToken="b")
    assert one["Instances"] == two["Instances"]
    assert len(lab.get("inventory")["instances"]) == 1


def test_a_fleet_that_can_launch_nothing_lists_its_errors(lab: Lab, ec2: Any) -> None:
    template(ec2)
    lab.post("settings", {"fleet_failure": "InsufficientInstanceCapacity", "fleet_failures": 2})
    made = fleet(ec2, ("t3.micro", "t3a.micro"))
    assert made["Instances"] == []
    assert [one["ErrorCode"] for one in made["Errors"]] == ["InsufficientInstanceCapacity"] * 2
    assert fleet(ec2)["Errors"] == []


def test_an_unknown_template_is_said_to_be_so(ec2: Any) -> None:
    assert code(fleet, ec2=ec2) == "InvalidLaunchTemplateName.NotFoundException"
    assert (
        code(ec2.delete_launch_template, LaunchTemplateName="templ") == "InvalidLaunchTemplateName.NotFoundException"
    )


def test_a_spot_instance_cannot_be_stopped_and_ends_with_its_reason_when_it_is_taken_back(lab: Lab, ec2: Any) -> None:
    template(ec2)
    found = fleet(ec2)["Instances"][0]["InstanceIds"][0]
    wait_until(lambda: state(ec2, found) == "running")
    assert code(ec2.stop_instances, InstanceIds=[found]) == "UnsupportedOperation"
    lab.post(f"machines/{found}/interrupt")
    wait_until(lambda: state(ec2, found) == "terminated")
    assert instance(ec2, found)["StateReason"]["Code"] == "Server.SpotInstanceTermination"


def test_a_new_profile_is_unknown_to_ec2_for_a_while(lab: Lab, ec2: Any) -> None:
    lab.post("settings", {"profile_propagation": 0.5})
    iam = lab.client("iam")
    iam.create_instance_profile(InstanceProfileName="p")
    launch = {"ImageId": source_image(ec2), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "DryRun": True}
    launch["IamInstanceProfile"] = {"Name": "p"}
    assert code(ec2.run_instances, **launch) == "InvalidParameterValue"
    assert code(iam.remove_role_from_instance_profile, InstanceProfileName="p", RoleName="p") == "NoSuchEntity"
    iam.create_role(RoleName="p", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="p")
    assert code(ec2.run_instances, **launch) == "InvalidParameterValue"
    wait_until(lambda: code(ec2.run_instances, **launch) == "DryRunOperation")
