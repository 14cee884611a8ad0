"""What the account holds: a test judges by this whether something was left behind."""

from __future__ import annotations

from typing import Any

from .ec2.fast_launch import launches
from .world import ACCOUNT, World


def inventory(world: World) -> dict[str, Any]:
    """All that was made since the reset and is not gone, each with its region."""
    from moto.ec2.models import ec2_backends

    found: dict[str, list[dict[str, Any]]] = {name: [] for name in READERS}
    for region, backend in ec2_backends[ACCOUNT].items():
        for name, read in READERS.items():
            found[name] += [{"region": region, **thing} for thing in read(backend)]
    return {**found, **_iam(), "parameters": _parameters()}


def _instances(backend: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": instance.id,
            "state": instance.state,
            "image_id": instance.image_id,
            "address": instance.private_ip_address,
            "tags": _tags(instance),
            "lifecycle": instance.lifecycle or "on-demand",
            "spot_tags": getattr(instance, "lab_spot_tags", {}),
        }
        for instance in backend.all_instances()
        if instance.state != "terminated"
    ]


def _images(backend: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": image.id,
            "name": image.name,
            "description": image.description,
            "state": image.state,
            "tags": _tags(image),
            "launch_permissions": image.launch_permissions,
            "block_devices": image.block_device_mappings,
            "encrypted": any(one.get("Ebs", {}).get("Encrypted") for one in image.block_device_mappings),
            "architecture": image.architecture,
            "root_device_name": image.root_device_name,
            "boot_mode": image.boot_mode,
            "source_instance_id": image.instance_id,
            "source_image_id": image.source_image_id,
            "source_image_region": image.source_image_region,
            "imds_support": image.imds_support,
            "deprecation_time": image.deprecation_time,
            "deregistration_protection": image.deregistration_protection,
            "product_codes": sorted(image.product_codes),
            "ena_support": image.ena_support,
            "sriov_net_support": image.sriov_net_support,
            "fast_launch": _fast_launch(backend, image.id),
        }
        for image in backend.amis.values()
        if image.owner_id == ACCOUNT
    ]


def _fast_launch(backend: Any, image_id: str) -> dict[str, Any] | None:
    made = launches(backend).get(image_id)
    return None if made is None else {key: made[key] for key in FAST_LAUNCH}


def _fast_launches_without_image(backend: Any) -> list[dict[str, Any]]:
    return [{"id": image_id} for image_id in launches(backend) if image_id not in backend.amis]


def _snapshots(backend: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": snapshot.id,
            "state": snapshot.status,
            "size": snapshot.volume_size,
            "encrypted": snapshot.encrypted,
            "kms_key_id": snapshot.kms_key_id,
            "description": snapshot.description,
            "image_id": snapshot.from_ami,
            "users": sorted(snapshot.create_volume_permission_userids),
            "groups": sorted(snapshot.create_volume_permission_groups),
            "tags": _tags(snapshot),
        }
        for snapshot in backend.snapshots.values()
        if snapshot.owner_id == ACCOUNT
    ]


def _volumes(backend: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": volume.id,
            "state": volume.status,
            "size": volume.size,
            "type": volume.volume_type,
            "iops": volume.iops,
            "throughput": volume.throughput,
            "encrypted": volume.encrypted,
            "kms_key_id": volume.kms_key_id,
            "instance_id": volume.attachment.instance.id if volume.attachment else None,
            "device": volume.attachment.device if volume.attachment else None,
            "tags": _tags(volume),
        }
        for volume in backend.volumes.values()
    ]


def _key_pairs(backend: Any) -> list[dict[str, Any]]:
    return [{"id": key.id, "name": key.key_name, "tags": _tags(key)} for key in backend.key_pairs.values()]


def _security_groups(backend: Any) -> list[dict[str, Any]]:
    return [
        {"id": group.id, "name": group.name, "vpc_id": group.vpc_id, "ingress": _ranges(group), "tags": _tags(group)}
        for groups in backend.groups.values()
        for group in groups.values()
        if group.name != "default"
    ]


def _ranges(group: Any) -> list[dict[str, Any]]:
    return [
        {
            "protocol": rule.ip_protocol,
            "from": rule.from_port,
            "to": rule.to_port,
            "cidr": rule.ip_range.get("CidrIp") or rule.ip_range.get("CidrIpv6"),
        }
        for rule in group.ingress_rules
    ]


def _launch_templates(backend: Any) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "name": one.name, "default": one.default_version_number, "tags": _tags(one)}
        for one in backend.launch_templates.values()
    ]


def _network_interfaces(backend: Any) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "instance_id": one.instance.id if one.instance else None, "tags": _tags(one)}
        for one in backend.enis.values()
    ]


def _parameters() -> list[dict[str, Any]]:
    from moto.ssm.models import ssm_backends

    # moto's own parameters come in with the first question for one; they are AWS's.
    return [
        {"region": region, "name": name, "value": versions[-1].value, "data_type": versions[-1].data_type}
        for region, backend in ssm_backends[ACCOUNT].items()
        for name, versions in list(backend._parameters.items())
        if versions and not name.startswith("/aws/")
    ]


def _iam() -> dict[str, Any]:
    from moto.iam.models import iam_backends

    backend = iam_backends[ACCOUNT]["aws"]
    return {
        "roles": [
            {"name": role.name, "tags": _iam_tags(role)}
            for role in backend.roles.values() if not role.path.startswith("/aws-service-role/")
        ],
        "instance_profiles": [
            {"name": profile.name, "tags": _iam_tags(profile)} for profile in backend.instance_profiles.values()
        ],
    }


def _iam_tags(resource: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in resource.tags}


def _tags(resource: Any) -> dict[str, str]:
    return dict(resource.ec2_backend.tags.get(resource.id, {}))


FAST_LAUNCH = ("State", "LaunchTemplate", "MaxParallelLaunches", "SnapshotConfiguration")
READERS = {
    "instances": _instances,
    "images": _images,
    "snapshots": _snapshots,
    "volumes": _volumes,
    "key_pairs": _key_pairs,
    "security_groups": _security_groups,
    "launch_templates": _launch_templates,
    "network_interfaces": _network_interfaces,
    "fast_launches_without_image": _fast_launches_without_image,
}
