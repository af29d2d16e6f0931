"""Properties whose change replaces a resource under a condition that its schema doesn't state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalReplacement:
    """A change of `property` replaces a resource of `type` if `replaces(old, new)`.

    The function gets both resources, and is called only when the property changes.
    """

    type: str
    property: str
    source: str
    replaces: Callable[[Resource, Resource], bool]


def _lacks_online_resharding(_: Resource, new: Resource) -> bool:
    return new.get("UpdatePolicy", {}).get("UseOnlineResharding") not in (True, "true")


def _appears_or_disappears(name: str) -> Callable[[Resource, Resource], bool]:
    return lambda old, new: (
        (name in old.get("Properties", {})) != (name in new.get("Properties", {}))
    )


GROUP = "AWS::ElastiCache::ReplicationGroup"
CONDITIONAL = (
    ConditionalReplacement(
        type=GROUP,
        property="NumNodeGroups",
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html#cfn-attributes-updatepolicy-useonlineresharding",
        replaces=_lacks_online_resharding,
    ),
    # The schema lists the property as conditionally create-only and names no condition. A token is
    # replaced by another one in place; ElastiCache deletes one only in exchange for access control
    # lists. Whether a first token is added in place is not documented, so the worse is assumed.
    ConditionalReplacement(
        type=GROUP,
        property="AuthToken",
        source="https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2356",
        replaces=_appears_or_disappears("AuthToken"),
    ),
)


def create_only(old: Resource, new: Resource) -> frozenset[str]:
    """Return the properties that can't be changed in place in an update from `old` to `new`."""
    return frozenset(
        each.property
        for each in CONDITIONAL
        if each.type == new["Type"] and each.replaces(old, new)
    )
