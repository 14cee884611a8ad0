"""EC2's errors, by code."""

from __future__ import annotations

from moto.ec2.exceptions import EC2ClientError


def error(code: str, message: str) -> EC2ClientError:
    """An error that moto writes in EC2's form, with status 400."""
    return EC2ClientError(code, message)


def malformed_or_missing(kind: str, prefix: str, noun: str, value: str) -> EC2ClientError:
    """`InvalidXID.Malformed` for what cannot be an id, else `InvalidXID.NotFound`."""
    if not value.startswith(f"{prefix}-"):
        return error(f"{kind}.Malformed", f'Invalid id: "{value}" (expecting "{prefix}-...")')
    return error(f"{kind}.NotFound", f"The {noun} '{value}' does not exist")
