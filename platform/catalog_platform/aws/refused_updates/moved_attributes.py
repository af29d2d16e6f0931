"""Attributes of a resource that change while it is updated in place.

Resources that read such an attribute are updated too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.aws.provider_schemas import is_custom
from catalog_platform.aws.refused_updates.values import same

# Of a type, which attributes follow which property.
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "AWS::RDS::DBInstance": {"Port": "Endpoint.Port"},
    "AWS::SSM::Parameter": {"Value": "Value"},
}
# The function of a custom resource may return another id and other attributes each time.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
EVERY = "*"
Moved = frozenset[tuple[str, str]]
Resources = Mapping[str, Mapping[str, Any]]


def between(base: Resources, head: Resources, replaced: Mapping[str, Any], moved: Moved) -> Moved:
    """Return the logical ids with their attributes that move.

    `replaced` and `moved` have what is known to change so far.
    """
    found: set[tuple[str, str]] = set()
    for name, new in head.items():
        old = base.get(name)
        if old is None or name in replaced:
            continue
        before, after = (side.get("Properties", {}) for side in (old, new))
        if is_custom(new["Type"]):
            if _changes(before, after, replaced, moved):
                found.add((name, EVERY))
            continue
        for property_name, attribute in ATTRIBUTES.get(new["Type"], {}).items():
            values = before.get(property_name), after.get(property_name)
            if _changes(*values, replaced, moved):
                found.add((name, attribute))
    return frozenset(found)


def referred(value: Any, moved: Moved) -> set[str]:
    """Return the logical ids whose moving attributes a value reads."""
    if not moved:
        return set()
    return {
        name
        for name, attribute in reads(value)
        if (name, attribute) in moved or (name, EVERY) in moved
    }


def reads(value: Any) -> Iterator[tuple[str, str]]:
    """Yield what a value reads: logical ids with an attribute, which is empty for a `Ref`."""
    if isinstance(value, list):
        for part in value:
            yield from reads(part)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name == "Ref" and isinstance(part, str):
                yield part, ""
            elif name == "Fn::GetAtt":
                target, _, attribute = (
                    ".".join(map(str, part)) if isinstance(part, list) else str(part)
                ).partition(".")
                yield target, attribute
            elif name == "Fn::Sub" and part:
                text = part[0] if isinstance(part, list) else part
                for each in str(text).split("${")[1:]:
                    target, _, attribute = each.partition("}")[0].partition(".")
                    yield target, attribute
                yield from reads(part[1:] if isinstance(part, list) else [])
            else:
                yield from reads(part)


def _changes(old: Any, new: Any, replaced: Mapping[str, Any], moved: Moved) -> bool:
    return (
        not same(old, new)
        or any(name in replaced for name, _ in reads(new))
        or bool(referred(new, moved))
    )
