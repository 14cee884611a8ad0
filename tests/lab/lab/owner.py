"""What the account's owner does with an image beside ami-build: shares it, protects it, lets something refer to it."""

from __future__ import annotations

from dataclasses import dataclass

from . import parameters
from .world import ACCOUNT


@dataclass(frozen=True)
class Deed:
    """What happens to one image. What is empty does not."""

    region: str
    image: str
    share_with: str = ""
    share_snapshots_with: str = ""
    protect: bool = False
    launch_template: str = ""
    parameter: str = ""


def do(deed: Deed) -> None:
    """Does it."""
    from moto.ec2.models import ec2_backends

    backend = ec2_backends[ACCOUNT][deed.region]
    image = backend.amis[deed.image]
    if deed.share_with:
        image.launch_permissions.append({"UserId": deed.share_with})
    if deed.share_snapshots_with:
        for snapshot_id in image.snapshot_ids:
            backend.snapshots[snapshot_id].create_volume_permission_userids |= {deed.share_snapshots_with}
    if deed.protect:
        image.deregistration_protection = "enabled-without-cooldown"
    if deed.launch_template:
        backend.create_launch_template(deed.launch_template, "", {"ImageId": deed.image}, {})
    if deed.parameter:
        parameters.add_image(deed.region, deed.parameter, deed.image)
