"""Policy: stores, endpoints and functions have subnets and security groups of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import can_be_absent, items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

GROUPS = ("AWS::EC2::SecurityGroup",)
SUBNETS = ("AWS::EC2::Subnet",)
FUNCTION = "AWS::Lambda::Function"
STORES = ("AWS::ElastiCache::SubnetGroup", "AWS::RDS::DBProxy", "AWS::RDS::DBSubnetGroup")
# The types that each property must refer to. AWS uses default groups and subnets without it.
PLACEMENT: dict[str, dict[str, tuple[str, ...]]] = {
    "AWS::EC2::VPCEndpoint": {"SecurityGroupIds": GROUPS, "SubnetIds": SUBNETS},
    "AWS::ElastiCache::ReplicationGroup": {
        "SecurityGroupIds": GROUPS,
        "CacheSubnetGroupName": ("AWS::ElastiCache::SubnetGroup",),
    },
    "AWS::ElastiCache::SubnetGroup": {"SubnetIds": SUBNETS},
    "AWS::RDS::DBInstance": {
        "VPCSecurityGroups": GROUPS,
        "DBSubnetGroupName": ("AWS::RDS::DBSubnetGroup",),
    },
    "AWS::RDS::DBProxy": {"VpcSecurityGroupIds": GROUPS, "VpcSubnetIds": SUBNETS},
    "AWS::RDS::DBSubnetGroup": {"SubnetIds": SUBNETS},
}


class PlacementIsInTheStack(TemplateCheck):
    """Fail when a group or subnet is missing, is none of the stack, or is shared."""

    def __init__(self) -> None:
        super().__init__(
            name="Stores, endpoints and functions have subnets and security groups of their own",
            id="CKV_CATALOG_20",
            categories=(CheckCategories.NETWORKING,),
            supported_resources=(FUNCTION, *PLACEMENT),
            guideline="Set security groups and subnets (or subnet group) to those of the stack: "
            "AWS otherwise uses the default ones. Functions share none with stores or each other.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the properties that name no group or subnet of the stack, or another one too."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if not stack.is_environment:
            return
        if resource.type == FUNCTION:
            yield from _function(properties, stack)
            return
        for name, types in PLACEMENT[resource.type].items():
            if _inherits(name, properties):
                continue
            path, value = f"Properties/{name}", properties.get(name)
            found = list(items(value, path))
            if can_be_absent(value) or not found:
                yield path
            shared = _subnets_of(stack, FUNCTION) if resource.type in STORES else frozenset()
            for where, item in found:
                named = [stack.resources[each] for each in stack.referenced(item)]
                if not any(each.type in types and each.logical_id not in shared for each in named):
                    yield where


def _subnets_of(stack: ScannedStack, *types: str) -> frozenset[str]:
    subnets = {each.logical_id for each in stack.of_type(*SUBNETS)}
    return frozenset().union(
        *(stack.referenced(each.properties) & subnets for each in stack.of_type(*types))
    )


def _function(properties: Mapping[str, Any], stack: ScannedStack) -> Iterator[str]:
    """Yield subnets that stores use, and security groups of other functions."""
    config = properties.get("VpcConfig", {})
    path = "Properties/VpcConfig"
    stores = _subnets_of(stack, *STORES)
    others = [
        each.properties.get("VpcConfig", {})
        for each in stack.of_type(FUNCTION)
        if each is not stack.resource
    ]
    taken = stack.referenced([each.get("SecurityGroupIds") for each in others])
    for where, item in items(config.get("SubnetIds"), f"{path}/SubnetIds"):
        if stack.referenced(item) & stores:
            yield where
    for where, item in items(config.get("SecurityGroupIds"), f"{path}/SecurityGroupIds"):
        own = stack.referenced(item)
        if not own or own & taken:
            yield where


def _inherits(name: str, properties: Mapping[str, Any]) -> bool:
    """Return whether a property must be absent.

    A replica is in the subnets of its source, and a gateway endpoint has route tables instead.
    """
    if name == "DBSubnetGroupName":
        return "SourceDBInstanceIdentifier" in properties
    kind = properties.get("VpcEndpointType", "Gateway")
    return "ServiceName" in properties and kind == "Gateway"


check = PlacementIsInTheStack()
