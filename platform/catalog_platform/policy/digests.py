"""Digests of the values that violate a policy; a waiver can be limited to these values."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from catalog_platform.policy.assembly import Resource


def violation_digest(
    resource: Resource | None,
    paths: Iterable[str],
    resources: Mapping[str, Resource],
    connected: Container[str] = (),
) -> str:
    """Return `sha256:` and the digest of the properties at `paths`, or of all without paths.

    A path can also name an attribute such as `DeletionPolicy`. An unset property counts as null.
    The place in a list does not count, so that an element keeps its digest when another one is
    added before it. The digest includes all properties of the resources of the types `connected`
    that refer to this one, or to which it refers.

    References count by the construct path of the resource, which `resources` has by logical id, so
    a new logical id does not change the digest. Returns an empty string without a resource.
    """
    if resource is None:
        return ""
    values: list[Any] = [
        (_without_places(path), _at(resource, path)) for path in sorted(set(paths))
    ]
    others = [
        (each.subject, each.properties) for each in _connected(resource, resources, connected)
    ]
    if others and not values:
        values.append(resource.properties)
    values += sorted(others, key=lambda each: each[0])
    found: Any = values or resource.properties
    text = json.dumps(_with_construct_paths(found, resources), sort_keys=True)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _connected(
    resource: Resource, resources: Mapping[str, Resource], types: Container[str]
) -> Iterator[Resource]:
    own = json.dumps(resource.properties)
    for each in resources.values():
        is_candidate = each.type in types and each.logical_id != resource.logical_id
        if is_candidate and (_names(own, each) or _names(json.dumps(each.properties), resource)):
            yield each


def _names(text: str, resource: Resource) -> bool:
    """Return whether the JSON of properties has the logical id of a resource as a word."""
    return re.search(rf"\b{re.escape(resource.logical_id)}\b", text) is not None


def has_path(resource: Resource, path: str) -> bool:
    """Return whether a property or an attribute of a resource is set."""
    return _at(resource, path) is not None


def _without_places(path: str) -> str:
    return "/".join("*" if step.isdigit() else step for step in path.split("/"))


def _at(resource: Resource, path: str) -> Any:
    first = path.partition("/")[0]
    node: Any = resource.properties
    if first not in node and first in resource.attributes:
        node = resource.attributes
    for step in path.split("/"):
        if isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return None
    return node


def _with_construct_paths(node: Any, resources: Mapping[str, Resource]) -> Any:
    """Return the value with construct paths instead of logical ids.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    """
    if isinstance(node, str):  # DependsOn has logical ids as they are
        return resources[node].subject if node in resources else node
    if isinstance(node, list | tuple):
        return [_with_construct_paths(each, resources) for each in node]
    if not isinstance(node, Mapping):
        return node
    result = {key: _with_construct_paths(value, resources) for key, value in node.items()}
    if len(node) == 1:
        for function in ("Ref", "Fn::GetAtt", "Fn::Sub"):
            if function in result:
                result[function] = _renamed(function, result[function], resources)
    return result


def _renamed(function: str, argument: Any, resources: Mapping[str, Resource]) -> Any:
    if isinstance(argument, list) and argument:
        return [_renamed(function, argument[0], resources), *argument[1:]]
    if not isinstance(argument, str):
        return argument

    def path(logical_id: str) -> str:
        return resources[logical_id].subject if logical_id in resources else logical_id

    if function == "Fn::Sub":
        return re.sub(
            r"\$\{(\w+)([^}]*)\}", lambda found: f"${{{path(found[1])}{found[2]}}}", argument
        )
    logical_id, dot, attribute = argument.partition(".")
    return path(logical_id) + dot + attribute
