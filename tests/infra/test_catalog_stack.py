"""Properties of the whole stack."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from support.manifests import ROOT
from support.models import a_manifest
from support.stores import stores_of
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

SECTIONS = {
    "Alarms",
    "Archive",
    "Audit",
    "Backup",
    "Cache",
    "Database",
    "DeadLetters",
    "Encryption",
    "Logs",
    "Network",
    "Processor",
    "Reader",
    "Replayer",
    "Release",
    "Stream",
}
UNTAGGABLE = {
    "AWS::Backup::BackupSelection",
    "AWS::Lambda::Permission",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::EC2::Route",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::IAM::Policy",
    "AWS::KMS::Alias",
    "AWS::Lambda::Url",
    "AWS::Logs::MetricFilter",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SecretsManager::SecretTargetAttachment",
    "Custom::CatalogSchema",
}
NAMES = {
    "AlarmName",
    "BucketName",
    "CacheSubnetGroupName",
    "DBInstanceIdentifier",
    "DBParameterGroupName",
    "DBSubnetGroupName",
    "FunctionName",
    "GroupName",
    "QueueName",
    "ReplicationGroupId",
    "RoleName",
    "TopicName",
    "TrailName",
}


def test_every_resource_belongs_to_a_section_of_the_manifest(template: Template) -> None:
    resources = {
        path.partition("/")[0]
        for path, logical_id in template.logical_ids.items()
        if logical_id in template.resources
    }
    assert resources == SECTIONS


def test_every_taggable_resource_has_tags(template: Template) -> None:
    wanted = {
        "environment": "sample",
        "owner": "catalog-platform",
        "cost_center": "product-catalog",
        "data_classification": "internal",
    }
    for logical_id, resource in template.resources.items():
        if resource["Type"] in UNTAGGABLE:
            continue
        tags = _tags(resource["Properties"])
        assert tags.items() >= wanted.items(), f"{resource['Type']} {logical_id}"


def test_physical_names_come_only_from_the_manifest(template: Template, minimal: Template) -> None:
    (instance,) = template.all_of("AWS::RDS::DBInstance").values()
    assert instance["DBInstanceIdentifier"] == "catalog-sample"
    for logical_id, resource in minimal.resources.items():
        properties = resource.get("Properties", {})
        # References to other resources are objects; a name would be text.
        named = {name for name in NAMES & set(properties) if isinstance(properties[name], str)}
        assert not named, f"{resource['Type']} {logical_id}"


def test_there_are_no_functions_of_the_cdk(maximal: Template) -> None:
    handlers = {
        function["Handler"] for function in maximal.all_of("AWS::Lambda::Function").values()
    }
    assert handlers == {
        "catalog_reader.handler.handle",
        "failure_replayer.handler.handle",
        "inventory_processor.handler.handle",
        "schema_migrator.handler.handle",
        "schema_migrator.rotation.handle",
    }
    custom = [
        resource["Type"]
        for resource in maximal.resources.values()
        if resource["Type"].startswith("Custom::")
    ]
    assert custom == ["Custom::CatalogSchema"]


def test_account_and_region_come_from_the_manifest_without_lookups(
    template: Template,
) -> None:
    stack = _artifact(template)
    assert stack["environment"] == "aws://123456789012/eu-west-1"
    assert stack["properties"]["terminationProtection"] is True
    assert "missing" not in template.manifest


def test_termination_protection_follows_the_manifest(minimal: Template) -> None:
    assert not _artifact(minimal)["properties"].get("terminationProtection")


def test_renaming_an_environment_renames_no_resource(tmp_path: Path) -> None:
    one, other = templates_of(
        tmp_path,
        a_manifest(environment={"name": "one", "account": "111111111111"}),
        a_manifest(
            environment={"name": "quite-another", "account": "222222222222", "region": "us-east-1"},
            network={"availability_zones": ["us-east-1a", "us-east-1b"]},
        ),
    )
    assert one.logical_ids == other.logical_ids


@pytest.mark.parametrize(
    "change",
    [
        {"processor": {"memory_mb": 1024, "reserved_concurrency": None}},
        {"database": {"read_replicas": 1, "instance_class": "db.r6g.large", "multi_az": False}},
        {"cache": {"cluster_mode": "enabled", "shards": 3}},
        {"network": {"nat_gateways": 2, "interface_endpoints": []}},
        {"audit": {"access_logs": False}, "alarms": {"subscriptions": [], "dashboard": False}},
        {"reader": {"function_url": False}, "replayer": {"memory_mb": 1024}},
        {"archive": {"object_lock": "governance"}, "stream": {"shards": 9}},
        {"database": {"authentication": "password", "application_username": "x"}},
        {"database": {"secret_rotation_days": 7}, "backup": {"retention_days": 9}},
    ],
    ids=lambda change: " ".join(change),
)
def test_no_option_changes_the_logical_id_of_a_data_store(
    template: Template, tmp_path: Path, change: dict[str, dict[str, Any]]
) -> None:
    (changed,) = templates_of(tmp_path, a_manifest(**change))
    assert stores_of(template) <= stores_of(changed)


def test_the_documented_permissions_of_the_functions_are_those_of_the_template(
    template: Template,
) -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w/]+)` \|[^|]*\|([^|]*)\|$", page, re.MULTILINE)
    assert len(rows) == len(template.all_of("AWS::Lambda::Function"))
    for function, listed in rows:
        paths = [
            path
            for path in template.logical_ids
            if re.fullmatch(rf"{function}/\w*Role/(DefaultPolicy|Login\w+)", path)
        ]
        actions = {
            action
            for path in paths
            for action in template.actions(path)
            if not action.startswith(("ec2:", "logs:", "xray:"))
        }
        assert set(re.findall(r"`([^`]+)`", listed)) == actions, function


def test_every_role_has_the_permissions_boundary_of_the_manifest(
    template: Template, tmp_path: Path
) -> None:
    manifest = a_manifest(release={"permissions_boundary": "catalog-boundary"})
    (bounded,) = templates_of(tmp_path, manifest)
    boundary = "arn:aws:iam::123456789012:policy/catalog-boundary"
    roles = bounded.all_of("AWS::IAM::Role").values()
    assert len(roles) > 5
    assert {str(role["PermissionsBoundary"]) for role in roles} == {boundary}
    for role in template.all_of("AWS::IAM::Role").values():
        assert "PermissionsBoundary" not in role


def _tags(properties: dict[str, Any]) -> dict[str, str]:
    """Tags by name; some types have a mapping of them, some call them by another name."""
    for name in ("Tags", "BackupVaultTags", "BackupPlanTags"):
        found = properties.get(name)
        if isinstance(found, list):
            return {tag["Key"]: tag["Value"] for tag in found}
        if isinstance(found, dict):
            return found
    return {}


def _artifact(template: Template) -> dict[str, Any]:
    found = template.manifest["artifacts"][f"catalog-{template.environment}"]
    assert isinstance(found, dict)
    return found
