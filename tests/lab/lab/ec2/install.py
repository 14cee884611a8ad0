"""Puts the lab's EC2 over moto's: the one place that changes classes of moto."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import method_names_from_class
from moto.ec2.exceptions import DryRunClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.amis import AmiBackend
from moto.ec2.models.elastic_block_store import Snapshot
from moto.ec2.models.instances import Instance
from moto.ec2.responses import EC2Response
from moto.ec2.responses._base_response import EC2BaseResponse

from .. import parameters, quotas, sts
from ..births import NOT_FOUND
from ..world import World
from . import (
    attributes,
    catalogue,
    copy_image,
    create_image,
    deregister,
    fast_launch,
    fleets,
    images,
    instance_states,
    profiles,
    references,
    register_image,
    run_instances,
    small_calls,
    volumes,
)
from .errors import error

Check = Callable[[Any], None]

# What has to hold before a call takes effect, or before a dry run says that it would.
CHECKS: dict[str, Check] = {
    "attach_volume": volumes.check_attach,
    "copy_image": copy_image.check,
    "create_fleet": fleets.check_fleet,
    "create_image": create_image.check,
    "create_key_pair": small_calls.check_key_name,
    "create_launch_template": fleets.check_template,
    "create_security_group": small_calls.check_group_creation,
    "delete_launch_template": fleets.check_template_deletion,
    "delete_security_group": small_calls.check_group_deletion,
    "delete_snapshot": deregister.check_snapshot,
    "deregister_image": deregister.check,
    "describe_image_references": references.check,
    "describe_launch_templates": fast_launch.check_templates,
    "detach_volume": volumes.check_detach,
    "enable_fast_launch": fast_launch.check,
    "import_key_pair": small_calls.check_key_name,
    "modify_image_attribute": attributes.check_image,
    "modify_snapshot_attribute": attributes.check_snapshot,
    "register_image": register_image.check,
    "reboot_instances": instance_states.check_states("stopping", "stopped", "shutting-down", "terminated"),
    "run_instances": run_instances.check,
    "start_instances": instance_states.check_states("stopping", "shutting-down", "terminated"),
    "stop_instances": fleets.check_stop,
    "terminate_instances": instance_states.check_termination,
}
# Calls that replace moto's.
REPLACED: dict[str, Callable[[World, Any], ActionResult]] = {
    "attach_volume": volumes.attach_volume,
    "copy_image": copy_image.copy_image,
    "create_fleet": fleets.create_fleet,
    "create_image": create_image.create_image,
    "delete_key_pair": small_calls.delete_key_pair,
    "deregister_image": deregister.deregister_image,
    "describe_fast_launch_images": fast_launch.describe,
    "describe_image_references": references.describe,
    "disable_fast_launch": fast_launch.disable,
    "detach_volume": volumes.detach_volume,
    "disable_image_deprecation": deregister.undeprecate,
    "disable_image_deregistration_protection": deregister.unprotect,
    "enable_fast_launch": fast_launch.enable,
    "enable_image_deprecation": deregister.deprecate,
    "enable_image_deregistration_protection": deregister.protect,
    "get_console_output": small_calls.get_console_output,
    "get_image_block_public_access_state": small_calls.get_public_access,
    "modify_image_attribute": attributes.modify_image_attribute,
    "modify_snapshot_attribute": attributes.modify_snapshot_attribute,
    "reboot_instances": instance_states.reboot_instances,
    "register_image": register_image.register_image,
    "start_instances": instance_states.start_instances,
    "stop_instances": instance_states.stop_instances,
    "terminate_instances": instance_states.terminate_instances,
}
# Calls that do something and then ask moto.
AROUND: dict[str, Callable[[World, Any, Any], ActionResult]] = {
    "copy_snapshot": small_calls.create_snapshot,
    "create_launch_template": fleets.create_launch_template,
    "create_snapshot": small_calls.create_snapshot,
    "create_snapshots": small_calls.create_snapshot,
    "describe_images": small_calls.describe_images,
    "describe_snapshots": small_calls.describe_snapshots,
    "modify_instance_attribute": attributes.modify_instance_attribute,
    "run_instances": run_instances.run_instances,
}


def install(world: World) -> None:
    """Changes moto's classes for this process; to be called once."""
    _replace_models(world)
    sts.install(world)
    quotas.install(world)
    parameters.install(world)
    profiles.install(world)
    helpers = set(method_names_from_class(EC2BaseResponse))
    actions = [one for one in method_names_from_class(EC2Response) if one not in helpers and not one.startswith("_")]
    for action in {*actions, *REPLACED}:
        setattr(EC2Response, action, _wrapped(world, action))
    world.fleet.on_power_off = lambda instance_id: instance_states.guest_powered_off(world, instance_id)
    call_action = EC2Response.call_action

    def noting(response: Any) -> Any:
        status, headers, body = call_action(response)
        if isinstance(body, str) and not response._get_action().startswith("Describe"):
            world.births.note_text(body)
        return status, headers, body

    EC2Response.call_action = noting  # type: ignore[method-assign]


def _wrapped(world: World, action: str) -> Callable[[Any], ActionResult]:
    original = getattr(EC2Response, action, None)

    def answer(response: Any) -> ActionResult:
        _refuse_hidden(world, response)
        check = CHECKS.get(action)
        if check:
            check(response)
        if response._get_param("DryRun", False):
            raise DryRunClientError()
        if action in REPLACED:
            return REPLACED[action](world, response)
        result = AROUND[action](world, response, original) if action in AROUND else original(response)
        return _without_hidden(world, result) if action.startswith("describe_") else result

    answer.__name__ = action
    return functools.wraps(original)(answer) if original else answer


def _refuse_hidden(world: World, response: Any) -> None:
    """Late visibility: an id that is too new is unknown, wherever a call names it."""
    for value in _strings(response.params):
        if world.births.hidden(value):
            _, code, message = NOT_FOUND[value.split("-", 1)[0]]
            raise error(code, message.format(value))


def _without_hidden(world: World, result: Any) -> Any:
    """Late visibility: what is too new is in no list."""
    if not isinstance(result, ActionResult) or not isinstance(result.result, dict):
        return result
    for key, values in result.result.items():
        if isinstance(values, list):
            result.result[key] = [one for one in values if not _is_hidden(world, one)]
    return result


def _is_hidden(world: World, thing: Any) -> bool:
    members = getattr(thing, "instances", None)
    if members is not None:
        return any(world.births.hidden(one.id) for one in members)
    name = getattr(thing, "id", None)
    return isinstance(name, str) and world.births.hidden(name)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for below in value.values():
            yield from _strings(below)
    elif isinstance(value, list):
        for below in value:
            yield from _strings(below)


def _replace_models(world: World) -> None:
    AmiBackend._load_amis = catalogue.load  # type: ignore[method-assign]
    Snapshot.progress = property(images.progress)  # type: ignore[assignment,method-assign]
    Instance.setup_defaults = run_instances.setup_volumes  # type: ignore[method-assign]
    _replace_addresses()
    launch = EC2Backend.run_instances

    def with_machines(backend: Any, *arguments: Any, **more: Any) -> Any:
        reservation = launch(backend, *arguments, **more)
        for instance in reservation.instances:
            run_instances.add_machine(world, instance)
        return reservation

    EC2Backend.run_instances = with_machines  # type: ignore[method-assign]
    begin = EC2Backend.__init__

    def with_vpc(backend: Any, region_name: str, account_id: str) -> None:
        begin(backend, region_name, account_id)
        small_calls.add_vpc(backend)

    EC2Backend.__init__ = with_vpc  # type: ignore[method-assign]


def _replace_addresses() -> None:
    """An instance has the loopback address of its machine, for public and private."""

    def private(instance: Any) -> str | None:
        return getattr(instance, "lab_address", None)

    def public(instance: Any) -> str | None:
        if not getattr(instance, "lab_public", False) or instance.state not in ("pending", "running"):
            return None
        return instance.lab_address

    for name in ("private_ip", "private_ip_address", "private_dns_name"):
        setattr(Instance, name, property(private))
    for name in ("public_ip", "public_ip_address", "public_dns_name"):
        setattr(Instance, name, property(public))
