"""KMS keys: every id is taken, and EC2 answers with the key's ARN."""

from __future__ import annotations

import uuid

from ..world import ACCOUNT

NAMESPACE = uuid.UUID("6f0dfd3c-8f1a-4b5e-9f0a-2d0f5e1c7a10")


def key_arn(key: str | None, region: str) -> str:
    """The ARN for a key id, alias or ARN; for None that of the region's default key for EBS."""
    if not key:
        key = "alias/aws/ebs"
    if key.startswith("arn:") and ":key/" in key:
        return key
    if key.startswith("arn:"):
        key = key.split(":", 5)[5]
    if key.startswith("alias/"):
        key = str(uuid.uuid5(NAMESPACE, f"{region}/{key}"))
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/{key}"
