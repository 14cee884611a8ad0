"""AttachVolume and DetachVolume: they take time, and the machine's list of devices follows them."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from ..world import World
from .errors import error, malformed_or_missing


def _volume(response: Any) -> Any:
    volume_id = response._get_param("VolumeId") or ""
    volume = response.ec2_backend.volumes.get(volume_id)
    if volume is None:
        raise malformed_or_missing("InvalidVolume", "vol", "volume", volume_id)
    return volume


def check_attach(response: Any) -> None:
    """Raises for a volume that is attached, a device that is taken, and an instance that is not there for it."""
    volume = _volume(response)
    if volume.attachment:
        raise error("VolumeInUse", f"{volume.id} is already attached to an instance")
    instance = response.ec2_backend.get_instance(response._get_param("InstanceId"))
    if instance.state not in ("running", "stopped"):
        raise error("IncorrectState", f"Instance '{instance.id}' is not 'running'.")
    device = response._get_param("Device")
    if device in instance.block_device_mapping:
        raise error("InvalidParameterValue", f"Invalid value '{device}' for unixDevice. Attachment point is already in use")


def attach_volume(world: World, response: Any) -> ActionResult:
    """Attaches; the volume will stay when the instance goes, as on EC2."""
    backend = response.ec2_backend
    volume = _volume(response)
    instance = backend.get_instance(response._get_param("InstanceId"))
    attachment = backend.attach_volume(volume.id, instance.id, response._get_param("Device"), False)
    attachment.status = "attaching"

    def finish() -> None:
        with world.lock:
            if volume.attachment is attachment:
                attachment.status = "attached"

    world.clock.after(world.settings.volume_moved, finish)
    return _answer(attachment, "attaching")


def check_detach(response: Any) -> None:
    """Raises for a volume that is not attached, and for the root of a machine that is not stopped."""
    volume = _volume(response)
    attachment = volume.attachment
    if attachment is None or attachment.status != "attached":
        raise error("IncorrectState", f"Volume '{volume.id}' is in the '{volume.status}' state.")
    instance = attachment.instance
    if attachment.device == instance.root_device_name and instance.state != "stopped":
        raise error("OperationNotPermitted", f"Unable to detach root volume '{volume.id}' from instance '{instance.id}'")


def detach_volume(world: World, response: Any) -> ActionResult:
    """Detaches, with or without the instance's id, which moto demands."""
    volume = _volume(response)
    attachment = volume.attachment
    attachment.status = "detaching"
    attachment.instance.block_device_mapping.pop(attachment.device, None)

    def finish() -> None:
        with world.lock:
            if volume.attachment is attachment:
                volume.attachment = None

    world.clock.after(world.settings.volume_moved, finish)
    return _answer(attachment, "detaching")


def _answer(attachment: Any, state: str) -> ActionResult:
    return ActionResult(
        {
            "VolumeId": attachment.volume.id,
            "InstanceId": attachment.instance.id,
            "Device": attachment.device,
            "State": state,
            "AttachTime": attachment.attach_time,
        }
    )
