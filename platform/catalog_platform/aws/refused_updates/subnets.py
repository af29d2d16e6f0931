"""Rules of VPC about subnets."""

from __future__ import annotations

import ipaddress
from typing import Any

from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.update import ResourceUpdate

SUBNET = "AWS::EC2::Subnet"


def _overlaps_a_deployed_subnet(update: ResourceUpdate) -> bool:
    new, vpc = _block(update.after("CidrBlock")), update.after("VpcId")
    if new is None or update.stack.refers_to_replaced(vpc):
        return False
    deployed = (
        resource["Properties"]
        for resource in update.stack.base.values()
        if resource["Type"] == SUBNET and resource["Properties"].get("VpcId") == vpc
    )
    blocks = (_block(properties.get("CidrBlock")) for properties in deployed)
    return any(new.overlaps(block) for block in blocks if block is not None)


def _block(value: Any) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(value) if isinstance(value, str) else None
    except ValueError:
        return None


RULES = (
    Rule(
        type=SUBNET,
        property="CidrBlock",
        key="network",
        reason="CloudFormation creates the new subnet before it deletes the old ones, and its"
        " block overlaps one of a deployed subnet",
        source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html",
        refuses=_overlaps_a_deployed_subnet,
        of_replacements=True,
    ),
)
