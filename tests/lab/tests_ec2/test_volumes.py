"""Volumes that come off and on, and images that are registered of their snapshots."""

from __future__ import annotations

from typing import Any

from test_calls import code, instance, launch, stopped_instance

from conftest import Lab, wait_until

DEVICE = "/dev/sdf"
MAPPING = {"DeviceName": DEVICE, "Ebs": {"VolumeSize": 2, "DeleteOnTermination": True}}


def volume_of(ec2: Any, instance_id: str, device: str = DEVICE) -> str:
    devices = instance(ec2, instance_id)["BlockDeviceMappings"]
    return next(one["Ebs"]["VolumeId"] for one in devices if one["DeviceName"] == device)


def volume(ec2: Any, volume_id: str) -> dict[str, Any]:
    return ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]


def snapshot(ec2: Any, volume_id: str) -> str:
    made = ec2.create_snapshot(
        VolumeId=volume_id,
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": [{"Key": "row", "Value": "7"}]}],
    )["SnapshotId"]
    wait_until(lambda: ec2.describe_snapshots(SnapshotIds=[made])["Snapshots"][0]["State"] == "completed")
    return made


def test_a_volume_comes_off_in_its_time_and_stays_when_the_machine_goes(lab: Lab, ec2: Any) -> None:
    lab.post("settings", {"volume_moved": 0.5})
    machine = stopped_instance(ec2, BlockDeviceMappings=[MAPPING])
    moved = volume_of(ec2, machine)
    assert ec2.detach_volume(VolumeId=moved)["State"] == "detaching"
    assert volume(ec2, moved)["State"] == "in-use"
    assert code(ec2.detach_volume, VolumeId=moved) == "IncorrectState"
    wait_until(lambda: volume(ec2, moved)["State"] == "available")
    assert DEVICE not in {one["DeviceName"] for one in instance(ec2, machine)["BlockDeviceMappings"]}
    ec2.terminate_instances(InstanceIds=[machine])
    wait_until(lambda: instance(ec2, machine)["State"]["Name"] == "terminated")
    assert volume(ec2, moved)["State"] == "available"


def test_a_volume_that_was_put_on_stays_until_the_machine_is_told_otherwise(ec2: Any) -> None:
    machine = stopped_instance(ec2, BlockDeviceMappings=[MAPPING])
    moved = volume_of(ec2, machine)
    root = next(iter(instance(ec2, machine)["BlockDeviceMappings"]))["DeviceName"]
    assert code(ec2.attach_volume, VolumeId=moved, InstanceId=machine, Device="/dev/sdz") == "VolumeInUse"
    ec2.detach_volume(VolumeId=moved)
    wait_until(lambda: volume(ec2, moved)["State"] == "available")
    assert code(ec2.attach_volume, VolumeId=moved, InstanceId=machine, Device=root) == "InvalidParameterValue"
    ec2.attach_volume(VolumeId=moved, InstanceId=machine, Device="/dev/sdz")
    wait_until(lambda: volume(ec2, moved)["Attachments"][0]["State"] == "attached")
    wish = {"DeviceName": "/dev/sdz", "Ebs": {"DeleteOnTermination": True}}
    ec2.modify_instance_attribute(InstanceId=machine, BlockDeviceMappings=[wish])
    ec2.terminate_instances(InstanceIds=[machine])
    wait_until(lambda: instance(ec2, machine)["State"]["Name"] == "terminated")
    assert code(ec2.describe_volumes, VolumeIds=[moved]) == "InvalidVolume.NotFound"


def test_the_root_of_a_machine_that_runs_stays_on(ec2: Any) -> None:
    machine = launch(ec2)
    wait_until(lambda: instance(ec2, machine)["State"]["Name"] == "running")
    root = instance(ec2, machine)["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    assert code(ec2.detach_volume, VolumeId=root) == "OperationNotPermitted"


def test_an_image_is_registered_with_its_devices_and_tags(ec2: Any) -> None:
    machine = stopped_instance(ec2, BlockDeviceMappings=[MAPPING])
    made = snapshot(ec2, volume_of(ec2, machine))
    wishes = {
        "Name": "registered",
        "Architecture": "arm64",
        "RootDeviceName": "/dev/xvda",
        "VirtualizationType": "hvm",
        "BootMode": "uefi",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": made, "VolumeSize": 3}}],
        "TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "b"}]}],
    }
    image_id = ec2.register_image(**wishes)["ImageId"]
    wait_until(lambda: ec2.describe_images(ImageIds=[image_id])["Images"][0]["State"] == "available")
    image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
    assert (image["Architecture"], image["RootDeviceName"], image["BootMode"]) == ("arm64", "/dev/xvda", "uefi")
    assert image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"] == made
    assert image["Tags"] == [{"Key": "a", "Value": "b"}]
    assert code(ec2.register_image, **wishes) == "InvalidAMIName.Duplicate"
    assert code(ec2.delete_snapshot, SnapshotId=made) == "InvalidSnapshot.InUse"


def test_what_no_image_can_be_registered_of(ec2: Any) -> None:
    machine = stopped_instance(ec2, BlockDeviceMappings=[MAPPING])
    pending = ec2.create_snapshot(VolumeId=volume_of(ec2, machine))["SnapshotId"]
    wishes: dict[str, Any] = {"Name": "registered", "RootDeviceName": "/dev/xvda"}

    def refused(ebs: dict[str, Any], name: str = "/dev/xvda") -> str:
        return code(ec2.register_image, **wishes, BlockDeviceMappings=[{"DeviceName": name, "Ebs": ebs}])

    assert refused({"SnapshotId": pending}) == "IncorrectState"
    wait_until(lambda: ec2.describe_snapshots(SnapshotIds=[pending])["Snapshots"][0]["State"] == "completed")
    assert refused({"SnapshotId": pending}, "/dev/xvdb") == "InvalidBlockDeviceMapping"
    assert refused({"SnapshotId": pending, "VolumeSize": 1}) == "InvalidBlockDeviceMapping"
    assert refused({"SnapshotId": pending, "Encrypted": True}) == "InvalidBlockDeviceMapping"
    assert refused({"VolumeSize": 1}) == "InvalidParameterCombination"
    assert refused({"SnapshotId": "snap-0123456789abcdef0"}) == "InvalidSnapshot.NotFound"
