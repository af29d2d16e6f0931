"""PostgreSQL."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth

SHARED = {
    "AutoMinorVersionUpgrade": False,
    "CopyTagsToSnapshot": True,
    "DBInstanceClass": "db.t4g.small",
    "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
    "EnableIAMDatabaseAuthentication": True,
    "EnablePerformanceInsights": True,
    "EngineVersion": "17.9",
    "MaxAllocatedStorage": 100,
    "MonitoringInterval": 60,
    "Port": "5432",
    "PreferredMaintenanceWindow": "mon:04:30-mon:05:30",
    "PubliclyAccessible": False,
    "StorageType": "gp3",
}


def test_instance_settings_follow_the_manifest(template: Template) -> None:
    assert (
        template.properties("Database/Instance").items()
        >= (
            SHARED
            | {
                "AllocatedStorage": "20",
                "BackupRetentionPeriod": 7,
                "DBName": "catalog",
                "DeletionProtection": True,
                "MultiAZ": True,
                "PreferredBackupWindow": "03:00-04:00",
                "StorageEncrypted": True,
            }
        ).items()
    )


def test_disabled_options_are_off(minimal: Template) -> None:
    instance = minimal.properties("Database/Instance")
    assert instance["MultiAZ"] is False
    assert instance["DeletionProtection"] is False
    assert instance.get("EnablePerformanceInsights", False) is False
    # CloudFormation would not turn monitoring off if the interval were omitted.
    assert instance["MonitoringInterval"] == 0
    assert "MonitoringRoleArn" not in instance


def test_removal_takes_a_snapshot_and_retains_the_secret(template: Template) -> None:
    assert template.resource("Database/Instance")["DeletionPolicy"] == "Snapshot"
    assert template.resource("Database/Instance")["UpdateReplacePolicy"] == "Snapshot"
    assert template.resource("Database/Secret")["DeletionPolicy"] == "RetainExceptOnCreate"


def test_the_password_is_generated_and_not_in_the_template(template: Template) -> None:
    secret = template.properties("Database/Secret")["GenerateSecretString"]
    assert secret["SecretStringTemplate"] == '{"username":"catalogadmin"}'
    assert secret["PasswordLength"] == 32
    for key in ("MasterUsername", "MasterUserPassword"):
        assert "{{resolve:secretsmanager:" in str(template.properties("Database/Instance")[key])


def test_it_is_in_isolated_subnets(template: Template) -> None:
    assert template.properties("Database/Subnets")["SubnetIds"] == [
        template.ref(f"Network/Vpc/IsolatedSubnet{number}/Subnet") for number in (1, 2)
    ]


def test_replicas_have_the_settings_of_their_source(maximal: Template) -> None:
    source = maximal.properties("Database/Instance")
    follow = ("DBParameterGroupName", "DBSubnetGroupName", "PerformanceInsightsKMSKeyId")
    for number in (1, 2):
        replica = maximal.properties(f"Database/Replica{number}")
        assert replica["SourceDBInstanceIdentifier"]
        assert replica.items() >= SHARED.items()
        assert {name: replica[name] for name in follow} == {name: source[name] for name in follow}
        assert "StorageEncrypted" not in replica
    assert not maximal.has("Database/Replica3")


def test_replicas_can_be_removed_with_their_logs(maximal: Template) -> None:
    for number in (1, 2):
        replica = maximal.resource(f"Database/Replica{number}")
        assert replica["DeletionPolicy"] == "Delete"
        assert replica["Properties"]["DeletionProtection"] is False
        for export in ("Postgresql", "Upgrade"):
            group = maximal.resource(f"Logs/DatabaseReplica{number}{export}")
            assert group["DeletionPolicy"] == group["UpdateReplacePolicy"] == "Delete"
            assert (
                maximal.logical_ids[f"Logs/DatabaseReplica{number}{export}"]
                in (replica["DependsOn"])
            )
    assert maximal.properties("Database/Instance")["DeletionProtection"] is True
    assert maximal.resource("Logs/DatabasePostgresql")["DeletionPolicy"] != "Delete"


def test_there_are_no_replicas_by_default(template: Template) -> None:
    assert len(template.all_of("AWS::RDS::DBInstance")) == 1


def test_reader_endpoints_are_replicas_or_the_instance(
    template: Template, maximal: Template
) -> None:
    def endpoint(found: Template, path: str) -> dict[str, list[str]]:
        return {"Fn::GetAtt": [found.logical_ids[path], "Endpoint.Address"]}

    assert template.content["Outputs"]["DatabaseReaderEndpoints"]["Value"] == endpoint(
        template, "Database/Instance"
    )
    assert maximal.content["Outputs"]["DatabaseReaderEndpoints"]["Value"] == {
        "Fn::Join": [
            ",",
            [endpoint(maximal, "Database/Replica1"), endpoint(maximal, "Database/Replica2")],
        ]
    }
