"""States of instances that take time, and what may follow what."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Callable

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models.instances import Instance, StateReason

from ..transitions import end
from ..world import World
from .errors import error

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
USER = StateReason("Client.UserInitiatedShutdown: User initiated shutdown", "Client.UserInitiatedShutdown")
GUEST = StateReason("Client.InstanceInitiatedShutdown: Instance initiated shutdown", "Client.InstanceInitiatedShutdown")
# moto's own end of an instance: it frees interfaces and deletes volumes.
MOTO_TERMINATE = Instance.terminate


def begin_pending(world: World, instance: Any) -> None:
    """A new or started instance: pending, then running, then its machine boots."""
    _enter(instance, "pending", None)

    failure = world.settings.launch_failure
    starts = world.transitions.begin("pending_to_running", instance.id)

    def running() -> None:
        end(starts)
        if failure:
            begin_termination(world, instance, StateReason(f"{failure}: the lab was asked to", failure))
            return
        _enter(instance, "running", None)
        boots = world.transitions.begin("sshd_delay", instance.id)

        def booted() -> None:
            world.fleet.start(instance.id)
            end(boots)

        world.clock.after(world.settings.sshd_delay, _if_still(world, instance, booted))

    world.clock.after(world.settings.pending_to_running, _if_still(world, instance, running))


def begin_stopping(world: World, instance: Any, reason: StateReason) -> None:
    """Stopping, and stopped when its machine is off."""
    _enter(instance, "stopping", reason)
    stops = world.transitions.begin("stopping", instance.id)

    def stopped() -> None:
        end(stops)
        _enter(instance, "stopped", reason)
        for interface in instance.nics.values():
            interface.public_ip = None

    settle = _if_still(world, instance, stopped)

    def finish() -> None:
        world.fleet.stop(instance.id)
        settle()

    world.clock.soon(lambda: world.fleet.stop(instance.id))
    world.clock.after(world.settings.stopping, finish)


def begin_termination(world: World, instance: Any, reason: StateReason) -> None:
    """Shutting down, and terminated when its machine is gone."""
    _enter(instance, "shutting-down", reason)
    goes = world.transitions.begin("shutting_down", instance.id)

    def terminated() -> None:
        end(goes)
        MOTO_TERMINATE(instance)
        _enter(instance, "terminated", reason)

    settle = _if_still(world, instance, terminated)

    def finish() -> None:
        world.fleet.destroy(instance.id)
        settle()

    world.clock.soon(lambda: world.fleet.stop(instance.id))
    world.clock.after(world.settings.shutting_down, finish)


def stop_instances(world: World, response: Any) -> ActionResult:
    """StopInstances; what is stopped stays so."""
    found = named_instances(response)
    for instance, _ in found:
        if instance.state == "running":
            begin_stopping(world, instance, USER)
    return ActionResult({"StoppingInstances": _described(found)})


def start_instances(world: World, response: Any) -> ActionResult:
    """StartInstances; what runs goes on."""
    found = named_instances(response)
    for instance, _ in found:
        if instance.state == "stopped":
            for interface in instance.nics.values():
                interface.public_ip = instance.lab_address if instance.lab_public else None
            begin_pending(world, instance)
    return ActionResult({"StartingInstances": _described(found)})


def terminate_instances(world: World, response: Any) -> ActionResult:
    """TerminateInstances; an instance that is gone stays in the answer."""
    found = named_instances(response)
    for instance, _ in found:
        if instance.state not in ("shutting-down", "terminated"):
            begin_termination(world, instance, USER)
    return ActionResult({"TerminatingInstances": _described(found)})


def reboot_instances(world: World, response: Any) -> ActionResult:
    """RebootInstances."""
    for instance, _ in named_instances(response):
        world.fleet.reboot(instance.id)
    return EmptyResult()


def check_states(*wrong: str) -> Callable[[Any], None]:
    """A check that refuses the call for instances in one of the states."""

    def check(response: Any) -> None:
        for instance, _ in named_instances(response):
            if instance.state in wrong:
                raise error(
                    "IncorrectInstanceState",
                    f"The instance '{instance.id}' is not in a state from which it can do this (it is {instance.state}).",
                )

    return check


def check_termination(response: Any) -> None:
    """Refuses what is protected."""
    for instance, _ in named_instances(response):
        if instance.disable_api_termination in (True, "true"):
            raise error(
                "OperationNotPermitted",
                f"The instance '{instance.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.",
            )


def guest_powered_off(world: World, instance_id: str) -> None:
    """The guest turned itself off: its shutdown behaviour decides."""
    from moto.ec2.models import ec2_backends

    from ..world import ACCOUNT

    with world.lock:
        for backend in list(ec2_backends[ACCOUNT].values()):
            for instance in backend.all_instances():
                if instance.id == instance_id and instance.state == "running":
                    ends = instance.instance_initiated_shutdown_behavior == "terminate"
                    (begin_termination if ends else begin_stopping)(world, instance, GUEST)


def named_instances(response: Any) -> list[tuple[Any, dict[str, Any]]]:
    """The instances that the call names, each with its state so far."""
    backend = response.ec2_backend
    found = []
    for instance_id in response._get_param("InstanceIds", []):
        if not instance_id.startswith("i-"):
            raise error("InvalidInstanceID.Malformed", f'Invalid id: "{instance_id}"')
        instance = backend.get_instance(instance_id)
        found.append((instance, {"Name": instance.state, "Code": instance.state_code}))
    return found


def _described(found: list[tuple[Any, dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {
            "InstanceId": instance.id,
            "CurrentState": {"Name": instance.state, "Code": instance.state_code},
            "PreviousState": before,
        }
        for instance, before in found
    ]


def _enter(instance: Any, state: str, reason: StateReason | None) -> None:
    instance._state.name, instance._state.code = state, CODES[state]
    if state not in ("running", "stopped", "terminated"):
        instance.lab_changes = getattr(instance, "lab_changes", 0) + 1
    instance.state_reason = reason
    when = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S GMT")
    instance._reason = f"User initiated ({when})" if reason is USER else ""


def _if_still(world: World, instance: Any, action: Callable[[], None]) -> Callable[[], None]:
    """`action`, unless another change of state has begun meanwhile."""
    seen = instance.lab_changes

    def act() -> None:
        with world.lock:
            if instance.lab_changes == seen:
                action()

    return act
