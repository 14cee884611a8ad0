"""What sweeping reads: tags wherever they are, client tokens, and deadlines that a test lets pass."""

from __future__ import annotations

from typing import Any

TAGS = [{"Key": "deadline", "Value": "later"}]


def specified(kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": TAGS}]


def by_tag(value: str) -> list[dict[str, Any]]:
    return [{"Name": "tag:deadline", "Values": [value]}]


def test_a_tag_is_changed_wherever_it_is_unless_it_has_a_certain_value(lab: Any, ec2: Any) -> None:
    ec2.create_key_pair(KeyName="one", TagSpecifications=specified("key-pair"))
    group = ec2.create_security_group(GroupName="g", Description="d", TagSpecifications=specified("security-group"))
    iam = lab.client("iam")
    iam.create_role(RoleName="packer-1", AssumeRolePolicyDocument="{}", Tags=TAGS)
    ec2.create_tags(Resources=[group["GroupId"]], Tags=[{"Key": "deadline", "Value": "kept"}])
    assert lab.post("tags", {"name": "deadline", "value": "over", "unless": "kept"}) == {"changed": 2}
    assert [pair["KeyName"] for pair in ec2.describe_key_pairs(Filters=by_tag("over"))["KeyPairs"]] == ["one"]
    assert len(ec2.describe_security_groups(Filters=by_tag("kept"))["SecurityGroups"]) == 1
    assert iam.get_role(RoleName="packer-1")["Role"]["Tags"] == [{"Key": "deadline", "Value": "over"}]


def test_a_machine_shows_the_client_token_of_its_launch(ec2: Any) -> None:
    image = ec2.describe_images(Owners=["099720109477"])["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken="b-1", TagSpecifications=specified("instance"))
    found = ec2.describe_instances(Filters=by_tag("later"))
    assert found["Reservations"][0]["Instances"][0]["ClientToken"] == "b-1"


def test_roles_and_profiles_are_listed_and_tell_their_tags_one_by_one(lab: Any) -> None:
    iam = lab.client("iam")
    iam.create_role(RoleName="packer-1", AssumeRolePolicyDocument="{}", Tags=TAGS)
    iam.create_instance_profile(InstanceProfileName="packer-1", Tags=TAGS)
    assert "packer-1" in [role["RoleName"] for role in iam.list_roles()["Roles"]]
    profiles = iam.list_instance_profiles()["InstanceProfiles"]
    assert [profile["InstanceProfileName"] for profile in profiles] == ["packer-1"]
    assert iam.get_instance_profile(InstanceProfileName="packer-1")["InstanceProfile"]["Tags"] == TAGS
    moved = [{"Key": "deadline", "Value": "moved"}]
    iam.tag_role(RoleName="packer-1", Tags=moved)
    iam.tag_instance_profile(InstanceProfileName="packer-1", Tags=moved)
    assert iam.get_role(RoleName="packer-1")["Role"]["Tags"] == moved


def test_launch_templates_are_found_by_tag_and_by_name(ec2: Any) -> None:
    ec2.create_launch_template(
        LaunchTemplateName="t", LaunchTemplateData={}, TagSpecifications=specified("launch-template")
    )
    for filters in (by_tag("later"), [{"Name": "launch-template-name", "Values": ["t"]}]):
        found = ec2.describe_launch_templates(Filters=filters)["LaunchTemplates"]
        assert [(one["LaunchTemplateName"], one["Tags"]) for one in found] == [("t", TAGS)]
