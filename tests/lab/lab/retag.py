"""Changes what tags say, as if time had passed: a deadline of hours cannot be waited for."""

from __future__ import annotations

from .world import ACCOUNT


def retag(name: str, value: str, unless: str = "") -> int:
    """Gives the tag this value on everything that has it with another value than `unless`; how many those were."""
    from moto.ec2.models import ec2_backends
    from moto.iam.models import iam_backends

    changed = 0
    for backend in ec2_backends[ACCOUNT].values():
        for tags in backend.tags.values():
            if name in tags and tags[name] != unless:
                tags[name] = value
                changed += 1
    iam = iam_backends[ACCOUNT]["aws"]
    for resource in [*iam.roles.values(), *iam.instance_profiles.values()]:
        for tag in resource.tags:
            if tag["Key"] == name and tag["Value"] != unless:
                tag["Value"] = value
                changed += 1
    return changed
