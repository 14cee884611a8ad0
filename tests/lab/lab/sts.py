"""What moto's STS misses: the code of an MFA device, the job's identity, and the reasons of a refusal."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.sts.responses import TokenResponse

from .authorization import decoded
from .world import World

MFA_ROLE = "mfa"  # a role with this in its name is assumed with a code only


class Refused(ServiceException):
    """An error of STS, by code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


def install(world: World) -> None:
    """Changes moto's class for this process; to be called once."""
    assume = TokenResponse.assume_role

    def assume_role(response: Any) -> ActionResult:
        _check_code(world, response)
        result = assume(response)
        if world.settings.session:
            _shorten(result, world.settings.session)
        return result

    with_identity = TokenResponse.assume_role_with_web_identity

    def assume_role_with_web_identity(response: Any) -> ActionResult:
        identity = world.identity
        refused = identity.objection(response._get_param("WebIdentityToken") or "", response._get_param("RoleArn"))
        if refused:
            raise Refused(*refused)
        result = with_identity(response)
        if identity.session_seconds:
            _shorten(result, identity.session_seconds)
        session = result.result["Credentials"]
        identity.sessions[session.access_key_id] = session.expiration.replace(tzinfo=UTC).timestamp()
        return result

    TokenResponse.assume_role = assume_role  # type: ignore[method-assign]
    TokenResponse.assume_role_with_web_identity = assume_role_with_web_identity  # type: ignore[method-assign]
    TokenResponse.decode_authorization_message = _decode  # type: ignore[attr-defined]


def _shorten(result: ActionResult, seconds: float) -> None:
    session = result.result["Credentials"]
    session.expiration = utcnow() + timedelta(seconds=seconds)


def _check_code(world: World, response: Any) -> None:
    """A code goes with its device, and is good for one call."""
    code, serial = response._get_param("TokenCode"), response._get_param("SerialNumber")
    role = response._get_param("RoleArn") or ""
    if code and not serial:
        raise Refused("ValidationError", "SerialNumber is required with TokenCode")
    if MFA_ROLE in role.rsplit("/", 1)[-1] and not code:
        raise Refused("AccessDenied", f"User is not authorized to perform: sts:AssumeRole on resource: {role}")
    if code:
        if code in world.used_codes:
            raise Refused("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")
        world.used_codes.add(code)


def _decode(response: Any) -> ActionResult:
    try:
        return ActionResult({"DecodedMessage": decoded(response._get_param("EncodedMessage") or "")})
    except ValueError as wrong:
        raise Refused("InvalidAuthorizationMessageException", "Message is not valid") from wrong
