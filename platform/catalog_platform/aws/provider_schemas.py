"""What AWS's resource schemas say about replacement and permissions, from cfn-lint's copy.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

# This region has every resource type. Types differ between regions, their properties do not.
REGION = "us-east-1"
# RDS changes an instance in place in most of the cases that its schema calls conditional; these
# always replace it.
# https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds
# (aws-rds-dbinstance, ImmutabilityHelper.java)
CONDITIONAL = {
    "AWS::RDS::DBInstance": frozenset(
        {
            "AvailabilityZone",
            "DBClusterSnapshotIdentifier",
            "DBSnapshotIdentifier",
            "PerformanceInsightsKMSKeyId",
            "RestoreTime",
            "SourceDBInstanceIdentifier",
            "SourceDbiResourceId",
        }
    )
}
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

    A change of a property in `create_only` replaces the resource. The properties in `identifier`
    name it together; empty when AWS assigns its name.
    """

    create_only: frozenset[str]
    identifier: tuple[str, ...]


@functools.cache
def replacement(resource_type: str) -> Replacement:
    """Return what the schema of a type says; nothing for a type that AWS does not have."""
    # Imported here because it takes half a second.
    from cfnlint.schema import ResourceNotFoundError
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
    except ResourceNotFoundError:
        return Replacement(frozenset(), ())
    create_only = _names(schema.get("createOnlyProperties", []))
    identifier = _names(schema.get("primaryIdentifier", []))
    if resource_type in NAMES:
        identifier = (NAMES[resource_type],)
    elif set(identifier) & set(_names(schema.get("readOnlyProperties", []))):
        identifier = ()
    return Replacement(
        frozenset(create_only) | CONDITIONAL.get(resource_type, frozenset()), identifier
    )


def permissions(resource_type: str) -> frozenset[str]:
    """Return the actions with which CloudFormation manages resources of a type.

    The prefix of an action is in lower case. Raises `KeyError` for a type without a schema.
    """
    # Imported here because it takes half a second.
    from cfnlint.schema import ResourceNotFoundError
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
    except ResourceNotFoundError as error:
        raise KeyError(resource_type) from error
    found = set()
    for handler in schema["handlers"].values():
        for action in handler["permissions"]:
            service, _, name = action.partition(":")
            found.add(f"{service.lower()}:{name}")
    return frozenset(found)


def _names(pointers: list[str]) -> tuple[str, ...]:
    """Return the top-level properties of JSON pointers such as `/properties/Name`."""
    return tuple(dict.fromkeys(pointer.split("/")[2] for pointer in pointers))
