"""Digests of the values that violate a policy; a waiver can be limited to these values."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_values import at


def violation_digest(
    resource: Resource | None, paths: Iterable[str], resources: Mapping[str, Resource]
) -> str:
    """Return `sha256:` and the digest of the properties at `paths`, or of all without paths.

    An unset property counts as null. References count by the construct path of the resource, which
    `resources` has by logical id, so a new logical id does not change the digest. Returns an empty
    string without a resource.
    """
    if resource is None:
        return ""
    named = sorted(set(paths))
    # A path can also name an attribute such as DeletionPolicy.
    declared = {**resource.attributes, **resource.properties}
    values = {path: at(declared, path) for path in named} or resource.properties
    text = json.dumps(_with_construct_paths(values, resources), sort_keys=True)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _with_construct_paths(node: Any, resources: Mapping[str, Resource]) -> Any:
    """Return the value with construct paths instead of logical ids.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    """
    if isinstance(node, list):
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
