"""What `plan` asks beside EC2's own state: quotas, public access, keys."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_ec2_has_the_quotas_that_a_test_sets_and_no_other(lab: Any) -> None:
    lab.post("settings", {"quotas": {"L-1216C47A": 7}})
    quotas = lab.client("service-quotas")
    assert quotas.get_service_quota(ServiceCode="ec2", QuotaCode="L-1216C47A")["Quota"]["Value"] == 7
    with pytest.raises(ClientError, match="NoSuchResource"):
        quotas.get_service_quota(ServiceCode="ec2", QuotaCode="L-34B43A08")


def test_images_may_become_public_unless_a_test_says_no(lab: Any) -> None:
    state = lab.client().get_image_block_public_access_state
    assert state()["ImageBlockPublicAccessState"] == "unblocked"
    lab.post("settings", {"public_access": "block-new-sharing"})
    assert state()["ImageBlockPublicAccessState"] == "block-new-sharing"


def test_a_key_has_its_region_and_state(lab: Any) -> None:
    key = lab.post("keys", {"region": "us-east-1", "state": "Disabled"})["id"]
    assert lab.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    with pytest.raises(ClientError, match="NotFoundException"):
        lab.client("kms", "eu-west-1").describe_key(KeyId=key)
