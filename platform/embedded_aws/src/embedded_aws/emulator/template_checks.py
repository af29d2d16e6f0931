"""Apply the rules of API requests to resources of templates.

The emulator's CloudFormation writes most resources into its state without an API call. AWS's
handlers call the API, so that what it refuses fails the resource with its message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.core import responses
from ministack.services.cloudformation import provisioners

from embedded_aws.emulator.handlers import Created, Properties
from embedded_aws.emulator.request_validation import rules
from embedded_aws.emulator.request_validation.constraints import (
    Violations,
    checker,
    lower_first,
)
from embedded_aws.emulator.request_validation.decoding import scalar
from embedded_aws.emulator.request_validation.errors import Refusal, codes

# Stands for the name that CloudFormation generates, in checks of other parameters.
GENERATED = "generated-by-cloudformation"
NOT_FOUND = 404
COMPOUND = ("blob", "list", "map", "structure", "timestamp")


@dataclass(frozen=True, slots=True)
class Operations:
    """The API operations that AWS's handler of a resource type calls."""

    service: str
    # Empty when AWS assigns the name.
    identifier: str
    create: str = ""
    update: str = ""
    delete: str = ""
    # Parameters by property, where the names differ.
    renamed: Mapping[str, str] = field(default_factory=dict)


TYPES = {
    "AWS::RDS::DBSubnetGroup": Operations(
        "rds",
        "DBSubnetGroupName",
        "CreateDBSubnetGroup",
        "ModifyDBSubnetGroup",
        "DeleteDBSubnetGroup",
    ),
    "AWS::RDS::DBParameterGroup": Operations(
        "rds",
        "DBParameterGroupName",
        "CreateDBParameterGroup",
        delete="DeleteDBParameterGroup",
        renamed={"Family": "DBParameterGroupFamily"},
    ),
    "AWS::ElastiCache::ReplicationGroup": Operations(
        "elasticache", "ReplicationGroupId", "CreateReplicationGroup", "ModifyReplicationGroup"
    ),
    "AWS::ElastiCache::SubnetGroup": Operations(
        "elasticache",
        "CacheSubnetGroupName",
        "CreateCacheSubnetGroup",
        delete="DeleteCacheSubnetGroup",
        renamed={"Description": "CacheSubnetGroupDescription"},
    ),
    "AWS::EC2::Subnet": Operations("ec2", "", "CreateSubnet"),
}


def install() -> None:
    """Check each resource of `TYPES` before its handler runs."""
    for resource_type, operations in TYPES.items():
        _wrap(provisioners._RESOURCE_HANDLERS[resource_type], operations)


def check(service: str, operation: str, properties: Properties, **given: Any) -> None:
    """Raise `ValueError` with AWS's message if an operation refuses properties.

    `given` are parameters that no property has, such as the identifier. Lists and structures may
    have another form than in requests, so their bounds are not checked.
    """
    shape = _input(service, operation)
    parameters = {**converted(service, operation, properties), **given}
    found = Violations()
    for name, value in parameters.items():
        if name in shape.members and shape.members[name].type_name not in COMPOUND:
            checker(shape.members[name])(value, lower_first(name), found)
    _expect_none(service, found)
    rules.expect(service, operation, parameters, shape)


def check_request(service: str, operation: str, **parameters: Any) -> None:
    """Raise `ValueError` with AWS's message if it refuses parameters in the form of the API."""
    shape, found = _input(service, operation), Violations()
    kept = checker(shape)(parameters, "", found)
    _expect_none(service, found)
    rules.expect(service, operation, kept, shape)


def converted(service: str, operation: str, properties: Properties) -> dict[str, Any]:
    """Return the properties that an operation has as parameters, with the types of the API."""
    return {
        name: value
        for name, member in _input(service, operation).members.items()
        if (value := _converted(member, properties.get(name))) is not None
    }


def _input(service: str, operation: str) -> Any:
    return responses._service_model(service).operation_model(operation).input_shape


def _expect_none(service: str, found: Violations) -> None:
    if found.messages:
        rules.raise_refusal(service, Refusal(codes(service).constraint, found.text))


def changed(old: Properties, new: Properties) -> dict[str, Any]:
    """Return the new properties that differ from the old ones."""
    return {name: value for name, value in new.items() if old.get(name) != value}


def _wrap(handler: dict[str, Any], operations: Operations) -> None:
    original = dict(handler)
    service, identifier = operations.service, operations.identifier

    def renamed(properties: Properties) -> dict[str, Any]:
        return {operations.renamed.get(name, name): value for name, value in properties.items()}

    def create(logical: str, properties: Properties, stack: str) -> Created:
        if operations.create:
            named = {identifier: properties.get(identifier, GENERATED)} if identifier else {}
            check(service, operations.create, renamed(properties), **named)
        created: Created = original["create"](logical, properties, stack)
        return created

    def update(physical: str, old: Properties, new: Properties, *rest: Any) -> Created:
        differing = renamed(changed(old, new))
        # The emulator replaces a resource whose name changes.
        if operations.update and differing and identifier not in differing:
            required = {name: renamed(new).get(name) for name in ("SubnetIds",) if name in new}
            check(service, operations.update, {**required, **differing}, **{identifier: physical})
        updated: Created = original["update"](physical, old, new, *rest)
        return updated

    def delete(physical: str, properties: Properties) -> None:
        if operations.delete:
            _check_deletion(service, operations.delete, {identifier: physical})
        original["delete"](physical, properties)

    handler.update(create=create, update=update, delete=delete)


def _check_deletion(service: str, operation: str, parameters: Mapping[str, Any]) -> None:
    """Raise `ValueError` if AWS refuses a deletion; what is gone already is deleted."""
    found = rules.refusal(service, operation, parameters, None)
    if found is not None and found.status != NOT_FOUND:
        rules.expect(service, operation, parameters)


def _converted(shape: Any, value: Any) -> Any:
    """Return a property, which may be a text, with the type of a parameter."""
    if value is None:
        return None
    if shape.type_name == "list" and isinstance(value, list):
        return [_converted(shape.member, each) for each in value]
    if shape.type_name in COMPOUND:
        return value
    return scalar(shape, str(value))
