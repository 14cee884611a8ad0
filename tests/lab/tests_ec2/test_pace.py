"""What the lab tells of its own pace, and EC2's buckets."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Lab
from test_calls import available_image, stopped_instance


def test_states_that_took_time_are_told_with_begin_and_end(lab: Lab, ec2: Any) -> None:
    image_id = available_image(ec2, stopped_instance(ec2))
    took = {one["kind"]: one for one in lab.get("transitions")}
    assert {"pending_to_running", "stopping", "image_available"} <= set(took)
    assert took["image_available"]["id"] == image_id
    assert 0.2 < took["image_available"]["ended"] - took["image_available"]["begun"] < 5
    lab.post("reset")
    assert lab.get("transitions") == []


def test_calls_beyond_a_bucket_are_throttled_where_that_is_asked_for(lab: Lab, ec2: Any) -> None:
    image = {"ImageId": "ami-0000000000000dead", "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}

    def codes() -> list[str]:
        found = []
        for _ in range(12):
            with pytest.raises(ec2.exceptions.ClientError) as refused:
                ec2.run_instances(**image)
            found.append(refused.value.response["Error"]["Code"])
        return found

    assert "RequestLimitExceeded" not in codes()
    lab.post("settings", {"throttle": True})
    found = codes()
    assert found[:5] == [found[0]] * 5 and found[0] != "RequestLimitExceeded"
    assert "RequestLimitExceeded" in found[5:]
