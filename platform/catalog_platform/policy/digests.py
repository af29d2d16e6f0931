"""Digests of the values that violate a policy: a waiver may be for these values only."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from catalog_platform.policy.assembly import Resource


def digest(
    resource: Resource | None, paths: Iterable[str], resources: Mapping[str, Resource]
) -> str:
    """`sha256:` and the digest of the properties at `paths`, or of all when none is named.

    A property that is not set counts as null. `resources` are those of the template by logical id:
    references count by construct path, so a new logical id changes nothing. Empty without a
    resource.
    """
    if resource is None:
        return ""
    named = sorted(set(paths))
    values = {path: _at(resource.properties, path) for path in named} or resource.properties
    text = json.dumps(_referring(values, resources), sort_keys=True)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _at(node: Any, path: str) -> Any:
    for step in path.split("/"):
        if isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return None
    return node


def _referring(node: Any, resources: Mapping[str, Resource]) -> Any:
    """The same value with construct paths instead of logical ids.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    """
    if isinstance(node, list):
        return [_referring(each, resources) for each in node]
    if not isinstance(node, Mapping):
        return node
    result = {key: _referring(value, resources) for key, value in node.items()}
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
