"""Attributes of a resource that change while it is updated in place.

Resources that read such an attribute with `Fn::GetAtt` are updated too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.aws.refused_updates.update import StackUpdate

# Of a type, which attributes follow which property.
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "AWS::RDS::DBInstance": {"Port": "Endpoint.Port"},
    "AWS::SSM::Parameter": {"Value": "Value"},
}
Moved = frozenset[tuple[str, str]]


def between(update: StackUpdate) -> Moved:
    """Return the logical ids with their attributes that move."""
    return frozenset(
        (each.logical_id, attribute)
        for each in update.updates
        if not each.is_replaced
        for name, attribute in ATTRIBUTES.get(each.type, {}).items()
        if each.before(name) != each.after(name)
    )


def referred(resource: Mapping[str, Any], moved: Moved) -> set[str]:
    """Return the logical ids whose moving attributes a resource reads."""
    return {
        name
        for name, attribute in _reads(resource.get("Properties", {}))
        if (name, attribute) in moved
    }


def _reads(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for part in value:
            yield from _reads(part)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name == "Fn::GetAtt":
                target, _, attribute = (
                    part if isinstance(part, str) else ".".join(map(str, part))
                ).partition(".")
                yield target, attribute
            elif name == "Fn::Sub":
                text = part[0] if isinstance(part, list) else part
                for each in text.split("${")[1:]:
                    target, _, attribute = each.partition("}")[0].partition(".")
                    yield target, attribute
                yield from _reads(part[1:] if isinstance(part, list) else [])
            else:
                yield from _reads(part)
