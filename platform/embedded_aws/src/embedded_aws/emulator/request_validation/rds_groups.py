"""Rules of subnet groups and parameter groups of RDS.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import ec2, rds

from embedded_aws.emulator.request_validation import offers
from embedded_aws.emulator.request_validation.errors import Refusal

Parameters = Mapping[str, Any]

MINIMUM_ZONES = 2


def create_subnets(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html"""
    name = parameters["DBSubnetGroupName"]
    if name in rds._subnet_groups:
        return Refusal(
            "DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists."
        )
    return _coverage(parameters["SubnetIds"])


def modify_subnets(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSubnetGroup.html"""
    name, wanted = parameters["DBSubnetGroupName"], parameters["SubnetIds"]
    group = rds._subnet_groups.get(name)
    if group is None:
        return _not_found(name)
    zones = {each["AvailabilityZone"] for each in _instances_of(name)}
    removed = [
        subnet["SubnetIdentifier"]
        for subnet in group["Subnets"]
        if subnet["SubnetIdentifier"] not in wanted
        and subnet["SubnetAvailabilityZone"]["Name"] in zones
    ]
    if removed:
        return Refusal(
            "SubnetAlreadyInUse",
            f"Some of the subnets to be deleted are currently in use: {', '.join(removed)}",
        )
    return _coverage(wanted)


def delete_subnets(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBSubnetGroup.html"""
    name = parameters["DBSubnetGroupName"]
    if name not in rds._subnet_groups:
        return _not_found(name)
    using = _instances_of(name)
    if not using:
        return None
    return Refusal(
        "InvalidDBSubnetGroupStateFault",
        f"Cannot delete the subnet group '{name}' because at least one database instance:"
        f" {using[0]['DBInstanceIdentifier']} is still using it.",
    )


def create_parameters(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html"""
    name, family = parameters["DBParameterGroupName"], parameters["DBParameterGroupFamily"]
    if name in rds._param_groups:
        return Refusal("DBParameterGroupAlreadyExists", f"Parameter group {name} already exists")
    majors = {f"postgres{offers.major(each)}" for each in offers.versions("postgres")}
    if family.startswith("postgres") and family not in majors:
        return Refusal(
            "InvalidParameterValue",
            f"ParameterGroupFamily {family} is not a valid parameter group family",
        )
    return None


def delete_parameters(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBParameterGroup.html"""
    name = parameters["DBParameterGroupName"]
    if any(
        group["DBParameterGroupName"] == name
        for instance in rds._instances.values()
        for group in instance["DBParameterGroups"]
    ):
        return Refusal(
            "InvalidDBParameterGroupState",
            "One or more database instances are still members of this parameter group"
            f" {name}, so the group cannot be deleted",
        )
    return None


def _instances_of(name: str) -> list[Any]:
    return [
        each
        for each in rds._instances.values()
        if (each.get("DBSubnetGroup") or {}).get("DBSubnetGroupName") == name
    ]


def _coverage(subnets: list[str]) -> Refusal | None:
    """Return a refusal of subnets in less than two zones; the emulator refuses unknown ones."""
    known = [ec2._subnets.get(subnet) for subnet in subnets]
    if None in known:
        return None
    zones = sorted({subnet["AvailabilityZone"] for subnet in known})
    if len(zones) >= MINIMUM_ZONES:
        return None
    return Refusal(
        "DBSubnetGroupDoesNotCoverEnoughAZs",
        "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ"
        f" coverage: {', '.join(zones)}. Add subnets to cover at least {MINIMUM_ZONES} AZs.",
    )


def _not_found(name: str) -> Refusal:
    return Refusal("DBSubnetGroupNotFoundFault", f"Subnet group {name} not found.", 404)


RULES = {
    "CreateDBParameterGroup": create_parameters,
    "CreateDBSubnetGroup": create_subnets,
    "DeleteDBParameterGroup": delete_parameters,
    "DeleteDBSubnetGroup": delete_subnets,
    "ModifyDBSubnetGroup": modify_subnets,
}
