"""Instance profiles as EC2 and IAM treat them: what is new is not known at once, and what is not there is said."""

from __future__ import annotations

import time
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend

from ..world import ACCOUNT, World
from .errors import error


def install(world: World) -> None:
    """Changes moto's IAM; to be called once."""
    add, remove = IAMBackend.add_role_to_instance_profile, IAMBackend.remove_role_from_instance_profile

    def adding(backend: Any, profile_name: str, role_name: str) -> None:
        add(backend, profile_name, role_name)
        known = time.monotonic() + world.clock.real(world.settings.profile_propagation)
        backend.get_instance_profile(profile_name).lab_known_at = known

    def removing(backend: Any, profile_name: str, role_name: str) -> None:
        # moto fails where the role is not in the profile.
        if role_name not in [role.name for role in backend.get_instance_profile(profile_name).roles]:
            raise NotFoundException(f"The role {role_name} is not in the instance profile {profile_name}.")
        remove(backend, profile_name, role_name)

    IAMBackend.add_role_to_instance_profile = adding  # type: ignore[method-assign]
    IAMBackend.remove_role_from_instance_profile = removing  # type: ignore[method-assign]


def check(response: Any) -> None:
    """Refuses a launch with a profile that is not there, is too new, or holds no role."""
    from moto.iam.models import iam_backends

    name = response._get_param("IamInstanceProfile.Name")
    if not name:
        return
    profiles = iam_backends[ACCOUNT]["aws"].instance_profiles.values()
    profile = next((one for one in profiles if one.name == name), None)
    if profile is None or getattr(profile, "lab_known_at", 0) > time.monotonic():
        raise error(
            "InvalidParameterValue",
            f"Value ({name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
        )
    if not profile.roles:
        raise error("InvalidParameterValue", f"IAM Instance Profile {profile.arn} has no associated IAM Roles")
