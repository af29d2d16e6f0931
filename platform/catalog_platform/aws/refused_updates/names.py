"""Rules of CloudFormation about resources whose name the template sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.update import ResourceUpdate

SOURCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html"


def _keeps_its_name(update: ResourceUpdate) -> bool:
    if update.is_added or not _is_named(update):
        return False
    return not any(update.changes(name) for name in update.identifier)


def _takes_a_deployed_name(update: ResourceUpdate) -> bool:
    """Return whether another deployed resource of the type has the name already."""
    if not _is_named(update) or any(
        update.stack.refers_to_replaced(update.after(name)) for name in update.identifier
    ):
        return False
    return any(
        logical_id != update.logical_id
        and resource["Type"] == update.type
        and all(_property(resource, name) == update.after(name) for name in update.identifier)
        for logical_id, resource in update.stack.base.items()
    )


def _is_named(update: ResourceUpdate) -> bool:
    return bool(update.identifier) and all(update.after(name) for name in update.identifier)


def _property(resource: Mapping[str, Any], name: str) -> Any:
    return resource.get("Properties", {}).get(name)


RULES = (
    Rule(
        type="",
        property="",
        reason="the change requires a replacement, and CloudFormation can't replace a resource"
        " that keeps the name in the template",
        source=SOURCE,
        refuses=_keeps_its_name,
        of_replacements=True,
    ),
    Rule(
        type="",
        property="",
        reason="CloudFormation creates it before it deletes the deployed resource of the same name",
        source=SOURCE,
        refuses=_takes_a_deployed_name,
        of_replacements=True,
    ),
)
