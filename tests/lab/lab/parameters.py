"""Parameters of Systems Manager that hold an image: moto takes any at once, AWS looks at them after its answer. And their data type
as a filter, which moto does not know.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any

from moto.ssm.exceptions import ValidationException
from moto.ssm.models import Parameter, SimpleSystemManagerBackend, ssm_backends

from .world import ACCOUNT, World

IMAGE = "aws:ec2:image"
# moto's own, which takes any value at once.
_PUT_AT_ONCE = SimpleSystemManagerBackend.put_parameter


def install(world: World) -> None:
    """Changes moto's class for this process; to be called once."""
    _check_images(world)
    _filter_by_data_type()


def add_text(region: str, name: str, value: str) -> None:
    """A parameter of plain text, as a user made it before."""
    backend = ssm_backends[ACCOUNT][region]
    backend.put_parameter(name, "", value, "String", "", "", True, [], "text", tier=None, policies=None)


def add_image(region: str, name: str, image_id: str) -> None:
    """A parameter that holds an image, as it is when AWS has looked at it."""
    _PUT_AT_ONCE(ssm_backends[ACCOUNT][region], name, "", image_id, "String", "", "", True, [], IMAGE, tier=None, policies=None)


def _is_there(region: str, image_id: str) -> bool:
    from moto.ec2.models import ec2_backends

    return image_id in ec2_backends[ACCOUNT][region].amis


def _check_images(world: World) -> None:
    signature = inspect.signature(_PUT_AT_ONCE)

    def put_parameter(backend: Any, *arguments: Any, **more: Any) -> Any:
        given = signature.bind(backend, *arguments, **more).arguments
        data_type = given["data_type"]
        versions = backend._parameters.get(given["name"]) or []
        former = versions[-1].data_type if versions else data_type
        if former != data_type and IMAGE in (former, data_type):
            raise ValidationException(f"The data type {former} of a parameter cannot become {data_type}.")
        if data_type != IMAGE:
            return _PUT_AT_ONCE(backend, *arguments, **more)

        def check() -> None:
            with world.lock:
                if _is_there(backend.region_name, given["value"]):
                    _PUT_AT_ONCE(backend, *arguments, **more)

        world.clock.after(world.settings.parameter_checked, check)
        return SimpleNamespace(version=len(versions) + 1, tier="Standard")

    SimpleSystemManagerBackend.put_parameter = put_parameter  # type: ignore[method-assign]


def _filter_by_data_type() -> None:
    original = SimpleSystemManagerBackend.describe_parameters

    def describe(
        backend: SimpleSystemManagerBackend, filters: list[dict[str, Any]], parameter_filters: list[dict[str, Any]]
    ) -> list[Parameter]:
        of_type = [one for one in parameter_filters or [] if one["Key"] == "DataType"]
        others = [one for one in parameter_filters or [] if one["Key"] != "DataType"]
        found = original(backend, filters, others)
        return [one for one in found if all(one.data_type in wanted["Values"] for wanted in of_type)]

    SimpleSystemManagerBackend.describe_parameters = describe  # type: ignore[method-assign]
