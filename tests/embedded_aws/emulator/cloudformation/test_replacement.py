"""Which changes replace a resource, and which of these CloudFormation refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from catalog_platform.aws import conditional_properties
from catalog_platform.aws.provider_schemas import REGION, replacement
from embedded_aws.emulator.cloudformation.replacement import DATA, refusal, replaces
from embedded_aws.resource_types import TYPES

INSTANCE = {"DBInstanceIdentifier": "catalog", "MasterUsername": "owner", "Port": "5432"}
PROXY = {"DBProxyName": "catalog", "VpcSubnetIds": ["a", "b"], "RoleArn": "role"}
# Page: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/ and the part of the row.
REPLACED: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("aws-resource-rds-dbproxy", "AWS::RDS::DBProxy", PROXY, {"VpcSubnetIds": ["a", "b", "c"]}),
    ("aws-resource-rds-dbinstance", "AWS::RDS::DBInstance", INSTANCE, {"MasterUsername": "x"}),
    (
        "aws-resource-rds-dbinstance",
        "AWS::RDS::DBInstance",
        INSTANCE,
        {"DBSnapshotIdentifier": "snapshot"},
    ),
    (
        "aws-properties-ec2-security-group",
        "AWS::EC2::SecurityGroup",
        {"GroupName": "catalog", "GroupDescription": "old"},
        {"GroupDescription": "new"},
    ),
    (
        "aws-resource-backup-backupvault",
        "AWS::Backup::BackupVault",
        {"BackupVaultName": "catalog"},
        {"EncryptionKeyArn": "key"},
    ),
    (
        "aws-resource-elasticache-replicationgroup",
        "AWS::ElastiCache::ReplicationGroup",
        {"ReplicationGroupId": "catalog"},
        {"Port": 6380},
    ),
]
IN_PLACE: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("aws-resource-rds-dbproxy", "AWS::RDS::DBProxy", PROXY, {"RoleArn": "other"}),
    ("aws-resource-rds-dbinstance", "AWS::RDS::DBInstance", INSTANCE, {"Port": 5432}),
    (
        "aws-resource-kinesis-stream",
        "AWS::Kinesis::Stream",
        {"Name": "updates", "ShardCount": 1},
        {"ShardCount": 2},
    ),
    (
        "aws-resource-ec2-vpcendpoint",
        "AWS::EC2::VPCEndpoint",
        {"ServiceName": "s", "DnsOptions": {"DnsRecordIpType": "ipv4"}},
        {"DnsOptions": {"DnsRecordIpType": "dualstack"}},
    ),
]


def schema(resource_type: str) -> dict[str, list[str]]:
    """Return the row of a type, from cfn-lint's copy of AWS's schema."""
    found = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema

    def paths(key: str) -> set[str]:
        return {path.removeprefix("/properties/") for path in found.get(key, ())}

    always = paths("createOnlyProperties")
    if resource_type == "AWS::RDS::DBInstance":
        # Another value of these replaces an instance.
        always |= {
            name
            for name in conditional_properties.of_type(resource_type)
            if conditional_properties.replaces(resource_type, name, "old", "new", {})
        }
    return {
        "create_only": sorted(always),
        "conditional": sorted(paths("conditionalCreateOnlyProperties") - always),
        "name": list(replacement(resource_type).identifier),
    }


def test_the_data_is_that_of_the_schemas(golden: bool) -> None:
    rows = {kind: schema(kind) for kind in TYPES if kind.startswith("AWS::")}
    if golden:
        DATA.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    shown = json.loads(DATA.read_text(encoding="utf-8"))
    assert shown == rows, "rewrite it with: pytest --golden tests/embedded_aws"


@pytest.mark.parametrize(("page", "kind", "old", "change"), REPLACED)
def test_a_replacement_is_refused_while_the_name_is_kept(
    page: str, kind: str, old: dict[str, Any], change: dict[str, Any]
) -> None:
    new = {**old, **change}
    assert replaces(kind, old, new), page
    (name,) = replacement(kind).identifier
    assert refusal(kind, old, new) == (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing."
        f" Rename {old[name]} and update the stack again."
    )
    assert refusal(kind, old, {**new, name: "renamed"}) is None
    unnamed = {key: value for key, value in old.items() if key != name}
    assert refusal(kind, unnamed, {**unnamed, **change}) is None


@pytest.mark.parametrize(("page", "kind", "old", "change"), IN_PLACE)
def test_other_changes_are_made_in_place(
    page: str, kind: str, old: dict[str, Any], change: dict[str, Any]
) -> None:
    new = {**old, **change}
    assert not replaces(kind, old, new), page
    assert refusal(kind, old, new) is None


def test_a_part_of_a_property_can_replace_a_resource() -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html"""
    old = {"DnsOptions": {"PrivateDnsPreference": "ALL_DOMAINS"}}
    new = {"DnsOptions": {"PrivateDnsPreference": "VERIFIED_DOMAINS_ONLY"}}
    assert replaces("AWS::EC2::VPCEndpoint", old, new)


def test_nothing_is_known_of_other_types() -> None:
    assert not replaces("Custom::Any", {"a": 1}, {"a": 2})
    assert refusal("Custom::Any", {"a": 1}, {"a": 2}) is None
