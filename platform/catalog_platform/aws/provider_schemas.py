"""What AWS's resource schemas say about replacement and permissions, from cfn-lint's copy.

Its files are read without cfn-lint, which takes half a second to import and prefers a newer copy in
the user's cache folder: the same version of this program would then say something else.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import functools
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# This region has every resource type. Types differ between regions, their properties do not.
REGION = "us-east-1"
# The property that holds the name of a type whose identifier is assigned by AWS.
NAMES = {
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
}


@dataclass(frozen=True, slots=True)
class Replacement:
    """The properties of a resource type that matter for its replacement.

    A change of a property in `create_only`, such as `Name` or `DnsOptions.PrivateDnsPreference`,
    replaces the resource; of one in `conditional`, in some cases. The properties in `identifier`
    name it together; empty when AWS assigns its name.
    """

    create_only: frozenset[str]
    conditional: frozenset[str]
    identifier: tuple[str, ...]


@functools.cache
def replacement(resource_type: str) -> Replacement:
    """Return what the schema of a type says; nothing for a type that AWS does not have."""
    schema = _schema(resource_type)
    if schema is None:
        return Replacement(frozenset(), frozenset(), ())
    identifier = _names(schema.get("primaryIdentifier", []))
    if resource_type in NAMES:
        identifier = (NAMES[resource_type],)
    elif set(identifier) & set(_names(schema.get("readOnlyProperties", []))):
        identifier = ()
    return Replacement(
        frozenset(_names(schema.get("createOnlyProperties", []))),
        frozenset(_names(schema.get("conditionalCreateOnlyProperties", []))),
        identifier,
    )


def is_custom(resource_type: str) -> bool:
    """Return whether a function of the account implements the type."""
    return resource_type.startswith("Custom::") or (
        resource_type == "AWS::CloudFormation::CustomResource"
    )


def permissions(resource_type: str) -> frozenset[str]:
    """Return the actions with which CloudFormation manages resources of a type.

    The prefix of an action is in lower case. Raises `KeyError` for a type without a schema.
    """
    schema = _schema(resource_type)
    if schema is None:
        raise KeyError(resource_type)
    found = set()
    for handler in schema["handlers"].values():
        for action in handler["permissions"]:
            service, _, name = action.partition(":")
            found.add(f"{service.lower()}:{name}")
    return frozenset(found)


def _schema(resource_type: str) -> dict[str, Any] | None:
    """Return the schema of a type, None for a type that AWS does not have."""
    digest = _digests().get(resource_type)
    if digest is None:
        return None
    found: dict[str, Any] = json.loads((_folder() / "resources" / f"{digest}.json").read_bytes())
    return found


@functools.cache
def _digests() -> dict[str, str]:
    """Return the name of each type's file."""
    found: dict[str, str] = json.loads((_folder() / "providers" / f"{REGION}.json").read_bytes())
    return found


def _folder() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    assert spec is not None  # noqa: S101 - a pinned dependency
    assert spec.submodule_search_locations is not None  # noqa: S101
    return Path(spec.submodule_search_locations[0]) / "data" / "schemas"


def _names(pointers: list[str]) -> tuple[str, ...]:
    """Return the paths, such as `A.B`, of JSON pointers such as `/properties/A/B`.

    The elements of a list have one path: a path ends before them.
    """
    paths = (pointer.partition("/*")[0].split("/")[2:] for pointer in pointers)
    return tuple(dict.fromkeys(".".join(parts) for parts in paths))
