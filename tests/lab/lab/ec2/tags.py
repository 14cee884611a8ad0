"""Tags in create calls."""

from __future__ import annotations

from typing import Any

from .errors import error


def specified(response: Any, kinds: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """The tags of TagSpecifications by resource type. Raises for a type that the call does not make."""
    found: dict[str, dict[str, str]] = {}
    for one in response._get_param("TagSpecifications", []):
        kind = one.get("ResourceType")
        if kind not in kinds:
            raise error("InvalidParameterValue", f"'{kind}' is not a valid taggable resource type for this operation.")
        if not one.get("Tags"):
            raise error("InvalidParameterValue", "Tag specification must have at least one tag")
        found.setdefault(kind, {}).update({tag["Key"]: tag.get("Value", "") for tag in one["Tags"]})
    for tags in found.values():
        if any(key.startswith("aws:") for key in tags):
            raise error("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
        if len(tags) > 50:
            raise error("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
    return found
