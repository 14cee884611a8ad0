"""Launch templates and instant fleets: a fleet's instance is launched as RunInstances would, and is a spot instance."""

from __future__ import annotations

from typing import Any, Callable

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import StateReason
from moto.ec2.utils import random_fleet_id, random_spot_request_id

from ..world import World
from . import instance_states, run_instances
from .errors import error
from .tags import specified
from .tokens import fingerprint, recall, remember

TEMPLATE_TAG = "aws:ec2launchtemplate:id"
# What a template takes besides the launch's own parameters, or says otherwise.
NOT_OF_A_LAUNCH = ("TagSpecifications", "UserData", "InstanceMarketOptions", "DisableApiTermination")
IN_A_TEMPLATE = ("instance", "volume", "network-interface", "spot-instances-request")
IN_A_FLEET = ("fleet", "instance", "volume")
TAKEN_BACK = "Server.SpotInstanceTermination"


def check_template(response: Any) -> None:
    """Raises what keeps the template from being made."""
    specified(response, ("launch-template",))
    for one in response._get_param("LaunchTemplateData", {}).get("TagSpecifications", []):
        if one.get("ResourceType") not in IN_A_TEMPLATE:
            raise error("InvalidParameterValue", f"'{one.get('ResourceType')}' cannot be tagged by a launch template.")


def create_launch_template(
    world: World, response: Any, original: Callable[[Any], ActionResult]
) -> ActionResult:
    """Makes the template, or answers with what the same token made."""
    same = recall(world, response, "CreateLaunchTemplate")
    if same is not None:
        return ActionResult(same)
    parameters = fingerprint(response)
    result = original(response).result
    remember(world, response, "CreateLaunchTemplate", result, parameters)
    return ActionResult(result)


def check_template_deletion(response: Any) -> None:
    """moto calls an unknown name a missing parameter."""
    name = response._get_param("LaunchTemplateName")
    if name and name not in response.ec2_backend.launch_template_name_to_ids:
        raise _no_template(name)


def check_fleet(response: Any) -> None:
    """Raises what keeps the fleet from being made at all."""
    specified(response, IN_A_FLEET)
    if response._get_param("Type") != "instant":
        raise error("InvalidParameterValue", "The lab has fleets of type instant only.")
    _template(response)


def create_fleet(world: World, response: Any) -> ActionResult:
    """Launches one spot instance, or lists why there is none; answers the same for the same token."""
    same = recall(world, response, "CreateFleet")
    if same is not None:
        return ActionResult(same)
    parameters = fingerprint(response)
    result: dict[str, Any] = {"FleetId": random_fleet_id(), "Instances": [], "Errors": []}
    for kind in _types(response):
        try:
            _refuse_on_demand(world)
            instance = _launch(world, response, kind)
        except EC2ClientError as refused:
            result["Errors"].append(_refusal(refused, kind))
            continue
        result["Instances"] = [{"InstanceIds": [instance.id], "InstanceType": kind, "Lifecycle": "spot"}]
        break
    remember(world, response, "CreateFleet", result, parameters)
    return ActionResult(result)


def check_stop(response: Any) -> None:
    """EC2 User Guide, "Stop a Spot Instance": only those of persistent requests."""
    instance_states.check_states("pending", "shutting-down", "terminated")(response)
    for instance, _ in instance_states.named_instances(response):
        if instance.lifecycle == "spot":
            raise error(
                "UnsupportedOperation",
                f"You can't stop the Spot Instance '{instance.id}' because it is associated with a one-time Spot "
                "Instance request.",
            )


def take_back(world: World, instance_id: str) -> bool:
    """EC2 interrupts a spot instance; false where there is none of that id."""
    from moto.ec2.models import ec2_backends

    from ..world import ACCOUNT

    with world.lock:
        for backend in list(ec2_backends[ACCOUNT].values()):
            for instance in backend.all_instances():
                if instance.id == instance_id and instance.lifecycle == "spot" and instance.state == "running":
                    reason = StateReason(f"{TAKEN_BACK}: Spot instance termination", TAKEN_BACK)
                    instance_states.begin_termination(world, instance, reason)
                    return True
    return False


def _no_template(name: str) -> EC2ClientError:
    return error(
        "InvalidLaunchTemplateName.NotFoundException",
        f"The specified launch template, with template name {name}, does not exist.",
    )


def _config(response: Any) -> dict[str, Any]:
    return response._get_param("LaunchTemplateConfigs", [{}])[0]


def _template(response: Any) -> Any:
    backend = response.ec2_backend
    wanted = _config(response).get("LaunchTemplateSpecification", {})
    name = wanted.get("LaunchTemplateName")
    template_id = wanted.get("LaunchTemplateId") or backend.launch_template_name_to_ids.get(name)
    if template_id not in backend.launch_templates:
        raise _no_template(name)
    return backend.launch_templates[template_id]


def _types(response: Any) -> list[str]:
    overrides = [one["InstanceType"] for one in _config(response).get("Overrides", []) if "InstanceType" in one]
    return overrides or [_template(response).latest_version().data.get("InstanceType", "m1.small")]


def _refuse_on_demand(world: World) -> None:
    """Fails as many launches as a test asked for."""
    if world.settings.fleet_failure and world.failed_fleets < world.settings.fleet_failures:
        world.failed_fleets += 1
        raise error(world.settings.fleet_failure, "The lab was asked to.")


def _refusal(refused: EC2ClientError, kind: str) -> dict[str, Any]:
    return {
        "ErrorCode": refused.code,
        "ErrorMessage": refused.message,
        "Lifecycle": "spot",
        "LaunchTemplateAndOverrides": {"Overrides": {"InstanceType": kind}},
    }


def _launch(world: World, response: Any, kind: str) -> Any:
    """RunInstances with the template's data for parameters."""
    template = _template(response)
    data = template.latest_version().data
    of_fleet = response.params
    response.params = _parameters(data, of_fleet, kind)
    try:
        run_instances.check(response)
        instance = run_instances.run_instances(world, response, _moto_run).result.instances[0]
    finally:
        response.params = of_fleet
    instance.lifecycle = "spot"
    instance.spot_instance_request_id = random_spot_request_id()
    instance.lab_spot_tags = _tags_of(data.get("TagSpecifications", []), "spot-instances-request")
    instance.add_tags({TEMPLATE_TAG: template.id})
    return instance


def _moto_run(response: Any) -> ActionResult:
    from moto.ec2.responses import EC2Response

    launch = EC2Response.run_instances
    return getattr(launch, "__wrapped__", launch)(response)


def _parameters(data: dict[str, Any], of_fleet: dict[str, Any], kind: str) -> dict[str, Any]:
    launch = {key: value for key, value in data.items() if key not in NOT_OF_A_LAUNCH}
    launch |= {"InstanceType": kind, "MinCount": 1, "MaxCount": 1}
    user_data = data.get("UserData")
    if user_data is not None:
        launch["UserData"] = getattr(user_data, "_encoded_string", user_data)
    given = [*data.get("TagSpecifications", []), *of_fleet.get("TagSpecifications", [])]
    launch["TagSpecifications"] = [
        one for one in given if one.get("ResourceType") in ("instance", "volume", "network-interface")
    ]
    return launch


def _tags_of(specifications: list[dict[str, Any]], kind: str) -> dict[str, str]:
    found = [one for one in specifications if one.get("ResourceType") == kind]
    return {tag["Key"]: tag.get("Value", "") for one in found for tag in one["Tags"]}
