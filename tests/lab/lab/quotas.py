"""What moto's Service Quotas misses: the quotas of EC2, which tests set."""

from __future__ import annotations

from typing import Any

from moto.servicequotas.models import ServiceQuotasBackend

from .world import World


def install(world: World) -> None:
    """Changes moto's class for this process; to be called once."""
    original = ServiceQuotasBackend.get_service_quota

    def get_service_quota(backend: ServiceQuotasBackend, service_code: str, quota_code: str) -> dict[str, Any]:
        value = world.settings.quotas.get(quota_code)
        if service_code != "ec2" or value is None:
            return original(backend, service_code, quota_code)
        return {"ServiceCode": service_code, "QuotaCode": quota_code, "Value": value, "Adjustable": True}

    ServiceQuotasBackend.get_service_quota = get_service_quota  # type: ignore[method-assign]
