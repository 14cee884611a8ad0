"""Parameters by their data type, a filter that moto does not know."""

from __future__ import annotations

from typing import Any

from moto.ssm.models import Parameter, SimpleSystemManagerBackend


def install() -> None:
    """Changes moto's class for this process; to be called once."""
    original = SimpleSystemManagerBackend.describe_parameters

    def describe(
        backend: SimpleSystemManagerBackend, filters: list[dict[str, Any]], parameter_filters: list[dict[str, Any]]
    ) -> list[Parameter]:
        of_type = [one for one in parameter_filters or [] if one["Key"] == "DataType"]
        others = [one for one in parameter_filters or [] if one["Key"] != "DataType"]
        found = original(backend, filters, others)
        return [one for one in found if all(one.data_type in wanted["Values"] for wanted in of_type)]

    SimpleSystemManagerBackend.describe_parameters = describe  # type: ignore[method-assign]
