"""CopyImage: across regions, with encryption, tags, tokens and unique names."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.utils import random_ami_id

from ..world import ACCOUNT, World
from .create_image import check_name
from .errors import error, malformed_or_missing
from .images import Image, Mapping, VolumeFacts, inherited, make_available, make_snapshot
from .kms import key_arn
from .tags import specified
from .tokens import recall, remember


def check(response: Any) -> None:
    """Raises what keeps the copy from being made."""
    source = _source(response)
    if source.state != "available":
        raise error("InvalidRequest", f"Image {source.id} is in state '{source.state}' and cannot be copied")
    specified(response, ("image", "snapshot"))
    if response._get_param("KmsKeyId") and not response._get_bool_param("Encrypted", False):
        raise error("InvalidParameterCombination", "The parameter KmsKeyId requires the parameter Encrypted to be set.")
    name = response._get_param("Name")
    if not name:
        raise error("MissingParameter", "The request must contain the parameter Name")
    # A real call looks later: a repeated token must find its own copy, not that copy's name.
    if response._get_param("DryRun", False):
        check_name(response.ec2_backend, name)


def copy_image(world: World, response: Any) -> ActionResult:
    """Makes the copy, or answers with the one that the same token made."""
    same = recall(world, response, "CopyImage")
    if same is not None:
        return ActionResult({"ImageId": same})
    backend = response.ec2_backend
    source = _source(response)
    check_name(backend, response._get_param("Name"))
    tags = specified(response, ("image", "snapshot"))
    image_id = random_ami_id()
    image = Image(
        backend,
        image_id,
        response._get_param("Name"),
        _mappings(world, response, source, image_id),
        description=response._get_param("Description", source.description),
        **inherited(source),
    )
    image.source_image_id = source.id
    image.source_image_region = response._get_param("SourceRegion")
    backend.amis[image_id] = image
    if response._get_bool_param("CopyImageTags", False) and source.owner_id == ACCOUNT:
        image.add_tags(
            {k: v for k, v in source.ec2_backend.tags.get(source.id, {}).items() if not k.startswith("aws:")}
        )
    image.add_tags(tags.get("image", {}))
    if tags.get("snapshot"):
        backend.create_tags(image.snapshot_ids, tags["snapshot"])
    world.fleet.share(source.id, image_id)
    make_available(world, image, "copy_available")
    remember(world, response, "CopyImage", image_id)
    return ActionResult({"ImageId": image_id})


def _source(response: Any) -> Any:
    from moto.ec2.models import ec2_backends

    region = response._get_param("SourceRegion")
    if region not in ec2_backends[ACCOUNT]:
        raise error("InvalidRequest", f"The source region '{region}' is not valid")
    image_id = response._get_param("SourceImageId") or ""
    source = ec2_backends[ACCOUNT][region].amis.get(image_id)
    if source is None:
        raise malformed_or_missing("InvalidAMIID", "ami", "image id", image_id)
    return source


def _mappings(world: World, response: Any, source: Any, image_id: str) -> list[Mapping]:
    backend = response.ec2_backend
    encrypt = response._get_bool_param("Encrypted", False)
    mappings = deepcopy(source.block_device_mappings)
    for one in mappings:
        ebs = one.get("Ebs", {})
        if "SnapshotId" not in ebs:
            continue
        key = None
        if encrypt or ebs.get("Encrypted"):
            key = key_arn(response._get_param("KmsKeyId"), backend.region_name)
        # The words by which a real copy's snapshot is described.
        description = (
            f"Copied for DestinationAmi {image_id} from SourceAmi {source.id} for SourceSnapshot {ebs['SnapshotId']}."
        )
        # Real copies have this volume id: there never was a volume.
        snapshot = make_snapshot(world, backend, VolumeFacts("vol-ffffffff", ebs["VolumeSize"]), description, key)
        snapshot.from_ami = image_id
        ebs |= {"SnapshotId": snapshot.id, "Encrypted": key is not None}
    return mappings
