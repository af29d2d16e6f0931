"""Rules of subnets that the service model of EC2 does not contain."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from ministack.services import ec2

from embedded_aws.emulator.request_validation.errors import Refusal

Parameters = Mapping[str, Any]


def create(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html"""
    block = _block(parameters.get("CidrBlock"))
    if block is None:
        return None
    for subnet in ec2._subnets.values():
        other = _block(subnet["CidrBlock"])
        if subnet["VpcId"] == parameters.get("VpcId") and other and block.overlaps(other):
            return Refusal(
                "InvalidSubnet.Conflict",
                f"The CIDR '{parameters['CidrBlock']}' conflicts with another subnet",
            )
    return None


def _block(value: Any) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(value) if isinstance(value, str) else None
    except ValueError:
        return None


RULES = {"CreateSubnet": create}
