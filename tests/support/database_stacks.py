"""Databases, caches and what they need, as resources of templates."""

from __future__ import annotations

from typing import Any

from support.embedded import REGION


def network() -> dict[str, Any]:
    """Return a VPC with a subnet in each of three zones."""
    subnets = {
        f"Subnet{zone.upper()}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": f"10.0.{number}.0/24",
                "AvailabilityZone": f"{REGION}{zone}",
            },
        }
        for number, zone in enumerate("abc")
    }
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    return {"Vpc": vpc, **subnets}


def subnet_group(*zones: str) -> dict[str, Any]:
    return {
        "Type": "AWS::RDS::DBSubnetGroup",
        "Properties": {
            "DBSubnetGroupName": "group",
            "DBSubnetGroupDescription": "subnets",
            "SubnetIds": [{"Ref": f"Subnet{zone}"} for zone in zones],
        },
    }


def parameter_group(name: str, family: str) -> dict[str, Any]:
    properties = {"DBParameterGroupName": name, "Family": family, "Description": "settings"}
    return {"Type": "AWS::RDS::DBParameterGroup", "Properties": properties}


def instance(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Delete",
        "Properties": {
            "DBInstanceIdentifier": "primary",
            "Engine": "postgres",
            "EngineVersion": "17.9",
            "DBInstanceClass": "db.t4g.small",
            "AllocatedStorage": "20",
            "StorageType": "gp3",
            "DBName": "shop",
            "DBSubnetGroupName": {"Ref": "Group"},
            "DBParameterGroupName": {"Ref": "Settings"},
            "MasterUsername": "owner",
            "MasterUserPassword": "correct horse",
            **properties,
        },
    }


def replica(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Delete",
        "Properties": {
            "DBInstanceIdentifier": "replica",
            "DBInstanceClass": "db.t4g.small",
            "SourceDBInstanceIdentifier": {"Ref": "Primary"},
            **properties,
        },
    }


def cache(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::ElastiCache::ReplicationGroup",
        "Properties": {
            "ReplicationGroupId": "cache",
            "ReplicationGroupDescription": "articles",
            "Engine": "valkey",
            "EngineVersion": "8.1",
            "CacheNodeType": "cache.t4g.small",
            "ClusterMode": "disabled",
            **properties,
        },
    }


def databases(**properties: Any) -> dict[str, Any]:
    """Return the resources of a protected instance with a replica."""
    return {
        **network(),
        "Group": subnet_group("A", "B"),
        "Settings": parameter_group("settings", "postgres17"),
        "Primary": instance(**properties),
        "Replica": replica(),
    }
