"""Policy: data stores, endpoints and functions are in security groups and subnets of the stack."""

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


class DataStoreIsInTheNetworksGroups(TemplateCheck):
    """Fail when a group or subnet is missing or is none of the stack."""

    def __init__(self) -> None:
        super().__init__(
            name="A data store and an endpoint are in security groups and subnets of the stack",
            id="CKV_CATALOG_20",
            categories=(CheckCategories.NETWORKING,),
            supported_resources=tuple(PLACEMENT),
            guideline="Set the security groups and the subnets (or subnet group) to those of the "
            "stack: AWS otherwise uses the default ones of the account's VPC.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the properties that name no group or subnet of the stack, or another one too."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if not any(stack.of_type("AWS::EC2::VPC")):
            return
        for name, types in PLACEMENT[resource.type].items():
            if _inherits(name, properties):
                continue
            path, value = f"Properties/{name}", properties.get(name)
            found = list(items(value, path))
            if can_be_absent(value) or not found:
                yield path
            yield from (
                where
                for where, item in found
                if not any(stack.resources[each].type in types for each in stack.referenced(item))
            )


def _inherits(name: str, properties: Mapping[str, Any]) -> bool:
    """Return whether a property must be absent.

    A replica is in the subnets of its source, and a gateway endpoint has route tables instead.
    """
    if name == "DBSubnetGroupName":
        return "SourceDBInstanceIdentifier" in properties
    kind = properties.get("VpcEndpointType", "Gateway")
    return "ServiceName" in properties and kind == "Gateway"


check = DataStoreIsInTheNetworksGroups()
