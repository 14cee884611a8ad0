"""What the lab adds to moto's EC2, over the wire."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError

from conftest import Lab, wait_until

JAMMY = "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240101"


def source_image(ec2: Any) -> str:
    return ec2.describe_images(Filters=[{"Name": "name", "Values": [JAMMY]}])["Images"][0]["ImageId"]


def launch(ec2: Any, **more: Any) -> str:
    wishes = {"ImageId": source_image(ec2), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, **more}
    return ec2.run_instances(**wishes)["Instances"][0]["InstanceId"]


def instance(ec2: Any, instance_id: str) -> dict[str, Any]:
    return ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]


def state(ec2: Any, instance_id: str) -> str:
    return instance(ec2, instance_id)["State"]["Name"]


def stopped_instance(ec2: Any, **more: Any) -> str:
    made = launch(ec2, **more)
    wait_until(lambda: state(ec2, made) == "running")
    ec2.stop_instances(InstanceIds=[made])
    wait_until(lambda: state(ec2, made) == "stopped")
    return made


def available_image(ec2: Any, instance_id: str, **more: Any) -> str:
    made = ec2.create_image(InstanceId=instance_id, **{"Name": "image", **more})["ImageId"]
    wait_until(lambda: ec2.describe_images(ImageIds=[made])["Images"][0]["State"] == "available")
    return made


def code(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["ResponseMetadata"]["RequestId"]
    return caught.value.response["Error"]["Code"]


def test_public_images_are_found_by_owner_and_wildcard(ec2: Any) -> None:
    filters = [
        {"Name": "name", "Values": ["ubuntu/images/*jammy*amd64*"]},
        {"Name": "root-device-type", "Values": ["ebs"]},
    ]
    found = ec2.describe_images(Owners=["099720109477"], Filters=filters)["Images"]
    assert sorted(one["Name"][-8:] for one in found) == ["20240101", "20240801"]
    amazon = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023-*-x86_64"]}])["Images"]
    assert {one["RootDeviceName"] for one in amazon} == {"/dev/xvda"}


def test_states_take_time(lab: Lab, ec2: Any) -> None:
    lab.post("settings", {"pending_to_running": 0.5, "stopping": 0.5, "shutting_down": 0.5})
    made = launch(ec2)
    assert state(ec2, made) == "pending"
    wait_until(lambda: state(ec2, made) == "running")
    answer = ec2.stop_instances(InstanceIds=[made])["StoppingInstances"][0]
    assert (answer["PreviousState"]["Name"], answer["CurrentState"]["Name"]) == ("running", "stopping")
    wait_until(lambda: state(ec2, made) == "stopped")
    assert instance(ec2, made)["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    ec2.terminate_instances(InstanceIds=[made])
    assert state(ec2, made) == "shutting-down"
    wait_until(lambda: state(ec2, made) == "terminated")
    assert lab.get("inventory")["volumes"] == lab.get("inventory")["network_interfaces"] == []


def test_a_wrong_transition_is_refused(ec2: Any) -> None:
    made = launch(ec2)
    assert code(ec2.stop_instances, InstanceIds=[made]) == "IncorrectInstanceState"
    ec2.terminate_instances(InstanceIds=[made])
    assert code(ec2.start_instances, InstanceIds=[made]) == "IncorrectInstanceState"
    assert code(ec2.create_image, InstanceId=made, Name="late") == "IncorrectInstanceState"


def test_the_same_token_launches_one_instance(lab: Lab, ec2: Any) -> None:
    assert launch(ec2, ClientToken="t") == launch(ec2, ClientToken="t")
    assert len(lab.get("inventory")["instances"]) == 1
    wishes = {
        "ImageId": source_image(ec2),
        "InstanceType": "t3.small",
        "MinCount": 1,
        "MaxCount": 1,
        "ClientToken": "t",
    }
    assert code(ec2.run_instances, **wishes) == "IdempotentParameterMismatch"


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"ImageId": "ami-00000000000000000"}, "InvalidAMIID.NotFound"),
        ({"ImageId": "nonsense"}, "InvalidAMIID.Malformed"),
        ({"KeyName": "nobody"}, "InvalidKeyPair.NotFound"),
        ({"SecurityGroupIds": ["sg-00000000000000000"]}, "InvalidGroup.NotFound"),
        ({"SubnetId": "subnet-00000000000000000"}, "InvalidSubnetID.NotFound"),
        ({"InstanceType": "t3.nonsense"}, "InvalidParameterValue"),
        ({"InstanceType": "t4g.micro"}, "InvalidParameterValue"),
        ({"IamInstanceProfile": {"Name": "nobody"}}, "InvalidParameterValue"),
        ({"BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 4}}]}, "InvalidBlockDeviceMapping"),
        ({}, "DryRunOperation"),
    ],
)
def test_a_dry_run_checks_the_launch(lab: Lab, ec2: Any, wish: dict[str, Any], expected: str) -> None:
    wishes = {"ImageId": source_image(ec2), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "DryRun": True}
    assert code(ec2.run_instances, **{**wishes, **wish}) == expected
    assert lab.get("inventory")["instances"] == []


def test_an_image_has_a_snapshot_per_volume(lab: Lab, ec2: Any) -> None:
    data = {
        "DeviceName": "/dev/sdf",
        "Ebs": {"VolumeSize": 3, "VolumeType": "gp3", "Encrypted": True, "KmsKeyId": "alias/k"},
    }
    root = {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 12}}
    made = stopped_instance(ec2, BlockDeviceMappings=[root, data])
    extra = {"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 5}}
    tags = [{"ResourceType": kind, "Tags": [{"Key": "kind", "Value": kind}]} for kind in ("image", "snapshot")]
    image_id = available_image(ec2, made, BlockDeviceMappings=[extra], TagSpecifications=tags)
    image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
    sizes = {
        one["DeviceName"]: (one["Ebs"]["VolumeSize"], one["Ebs"]["Encrypted"]) for one in image["BlockDeviceMappings"]
    }
    assert sizes == {"/dev/sda1": (12, False), "/dev/sdf": (3, True), "/dev/sdg": (5, False)}
    assert image["Tags"] == [{"Key": "kind", "Value": "image"}]
    snapshots = lab.get("inventory")["snapshots"]
    assert sorted((one["size"], one["encrypted"], one["tags"]["kind"]) for one in snapshots) == [
        (3, True, "snapshot"),
        (12, False, "snapshot"),
    ]


def test_image_names_are_unique_in_a_region(ec2: Any) -> None:
    made = stopped_instance(ec2)
    available_image(ec2, made, Name="taken")
    assert code(ec2.create_image, InstanceId=made, Name="taken") == "InvalidAMIName.Duplicate"
    assert code(ec2.create_image, InstanceId=made, Name="taken", DryRun=True) == "InvalidAMIName.Duplicate"


def test_a_copy_takes_tags_encryption_and_token(lab: Lab, ec2: Any) -> None:
    tags = [{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "b"}]}]
    image_id = available_image(ec2, stopped_instance(ec2), Name="mine", TagSpecifications=tags)
    west = lab.client(region="us-west-2")
    snapshot_tags = [{"ResourceType": "snapshot", "Tags": [{"Key": "s", "Value": "t"}]}]
    wishes = {"SourceRegion": "us-east-1", "SourceImageId": image_id, "Name": "mine", "CopyImageTags": True}
    wishes |= {"Encrypted": True, "KmsKeyId": "alias/k", "ClientToken": "c", "TagSpecifications": snapshot_tags}
    copy = west.copy_image(**wishes)["ImageId"]
    assert west.copy_image(**wishes)["ImageId"] == copy
    assert code(west.copy_image, **{**wishes, "Encrypted": False}) in (
        "IdempotentParameterMismatch",
        "InvalidParameterCombination",
    )
    assert code(west.copy_image, **{**wishes, "ClientToken": "d"}) == "InvalidAMIName.Duplicate"
    west.get_waiter("image_available").wait(ImageIds=[copy], WaiterConfig={"Delay": 1})
    there = [one for one in lab.get("inventory")["images"] if one["region"] == "us-west-2"]
    assert (there[0]["tags"], there[0]["encrypted"], there[0]["source_image_id"]) == ({"a": "b"}, True, image_id)
    snapshot = next(one for one in lab.get("inventory")["snapshots"] if one["region"] == "us-west-2")
    assert snapshot["tags"] == {"s": "t"}
    assert snapshot["kms_key_id"].startswith("arn:aws:kms:us-west-2:")


def test_snapshots_go_with_the_image_or_after_it(lab: Lab, ec2: Any) -> None:
    made = stopped_instance(ec2)
    first = available_image(ec2, made, Name="first")
    snapshot = lab.get("inventory")["snapshots"][0]["id"]
    assert code(ec2.delete_snapshot, SnapshotId=snapshot) == "InvalidSnapshot.InUse"
    ec2.deregister_image(ImageId=first)
    assert code(ec2.describe_images, ImageIds=[first]) == "InvalidAMIID.NotFound"
    ec2.delete_snapshot(SnapshotId=snapshot)
    second = available_image(ec2, made, Name="second")
    ec2.deregister_image(ImageId=second, DeleteAssociatedSnapshots=True)
    assert lab.get("inventory")["snapshots"] == []


def test_snapshots_report_progress(lab: Lab, ec2: Any) -> None:
    lab.post("settings", {"image_available": 2.0})
    ec2.create_image(InstanceId=stopped_instance(ec2), Name="slow")

    def halfway() -> bool:
        snapshot = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"][0]
        return snapshot["State"] == "pending" and 0 < int(snapshot["Progress"].rstrip("%")) < 100

    wait_until(halfway, 2)


def test_a_snapshot_of_a_volume_takes_time(ec2: Any) -> None:
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    made = ec2.create_snapshot(VolumeId=volume)
    assert made["State"] == "pending"

    def complete() -> bool:
        snapshot = ec2.describe_snapshots(SnapshotIds=[made["SnapshotId"]])["Snapshots"][0]
        return (snapshot["State"], snapshot["Progress"]) == ("completed", "100%")

    wait_until(complete)


def test_attributes_are_read_back(lab: Lab, ec2: Any) -> None:
    image_id = available_image(ec2, stopped_instance(ec2))
    ec2.modify_image_attribute(ImageId=image_id, LaunchPermission={"Add": [{"UserId": "111122223333"}]})
    ec2.modify_image_attribute(ImageId=image_id, Description={"Value": "words"})
    snapshot = lab.get("inventory")["snapshots"][0]["id"]
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot,
        Attribute="createVolumePermission",
        CreateVolumePermission={"Add": [{"UserId": "111122223333"}]},
    )
    image = lab.get("inventory")["images"][0]
    assert (image["description"], image["launch_permissions"]) == ("words", [{"UserId": "111122223333"}])
    assert lab.get("inventory")["snapshots"][0]["users"] == ["111122223333"]


def test_a_group_in_use_stays(ec2: Any) -> None:
    group = ec2.create_security_group(GroupName="g", Description="d")["GroupId"]
    assert code(ec2.create_security_group, GroupName="g", Description="d") == "InvalidGroup.Duplicate"
    made = launch(ec2, SecurityGroupIds=[group])
    assert code(ec2.delete_security_group, GroupId=group) == "DependencyViolation"
    ec2.terminate_instances(InstanceIds=[made])
    wait_until(lambda: state(ec2, made) == "terminated")
    ec2.delete_security_group(GroupId=group)


def test_every_call_has_a_dry_run(lab: Lab, ec2: Any) -> None:
    assert code(ec2.create_key_pair, KeyName="k", DryRun=True) == "DryRunOperation"
    assert code(ec2.create_security_group, GroupName="g", Description="d", DryRun=True) == "DryRunOperation"
    call = lab.get("calls")[-1]
    assert (call["action"], call["status"], call["error"]) == ("CreateSecurityGroup", 412, "DryRunOperation")
    assert lab.get("inventory")["key_pairs"] == lab.get("inventory")["security_groups"] == []


def test_faults_hit_the_calls_they_name(lab: Lab, ec2: Any) -> None:
    rules = [
        {"kind": "throttle", "action": "DescribeVpcs", "times": 1},
        {"kind": "error", "action": "RunInstances", "code": "InsufficientInstanceCapacity", "status": 500},
        {"kind": "reset_before", "action": "CreateKeyPair", "nth": 1},
        {"kind": "reset_after", "action": "CreateKeyPair", "nth": 2},
    ]
    lab.post("faults", rules)
    assert code(ec2.describe_vpcs) == "RequestLimitExceeded"
    assert len(ec2.describe_vpcs()["Vpcs"]) == 2
    wishes = {"ImageId": source_image(ec2), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    assert code(ec2.run_instances, **wishes) == "InsufficientInstanceCapacity"
    for name in ("lost", "kept"):
        with pytest.raises(HTTPClientError):
            ec2.create_key_pair(KeyName=name)
    assert [one["name"] for one in lab.get("inventory")["key_pairs"]] == ["kept"]


def test_a_call_is_hit_by_its_number(lab: Lab, ec2: Any) -> None:
    lab.post("faults", [{"kind": "500", "call_number": 2}])
    ec2.describe_regions()
    assert code(ec2.describe_regions) == "InternalError"
    assert [call["number"] for call in lab.get("calls")] == [1, 2]


def test_new_ids_can_be_late(lab: Lab, ec2: Any) -> None:
    lab.post("faults", {"late_visibility": {"security-group": 0.5}})
    group = ec2.create_security_group(GroupName="g", Description="d")["GroupId"]
    assert code(ec2.describe_security_groups, GroupIds=[group]) == "InvalidGroup.NotFound"
    filters = [{"Name": "group-name", "Values": ["g"]}]
    assert ec2.describe_security_groups(Filters=filters)["SecurityGroups"] == []
    wait_until(lambda: ec2.describe_security_groups(Filters=filters)["SecurityGroups"], 2)


def test_a_policy_refuses_what_it_does_not_name(lab: Lab, ec2: Any) -> None:
    lab.post("policy", {"allow": ["ec2:DescribeRegions"]})
    assert ec2.describe_regions()["Regions"]
    assert code(ec2.describe_vpcs) == "UnauthorizedOperation"
    assert code(ec2.create_key_pair, KeyName="k", DryRun=True) == "UnauthorizedOperation"
    assert code(lab.client("sts").get_caller_identity) == "AccessDenied"
    lab.post("policy", {"allow": None})
    assert lab.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_the_caller_learns_its_address(lab: Lab) -> None:
    with urllib.request.urlopen(f"{lab.url}/checkip") as answer:
        assert answer.read() == b"127.0.0.1\n"


def test_an_image_and_a_launch_can_fail_late(lab: Lab, ec2: Any) -> None:
    made = stopped_instance(ec2)
    lab.post("settings", {"image_failure": "us-east-1", "launch_failure": "Server.InternalError"})
    image_id = ec2.create_image(InstanceId=made, Name="fails")["ImageId"]
    wait_until(lambda: ec2.describe_images(ImageIds=[image_id])["Images"][0]["State"] == "failed")
    second = launch(ec2)
    wait_until(lambda: state(ec2, second) == "terminated")
    assert instance(ec2, second)["StateReason"]["Code"] == "Server.InternalError"


def test_the_inventory_shows_whom_a_security_group_lets_in(lab: Lab, ec2: Any) -> None:
    group = ec2.create_security_group(GroupName="open", Description="a group")["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "192.0.2.1/32"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    (found,) = lab.get("inventory")["security_groups"]
    assert found["ingress"] == [{"protocol": "tcp", "from": 22, "to": 22, "cidr": "192.0.2.1/32"}]
